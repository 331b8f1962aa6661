//! Custom roles: sets of permissions that an operator puts together.

use super::list::Paging;
use crate::{CustomRole, CustomRoleOwn};
use axum::http::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{BUILT_IN, Delete, Mask, Read, Registry, Update, Verb, built_in_id};
use uaa_model::{Fault, Reply, rfc3339};
use uaa_plugin::shape::{self, FLAG, ID, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx, Input, Json, Public, Raw, Reads};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Slot, Visible};

/// One permission: a verb on a kind.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Permission {
    kind: String,
    verb: String,
}

/// A role to be made.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    name: String,
    #[serde(default)]
    description: String,
    permissions: Vec<Permission>,
}

impl uaa_plugin::Within<CustomRole> for New {
    fn parent(&self, zone: uaa_model::Id<uaa_authz::Zone>) -> uaa_model::Id<uaa_authz::Zone> {
        zone
    }
}

/// What changes of a role; what is not named stays.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Patch {
    name: Option<String>,
    description: Option<String>,
    permissions: Option<Vec<Permission>>,
}

/// `?name=`.
#[derive(Debug)]
pub(super) struct Roles(Paging);

impl Input for Roles {
    const NAME: &'static str = "list";
    fn read(raw: &Raw) -> Reply<Self> {
        Paging::read(&raw.query, FILTERS).map(Roles)
    }
    fn reads() -> Reads {
        Paging::reads(FILTERS)
    }
}

const FILTERS: &[&str] = &["name"];

pub(super) async fn list(seen: Visible<CustomRole>, ask: Roles, cx: &mut Ctx) -> Reply<Answer> {
    let mut query = ask.0.query();
    for (_, name) in &ask.0.filters {
        query = query.when(Cond::In(Field::Text("name"), vec![name.clone()]));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let url = format!("{}/access/v1/roles", cx.links.uaa);
    Answer::ok(&ask.0.answer(page.rows, page.total, &url, |row| row.guid, view))
}

pub(super) async fn create(slot: Slot<CustomRole>, new: Json<New>, cx: &mut Ctx) -> Reply<Answer> {
    let new = new.0;
    let registry = cx.tx().registry().clone();
    let set = Set::default()
        .put(CustomRole::name, named(&new.name)?)
        .put(CustomRole::description, described(&new.description)?)
        .put(CustomRole::permissions, stored(&registry, &new.permissions)?);
    let made = cx.tx().insert(slot, set).await?;
    cx.tx().annotate(Annotation { target_name: new.name, ..Annotation::default() });
    let row = cx.tx().get(&made).await?;
    let place = format!("{}/access/v1/roles/{}", cx.links.uaa, row.guid);
    Answer::json(StatusCode::CREATED, &view(&row))?.with(header::LOCATION, &place)
}

pub(super) async fn show(role: Granted<Read, CustomRole>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&view(&cx.tx().get(&role).await?))
}

/// Takes effect at the next request of everybody who has the role.
pub(super) async fn update(
    role: Granted<Update, CustomRole>,
    patch: Json<Patch>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let patch = patch.0;
    let registry = cx.tx().registry().clone();
    let permissions = patch.permissions.map(|some| stored(&registry, &some)).transpose()?;
    let set = Set::default()
        .maybe(CustomRole::name, patch.name.as_deref().map(named).transpose()?)
        .maybe(CustomRole::description, patch.description.as_deref().map(described).transpose()?)
        .maybe(CustomRole::permissions, permissions);
    if !set.is_empty() {
        cx.tx().update(&role, set).await?;
    }
    let row = cx.tx().get(&role).await?;
    cx.tx().annotate(Annotation { target_name: row.own.name.clone(), ..Annotation::default() });
    Answer::ok(&view(&row))
}

/// A role that is bound stays: its bindings are deleted first, one by one.
pub(super) async fn delete(role: Granted<Delete, CustomRole>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&role).await?;
    cx.tx().delete(role).await?;
    cx.tx().annotate(Annotation { target_name: row.own.name, ..Annotation::default() });
    Answer::none()
}

/// The roles that come with the product: code, so a list of its own whose pages nothing is mixed into.
pub(super) async fn built_in(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let registry = cx.tx().registry().clone();
    let rows: Vec<Value> = BUILT_IN
        .iter()
        .filter_map(|role| {
            let id = built_in_id(role.name);
            let (_, mask) = registry.role(id)?;
            let permissions = shown(&registry, mask);
            let level = role.level.name();
            Some(json!({
                "id": id, "name": role.name, "level": level, "permissions": permissions, "built_in": true,
            }))
        })
        .collect();
    whole(rows)
}

