//! When somebody signed in last, and before that: `lastLogonTime`, `previousLogonTime`, `previous_logon_time`.

use crate::authorize::{SHOP, claims, sign_in};
use crate::store_zone::{made, within};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tests::{Browser, Hallmark, Makes, Said, Store, on_every_engine, on_every_server};
use tokio::task::JoinSet;
use uaa_authz::{Delete, Duty, Zone};
use uaa_directory::{IdentityZone, Session, User, end_user, zone};
use uaa_model::{Id, Micros, Reply, UAA_ZONE};
use uaa_store::{Logon, Set, Tx, Want};
use uuid::Uuid;

on_every_engine! {
    /// Of many sign-ins at once, in whatever order they are written and by whomever, the two latest stay.
    async fn the_two_latest_stay(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let ada = tx.person("ada").await.unwrap().id().uuid();
        let eve = tx.person("eve").await.unwrap().id().uuid();
        tx.commit().await.unwrap();
        let start = store.clock_now();
        let mut begun = JoinSet::new();
        for n in 1..=20 {
            store.clock.advance(1);
            let (mut tx, access) = (store.writer(), store.access.clone());
            begun.spawn(async move {
                session(&mut tx, ada).await.expect("a session");
                tx.commit().await.expect("written");
                access.logged_on(UAA_ZONE, ada, start + n * 1_000_000 + 500_000);
                // From the last to the first.
                access.logged_on(UAA_ZONE, eve, start + (21 - n) * 1_000_000);
                access.write_logons().await
            });
        }
        while let Some(written) = begun.join_next().await {
            written.unwrap().unwrap_or_else(|fault| panic!("{fault:?}"));
        }
        store.access.write_logons().await.unwrap();
        assert_eq!(store.access.write_logons().await, Ok(0), "once is enough");
        let ms = |micros: Micros| Some((start + micros) / 1_000);
        let all = logons(&store, &[ada, eve, Uuid::nil()]).await;
        let of = |id: Uuid| (all[&id].last(), all[&id].previous());
        assert_eq!(all.len(), 2);
        assert_eq!(of(ada), (ms(20_500_000), ms(20_000_000)));
        assert_eq!(of(eve), (ms(20_000_000), ms(19_000_000)));
    }

    /// What is noted is seen at once, and no fact.
    async fn noted_is_known(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let ada = tx.person("ada").await.unwrap().id().uuid();
        tx.commit().await.unwrap();
        store.access.follow().await.unwrap();
        let revision = store.access.facts_at(UAA_ZONE).1;
        for (now, written, seen) in [(5_000, false, (Some(5), None)), (9_000, true, (Some(9), Some(5))),
            (7_000, false, (Some(9), Some(7))), (7_000, true, (Some(9), Some(7)))] {
            store.access.logged_on(UAA_ZONE, ada, now);
            if written {
                assert_eq!(store.access.write_logons().await, Ok(1));
            }
            let known = logons(&store, &[ada]).await[&ada];
            assert_eq!((known.last(), known.previous()), seen, "{now}");
        }
        let mut tx = store.writer();
        session(&mut tx, ada).await.unwrap();
        assert!(!tx.commit().await.unwrap().changed);
        store.access.follow().await.unwrap();
        assert_eq!(store.access.facts_at(UAA_ZONE).1, revision);
    }

    /// It goes with the person, and with the zone, also what is noted only.
    async fn it_goes_with_the_person(database: Database) {
        let store = Store::open(database).await;
        let mut tx = store.system();
        let ada = tx.person("ada").await.unwrap().id().uuid();
        let alpha = made(&mut tx, "alpha").await.unwrap().id().uuid();
        tx.commit().await.unwrap();
        let mut tx = within(&store, alpha);
        let bob = tx.person("bob").await.unwrap().id().uuid();
        tx.commit().await.unwrap();
        let note = |now| {
            store.access.logged_on(UAA_ZONE, ada, now);
            store.access.logged_on(alpha, bob, now);
        };
        note(5_000);
        assert_eq!(store.access.write_logons().await, Ok(2));
        assert_eq!(logons(&store, &[ada, bob]).await.len(), 2);
        note(6_000);
        let mut tx = store.system();
        let it = tx.grant::<Delete, User>(Id::new(ada)).await.unwrap();
        end_user(it, "ada", &mut tx).await.unwrap();
        let access = store.access.clone();
        let mut writing = tokio::spawn(async move { access.write_logons().await });
        let waited = tokio::time::timeout(Duration::from_millis(200), &mut writing).await;
        assert!(waited.is_err(), "who is being deleted is waited for: {waited:?}");
        tx.commit().await.unwrap();
        writing.await.unwrap().unwrap();
        note(7_000);
        let mut tx = store.system();
        let it = tx.grant::<Delete, IdentityZone>(Id::new(alpha)).await.unwrap();
        zone::end(&mut tx, it, "alpha").await.unwrap();
        tx.commit().await.unwrap();
        store.access.write_logons().await.unwrap();
        assert!(logons(&store, &[ada, bob]).await.is_empty());
    }
}

