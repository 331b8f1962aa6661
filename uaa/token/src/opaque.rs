use aws_lc_rs::digest::{SHA256, digest as hash};
use uaa_model::Ids;

/// What a token looks like, before anything about it is known to be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Three parts with dots between: to be verified with the keys.
    Jwt,
    /// 32 hexadecimal characters: to be looked up by [`digest`].
    Access,
    /// 32 hexadecimal characters and `-r`: to be looked up by [`digest`].
    Refresh,
    /// None of these: refuse it without a look into the database.
    Unknown,
}

impl Shape {
    /// Tells the shapes apart.
    pub fn of(token: &str) -> Shape {
        let (body, refresh) = match token.strip_suffix(REFRESH_SUFFIX) {
            Some(body) => (body, true),
            None => (token, false),
        };
        let hex = body.len() == 32 && body.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match (hex, refresh) {
            (true, true) => Shape::Refresh,
            (true, false) => Shape::Access,
            (false, true | false) if token.bytes().filter(|b| *b == b'.').count() == 2 => Shape::Jwt,
            (false, true | false) => Shape::Unknown,
        }
    }
}

/// A new opaque access token: 128 random bits in 32 hexadecimal characters, as UAA's.
pub fn opaque_access(ids: &Ids) -> String {
    ids.hex32()
}

/// A new opaque refresh token: like an access token, with `-r` behind.
pub fn opaque_refresh(ids: &Ids) -> String {
    let mut token = ids.hex32();
    token.push_str(REFRESH_SUFFIX);
    token
}

/// Under what a token is stored and looked up: SHA-256 of its text.
///
/// The clear text is never stored, so that a copy of the database holds no usable token. No salt and no stretching: 128
/// random bits cannot be guessed, and equal tokens must be found by their digest.
pub fn digest(token: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(hash(&SHA256, token.as_bytes()).as_ref());
    out
}

/// Whether a `jti` is of a refresh token. UAA and the Cloud Controller tell the two apart by this alone.
pub fn is_refresh_jti(jti: &str) -> bool {
    jti.ends_with(REFRESH_SUFFIX)
}

/// What the names of refresh tokens end with, as UAA's do.
pub const REFRESH_SUFFIX: &str = "-r";

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use uaa_model::{SystemRng, TestClock};

    #[test]
    fn shapes_are_told_apart() {
        let ids = Ids::new(TestClock::at(0), Arc::new(SystemRng));
        assert_eq!(Shape::of(&opaque_access(&ids)), Shape::Access);
        assert_eq!(Shape::of(&opaque_refresh(&ids)), Shape::Refresh);
        assert_eq!(Shape::of("a.b.c"), Shape::Jwt);
        for token in ["", "-r", "a.b", "a.b.c.d", &"g".repeat(32), &"A".repeat(32), &"a".repeat(33), "é.b"] {
            assert_eq!(Shape::of(token), Shape::Unknown, "{token}");
        }
    }

    #[test]
    fn digest_is_sha256() {
        // FIPS 180-4, the example "abc".
        assert_eq!(digest("abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_ne!(digest("abc"), digest("abc-r"));
    }
}
