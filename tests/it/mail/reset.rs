//! A forgotten password.

use super::{Mailing, NEW, OLD, path};
use crate::audit::people::Log;
use crate::authorize::SHOP;
use serde_json::json;
use tests::inside::Inside;
use tests::{Browser, Hallmark, MailSink};
use uaa_authz::Duty;
use uaa_directory::{ExpiringCode, NewCode, Purpose};

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_link_that_works_once() {
    let mut it = Mailing::start().await;
    it.user("mira", "mira@acme.example").await;
    let mut elsewhere = Browser::at(&it.server.uaa());
    let page = elsewhere.open("/uaa/home").await;
    let page = elsewhere.send(&page, "username", &[("username", "mira")]).await;
    assert_eq!(elsewhere.send(&page, "password", &[("password", OLD)]).await.text("h1"), "Applications");
    let tokens = [("grant_type", "password"), ("username", "mira"), ("password", OLD)];
    let tokens = it.server.token("cf", "", &tokens).await;
    let refresh = tokens.body["refresh_token"].as_str().unwrap().to_owned();

    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    assert!(page.html.contains("/uaa/forgot_password"), "{}", page.html);
    let page = it.forgot(&mut browser, "mira").await;
    assert_eq!((page.status, page.text("h1").as_str()), (200, "Check your mail"));
    assert!(page.html.contains("platform@acme.example"));
    // To load it again sends nothing again, which would end the link of the first message.
    let again = browser.open(page.url.as_str()).await;
    assert_eq!((again.status, again.text("main")), (200, page.text("main")));
    let mail = it.sink.caught().await;
    assert_eq!(
        (mail.sender.as_str(), mail.to.as_slice()),
        ("platform@acme.example", &["mira@acme.example".to_owned()][..])
    );
    assert_eq!(mail.header("auto-submitted"), Some("auto-generated"));
    assert!(mail.text.contains("help@acme.example") && mail.text.contains("mira"), "{}", mail.text);

    // A mail program that looks ahead uses nothing up.
    for _ in 0..2 {
        let looked = reqwest::Client::new().head(mail.link()).send().await.unwrap();
        assert_eq!(looked.status().as_u16(), 200);
        assert_eq!(browser.open(&path(&mail)).await.status, 200);
    }
    let page = browser.open(&path(&mail)).await;
    assert!(page.text("main").contains("mira"));
    let wrong = browser.send(&page, "password", &[("password", NEW), ("password_confirmation", OLD)]).await;
    assert_eq!(wrong.status, 422);
    let same = browser.send(&page, "password", &[("password", OLD), ("password_confirmation", OLD)]).await;
    assert_eq!(same.status, 422);
    let common =
        browser.send(&page, "password", &[("password", "Password1"), ("password_confirmation", "Password1")]);
    assert_eq!(common.await.status, 422);
    let done = browser.send(&page, "password", &[("password", NEW), ("password_confirmation", NEW)]).await;
    assert_eq!(done.status, 200);
    assert!(done.text("main").contains("Your new password is set"), "{}", done.html);

    let told = it.sink.caught().await;
    assert!(told.to == mail.to && told.text.contains("has a new password"), "{}", told.text);

    // Everything of before has ended, and so has the link.
    assert!(it.is_password("mira", NEW).await && !it.is_password("mira", OLD).await);
    assert_eq!(elsewhere.open("/uaa/home").await.text("h1"), "Sign in");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(it.server.token("cf", "", &form).await.status, 401);
    let again = browser.open(&path(&mail)).await;
    assert_eq!((again.status, again.text("h1").as_str()), (422, "This link no longer works"));
    let page = browser.send(
        &page,
        "password",
        &[("password", "yet another one"), ("password_confirmation", "yet another one")],
    );
    assert_eq!(page.await.status, 422);
    assert!(it.is_password("mira", NEW).await);
    // Neither the table nor what administrators see holds the code.
    let database = std::fs::read(it.server.data().join("hallmark.db")).unwrap();
    let code = mail.code();
    assert!(!database.windows(code.len()).any(|bytes| bytes == code.as_bytes()));
    let mails = it.mails().await;
    let mails: Vec<_> = mails.iter().filter(|mail| mail["about"] == "reset").collect();
    assert_eq!((&mails[0]["state"], &mails[0]["to"]), (&json!("sent"), &json!("mira@acme.example")));
    // The page of an old link gives a new one, also by the address.
    let page = browser.send(&again, "email", &[("email", "mira@acme.example")]).await;
    assert_eq!(page.text("h1"), "Check your mail");
    assert_ne!(it.sink.caught().await.code(), code);
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let mut it = Mailing::start().await;
    it.user("mira", "mira@acme.example").await;
    let mut seen = vec![];
    for name in ["nobody-here", "mira"] {
        let page = it.forgot(&mut Browser::at(&it.server.uaa()), name).await;
        seen.push((page.status, page.text("main").replace(name, "NAME")));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(it.sink.caught().await.to, ["mira@acme.example"]);
    // What was typed is forgotten with it.
    let mails = it.until(|mails| mails.len() == 1).await;
    assert_eq!(mails[0]["about"], "reset");
    // The latest link counts, and five in a short time are enough: whoever asks is told nothing else.
    let mut last = None;
    for _ in 0..3 {
        it.forgot(&mut Browser::at(&it.server.uaa()), "mira").await;
        last = Some(it.sink.caught().await);
    }
    let last = last.unwrap();
    let mut browser = Browser::at(&it.server.uaa());
    assert_eq!(browser.open(&path(&last)).await.status, 200);
    for _ in 0..3 {
        let page = it.forgot(&mut browser, "mira").await;
        assert_eq!((page.status, page.text("main").replace("mira", "NAME")), seen[1]);
    }
    it.until(|mails| mails.len() == 5 && mails.iter().all(|mail| mail["state"] == "sent")).await;
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_waited_for_across_a_kill() {
    let sink = MailSink::absent();
    let server = Hallmark::start_with(&sink.config()).await;
    let mut it = Mailing { server, sink };
    it.user("mira", "mira@acme.example").await;
    it.user("nadia", "nobody@acme.example").await;
    it.user("lea", "later@acme.example").await;
    it.forgot(&mut Browser::at(&it.server.uaa()), "mira").await;
    it.server.restart_after_kill().await;
    let tried = it.until(|mails| mails.iter().any(|mail| mail["tries"].as_i64() > Some(0))).await;
    assert_eq!(tried[0]["state"], "waiting");
    it.sink.begin().await;
    assert_eq!(it.sink.caught().await.to, ["mira@acme.example"]);
    // What the mail server refuses for good is not tried again, and is shown; what it has no room for today waits.
    for name in ["nadia", "lea"] {
        it.forgot(&mut Browser::at(&it.server.uaa()), name).await;
    }
    let of = |mails: &[serde_json::Value], to: &str| mails.iter().find(|mail| mail["to"] == to).cloned();
    let mails = it
        .until(|mails| {
            of(mails, "nobody@acme.example").is_some_and(|mail| mail["state"] == "failed")
                && of(mails, "later@acme.example").is_some_and(|mail| mail["error"] != "")
        })
        .await;
    let failed = of(&mails, "nobody@acme.example").unwrap();
    assert!(failed["error"].as_str().unwrap().contains("No such mailbox"), "{failed}");
    assert_eq!(failed["tries"], 1);
    assert_eq!(of(&mails, "later@acme.example").unwrap()["state"], "waiting");
}

#[tokio::test]
async fn without_a_mail_server_the_page_says_what_to_do() {
    let server = Hallmark::start().await;
    let page = Browser::at(&server.uaa()).open("/uaa/forgot_password").await;
    assert_eq!((page.status, page.text("h1").as_str()), (503, "Mail is not set up"));
    assert!(page.text("code").contains("mail:"), "{}", page.html);
}

#[tokio::test]
async fn a_code_is_of_one_zone_one_purpose_and_its_time() {
    let inside = Inside::open(false).await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let token = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let bearer = format!("bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let zone = json!({"id": "alpha", "subdomain": "alpha", "name": "Alpha"}).to_string();
    let made = inside.ask_zone("", ("POST", "/identity-zones"), &headers, &zone).await;
    assert_eq!(made.status, 201, "{made:?}");
    let user =
        json!({"userName": "mira", "password": OLD, "emails": [{"value": "mira@acme.example"}]}).to_string();
    let user = inside.ask_zone("", ("POST", "/Users"), &headers, &user).await;
    let user: uuid::Uuid = user.body["id"].as_str().unwrap().parse().unwrap();
    let mut tx = inside.begin(uaa_model::UAA_ZONE);
    let mut codes = vec![];
    for purpose in [Purpose::Reset, Purpose::Invite, Purpose::Invite] {
        let expires = tx.now() + purpose.seconds() * 1_000_000;
        let data = json!({"generation": 0}).to_string();
        let new = NewCode { purpose, subject: Some(user), client_id: "", data, expires };
        codes.push(ExpiringCode::make(new, &mut tx).await.unwrap());
    }
    tx.commit().await.unwrap();
    let open = async |zone: &str, code: &str| {
        inside.ask_zone(zone, ("GET", &format!("/reset_password?code={code}")), &[], "").await.status
    };
    let (reset, invite) = (codes[0].expose(), codes[1].expose());
    assert_eq!(open("", reset).await, 200);
    assert_eq!(open("alpha", reset).await, 422, "another zone's");
    assert_eq!(open("", invite).await, 422, "another purpose's");
    assert_eq!(open("", &reset.to_uppercase()).await, 422);
    inside.clock.advance(Purpose::Reset.seconds() - 1);
    assert_eq!(open("", reset).await, 200);
    inside.clock.advance(1);
    assert_eq!(open("", reset).await, 422, "too old");
    // Many at once: one gets it.
    let mut tx = inside.begin(uaa_model::UAA_ZONE);
    tx.assume(Duty::SignIn);
    let first = ExpiringCode::redeem(Purpose::Invite, invite, &mut tx).await.unwrap();
    assert!(first.is_some());
    assert!(ExpiringCode::redeem(Purpose::Invite, invite, &mut tx).await.unwrap().is_none());
    tx.commit().await.unwrap();
    // An invitation ends to the second (GO-2025-4136).
    let accept = format!("/invitations/accept?code={}", codes[2].expose());
    let invited = async || inside.ask_zone("", ("GET", &accept), &[], "").await.status;
    inside.clock.advance(Purpose::Invite.seconds() - Purpose::Reset.seconds() - 1);
    assert_ne!(invited().await, 422);
    inside.clock.advance(1);
    assert_eq!(invited().await, 422);
}

/// Whoever was on the way to an application comes there after all.
#[tokio::test]
async fn the_way_to_an_application_goes_on() {
    let it = Mailing::start().await;
    SHOP.register(&it.server, json!({"autoapprove": true})).await;
    it.user("mira", "mira@acme.example").await;
    let mut it = it;
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open(&SHOP.ask(&it.server, &[])).await;
    let begun = page.attribute("a[href*=create_account]", "href");
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let page = browser.open(&page.attribute("a[href*=forgot]", "href")).await;
    // Nothing typed is nothing sent.
    let page = browser.send(&page, "username", &[("username", "")]).await;
    assert_eq!(page.text("h1"), "Reset your password");
    browser.send(&page, "username", &[("username", "mira")]).await;
    let mail = it.sink.caught().await;
    let page = browser.open(&path(&mail)).await;
    let page = browser.send(&page, "password", &[("password", NEW), ("password_confirmation", NEW)]).await;
    assert!(page.text("main").contains("Your new password is set"), "{}", page.html);
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let back = browser.send(&page, "password", &[("password", NEW)]).await;
    assert!(back.given("code").is_some(), "{back:?}");
    it.sink.caught().await;

    // The same with an account of one's own.
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open(&begun).await;
    let filled =
        [("name", "Joon"), ("email", "joon@acme.example"), ("password", NEW), ("password_confirmation", NEW)];
    let filled: Vec<_> =
        filled.into_iter().filter(|(name, _)| page.html.contains(&format!("name=\"{name}\""))).collect();
    browser.send(&page, "email", &filled).await;
    let mail = it.sink.caught().await;
    let page = browser.open(&path(&mail)).await;
    let page = browser.send(&page, "code", &[]).await;
    let page = browser.send(&page, "username", &[("username", "joon@acme.example")]).await;
    let back = browser.send(&page, "password", &[("password", NEW)]).await;
    assert!(back.given("code").is_some(), "{back:?}");
    // And nowhere else.
    let page = browser.open("/uaa/forgot_password?return_to=https%3A%2F%2Fevil.example%2F").await;
    browser.send(&page, "username", &[("username", "mira")]).await;
    let mail = it.sink.caught().await;
    let page = browser.open(&path(&mail)).await;
    let newer = "yet another long secret";
    let page =
        browser.send(&page, "password", &[("password", newer), ("password_confirmation", newer)]).await;
    assert!(page.elsewhere.is_none() && !page.url.as_str().contains("evil"), "{page:?}");
}

/// What anybody may ask for holds up nothing that must be told, and fills neither the queue nor the log.
#[tokio::test]
async fn one_source_stops_neither_recovery_nor_changes() {
    let mut it = Mailing::configured("trusted_proxies: [127.0.0.1]\n").await;
    it.user("mira", "mira@acme.example").await;
    let mut flood = Browser::at(&it.server.uaa());
    flood.headers.push(("x-forwarded-for", "192.0.2.66".into()));
    let page = flood.open("/uaa/forgot_password").await;
    let mut refused = 0;
    for n in 0..130 {
        let said = flood.send(&page, "username", &[("username", &format!("nobody-{n}"))]).await;
        refused += usize::from(said.status == 429);
    }
    assert!((25..=30).contains(&refused), "{refused} of 130 were too many");
    // Another address is served, and so is who is signed in.
    let mut other = Browser::at(&it.server.uaa());
    other.headers.push(("x-forwarded-for", "192.0.2.7".into()));
    assert_eq!(it.forgot(&mut other, "mira").await.status, 200);
    assert_eq!(it.sink.caught().await.to, ["mira@acme.example"]);
    it.until(|mails| mails.iter().all(|mail| mail["state"] == "sent")).await;
    let log = Log::of(&mut it.server).await;
    let (asked, written) =
        (log.rows("password_forgot_create", "", &json!({})), log.rows("mail_write", "", &json!({})));
    assert!(asked.is_empty() && written.len() < 10, "made-up names are in the log: {asked:?} {written:?}");
}

#[tokio::test]
async fn a_full_queue_makes_no_change_of_a_password_fail() {
    let mut it = Mailing::start().await;
    it.user("mira", "mira@acme.example").await;
    it.server.kill();
    // As if very many had asked, and none of it were due yet.
    it.server
        .tamper(
            "INSERT INTO mail (guid, zone, created_at, updated_at, purpose, recipient, errand, state, tries, due_at, error) \
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) \
             SELECT randomblob(16), (SELECT zone FROM users LIMIT 1), 0, 0, 'reset', '', '{}', 'waiting', 0, 9000000000000000, '' FROM n",
        )
        .await;
    it.server.restart().await;
    let full = it.forgot(&mut Browser::at(&it.server.uaa()), "mira").await;
    assert_eq!(full.status, 429, "{}", full.html);
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open("/uaa/profile").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    browser.send(&page, "password", &[("password", OLD)]).await;
    let page = browser.open("/uaa/change_password").await;
    let new = [("password", OLD), ("new_password", NEW), ("new_password_confirmation", NEW)];
    let page = browser.send(&page, "new_password", &new).await;
    assert_eq!((page.status, page.url.path()), (200, "/uaa/profile"), "{}", page.html);
    assert!(it.is_password("mira", NEW).await);
    assert!(it.sink.caught().await.text.contains("has a new password"));
}
