use crate::DataKey;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use serde::{Serialize, Serializer};
use std::fmt;

/// The key under which `rev_sig` is computed. All processes of an installation use the same.
pub struct RevSigKey(hmac::Key);

impl RevSigKey {
    /// From 32 secret bytes that the caller keeps.
    pub fn new(bytes: &[u8; 32]) -> Self {
        RevSigKey(hmac::Key::new(HMAC_SHA256, bytes))
    }

    /// From the data key, so that an installation keeps one secret file instead of two.
    pub fn derived(from: &DataKey) -> Self {
        let parent = hmac::Key::new(HMAC_SHA256, from.bytes());
        RevSigKey(hmac::Key::new(HMAC_SHA256, hmac::sign(&parent, b"hallmark rev_sig 1").as_ref()))
    }

    /// The change detector of a token: the same as long as client and user keep their secrets.
    ///
    /// A token carries it as `rev_sig`; it is revoked as soon as the value computed from today's generations differs.
    /// UAA chains a 32-bit murmur hash over the password hash, secret hash, salts, email and name: whoever sees two
    /// tokens can test guesses at what went in, and 32 bits collide by chance. Ours is 64 bits of HMAC-SHA-256 over
    /// numbers that count up when a secret changes, so that a token tells nothing about any secret.
    pub fn sign(&self, of: &Generations<'_>) -> RevSig {
        let mut context = hmac::Context::with_key(&self.0);
        part(&mut context, of.client_id);
        context.update(&of.client.to_be_bytes());
        if let Some((user_id, generation)) = of.user {
            part(&mut context, user_id);
            context.update(&generation.to_be_bytes());
        }
        let tag = context.sign();
        let mut text = [0; LENGTH];
        for (pair, byte) in text.chunks_exact_mut(2).zip(tag.as_ref()) {
            pair[0] = HEX[usize::from(byte >> 4)];
            pair[1] = HEX[usize::from(byte & 15)];
        }
        RevSig(text)
    }
}

impl fmt::Debug for RevSigKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RevSigKey(…)")
    }
}

/// What a token's `rev_sig` depends on.
///
/// A generation is a number on the row that goes up whenever all tokens of that client or user shall end: a changed
/// password or secret, "sign out everywhere", UAA's `token_salt`.
#[derive(Clone, Copy, Debug)]
pub struct Generations<'a> {
    /// The client's identifier.
    pub client_id: &'a str,
    /// The generation of the client's secret.
    pub client: i64,
    /// The user's identifier and generation; `None` for a client's own token.
    pub user: Option<(&'a str, i64)>,
}

/// 16 lower-case hexadecimal characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RevSig([u8; LENGTH]);

impl RevSig {
    /// The claim's value.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for RevSig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RevSig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RevSig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialEq<str> for RevSig {
    /// The claim comes from a token whose signature holds: nothing is learned from the time this takes.
    fn eq(&self, claim: &str) -> bool {
        self.as_str() == claim
    }
}

const LENGTH: usize = 16;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A length before each text: `ab` + `c` is not `a` + `bc`.
fn part(context: &mut hmac::Context, text: &str) {
    context.update(&(text.len() as u64).to_be_bytes());
    context.update(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::SystemRng;

    #[test]
    fn changes_with_each_ingredient_and_with_nothing_else() {
        let key = RevSigKey::new(&[7; 32]);
        let base = Generations { client_id: "cf", client: 1, user: Some(("u1", 3)) };
        let value = key.sign(&base);
        assert_eq!(value, key.sign(&base));
        assert_eq!(value.as_str().len(), 16);
        assert!(value.as_str().bytes().all(|b| b.is_ascii_hexdigit()));
        let others = [
            Generations { client_id: "cg", ..base },
            Generations { client: 2, ..base },
            Generations { user: Some(("u2", 3)), ..base },
            Generations { user: Some(("u1", 4)), ..base },
            Generations { user: None, ..base },
        ];
        for other in others {
            assert_ne!(key.sign(&other), value, "{other:?}");
        }
        assert_ne!(RevSigKey::new(&[8; 32]).sign(&base), value);
    }

    #[test]
    fn derived_from_the_data_key_and_not_printed() {
        let data = DataKey::generate(&SystemRng);
        let of = Generations { client_id: "cf", client: 1, user: None };
        assert_eq!(RevSigKey::derived(&data).sign(&of), RevSigKey::derived(&data).sign(&of));
        assert_eq!(format!("{:?}", RevSigKey::derived(&data)), "RevSigKey(…)");
    }
}
