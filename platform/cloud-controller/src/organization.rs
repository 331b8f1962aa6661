//! Organizations.

use crate::body::{Doc, name};
use crate::event::{event, requested};
use crate::list::{List, Listed, page};
use crate::metadata::Metadata;
use crate::view::{Looks, View};
use crate::{job, quota, space, user};
use axum::http::Method;
use serde::Deserialize;
use serde_json::Value;
use uaa_authz::{Delete, Duty, Read, Update, Zone};
use uaa_directory::{Organization, OrganizationOwn, PlatformUser, Space, SpaceQuota};
use uaa_model::{Barrier, Fault, Id, Reply};
use uaa_plugin::shape::{FLAG, Shape, TEXT};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Progress, Route, Site::Api, Within, Work};
use uaa_store::{Field, Fields, Granted, Set, Slot, Visible};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/organizations", "organization_list", Cc, list)
            .answers(Answers::ok(|| page(looks()))),
        Route::on(Api, Method::POST, "/v3/organizations", "organization_create", Cc, create)
            .answers(Answers::created(looks)),
        Route::on(Api, Method::GET, "/v3/organizations/{guid}", "organization_show", Cc, show)
            .answers(Answers::ok(looks)),
        Route::on(Api, Method::PATCH, "/v3/organizations/{guid}", "organization_update", Cc, update)
            .answers(Answers::ok(looks)),
        Route::on(Api, Method::DELETE, "/v3/organizations/{guid}", "organization_delete", Cc, delete)
            .answers(Answers::job()),
        Route::on(Api, Method::GET, "/v3/organizations/{guid}/users", "organization_user_list", Cc, users)
            .answers(Answers::ok(|| page(user::looks()))),
    ]
}

impl Listed for Organization {
    const FILTERS: &'static [(&'static str, Field)] = &[("names", Field::Folded("name_key"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const LABELS: bool = true;
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    #[serde(default)]
    suspended: bool,
    #[serde(default)]
    metadata: Metadata,
}

impl Within<Organization> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    suspended: Option<bool>,
    metadata: Option<Metadata>,
}

async fn list(seen: Visible<Organization>, list: List<Organization>, cx: &mut Ctx) -> Reply<Answer> {
    let page = cx.tx().list(&seen, &list.query()).await?;
    let rows = page.rows.iter().map(|row| view(row, &cx.links.api)).collect();
    Answer::ok(&list.body(&page, cx, "/v3/organizations", rows))
}

async fn create(slot: Slot<Organization>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    name(&new.name, 255)?;
    let quota = quota::organization::default(cx).await?;
    let (labels, annotations) = new.metadata.onto("{}", "{}")?;
    let set = Set::default()
        .put(Organization::name, new.name.as_str())
        .put(Organization::name_key, new.name.to_lowercase())
        .put(Organization::suspended, new.suspended)
        .put(Organization::quota, Some(quota.id().uuid()))
        .metadata(labels, annotations);
    let made = cx.tx().insert(slot, set).await.map_err(|fault| taken(fault, &new.name))?;
    cx.tx().annotate(requested("audit.organization.create", &new.name, &sent));
    cx.tx().share(&quota, &made).await?;
    if new.suspended {
        cx.tx().bar(&made, Some(Barrier::OrganizationSuspended)).await?;
    }
    let row = cx.tx().get(&made).await?;
    Answer::created(&view(&row, &cx.links.api))
}

async fn show(organization: Granted<Read, Organization>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&organization).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

async fn update(
    organization: Granted<Update, Organization>,
    patch: Doc<Patch>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let (Doc { it: patch, sent }, row) = (patch, cx.tx().get(&organization).await?);
    let mut set = Set::default();
    if let Some(new) = &patch.name {
        name(new, 255)?;
        set = set.put(Organization::name, new.as_str()).put(Organization::name_key, new.to_lowercase());
    }
    if let Some(metadata) = &patch.metadata {
        let (labels, annotations) = metadata.onto(&row.labels, &row.annotations)?;
        set = set.metadata(labels, annotations);
    }
    if let Some(suspended) = patch.suspended.filter(|s| *s != row.own.suspended) {
        // Whoever may delete an organization may suspend it: administrators.
        let whole = cx.tx().grant::<Delete, Organization>(organization.id()).await?;
        cx.tx().bar(&whole, suspended.then_some(Barrier::OrganizationSuspended)).await?;
        set = set.put(Organization::suspended, suspended);
    }
    let shown = patch.name.unwrap_or(row.own.name);
    cx.tx().update(&organization, set).await.map_err(|fault| taken(fault, &shown))?;
    cx.tx().annotate(requested("audit.organization.update", &shown, &sent));
    let row = cx.tx().get(&organization).await?;
    Answer::ok(&view(&row, &cx.links.api))
}

async fn delete(organization: Granted<Delete, Organization>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&organization).await?;
    let event = event("audit.organization.delete-request", &row.own.name);
    job::begin(cx, &organization, "organization.delete", event).await
}

pub(crate) fn work() -> Work {
    Work::on("organization.delete", deletion)
}

/// All that is in it goes with it, in one transaction: atomic in effect, and nothing left over.
async fn deletion(organization: Granted<Delete, Organization>, cx: &mut Ctx) -> Reply<Progress> {
    let me = cx.tx().assume(Duty::Jobs);
    let spaces = cx.tx().children::<_, _, Space>(&organization).await?;
    for id in spaces {
        let space = cx.tx().grant::<Delete, Space>(id).await?;
        space::empty(space, cx).await?;
    }
    for id in cx.tx().children::<_, _, SpaceQuota>(&organization).await? {
        let quota = cx.tx().grant::<Delete, SpaceQuota>(id).await?;
        cx.tx().delete(quota).await?;
    }
    cx.tx().unbind_all(&organization).await?;
    cx.tx().resume(me);
    cx.tx().delete(organization).await?;
    Ok(Progress::Done)
}

/// Whoever has a role in the organization.
async fn users(
    organization: Granted<Read, Organization>,
    list: List<PlatformUser>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let id = organization.id();
    user::members(list, id.uuid(), &format!("/v3/organizations/{id}/users"), cx).await
}

fn taken(fault: Fault, name: &str) -> Fault {
    match fault {
        // The cf CLI matches this sentence.
        Fault::Unique(_) => Fault::invalid(format!("Organization '{name}' already exists.")),
        other => other,
    }
}

pub(crate) fn view(row: &Fields<OrganizationOwn>, api: &str) -> Value {
    View::of(row, api, "organizations")
        .own("name", row.own.name.as_str())
        .own("suspended", row.own.suspended)
        .one("quota", "organization_quotas", row.own.quota)
        .link("domains", "domains")
        .link("default_domain", "domains/default")
        .metadata(row)
        .done()
}

pub(crate) fn looks() -> Shape {
    Looks::of()
        .own("name", TEXT)
        .own("suspended", FLAG)
        .one("quota")
        .link("domains")
        .link("default_domain")
        .metadata()
        .done("organization")
}
