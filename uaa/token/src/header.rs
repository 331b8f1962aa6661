use crate::Algorithm;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The members of a JOSE header that are read (RFC 7515 section 4.1).
///
/// `jku`, `jwk`, `x5u` and `x5c` are not among them: a token never says with which key it is to be verified, only the
/// name of one that is trusted already. A member that stands twice is refused by the decoder.
#[derive(Deserialize)]
pub(crate) struct Header<'a> {
    #[serde(borrow)]
    pub(crate) alg: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(crate) kid: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) typ: Option<Cow<'a, str>>,
    /// RFC 7515 section 4.1.11: none is understood here, so whoever sends one is refused.
    #[serde(default)]
    pub(crate) crit: Present,
}

/// Whether a member is there, even as `null`.
#[derive(Default)]
pub(crate) struct Present(pub(crate) bool);

impl<'de> Deserialize<'de> for Present {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Present(true))
    }
}

/// The header of every token signed with one key. Nothing in it needs escaping but the address.
pub(crate) fn text(algorithm: Algorithm, kid: &str, typ: &str, jku: &str) -> String {
    serde_json::json!({"alg": algorithm.name(), "jku": jku, "kid": kid, "typ": typ}).to_string()
}
