use super::agreement::{Curve, derive, thumbprint};
use super::content::Sealed;
use super::encrypt::{WRAPPING, kek, oaep};
use super::{ContentEncryption, Encryption, KeyManagement};
use crate::DataKey;
use crate::header::Present;
use aws_lc_rs::agreement::{PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_lc_rs::key_wrap::KeyWrap;
use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;
use thiserror::Error;
use uaa_model::Fault;
use zeroize::Zeroizing;

/// Why something encrypted was not accepted: there is one answer, whatever went wrong. Whoever could tell a wrong key from a wrong
/// tag could have texts decrypted that are not theirs (RFC 7516 section 11.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("what is encrypted cannot be read")]
pub struct Unreadable;

/// What was agreed upon, of which the header says one (RFC 8725 section 3.1).
#[derive(Clone, Copy, Debug)]
pub struct Accepted<'a> {
    /// How the key may come along.
    pub alg: &'a [KeyManagement],
    /// How the content may be encrypted.
    pub enc: &'a [ContentEncryption],
}

/// A key of our own, to which others encrypt. Its private half leaves in no way, and `Debug` shows its name.
pub struct DecryptionKey {
    kid: String,
    public: Value,
    private: Private,
}

enum Private {
    Rsa(PrivateDecryptingKey),
    On(Curve, PrivateKey),
}

impl DecryptionKey {
    /// The key of that name in that zone, on P-256, from the data key: nothing of it is kept, and every process of an installation
    /// has the same (`docs/decisions/0019-encrypted-for-clients.md`).
    ///
    /// # Errors
    /// `Internal` when the library fails, which no input causes.
    pub fn derived(from: &DataKey, zone: [u8; 16], name: &str) -> Result<Self, Fault> {
        let parent = hmac::Key::new(HMAC_SHA256, from.bytes());
        let own = hmac::Key::new(HMAC_SHA256, hmac::sign(&parent, b"hallmark decryption 1").as_ref());
        // One number of 2^32 is above the order of the curve and no private key: then the next one is taken.
        let mut numbers =
            (0..=u8::MAX).map(|n| hmac::sign(&own, &[&zone[..], &[n], name.as_bytes()].concat()));
        let key = numbers.find_map(|number| Self::on(Curve::P256, number.as_ref()));
        key.ok_or_else(|| Fault::Internal("no private key could be derived".into()))
    }

    /// A key that was made elsewhere: RSA, in PKCS#8. `None` when it is none, or one too weak. `kid`: what it is called there.
    pub fn rsa(kid: &str, pkcs8: &[u8]) -> Option<Self> {
        let key = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?;
        Some(DecryptionKey { kid: kid.to_owned(), public: Value::Null, private: Private::Rsa(key) })
    }

    /// By the number that is the private key on that curve.
    pub(super) fn on(curve: Curve, number: &[u8]) -> Option<Self> {
        let key = PrivateKey::from_private_key(curve.algorithm(), number).ok()?;
        let mut jwk = curve.jwk(key.compute_public_key().ok()?.as_ref());
        let kid = thumbprint(&jwk);
        jwk["kid"] = kid.as_str().into();
        jwk["use"] = "enc".into();
        Some(DecryptionKey { kid, public: jwk, private: Private::On(curve, key) })
    }

    /// Its name in headers.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The JWK that others encrypt to; `null` of a key that was made elsewhere, where its public half is known.
    pub fn jwk(&self) -> &Value {
        &self.public
    }

    /// Reads what was encrypted to this key, in one of the ways that were agreed upon. How long it may be is looked at first.
    ///
    /// # Errors
    /// [`Unreadable`], whatever the reason is.
    pub fn decrypt(&self, text: &str, accepted: &Accepted<'_>) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        self.open(text, accepted).ok_or(Unreadable)
    }

    fn open(&self, text: &str, accepted: &Accepted<'_>) -> Option<Zeroizing<Vec<u8>>> {
        let parts = Parts::of(text)?;
        let head = parts.head()?;
        let header: Header<'_> = serde_json::from_slice(&head).ok()?;
        let how = header.agreed(accepted)?;
        let wrapped = decode(parts.key)?;
        // RFC 7516 section 11.5: with a key that nobody has it goes on as with the right one, to fail where a changed text does.
        let key = match self.key_of(&header, how, &wrapped).filter(|key| key.len() == how.enc.key_len()) {
            Some(key) => key,
            None => how.enc.new_key()?,
        };
        let sealed = Sealed { iv: decode(parts.iv)?, text: decode(parts.text)?, tag: decode(parts.tag)? };
        how.enc.open(&key, parts.head.as_bytes(), &sealed)
    }

