use crate::DataKey;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use std::fmt;

/// Keyed digests of texts, for one use: whoever lacks the data key can neither make one nor test a guess at what went in.
pub struct DigestKey(hmac::Key);

impl DigestKey {
    /// From the data key, so that an installation keeps one secret file. Another `purpose` is another key.
    pub fn derived(from: &DataKey, purpose: &str) -> Self {
        let parent = hmac::Key::new(HMAC_SHA256, from.bytes());
        let label = format!("hallmark {purpose} 1");
        DigestKey(hmac::Key::new(HMAC_SHA256, hmac::sign(&parent, label.as_bytes()).as_ref()))
    }

    /// The digest of several texts. Where one ends and the next begins counts.
    pub fn of(&self, parts: &[&str]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            context.update(&length.to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }

    /// Whether that is the digest of these texts, in a time that does not tell where it differs.
    pub fn is(&self, parts: &[&str], digest: &[u8]) -> bool {
        verify_slices_are_equal(&self.of(parts), digest).is_ok()
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::SystemRng;

    #[test]
    fn of_one_key_one_purpose_and_one_division() {
        let data = DataKey::generate(&SystemRng);
        let key = DigestKey::derived(&data, "a");
        let digest = key.of(&["one", "two"]);
        assert!(DigestKey::derived(&data, "a").is(&["one", "two"], &digest));
        for other in [&["onet", "wo"][..], &["one"], &["one", "two", ""], &["two", "one"]] {
            assert!(!key.is(other, &digest), "{other:?}");
        }
        assert!(!key.is(&["one", "two"], &digest[..31]));
        assert!(!DigestKey::derived(&data, "b").is(&["one", "two"], &digest));
        let another = DataKey::generate(&SystemRng);
        assert!(!DigestKey::derived(&another, "a").is(&["one", "two"], &digest));
        assert_eq!(format!("{key:?}"), "DigestKey(…)");
    }
}
