//! `/identity-zones/{id}/clients`: the few clients that whoever manages zones may put into one, as UAA limits them.

use crate::clients::{ClientBody, end, make, view};
use crate::users::account;
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Update};
use uaa_directory::password::Source;
use uaa_directory::{Client, ClientOwn, Credentials, Named, ZoneInPath};
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Json, Ready};
use uaa_store::{Fields, Tx};

/// The hash of the new client's secret.
pub(super) async fn hashed(
    credentials: Arc<Credentials>,
    ZoneInPath(zone): ZoneInPath<Update>,
    Json(body): Json<ClientBody>,
    cx: &mut Ctx,
) -> Reply<String> {
    super::write::not_the_first_zone(&zone)?;
    limited(&body)?;
    let secret = body.secret().filter(|secret| !secret.expose().trim().is_empty());
    let secret = secret.ok_or_else(|| refused("client_secret cannot be blank"))?;
    let account = account(cx);
    let source = Source { account: &account, address: &cx.caller.address.clone() };
    cx.tx().release();
    credentials.new_client_secret(secret, source).await
}

pub(super) async fn create(
    ZoneInPath(zone): ZoneInPath<Update>,
    Ready { input: Json(body), ready: hash }: Ready<Json<ClientBody>, String>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    limited(&body)?;
    let body = body.with("createdwith", CREATED_WITH);
    let tx = cx.tx();
    let (back, me) = (tx.enter(zone.id().uuid()), tx.assume(Duty::Bootstrap));
    let made = match tx.slot::<Client>(Id::new(tx.zone())).await {
        Ok(slot) => make(tx, slot, &body, [Some((*hash).clone()), None]).await,
        Err(fault) => Err(fault),
    };
    tx.resume(me);
    tx.enter(back);
    Answer::created(&view(&made?))
}

/// Only what came this way goes this way.
pub(super) async fn delete(
    credentials: Arc<Credentials>,
    ZoneInPath(zone): ZoneInPath<Update>,
    (): (),
    cx: &mut Ctx,
) -> Reply<Answer> {
    super::write::not_the_first_zone(&zone)?;
    let name = cx.params.text(1).to_owned();
    let tx = cx.tx();
    let (back, me) = (tx.enter(zone.id().uuid()), tx.assume(Duty::Bootstrap));
    let gone = end_there(tx, &name, &credentials).await;
    tx.resume(me);
    tx.enter(back);
    Answer::ok(&view(&gone?))
}

async fn end_there(tx: &mut Tx, name: &str, credentials: &Credentials) -> Reply<Fields<ClientOwn>> {
    let seen = tx.visible::<Client>().await?;
    let row = tx.find(&seen, Client::named(name.to_owned())).await?;
    let row = row.ok_or_else(|| Fault::NotFound(format!("No client with requested id: {name}").into()))?;
    if view(&row)["createdwith"] != CREATED_WITH {
        return Err(refused("client must have been createdwith scope zones.write"));
    }
    let client = tx.grant::<Delete, Client>(Id::new(row.guid)).await?;
    end(tx, client, credentials).await
}

/// A client that UAA lets whoever manages zones make: one that signs people of the zone in, and nothing else.
fn limited(body: &ClientBody) -> Reply<()> {
    let new = body.new_client()?;
    if new.scope != ["openid"] {
        return Err(refused("only openid scope is allowed"));
    }
    if new.authorities != ["uaa.resource"] {
        return Err(refused("only uaa.resource authority is allowed"));
    }
    if body.given("allowedproviders") != Some(&json!(["uaa"])) {
        return Err(refused("only the internal IdP ('uaa') is allowed"));
    }
    // Nobody reads its document here.
    if body.given("sector_identifier_uri").is_some() {
        return Err(refused("sector_identifier_uri is not taken here"));
    }
    Ok(())
}

fn refused(text: &'static str) -> Fault {
    Fault::protocol(Code::new(400, "invalid_client"), text)
}

const CREATED_WITH: &str = "zones.write";
