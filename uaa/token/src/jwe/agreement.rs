//! Keys that two agree upon (RFC 7518 section 4.6): curves, points, and what is made of the number that both find.

use super::{Encryption, KeyManagement};
use crate::opaque;
use aws_lc_rs::agreement::{Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, X25519};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// Where the points are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
    X25519,
}

impl Curve {
    const ALL: [Curve; 4] = [Curve::P256, Curve::P384, Curve::P521, Curve::X25519];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Curve::P256 => "P-256",
            Curve::P384 => "P-384",
            Curve::P521 => "P-521",
            Curve::X25519 => "X25519",
        }
    }

    pub(super) fn algorithm(self) -> &'static Algorithm {
        match self {
            Curve::P256 => &ECDH_P256,
            Curve::P384 => &ECDH_P384,
            Curve::P521 => &ECDH_P521,
            Curve::X25519 => &X25519,
        }
    }

    /// RFC 7518 section 6.2.1, RFC 8037 section 2.
    const fn kty(self) -> &'static str {
        match self {
            Curve::P256 | Curve::P384 | Curve::P521 => "EC",
            Curve::X25519 => "OKP",
        }
    }

    /// The length of a coordinate in bytes.
    const fn coordinate(self) -> usize {
        match self {
            Curve::P256 | Curve::X25519 => 32,
            Curve::P384 => 48,
            Curve::P521 => 66,
        }
    }

    /// The curve of a JWK and its point as the library reads it: whether that is on the curve, the library says.
    pub(super) fn read(jwk: &Map<String, Value>) -> Option<(Curve, Vec<u8>)> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        let curve = Curve::ALL.into_iter().find(|one| text("crv") == Some(one.name()))?;
        if text("kty") != Some(curve.kty()) {
            return None;
        }
        let coordinate = |name: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text(name)?).ok()?;
            // RFC 7518 section 6.2.1.2: with its leading zeros. One length alone, or it could be another encoding of a key.
            (bytes.len() == curve.coordinate()).then_some(bytes)
        };
        let point = match curve {
            Curve::X25519 => coordinate("x")?,
            // SEC 1 section 2.3.3.
            Curve::P256 | Curve::P384 | Curve::P521 => [vec![4], coordinate("x")?, coordinate("y")?].concat(),
        };
        Some((curve, point))
    }

    /// The JWK of a point, required members alone.
    pub(super) fn jwk(self, point: &[u8]) -> Value {
        let (kty, crv) = (self.kty(), self.name());
        match self {
            Curve::X25519 => json!({"kty": kty, "crv": crv, "x": URL_SAFE_NO_PAD.encode(point)}),
            Curve::P256 | Curve::P384 | Curve::P521 => {
                // Behind the 4 of an uncompressed point.
                let (x, y) = point[1..].split_at(self.coordinate());
                json!({"kty": kty, "crv": crv, "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)})
            }
        }
    }
}

/// RFC 7638 section 3, RFC 8037 section 2: of the required members, in the order of their names.
pub(super) fn thumbprint(jwk: &Value) -> String {
    let members =
        ["crv", "kty", "x", "y"].into_iter().filter_map(|name| Some(format!("{name:?}:{}", jwk.get(name)?)));
    let text = members.collect::<Vec<_>>().join(",");
    URL_SAFE_NO_PAD.encode(opaque::digest(&format!("{{{text}}}")))
}

impl KeyManagement {
    /// How long the key is that both agree upon, in bytes; `None`: they agree upon none.
    fn agreed_len(self, content: usize) -> Option<usize> {
        match self {
            KeyManagement::RsaOaep256 | KeyManagement::RsaOaep => None,
            KeyManagement::EcdhEs => Some(content),
            KeyManagement::EcdhEsA128Kw => Some(16),
            KeyManagement::EcdhEsA256Kw => Some(32),
        }
    }
}

/// The key that both agree upon, of the number that both find (RFC 7518 section 4.6.2). `parties`: what `apu` and `apv` say.
pub(super) fn derive(shared: &[u8], how: Encryption, parties: (&[u8], &[u8])) -> Option<Zeroizing<Vec<u8>>> {
    let mut key = Zeroizing::new(vec![0; how.alg.agreed_len(how.enc.key_len())?]);
    let of = if how.alg == KeyManagement::EcdhEs { how.enc.name() } else { how.alg.name() };
    let length = |bytes: usize| u32::try_from(bytes).ok().map(u32::to_be_bytes);
    let mut info = vec![];
    for part in [of.as_bytes(), parties.0, parties.1] {
        info.extend_from_slice(&length(part.len())?);
        info.extend_from_slice(part);
    }
    info.extend_from_slice(&length(key.len() * 8)?);
    // NIST SP 800-56A's Concat KDF is the one-step KDF of SP 800-56C.
    let digest = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256)?;
    sskdf_digest(digest, shared, &info, &mut key).ok().map(|()| key)
}
