use crate::jwk::Material;
use crate::verify::{Age, verify};
use crate::{Algorithm, Claims, EncryptionKey, Expect, KeyManagement, Rejected, certificate_thumbprint, pem};
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::ParsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::signature::{self, Verifier};
use serde_json::{Map, Value, json};
use uaa_model::Fault;

/// The half of a key that everybody may have, parsed once: it verifies for one algorithm only.
#[derive(Debug)]
pub struct PublicKey {
    kid: String,
    /// Whether it was given that name, or has none but its thumbprint.
    named: bool,
    algorithm: Algorithm,
    material: Material,
    /// SubjectPublicKeyInfo (RFC 5280 section 4.1).
    pem: String,
    parsed: ParsedPublicKey,
}

impl PublicKey {
    /// `kid`: the name in tokens' headers; `None` for the thumbprint.
    pub(crate) fn new(algorithm: Algorithm, kid: Option<&str>, material: Material) -> Option<Self> {
        let parsed = material.parse(algorithm)?;
        let pem = pem::public(AsDer::<PublicKeyX509Der<'_>>::as_der(&parsed).ok()?.as_ref());
        let named = kid.is_some();
        let kid = kid.map_or_else(|| material.thumbprint(), str::to_owned);
        Some(PublicKey { kid, named, algorithm, material, pem, parsed })
    }

    /// Reads one JWK (RFC 7517 section 4). Without `alg` an RSA key is for RS256, another for what its curve says.
    ///
    /// # Errors
    /// `Invalid` when it is not a signature key of a kind and strength accepted here.
    pub fn from_jwk(jwk: &Value) -> Result<Self, Fault> {
        Self::read(jwk)
            .ok_or_else(|| Fault::invalid("the JWK is not a public key for signatures that is accepted here"))
    }

    fn read(jwk: &Value) -> Option<Self> {
        Self::read_all(jwk).into_iter().next()
    }

    /// A key that names no algorithm is one for each that its numbers are good for (RFC 7517 section 4.4: `alg` is optional):
    /// RSA signs in six ways.
    fn read_all(jwk: &Value) -> Vec<Self> {
        let Some((material, kid, named)) = Self::parts(jwk) else { return vec![] };
        Self::of(&material, kid.as_deref(), named)
    }

    fn of(material: &Material, kid: Option<&str>, named: Option<Algorithm>) -> Vec<Self> {
        let rsa = matches!(material, Material::Rsa { .. });
        let algorithms = match named {
            Some(one) => vec![one],
            None if rsa => Algorithm::RSA.to_vec(),
            None => vec![material.default_algorithm()],
        };
        let keys = algorithms.into_iter();
        keys.filter_map(|algorithm| PublicKey::new(algorithm, kid, material.clone())).collect()
    }

    fn parts(jwk: &Value) -> Option<(Material, Option<String>, Option<Algorithm>)> {
        let jwk = jwk.as_object()?;
        if jwk.get("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let material = Material::read(jwk)?;
        let algorithm = match jwk.get("alg") {
            Some(name) => Some(name.as_str()?.parse().ok()?),
            None => None,
        };
        let kid = match jwk.get("kid") {
            Some(kid) => Some(kid.as_str().filter(|kid| !kid.is_empty() && kid.len() <= MAX_KID_BYTES)?),
            None => None,
        };
        Some((material, kid.map(str::to_owned), algorithm))
    }

    /// The name in tokens' headers.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm it verifies.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The JWK as UAA serves it: `kty`, `alg`, `use`, `kid`, the public numbers, and the PEM form in `value`.
    pub fn jwk(&self) -> Map<String, Value> {
        self.material.public_jwk(self.algorithm, &self.kid, &self.pem)
    }

    /// The RFC 7638 thumbprint, whatever the `kid` is.
    pub fn thumbprint(&self) -> String {
        self.material.thumbprint()
    }
}

impl Verifier<Vec<u8>> for PublicKey {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.parsed.verify_sig(message, signature).map_err(|_| signature::Error::new())
    }
}

/// Somebody else's keys: of a client that authenticates with `private_key_jwt`, of an upstream provider.
#[derive(Debug, Default)]
pub struct PublicKeys {
    keys: Vec<PublicKey>,
    /// To which something can be encrypted for them.
    encryption: Vec<EncryptionKey>,
    /// Thumbprints of the certificates that stand beside them.
    certificates: Vec<String>,
}

impl PublicKeys {
    /// Reads a JWK set, `{"keys": […]}`. Keys of unknown kinds are passed over (RFC 7517 section 5).
    ///
    /// # Errors
    /// `Invalid` when it is no set, has more than 64 keys, or none that can be used.
    pub fn from_jwks(jwks: &Value) -> Result<Self, Fault> {
        let all =
            jwks["keys"].as_array().ok_or_else(|| Fault::invalid("a JWK set must have an array `keys`"))?;
        if all.len() > MAX_KEYS {
            return Err(Fault::invalid("a JWK set may have 64 keys at most"));
        }
        let keys: Vec<PublicKey> = all.iter().flat_map(PublicKey::read_all).collect();
        let encryption: Vec<EncryptionKey> = all.iter().filter_map(EncryptionKey::from_jwk).collect();
        if keys.is_empty() && encryption.is_empty() {
            return Err(Fault::invalid("the JWK set has no public key that is accepted here"));
        }
        Ok(PublicKeys { keys, encryption, certificates: all.iter().filter_map(certificate).collect() })
    }

