use thiserror::Error;
use uaa_model::{Denied, Fault};

/// Why a token was not accepted. The first check that fails decides.
///
/// The texts go to the caller: they name no key, no claim's content and nothing of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Rejected {
    /// Not three parts of base64url JSON with the members a token has, too long, or with critical extensions.
    #[error("the token is malformed")]
    Malformed,
    /// `alg` is unknown here (`none` and HS256 are), or not the one the key is for.
    #[error("the token is signed with an algorithm that is not accepted")]
    Algorithm,
    /// `kid` names no key that still verifies.
    #[error("the token is signed with an unknown key")]
    UnknownKey,
    /// The signature does not fit the text.
    #[error("the token's signature is wrong")]
    Signature,
    /// `exp` has come (RFC 7519 section 4.1.4).
    #[error("the token has expired")]
    Expired,
    /// `nbf` has not come, or `iat` lies in the future.
    #[error("the token is not valid yet")]
    NotYet,
    /// `iss` is another.
    #[error("the token was issued by somebody else")]
    Issuer,
    /// `aud` names nobody of those asked for.
    #[error("the token is for another audience")]
    Audience,
    /// `zid` is another identity zone.
    #[error("the token belongs to another zone")]
    Zone,
    /// A refresh or ID token where an access token belongs, or the other way round.
    #[error("the token is of the wrong kind")]
    Kind,
}

impl From<Rejected> for Fault {
    /// Credentials that are not good; the protocol's own text is its route's concern.
    fn from(_: Rejected) -> Fault {
        Fault::Denied(Denied::Unauthenticated, "token")
    }
}