/// What a role can speak of, for whoever writes one.
pub(super) async fn permissions(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let verbs = Verb::ALL.map(Verb::name);
    let kinds = cx.tx().registry().clone();
    whole(kinds.kinds().iter().map(|kind| json!({"kind": kind.name, "verbs": verbs})).collect())
}

fn whole(rows: Vec<Value>) -> Reply<Answer> {
    Answer::ok(&json!({"total": rows.len(), "resources": rows, "next": null}))
}

fn view(row: &Fields<CustomRoleOwn>) -> Value {
    let pairs: Vec<(String, String)> = serde_json::from_str(&row.own.permissions).unwrap_or_default();
    let permissions: Vec<Value> =
        pairs.iter().map(|(kind, verb)| json!({"kind": kind, "verb": verb})).collect();
    json!({
        "id": row.guid,
        "name": row.own.name,
        "description": row.own.description,
        "permissions": permissions,
        "built_in": false,
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    })
}

pub(super) fn looks() -> Shape {
    object([
        ("id", ID),
        ("name", TEXT),
        ("description", TEXT),
        ("permissions", shape::list(permission())),
        ("built_in", FLAG),
        ("created_at", TIME),
        ("updated_at", TIME),
    ])
    .named("custom_role")
}

/// A role of [`built_in`].
pub(super) fn built_in_looks() -> Shape {
    let level = Shape::Word(&["zone", "organization", "space"]);
    let own = object([("id", ID), ("name", TEXT), ("level", level)]);
    own.and([("permissions", shape::list(permission())), ("built_in", FLAG)]).named("built_in_role")
}

fn permission() -> Shape {
    object([("kind", TEXT), ("verb", TEXT)]).named("permission")
}

/// A kind of [`permissions`].
pub(super) fn kind_looks() -> Shape {
    object([("kind", TEXT), ("verbs", shape::list(TEXT))])
}

fn shown(registry: &Registry, mask: &Mask) -> Vec<Value> {
    registry.permissions(mask).map(|(kind, verb)| json!({"kind": kind, "verb": verb.name()})).collect()
}

/// The permissions as they are kept: each once, in the order of their names.
fn stored(registry: &Registry, permissions: &[Permission]) -> Reply<String> {
    if let Some(one) = permissions.iter().find(|p| registry.kind(&p.kind).is_none()) {
        let known: Vec<&str> = registry.kinds().iter().map(|k| k.name).collect();
        return Err(Fault::invalid(format!("unknown kind `{}`; known are {}", one.kind, known.join(", "))));
    }
    if let Some(one) = permissions.iter().find(|p| Verb::named(&p.verb).is_none()) {
        let known = Verb::ALL.map(Verb::name).join(", ");
        return Err(Fault::invalid(format!("unknown verb `{}`; known are {known}", one.verb)));
    }
    let mask = registry.compile(permissions.iter().map(|p| (p.kind.as_str(), p.verb.as_str())));
    let mask = mask.map_err(|unknown| Fault::invalid(format!("unknown {}", unknown.0)))?;
    let pairs: Vec<(&str, &str)> =
        registry.permissions(&mask).map(|(kind, verb)| (kind, verb.name())).collect();
    serde_json::to_string(&pairs).map_err(|e| Fault::Internal(e.to_string()))
}

/// A name that nobody takes for another role's.
fn named(name: &str) -> Reply<&str> {
    if name.trim() != name || name.is_empty() || name.chars().any(char::is_control) {
        return Err(Fault::invalid(
            "the name is empty, begins or ends with a space, or has a control character",
        ));
    }
    if name.chars().count() > 250 {
        return Err(Fault::invalid("the name is longer than 250 characters"));
    }
    if BUILT_IN.iter().any(|role| role.name == name) {
        return Err(Fault::invalid(format!("`{name}` is a role of the product")));
    }
    Ok(name)
}

fn described(text: &str) -> Reply<&str> {
    if text.chars().count() > 2000 || text.contains('\0') {
        return Err(Fault::invalid("the description is longer than 2000 characters or has a NUL character"));
    }
    Ok(text)
}
