//! Organization quotas.

use super::limits::{Groups, merged, shown};
use super::{holders, is_applied};
use crate::body::{Doc, Many, name};
use crate::event::{event, requested};
use crate::job;
use crate::list::{List, Listed};
use crate::view::{View, guids, relationship};
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use uaa_authz::{Delete, Duty, Implies, Read, Update, Writes, Zone};
use uaa_directory::{Organization, OrganizationQuota, OrganizationQuotaOwn};
use uaa_model::{Code, Denied, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Dialect::Cc, Route, Site::Api, Within};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Set, Slot, Visible};
use uuid::Uuid;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/v3/organization_quotas", "/v3/organization_quotas/{guid}");
    let applied = "/v3/organization_quotas/{guid}/relationships/organizations";
    vec![
        Route::on(Api, Method::GET, all, "organization_quota_list", Cc, list),
        Route::on(Api, Method::POST, all, "organization_quota_create", Cc, create),
        Route::on(Api, Method::GET, one, "organization_quota_show", Cc, show),
        Route::on(Api, Method::PATCH, one, "organization_quota_update", Cc, update),
        Route::on(Api, Method::DELETE, one, "organization_quota_delete", Cc, delete),
        Route::on(Api, Method::POST, applied, "organization_quota_apply", Cc, apply),
    ]
}

