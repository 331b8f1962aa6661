//! A zone as UAA shows one.

use super::config;
use serde_json::{Map, Value, json};
use uaa_directory::IdentityZoneOwn;
use uaa_plugin::shape::{ANY, FLAG, NUMBER, Shape, TEXT, map, object};
use uaa_store::Fields;

/// The whole zone. There is no key in it, whoever asks.
pub(super) fn zone(row: &Fields<IdentityZoneOwn>) -> Value {
    let own = &row.own;
    let kept: Map<String, Value> = serde_json::from_str(&own.config).unwrap_or_default();
    let mut all = json!({
        "id": own.zid,
        "subdomain": own.subdomain,
        "name": own.name,
        "version": own.version,
        "active": own.active,
        "created": row.created_at / 1000,
        "last_modified": row.updated_at / 1000,
        "config": config::shown(kept),
    });
    if let Some(description) = &own.description {
        all["description"] = description.as_str().into();
    }
    all
}

/// What somebody sees who may look at the zone and not change it.
pub(super) fn reduced(row: &Fields<IdentityZoneOwn>) -> Value {
    let mut all = zone(row);
    if let Some(config) = all["config"].as_object_mut() {
        config.remove("tokenPolicy");
        config.remove("samlConfig");
    }
    all
}

/// What both look like. The configuration is as whoever keeps the zone wrote it.
pub(super) fn looks() -> Shape {
    let own =
        object([("id", TEXT), ("subdomain", TEXT), ("name", TEXT), ("version", NUMBER), ("active", FLAG)]);
    own.and([("created", NUMBER), ("last_modified", NUMBER), ("config", map(ANY))])
        .perhaps([("description", TEXT)])
        .named("identity_zone")
}
