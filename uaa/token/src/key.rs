use crate::jwk::Material;
use crate::public_key::MAX_KID_BYTES;
use crate::{Algorithm, DataKey, PublicKey, pem};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use jsonwebtoken::signature::{self, Signer};
use std::fmt;
use uaa_model::{Fault, Secret};
use zeroize::Zeroizing;

/// A key that signs tokens, parsed once.
///
/// The private half leaves only through [`SigningKey::seal`], encrypted: there is no `Serialize`, no `Clone`, no way to
/// its bytes, and `Debug` shows name and algorithm.
///
/// ```compile_fail,E0277
/// fn leak(key: &uaa_token::SigningKey) -> String {
///     serde_json::to_string(key).unwrap()
/// }
/// ```
/// ```compile_fail,E0277
/// fn copied<T: Clone>() {}
/// copied::<uaa_token::SigningKey>();
/// ```
pub struct SigningKey {
    private: Private,
    public: PublicKey,
}

impl SigningKey {
    /// A new key, RSA with 2048 bits; its `kid` is the RFC 7638 thumbprint.
    ///
    /// The randomness is aws-lc's own: the library takes no generator from outside for RSA and ECDSA.
    ///
    /// # Errors
    /// `Internal` when the library fails, which no input causes.
    pub fn generate(algorithm: Algorithm) -> Result<Self, Fault> {
        let private = match Family::of(algorithm) {
            Family::Rsa(encoding) => {
                RsaKeyPair::generate(KeySize::Rsa2048).ok().map(|pair| Private::Rsa(pair, encoding))
            }
            Family::Ec(curve) => EcdsaKeyPair::generate(curve).ok().map(Private::Ec),
            Family::Ed => Ed25519KeyPair::generate().ok().map(Private::Ed),
        };
        let private = private.ok_or_else(|| Fault::Internal("the generator of keys failed".into()))?;
        Self::of(algorithm, None, private)
    }

    /// A key from elsewhere, with the `kid` it has there: UAA's `jwt.token.policy.keys`, so that tokens already given
    /// out stay good. The PEM is PKCS#8, PKCS#1 (`RSA PRIVATE KEY`) or SEC 1 (`EC PRIVATE KEY`), unencrypted.
    ///
    /// # Errors
    /// `Invalid` when the text is no such key, the key is not for the algorithm or shorter than 2048 bits, or the `kid`
    /// is empty, longer than 256 bytes or not printable ASCII.
    pub fn import(algorithm: Algorithm, kid: &str, key: &Secret) -> Result<Self, Fault> {
        if kid.is_empty() || kid.len() > MAX_KID_BYTES || !kid.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Fault::invalid(
                "a key's name must be 1 to 256 printable ASCII characters without spaces",
            ));
        }
        let wrong = || Fault::invalid(format!("the key `{kid}` is not a private key for {algorithm}"));
        let der = pem::private(key.expose()).ok_or_else(wrong)?;
        let private = Private::read(algorithm, &der).ok_or_else(wrong)?;
        Self::of(algorithm, Some(kid), private)
    }

    /// The private half, encrypted for the database. `kid` and algorithm are bound to it.
    ///
    /// # Errors
    /// `Internal` when the library fails, which no input causes.
    pub fn seal(&self, under: &DataKey) -> Result<Vec<u8>, Fault> {
        let der = self.private.pkcs8().ok_or_else(|| Fault::Internal("the key cannot be encoded".into()))?;
        under.seal(&context(self.algorithm(), self.kid()), &der)
    }

    /// Takes back what [`SigningKey::seal`] made.
    ///
    /// # Errors
    /// `Internal` when data key, `kid` or algorithm are others, or the sealed bytes were changed.
    pub fn open(under: &DataKey, kid: &str, algorithm: Algorithm, sealed: &[u8]) -> Result<Self, Fault> {
        let der = under.open(&context(algorithm, kid), sealed)?;
        let private = Private::read(algorithm, &der)
            .ok_or_else(|| Fault::Internal(format!("the sealed key `{kid}` is not for {algorithm}")))?;
        Self::of(algorithm, Some(kid), private)
    }

    /// The name in tokens' headers.
    pub fn kid(&self) -> &str {
        self.public.kid()
    }

    /// The one algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// The half that everybody may have.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    fn of(algorithm: Algorithm, kid: Option<&str>, private: Private) -> Result<Self, Fault> {
        let public = private
            .material()
            .and_then(|material| PublicKey::new(algorithm, kid, material))
            .ok_or_else(|| Fault::Internal(format!("a key for {algorithm} has no usable public half")))?;
        Ok(SigningKey { private, public })
    }
}

/// The JWT library's own way to sign, with a key that is parsed already: its stock signer parses and checks an RSA key
/// for each signature, and then reaches a third of the speed (`docs/decisions/0003-signing-keys.md`).
impl Signer<Vec<u8>> for SigningKey {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        self.private.sign(message).ok_or_else(signature::Error::new)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm(), self.kid())
    }
}

