//! A provider as UAA shows one.

use super::own;
use serde_json::{Value, json};
use uaa_directory::{IdentityProviderOwn, OWN_ORIGIN, OidcConfig};
use uaa_plugin::ZoneInfo;
use uaa_plugin::shape::{ANY, FLAG, ID, NUMBER, Shape, TEXT, map, object};
use uaa_store::Fields;

/// The whole provider of that zone. There is no secret in it, whoever asks. `raw`: its configuration as an object and not as its text.
pub(super) fn provider(row: &Fields<IdentityProviderOwn>, raw: bool, here: &ZoneInfo) -> Value {
    let one = &row.own;
    let config = match one.origin == OWN_ORIGIN {
        true => own::shown(&one.config, here),
        false => OidcConfig::stored(&one.config).shown(!one.sealed.is_empty()),
    };
    json!({
        "type": one.kind,
        "config": if raw { config } else { config.to_string().into() },
        "id": row.guid,
        "originKey": one.origin,
        "name": one.name,
        "version": one.version,
        "created": row.created_at / 1000,
        "last_modified": row.updated_at / 1000,
        "active": one.active,
        "identityZoneId": here.id,
        "aliasId": null,
        "aliasZid": null,
    })
}

pub(super) fn looks() -> Shape {
    object([
        ("type", TEXT),
        ("config", Shape::Either(vec![TEXT, map(ANY)])),
        ("id", ID),
        ("originKey", TEXT),
        ("name", TEXT),
        ("version", NUMBER),
        ("created", NUMBER),
        ("last_modified", NUMBER),
        ("active", FLAG),
        ("identityZoneId", TEXT),
        ("aliasId", TEXT.or_null()),
        ("aliasZid", TEXT.or_null()),
    ])
    .named("identity_provider")
}
