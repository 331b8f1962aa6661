//! A group as UAA shows one.

use crate::SCHEMA;
use crate::member::Member;
use crate::version::meta;
use serde_json::{Value, json};
use uaa_directory::GroupOwn;
use uaa_model::rfc3339_millis;
use uaa_plugin::shape::{ID, Shape, TEXT, list, object};
use uaa_store::Fields;

/// The whole group, with the `id` of its zone.
pub(super) fn group(row: &Fields<GroupOwn>, members: &[Member], zone: &str) -> Value {
    json!({
        "id": row.guid.to_string(),
        "meta": {
            "version": row.own.version,
            "created": rfc3339_millis(row.created_at),
            "lastModified": rfc3339_millis(row.updated_at),
        },
        "displayName": row.own.name,
        "description": row.own.description,
        "members": members.iter().map(member).collect::<Vec<_>>(),
        "zoneId": zone,
        "schemas": [SCHEMA],
    })
}

/// One member.
pub(super) fn member(member: &Member) -> Value {
    json!({"origin": member.origin, "type": member.kind.to_uppercase(), "value": member.id.to_string()})
}

/// What [`group`] looks like.
pub(super) fn looks() -> Shape {
    object([
        ("id", ID),
        ("meta", meta()),
        ("displayName", TEXT),
        ("description", TEXT),
        ("members", list(member_looks())),
        ("zoneId", TEXT),
        ("schemas", list(TEXT)),
    ])
    .named("group")
}

/// What [`member`] looks like.
pub(super) fn member_looks() -> Shape {
    object([("origin", TEXT), ("type", Shape::Word(&["USER", "GROUP"])), ("value", ID)]).named("member")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn shows_members_by_kind() {
        let own = GroupOwn { name: "a.b".into(), name_key: "a.b".into(), description: "".into(), version: 2 };
        let row = Fields {
            guid: Uuid::from_u128(1),
            created_at: 0,
            updated_at: 0,
            labels: "{}".into(),
            annotations: "{}".into(),
            organization: None,
            space: None,
            own,
        };
        let inner = Member { id: Uuid::from_u128(2), kind: "group".into(), origin: "uaa".into() };
        let shown = group(&row, &[inner], "uaa");
        assert_eq!(shown["displayName"], "a.b");
        assert_eq!(shown["meta"]["version"], 2);
        assert_eq!(shown["members"][0]["type"], "GROUP");
    }
}
