//! Bindings: a role for a user, client or group at the zone, an organization or a space.

use super::subject::{self, Found, Named};
use crate::{BindingOwn, OrganizationRole, RoleBinding, SpaceRole};
use axum::http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Read, RoleLevel, built_in_id};
use uaa_model::{Fault, Id, Micros, Reply, parse_rfc3339, rfc3339};
use uaa_plugin::shape::{FLAG, ID, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx, Json, Need, NeedInfo, OneOf};
use uaa_store::{Annotation, Binding, Fields, Granted, Raw, Set, Slot};
use uuid::Uuid;

/// A binding to be made.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    subject: Named,
    /// Name or id of a built-in or custom role.
    role: String,
    place: Place,
    /// RFC 3339; the binding counts for nothing from then on.
    expires_at: Option<String>,
}

/// Where: the zone that is spoken to, an organization or a space. There is no default, so that nobody binds at the whole
/// zone by leaving something out.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum Place {
    Zone {},
    Organization { id: Uuid },
    Space { id: Uuid },
}

/// The slot that the body names.
pub(super) enum At {
    Zone(Slot<RoleBinding>),
    Organization(Slot<OrganizationRole>),
    Space(Slot<SpaceRole>),
}

impl Need<Json<New>> for At {
    const INFO: NeedInfo = NeedInfo::Either(
        &NeedInfo::Slot("role_binding"),
        &NeedInfo::Either(&NeedInfo::Slot("organization_role"), &NeedInfo::Slot("space_role")),
    );

    async fn obtain(cx: &mut Ctx, input: &Reply<Json<New>>) -> Reply<Self> {
        match input.as_ref().map_err(Clone::clone)?.0.place {
            Place::Zone {} => {
                let zone = Id::new(cx.zone());
                cx.tx().slot(zone).await.map(At::Zone)
            }
            Place::Organization { id } => cx.tx().slot(Id::new(id)).await.map(At::Organization),
            Place::Space { id } => cx.tx().slot(Id::new(id)).await.map(At::Space),
        }
    }
}

pub(super) async fn create(at: At, new: Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    let new = new.0;
    let expires = expiry(new.expires_at.as_deref(), cx.now())?;
    let place = match &at {
        At::Zone(slot) => *slot.place(),
        At::Organization(slot) => *slot.place(),
        At::Space(slot) => *slot.place(),
    };
    let found = subject::find(cx, &new.subject, place.organization).await?;
    let (role, role_name) = role(cx, &at, &new.role).await?;
    let binding = Binding {
        subject: found.id,
        subject_kind: found.kind,
        role,
        role_name: role_name.clone(),
        scope: None,
        source: "direct",
        expires,
    };
    let row = match at {
        At::Zone(slot) => {
            let made = cx.tx().bind(slot, binding, Set::default()).await?;
            cx.tx().get(&made).await?
        }
        At::Organization(slot) => {
            let made = cx.tx().bind(slot, binding, Set::default()).await?;
            cx.tx().get(&made).await?
        }
        At::Space(slot) => {
            member(cx, &slot, &found, role).await?;
            let made = cx.tx().bind(slot, binding, Set::default()).await?;
            cx.tx().get(&made).await?
        }
    };
    note(cx, &row, &found.name);
    let url = format!("{}/access/v1/bindings/{}", cx.links.uaa, row.guid);
    Answer::json(StatusCode::CREATED, &view(&row))?.with(header::LOCATION, &url)
}

fn note(cx: &mut Ctx, row: &Fields<BindingOwn>, subject: &str) {
    let data = json!({"role": row.own.role_name, "subject": subject, "type": row.own.subject_kind});
    cx.tx().annotate(Annotation { target_name: row.own.role_name.clone(), data, ..Annotation::default() });
}

/// One of three kinds over one table.
type Either<V> = OneOf<Granted<V, RoleBinding>, OneOf<Granted<V, OrganizationRole>, Granted<V, SpaceRole>>>;

pub(super) async fn show(it: Either<Read>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = match it {
        OneOf::First(it) => cx.tx().get(&it).await?,
        OneOf::Second(OneOf::First(it)) => cx.tx().get(&it).await?,
        OneOf::Second(OneOf::Second(it)) => cx.tx().get(&it).await?,
    };
    Answer::ok(&view(&row))
}

pub(super) async fn delete(it: Either<Delete>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = match it {
        OneOf::First(it) => {
            let row = cx.tx().get(&it).await?;
            cx.tx().unbind(it).await?;
            row
        }
        OneOf::Second(OneOf::First(it)) => {
            let row = cx.tx().get(&it).await?;
            let values = vec![row.own.subject.into(), row.own.place.into()];
            let needed = row.own.role_name == "organization_user"
                && !cx.tx().raw(&it, &SPACE_ROLES_IN, values).await?.is_empty();
            if needed {
                return Err(Fault::invalid(
                    "Cannot delete organization_user role while user has roles in spaces in that organization.",
                ));
            }
            cx.tx().unbind(it).await?;
            row
        }
        OneOf::Second(OneOf::Second(it)) => {
            let row = cx.tx().get(&it).await?;
            cx.tx().unbind(it).await?;
            row
        }
    };
    let subject = row.own.subject.to_string();
    note(cx, &row, &subject);
    Answer::none()
}

