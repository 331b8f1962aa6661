use serde_json::{Map, Value};
use uaa_token::Encryption;

/// What a client wants encrypted, and how. Checked when it was written (`uaa_directory::client_metadata`).
#[derive(Debug, Default)]
pub(crate) struct Encryptions {
    /// `id_token_encrypted_response_alg` (OpenID Connect Dynamic Client Registration 1.0 section 2).
    pub(crate) id_token: Option<Encryption>,
    /// `userinfo_encrypted_response_alg`, the same.
    pub(crate) userinfo: Option<Encryption>,
    /// `authorization_encrypted_response_alg` (JWT Secured Authorization Response Mode section 3).
    pub(crate) answer: Option<Encryption>,
    /// `introspection_encrypted_response_alg` (RFC 9701 section 6).
    pub(crate) introspection: Option<Encryption>,
    /// `request_object_encryption_alg`: how it may encrypt its requests to us; `None`: not at all.
    pub(crate) request: Option<Encryption>,
}

impl Encryptions {
    pub(crate) fn new(members: &Map<String, Value>) -> Encryptions {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let of = |alg: &str, enc: &str| Encryption::registered(text(alg), text(enc));
        Encryptions {
            id_token: of("id_token_encrypted_response_alg", "id_token_encrypted_response_enc"),
            userinfo: of("userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc"),
            answer: of("authorization_encrypted_response_alg", "authorization_encrypted_response_enc"),
            introspection: of("introspection_encrypted_response_alg", "introspection_encrypted_response_enc"),
            request: of("request_object_encryption_alg", "request_object_encryption_enc"),
        }
    }
}
