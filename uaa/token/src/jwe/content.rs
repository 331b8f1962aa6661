//! Content encryption (RFC 7518 section 5): what is said, and that nobody changed it or the header.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, AES_CBC_IV_LEN, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256, HMAC_SHA512};
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::rand;
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

/// How the content is encrypted: `enc` of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode with HMAC SHA-256.
    A128CbcHs256,
    /// AES-256 in CBC mode with HMAC SHA-512.
    A256CbcHs512,
    /// AES-128 in Galois counter mode.
    A128Gcm,
    /// AES-256 in Galois counter mode.
    A256Gcm,
}

/// What comes of it.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) text: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl ContentEncryption {
    /// What a registration means that names none (OpenID Connect Dynamic Client Registration 1.0 section 2).
    pub const DEFAULT: ContentEncryption = ContentEncryption::A128CbcHs256;

    /// Every one, the default first.
    pub const ALL: [ContentEncryption; 4] = [
        ContentEncryption::A128CbcHs256,
        ContentEncryption::A256CbcHs512,
        ContentEncryption::A128Gcm,
        ContentEncryption::A256Gcm,
    ];

    /// The name in the header's `enc`.
    pub const fn name(self) -> &'static str {
        match self {
            ContentEncryption::A128CbcHs256 => "A128CBC-HS256",
            ContentEncryption::A256CbcHs512 => "A256CBC-HS512",
            ContentEncryption::A128Gcm => "A128GCM",
            ContentEncryption::A256Gcm => "A256GCM",
        }
    }

    /// The length of its key in bytes; CBC has two in one.
    pub(super) fn key_len(self) -> usize {
        match self {
            ContentEncryption::A128CbcHs256 | ContentEncryption::A256Gcm => 32,
            ContentEncryption::A256CbcHs512 => 64,
            ContentEncryption::A128Gcm => 16,
        }
    }

    /// A key that nobody else has.
    ///
    /// Keys and vectors are aws-lc's own randomness, never an argument: one that comes twice gives the content away, and no test
    /// needs to repeat one.
    pub(super) fn new_key(self) -> Option<Zeroizing<Vec<u8>>> {
        let mut key = Zeroizing::new(vec![0; self.key_len()]);
        rand::fill(&mut key).ok().map(|()| key)
    }

    /// Encrypts; `aad` is the encoded header, which nobody can change afterwards.
    pub(super) fn seal(self, key: &[u8], aad: &[u8], plain: &[u8]) -> Option<Sealed> {
        match self {
            ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => {
                let mut iv = [0; NONCE_LEN];
                rand::fill(&mut iv).ok()?;
                self.gcm(key, aad, iv, plain)
            }
            ContentEncryption::A128CbcHs256 | ContentEncryption::A256CbcHs512 => {
                let mut iv = [0; AES_CBC_IV_LEN];
                rand::fill(&mut iv).ok()?;
                self.cbc(key, aad, iv, plain)
            }
        }
    }

    /// Decrypts what nobody has changed; the tag is looked at first, in a time that does not tell where it differs.
    pub(super) fn open(self, key: &[u8], aad: &[u8], sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
        let mut text = Zeroizing::new(sealed.text.clone());
        let length = match self {
            ContentEncryption::A128Gcm | ContentEncryption::A256Gcm => {
                let nonce = Nonce::try_assume_unique_for_key(&sealed.iv).ok()?;
                let key = self.aead(key)?;
                // RFC 7518 section 5.3: 128 bits. A shorter one would soon be guessed.
                if sealed.tag.len() != key.algorithm().tag_len() {
                    return None;
                }
                key.open_in_place_separate_tag(nonce, Aad::from(aad), &sealed.tag, &mut text).ok()?.len()
            }
            ContentEncryption::A128CbcHs256 | ContentEncryption::A256CbcHs512 => {
                let (mac, own) = self.halves(key)?;
                verify_slices_are_equal(&self.tag(mac, aad, &sealed.iv, &text), &sealed.tag).ok()?;
                let iv = FixedLength::try_from(sealed.iv.as_slice()).ok()?;
                let key = PaddedBlockDecryptingKey::cbc_pkcs7(self.cipher(own)?).ok()?;
                key.decrypt(&mut text, DecryptionContext::Iv128(iv)).ok()?.len()
            }
        };
        text.truncate(length);
        Some(text)
    }

    fn gcm(self, key: &[u8], aad: &[u8], iv: [u8; NONCE_LEN], plain: &[u8]) -> Option<Sealed> {
        let mut text = plain.to_vec();
        let nonce = Nonce::assume_unique_for_key(iv);
        let tag = self.aead(key)?.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut text).ok()?;
        Some(Sealed { iv: iv.to_vec(), text, tag: tag.as_ref().to_vec() })
    }

    /// RFC 7518 section 5.2.2.1: encrypted first, and the tag is of what came of that.
    pub(super) fn cbc(
        self,
        key: &[u8],
        aad: &[u8],
        iv: [u8; AES_CBC_IV_LEN],
        plain: &[u8],
    ) -> Option<Sealed> {
        let (mac, own) = self.halves(key)?;
        let key = PaddedBlockEncryptingKey::cbc_pkcs7(self.cipher(own)?).ok()?;
        let mut text = plain.to_vec();
        key.less_safe_encrypt(&mut text, EncryptionContext::Iv128(FixedLength::from(iv))).ok()?;
        let tag = self.tag(mac, aad, &iv, &text);
        Some(Sealed { iv: iv.to_vec(), text, tag })
    }

    /// Header, vector, text, and the length of the header in bits as 64 of them; the first half of the digest counts.
    fn tag(self, mac: &[u8], aad: &[u8], iv: &[u8], text: &[u8]) -> Vec<u8> {
        let hash = if self == ContentEncryption::A256CbcHs512 { HMAC_SHA512 } else { HMAC_SHA256 };
        let mut context = hmac::Context::with_key(&hmac::Key::new(hash, mac));
        let bits = (aad.len() as u64).saturating_mul(8).to_be_bytes();
        for part in [aad, iv, text, &bits] {
            context.update(part);
        }
        let whole = context.sign();
        whole.as_ref()[..whole.as_ref().len() / 2].to_vec()
    }

    /// RFC 7518 section 5.2.2.1, step 1: the key of the digest, and the cipher's.
    fn halves(self, key: &[u8]) -> Option<(&[u8], &[u8])> {
        (key.len() == self.key_len()).then(|| key.split_at(key.len() / 2))
    }

    fn cipher(self, key: &[u8]) -> Option<UnboundCipherKey> {
        let cipher = if self == ContentEncryption::A256CbcHs512 { &AES_256 } else { &AES_128 };
        UnboundCipherKey::new(cipher, key).ok()
    }

    fn aead(self, key: &[u8]) -> Option<LessSafeKey> {
        let cipher = if self == ContentEncryption::A256Gcm { &AES_256_GCM } else { &AES_128_GCM };
        UnboundKey::new(cipher, key).ok().map(LessSafeKey::new)
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ContentEncryption {
    type Err = ();

    /// Names are case-sensitive (RFC 7516 section 4.1.2).
    fn from_str(name: &str) -> Result<Self, ()> {
        ContentEncryption::ALL.into_iter().find(|one| one.name() == name).ok_or(())
    }
}
