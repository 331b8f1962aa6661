//! Spaces.

mod feature;

use crate::body::{Doc, One, name};
use crate::event::{event, requested};
use crate::list::{List, Listed, Shown, included, including, page};
use crate::metadata::Metadata;
use crate::view::{Looks, View};
use crate::{job, organization, user};
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Read, Update, Zone};
use uaa_directory::{Organization, PlatformUser, Space, SpaceOwn};
use uaa_model::{Barrier, Fault, Id, Reply};
use uaa_plugin::shape::{FLAG, Shape, TEXT};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Progress, Route, Site::Api, Within, Work};
use uaa_store::{Field, Fields, Granted, Set, Slot, Visible};

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        Route::on(Api, Method::GET, "/v3/spaces", "space_list", Cc, list)
            .answers(Answers::ok(|| including(page(looks()), [("organizations", organization::looks())]))),
        Route::on(Api, Method::POST, "/v3/spaces", "space_create", Cc, create)
            .answers(Answers::created(looks)),
        Route::on(Api, Method::GET, "/v3/spaces/{guid}", "space_show", Cc, show)
            .answers(Answers::ok(|| including(looks(), [("organizations", organization::looks())]))),
        Route::on(Api, Method::PATCH, "/v3/spaces/{guid}", "space_update", Cc, update)
            .answers(Answers::ok(looks)),
        Route::on(Api, Method::DELETE, "/v3/spaces/{guid}", "space_delete", Cc, delete)
            .answers(Answers::job()),
        Route::on(Api, Method::GET, "/v3/spaces/{guid}/users", "space_user_list", Cc, users)
            .answers(Answers::ok(|| page(user::looks()))),
    ];
    [own, feature::routes()].concat()
}

impl Listed for Space {
    const FILTERS: &'static [(&'static str, Field)] =
        &[("names", Field::Folded("name_key")), ("organization_guids", Field::Id("org_guid"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const INCLUDE: &'static [&'static str] = &["organization"];
    const LABELS: bool = true;
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    suspended: Option<bool>,
    relationships: InOrganization,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct InOrganization {
    organization: One<Organization>,
}

impl Within<Space> for New {
    fn parent(&self, _: Id<Zone>) -> Id<Organization> {
        self.relationships.organization.data.guid
    }

    fn hidden(_: Id<Organization>) -> Fault {
        Fault::invalid("Invalid organization. Ensure the organization exists and you have access to it.")
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    suspended: Option<bool>,
    metadata: Option<Metadata>,
}

async fn list(seen: Visible<Space>, list: List<Space>, cx: &mut Ctx) -> Reply<Answer> {
    let page = cx.tx().list(&seen, &list.query()).await?;
    let rows = page.rows.iter().map(|row| view(row, &cx.links.api)).collect();
    let mut body = list.body(&page, cx, "/v3/spaces", rows);
    if list.includes("organization") {
        let ids = page.rows.iter().filter_map(|row| row.organization).collect();
        let found = included::<Organization>(ids, organization::view, cx).await?;
        body["included"] = json!({ "organizations": found });
    }
    Answer::ok(&body)
}

async fn create(slot: Slot<Space>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    name(&new.name, 255)?;
    let (labels, annotations) = new.metadata.onto("{}", "{}")?;
    let set = Set::default()
        .put(Space::name, new.name.as_str())
        .put(Space::name_key, new.name.to_lowercase())
        .put(Space::suspended, new.suspended.unwrap_or(false))
        .put(Space::allow_ssh, true)
        .metadata(labels, annotations);
    let made = cx.tx().insert(slot, set).await?;
    cx.tx().annotate(requested("audit.space.create", &new.name, &sent));
    if new.suspended == Some(true) {
        cx.tx().bar(&made, Some(Barrier::SpaceSuspended)).await?;
    }
    let row = cx.tx().get(&made).await?;
    Answer::created(&view(&row, &cx.links.api))
}

async fn show(space: Granted<Read, Space>, shown: Shown<Space>, cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&space).await?;
    let mut body = view(&row, &cx.links.api);
    if shown.includes("organization") {
        let ids = row.organization.into_iter().collect();
        let found = included::<Organization>(ids, organization::view, cx).await?;
        body["included"] = json!({ "organizations": found });
    }
    Answer::ok(&body)
}

async fn update(space: Granted<Update, Space>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    let (Doc { it: patch, sent }, row) = (patch, cx.tx().get(&space).await?);
    let mut set = Set::default();
    if let Some(new) = &patch.name {
        name(new, 255)?;
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
    cx.tx().annotate(requested("audit.space.update", &patch.name.unwrap_or(row.own.name), &sent));
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

/// Whoever has a role in the space.
async fn users(space: Granted<Read, Space>, list: List<PlatformUser>, cx: &mut Ctx) -> Reply<Answer> {
    let id = space.id();
    user::members(list, id.uuid(), &format!("/v3/spaces/{id}/users"), cx).await
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

pub(crate) fn looks() -> Shape {
    Looks::of()
        .own("name", TEXT)
        .own("suspended", FLAG)
        .one("organization")
        .one("quota")
        .link("features")
        .metadata()
        .done("space")
}
