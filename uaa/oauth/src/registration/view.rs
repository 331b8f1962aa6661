//! A client as it is told to whoever registered it (RFC 7591 section 3.2.1).

use serde_json::{Map, Value, json};
use uaa_directory::{ClientOwn, client_metadata};
use uaa_model::Secret;
use uaa_plugin::shape::{NUMBER, Shape, TEXT, list, object};
use uaa_store::Fields;

/// `secret` and `held`, the registration access token, are known in this moment alone.
pub(super) fn registered(
    row: &Fields<ClientOwn>,
    uaa: &str,
    secret: Option<&Secret>,
    held: Option<&Secret>,
) -> Value {
    let own = &row.own;
    let list = |text: &str| serde_json::from_str::<Vec<String>>(text).unwrap_or_default();
    let more: Map<String, Value> = serde_json::from_str(&own.more).unwrap_or_default();
    let mut all: Map<String, Value> =
        more.into_iter().filter(|(name, _)| client_metadata::is_known(name)).collect();
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("client_id", own.client_id.as_str().into());
    put("client_id_issued_at", (row.created_at / 1_000_000).into());
    put("client_name", own.name.as_str().into());
    put("redirect_uris", json!(list(&own.redirect_uri)));
    put("grant_types", json!(list(&own.grant_types)));
    put("scope", list(&own.scope).join(" ").into());
    put("registration_client_uri", format!("{uaa}/oauth/register/{}", own.client_id).into());
    if let Some(secret) = secret {
        put("client_secret", secret.expose().into());
    }
    if own.secret.is_some() {
        // It does not expire.
        put("client_secret_expires_at", 0.into());
    }
    if let Some(held) = held {
        put("registration_access_token", held.expose().into());
    }
    Value::Object(all)
}

/// What [`registered`] looks like.
pub(super) fn looks() -> Shape {
    client_metadata::looks(object([
        ("client_id", TEXT),
        ("client_id_issued_at", NUMBER),
        ("client_name", TEXT),
        ("redirect_uris", list(TEXT)),
        ("grant_types", list(TEXT)),
        ("scope", TEXT),
        ("registration_client_uri", TEXT),
    ]))
    .perhaps([
        ("client_secret", TEXT),
        ("client_secret_expires_at", NUMBER),
        ("registration_access_token", TEXT),
    ])
    .named("registered_client")
}
