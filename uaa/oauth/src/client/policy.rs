use serde_json::{Map, Value};
use uaa_token::Algorithm;

/// What a client has said of how it wants to be dealt with. Checked when it was written (`uaa_directory::client_metadata`).
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// `require_pushed_authorization_requests` (RFC 9126 section 6): what a browser brings along is no request.
    pub(crate) pushed_only: bool,
    /// `dpop_bound_access_tokens` (RFC 9449 section 5.2): no token without a proof.
    pub(crate) dpop_only: bool,
    /// `require_dpop_nonce`, a name of our own: each proof carries a nonce of ours.
    pub(crate) dpop_nonce: bool,
}

impl Policy {
    pub(crate) fn new(members: &Map<String, Value>) -> Policy {
        let flag = |name: &str| members.get(name) == Some(&Value::Bool(true));
        Policy {
            pushed_only: flag("require_pushed_authorization_requests"),
            dpop_only: flag("dpop_bound_access_tokens"),
            dpop_nonce: flag("require_dpop_nonce"),
        }
    }

    /// Whether what the client signs may be signed like that.
    pub(crate) fn takes(&self, _: Algorithm) -> bool {
        true
    }
}
