use serde_json::{Map, Value};

/// What a client has said of how it wants to be dealt with. Checked when it was written (`uaa_directory::client_metadata`).
#[derive(Debug, Default)]
pub(crate) struct Policy {
    /// `require_pushed_authorization_requests` (RFC 9126 section 6): what a browser brings along is no request.
    pub(crate) pushed_only: bool,
}

impl Policy {
    pub(crate) fn new(members: &Map<String, Value>) -> Policy {
        let flag = |name: &str| members.get(name) == Some(&Value::Bool(true));
        Policy { pushed_only: flag("require_pushed_authorization_requests") }
    }
}
