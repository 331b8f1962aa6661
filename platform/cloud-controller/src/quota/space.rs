//! Space quotas: limits that an organization sets for its spaces.

use super::limits::{Groups, merged, shown};
use super::{holders, is_applied};
use crate::body::{Doc, Many, One, name};
use crate::event::{event, requested};
use crate::job;
use crate::list::{List, Listed};
use crate::view::{View, guids, relationship};
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Implies, Read, Update, Zone};
use uaa_directory::{Organization, Space, SpaceQuota, SpaceQuotaOwn};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Dialect::Cc, Route, Site::Api, Within};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Slot, Visible};
use uuid::Uuid;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/v3/space_quotas", "/v3/space_quotas/{guid}");
    let spaces = "/v3/space_quotas/{guid}/relationships/spaces";
    let space = "/v3/space_quotas/{guid}/relationships/spaces/{space_guid}";
    vec![
        Route::on(Api, Method::GET, all, "space_quota_list", Cc, list),
        Route::on(Api, Method::POST, all, "space_quota_create", Cc, create),
        Route::on(Api, Method::GET, one, "space_quota_show", Cc, show),
        Route::on(Api, Method::PATCH, one, "space_quota_update", Cc, update),
        Route::on(Api, Method::DELETE, one, "space_quota_delete", Cc, delete),
        Route::on(Api, Method::POST, spaces, "space_quota_apply", Cc, apply),
        Route::on(Api, Method::DELETE, space, "space_quota_remove", Cc, remove),
    ]
}

