//! The way to the mail server, and what holds whatever the database is.

use super::{Mailing, OLD};
use platform_server::compose::Plan;
use serde_json::json;
use std::sync::Arc;
use tests::inside::Inside;
use tests::{Browser, Hallmark, MailSink, Store, on_every_engine};
use uaa_directory::{ExpiringCode, Mail, NewCode, Purpose, hex};
use uaa_model::{Fault, Id};
use uaa_store::Set;

#[tokio::test]
async fn over_tls_with_a_password_to_a_server_that_is_known() {
    for kind in ["starttls", "implicit"] {
        let mut sink = MailSink::secured(kind).await;
        let config = sink.config();
        let server = Hallmark::start_with(&config).await;
        let it = Mailing { server, sink: MailSink::absent() };
        it.user("mira", "mira@acme.example").await;
        it.forgot(&mut Browser::at(&it.server.uaa()), "mira").await;
        assert_eq!(sink.caught().await.to, ["mira@acme.example"], "{kind}");
        // Neither to a server whose certificate nobody vouches for, nor with a wrong password, is anything said; it waits.
        let unknown: Vec<&str> = config.lines().filter(|line| !line.contains("ca_file")).collect();
        for changed in [unknown.join("\n") + "\n", config.replace("open sesame", "wrong")] {
            let server = Hallmark::start_with(&changed).await;
            let it = Mailing { server, sink: MailSink::absent() };
            it.user("mira", "mira@acme.example").await;
            it.forgot(&mut Browser::at(&it.server.uaa()), "mira").await;
            let mails = it.until(|mails| mails.iter().any(|mail| mail["error"] != "")).await;
            assert_eq!(mails[0]["state"], "waiting", "{kind}: {mails:?}");
            assert!(!mails[0].to_string().contains("sesame"), "{mails:?}");
        }
    }
}

#[tokio::test]
async fn the_program_says_whether_the_mail_server_takes_messages() {
    let mut sink = MailSink::start().await;
    let server = Hallmark::start_with(&sink.config()).await;
    let config = server.data().join("hallmark.yml").display().to_string();
    let test = |to: &str| server.command(&["mail", "test", to, "--config", &config]);
    let good = test("you@acme.example");
    assert_eq!(good.code, Some(0), "{good:?}");
    assert!(good.out.contains("you@acme.example"), "{good:?}");
    assert_eq!(sink.caught().await.to, ["you@acme.example"]);
    let refused = test("nobody@acme.example");
    assert!(refused.code == Some(1) && refused.err.contains("No such mailbox"), "{refused:?}");
    assert_eq!(test("no address").code, Some(1));
    let none = Hallmark::start().await.command(&["mail", "test", "you@acme.example"]);
    assert!(none.code == Some(1) && none.err.contains("mail.host"), "{none:?}");
}

/// The work that a request makes says nothing either: the same statements, whoever is asked about.
#[tokio::test]
async fn a_forgotten_password_takes_the_same_statements_for_anybody() {
    let nowhere = Some(MailSink::absent().settings());
    let inside = Inside::open_as(|plan| Plan { mail: nowhere, ..plan }).await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let token = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let bearer = format!("bearer {token}");
    let mira =
        json!({"userName": "mira", "password": OLD, "emails": [{"value": "mira@acme.example"}]}).to_string();
    let made = inside.ask_zone("", ("POST", "/Users"), &[("authorization", bearer.as_str())], &mira).await;
    assert_eq!(made.status, 201, "{made:?}");
    let held = "0123456789abcdef0123456789abcdef";
    let cookie = format!("hallmark-form={held}");
    let csrf = hex(&uaa_token::digest(&format!("{held}.")))[..32].to_owned();
    let headers = [("cookie", cookie.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let mut seen = vec![];
    for name in ["mira", "nobody"] {
        let form = format!("csrf={csrf}&username={name}");
        let heard = inside.ask_zone("", ("POST", "/forgot_password.do"), &headers, &form).await;
        assert_eq!(heard.status, 302, "{heard:?}");
        seen.push(heard.statements);
    }
    assert!(seen[0] == seen[1] && seen[0] > 0, "{seen:?}");
}

on_every_engine! {
    /// Many use one code at the same moment: one does.
    async fn a_code_is_used_once_whoever_comes_at_the_same_moment(database: Database) {
        let store = Arc::new(Store::open(database).await);
        let mut tx = store.system();
        let expires = tx.now() + 1_000_000_000;
        let new = NewCode { purpose: Purpose::Reset, subject: None, client_id: "", data: "{}".into(), expires };
        let code = ExpiringCode::make(new, &mut tx).await.unwrap().expose().to_owned();
        tx.commit().await.unwrap();
        let all: Vec<_> = (0..40).map(|_| {
            let (store, code) = (store.clone(), code.clone());
            tokio::spawn(async move {
                loop {
                    let mut tx = store.writer();
                    let got = match ExpiringCode::redeem(Purpose::Reset, &code, &mut tx).await {
                        Ok(got) => got.is_some(),
                        Err(Fault::Retry) => continue,
                        Err(other) => panic!("{other:?}"),
                    };
                    match tx.commit().await {
                        Ok(_) => return got,
                        Err(Fault::Retry) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        }).collect();
        let mut won = 0;
        for one in all {
            won += usize::from(one.await.unwrap());
        }
        assert_eq!(won, 1);
    }

    /// Processes that look for messages at the same moment do not take the same one.
    async fn a_message_is_claimed_by_one_process(database: Database) {
        let store = Arc::new(Store::open(database).await);
        let mut tx = store.system();
        for _ in 0..8 {
            let zone = Id::new(tx.zone());
            let slot = tx.slot::<Mail>(zone).await.unwrap();
            let set = Set::default()
                .put(Mail::purpose, "reset")
                .put(Mail::recipient, "")
                .put(Mail::errand, "{}")
                .put(Mail::state, "waiting")
                .put(Mail::tries, 0)
                .put(Mail::due_at, 0)
                .put(Mail::error, "");
            tx.insert(slot, set).await.unwrap();
        }
        tx.commit().await.unwrap();
        let looking: Vec<_> = (0..6).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = vec![];
                for _ in 0..8 {
                    match store.access.due_mails(2).await {
                        Ok(some) => mine.extend(some.into_iter().map(|one| one.id)),
                        Err(Fault::Retry) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
                mine
            })
        }).collect();
        let mut all = vec![];
        for one in looking {
            all.extend(one.await.unwrap());
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((count, all.len()), (8, 8));
    }
}
