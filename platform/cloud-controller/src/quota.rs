//! Quotas: what organization quotas and space quotas have in common.

mod limits;
pub(crate) mod organization;
mod space;

use std::collections::HashMap;
use uaa_authz::Duty;
use uaa_model::Reply;
use uaa_plugin::{Ctx, Route};
use uaa_store::{Cond, Fields, Query, Stored};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    [organization::routes(), space::routes()].concat()
}

/// To which organizations or spaces each of these quotas is applied, among those that the caller may see.
async fn holders<R: Stored>(
    quotas: Vec<Uuid>,
    quota: fn(&Fields<R::Own>) -> Option<Uuid>,
    cx: &mut Ctx,
) -> Reply<HashMap<Uuid, Vec<Uuid>>> {
    let seen = cx.tx().visible::<R>().await?;
    // The field names all of them, whatever their number.
    let all = Query::<R>::first(i64::MAX).when(Cond::Ids("quota", quotas));
    let mut found: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in cx.tx().list(&seen, &all).await?.rows {
        if let Some(quota) = quota(&row) {
            found.entry(quota).or_default().push(row.guid);
        }
    }
    Ok(found)
}

/// Whether any organization or space has the quota, also one that the caller does not see.
async fn is_applied<R: Stored>(quota: Uuid, cx: &mut Ctx) -> Reply<bool> {
    let me = cx.tx().assume(Duty::Jobs);
    let seen = cx.tx().visible::<R>().await;
    let found = match &seen {
        Ok(seen) => cx.tx().find(seen, Cond::Ids("quota", vec![quota])).await,
        Err(fault) => Err(fault.clone()),
    };
    cx.tx().resume(me);
    Ok(found?.is_some())
}
