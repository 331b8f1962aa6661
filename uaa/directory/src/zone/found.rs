//! How a zone begins and ends.

use super::{Authority, IdentityZone};
use crate::Group;
use crate::provider;
use crate::signing_key::{self, NewKey};
use std::sync::Arc;
use uaa_authz::{Actor, Create, Delete, Duty, Update, Zone, scopes_of_zone};
use uaa_model::{Fault, Id, Reply, UAA_ZONE};
use uaa_store::{Cond, Field, Granted, Proof, Query, Set, Tx};
use uuid::Uuid;

/// What a new zone begins with besides its row: everybody in it, its first signing key, its own identity provider, the groups that
/// everybody is in.
///
/// # Errors
/// When the actor may not hand out what a default group stands for.
pub async fn furnish(
    tx: &mut Tx,
    zone: &Granted<Create, IdentityZone>,
    key: &NewKey,
    groups: &[String],
) -> Reply<()> {
    tx.furnish(zone).await?;
    may_be_default(tx, zone, zone.id().uuid(), groups).await?;
    within(tx, zone.id().uuid(), async |tx| {
        signing_key::first(tx, key).await?;
        provider::own(tx).await?;
        put_everybody_into(tx, groups).await
    })
    .await
}

/// Makes the default groups that are missing, and takes everybody out of those that are no default group any more.
///
/// # Errors
/// When the actor may not hand out what a default group stands for.
pub async fn default_groups(
    tx: &mut Tx,
    zone: &Granted<Update, IdentityZone>,
    before: &[String],
    after: &[String],
) -> Reply<()> {
    let new: Vec<String> = after.iter().filter(|name| !before.contains(name)).cloned().collect();
    may_be_default(tx, zone, zone.id().uuid(), &new).await?;
    within(tx, zone.id().uuid(), async |tx| {
        for name in before.iter().filter(|name| !after.contains(name)) {
            if let Some(group) = find(tx, name).await? {
                let group = tx.grant::<Update, Group>(Id::new(group)).await?;
                let everybody = tx.zone();
                tx.leave(&group, everybody).await?;
            }
        }
        put_everybody_into(tx, &new).await
    })
    .await
}

/// Ends a zone: everything in it, and the first zone's groups that are named after it.
///
/// # Errors
/// When the database is away.
pub async fn end(tx: &mut Tx, zone: Granted<Delete, IdentityZone>, zid: &str) -> Reply<()> {
    within(tx, UAA_ZONE, async |tx| {
        let names = scopes_of_zone(zid).map(|name| name.to_lowercase()).collect();
        let seen = tx.visible::<Group>().await?;
        let query = Query::first(100).when(Cond::In(Field::Folded("name_key"), names));
        for row in tx.list(&seen, &query).await?.rows {
            let group = tx.grant::<Delete, Group>(Id::new(row.guid)).await?;
            tx.withdraw(&group).await?;
            tx.delete(group).await?;
        }
        Ok(())
    })
    .await?;
    tx.raze(&zone).await?;
    tx.delete(zone).await
}

/// A new group, bound to the role that its name stands for in its zone.
///
/// # Errors
/// When the actor may make none, or the name is taken.
pub async fn group(tx: &mut Tx, name: &str) -> Reply<Granted<Create, Group>> {
    let slot = tx.slot::<Group>(Id::<Zone>::new(tx.zone())).await?;
    let set = Set::default()
        .put(Group::name, name)
        .put(Group::name_key, name.to_lowercase())
        .put(Group::description, "")
        .put(Group::version, 0);
    let made = tx.insert(slot, set).await?;
    tx.enroll(&made).await?;
    if let Some(authority) = stands_for(name, tx.zone()) {
        authority.bind(tx, made.id().uuid(), "group", "group", name).await?;
    }
    Ok(made)
}

/// `password.write` lets a user change the own password; as a group it gives nothing beyond that.
fn stands_for(name: &str, zone: Uuid) -> Option<Authority> {
    Authority::at_home(name, zone).filter(|authority| authority.role() != "password.write")
}

async fn may_be_default(tx: &mut Tx, proof: &impl Proof, zone: Uuid, groups: &[String]) -> Reply<()> {
    for authority in groups.iter().filter_map(|name| stands_for(name, zone)) {
        authority.may_be_given(tx, proof).await?;
    }
    Ok(())
}

async fn put_everybody_into(tx: &mut Tx, groups: &[String]) -> Reply<()> {
    let everybody = tx.zone();
    for name in groups {
        match find(tx, name).await? {
            Some(known) => {
                let known = tx.grant::<Update, Group>(Id::new(known)).await?;
                tx.join(&known, everybody, "uaa").await?;
            }
            None => {
                let made = group(tx, name).await?;
                tx.join(&made, everybody, "uaa").await?;
            }
        }
    }
    Ok(())
}

async fn find(tx: &mut Tx, name: &str) -> Reply<Option<Uuid>> {
    let seen = tx.visible::<Group>().await?;
    let row = tx.find(&seen, Cond::In(Field::Folded("name_key"), vec![name.to_owned()])).await?;
    Ok(row.map(|row| row.guid))
}

/// Goes on in that zone as the product itself, and comes back.
async fn within(tx: &mut Tx, zone: Uuid, work: impl AsyncFnOnce(&mut Tx) -> Reply<()>) -> Reply<()> {
    let back = tx.enter(zone);
    let me: Arc<Actor> = tx.assume(Duty::Bootstrap);
    let done: Result<(), Fault> = work(tx).await;
    tx.resume(me);
    tx.enter(back);
    done
}
