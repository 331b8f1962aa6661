//! Zones in the store, on each of the three databases from the same text.

use std::sync::Arc;
use tests::{Makes, Store, on_every_engine};
use uaa_authz::{Actor, Create, Delete, Duty, Subject, Update, Zone, built_in_id};
use uaa_directory::zone::{end, furnish};
use uaa_directory::{Group, IdentityZone, Keyring, User};
use uaa_model::{Denied, Fault, Id, Reply, SystemRng, UAA_ZONE};
use uaa_store::{Granted, Query, Set, Tx, Want};
use uaa_token::{Algorithm, DataKey};
use uuid::Uuid;

on_every_engine! {
    /// A zone is made and ended with all that is in it, and known in memory as soon as the facts are followed.
    async fn a_zone_begins_and_ends(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let zone = made(&mut tx, "alpha").await.unwrap();
        let guid = zone.id().uuid();
        tx.commit().await.unwrap();
        assert!(store.access.zones().named("alpha").is_none());
        store.access.follow().await.unwrap();
        let known = store.access.zones().at("alpha").cloned().unwrap();
        assert_eq!((known.guid, known.active, known.name.as_str()), (guid, true, "alpha"));
        // Its groups stand in it, and everybody in it is in them.
        let mut tx = within(&store, guid);
        let seen = tx.visible::<Group>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(10)).await.unwrap().total, 2);
        drop(tx);
        let mut tx = store.system();
        let seen = tx.visible::<Group>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(10)).await.unwrap().total, 0);
        // Two of one subdomain cannot be.
        let taken = made(&mut tx, "alpha").await;
        assert!(matches!(taken, Err(Fault::Unique(_))), "{taken:?}");
        drop(tx);
        let mut tx = store.system();
        let zone = tx.grant::<Delete, IdentityZone>(Id::new(guid)).await.unwrap();
        end(&mut tx, zone, "alpha").await.unwrap();
        assert!(tx.commit().await.unwrap().changed);
        store.access.follow().await.unwrap();
        assert!(store.access.zones().get(guid).is_none());
        let mut tx = within(&store, guid);
        assert!(tx.slot::<User>(Id::<Zone>::new(guid)).await.is_err());
        let seen = tx.visible::<Group>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(10)).await.unwrap().total, 0);
        drop(tx);
        // The name is free again.
        let mut tx = store.system();
        made(&mut tx, "alpha").await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Zones are things of the first zone, and of themselves; from anywhere else they are not there.
    async fn a_zone_is_seen_from_the_first_one_and_from_itself(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let alpha = made(&mut tx, "alpha").await.unwrap().id();
        let beta = made(&mut tx, "beta").await.unwrap().id();
        tx.commit().await.unwrap();
        for (zone, sees) in [(UAA_ZONE, [true, true]), (alpha.uuid(), [true, false]), (beta.uuid(), [false, true])] {
            let mut tx = within(&store, zone);
            for (id, expected) in [alpha, beta].into_iter().zip(sees) {
                assert_eq!(tx.grant::<Update, IdentityZone>(id).await.is_ok(), expected, "{zone} {id}");
            }
        }
    }

    /// A role at another zone's place needs a scope that names it, counts there alone, and is gone with the group, whatever is
    /// compiled.
    async fn a_role_in_another_zone(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let alpha = made(&mut tx, "alpha").await.unwrap().id().uuid();
        let beta = made(&mut tx, "beta").await.unwrap().id().uuid();
        let person = tx.person("ada").await.unwrap().id();
        let group = tx.group("zones.alpha.admin").await.unwrap();
        tx.join(&group, person.uuid(), "uaa").await.unwrap();
        let group = group.id();
        bind_keeper(&mut tx, group.uuid(), alpha).await.unwrap();
        tx.commit().await.unwrap();
        for followed in [false, true] {
            if followed {
                store.access.follow().await.unwrap();
            }
            for (scopes, zone, may) in [
                (["zones.alpha.admin"], alpha, true),
                (["zones.alpha.admin"], beta, false),
                (["zones.alpha.admin"], UAA_ZONE, false),
                (["zones.beta.admin"], alpha, false),
                (["uaa.admin"], alpha, false),
            ] {
                let mut tx = keeper(&store, person.uuid(), &scopes, zone);
                let slot = tx.slot::<User>(Id::<Zone>::new(zone)).await;
                assert_eq!(slot.is_ok(), may, "{scopes:?} {zone} {followed}");
                assert_eq!(tx.visible::<User>().await.is_ok(), may, "{scopes:?} {zone} {followed}");
            }
        }
        let mut tx = store.system();
        let it = tx.grant::<Update, Group>(group).await.unwrap();
        tx.leave(&it, person.uuid()).await.unwrap();
        tx.commit().await.unwrap();
        // Not followed yet: what is compiled says yes, and is of no use here.
        let mut tx = keeper(&store, person.uuid(), &["zones.alpha.admin"], alpha);
        let refused = tx.slot::<User>(Id::<Zone>::new(alpha)).await;
        assert!(matches!(refused, Err(Fault::Denied(Denied::Forbidden | Denied::Scope, _))), "{refused:?}");
    }

    /// Whoever holds a role from outside is shut out while a change of the facts at home is under way.
    async fn nobody_hands_out_what_he_lacks_abroad(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let alpha = made(&mut tx, "alpha").await.unwrap().id().uuid();
        let person = tx.person("ada").await.unwrap().id().uuid();
        let group = tx.group("zones.alpha.admin").await.unwrap().id();
        bind_keeper(&mut tx, group.uuid(), alpha).await.unwrap();
        tx.give(person, "scim.write", tests::At::Zone, 0, Some("scim.write")).await.unwrap();
        tx.give(person, "scim.read", tests::At::Zone, 0, Some("scim.read")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.user(person, &["scim.write", "scim.read"], Want::Write);
        let it = tx.grant::<Update, Group>(group).await.unwrap();
        let refused = tx.join(&it, person, "uaa").await;
        assert!(matches!(refused, Err(Fault::Lacking(..))), "{refused:?}");
        drop(tx);
        // Who manages zones appoints.
        let mut tx = store.system();
        tx.give(person, "zones.write", tests::At::Zone, 0, Some("zones.write")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.user(person, &["scim.write", "scim.read", "zones.write"], Want::Write);
        let it = tx.grant::<Update, Group>(group).await.unwrap();
        assert!(tx.join(&it, person, "uaa").await.unwrap());
        tx.commit().await.unwrap();
    }
}

pub(crate) async fn made(tx: &mut Tx, name: &str) -> Reply<Granted<Create, IdentityZone>> {
    let slot = tx.slot::<IdentityZone>(Id::<Zone>::new(UAA_ZONE)).await?;
    let set = Set::default()
        .put(IdentityZone::zid, name)
        .put(IdentityZone::subdomain, name)
        .put(IdentityZone::name, name)
        .put(IdentityZone::active, true)
        .put(IdentityZone::config, "{}")
        .put(IdentityZone::version, 0);
    let zone = tx.insert(slot, set).await?;
    let ring = Keyring::new(Arc::new(DataKey::generate(&SystemRng)), Algorithm::Es256);
    furnish(tx, &zone, &ring.make(ring.algorithm())?, &["openid".to_owned(), "scim.me".to_owned()]).await?;
    Ok(zone)
}

/// Binds a group of the first zone to the keeper's role at that zone's place.
async fn bind_keeper(tx: &mut Tx, group: Uuid, zone: Uuid) -> Reply<()> {
    use uaa_directory::RoleBinding;
    let binding = uaa_store::Binding {
        subject: group,
        subject_kind: "group",
        role: built_in_id("zone_admin"),
        role_name: "zone_admin".into(),
        scope: Some("zones.alpha.admin".into()),
        source: "group",
        expires: 0,
    };
    let home = tx.enter(zone);
    let me = tx.assume(Duty::Bootstrap);
    let slot = tx.slot::<RoleBinding>(Id::new(zone)).await?;
    tx.bind(slot, binding, Set::default()).await?;
    tx.resume(me);
    tx.enter(home);
    Ok(())
}

pub(crate) fn within(store: &Store, zone: Uuid) -> Tx {
    let actor = Actor::system(store.access.registry(), Duty::Bootstrap, zone);
    store.access.begin(Arc::new(actor), zone, Want::Write, "test", "request".into())
}

/// A user of the first zone who speaks to that zone.
fn keeper(store: &Store, user: Uuid, scopes: &[&str], zone: Uuid) -> Tx {
    let registry = store.access.registry();
    let actor =
        Actor::with_scopes(registry, Subject::User(user), UAA_ZONE, "ada", "cf", scopes.iter().copied());
    store.access.begin(Arc::new(actor), zone, Want::Write, "test", "request".into())
}