/// Parsed key pairs. Not `Debug`: the library's own would be trusted with it.
enum Private {
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Private {
    /// From PKCS#8, or what the PEM labels of old say.
    fn read(algorithm: Algorithm, der: &[u8]) -> Option<Self> {
        match Family::of(algorithm) {
            Family::Rsa(encoding) => RsaKeyPair::from_pkcs8(der)
                .or_else(|_| RsaKeyPair::from_der(der))
                .ok()
                .map(|pair| Private::Rsa(pair, encoding)),
            Family::Ec(curve) => EcdsaKeyPair::from_private_key_der(curve, der).ok().map(Private::Ec),
            Family::Ed => Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Private::Ed),
        }
    }

    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Private::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &SystemRandom::new(), message, &mut signature).ok()?;
                Some(signature)
            }
            Private::Ec(pair) => Some(pair.sign(&SystemRandom::new(), message).ok()?.as_ref().to_vec()),
            Private::Ed(pair) => Some(pair.try_sign(message).ok()?.as_ref().to_vec()),
        }
    }

    fn material(&self) -> Option<Material> {
        match self {
            Private::Rsa(pair, _) => {
                let public = pair.public_key();
                let (n, e) = (public.modulus(), public.exponent());
                Some(Material::rsa(n.big_endian_without_leading_zero(), e.big_endian_without_leading_zero()))
            }
            Private::Ec(pair) => Material::ec(pair.public_key().as_ref()),
            Private::Ed(pair) => Some(Material::ed(pair.public_key().as_ref())),
        }
    }

    fn pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let der = match self {
            Private::Rsa(pair, _) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair).ok()?.as_ref().to_vec(),
            Private::Ec(pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
            Private::Ed(pair) => pair.to_pkcs8v1().ok()?.as_ref().to_vec(),
        };
        Some(Zeroizing::new(der))
    }
}

/// What the library needs to know of an algorithm to sign with it.
enum Family {
    Rsa(&'static dyn RsaEncoding),
    Ec(&'static EcdsaSigningAlgorithm),
    Ed,
}

impl Family {
    fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Family::Rsa(&RSA_PKCS1_SHA256),
            Algorithm::Rs384 => Family::Rsa(&RSA_PKCS1_SHA384),
            Algorithm::Rs512 => Family::Rsa(&RSA_PKCS1_SHA512),
            Algorithm::Ps256 => Family::Rsa(&RSA_PSS_SHA256),
            Algorithm::Ps384 => Family::Rsa(&RSA_PSS_SHA384),
            Algorithm::Ps512 => Family::Rsa(&RSA_PSS_SHA512),
            Algorithm::Es256 => Family::Ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::Es384 => Family::Ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::Es512 => Family::Ec(&ECDSA_P521_SHA512_FIXED_SIGNING),
            Algorithm::EdDsa => Family::Ed,
        }
    }
}

/// The associated data of a sealed key: moved to another row, or declared for another algorithm, it does not open.
fn context(algorithm: Algorithm, kid: &str) -> String {
    format!("signing-key/{algorithm}/{kid}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use jsonwebtoken::signature::Verifier;
    use uaa_model::SystemRng;

    #[test]
    fn each_algorithm_signs_and_survives_sealing() {
        let data_key = DataKey::generate(&SystemRng);
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm).unwrap();
            assert_eq!(key.kid(), key.public().thumbprint());
            let sealed = key.seal(&data_key).unwrap();
            let again = SigningKey::open(&data_key, key.kid(), algorithm, &sealed).unwrap();
            assert_eq!(again.public().thumbprint(), key.kid());
            let signature = again.sign(b"message");
            assert!(key.public().verify(b"message", &signature).is_ok(), "{algorithm}");
            assert!(key.public().verify(b"messagf", &signature).is_err(), "{algorithm}");
            assert!(SigningKey::open(&data_key, "other", algorithm, &sealed).is_err());
        }
    }

    #[test]
    fn a_sealed_key_is_bound_to_its_algorithm() {
        let data_key = DataKey::generate(&SystemRng);
        let key = SigningKey::generate(Algorithm::Rs256).unwrap();
        let sealed = key.seal(&data_key).unwrap();
        assert!(SigningKey::open(&data_key, key.kid(), Algorithm::Ps256, &sealed).is_err());
    }

    #[test]
    fn neither_debug_nor_the_sealed_form_shows_the_private_half() {
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey(ES256 {})", key.kid()));
        let der = key.private.pkcs8().unwrap();
        let sealed = key.seal(&DataKey::generate(&SystemRng)).unwrap();
        assert!(!sealed.windows(16).any(|window| der.windows(16).any(|secret| secret == window)));
    }

    #[test]
    fn imports_pem_under_its_old_name() {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es512, Algorithm::EdDsa] {
            let key = SigningKey::generate(algorithm).unwrap();
            let body = STANDARD.encode(key.private.pkcs8().unwrap().as_slice());
            let text = |label: &str| {
                Secret::new(format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"))
            };
            let again = SigningKey::import(algorithm, "key-1", &text("PRIVATE KEY")).unwrap();
            assert_eq!(again.kid(), "key-1");
            assert_eq!(again.public().thumbprint(), key.kid());
            assert!(SigningKey::import(algorithm, "key-1", &text("PUBLIC KEY")).is_err());
            assert!(SigningKey::import(algorithm, "key-1", &text("ENCRYPTED PRIVATE KEY")).is_err());
            assert!(SigningKey::import(Algorithm::Es384, "key-1", &text("PRIVATE KEY")).is_err());
            for kid in ["", "a b", "é", &"k".repeat(257)] {
                assert!(SigningKey::import(algorithm, kid, &text("PRIVATE KEY")).is_err());
            }
        }
    }
}
