//! Making, changing and ending a zone.

use super::body::{Whole, ZoneBody, invalid};
use super::view;
use std::sync::Arc;
use uaa_authz::{Delete, Duty, Update};
use uaa_directory::{IdentityZone, Keyring, NewKey, ZoneInPath, zone};
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Json, Ready};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Slot, Tx};
use uuid::Uuid;

/// The first signing key of a new zone.
pub(super) async fn keyed(
    keys: Arc<Keyring>,
    _: Slot<IdentityZone>,
    Json(body): Json<ZoneBody>,
    cx: &mut Ctx,
) -> Reply<NewKey> {
    from_the_first_zone(cx)?;
    let id = body.asked_id()?.unwrap_or_default().to_owned();
    let new = body.whole(&id, cx.zones())?;
    free(cx.tx(), &id, &new.subdomain, Uuid::nil()).await?;
    cx.tx().release();
    let made = tokio::task::spawn_blocking(move || keys.make(keys.algorithm())).await;
    made.map_err(|error| Fault::Internal(format!("a key could not be made: {error}")))?
}

pub(super) async fn create(
    slot: Slot<IdentityZone>,
    Ready { input: Json(body), ready: key }: Ready<Json<ZoneBody>, NewKey>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    from_the_first_zone(cx)?;
    let guid = cx.tx().ids().uuid();
    let zid = body.asked_id()?.map_or_else(|| guid.to_string(), str::to_owned);
    let new = body.whole(&zid, cx.zones())?;
    let tx = cx.tx();
    free(tx, &zid, &new.subdomain, guid).await?;
    let set = new.set().put(IdentityZone::zid, zid.as_str()).put(IdentityZone::version, 0);
    let made = tx.insert_as(slot, Id::new(guid), None, set).await?;
    note(tx, "IdentityZoneCreatedEvent", &zid);
    zone::furnish(tx, &made, &key, &new.config.user_config.groups()).await?;
    let row = tx.get(&made).await?;
    Answer::created(&view::zone(&row))
}

pub(super) async fn replace(
    ZoneInPath(it): ZoneInPath<Update>,
    Json(body): Json<ZoneBody>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    not_the_first_zone(&it)?;
    let before = cx.tx().get(&it).await?;
    if body.id.as_deref().is_some_and(|id| id != before.own.zid) {
        return Err(invalid("The identity zone id from the request body does not match id in the url"));
    }
    let after = body.with_policies_of(&before.own.config).whole(&before.own.zid, cx.zones())?;
    let tx = cx.tx();
    free(tx, "", &after.subdomain, before.guid).await?;
    tx.update(&it, after.set().put(IdentityZone::version, before.own.version + 1)).await?;
    note(tx, "IdentityZoneModifiedEvent", &before.own.zid);
    regroup(tx, &it, &before, &after).await?;
    let row = tx.get(&it).await?;
    Answer::ok(&view::zone(&row))
}

/// Its tokens are good for nothing from here on: there is no issuer any more whose they could be.
pub(super) async fn delete(ZoneInPath(it): ZoneInPath<Delete>, (): (), cx: &mut Ctx) -> Reply<Answer> {
    not_the_first_zone(&it)?;
    let tx = cx.tx();
    let row = tx.get(&it).await?;
    zone::end(tx, it, &row.own.zid).await?;
    note(tx, "EntityDeletedEvent", &row.own.zid);
    Answer::ok(&view::zone(&row))
}

async fn regroup(
    tx: &mut Tx,
    it: &Granted<Update, IdentityZone>,
    before: &Fields<uaa_directory::IdentityZoneOwn>,
    after: &Whole,
) -> Reply<()> {
    let had = uaa_plugin::ZoneConfig::read(&before.own.config).unwrap_or_default().user_config.groups();
    zone::default_groups(tx, it, &had, &after.config.user_config.groups()).await
}

/// Before the insert: a statement that breaks a constraint ends the transaction on PostgreSQL. `except`: the zone itself.
async fn free(tx: &mut Tx, zid: &str, subdomain: &str, except: Uuid) -> Reply<()> {
    let (back, me) = (tx.enter(uaa_model::UAA_ZONE), tx.assume(Duty::SignIn));
    let known = taken(tx, zid, subdomain, except).await;
    tx.resume(me);
    tx.enter(back);
    match known? {
        false => Ok(()),
        true => {
            let text = format!(
                "An identity zone with the id `{zid}` or the subdomain `{subdomain}` exists already."
            );
            Err(Fault::protocol(Code::new(409, "zone_exists"), text))
        }
    }
}

async fn taken(tx: &mut Tx, zid: &str, subdomain: &str, except: Uuid) -> Reply<bool> {
    let seen = tx.visible::<IdentityZone>().await?;
    let same = Cond::Any(vec![
        Cond::In(Field::Text("zid"), vec![zid.to_owned()]),
        Cond::In(Field::Text("subdomain"), vec![subdomain.to_owned()]),
    ]);
    let another = Cond::Not(Box::new(Cond::Ids("guid", vec![except])));
    Ok(tx.find(&seen, Cond::All(vec![same, another])).await?.is_some())
}

fn from_the_first_zone(cx: &Ctx) -> Reply<()> {
    if cx.here().is_first() {
        return Ok(());
    }
    Err(forbidden("Zones can only be created by being authenticated in the default zone."))
}

/// The first zone is what the installation's configuration says.
pub(super) fn not_the_first_zone<V>(it: &Granted<V, IdentityZone>) -> Reply<()> {
    if it.id().uuid() != uaa_model::UAA_ZONE {
        return Ok(());
    }
    Err(forbidden("Access to UAA is not allowed."))
}

fn forbidden(text: &'static str) -> Fault {
    Fault::protocol(Code::new(403, "access_denied"), text)
}

fn note(tx: &mut Tx, event: &str, zid: &str) {
    let (event, target_name) = (event.to_owned(), zid.to_owned());
    tx.annotate(Annotation { event, target_name, ..Annotation::default() });
}
