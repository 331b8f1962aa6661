//! Revoking while writing: once a revoke is acknowledged, nothing that its subject began is committed any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tests::{At, Makes, PLATFORM, Store, on_every_engine};
use uaa_authz::{Delete, Update};
use uaa_directory::{Organization, OrganizationRole, Space, User};
use uaa_model::{Barrier, Fault, Id, Reply};
use uaa_store::{Query, Want};

/// The ways to take a right away.
#[derive(Clone, Copy, Debug)]
enum Revoke {
    Unbind,
    Deactivate,
    Suspend,
}

const WAYS: [Revoke; 3] = [Revoke::Unbind, Revoke::Deactivate, Revoke::Suspend];

/// An organization, its manager, and the manager's role.
#[derive(Clone, Copy)]
struct Scene {
    organization: Id<Organization>,
    user: Id<User>,
    role: Id<OrganizationRole>,
}

on_every_engine! {
    /// A write that was decided before the revoke is committed before it: the revoke waits.
    async fn a_revoke_waits_for_what_is_decided(database: Database) {
        let store = Arc::new(Store::open(database).await);
        for memory in [false, true] {
            for way in WAYS {
                let scene = scene(&store, &format!("{way:?} {memory}")).await;
                if memory {
                    store.access.follow().await.unwrap();
                }
                let mut tx = store.user(scene.user.uuid(), PLATFORM, Want::Write);
                let slot = tx.slot::<Space>(scene.organization).await.unwrap();
                let revoker = store.clone();
                let mut revoke = tokio::spawn(async move {
                    revoked(&revoker, scene, way).await.unwrap();
                    count(&revoker, scene.organization).await
                });
                // Time to overtake, if nothing held it.
                let early = tokio::time::timeout(Duration::from_millis(150), &mut revoke).await;
                assert!(early.is_err(), "{way:?}: acknowledged while a decided write was under way");
                tx.insert(slot, tests::space("late")).await.unwrap();
                tx.commit().await.unwrap();
                assert_eq!(revoke.await.unwrap(), 1, "{way:?}: committed before the revoke, and seen by it");
                let mut tx = store.user(scene.user.uuid(), PLATFORM, Want::Write);
                assert!(tx.space(scene.organization, "after").await.is_err(), "{way:?}");
            }
        }
    }

    /// Many writers, revokes in between: what stands when the revoke is acknowledged is all that ever stands.
    async fn nothing_is_written_after_the_acknowledgement(database: Database) {
        let store = Arc::new(Store::open(database).await);
        for round in 0..6 {
            let way = WAYS[round % 3];
            let scene = scene(&store, &format!("round {round}")).await;
            let stop = Arc::new(AtomicBool::new(false));
            let writers: Vec<_> = (0..4).map(|writer| {
                let (store, stop) = (store.clone(), stop.clone());
                tokio::spawn(async move {
                    let mut n = 0;
                    while !stop.load(Ordering::Relaxed) {
                        n += 1;
                        let mut tx = store.user(scene.user.uuid(), PLATFORM, Want::Write);
                        if tx.space(scene.organization, &format!("{writer}-{n}")).await.is_ok() {
                            match tx.commit().await {
                                Ok(_) | Err(Fault::Retry) => {}
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                        let _ = store.access.follow().await;
                    }
                })
            }).collect();
            // The revoke falls into the middle of the writing.
            while count(&store, scene.organization).await < 8 {
                tokio::task::yield_now().await;
            }
            revoked(&store, scene, way).await.unwrap();
            let acknowledged = count(&store, scene.organization).await;
            // Long enough for each writer to commit what it might have had in hand.
            tokio::time::sleep(Duration::from_millis(50)).await;
            stop.store(true, Ordering::Relaxed);
            for writer in writers {
                writer.await.unwrap();
            }
            assert_eq!(count(&store, scene.organization).await, acknowledged, "{way:?}");
        }
    }

    /// Changes of facts that meet each other: whoever loses tries again, and everything is done in the end.
    async fn changes_that_meet_are_all_done(database: Database) {
        let store = Arc::new(Store::open(database).await);
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap().id();
        tx.commit().await.unwrap();
        let changers: Vec<_> = (0..4u8).map(|changer| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..6u8 {
                    let mut tries = 0;
                    while let Err(fault) = barred(&store, acme, tries > 0, &format!("{changer}-{n}")).await {
                        assert_eq!(fault, Fault::Retry);
                        tries += 1;
                        assert!(tries < 8, "as many as the dispatcher takes");
                    }
                }
            })
        }).collect();
        for changer in changers {
            changer.await.unwrap();
        }
        assert_eq!(count(&store, acme).await, 24);
    }
}

/// Takes the shared lock first and the exclusive one later, as suspending an organization does.
async fn barred(store: &Store, acme: Id<Organization>, insist: bool, name: &str) -> Reply<()> {
    let mut tx = store.writer();
    if insist {
        tx.insist();
    }
    tx.space(acme, name).await?;
    let it = tx.grant::<Update, _>(acme).await?;
    tx.bar(&it, None).await?;
    tx.commit().await.map(drop)
}

async fn scene(store: &Store, name: &str) -> Scene {
    let mut tx = store.system();
    let organization = tx.organization(name).await.unwrap().id();
    let user = tx.person(name).await.unwrap().id();
    let at = At::Organization(organization);
    let role = tx.give(user.uuid(), "organization_manager", at, 0, None).await.unwrap();
    tx.commit().await.unwrap();
    Scene { organization, user, role: Id::new(role) }
}

async fn revoked(store: &Store, scene: Scene, way: Revoke) -> Reply<()> {
    let mut tx = store.writer();
    match way {
        Revoke::Unbind => {
            let it = tx.grant::<Delete, _>(scene.role).await?;
            tx.unbind(it).await?;
        }
        Revoke::Deactivate => {
            let it = tx.grant::<Update, _>(scene.user).await?;
            tx.set_inactive(&it, true).await?;
        }
        Revoke::Suspend => {
            // Whoever changes what stops others takes the zone at once.
            tx.insist();
            let it = tx.grant::<Update, _>(scene.organization).await?;
            tx.bar(&it, Some(Barrier::OrganizationSuspended)).await?;
        }
    }
    tx.commit().await.map(drop)
}

/// Spaces of that organization, as committed.
async fn count(store: &Store, organization: Id<Organization>) -> i64 {
    let mut tx = store.looking();
    let seen = tx.visible::<Space>().await.unwrap();
    let of = uaa_store::Cond::Ids("org_guid", vec![organization.uuid()]);
    tx.list(&seen, &Query::first(0).when(of)).await.unwrap().total
}
