//! The journal, the outbox and the chain of sealed blocks, and what follows changed facts, on each of the three databases.

use std::sync::{Arc, Mutex};
use tests::{At, Makes, Store, on_every_engine};
use uaa_authz::{Delete, Read};
use uaa_directory::Organization;
use uaa_store::{Annotation, Broken, Change, Feed, Query, Verified};

on_every_engine! {
    /// Every change is in the log, sealed without a gap, and the chain says so.
    async fn the_chain_is_sound(database: Database) {
        let store = Store::open(database).await;
        assert_eq!(store.access.verify().await.unwrap(), (vec![], vec![]));
        let mut tx = store.system();
        tx.organization("a").await.unwrap();
        tx.annotate(Annotation { event: "audit.organization.create".into(), target_name: "a".into(), ..Annotation::default() });
        tx.organization("b").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.access.seal().await.unwrap(), 2);
        assert_eq!(store.access.seal().await.unwrap(), 0);
        for n in 0..3 {
            let mut tx = store.system();
            tx.organization(&format!("c{n}")).await.unwrap();
            tx.commit().await.unwrap();
        }
        let (verified, broken) = store.access.verify().await.unwrap();
        assert_eq!(broken, vec![]);
        assert_eq!((verified[0].through, verified[0].rows, verified[0].unsealed), (1, 2, 3));
        assert_eq!(store.access.seal().await.unwrap(), 3);
        let zone = uaa_model::UAA_ZONE;
        let expected = Verified { zone, through: 2, rows: 5, forgotten: 0, unsealed: 0 };
        assert_eq!(store.access.verify().await.unwrap(), (vec![expected], vec![]));
        let mut tx = store.looking();
        let seen = tx.visible::<uaa_directory::AuditEvent>().await.unwrap();
        let page = tx.list(&seen, &Query::first(9)).await.unwrap();
        assert_eq!((page.total, page.rows.len()), (5, 5));
        assert!(page.rows.iter().any(|row| row.own.event == "audit.organization.create" && row.own.target_name == "a"));
    }

    /// Sealers that run at the same time, while others write, leave no gap and take no row twice.
    async fn sealers_take_turns(database: Database) {
        let store = Arc::new(Store::open(database).await);
        let writers: Vec<_> = (0..3).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0..8 {
                    let mut tx = store.writer();
                    tx.organization(&format!("o{writer}-{n}")).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        }).collect();
        let sealers: Vec<_> = (0..2).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut taken = 0;
                for _ in 0..12 {
                    // Whoever loses against the other tries again.
                    taken += store.access.seal().await.unwrap_or(0);
                    tokio::task::yield_now().await;
                }
                taken
            })
        }).collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let mut taken = 0;
        for sealer in sealers {
            taken += sealer.await.unwrap();
        }
        taken += store.access.seal().await.unwrap();
        let (verified, broken) = store.access.verify().await.unwrap();
        assert_eq!((taken, verified[0].rows, verified[0].unsealed, broken), (24, 24, 0, vec![]));
    }

    /// An edited row, a removed row and a removed block are named.
    async fn tampering_is_named(database: Database) {
        let store = Store::open(database).await;
        for name in ["a", "b", "c"] {
            let mut tx = store.system();
            tx.organization(name).await.unwrap();
            tx.commit().await.unwrap();
            store.access.seal().await.unwrap();
        }
        let mut tx = store.looking();
        let seen = tx.visible::<uaa_directory::AuditEvent>().await.unwrap();
        let rows = tx.list(&seen, &Query::first(3)).await.unwrap().rows;
        drop(tx);
        let literal = |row: usize| match store.database.engine {
            tests::Engine::Postgres => format!("'{}'", rows[row].guid),
            tests::Engine::Sqlite | tests::Engine::Mariadb => format!("x'{}'", rows[row].guid.simple()),
        };
        store.database.tamper(&format!("UPDATE audit SET verb = 'read' WHERE guid = {}", literal(0))).await;
        store.database.tamper(&format!("DELETE FROM audit WHERE guid = {}", literal(1))).await;
        let broken = store.access.verify().await.unwrap().1;
        assert!(matches!(broken[..], [Broken::Edited(_, _, a), Broken::Removed(_, _, b)]
            | [Broken::Removed(_, _, b), Broken::Edited(_, _, a)] if a == rows[0].guid && b == rows[1].guid), "{broken:?}");
        store.database.tamper("DELETE FROM seal WHERE n = 2").await;
        let broken = store.access.verify().await.unwrap().1;
        assert!(broken.iter().any(|b| matches!(b, Broken::Block(_, 2))), "{broken:?}");
    }

    /// Whoever follows learns of every changed fact once, and of nothing else.
    async fn changes_are_followed(database: Database) {
        let heard = Arc::new(Heard::default());
        let store = Store::followed_by(database, vec![heard.clone()]).await;
        store.access.follow().await.unwrap();
        assert!(heard.0.lock().unwrap().drain(..).any(|(_, all)| all));
        let mut tx = store.system();
        let acme = tx.organization("acme").await.unwrap().id();
        assert!(!tx.commit().await.unwrap().changed);
        store.access.follow().await.unwrap();
        assert!(heard.0.lock().unwrap().is_empty());
        let mut tx = store.system();
        let alice = tx.person("alice").await.unwrap().id().uuid();
        tx.give(alice, "organization_user", At::Organization(acme), 0, None).await.unwrap();
        assert!(tx.commit().await.unwrap().changed);
        store.access.follow().await.unwrap();
        store.access.follow().await.unwrap();
        let changes: Vec<Change> = heard.0.lock().unwrap().drain(..).flat_map(|(changes, _)| changes).collect();
        let kinds: Vec<&str> = changes.iter().filter(|c| c.id == alice).map(|c| c.kind.as_str()).collect();
        assert_eq!((changes.len(), kinds), (3, vec!["subject", "user"]));
        let snapshot = store.access.fresh().unwrap();
        assert_eq!(snapshot.subjects(), 1);
        store.clock.advance(2);
        assert!(store.access.fresh().is_none(), "facts that nobody has confirmed for longer than the lease");
        let mut tx = store.system();
        let it = tx.grant::<Delete, Organization>(acme).await.unwrap();
        tx.unbind_all(&it).await.unwrap();
        tx.commit().await.unwrap();
        store.access.follow().await.unwrap();
        assert_eq!(store.access.fresh().unwrap().subjects(), 0);
        let read = store.looking().grant::<Read, _>(acme).await;
        assert!(read.is_ok());
    }
}

/// Writes down what it is told.
#[derive(Default)]
struct Heard(Mutex<Vec<(Vec<Change>, bool)>>);

impl Feed for Heard {
    fn changed(&self, changes: &[Change], all: bool) {
        self.0.lock().unwrap().push((changes.to_vec(), all));
    }
}