async fn session(tx: &mut Tx, of: Uuid) -> Reply<()> {
    let id = tx.ids().uuid();
    let set = Set::default()
        .put(Session::digest, id.to_string())
        .put(Session::subject, of)
        .put(Session::generation, 0)
        .put(Session::auth_time, 0)
        .put(Session::amr, "pwd")
        .put(Session::remembered, false)
        .put(Session::seen, 0)
        .put(Session::expires, Micros::MAX)
        .put(Session::agent, "")
        .put(Session::address, "");
    let slot = tx.slot::<Session>(Id::<Zone>::new(UAA_ZONE)).await?;
    let begun = tx.insert_as(slot, Id::new(id), Some(of), set).await?;
    tx.logged_on(&begun).await
}

async fn logons(store: &Store, people: &[Uuid]) -> HashMap<Uuid, Logon> {
    let mut tx = store.looking();
    assert_eq!(tx.want(), Want::Read);
    tx.assume(Duty::SignIn);
    let seen = tx.visible::<User>().await.unwrap();
    tx.logons(&seen, people).await.unwrap()
}

on_every_server!(by_whatever_way_somebody_signs_in);

async fn by_whatever_way_somebody_signs_in(mut server: Hallmark) {
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let first = signed_in(&server).await;
    let token = text(&first, "access_token");
    let me = userinfo(&server, &token).await;
    let id = me["user_id"].as_str().unwrap().to_owned();
    let one = times(&server, &token, &id).await;
    assert!(one.0 > 1_700_000_000_000 && one.0 < 4_000_000_000_000, "milliseconds: {one:?}");
    // OpenID Connect Core 1.0 section 5.3.2: what there is not is left out.
    assert_eq!((one.1, me.get("previous_logon_time")), (None, None));
    assert_eq!(claims(&first.body["id_token"])["previous_logon_time"], Value::Null);
    let version = shown(&server, &token, &id).await["meta"].clone();
    // The second one, and each reader of it.
    let second = signed_in(&server).await;
    let two = times(&server, &token, &id).await;
    assert!(two.0 > one.0 && two.1 == Some(one.0), "{one:?} {two:?}");
    assert_eq!(userinfo(&server, &token).await["previous_logon_time"], one.0);
    assert_eq!(claims(&second.body["id_token"])["previous_logon_time"], one.0);
    // None of these is a sign-in.
    let refresh = text(&second, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let refreshed = server.token("cf", "", &form).await;
    assert_eq!(claims(&refreshed.body["id_token"])["previous_logon_time"], one.0);
    let wrong = [("grant_type", "password"), ("username", "admin"), ("password", "wrong")];
    assert_eq!(server.token("cf", "", &wrong).await.status, 401);
    server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    assert_eq!(times(&server, &token, &id).await, two);
    // A browser's session is one, and what comes of it is not: a code, a passcode, another application.
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let code = sign_in(&server, &mut browser, &page).await.given("code").unwrap();
    let three = times(&server, &token, &id).await;
    assert!(three.0 > two.0 && three.1 == Some(two.0), "{two:?} {three:?}");
    let given = SHOP.redeem(&server, &code, &[]).await;
    assert_eq!(claims(&given.body["id_token"])["previous_logon_time"], two.0);
    let passcode = browser.open("/uaa/passcode").await.text("#passcode");
    let form = [("grant_type", "password"), ("passcode", passcode.as_str())];
    assert_eq!(server.token("cf", "", &form).await.status, 200);
    assert!(browser.open(&SHOP.ask(&server, &[])).await.given("code").is_some());
    assert_eq!(times(&server, &token, &id).await, three);
    // UAA's clients ask here whether a password is right, and count it.
    let url = format!("{}/authenticate", server.uaa());
    let password = server.admin_password();
    let form = [("username", "admin"), ("password", password.as_str())];
    let asked = tests::said(server.client().post(url).form(&form)).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    let four = times(&server, &token, &id).await;
    assert!(four.0 > three.0 && four.1 == Some(three.0), "{three:?} {four:?}");
    assert_eq!(shown(&server, &token, &id).await["meta"], version, "the person's row stays as it is");
    // A server that is asked to end writes what it has noted.
    server.terminate();
    assert_eq!(server.exit_code().await, Some(0));
    server.restart().await;
    assert_eq!(times(&server, &token, &id).await, four);
}

/// The last sign-in and the one before, which a list says as the person alone does.
async fn times(server: &Hallmark, token: &str, id: &str) -> (i64, Option<i64>) {
    let shown = shown(server, token, id).await;
    let url = format!("{}/Users?filter=id%20eq%20%22{id}%22", server.uaa());
    let list = server.ask(token, "GET", &url, None).await.body;
    assert_eq!(list["resources"], json!([shown]));
    (shown["lastLogonTime"].as_i64().expect("a time"), shown["previousLogonTime"].as_i64())
}

async fn shown(server: &Hallmark, token: &str, id: &str) -> Value {
    server.ask(token, "GET", &format!("{}/Users/{id}", server.uaa()), None).await.body
}

async fn userinfo(server: &Hallmark, token: &str) -> Value {
    server.ask(token, "GET", &format!("{}/userinfo", server.uaa()), None).await.body
}

async fn signed_in(server: &Hallmark) -> Said {
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    server.token("cf", "", &form).await
}

fn text(said: &Said, member: &str) -> String {
    said.body[member].as_str().unwrap_or_else(|| panic!("no {member}: {said:?}")).to_owned()
}