impl Listed for OrganizationQuota {
    const FILTERS: &'static [(&'static str, Field)] = &[("names", Field::Folded("name_key"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const EXTRA: &'static [&'static str] = &["organization_guids"];
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    apps: Option<Value>,
    services: Option<Value>,
    routes: Option<Value>,
    domains: Option<Value>,
    #[serde(default)]
    relationships: Ties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ties {
    #[serde(default)]
    organizations: Many<Organization>,
}

impl Within<OrganizationQuota> for New {
    fn parent(&self, zone: Id<Zone>) -> Id<Zone> {
        zone
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Patch {
    name: Option<String>,
    apps: Option<Value>,
    services: Option<Value>,
    routes: Option<Value>,
    domains: Option<Value>,
}

async fn list(
    seen: Visible<OrganizationQuota>,
    list: List<OrganizationQuota>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let mut query = list.query();
    if let Some(of) = list.values("organization_guids") {
        let seen = cx.tx().visible::<Organization>().await?;
        let of = of.iter().filter_map(|id| id.parse().ok()).collect();
        let quotas = cx.tx().related(&seen, of).await?.into_iter().filter_map(|row| row.own.quota);
        query.conds.push(Cond::Ids("guid", quotas.collect()));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let rows = views(&page.rows, cx).await?;
    Answer::ok(&list.body(&page, cx, "/v3/organization_quotas", rows))
}

async fn create(slot: Slot<OrganizationQuota>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    name(&new.name, 250)?;
    let groups: &Groups<'_> = &[
        ("apps", &new.apps),
        ("services", &new.services),
        ("routes", &new.routes),
        ("domains", &new.domains),
    ];
    let set = Set::default()
        .put(OrganizationQuota::name, new.name.as_str())
        .put(OrganizationQuota::name_key, new.name.to_lowercase())
        .put(OrganizationQuota::limits, merged("{}", groups)?);
    let quota = cx.tx().insert(slot, set).await.map_err(|fault| taken(fault, &new.name))?;
    cx.tx().annotate(requested("audit.organization_quota.create", &new.name, &sent));
    for organization in organizations(
        &new.relationships.organizations,
        "do not exist, or you do not have access to them.",
        cx,
    )
    .await?
    {
        give(&quota, &organization, cx).await?;
    }
    let row = cx.tx().get(&quota).await?;
    Answer::created(&one(row, cx).await?)
}

async fn show(quota: Granted<Read, OrganizationQuota>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&quota).await?;
    Answer::ok(&one(row, cx).await?)
}

async fn update(quota: Granted<Update, OrganizationQuota>, patch: Doc<Patch>, cx: &mut Ctx) -> Reply<Answer> {
    let (Doc { it: patch, sent }, row) = (patch, cx.tx().get(&quota).await?);
    let groups: &Groups<'_> = &[
        ("apps", &patch.apps),
        ("services", &patch.services),
        ("routes", &patch.routes),
        ("domains", &patch.domains),
    ];
    let mut set = Set::default().put(OrganizationQuota::limits, merged(&row.own.limits, groups)?);
    let shown = patch.name.unwrap_or(row.own.name);
    name(&shown, 250)?;
    set = set
        .put(OrganizationQuota::name, shown.as_str())
        .put(OrganizationQuota::name_key, shown.to_lowercase());
    cx.tx().update(&quota, set).await.map_err(|fault| taken(fault, &shown))?;
    cx.tx().annotate(requested("audit.organization_quota.update", &shown, &sent));
    let row = cx.tx().get(&quota).await?;
    Answer::ok(&one(row, cx).await?)
}

async fn delete(quota: Granted<Delete, OrganizationQuota>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let (row, id) = (cx.tx().get(&quota).await?, quota.id().uuid());
    if is_applied::<Organization>(id, cx).await? {
        return Err(Fault::invalid(
            "This quota is applied to one or more organizations. Apply different quotas to those organizations before deleting.",
        ));
    }
    cx.tx().delete(quota).await?;
    cx.tx().annotate(event("audit.organization_quota.delete", &row.own.name));
    job::done(cx, "organization_quota.delete", id, "organization_quota").await
}

async fn apply(
    quota: Granted<Update, OrganizationQuota>,
    to: Doc<Many<Organization>>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    for organization in organizations(&to.it, "do not exist", cx).await? {
        give(&quota, &organization, cx).await?;
    }
    let id = quota.id().uuid();
    let all = holders::<Organization>(vec![id], |row| row.own.quota, cx).await?.remove(&id);
    let path = format!("organization_quotas/{id}/relationships/organizations");
    Answer::ok(&relationship(&cx.links.api, &path, guids(all.unwrap_or_default().into_iter())))
}

/// The organizations that a body names, to be changed.
async fn organizations(
    named: &Many<Organization>,
    why: &str,
    cx: &mut Ctx,
) -> Reply<Vec<Granted<Update, Organization>>> {
    let (mut found, mut unknown) = (vec![], vec![]);
    for id in named.ids() {
        match cx.tx().grant(id).await {
            Ok(organization) => found.push(organization),
            Err(Fault::Denied(Denied::Hidden, _)) => unknown.push(id.to_string()),
            Err(other) => return Err(other),
        }
    }
    if unknown.is_empty() {
        Ok(found)
    } else {
        Err(Fault::invalid(format!("Organizations with guids {unknown:?} {why}")))
    }
}

/// The quota that every new organization gets, and its name.
pub(crate) async fn default(cx: &mut Ctx) -> Reply<Granted<Read, OrganizationQuota>> {
    let me = cx.tx().assume(Duty::Jobs);
    let found = find_default(cx).await;
    cx.tx().resume(me);
    found?.ok_or_else(|| {
        let name = OrganizationQuota::DEFAULT;
        Fault::protocol(
            Code::cc(400, 30001, "CF-OrganizationInvalid"),
            format!("The organization info is invalid: Quota Definition could not be found: {name}"),
        )
    })
}

async fn find_default(cx: &mut Ctx) -> Reply<Option<Granted<Read, OrganizationQuota>>> {
    let seen = cx.tx().visible::<OrganizationQuota>().await?;
    let named = Cond::In(Field::Folded("name_key"), vec![OrganizationQuota::DEFAULT.into()]);
    match cx.tx().find(&seen, named).await? {
        Some(row) => cx.tx().grant(Id::new(row.guid)).await.map(Some),
        None => Ok(None),
    }
}

/// Applies a quota to an organization, whose members see it from then on instead of the one before.
async fn give<V: Implies<Read>, W: Writes + Implies<Read>>(
    quota: &Granted<V, OrganizationQuota>,
    organization: &Granted<W, Organization>,
    cx: &mut Ctx,
) -> Reply<()> {
    let (row, own) = (cx.tx().get(quota).await?, cx.tx().get(organization).await?.own);
    if let Some(before) = own.quota {
        let before = cx.tx().grant::<Read, OrganizationQuota>(Id::new(before)).await?;
        cx.tx().unshare(&before, organization).await?;
    }
    let set = Set::default().put(Organization::quota, Some(row.guid));
    cx.tx().update(organization, set).await?;
    cx.tx().annotate(Annotation {
        target: Some((row.guid, "organization_quota")),
        data: json!({"organization_guid": organization.id(), "organization_name": own.name}),
        ..event("audit.organization_quota.apply", &row.own.name)
    });
    cx.tx().share(quota, organization).await
}

fn taken(fault: Fault, name: &str) -> Fault {
    match fault {
        // The cf CLI matches this sentence.
        Fault::Unique(_) => Fault::invalid(format!("Organization Quota '{name}' already exists.")),
        other => other,
    }
}

async fn one(row: Fields<OrganizationQuotaOwn>, cx: &mut Ctx) -> Reply<Value> {
    Ok(views(&[row], cx).await?.pop().unwrap_or_default())
}

async fn views(rows: &[Fields<OrganizationQuotaOwn>], cx: &mut Ctx) -> Reply<Vec<Value>> {
    let quotas = rows.iter().map(|row| row.guid).collect();
    let mut holders = holders::<Organization>(quotas, |row| row.own.quota, cx).await?;
    let api = &cx.links.api;
    Ok(rows.iter().map(|row| view(row, holders.remove(&row.guid).unwrap_or_default(), api)).collect())
}

fn view(row: &Fields<OrganizationQuotaOwn>, organizations: Vec<Uuid>, api: &str) -> Value {
    let limits = &row.own.limits;
    View::of(row, api, "organization_quotas")
        .own("name", row.own.name.as_str())
        .own("apps", shown(limits, "apps"))
        .own("services", shown(limits, "services"))
        .own("routes", shown(limits, "routes"))
        .own("domains", shown(limits, "domains"))
        .many("organizations", organizations.into_iter())
        .done()
}
