//! `/ids/Users`: names for ids and ids for names, and nothing else of a user.

use crate::SCHEMA;
use crate::conds::{USER_ID, cond, only_equal, refused};
use crate::filter::Filter;
use crate::listing::Listing;
use serde_json::{Value, json};
use uaa_authz::{Duty, Kind, Resource, Zone};
use uaa_directory::User;
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{ID, Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx, Form, Need, NeedInfo};
use uaa_store::{Cond, Visible};

/// The right to read names and ids, as a kind of its own: the directory registers it, no row is one.
#[derive(Debug)]
pub(super) enum UserId {}

impl Resource for UserId {
    const KIND: Kind = Kind::identity("user_id", &[]);
    type Parent = Zone;
}

/// Either the right to ids alone or the right to users.
#[derive(Debug)]
pub(super) struct SeenIds(Visible<User>);

impl<I: Sync> Need<I> for SeenIds {
    const INFO: NeedInfo =
        NeedInfo::Either(&NeedInfo::List(UserId::KIND.name), &NeedInfo::List(User::KIND.name));

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let tx = cx.tx();
        match tx.visible::<UserId>().await {
            Ok(_) => {
                // Ids and names are columns of users, which the caller may not read: the rows come under the duty that
                // looks users up, and three members of them go out.
                let actor = tx.assume(Duty::SignIn);
                let seen = tx.visible::<User>().await;
                tx.resume(actor);
                seen.map(SeenIds)
            }
            Err(Fault::Denied(Denied::Scope | Denied::Forbidden, _)) => {
                tx.visible::<User>().await.map(SeenIds)
            }
            Err(other) => Err(other),
        }
    }
}

/// Only `eq` on id, userName and origin. Inactive users are left out unless they are asked for.
pub(super) async fn list(SeenIds(seen): SeenIds, Form(pairs): Form, cx: &mut Ctx) -> Reply<Answer> {
    let of = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let text = of("filter").filter(|f| !f.trim().is_empty());
    let text = text.ok_or_else(|| refused("the filter parameter is missing"))?;
    let filter = Filter::parse(text).map_err(|_| Filter::invalid(text, None))?;
    if !only_equal(&filter) {
        return Err(refused("Wildcards are not allowed in the filter: only eq, and, or"));
    }
    let rest: Vec<_> = pairs.iter().filter(|(n, _)| n != "filter" && n != "sortBy").cloned().collect();
    let listing = Listing::read(&rest)?;
    let mut query = listing.query::<User>(USER_ID)?.when(cond(&filter, USER_ID)?);
    if of("includeInactive") != Some("true") {
        query = query.when(Cond::Is("active", true));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let resources: Vec<Value> = page
        .rows
        .iter()
        .map(|r| json!({"id": r.guid.to_string(), "userName": r.own.username, "origin": r.own.origin}))
        .collect();
    Answer::ok(&listing.envelope(&page, resources, SCHEMA))
}

pub(super) fn looks() -> Shape {
    object([("id", ID), ("userName", TEXT), ("origin", TEXT)]).named("user_id")
}
