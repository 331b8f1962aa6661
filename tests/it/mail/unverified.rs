//! Accounts whose address nobody has confirmed: their password, though right, is good for nothing.

use super::accounts::client;
use super::{Mailing, NEW, OLD, path};
use crate::authorize::{App, SECRET, SHOP, sign_in_as};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Page, Said, said};

/// Makes a user of that name whose address nobody has confirmed. Gives the identifier.
async fn unverified(server: &Hallmark, name: &str) -> String {
    let body = json!({"userName": name, "password": OLD, "verified": false,
        "emails": [{"value": format!("{name}@acme.example")}]});
    let made =
        server.ask(&server.admin().await, "POST", &format!("{}/Users", server.uaa()), Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["id"].as_str().unwrap().to_owned()
}

async fn is_verified(server: &Hallmark, id: &str) -> bool {
    let url = format!("{}/Users/{id}", server.uaa());
    server.ask(&server.admin().await, "GET", &url, None).await.body["verified"].as_bool().unwrap()
}

async fn by_password(server: &Hallmark, name: &str, password: &str) -> Said {
    let form = [("grant_type", "password"), ("username", name), ("password", password)];
    server.token("cf", "", &form).await
}

async fn sign_in(server: &Hallmark, name: &str, password: &str) -> (Browser, Page) {
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = sign_in_as(&mut browser, &page, (name, password)).await;
    (browser, page)
}

#[tokio::test]
async fn nobody_signs_in_before_the_address_of_the_account_is_confirmed() {
    let mut it = Mailing::start().await;
    let mira = unverified(&it.server, "mira").await;
    SHOP.register(&it.server, json!({"autoapprove": true})).await;
    let not_verified = (401, json!("unauthorized"), json!("Account not verified"));
    let answer =
        |said: Said| (said.status, said.body["error"].clone(), said.body["error_description"].clone());
    assert_eq!(answer(by_password(&it.server, "mira", OLD).await), not_verified);
    assert_eq!(answer(by_password(&it.server, "mira", NEW).await).2, json!("Bad credentials"));
    let fields = [("username", "mira"), ("password", OLD)];
    let http = reqwest::Client::new();
    let at = |path: &str| format!("{}{path}", it.server.uaa());
    let by_client = http.post(at("/autologin")).basic_auth("shop", Some(SECRET)).form(&fields);
    assert_eq!(answer(said(by_client).await), not_verified);
    let known = said(http.post(at("/authenticate")).form(&fields)).await;
    assert_eq!((known.status, &known.body["error"]), (403, &json!("account not verified")));
    let old = App { id: "old", redirect: "https://old.example/cb" };
    let implicit =
        json!({"authorized_grant_types": ["implicit"], "client_secret": null, "autoapprove": true});
    old.register(&it.server, implicit).await;
    let (asked, posted) = ([("response_type", "token"), ("client_id", "old")], [("source", "credentials")]);
    let form = [&asked[..], &posted, &fields].concat();
    assert_eq!(answer(said(http.post(at("/oauth/authorize")).form(&form)).await), not_verified);

    // The browser is told, and whoever does not know the password is told as little as ever.
    let (_, wrong) = sign_in(&it.server, "mira", NEW).await;
    assert!(wrong.status == 422 && !wrong.html.contains("resend_verification"), "{}", wrong.html);
    let (mut browser, page) = sign_in(&it.server, "mira", OLD).await;
    assert_eq!((page.status, page.text("h1").as_str()), (403, "Confirm your address first"));
    assert!(!page.html.contains("@acme.example"), "{}", page.html);
    let sent = browser.send(&page, "username", &[]).await;
    assert_eq!((sent.status, sent.text("h1").as_str()), (200, "Check your mail"));
    // As little as whoever asks about somebody else.
    let other = browser.send(&page, "username", &[("username", "nobody-here")]).await;
    assert_eq!(other.text("main").replace("nobody-here", "mira"), sent.text("main"));
    let mail = it.sink.caught().await;
    assert_eq!(mail.to, ["mira@acme.example"]);
    let page = browser.open(&path(&mail)).await;
    assert!(!is_verified(&it.server, &mira).await, "a mail program may have opened it");
    let done = browser.send(&page, "code", &[]).await;
    assert!(done.text("main").contains("Your address is confirmed"), "{}", done.html);
    assert!(is_verified(&it.server, &mira).await);
    assert_eq!(by_password(&it.server, "mira", OLD).await.status, 200);
    let (_, page) = sign_in(&it.server, "mira", OLD).await;
    assert_eq!(page.text("h1"), "Applications");
    // Nothing was written to nobody, and nothing is to whom it is confirmed.
    let again = browser.send(&sent, "username", &[("username", "mira")]).await;
    assert_eq!(again.text("main"), sent.text("main"));
    it.until(|mails| mails.len() == 1 && mails[0]["state"] == "sent").await;
}

#[tokio::test]
async fn on_the_way_to_an_application_one_goes_on_there() {
    let mut it = Mailing::start().await;
    unverified(&it.server, "mira").await;
    SHOP.register(&it.server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open(&SHOP.ask(&it.server, &[])).await;
    let page = sign_in_as(&mut browser, &page, ("mira", OLD)).await;
    browser.send(&page, "username", &[]).await;
    let page = browser.open(&path(&it.sink.caught().await)).await;
    let page = browser.send(&page, "code", &[]).await;
    let page = sign_in_as(&mut browser, &page, ("mira", OLD)).await;
    assert_eq!(page.elsewhere.unwrap().host_str(), Some("shop.example"));
}

#[tokio::test]
async fn who_can_have_nothing_sent_asks_somebody() {
    let server = Hallmark::start().await;
    unverified(&server, "mira").await;
    let (_, page) = sign_in(&server, "mira", OLD).await;
    assert_eq!(page.status, 403);
    assert!(page.text("main").contains("Ask your platform team") && !page.has("form"), "{}", page.html);
    let mut browser = Browser::at(&server.uaa());
    browser.headers.push(("accept-language", "ko".into()));
    let page = browser.open("/uaa/login").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let page = browser.send(&page, "password", &[("password", OLD)]).await;
    assert_eq!(page.text("h1"), "먼저 이메일 주소를 확인하세요");
}

/// UAA: a link that was sent to the address of the account shows that it is its reader's, whatever else it is for.
#[tokio::test]
async fn links_for_something_else_confirm_the_address_too() {
    let mut it = Mailing::start().await;
    let server = it.server.uaa();
    let ids = [unverified(&it.server, "mira").await, unverified(&it.server, "noa").await];
    let (reader, ann) = (unverified(&it.server, "ada").await, unverified(&it.server, "ann").await);
    // A new password by our own link.
    let mut browser = Browser::at(&server);
    it.forgot(&mut browser, "mira").await;
    let page = browser.open(&path(&it.sink.caught().await)).await;
    browser.send(&page, "password", &[("password", NEW), ("password_confirmation", NEW)]).await;
    it.sink.caught().await;
    assert!(is_verified(&it.server, &ids[0]).await);
    assert_eq!(by_password(&it.server, "mira", NEW).await.status, 200);
    // A new password by a code that a client has sent; not where the address is another one meanwhile.
    let gate = client(&it.server, "gate", &["oauth.login", "scim.invite"]).await;
    for (name, moved) in [("noa", false), ("ada", true)] {
        let resets = format!("{server}/password_resets");
        let made = it.server.ask(&gate, "POST", &resets, Some(json!(name))).await;
        if moved {
            let url = format!("{server}/Users/{reader}");
            let change = json!({"emails": [{"value": "ada@new.example"}]});
            let admin = it.server.admin().await;
            let patch =
                reqwest::Client::new().patch(url).bearer_auth(admin).header("if-match", "*").json(&change);
            assert_eq!(said(patch).await.status, 200);
        }
        let change = json!({"code": made.body["code"], "new_password": NEW});
        let done = it.server.ask(&gate, "POST", &format!("{server}/password_change"), Some(change)).await;
        assert_eq!(done.status, 200, "{done:?}");
    }
    assert!(is_verified(&it.server, &ids[1]).await);
    assert!(!is_verified(&it.server, &reader).await);
    // An invitation of somebody who has a password: one click, and not the mail program's.
    let url = format!("{server}/invite_users?redirect_uri=https%3A%2F%2Fshop.example%2Fcb");
    let body = json!({"emails": ["ann@acme.example"]});
    assert_eq!(by_password(&it.server, "ann", OLD).await.status, 401);
    let made = it.server.ask(&gate, "POST", &url, Some(body)).await;
    let link = made.body["new_invites"][0]["inviteLink"].as_str().map(str::to_owned);
    let link = link.unwrap_or_else(|| panic!("{made:?}"));
    let mut browser = Browser::at(&server);
    let page = browser.open(&link).await;
    assert_eq!((page.status, page.text("h1").as_str()), (200, "Confirm your address"));
    assert!(!is_verified(&it.server, &ann).await);
    browser.send(&page, "code", &[]).await;
    assert!(is_verified(&it.server, &ann).await);
    assert_eq!(by_password(&it.server, "ann", OLD).await.status, 200);
    let (whole, text) = it.server.verify();
    assert!(whole, "{text}");
}

#[tokio::test]
async fn whoever_says_nothing_of_it_makes_people_who_sign_in() {
    let server = Hallmark::start().await;
    let body = json!({"userName": "mira", "password": OLD, "emails": [{"value": "mira@acme.example"}]});
    let users = format!("{}/Users", server.uaa());
    let made = server.ask(&server.admin().await, "POST", &users, Some(body)).await;
    assert_eq!((made.status, &made.body["verified"]), (201, &Value::Bool(true)));
    assert_eq!(by_password(&server, "mira", OLD).await.status, 200);
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &server.admin_password())];
    assert_eq!(server.token("cf", "", &form).await.status, 200);
}
