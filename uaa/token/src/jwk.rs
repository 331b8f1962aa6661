use crate::{Algorithm, opaque};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

/// The public members of a JWK in base64url (RFC 7518 section 6, RFC 8037 section 2).
///
/// There is no variant and no field for a private one: what cannot be held cannot be served by mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Material {
    /// Modulus and exponent.
    Rsa { n: String, e: String },
    /// A point on a curve.
    Ec { crv: &'static str, x: String, y: String },
    /// An Ed25519 point.
    Ed { x: String },
}

impl Material {
    pub(crate) fn rsa(n: &[u8], e: &[u8]) -> Self {
        Material::Rsa { n: URL_SAFE_NO_PAD.encode(n), e: URL_SAFE_NO_PAD.encode(e) }
    }

    /// From an uncompressed point (SEC 1 section 2.3.3): 4, x, y.
    pub(crate) fn ec(point: &[u8]) -> Option<Self> {
        let (4, coordinates) = point.split_first()? else { return None };
        let crv = match coordinates.len() {
            64 => "P-256",
            96 => "P-384",
            132 => "P-521",
            _ => return None,
        };
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Some(Material::Ec { crv, x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) })
    }

    pub(crate) fn ed(x: &[u8]) -> Self {
        Material::Ed { x: URL_SAFE_NO_PAD.encode(x) }
    }

    /// Reads a JWK of somebody else. Private members, if they were sent, are not looked at.
    pub(crate) fn read(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| jwk.get(name)?.as_str().map(str::to_owned);
        match jwk.get("kty")?.as_str()? {
            "RSA" => Some(Material::Rsa { n: text("n")?, e: text("e")? }),
            "EC" => {
                let crv = match jwk.get("crv")?.as_str()? {
                    "P-256" => "P-256",
                    "P-384" => "P-384",
                    "P-521" => "P-521",
                    _ => return None,
                };
                Some(Material::Ec { crv, x: text("x")?, y: text("y")? })
            }
            "OKP" if jwk.get("crv")?.as_str()? == "Ed25519" => Some(Material::Ed { x: text("x")? }),
            _ => None,
        }
    }

    /// Reads a SubjectPublicKeyInfo (RFC 5280 section 4.1, RFC 8410 section 4).
    pub(crate) fn of_spki(der: &[u8]) -> Option<Self> {
        let (rest, info) = SubjectPublicKeyInfo::from_der(der).ok()?;
        if !rest.is_empty() {
            return None;
        }
        match info.parsed().ok()? {
            PublicKey::RSA(key) => Some(Material::rsa(unsigned(key.modulus), unsigned(key.exponent))),
            // The curve by its length: a point of another curve of that length is none of this one and is refused when it is parsed.
            PublicKey::EC(point) => Material::ec(point.data()),
            PublicKey::Unknown(x) if info.algorithm.algorithm.to_id_string() == ED25519 => {
                Some(Material::ed(x))
            }
            _ => None,
        }
    }

    /// The algorithm a key is for when its JWK does not say.
    pub(crate) fn default_algorithm(&self) -> Algorithm {
        match self {
            Material::Rsa { .. } => Algorithm::Rs256,
            Material::Ec { crv: "P-384", .. } => Algorithm::Es384,
            Material::Ec { crv: "P-521", .. } => Algorithm::Es512,
            Material::Ec { .. } => Algorithm::Es256,
            Material::Ed { .. } => Algorithm::EdDsa,
        }
    }

    /// Whether a key of this kind can make signatures of that algorithm at all.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => matches!(self, Material::Rsa { .. }),
            Algorithm::Es256 => matches!(self, Material::Ec { crv: "P-256", .. }),
            Algorithm::Es384 => matches!(self, Material::Ec { crv: "P-384", .. }),
            Algorithm::Es512 => matches!(self, Material::Ec { crv: "P-521", .. }),
            Algorithm::EdDsa => matches!(self, Material::Ed { .. }),
        }
    }

    /// The JWK thumbprint (RFC 7638 section 3): SHA-256 of the required members, in order, without white space.
    ///
    /// The members are base64url and fixed names, so that nothing needs escaping.
    pub(crate) fn thumbprint(&self) -> String {
        let text = match self {
            Material::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Material::Ec { crv, x, y } => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Material::Ed { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
        };
        URL_SAFE_NO_PAD.encode(opaque::digest(&text))
    }

    /// The key, ready to verify; `None` when the members are no key, or one too weak.
    pub(crate) fn parse(&self, algorithm: Algorithm) -> Option<ParsedPublicKey> {
        if !self.fits(algorithm) {
            return None;
        }
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let encoded = match self {
            Material::Rsa { n, e } => {
                let (n, e) = (bytes(n)?, bytes(e)?);
                let minimal = |b: &[u8]| b.first().is_some_and(|first| *first != 0);
                if !minimal(&n) || !minimal(&e) || n.len() < 256 || n.len() > 1024 || e.len() > 4 {
                    return None;
                }
                PublicKeyComponents { n, e }.as_der().ok()?.as_ref().to_vec()
            }
            Material::Ec { crv, x, y } => {
                let mut point = vec![4];
                point.extend(bytes(x)?);
                point.extend(bytes(y)?);
                // The algorithm fixes the curve, and only one length of point is on it.
                let wanted = match *crv {
                    "P-256" => 65,
                    "P-384" => 97,
                    _ => 133,
                };
                if point.len() != wanted {
                    return None;
                }
                point
            }
            Material::Ed { x } => bytes(x).filter(|x| x.len() == 32)?,
        };
        ParsedPublicKey::new(algorithm.verification(), encoded).ok()
    }

    /// The JWK as UAA serves it: with `value`, the PEM form that the Cloud Controller and log-cache read.
    pub(crate) fn public_jwk(&self, algorithm: Algorithm, kid: &str, pem: &str) -> Map<String, Value> {
        let mut jwk = Map::new();
        let mut put = |name: &str, value: &str| jwk.insert(name.to_owned(), Value::from(value));
        match self {
            Material::Rsa { n, e } => {
                put("kty", "RSA");
                put("n", n);
                put("e", e);
            }
            Material::Ec { crv, x, y } => {
                put("kty", "EC");
                put("crv", crv);
                put("x", x);
                put("y", y);
            }
            Material::Ed { x } => {
                put("kty", "OKP");
                put("crv", "Ed25519");
                put("x", x);
            }
        }
        put("alg", algorithm.name());
        put("use", "sig");
        put("kid", kid);
        put("value", pem);
        jwk
    }
}

