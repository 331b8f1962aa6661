//! The store, on each of the three databases from the same text.

use tests::{At, Makes, PLATFORM, Store, on_every_engine};
use uaa_authz::{Delete, Read, Update, Zone};
use uaa_directory::{Organization, OrganizationQuota, Space, User};
use uaa_model::{Barrier, Denied, Fault, Id, UAA_ZONE};
use uaa_store::{Cond, Field, Query, Set, Want};
use uuid::Uuid;

on_every_engine! {
    /// What was written comes back as it was, whatever the text.
    async fn rows_come_back(database: Database) {
        let store = Store::open(database).await;
        let name = "Zürich \u{1F600} ' \" \\ % _ ?  ";
        let mut tx = store.system();
        let made = tx.organization(name).await.unwrap();
        let space = tx.space(made.id(), "one").await.unwrap();
        let (id, space) = (made.id(), space.id());
        tx.commit().await.unwrap();
        let mut tx = store.looking();
        let it = tx.grant::<Read, _>(id).await.unwrap();
        let row = tx.get(&it).await.unwrap();
        assert_eq!((row.guid, row.own.name.as_str(), row.own.suspended), (id.uuid(), name, false));
        assert_eq!((row.own.quota, row.organization, row.space), (None, Some(id.uuid()), None));
        assert_eq!((row.labels.as_str(), row.annotations.as_str()), ("{}", "{}"));
        let it = tx.grant::<Read, _>(space).await.unwrap();
        let row = tx.get(&it).await.unwrap();
        assert_eq!((row.organization, row.space, row.own.allow_ssh), (Some(id.uuid()), Some(space.uuid()), true));
        drop(tx);
        store.clock.advance(5);
        let mut tx = store.system();
        let it = tx.grant::<Update, _>(id).await.unwrap();
        let quota = Uuid::from_u128(7);
        let set = Set::default().put(Organization::suspended, true).put(Organization::quota, Some(quota));
        tx.update(&it, set.metadata(r#"{"env":"prod"}"#.into(), r#"{"note":"ä"}"#.into())).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.system();
        let it = tx.grant::<Delete, _>(id).await.unwrap();
        let row = tx.get(&it).await.unwrap();
        assert_eq!((row.own.suspended, row.own.quota, row.own.name.as_str()), (true, Some(quota), name));
        assert_eq!((row.labels.as_str(), row.annotations.as_str()), (r#"{"env":"prod"}"#, r#"{"note":"ä"}"#));
        assert_eq!(row.updated_at - row.created_at, 5_000_000);
        tx.delete(it).await.unwrap();
        tx.commit().await.unwrap();
        let gone = store.looking().grant::<Read, _>(id).await;
        assert_eq!(gone.unwrap_err(), Fault::Denied(Denied::Hidden, "organization"));
    }

    /// A transaction that does not commit leaves nothing.
    async fn dropped_is_undone(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let made = tx.organization("a").await.unwrap().id();
        drop(tx);
        assert!(store.looking().grant::<Read, _>(made).await.is_err());
        let mut tx = store.looking();
        let refused = tx.organization("b").await;
        assert!(matches!(refused, Err(Fault::Internal(text)) if text.contains("reads and tried to write")));
    }

    /// Uniqueness and comparison go by bytes: letters of another case and spaces at the end make another text.
    async fn texts_differ_by_bytes(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        for name in ["app", "app ", "APP", "äpp"] {
            let slot = tx.slot::<Organization>(Id::<Zone>::new(UAA_ZONE)).await.unwrap();
            let set = Set::default()
                .put(Organization::name, name)
                .put(Organization::name_key, name)
                .put(Organization::suspended, false);
            tx.insert(slot, set).await.unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        }
        tx.commit().await.unwrap();
        let mut tx = store.looking();
        let seen = tx.visible::<Organization>().await.unwrap();
        let named = |name: &str| Cond::In(Field::Text("name"), vec![name.into()]);
        for name in ["app", "app ", "APP", "äpp"] {
            let page = tx.list(&seen, &Query::first(9).when(named(name))).await.unwrap();
            assert_eq!((page.total, page.rows[0].own.name.as_str()), (1, name));
        }
        assert!(tx.find(&seen, named("App")).await.unwrap().is_none());
        assert!(tx.find(&seen, named("APP ")).await.unwrap().is_none());
    }

    /// A broken constraint is told in the resource's words, and ends the transaction.
    async fn unique_is_told(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let first = tx.organization("acme").await.unwrap().id();
        tx.space(first, "dev").await.unwrap();
        tx.person("Alice").await.unwrap();
        tx.group("scim.me").await.unwrap();
        let alice = tx.person("bob").await.unwrap().id().uuid();
        tx.give(alice, "organization_manager", At::Organization(first), 0, None).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.system();
        assert_eq!(tx.organization("ACME").await.unwrap_err(), Fault::Unique("the name is taken".into()));
        drop(tx);
        let mut tx = store.system();
        let told = tx.space(first, "Dev").await.unwrap_err();
        assert_eq!(told, Fault::Unique("Name must be unique per organization".into()));
        drop(tx);
        let mut tx = store.system();
        assert_eq!(tx.person("ALICE").await.unwrap_err(), Fault::Unique("Username already in use".into()));
        drop(tx);
        let mut tx = store.system();
        let told = tx.group("scim.ME").await.unwrap_err();
        assert_eq!(told, Fault::Unique("A group with that displayName already exists.".into()));
        drop(tx);
        let mut tx = store.system();
        let told = tx.give(alice, "organization_manager", At::Organization(first), 0, None).await.unwrap_err();
        assert_eq!(told, Fault::Unique("the role is bound already".into()));
        drop(tx);
        // The same name in another organization is another space.
        let mut tx = store.system();
        let second = tx.organization("other").await.unwrap().id();
        tx.space(second, "dev").await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Facts decide the same from rows and from memory; what changes them is followed.
    async fn decisions_follow_the_rows(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap();
        let (acme, hidden) = (acme.id(), tx.organization("hidden").await.unwrap().id());
        let space = tx.space(acme, "dev").await.unwrap().id();
        let alice = tx.person("alice").await.unwrap();
        let (inner, outer) = (tx.group("inner").await.unwrap(), tx.group("outer").await.unwrap());
        tx.join(&inner, alice.id().uuid(), "uaa").await.unwrap();
        tx.join(&outer, inner.id().uuid(), "uaa").await.unwrap();
        let (alice, outer) = (alice.id(), outer.id());
        let later = tx.now() + 60_000_000;
        let through = tx.give(outer.uuid(), "organization_manager", At::Organization(acme), later, None).await.unwrap();
        tx.commit().await.unwrap();
        let may = async |verb: &str| {
            let mut tx = store.user(alice.uuid(), PLATFORM, Want::Write);
            match verb {
                "read" => tx.grant::<Read, _>(space).await.map(|it| format!("{:?}", it.why())),
                "update" => tx.grant::<Update, _>(acme).await.map(|it| format!("{:?}", it.why())),
                _ => tx.grant::<Read, _>(hidden).await.map(|it| format!("{:?}", it.why())),
            }
        };
        for memory in [false, true] {
            if memory {
                store.access.follow().await.unwrap();
            }
            assert!(may("update").await.unwrap().contains(&through.to_string()), "memory: {memory}");
            assert!(may("hidden").await.is_err());
            let mut tx = store.user(alice.uuid(), PLATFORM, Want::Read);
            let seen = tx.visible::<Organization>().await.unwrap();
            let page = tx.list(&seen, &Query::first(5)).await.unwrap();
            assert_eq!((page.total, page.rows.len(), page.rows[0].guid), (1, 1, acme.uuid()));
            let seen = tx.visible::<Space>().await.unwrap();
            assert_eq!(tx.list(&seen, &Query::first(5)).await.unwrap().total, 1);
        }
        // The right ends when its time is over, without anybody changing anything.
        store.clock.advance(61);
        assert!(may("update").await.is_err());
        let mut tx = store.system();
        tx.give(alice.uuid(), "space_developer", At::Space(space), 0, None).await.unwrap();
        assert!(tx.commit().await.unwrap().changed);
        assert!(may("read").await.is_ok());
        store.access.follow().await.unwrap();
        assert!(may("read").await.is_ok());
        let mut tx = store.system();
        let it = tx.grant::<Update, User>(alice).await.unwrap();
        tx.set_inactive(&it, true).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..2 {
            assert_eq!(may("read").await.unwrap_err(), Fault::Denied(Denied::Unauthenticated, "space"));
            store.access.follow().await.unwrap();
        }
    }

    /// A suspended organization stops changes below it at once.
    async fn barriers_stop_changes(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap();
        let alice = tx.person("alice").await.unwrap().id().uuid();
        tx.give(alice, "organization_manager", At::Organization(acme.id()), 0, None).await.unwrap();
        tx.bar(&acme, Some(Barrier::OrganizationSuspended)).await.unwrap();
        let acme = acme.id();
        tx.commit().await.unwrap();
        let mut tx = store.user(alice, PLATFORM, Want::Write);
        let barred = Fault::Denied(Denied::Barred(Barrier::OrganizationSuspended), "space");
        assert_eq!(tx.slot::<Space>(acme).await.unwrap_err(), barred);
        drop(tx);
        let mut tx = store.system();
        let it = tx.grant::<Update, _>(acme).await.unwrap();
        tx.bar(&it, None).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.user(alice, PLATFORM, Want::Write);
        tx.space(acme, "dev").await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What is shared with an organization is visible there and ends with the sharing.
    async fn shared_things_are_seen(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap();
        let alice = tx.person("alice").await.unwrap().id().uuid();
        tx.give(alice, "organization_user", At::Organization(acme.id()), 0, None).await.unwrap();
        let slot = tx.slot::<OrganizationQuota>(Id::<Zone>::new(UAA_ZONE)).await.unwrap();
        let set = Set::default().put(OrganizationQuota::name, "small").put(OrganizationQuota::name_key, "small");
        let quota = tx.insert(slot, set.put(OrganizationQuota::limits, "{}")).await.unwrap();
        tx.share::<_, _, Organization>(&quota, &acme).await.unwrap();
        tx.share::<_, _, Organization>(&quota, &acme).await.unwrap();
        let (acme, quota) = (acme.id(), quota.id());
        tx.commit().await.unwrap();
        let count = async || {
            let mut tx = store.user(alice, PLATFORM, Want::Read);
            let seen = tx.visible::<OrganizationQuota>().await.unwrap();
            let total = tx.list(&seen, &Query::first(5)).await.unwrap().total;
            (total, tx.grant::<Read, _>(quota).await.is_ok())
        };
        assert_eq!(count().await, (1, true));
        let mut tx = store.system();
        let (it, place) = (tx.grant::<Update, _>(quota).await.unwrap(), tx.grant::<Update, _>(acme).await.unwrap());
        tx.unshare::<_, _, Organization>(&it, &place).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count().await, (0, false));
    }

    /// Deleting a subject or a place takes its bindings with it.
    async fn nothing_is_left_over(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap().id();
        let (alice, bob) = (tx.person("alice").await.unwrap().id(), tx.person("bob").await.unwrap().id());
        let team = tx.group("team").await.unwrap();
        tx.join(&team, alice.uuid(), "uaa").await.unwrap();
        assert!(!tx.join(&team, alice.uuid(), "uaa").await.unwrap());
        let itself = tx.join(&team, team.id().uuid(), "uaa").await.unwrap_err();
        assert_eq!(itself, Fault::invalid("a group cannot be a member of itself"));
        assert!(!tx.leave(&team, bob.uuid()).await.unwrap());
        for subject in [alice.uuid(), bob.uuid(), team.id().uuid()] {
            tx.give(subject, "organization_user", At::Organization(acme), 0, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.system();
        let it = tx.grant::<Delete, User>(alice).await.unwrap();
        tx.withdraw(&it).await.unwrap();
        tx.delete(it).await.unwrap();
        let it = tx.grant::<Delete, _>(acme).await.unwrap();
        tx.unbind_all(&it).await.unwrap();
        tx.delete(it).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.looking();
        let seen = tx.visible::<uaa_directory::RoleBinding>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(5)).await.unwrap().total, 0);
        let seen = tx.visible::<Organization>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(5)).await.unwrap().total, 0);
        let seen = tx.visible::<User>().await.unwrap();
        assert_eq!(tx.list(&seen, &Query::first(5)).await.unwrap().total, 1);
    }
}
