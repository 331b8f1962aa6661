//! Bodies that several rows send, or that are long.

pub(super) const NEW_USER: &str =
    r#"{"userName": "swept", "password": "a-long-secret", "emails": [{"value": "swept@example.com"}]}"#;
pub(super) const ONE_OF_MINE: &str = r#"{"subject": {"type": "{my-kind}", "id": "{my-id}"}, "action": {"name": "read"},
    "resource": {"type": "space", "id": "{space}"}}"#;
pub(super) const ONE_OF_OTHERS: &str = r#"{"subject": {"type": "user", "id": "{somebody}"}, "action": {"name": "read"},
    "resource": {"type": "space", "id": "{space}"}}"#;
pub(super) const MANY_OF_MINE: &str = r#"{"subject": {"type": "{my-kind}", "id": "{my-id}"}, "action": {"name": "read"},
    "evaluations": [{"resource": {"type": "space", "id": "{space}"}}]}"#;
pub(super) const MANY_OF_OTHERS: &str = r#"{"subject": {"type": "user", "id": "{somebody}"}, "action": {"name": "read"},
    "evaluations": [{"resource": {"type": "space", "id": "{space}"}}]}"#;

pub(super) const NEW_PROVIDER: &str = r#"{"type": "oidc1.0", "originKey": "swept", "name": "swept",
    "config": {"discoveryUrl": "https://idp.example/x", "relyingPartyId": "us", "linkText": "IdP"}}"#;
pub(super) const OLD_PROVIDER: &str = r#"{"type": "oidc1.0", "name": "swept",
    "config": {"discoveryUrl": "https://idp.example/x", "relyingPartyId": "us", "linkText": "IdP"}}"#;

pub(super) const NEW_CLIENT: &str = r#"{"client_id": "swept", "client_secret": "a-long-secret", "authorized_grant_types": ["refresh_token"]}"#;

pub(super) const NEW_CLIENTS: &str = r#"[{"client_id": "swept", "client_secret": "a-long-secret", "authorized_grant_types": ["refresh_token"]}]"#;

pub(super) const OLD_CLIENTS: &str = r#"[{"client_id": "cc_routing"}]"#;

pub(super) const NEW_ROLE: &str = r#"{"name": "swept", "permissions": [{"kind": "role", "verb": "read"}]}"#;