/// Without the zero in front by which DER says that a number is positive.
fn unsigned(number: &[u8]) -> &[u8] {
    match number {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    }
}

/// RFC 8410 section 3.
const ED25519: &str = "1.3.101.112";

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
    use serde_json::json;

    #[test]
    fn thumbprint_of_the_rfc() {
        // RFC 7638 section 3.1.
        let jwk = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3",
            "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA",
            "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-",
            "kEgU8awapJzKnqDKgw")});
        let material = Material::read(jwk.as_object().unwrap()).unwrap();
        assert_eq!(material.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn thumbprints_agree_with_the_library() {
        for jwk in [
            json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                   "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
        ] {
            let material = Material::read(jwk.as_object().unwrap()).unwrap();
            let theirs: Jwk = serde_json::from_value(jwk).unwrap();
            assert_eq!(material.thumbprint(), theirs.thumbprint(ThumbprintHash::SHA256).unwrap());
        }
    }

    #[test]
    fn weak_or_wrong_material_is_no_key() {
        for jwk in [
            json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"}),
            json!({"kty": "RSA", "n": "", "e": ""}),
            json!({"kty": "EC", "crv": "P-256", "x": "AAAA", "y": "AAAA"}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": "AA"}),
        ] {
            let material = Material::read(jwk.as_object().unwrap()).unwrap();
            assert!(material.parse(material.default_algorithm()).is_none(), "{jwk}");
        }
        for jwk in [json!({"kty": "oct", "k": "AAAA"}), json!({}), json!({"kty": "EC", "crv": "secp256k1"})] {
            assert_eq!(Material::read(jwk.as_object().unwrap()), None, "{jwk}");
        }
    }
}
