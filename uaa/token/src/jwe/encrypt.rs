use super::agreement::{Curve, derive};
use super::{Encryption, KeyManagement};
use crate::public_key::MAX_KID_BYTES;
use aws_lc_rs::agreement::{ParsedPublicKey, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::key_wrap::{AES_128, AES_256, AesKek, KeyWrap};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepAlgorithm, OaepPublicEncryptingKey, PublicEncryptingKey,
    PublicKeyComponents,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use uaa_model::Fault;
use zeroize::Zeroizing;

/// A key of somebody else, parsed once: what is encrypted to it they alone can read.
#[derive(Debug)]
pub struct EncryptionKey {
    kid: Option<String>,
    /// The one algorithm that it is for, where its JWK names one.
    alg: Option<KeyManagement>,
    /// Whether its JWK says that it is for this.
    marked: bool,
    public: Public,
}

#[derive(Debug)]
enum Public {
    Rsa(PublicEncryptingKey),
    On(Curve, ParsedPublicKey),
}

impl EncryptionKey {
    /// Reads one JWK (RFC 7517 section 4). One that does not say what it is for may be for this; one that is for signatures is not.
    /// `None`: it is no such key, or one too weak.
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let jwk = jwk.as_object()?;
        let marked = match jwk.get("use") {
            Some(purpose) if purpose == "enc" => true,
            Some(_) => return None,
            None => false,
        };
        let alg: Option<KeyManagement> = match jwk.get("alg") {
            Some(name) => Some(name.as_str()?.parse().ok()?),
            None => None,
        };
        let kid = match jwk.get("kid") {
            Some(kid) => Some(kid.as_str().filter(|kid| !kid.is_empty() && kid.len() <= MAX_KID_BYTES)?),
            None => None,
        };
        let public = if jwk.get("kty")? == "RSA" {
            Public::Rsa(rsa(jwk)?)
        } else {
            let (curve, point) = Curve::read(jwk)?;
            Public::On(curve, UnparsedPublicKey::new(curve.algorithm(), point).try_into().ok()?)
        };
        let key = EncryptionKey { kid: kid.map(str::to_owned), alg, marked, public };
        KeyManagement::ALL.into_iter().any(|alg| key.fits(alg)).then_some(key)
    }

    /// Whether it can be encrypted to it like this.
    fn fits(&self, alg: KeyManagement) -> bool {
        let kind = match self.public {
            Public::Rsa(_) => alg.is_rsa(),
            Public::On(..) => !alg.is_rsa(),
        };
        kind && self.alg.is_none_or(|own| own == alg)
    }

    /// The one of several that fits best: marked for it before others, then with that algorithm in it, and of equal ones the last,
    /// for new keys are put behind the old.
    pub(crate) fn choose(keys: &[EncryptionKey], alg: KeyManagement) -> Option<&EncryptionKey> {
        let fitting = keys.iter().filter(|key| key.fits(alg));
        fitting.max_by_key(|key| (key.marked, key.alg.is_some()))
    }

    /// Encrypts to it. `cty`: what stands in it, `JWT` when that is a signed one (RFC 7519 section 5.2).
    ///
    /// Ephemeral keys are aws-lc's own randomness: the library takes no generator from outside.
    ///
    /// # Errors
    /// `Internal` when the key is not of the kind that was agreed, or the library fails.
    pub fn encrypt(&self, how: Encryption, plain: &[u8], cty: Option<&str>) -> Result<String, Fault> {
        let text = self.compact(how, plain, cty).filter(|_| self.fits(how.alg));
        text.ok_or_else(|| Fault::Internal(format!("encrypting with {} failed", how.alg)))
    }

    fn compact(&self, how: Encryption, plain: &[u8], cty: Option<&str>) -> Option<String> {
        let mut header = Map::new();
        let kid = self.kid.as_deref();
        let members =
            [("alg", Some(how.alg.name())), ("enc", Some(how.enc.name())), ("kid", kid), ("cty", cty)];
        for (name, value) in members {
            if let Some(value) = value {
                header.insert(name.into(), value.into());
            }
        }
        let (key, wrapped) = self.key_for(how, &mut header)?;
        let head = URL_SAFE_NO_PAD.encode(Value::Object(header).to_string());
        // RFC 7516 section 5.1, step 14: the header as it is sent.
        let sealed = how.enc.seal(&key, head.as_bytes(), plain)?;
        let parts = [wrapped, sealed.iv, sealed.text, sealed.tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Some(format!("{head}.{}", parts.join(".")))
    }

    /// The key of the content, and how it comes along.
    fn key_for(
        &self,
        how: Encryption,
        header: &mut Map<String, Value>,
    ) -> Option<(Zeroizing<Vec<u8>>, Vec<u8>)> {
        match &self.public {
            Public::Rsa(public) => {
                let key = how.enc.new_key()?;
                let public = OaepPublicEncryptingKey::new(public.clone()).ok()?;
                let mut wrapped = vec![0; public.ciphertext_size()];
                let length = public.encrypt(oaep(how.alg)?, &key, &mut wrapped, None).ok()?.len();
                wrapped.truncate(length);
                Some((key, wrapped))
            }
            Public::On(curve, public) => {
                let own = PrivateKey::generate(curve.algorithm()).ok()?;
                let point = own.compute_public_key().ok()?;
                header.insert("epk".into(), curve.jwk(point.as_ref()));
                let agreed = agree(&own, public.clone(), None, |shared| {
                    derive(shared, how, (&[], &[])).ok_or(None::<()>)
                });
                let agreed = agreed.ok()?;
                if how.alg == KeyManagement::EcdhEs {
                    return Some((agreed, vec![]));
                }
                let key = how.enc.new_key()?;
                let mut wrapped = vec![0; key.len() + WRAPPING];
                kek(&agreed)?.wrap(&key, &mut wrapped).ok()?;
                Some((key, wrapped))
            }
        }
    }
}

/// RFC 7518 section 6.3.1; 2048 bits at least (section 4.3).
fn rsa(jwk: &Map<String, Value>) -> Option<PublicEncryptingKey> {
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok()?;
        bytes.first().is_some_and(|first| *first != 0).then_some(bytes)
    };
    let (n, e) = (number("n")?, number("e")?);
    if n.len() < 256 || n.len() > 1024 || e.len() > 4 {
        return None;
    }
    PublicEncryptingKey::from_der(PublicKeyComponents { n, e }.as_der().ok()?.as_ref()).ok()
}

pub(super) fn oaep(alg: KeyManagement) -> Option<&'static OaepAlgorithm> {
    match alg {
        KeyManagement::RsaOaep256 => Some(&OAEP_SHA256_MGF1SHA256),
        KeyManagement::RsaOaep => Some(&OAEP_SHA1_MGF1SHA1),
        KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => None,
    }
}

/// What wraps the key of the content (RFC 3394).
pub(super) fn kek(agreed: &[u8]) -> Option<AesKek> {
    let cipher = if agreed.len() == 16 { &AES_128 } else { &AES_256 };
    AesKek::new(cipher, agreed).ok()
}

/// How much longer a wrapped key is (RFC 3394 section 2.2.1).
pub(super) const WRAPPING: usize = 8;