    /// Reads what an operator writes down of somebody's keys: a JWK set, one JWK, or a public key as PEM, which has no name.
    ///
    /// # Errors
    /// `Invalid` as above. A secret is none of them, so that no public text is ever taken for one.
    pub fn from_text(text: &str) -> Result<Self, Fault> {
        let wrong = || {
            Fault::invalid("it is no public key for signatures that is accepted here, as PEM, JWK or JWK set")
        };
        if let Ok(json) = serde_json::from_str::<Value>(text) {
            return PublicKeys::from_json(&json);
        }
        let material = pem::of_public(text).and_then(|der| Material::of_spki(&der)).ok_or_else(wrong)?;
        let keys = PublicKey::of(&material, None, None);
        if keys.is_empty() { Err(wrong()) } else { Ok(PublicKeys { keys, ..PublicKeys::default() }) }
    }

    /// Reads a JWK set, or one JWK, which stands for a set of one: UAA's `/token_key`.
    ///
    /// # Errors
    /// `Invalid` as above.
    pub fn from_json(json: &Value) -> Result<Self, Fault> {
        match json.get("keys").is_none() && json.get("kty").is_some() {
            true => PublicKeys::from_jwks(&json!({ "keys": [json] })),
            false => PublicKeys::from_jwks(json),
        }
    }

    /// Whether one of them has that certificate (RFC 7517 section 4.7), as its thumbprint.
    pub fn has_certificate(&self, thumbprint: &str) -> bool {
        self.certificates.iter().any(|one| one == thumbprint)
    }

    /// The key to encrypt to with that algorithm, if one is there: the newest of those that fit best.
    pub fn encryption(&self, alg: KeyManagement) -> Option<&EncryptionKey> {
        EncryptionKey::choose(&self.encryption, alg)
    }

    /// The keys that verify, in the order of the set.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Verifies a token signed with one of these keys. A header without `kid` is fine while there is one key of its algorithm, and so is
    /// a header with one while there is one key of its algorithm that has no name.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify<T: Claims>(&self, token: &str, expect: &Expect<'_>) -> Result<T, Rejected> {
        verify(token, expect, Age::Checked, |kid, algorithm| {
            let named = |key: &&PublicKey| kid.is_none_or(|kid| key.kid() == kid);
            let fits = |key: &&PublicKey| named(key) && key.algorithm() == algorithm;
            match self.keys.iter().filter(fits).collect::<Vec<_>>().as_slice() {
                [only] => Some(*only),
                [] if kid.is_some() && !self.keys.iter().any(|key| named(&key)) => self.nameless(algorithm),
                // Of the name and not of the algorithm: the caller says so.
                [] => self.keys.iter().find(named).filter(|_| kid.is_some() || self.keys.len() == 1),
                [first, ..] => kid.map(|_| *first),
            }
        })
    }

    /// The only key of that algorithm that has no name.
    fn nameless(&self, algorithm: Algorithm) -> Option<&PublicKey> {
        let mut keys = self.keys.iter().filter(|key| !key.named && key.algorithm() == algorithm);
        keys.next().filter(|_| keys.next().is_none())
    }
}

/// The first certificate of a key, which is the key's own.
fn certificate(jwk: &Value) -> Option<String> {
    let der = STANDARD.decode(jwk["x5c"][0].as_str()?).ok()?;
    Some(certificate_thumbprint(&der))
}

/// Longer names of keys are refused wherever they come from.
pub(crate) const MAX_KID_BYTES: usize = 256;
const MAX_KEYS: usize = 64;
