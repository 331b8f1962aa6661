//! The audit log: what is refused is in it, what is old can be forgotten in due form, and nothing else can be done to it unseen.

pub(crate) mod people;

use serde_json::{Value, json};
use std::sync::Arc;
use tests::inside::Inside;
use tests::{Makes, Store, on_every_engine};
use uaa_model::{Micros, UAA_ZONE};
use uaa_plugin::Site;
use uaa_store::{AuditRow, Broken, Noted};
use uuid::Uuid;

async fn rows(store: &Store) -> Vec<AuditRow> {
    store.access.export(Uuid::nil(), Micros::MAX, 1000).await.expect("the log can be read")
}

async fn organizations(store: &Store, names: &[&str]) {
    for name in names {
        let mut tx = store.system();
        tx.organization(name).await.expect("made");
        tx.commit().await.expect("committed");
        store.access.seal().await.expect("sealed");
    }
}

on_every_engine! {
    /// Rows of old blocks go, the chain still holds, and that they went is in it.
    async fn old_rows_are_forgotten_in_due_form(database: Database) {
        let store = Store::open(database).await;
        organizations(&store, &["a", "b"]).await;
        store.clock.advance(100);
        let cut = store.clock_now();
        organizations(&store, &["c"]).await;
        assert_eq!(store.access.forget_before(cut).await, Ok(2));
        assert_eq!(store.access.forget_before(cut).await, Ok(0));
        let (verified, broken) = store.access.verify().await.expect("it can be read");
        // Before that it went is sealed, it might as well have been taken.
        assert_eq!((broken.len(), verified[0].forgotten), (2, 0), "{broken:?}");
        assert_eq!(store.access.seal().await, Ok(1));
        let (verified, broken) = store.access.verify().await.expect("it can be read");
        assert_eq!((broken, verified[0].forgotten, verified[0].rows), (vec![], 2, 2));
        // A claim to have forgotten that is not sealed itself forgets nothing.
        let mut left: Vec<String> = rows(&store).await.into_iter().map(|r| r.op).collect();
        left.sort();
        assert_eq!(left, ["audit_forget", "test"]);
        store.database.tamper("UPDATE audit SET data = '{\"through\": 9}' WHERE op = 'audit_forget'").await;
        store.database.tamper("DELETE FROM audit WHERE op = 'test'").await;
        let broken = store.access.verify().await.expect("it can be read").1;
        assert!(broken.iter().any(|b| matches!(b, Broken::Edited(..))), "{broken:?}");
        assert!(broken.iter().any(|b| matches!(b, Broken::Removed(_, 3, _))), "{broken:?}");
    }

    /// A row that somebody puts there is named, and so is one whose place in time was changed.
    async fn what_is_added_or_moved_is_named(database: Database) {
        let store = Store::open(database).await;
        organizations(&store, &["a", "b"]).await;
        let known = rows(&store).await;
        let every = "guid, zone, org_guid, space_guid, created_at, updated_at, op, event, actor, actor_kind, actor_name, client, \
            target_kind, verb, target, target_name, detail, data, via, request, outcome, hash";
        let copied = every.replacen("guid", "target", 1);
        store.database.tamper(&format!("INSERT INTO audit ({every}) SELECT {copied} FROM audit WHERE op = 'test'")).await;
        let (_, broken) = store.access.verify().await.expect("it can be read");
        let added: Vec<Uuid> = broken.iter().filter_map(|b| match b {
            Broken::Added(_, id) => Some(*id),
            Broken::Block(..) | Broken::Edited(..) | Broken::Removed(..) => None,
        }).collect();
        assert_eq!((broken.len(), added.len()), (2, 2), "{broken:?}");
        store.database.tamper("UPDATE audit SET created_at = created_at + 1").await;
        let (_, broken) = store.access.verify().await.expect("it can be read");
        let edited = broken.iter().filter(|b| matches!(b, Broken::Edited(_, _, id) if known.iter().any(|r| r.id == *id)));
        assert_eq!(edited.count(), 2, "{broken:?}");
    }

    /// Two blocks that change places are named.
    async fn blocks_that_change_places_are_named(database: Database) {
        let store = Store::open(database).await;
        organizations(&store, &["a", "b", "c"]).await;
        for (from, to) in [(2, 99), (3, 2), (99, 3)] {
            store.database.tamper(&format!("UPDATE seal SET n = {to} WHERE n = {from}")).await;
        }
        let broken = store.access.verify().await.expect("it can be read").1;
        assert!(broken.contains(&Broken::Block(UAA_ZONE, 2)), "{broken:?}");
    }

    /// A thousand refusals are one row that says how many; a flood of strangers is cut off and counted.
    async fn what_is_noted_is_gathered(database: Database) {
        let store = Store::open(database).await;
        let nobody = Arc::new(uaa_authz::Actor::nobody(store.access.registry(), UAA_ZONE));
        let note = |address: String| {
            let (request, address): (Arc<str>, Arc<str>) = ("r".into(), address.into());
            store.access.note(&Noted {
                actor: &nobody,
                zone: UAA_ZONE,
                op: "space_show",
                event: "",
                outcome: "denied",
                detail: "anonymous",
                more: &[],
                request: &request,
                address: &address,
            });
        };
        for _ in 0..1000 {
            note("192.0.2.1".into());
        }
        assert_eq!(store.access.write_noted().await, Ok(1));
        let row = rows(&store).await.remove(0);
        assert_eq!((row.outcome.as_str(), row.data.as_str()), ("denied", r#"{"address":"192.0.2.1","count":1000}"#));
        for n in 0..1500 {
            note(format!("192.0.2.{n}"));
        }
        assert_eq!(store.access.write_noted().await, Ok(1001));
        assert!(rows(&store).await.iter().any(|r| r.op == "audit_overflow" && r.data == r#"{"count":500}"#));
        store.access.seal().await.expect("sealed");
        assert_eq!(store.access.verify().await.expect("it can be read").1, vec![]);
    }
}

/// Whoever is refused is in the log with what they tried; no secret ever is.
#[tokio::test]
async fn refusals_are_logged_and_secrets_are_not() {
    let inside = Inside::open(false).await;
    let admin = inside.token("cf", "", &inside.login("admin")).await;
    let user =
        json!({"userName": "eve", "password": "a-secret-of-eve", "emails": [{"value": "eve@example.com"}]});
    let made = inside.ask(Site::Uaa, "POST", "/Users", Some(&admin), Some(&user)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let eve = inside.token("cf", "", "grant_type=password&username=eve&password=a-secret-of-eve").await;
    for _ in 0..3 {
        let body = json!({"name": "mine"});
        let refused = inside.ask(Site::Api, "POST", "/v3/organizations", Some(&eve), Some(&body)).await;
        assert_eq!(refused.status, 403);
    }
    assert_eq!(inside.ask(Site::Api, "GET", "/v3/organizations", None, None).await.status, 401);
    inside.hall.access.write_noted().await.expect("written");
    let all = inside.hall.access.export(Uuid::nil(), Micros::MAX, 10_000).await.expect("the log can be read");
    let denied: Vec<&AuditRow> = all.iter().filter(|r| r.outcome == "denied").collect();
    let hers = denied.iter().find(|r| r.actor_name == "eve").expect("what eve tried");
    assert_eq!((hers.op.as_str(), hers.detail.as_str()), ("organization_create", "forbidden"));
    assert!(hers.data.contains(r#""count":3"#), "{hers:?}");
    assert!(
        denied.iter().any(|r| r.actor.is_none() && r.op == "organization_list" && r.detail == "anonymous")
    );
    let text: String = all.iter().map(AuditRow::line).collect();
    for secret in ["a-secret-of-eve", "$argon2", &admin, &eve, "PRIVATE KEY"] {
        assert!(!text.contains(secret), "a secret is in the log");
    }
}

/// Failed sign-ins and tokens that are not stored are in the log as well, gathered, without what was typed.
#[tokio::test]
async fn sign_ins_that_fail_and_tokens_that_are_not_stored_are_logged() {
    let inside = Inside::open(false).await;
    let secret =
        std::fs::read_to_string(inside.data().join("admin-client-secret")).expect("the first start wrote it");
    for _ in 0..4 {
        inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    }
    let admin = inside.token("cf", "", &inside.login("admin")).await;
    for _ in 0..6 {
        inside.answer_to("cf", "", "grant_type=password&username=admin&password=typed-by-mistake").await;
        // Failures of one moment count as one against the account.
        inside.clock.advance(1);
    }
    inside.answer_to("cf", "", "grant_type=password&username=typed-by-mistake&password=x").await;
    inside.answer_to("admin", "typed-by-mistake", "grant_type=client_credentials").await;
    inside.answer_to("typed-by-mistake", "x", "grant_type=client_credentials").await;
    inside.hall.access.write_noted().await.expect("written");
    let all = inside.hall.access.export(Uuid::nil(), Micros::MAX, 10_000).await.expect("the log can be read");
    let counted = |name: &str, event: &str, outcome: &str, detail: &str| -> u64 {
        let asked = (name, event, outcome, detail, "token_create");
        let rows =
            all.iter().filter(|r| (&*r.actor_name, &*r.event, &*r.outcome, &*r.detail, &*r.op) == asked);
        rows.map(|r| {
            serde_json::from_str::<Value>(&r.data).expect("JSON")["count"].as_u64().expect("a number")
        })
        .sum()
    };
    assert_eq!(counted("admin", "TokenIssuedEvent", "issued", "client_credentials"), 4);
    assert_eq!(counted("admin", "TokenIssuedEvent", "issued", "password"), 1);
    assert_eq!(counted("admin", "UserAuthenticationFailure", "failed", "password"), 5);
    assert_eq!(counted("admin", "UserAuthenticationFailure", "failed", "locked"), 1);
    assert_eq!(counted("", "UserAuthenticationFailure", "failed", "password"), 1);
    assert_eq!(counted("admin", "ClientAuthenticationFailure", "failed", "secret"), 1);
    assert_eq!(counted("", "ClientAuthenticationFailure", "failed", "unknown_client"), 1);
    // Six and four requests: gathered, but for a minute's end in between.
    assert!(all.iter().filter(|r| r.outcome == "failed").count() <= 6);
    let text: String = all.iter().map(AuditRow::line).collect();
    for secret in ["typed-by-mistake", secret.trim(), &admin] {
        assert!(!text.contains(secret), "a secret is in the log");
    }
}
