//! Organization quotas.

use super::{Groups, Quota, applied, apply, delete, list, looks, make, show, update};
use crate::body::{Doc, Many};
use crate::list::{Listed, page};
use crate::view::{Looks, View};
use axum::http::Method;
use serde::Deserialize;
use uaa_authz::{Duty, Read, Zone};
use uaa_directory::{Organization, OrganizationOwn, OrganizationQuota, OrganizationQuotaOwn};
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Route, Site::Api, Within};
use uaa_store::{Cond, Field, Fields, Granted, Set, Slot};
use uuid::Uuid;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/v3/organization_quotas", "/v3/organization_quotas/{guid}");
    let organizations = "/v3/organization_quotas/{guid}/relationships/organizations";
    type Q = OrganizationQuota;
    vec![
        Route::on(Api, Method::GET, all, "organization_quota_list", Cc, list::<Q>)
            .answers(Answers::ok(|| page(looks::<Q>()))),
        Route::on(Api, Method::POST, all, "organization_quota_create", Cc, create)
            .answers(Answers::created(looks::<Q>)),
        Route::on(Api, Method::GET, one, "organization_quota_show", Cc, show::<Q>)
            .answers(Answers::ok(looks::<Q>)),
        Route::on(Api, Method::PATCH, one, "organization_quota_update", Cc, update::<Q>)
            .answers(Answers::ok(looks::<Q>)),
        Route::on(Api, Method::DELETE, one, "organization_quota_delete", Cc, delete::<Q>)
            .answers(Answers::job()),
        Route::on(Api, Method::POST, organizations, "organization_quota_apply", Cc, apply::<Q>)
            .answers(Answers::ok(applied)),
    ]
}

impl Listed for OrganizationQuota {
    const FILTERS: &'static [(&'static str, Field)] = &[("names", Field::Folded("name_key"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const EXTRA: &'static [&'static str] = &["organization_guids"];
}

impl Quota for OrganizationQuota {
    type Holder = Organization;
    const TITLE: &'static str = "Organization Quota";
    const GROUPS: &'static [&'static str] = &["apps", "services", "routes", "domains"];
    const APPLIED: &'static str = "This quota is applied to one or more organizations. \
        Apply different quotas to those organizations before deleting.";
    const UNKNOWN: [&'static str; 2] = ["do not exist, or you do not have access to them.", "do not exist"];

    fn name(own: &OrganizationQuotaOwn) -> &str {
        &own.name
    }

    fn limits(own: &OrganizationQuotaOwn) -> &str {
        &own.limits
    }

    fn set(name: &str, limits: String) -> Set<Self> {
        let named = Set::default().put(Self::name, name).put(Self::name_key, name.to_lowercase());
        named.put(Self::limits, limits)
    }

    fn of(holder: &OrganizationOwn) -> (Option<Uuid>, &str) {
        (holder.quota, &holder.name)
    }

    fn hold(quota: Option<Uuid>) -> Set<Organization> {
        Set::default().put(Organization::quota, quota)
    }

    fn more<'a>(_: &Fields<OrganizationQuotaOwn>, view: View<'a>) -> View<'a> {
        view
    }

    fn more_looks(looks: Looks) -> Looks {
        looks
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct New {
    name: String,
    #[serde(default)]
    relationships: Ties,
    #[serde(flatten)]
    groups: Groups,
}

#[derive(Debug, Default, Deserialize, schemars::JsonSchema)]
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

async fn create(slot: Slot<OrganizationQuota>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    make(slot, &new.name, &new.groups, &new.relationships.organizations, &sent, cx).await
}

/// The quota that every new organization gets.
///
/// # Errors
/// There is none of that name any more: no organization can be made then, as in the field.
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
