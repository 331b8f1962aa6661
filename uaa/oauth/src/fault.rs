//! OAuth's own errors (RFC 6749 section 5.2), with UAA's words where its clients read them.

use std::borrow::Cow;
use uaa_directory::lockout::ACCOUNT_LOCKED;
use uaa_model::{Code, Fault};

pub(crate) fn invalid_request(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_request"), text)
}

pub(crate) fn invalid_grant(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_grant"), text)
}

/// A password alone, where there is, or has to be, a second factor.
pub(crate) fn more_is_needed() -> Fault {
    invalid_grant(
        "A password alone is not enough here: a second factor is needed, which only a browser can ask for. \
         Use --sso, as in `cf login --sso`.",
    )
}

/// A client that asks whether something has happened learns that it has not (RFC 8628 section 3.5).
pub(crate) fn told(error: &'static str, text: &'static str) -> Fault {
    Fault::protocol(Code::new(400, error), text)
}

/// An error of an authorization request, told to a client that can be told nothing else.
pub(crate) fn refused(error: &'static str, text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, error), text)
}

pub(crate) fn invalid_scope(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_scope"), text)
}

pub(crate) fn unsupported_grant(grant: &str) -> Fault {
    Fault::protocol(Code::new(400, "unsupported_grant_type"), format!("Unsupported grant type: {grant}"))
}

/// UAA says this for an unknown client, a wrong secret and a missing one alike.
pub(crate) fn invalid_client() -> Fault {
    Fault::protocol(Code::new(401, "invalid_client"), "Bad credentials")
}

/// The same for one whose proof could be better, which is said.
pub(crate) fn unproved_client(text: &'static str) -> Fault {
    Fault::protocol(Code::new(401, "invalid_client"), text)
}

pub(crate) fn unauthorized_client(grant: &str) -> Fault {
    Fault::protocol(Code::new(401, "unauthorized_client"), format!("Unauthorized grant type: {grant}"))
}

/// UAA's words for a person of a provider that the client does not name.
pub(crate) fn wrong_provider() -> Fault {
    let text = "Client is not authorized for specified user's identity provider.";
    Fault::protocol(Code::new(401, "unauthorized_client"), text)
}

/// For an unknown user, a wrong password and a user of another provider alike.
pub(crate) fn bad_credentials() -> Fault {
    Fault::protocol(Code::new(401, "unauthorized"), "Bad credentials")
}

/// UAA's words for a right password that must be changed before it is good for anything else.
pub(crate) fn stale() -> Fault {
    Fault::protocol(Code::new(401, "unauthorized"), "password change required")
}

/// UAA's words for a right password of an account whose address nobody has confirmed.
pub(crate) fn unverified() -> Fault {
    Fault::protocol(Code::new(401, "unauthorized"), "Account not verified")
}

/// UAA's words for a passcode that never was, was used, or has expired.
pub(crate) fn bad_passcode() -> Fault {
    Fault::protocol(Code::new(401, "unauthorized"), "Invalid passcode")
}

/// The cf CLI matches this sentence to the letter.
pub(crate) fn locked() -> Fault {
    Fault::protocol(Code::new(401, "unauthorized"), ACCOUNT_LOCKED)
}

pub(crate) fn invalid_token(text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::protocol(Code::new(400, "invalid_token"), text)
}

/// For a token without that scope (RFC 6750 section 3.1).
pub(crate) fn insufficient_scope(needed: &'static str, text: impl Into<Cow<'static, str>>) -> Fault {
    Fault::Protocol(Code::new(403, "insufficient_scope"), text.into(), vec![("scope", needed.into())])
}

/// UAA's words for a client that may not do this.
pub(crate) fn access_denied() -> Fault {
    Fault::protocol(Code::new(403, "access_denied"), "Access is denied")
}

/// RFC 8693 section 2.2.2.
pub(crate) fn invalid_target(text: &'static str) -> Fault {
    Fault::protocol(Code::new(400, "invalid_target"), text)
}
