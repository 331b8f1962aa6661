//! Spaces.

use crate::body::{Doc, One, name};
use crate::list::{List, Listed};
use crate::metadata::Metadata;
use crate::view::View;
use crate::{job, organization};
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Read, Update, Zone};
use uaa_directory::{Organization, Space, SpaceOwn};
use uaa_model::{Barrier, Id, Reply};
use uaa_plugin::{Answer, Ctx, Dialect::Cc, Progress, Route, Site::Api, Within, Work};
use uaa_store::{Annotation, Field, Fields, Granted, Set, Slot, Visible};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/spaces", "space_list", Cc, list),
        Route::on(Api, Method::POST, "/v3/spaces", "space_create", Cc, create),
        Route::on(Api, Method::GET, "/v3/spaces/{guid}", "space_show", Cc, show),
        Route::on(Api, Method::PATCH, "/v3/spaces/{guid}", "space_update", Cc, update),
        Route::on(Api, Method::DELETE, "/v3/spaces/{guid}", "space_delete", Cc, delete),
    ]
}

impl Listed for Space {
    const FILTERS: &'static [(&'static str, Field)] =
        &[("names", Field::Folded("name_key")), ("organization_guids", Field::Id("org_guid"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const INCLUDE: &'static [&'static str] = &["organization"];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    relationships: InOrganization,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InOrganization {
    organization: One<Organization>,
}

impl Within<Space> for New {
    fn parent(&self, _: Id<Zone>) -> Id<Organization> {
        self.relationships.organization.data.guid
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    suspended: Option<bool>,
    metadata: Option<Metadata>,
}

async fn list(seen: Visible<Space>, list: List<Space>, cx: &mut Ctx) -> Reply<Answer> {
    let page = cx.tx().list(&seen, &list.query()).await?;
    let api = cx.links.api.clone();
    let rows: Vec<Value> = page.rows.iter().map(|row| view(row, &api)).collect();
    let mut body =
        json!({"pagination": list.pagination(&page, &format!("{api}/v3/spaces")), "resources": rows});
    if list.include.contains(&"organization") {
        let seen = cx.tx().visible::<Organization>().await?;
        let ids = page.rows.iter().filter_map(|row| row.organization).collect();
        let found = cx.tx().related(&seen, ids).await?;
        body["included"] =
            json!({"organizations": found.iter().map(|o| organization::view(o, &api)).collect::<Vec<_>>()});
    }
    Answer::ok(&body)
}

async fn create(slot: Slot<Space>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let new = new.0;
    name(&new.name)?;
    let (labels, annotations) = new.metadata.onto("{}", "{}")?;
    let set = Set::default()
        .put(Space::name, new.name.as_str())
        .put(Space::name_key, new.name.to_lowercase())
        .put(Space::suspended, false)
        .put(Space::allow_ssh, true)
        .metadata(labels, annotations);
    let made = cx.tx().insert(slot, set).await?;
    cx.tx().annotate(event("audit.space.create", &new.name));
    let row = cx.tx().get(&made).await?;
    Answer::created(&view(&row, &cx.links.api))
}

async fn show(space: Granted<Read, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&space).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

async fn update(space: Granted<Update, Space>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    let (patch, row) = (patch.0, cx.tx().get(&space).await?);
    let mut set = Set::default();
    if let Some(new) = &patch.name {
        name(new)?;
        set = set.put(Space::name, new.as_str()).put(Space::name_key, new.to_lowercase());
    }
    if let Some(metadata) = &patch.metadata {
        let (labels, annotations) = metadata.onto(&row.labels, &row.annotations)?;
        set = set.metadata(labels, annotations);
    }
    if let Some(suspended) = patch.suspended.filter(|s| *s != row.own.suspended) {
        // Whoever may delete a space may suspend it: administrators and organization managers.
        let whole = cx.tx().grant::<Delete, Space>(space.id()).await?;
        cx.tx().bar(&whole, suspended.then_some(Barrier::SpaceSuspended)).await?;
        set = set.put(Space::suspended, suspended);
    }
    cx.tx().update(&space, set).await?;
    cx.tx().annotate(event("audit.space.update", &patch.name.unwrap_or(row.own.name)));
    let row = cx.tx().get(&space).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

async fn delete(space: Granted<Delete, Space>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&space).await?;
    job::begin(cx, &space, "space.delete", event("audit.space.delete-request", &row.own.name)).await
}

pub(crate) fn work() -> Work {
    Work::on("space.delete", deletion)
}

async fn deletion(space: Granted<Delete, Space>, cx: &mut Ctx) -> Reply<Progress> {
    empty(space, cx).await?;
    Ok(Progress::Done)
}

/// Ends a space with everything in it.
pub(crate) async fn empty(space: Granted<Delete, Space>, cx: &mut Ctx) -> Reply<()> {
    cx.tx().unbind_all(&space).await?;
    cx.tx().delete(space).await
}

fn event(event: &str, name: &str) -> Annotation {
    Annotation { event: event.into(), target_name: name.into(), ..Annotation::default() }
}

pub(crate) fn view(row: &Fields<SpaceOwn>, api: &str) -> Value {
    View::of(row, api, "spaces")
        .own("name", row.own.name.as_str())
        .own("suspended", row.own.suspended)
        .one("organization", "organizations", row.organization)
        .one("quota", "space_quotas", row.own.quota)
        .link("features", "features")
        .metadata(row)
        .done()
}
