//! A user as UAA shows one.

use crate::SCHEMA;
use crate::member::Membership;
use crate::version::meta;
use serde_json::{Map, Value, json};
use uaa_directory::UserOwn;
use uaa_model::rfc3339_millis;
use uaa_plugin::shape::{ANY, FLAG, ID, NUMBER, Shape, TEXT, TIME, list, object};
use uaa_store::{Fields, Logon};

/// The whole user, with the `id` of its zone. There is no password in it, whoever asks.
pub(super) fn user(row: &Fields<UserOwn>, groups: &[Membership], logon: Option<&Logon>, zone: &str) -> Value {
    let own = &row.own;
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    put("id", row.guid.to_string().into());
    if let Some(external) = &own.external_id {
        put("externalId", external.as_str().into());
    }
    put(
        "meta",
        json!({
            "version": own.version,
            "created": rfc3339_millis(row.created_at),
            "lastModified": rfc3339_millis(row.updated_at),
        }),
    );
    put("userName", own.username.as_str().into());
    put("name", name(own));
    put("emails", serde_json::from_str(&own.emails).unwrap_or_else(|_| json!([])));
    if let Some(phone) = &own.phone {
        put("phoneNumbers", json!([{ "value": phone }]));
    }
    let groups: Vec<Value> = groups
        .iter()
        .map(|g| {
            let kind = if g.direct { "DIRECT" } else { "INDIRECT" };
            json!({"value": g.group.to_string(), "display": g.name, "type": kind})
        })
        .collect();
    put("groups", groups.into());
    put("approvals", json!([]));
    put("active", own.active.into());
    put("verified", own.verified.into());
    put("origin", own.origin.as_str().into());
    put("zoneId", zone.into());
    put("passwordLastModified", rfc3339_millis(own.password_changed_at).into());
    if let Some(previous) = logon.and_then(Logon::previous) {
        put("previousLogonTime", previous.into());
    }
    if let Some(last) = logon.and_then(Logon::last) {
        put("lastLogonTime", last.into());
    }
    put("schemas", json!([SCHEMA]));
    Value::Object(all)
}

fn name(own: &UserOwn) -> Value {
    let parts = [("givenName", &own.given_name), ("familyName", &own.family_name)];
    let given =
        parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_deref()?.into())));
    Value::Object(given.collect())
}

/// What [`user`] looks like.
pub(super) fn looks() -> Shape {
    let name = object::<&str>([]).perhaps([("givenName", TEXT), ("familyName", TEXT)]);
    let group = object([("value", ID), ("display", TEXT), ("type", Shape::Word(&["DIRECT", "INDIRECT"]))]);
    object([
        ("id", ID),
        ("meta", meta()),
        ("userName", TEXT),
        ("name", name),
        ("emails", list(object([("value", TEXT)]).perhaps([("primary", FLAG)]))),
        ("groups", list(group)),
        ("approvals", list(ANY)),
        ("active", FLAG),
        ("verified", FLAG),
        ("origin", TEXT),
        ("zoneId", TEXT),
        ("passwordLastModified", TIME),
        ("schemas", list(TEXT)),
    ])
    .perhaps([
        ("externalId", TEXT),
        ("phoneNumbers", list(object([("value", TEXT)]))),
        ("previousLogonTime", NUMBER),
        ("lastLogonTime", NUMBER),
    ])
    .named("user")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn shows_what_clients_read_and_no_password() {
        let own = UserOwn {
            username: "Ada".into(),
            username_key: "ada".into(),
            origin: "uaa".into(),
            external_id: None,
            given_name: Some("Ada".into()),
            family_name: None,
            email: "a@b.c".into(),
            emails: r#"[{"value":"a@b.c","primary":true}]"#.into(),
            phone: None,
            active: true,
            verified: false,
            password: Some("$argon2id$hidden".into()),
            former_passwords: None,
            password_changed_at: 0,
            password_change_required: false,
            generation: 0,
            version: 3,
        };
        let row = Fields {
            guid: Uuid::from_u128(1),
            created_at: 0,
            updated_at: 1_000,
            labels: "{}".into(),
            annotations: "{}".into(),
            organization: None,
            space: None,
            own,
        };
        let groups = [Membership { group: Uuid::from_u128(2), name: "scim.read".into(), direct: false }];
        let shown = user(&row, &groups, None, "uaa");
        assert_eq!(shown["meta"]["version"], 3);
        assert_eq!(shown["meta"]["lastModified"], "1970-01-01T00:00:00.001Z");
        assert_eq!(shown["name"], json!({"givenName": "Ada"}));
        assert_eq!(shown["groups"][0]["type"], "INDIRECT");
        assert_eq!(shown["emails"][0]["primary"], true);
        assert_eq!(shown["zoneId"], "uaa");
        assert!(shown.get("externalId").is_none());
        assert!(!shown.to_string().contains("argon2"));
    }
}
