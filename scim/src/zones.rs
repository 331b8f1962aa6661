//! `/identity-zones`: identity zones as UAA shows and takes them.

mod body;
mod clients;
mod config;
mod view;
mod write;

use crate::clients::looks as client_looks;
use crate::route;
use axum::http::Method;
use std::sync::Arc;
use uaa_authz::{Read, Update, Via, ZONE_READER, built_in_id};
use uaa_directory::{Credentials, IdentityZone, Keyring, ZoneInPath};
use uaa_model::{Id, Reply};
use uaa_plugin::{Answer, Answers, Ctx, Route, shape, with};
use uaa_store::{Granted, Query, Visible};

/// The routes.
pub(crate) fn routes(keys: &Arc<Keyring>, credentials: &Arc<Credentials>) -> Vec<Route> {
    let create = route(Method::POST, "/identity-zones", "zone_create", write::create)
        .answers(Answers::created(view::looks));
    let client = route(Method::POST, "/identity-zones/{id}/clients", "zone_client_create", clients::create)
        .answers(Answers::created(client_looks));
    let delete = with(credentials.clone(), clients::delete);
    vec![
        route(Method::GET, "/identity-zones", "zone_list", list)
            .answers(Answers::ok(|| shape::list(view::looks()))),
        create.after(with(keys.clone(), write::keyed)),
        route(Method::GET, "/identity-zones/{id}", "zone_show", show).answers(Answers::ok(view::looks)),
        route(Method::PUT, "/identity-zones/{id}", "zone_replace", write::replace)
            .answers(Answers::ok(view::looks)),
        route(Method::DELETE, "/identity-zones/{id}", "zone_delete", write::delete)
            .answers(Answers::ok(view::looks)),
        client.after(with(credentials.clone(), clients::hashed)),
        route(Method::DELETE, "/identity-zones/{id}/clients/{client}", "zone_client_delete", delete)
            .answers(Answers::ok(client_looks)),
    ]
}

/// All of them to whoever manages zones from the first one; elsewhere the one that is spoken to. In one answer, as in UAA.
async fn list(seen: Visible<IdentityZone>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let here = cx.here();
    let rows = match here.is_first() {
        true => cx.tx().list(&seen, &Query::first(i64::from(u32::MAX))).await?.rows,
        false => {
            let own: Granted<Read, IdentityZone> = cx.tx().grant(Id::new(here.guid)).await?;
            vec![cx.tx().get(&own).await?]
        }
    };
    Answer::ok(&rows.iter().map(view::zone).collect())
}

async fn show(ZoneInPath(zone): ZoneInPath<Read>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&zone).await?;
    let reads = matches!(zone.why().via, Via::Binding { role, .. } if role == built_in_id(ZONE_READER));
    let only_reads = reads && cx.tx().grant::<Update, IdentityZone>(zone.id()).await.is_err();
    Answer::ok(&if only_reads { view::reduced(&row) } else { view::zone(&row) })
}
