//! JWE (RFC 7516) in its compact form: what one party alone can read.
//!
//! What RFC 8725 section 3.2 and its attacks have left: no RSA1_5 (Bleichenbacher), no password, no key that both sides share
//! (`dir`), and nothing compressed (`zip`, whose length tells of what is in it).

mod agreement;
mod content;
mod decrypt;
mod encrypt;

pub use content::ContentEncryption;
pub use decrypt::{Accepted, DecryptionKey, Unreadable, is_encrypted};
pub use encrypt::EncryptionKey;

use std::fmt;
use std::str::FromStr;

/// How the key of the content comes to whom it is for (RFC 7518 section 4): `alg` of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyManagement {
    /// RSA OAEP with SHA-256, and MGF1 with the same.
    RsaOaep256,
    /// RSA OAEP with SHA-1. Libraries of the field know no other one (Microsoft's among them), and OAEP does not rest on what
    /// SHA-1 has lost: nobody gains by a collision.
    RsaOaep,
    /// A key that both agree upon, which is the content's own.
    EcdhEs,
    /// A key that both agree upon, of 128 bits, which wraps the content's.
    EcdhEsA128Kw,
    /// The same with 256 bits.
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// Every one.
    pub const ALL: [KeyManagement; 5] = [
        KeyManagement::RsaOaep256,
        KeyManagement::RsaOaep,
        KeyManagement::EcdhEs,
        KeyManagement::EcdhEsA128Kw,
        KeyManagement::EcdhEsA256Kw,
    ];

    /// Those for a key on a curve.
    pub const AGREED: [KeyManagement; 3] =
        [KeyManagement::EcdhEs, KeyManagement::EcdhEsA128Kw, KeyManagement::EcdhEsA256Kw];

    /// The name in the header's `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            KeyManagement::RsaOaep256 => "RSA-OAEP-256",
            KeyManagement::RsaOaep => "RSA-OAEP",
            KeyManagement::EcdhEs => "ECDH-ES",
            KeyManagement::EcdhEsA128Kw => "ECDH-ES+A128KW",
            KeyManagement::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// Whether it is for RSA keys.
    fn is_rsa(self) -> bool {
        match self {
            KeyManagement::RsaOaep256 | KeyManagement::RsaOaep => true,
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => false,
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyManagement {
    type Err = ();

    /// Names are case-sensitive (RFC 7516 section 4.1.1).
    fn from_str(name: &str) -> Result<Self, ()> {
        KeyManagement::ALL.into_iter().find(|one| one.name() == name).ok_or(())
    }
}

/// What was agreed with whoever reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// How the key comes along.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    pub enc: ContentEncryption,
}

impl Encryption {
    /// By the members of a registration that end in `_alg` and `_enc` (OpenID Connect Dynamic Client Registration 1.0 section 2);
    /// `None` when nothing is to be encrypted, or as nobody here can.
    pub fn registered(alg: Option<&str>, enc: Option<&str>) -> Option<Encryption> {
        let enc = enc.map_or(Ok(ContentEncryption::DEFAULT), str::parse);
        Some(Encryption { alg: alg?.parse().ok()?, enc: enc.ok()? })
    }
}

#[cfg(test)]
mod tests;