impl Listed for SpaceQuota {
    const FILTERS: &'static [(&'static str, Field)] =
        &[("names", Field::Folded("name_key")), ("organization_guids", Field::Id("org_guid"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const EXTRA: &'static [&'static str] = &["space_guids"];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    apps: Option<Value>,
    services: Option<Value>,
    routes: Option<Value>,
    relationships: Ties,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ties {
    organization: One<Organization>,
    #[serde(default)]
    spaces: Many<Space>,
}

impl Within<SpaceQuota> for New {
    fn parent(&self, _: Id<Zone>) -> Id<Organization> {
        self.relationships.organization.data.guid
    }

    fn hidden(parent: Id<Organization>) -> Fault {
        Fault::invalid(format!(
            "Organization with guid '{parent}' does not exist, or you do not have access to it."
        ))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    apps: Option<Value>,
    services: Option<Value>,
    routes: Option<Value>,
}

async fn list(seen: Visible<SpaceQuota>, list: List<SpaceQuota>, cx: &mut Ctx) -> Reply<Answer> {
    let mut query = list.query();
    if let Some(of) = list.values("space_guids") {
        let seen = cx.tx().visible::<Space>().await?;
        let of = of.iter().filter_map(|id| id.parse().ok()).collect();
        let quotas = cx.tx().related(&seen, of).await?.into_iter().filter_map(|row| row.own.quota);
        query.conds.push(Cond::Ids("guid", quotas.collect()));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let rows = views(&page.rows, cx).await?;
    Answer::ok(&list.body(&page, cx, "/v3/space_quotas", rows))
}

async fn create(slot: Slot<SpaceQuota>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    name(&new.name, 250)?;
    let groups: &Groups<'_> = &[("apps", &new.apps), ("services", &new.services), ("routes", &new.routes)];
    let set = Set::default()
        .put(SpaceQuota::name, new.name.as_str())
        .put(SpaceQuota::name_key, new.name.to_lowercase())
        .put(SpaceQuota::limits, merged("{}", groups)?);
    let quota = cx.tx().insert(slot, set).await.map_err(|fault| taken(fault, &new.name))?;
    cx.tx().annotate(requested("audit.space_quota.create", &new.name, &sent));
    let why = "do not exist within the organization specified, or you do not have access to them.";
    for space in spaces(&new.relationships.spaces, why, cx).await? {
        if space.place().organization != quota.place().organization {
            return Err(Fault::invalid(format!("Spaces with guids {:?} {why}", [space.id().to_string()])));
        }
        give(&quota, &space, cx).await?;
    }
    let row = cx.tx().get(&quota).await?;
    Answer::created(&one(row, cx).await?)
}

async fn show(quota: Granted<Read, SpaceQuota>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&quota).await?;
    Answer::ok(&one(row, cx).await?)
}

async fn update(quota: Granted<Update, SpaceQuota>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    let (Doc { it: patch, sent }, row) = (patch, cx.tx().get(&quota).await?);
    let groups: &Groups<'_> =
        &[("apps", &patch.apps), ("services", &patch.services), ("routes", &patch.routes)];
    let limits = merged(&row.own.limits, groups)?;
    let shown = patch.name.unwrap_or(row.own.name);
    name(&shown, 250)?;
    let set = Set::default()
        .put(SpaceQuota::limits, limits)
        .put(SpaceQuota::name, shown.as_str())
        .put(SpaceQuota::name_key, shown.to_lowercase());
    cx.tx().update(&quota, set).await.map_err(|fault| taken(fault, &shown))?;
    cx.tx().annotate(requested("audit.space_quota.update", &shown, &sent));
    let row = cx.tx().get(&quota).await?;
    Answer::ok(&one(row, cx).await?)
}

async fn delete(quota: Granted<Delete, SpaceQuota>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let (row, id) = (cx.tx().get(&quota).await?, quota.id().uuid());
    if is_applied::<Space>(id, cx).await? {
        return Err(Fault::invalid(
            "This quota is applied to one or more spaces. Remove this quota from all spaces before deleting.",
        ));
    }
    cx.tx().delete(quota).await?;
    cx.tx().annotate(event("audit.space_quota.delete", &row.own.name));
    job::done(cx, "space_quota.delete", id, "space_quota").await
}

async fn apply(quota: Granted<Update, SpaceQuota>, to: Doc<Many<Space>>, cx: &mut Ctx) -> Reply<Answer> {
    for space in spaces(&to.it, "do not exist, or you do not have access to them.", cx).await? {
        if space.place().organization != quota.place().organization {
            return Err(Fault::invalid(
                "Space quotas cannot be applied outside of their owning organization.",
            ));
        }
        give(&quota, &space, cx).await?;
    }
    let id = quota.id().uuid();
    let all = holders::<Space>(vec![id], |row| row.own.quota, cx).await?.remove(&id);
    let path = format!("space_quotas/{id}/relationships/spaces");
    Answer::ok(&relationship(&cx.links.api, &path, guids(all.unwrap_or_default().into_iter())))
}

async fn remove(quota: Granted<Update, SpaceQuota>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let named = cx.params.text(1).to_owned();
    let unapplied = || {
        Fault::invalid(format!(
            "Unable to remove quota from space with guid '{named}'. Ensure the space quota is applied to this space."
        ))
    };
    let id: Id<Space> = cx.params.id(1).ok_or_else(unapplied)?;
    let space = match cx.tx().grant::<Update, Space>(id).await {
        Err(Fault::Denied(Denied::Hidden, _)) => return Err(unapplied()),
        other => other?,
    };
    let (own, row) = (cx.tx().get(&space).await?.own, cx.tx().get(&quota).await?);
    if own.quota != Some(row.guid) {
        return Err(unapplied());
    }
    let set = Set::default().put(Space::quota, None);
    cx.tx().update(&space, set).await?;
    cx.tx().annotate(about(&row, &space, &own.name, "audit.space_quota.remove"));
    cx.tx().unshare(&quota, &space).await?;
    Answer::none()
}

/// The spaces that a body names, to be changed.
async fn spaces(named: &Many<Space>, why: &str, cx: &mut Ctx) -> Reply<Vec<Granted<Update, Space>>> {
    let (mut found, mut unknown) = (vec![], vec![]);
    for id in named.ids() {
        match cx.tx().grant(id).await {
            Ok(space) => found.push(space),
            Err(Fault::Denied(Denied::Hidden, _)) => unknown.push(id.to_string()),
            Err(other) => return Err(other),
        }
    }
    if unknown.is_empty() {
        Ok(found)
    } else {
        Err(Fault::invalid(format!("Spaces with guids {unknown:?} {why}")))
    }
}

/// Applies a quota to a space, whose members see it from then on instead of the one before.
async fn give<V: Implies<Read>>(
    quota: &Granted<V, SpaceQuota>,
    space: &Granted<Update, Space>,
    cx: &mut Ctx,
) -> Reply<()> {
    let (row, own) = (cx.tx().get(quota).await?, cx.tx().get(space).await?.own);
    if let Some(before) = own.quota {
        let before = cx.tx().grant::<Read, SpaceQuota>(Id::new(before)).await?;
        cx.tx().unshare(&before, space).await?;
    }
    let set = Set::default().put(Space::quota, Some(row.guid));
    cx.tx().update(space, set).await?;
    cx.tx().annotate(about(&row, space, &own.name, "audit.space_quota.apply"));
    cx.tx().share(quota, space).await
}

/// The event of a space is one of its quota.
fn about(
    quota: &Fields<SpaceQuotaOwn>,
    space: &Granted<Update, Space>,
    name: &str,
    what: &str,
) -> Annotation {
    Annotation {
        target: Some((quota.guid, "space_quota")),
        data: json!({"space_guid": space.id(), "space_name": name}),
        ..event(what, &quota.own.name)
    }
}

fn taken(fault: Fault, name: &str) -> Fault {
    match fault {
        // The cf CLI matches this sentence.
        Fault::Unique(_) => Fault::invalid(format!("Space Quota '{name}' already exists.")),
        other => other,
    }
}

async fn one(row: Fields<SpaceQuotaOwn>, cx: &mut Ctx) -> Reply<Value> {
    Ok(views(&[row], cx).await?.pop().unwrap_or_default())
}

async fn views(rows: &[Fields<SpaceQuotaOwn>], cx: &mut Ctx) -> Reply<Vec<Value>> {
    let quotas = rows.iter().map(|row| row.guid).collect();
    let mut holders = holders::<Space>(quotas, |row| row.own.quota, cx).await?;
    let api = &cx.links.api;
    Ok(rows.iter().map(|row| view(row, holders.remove(&row.guid).unwrap_or_default(), api)).collect())
}

fn view(row: &Fields<SpaceQuotaOwn>, spaces: Vec<Uuid>, api: &str) -> Value {
    let limits = &row.own.limits;
    View::of(row, api, "space_quotas")
        .own("name", row.own.name.as_str())
        .own("apps", shown(limits, "apps"))
        .own("services", shown(limits, "services"))
        .own("routes", shown(limits, "routes"))
        .one("organization", "organizations", row.organization)
        .many("spaces", spaces.into_iter())
        .done()
}