/// The field's rule: a built-in space role needs a role in the organization, the subject's own or a group's.
async fn member(cx: &mut Ctx, slot: &Slot<SpaceRole>, who: &Found, role: Uuid) -> Reply<()> {
    if cx.tx().registry().role(role).is_none() {
        return Ok(());
    }
    let organization = slot.place().organization.unwrap_or_default();
    let now = cx.now();
    let values = vec![who.id.into(), organization.into(), now.into()];
    if cx.tx().raw(slot, &ROLES_IN, values).await?.is_empty() {
        return Err(Fault::invalid(
            "Users cannot be assigned roles in a space if they do not have a role in that space's organization.",
        ));
    }
    Ok(())
}

/// The role that a text means: a built-in one or a custom one, by name or by id. Whoever may give roles somewhere need not
/// be able to read the zone's custom ones; what they may give of it is decided when it is bound.
async fn role(cx: &mut Ctx, at: &At, text: &str) -> Reply<(Uuid, String)> {
    let id = text.parse::<Uuid>().ok();
    let built_in = cx.tx().registry().role(id.unwrap_or_else(|| built_in_id(text)));
    if let Some((role, _)) = built_in {
        return Ok((built_in_id(role.name), role.name.to_owned()));
    }
    let values = vec![cx.zone().into(), id.unwrap_or_default().into(), text.to_owned().into()];
    let rows = match at {
        At::Zone(slot) => cx.tx().raw(slot, &ROLE_NAMED, values).await?,
        At::Organization(slot) => cx.tx().raw(slot, &ROLE_NAMED, values).await?,
        At::Space(slot) => cx.tx().raw(slot, &ROLE_NAMED, values).await?,
    };
    let row = rows.first().ok_or_else(|| Fault::invalid(format!("there is no role `{text}`")))?;
    Ok((row.get(0)?, row.get(1)?))
}

fn expiry(text: Option<&str>, now: Micros) -> Reply<Micros> {
    let Some(text) = text else { return Ok(0) };
    let at = parse_rfc3339(text).ok_or_else(|| {
        Fault::invalid(format!("`expires_at` is a time as in 2030-01-31T12:00:00Z, and `{text}` is none"))
    })?;
    if at <= now {
        return Err(Fault::invalid("`expires_at` does not lie in the future"));
    }
    Ok(at)
}

pub(super) fn view(row: &Fields<BindingOwn>) -> Value {
    let own = &row.own;
    json!({
        "id": row.guid,
        "subject": {"type": own.subject_kind, "id": own.subject},
        "role": {"id": own.role, "name": own.role_name, "built_in": own.role == built_in_id(&own.role_name)},
        "place": {"type": RoleLevel::numbered(own.level).name(), "id": own.place},
        "source": own.source,
        "expires_at": (own.expires != 0).then(|| rfc3339(own.expires)),
        "created_at": rfc3339(row.created_at),
    })
}

pub(super) fn looks() -> Shape {
    let subject = object([("type", Shape::Word(&["user", "client", "group"])), ("id", ID)]);
    let place = object([("type", Shape::Word(&["zone", "organization", "space"])), ("id", ID)]);
    object([
        ("id", ID),
        ("subject", subject),
        ("role", object([("id", ID), ("name", TEXT), ("built_in", FLAG)])),
        ("place", place),
        ("source", TEXT),
        ("expires_at", TIME.or_null()),
        ("created_at", TIME),
    ])
    .named("role_binding")
}

static ROLE_NAMED: Raw = Raw {
    name: "custom_role_named",
    text: "SELECT guid, name FROM role WHERE zone = ? AND (guid = ? OR name = ?)",
    why: "whoever may give a role somewhere may name one that he cannot read",
};

static ROLES_IN: Raw = Raw {
    name: "roles_in_organization_also_of_groups",
    text: "WITH RECURSIVE g(id) AS (SELECT guid FROM subject WHERE guid = ? \
        UNION SELECT m.grp FROM member m JOIN g ON m.member = g.id) \
        SELECT b.guid FROM role_binding b JOIN g ON b.subject = g.id \
        WHERE b.place = ? AND (b.expires = 0 OR b.expires > ?)",
    why: "the field's rule: a space role needs a role in the organization",
};

static SPACE_ROLES_IN: Raw = Raw {
    name: "space_roles_of_a_subject",
    text: "SELECT 1 FROM role_binding WHERE subject = ? AND in_org = ?",
    why: "the field's rule: organization_user stays while space roles do",
};
