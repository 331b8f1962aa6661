use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use uaa_model::{Fault, Rng, Secret};
use zeroize::Zeroizing;

/// The key under which secrets lie in the database: 32 bytes, kept in a file outside of it.
///
/// Whoever reads a copy of the database, or may write to it, has neither signing keys nor a way to plant one.
pub struct DataKey(Zeroizing<[u8; LENGTH]>);

impl DataKey {
    /// A new one. Every process of an installation must use the same.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        rng.fill(bytes.as_mut());
        DataKey(bytes)
    }

    /// Reads what [`DataKey::to_text`] wrote; white space around it is ignored.
    ///
    /// # Errors
    /// `Invalid` when it is not the base64 of 32 bytes. The text never shows in the error.
    pub fn from_text(text: &Secret) -> Result<Self, Fault> {
        let wrong = || Fault::invalid("the data key must be 32 bytes in base64");
        let decoded = Zeroizing::new(STANDARD.decode(text.expose().trim()).map_err(|_| wrong())?);
        let mut bytes = Zeroizing::new([0; LENGTH]);
        if decoded.len() != LENGTH {
            return Err(wrong());
        }
        bytes.copy_from_slice(&decoded);
        Ok(DataKey(bytes))
    }

    /// The text for the file: one line of base64.
    pub fn to_text(&self) -> Secret {
        Secret::new(STANDARD.encode(self.0.as_slice()))
    }

    /// Encrypts with AES-256-GCM: version byte, nonce, ciphertext and tag.
    ///
    /// `context` says what this is and whose (`signing-key/<kid>`); the same one opens it, so that a sealed value moved
    /// to another row does not open there. The nonce comes from aws-lc's own generator, never from an argument: a
    /// repeated nonce gives the key away, and no test needs to repeat one.
    ///
    /// # Errors
    /// `Internal` when the library refuses, which no input causes.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut body = Vec::with_capacity(plain.len() + AES_256_GCM.tag_len());
        body.extend_from_slice(plain);
        let nonce = self
            .cipher()?
            .seal_in_place_append_tag(Aad::from(bound(context)), &mut body)
            .map_err(|_| Fault::Internal("sealing failed".into()))?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Decrypts what [`DataKey::seal`] made with the same context.
    ///
    /// # Errors
    /// `Internal` when the key, the context or a single bit is another: somebody changed the database, or the file
    /// with the data key belongs to another installation.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let refused = || {
            Fault::Internal(format!(
                "`{context}` does not open with this data key: the file `data-key` is of another installation, or was made anew"
            ))
        };
        let (&version, rest) = sealed.split_first().ok_or_else(refused)?;
        if version != VERSION {
            return Err(Fault::Internal(format!("`{context}` is sealed in unknown version {version}")));
        }
        let (nonce, body) = rest.split_at_checked(NONCE_LEN).ok_or_else(refused)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = self
            .cipher()?
            .open_in_place(nonce, Aad::from(bound(context)), &mut plain)
            .map_err(|_| refused())?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// The bytes, for keys derived from this one.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn cipher(&self) -> Result<RandomizedNonceKey, Fault> {
        RandomizedNonceKey::new(&AES_256_GCM, self.0.as_slice())
            .map_err(|_| Fault::Internal("AES-256-GCM is not available".into()))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

const LENGTH: usize = 32;
const VERSION: u8 = 1;

/// The associated data: the version counts too, so that it cannot be set back.
fn bound(context: &str) -> Vec<u8> {
    let mut data = vec![VERSION];
    data.extend_from_slice(context.as_bytes());
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::SystemRng;

    #[test]
    fn opens_only_with_the_same_key_context_and_bits() {
        let key = DataKey::generate(&SystemRng);
        let sealed = key.seal("row/1", b"secret").unwrap();
        assert_eq!(key.open("row/1", &sealed).unwrap().as_slice(), b"secret");
        assert!(key.open("row/2", &sealed).is_err());
        assert!(DataKey::generate(&SystemRng).open("row/1", &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open("row/1", &changed).is_err(), "byte {at}");
            assert!(key.open("row/1", &sealed[..at]).is_err(), "cut at {at}");
        }
        assert_ne!(sealed, key.seal("row/1", b"secret").unwrap());
    }

    #[test]
    fn goes_through_a_file_and_never_through_a_log() {
        let key = DataKey::generate(&SystemRng);
        let text = key.to_text();
        let again = DataKey::from_text(&Secret::new(format!(" {}\n", text.expose()))).unwrap();
        assert_eq!(again.bytes(), key.bytes());
        assert_eq!(format!("{key:?}"), "DataKey(…)");
        for wrong in ["", "AAAA", "not base64 at all"] {
            assert!(DataKey::from_text(&Secret::new(wrong.into())).is_err());
        }
    }
}