    fn key_of(&self, header: &Header<'_>, how: Encryption, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        match &self.private {
            Private::Rsa(key) => {
                let key = OaepPrivateDecryptingKey::new(key.clone()).ok()?;
                let mut plain = Zeroizing::new(vec![0; key.min_output_size()]);
                let length = key.decrypt(oaep(how.alg)?, wrapped, &mut plain, None).ok()?.len();
                plain.truncate(length);
                Some(plain)
            }
            Private::On(curve, own) => {
                let (theirs, point) = Curve::read(header.epk.as_ref()?)?;
                if theirs != *curve {
                    return None;
                }
                let party = |text: &Option<Cow<'_, str>>| decode(text.as_deref().unwrap_or_default());
                let (apu, apv) = (party(&header.apu)?, party(&header.apv)?);
                // That the point is on the curve, and no trap, is seen where it is parsed and used.
                let theirs = UnparsedPublicKey::new(curve.algorithm(), point);
                let agreed =
                    agree(own, theirs, None, |shared| derive(shared, how, (&apu, &apv)).ok_or(None::<()>));
                let agreed = agreed.ok()?;
                if how.alg == KeyManagement::EcdhEs {
                    // RFC 7516 section 5.2, step 10.
                    return wrapped.is_empty().then_some(agreed);
                }
                let mut key = Zeroizing::new(vec![0; wrapped.len().checked_sub(WRAPPING)?]);
                let length = kek(&agreed)?.unwrap(wrapped, &mut key).ok()?.len();
                key.truncate(length);
                Some(key)
            }
        }
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecryptionKey({})", self.kid)
    }
}

/// Whether a text has the five parts of something encrypted (RFC 7516 section 9).
pub fn is_encrypted(text: &str) -> bool {
    text.len() <= MAX_BYTES && text.bytes().filter(|byte| *byte == b'.').count() == 4
}

impl DecryptionKey {
    /// With which key a text says that it is encrypted, before anything about it is known to be true.
    pub fn named_by(text: &str) -> Option<String> {
        let head = Parts::of(text)?.head()?;
        serde_json::from_slice::<Header<'_>>(&head).ok()?.kid.map(Cow::into_owned)
    }
}

struct Parts<'a> {
    head: &'a str,
    key: &'a str,
    iv: &'a str,
    text: &'a str,
    tag: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Parts<'a>> {
        if !is_encrypted(text) {
            return None;
        }
        let mut parts = text.split('.');
        let mut next = || parts.next();
        let parts = Parts { head: next()?, key: next()?, iv: next()?, text: next()?, tag: next()? };
        (parts.head.len() <= MAX_HEAD && parts.key.len() <= MAX_KEY).then_some(parts)
    }

    /// The header, which is a JSON object.
    fn head(&self) -> Option<Vec<u8>> {
        decode(self.head).filter(|json| json.first() == Some(&b'{'))
    }
}

/// The members of a header that are read (RFC 7516 section 4.1). A member that stands twice is refused by the decoder.
#[derive(Deserialize)]
struct Header<'a> {
    #[serde(borrow)]
    alg: Cow<'a, str>,
    #[serde(borrow)]
    enc: Cow<'a, str>,
    #[serde(borrow, default)]
    kid: Option<Cow<'a, str>>,
    #[serde(default)]
    epk: Option<Map<String, Value>>,
    #[serde(borrow, default)]
    apu: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    apv: Option<Cow<'a, str>>,
    /// RFC 7516 section 4.1.13: none is understood here, so whoever sends one is refused.
    #[serde(default)]
    crit: Present,
    /// RFC 8725 section 3.6.
    #[serde(default)]
    zip: Present,
}

impl Header<'_> {
    /// How it is encrypted, if that was agreed upon.
    fn agreed(&self, accepted: &Accepted<'_>) -> Option<Encryption> {
        let alg = accepted.alg.iter().find(|one| one.name() == self.alg)?;
        let enc = accepted.enc.iter().find(|one| one.name() == self.enc)?;
        (!self.crit.0 && !self.zip.0).then_some(Encryption { alg: *alg, enc: *enc })
    }
}

/// base64url without padding, of one spelling only.
fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// The longest text that is looked at, in bytes: a token of the longest kind, encrypted.
const MAX_BYTES: usize = crate::MAX_TOKEN_BYTES * 3 / 2;
const MAX_HEAD: usize = 4 * 1024;
/// A key that is wrapped by RSA with 8192 bits.
const MAX_KEY: usize = 1_366;
