//! Space quotas: limits that an organization sets for its spaces.

use super::{Groups, Quota, about, applied, apply, delete, list, looks, make, show, update};
use crate::body::{Doc, Many, One};
use crate::list::{Listed, page};
use crate::view::{Looks, View};
use axum::http::Method;
use serde::Deserialize;
use uaa_authz::{Update, Zone};
use uaa_directory::{Organization, Space, SpaceOwn, SpaceQuota, SpaceQuotaOwn};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Route, Site::Api, Within};
use uaa_store::{Field, Fields, Granted, Set, Slot};
use uuid::Uuid;

pub(super) fn routes() -> Vec<Route> {
    let (all, one) = ("/v3/space_quotas", "/v3/space_quotas/{guid}");
    let spaces = "/v3/space_quotas/{guid}/relationships/spaces";
    let space = "/v3/space_quotas/{guid}/relationships/spaces/{space_guid}";
    type Q = SpaceQuota;
    vec![
        Route::on(Api, Method::GET, all, "space_quota_list", Cc, list::<Q>)
            .answers(Answers::ok(|| page(looks::<Q>()))),
        Route::on(Api, Method::POST, all, "space_quota_create", Cc, create)
            .answers(Answers::created(looks::<Q>)),
        Route::on(Api, Method::GET, one, "space_quota_show", Cc, show::<Q>).answers(Answers::ok(looks::<Q>)),
        Route::on(Api, Method::PATCH, one, "space_quota_update", Cc, update::<Q>)
            .answers(Answers::ok(looks::<Q>)),
        Route::on(Api, Method::DELETE, one, "space_quota_delete", Cc, delete::<Q>).answers(Answers::job()),
        Route::on(Api, Method::POST, spaces, "space_quota_apply", Cc, apply::<Q>)
            .answers(Answers::ok(applied)),
        Route::on(Api, Method::DELETE, space, "space_quota_remove", Cc, remove).answers(Answers::none()),
    ]
}

impl Listed for SpaceQuota {
    const FILTERS: &'static [(&'static str, Field)] =
        &[("names", Field::Folded("name_key")), ("organization_guids", Field::Id("org_guid"))];
    const ORDER: &'static [(&'static str, &'static str)] = &[("name", "name_key")];
    const EXTRA: &'static [&'static str] = &["space_guids"];
}

impl Quota for SpaceQuota {
    type Holder = Space;
    const TITLE: &'static str = "Space Quota";
    const GROUPS: &'static [&'static str] = &["apps", "services", "routes"];
    const APPLIED: &'static str = "This quota is applied to one or more spaces. \
        Remove this quota from all spaces before deleting.";
    const UNKNOWN: [&'static str; 2] = [
        "do not exist within the organization specified, or you do not have access to them.",
        "do not exist, or you do not have access to them.",
    ];

    fn name(own: &SpaceQuotaOwn) -> &str {
        &own.name
    }

    fn limits(own: &SpaceQuotaOwn) -> &str {
        &own.limits
    }

    fn set(name: &str, limits: String) -> Set<Self> {
        let named = Set::default().put(Self::name, name).put(Self::name_key, name.to_lowercase());
        named.put(Self::limits, limits)
    }

    fn of(holder: &SpaceOwn) -> (Option<Uuid>, &str) {
        (holder.quota, &holder.name)
    }

    fn hold(quota: Option<Uuid>) -> Set<Space> {
        Set::default().put(Space::quota, quota)
    }

    fn more<'a>(row: &Fields<SpaceQuotaOwn>, view: View<'a>) -> View<'a> {
        view.one("organization", "organizations", row.organization)
    }

    fn more_looks(looks: Looks) -> Looks {
        looks.one("organization")
    }
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
struct New {
    name: String,
    relationships: Ties,
    #[serde(flatten)]
    groups: Groups,
}

#[derive(Debug, Deserialize, schemars::JsonSchema)]
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

async fn create(slot: Slot<SpaceQuota>, new: Doc<New>, cx: &mut Ctx) -> Reply<Answer> {
    let Doc { it: new, sent } = new;
    make(slot, &new.name, &new.groups, &new.relationships.spaces, &sent, cx).await
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
    cx.tx().update(&space, SpaceQuota::hold(None)).await?;
    cx.tx().annotate(about::<SpaceQuota>(&row, id, &own.name, "remove"));
    cx.tx().unshare(&quota, &space).await?;
    Answer::none()
}
