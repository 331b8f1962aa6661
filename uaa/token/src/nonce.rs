use crate::DataKey;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use uaa_model::Micros;

/// Makes and knows the nonces that proofs must carry (RFC 9449 section 8). Nothing is kept: a nonce is a keyed digest of what it is
/// for and of the time, so that every process of an installation takes what another one gave.
pub struct NonceKey(hmac::Key);

impl NonceKey {
    /// From the data key, so that an installation keeps one secret file instead of two.
    pub fn derived(from: &DataKey) -> Self {
        let parent = hmac::Key::new(HMAC_SHA256, from.bytes());
        NonceKey(hmac::Key::new(HMAC_SHA256, hmac::sign(&parent, b"hallmark nonce 1").as_ref()))
    }

    /// The nonce of this moment.
    pub fn now(&self, of: &str, now: Micros) -> String {
        self.at(of, now.div_euclid(PERIOD))
    }

    /// Whether it is the one of this moment, or the one before.
    pub fn knows(&self, of: &str, nonce: &str, now: Micros) -> bool {
        let period = now.div_euclid(PERIOD);
        [period, period - 1]
            .into_iter()
            .any(|at| verify_slices_are_equal(self.at(of, at).as_bytes(), nonce.as_bytes()).is_ok())
    }

    fn at(&self, of: &str, period: i64) -> String {
        let tag = hmac::sign(&self.0, format!("{of} {period}").as_bytes());
        URL_SAFE_NO_PAD.encode(&tag.as_ref()[..18])
    }
}

impl fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NonceKey(…)")
    }
}

/// How long one is given out. It is taken for as long again.
const PERIOD: Micros = 150_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::SystemRng;

    #[test]
    fn a_nonce_is_good_for_a_while_and_for_its_zone() {
        let key = DataKey::generate(&SystemRng);
        let (one, same) = (NonceKey::derived(&key), NonceKey::derived(&key));
        let now = 1_790_000_000_000_000;
        let nonce = one.now("a", now);
        assert!(same.knows("a", &nonce, now) && same.knows("a", &nonce, now + PERIOD));
        assert!(!same.knows("a", &nonce, now + 2 * PERIOD) && !same.knows("a", &nonce, now - PERIOD));
        assert!(!same.knows("b", &nonce, now) && !same.knows("a", "", now));
        assert!(!NonceKey::derived(&DataKey::generate(&SystemRng)).knows("a", &nonce, now));
    }
}
