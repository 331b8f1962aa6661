//! Accounts that people make for themselves or are invited to, and their addresses.

use super::{Mailing, NEW, OLD, path};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, MailSink};

#[tokio::test]
async fn an_account_of_ones_own_begins_with_its_address() {
    let mut it = Mailing::start().await;
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open("/uaa/login").await;
    assert!(page.html.contains("/uaa/create_account"), "{}", page.html);
    let page = browser.open("/uaa/create_account").await;
    for mail in ["no address", "a@b.co\r\nBcc: evil@evil.example", "a@b.co, c@d.ef"] {
        let form = [("name", "Mira"), ("email", mail), ("password", NEW)];
        let wrong = browser.send(&page, "email", &form).await;
        assert_eq!(wrong.status, 422, "{mail:?}");
        assert!(wrong.has("#wrong-mail"), "{}", wrong.html);
    }
    for poor in ["", "qwerty", "mira@acme.example"] {
        let form = [("name", "Mira"), ("email", "mira@acme.example"), ("password", poor)];
        assert_eq!(browser.send(&page, "email", &form).await.status, 422, "{poor:?}");
    }
    let form = [("name", "<b>Mira</b>"), ("email", "Mira@acme.example"), ("password", NEW)];
    let sent = browser.send(&page, "email", &form).await;
    assert_eq!((sent.status, sent.text("h1").as_str()), (200, "Check your mail"));
    assert_eq!(browser.open(sent.url.as_str()).await.text("h1"), "Check your mail");
    // A password is carried by no form but the one into which it was typed.
    assert!(!sent.has("form[method=post]") && sent.html.contains("/uaa/create_account"), "{}", sent.html);
    let mail = it.sink.caught().await;
    assert_eq!(mail.to, ["mira@acme.example"]);
    assert!(!it.is_password("mira@acme.example", NEW).await, "not before the address is confirmed");
    // A mail program opens the link as often as it likes.
    for _ in 0..2 {
        assert!(reqwest::Client::new().head(mail.link()).send().await.unwrap().status().is_success());
        let page = browser.open(&path(&mail)).await;
        assert_eq!((page.status, page.text("h1").as_str()), (200, "Confirm your address"));
    }
    let page = browser.open(&path(&mail)).await;
    let done = browser.send(&page, "code", &[]).await;
    assert!(done.text("main").contains("Your address is confirmed"), "{}", done.html);
    assert!(it.is_password("mira@acme.example", NEW).await);
    let again = browser.send(&page, "code", &[]).await;
    assert_eq!((again.status, again.text("h1").as_str()), (422, "This link no longer works"));
    // Another message needs all that this one was asked for with.
    assert!(!again.has("form") && again.has("a.button[href='/uaa/create_account']"), "{}", again.html);
    // Whoever has an account already is told so by nobody, and gets no message.
    let mut other = Browser::at(&it.server.uaa());
    let page = other.open("/uaa/create_account").await;
    let form = [("name", "Eve"), ("email", "mira@acme.example"), ("password", "of eve, quite long")];
    let same = other.send(&page, "email", &form).await;
    assert_eq!(same.text("main"), sent.text("main"));
    it.until(|mails| mails.len() == 1).await;
    assert!(it.is_password("mira@acme.example", NEW).await);
}

#[tokio::test]
async fn a_zone_that_wants_no_strangers_has_no_such_pages() {
    let it = Mailing::configured("self_service:\n  enabled: false\n").await;
    let mut browser = Browser::at(&it.server.uaa());
    for page in ["/uaa/create_account", "/uaa/forgot_password"] {
        assert_eq!(browser.open(page).await.status, 404, "{page}");
    }
    let page = browser.open("/uaa/login").await;
    assert!(!page.html.contains("create_account"), "{}", page.html);
}

#[tokio::test]
async fn what_must_be_agreed_to_is_or_there_is_no_account() {
    let agreement =
        "self_service:\n  agreement: I agree to the rules\n  agreement_url: https://acme.example/rules\n";
    let mut it = Mailing::configured(agreement).await;
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open("/uaa/create_account").await;
    let form = [("name", "Mira"), ("email", "mira@acme.example"), ("password", NEW)];
    assert_eq!(browser.send(&page, "email", &form).await.status, 422);
    let form = [form[0], form[1], form[2], ("agreed", "yes")];
    assert_eq!(browser.send(&page, "email", &form).await.status, 200);
    assert_eq!(it.sink.caught().await.to, ["mira@acme.example"]);
}

#[tokio::test]
async fn another_address_counts_when_its_link_is_opened() {
    let mut it = Mailing::start().await;
    let id = it.user("mira@acme.example", "mira@acme.example").await;
    it.user("taken@acme.example", "taken@acme.example").await;
    let mut browser = Browser::at(&it.server.uaa());
    let page = browser.open("/uaa/change_email").await;
    let page = browser.send(&page, "username", &[("username", "mira@acme.example")]).await;
    let page = browser.send(&page, "password", &[("password", OLD)]).await;
    assert_eq!(page.text("h1"), "Change your address");
    let wrong = browser.send(&page, "email", &[("email", "none")]).await;
    assert_eq!(wrong.status, 422);
    let sent = browser.send(&page, "email", &[("email", "mira@new.example")]).await;
    assert_eq!(sent.text("h1"), "Check your mail");
    let mail = it.sink.caught().await;
    assert_eq!(mail.to, ["mira@new.example"]);
    let user = async || {
        let url = format!("{}/Users/{id}", it.server.uaa());
        it.server.ask(&it.server.admin().await, "GET", &url, None).await.body
    };
    assert_eq!(user().await["emails"][0]["value"], "mira@acme.example");
    let page = browser.open(&path(&mail)).await;
    let profile = browser.send(&page, "code", &[]).await;
    assert!(profile.text("#you").contains("mira@new.example"), "{}", profile.html);
    // The owner learns of it where they would read it if it was not them.
    let told = it.sink.caught().await;
    assert!(told.to == ["mira@acme.example"] && told.text.contains("mira@new.example"), "{}", told.text);
    let now = user().await;
    assert_eq!(
        (&now["emails"][0]["value"], &now["userName"]),
        (&json!("mira@new.example"), &json!("mira@new.example"))
    );
    assert_eq!(browser.send(&page, "code", &[]).await.status, 422, "once");
    // Nobody takes the name of somebody else.
    let page = browser.open("/uaa/change_email").await;
    browser.send(&page, "email", &[("email", "taken@acme.example")]).await;
    let mail = it.sink.caught().await;
    let page = browser.open(&path(&mail)).await;
    assert_eq!(browser.send(&page, "code", &[]).await.status, 422);
    assert_eq!(user().await["userName"], "mira@new.example");
    // Not without somebody who is signed in, and not by another site.
    let mut stranger = Browser::at(&it.server.uaa());
    assert_eq!(stranger.open("/uaa/change_email").await.text("h1"), "Sign in");
    browser.headers.push(("sec-fetch-site", "cross-site".into()));
    let page = browser.open("/uaa/change_email").await;
    assert_eq!(browser.send(&page, "email", &[("email", "evil@evil.example")]).await.status, 403);
}

#[tokio::test]
async fn the_invited_choose_a_password() {
    let mut it = Mailing::start().await;
    let inviter = client(&it.server, "inviter", &["scim.invite"]).await;
    let url = format!("{}/invite_users?redirect_uri=https%3A%2F%2Fshop.example%2Fcb", it.server.uaa());
    let emails =
        json!({"emails": ["ann@acme.example", "nobody at all", "ann@acme.example\r\nBcc: e@evil.example"]});
    assert_eq!(it.server.ask("", "POST", &url, Some(emails.clone())).await.status, 401);
    let said = it.server.ask(&inviter, "POST", &url, Some(emails)).await;
    assert_eq!(said.status, 200, "{said:?}");
    let new = &said.body["new_invites"];
    assert_eq!((new.as_array().unwrap().len(), &new[0]["success"]), (1, &json!(true)), "{said:?}");
    let failed = said.body["failed_invites"].as_array().unwrap();
    assert!(failed.len() == 2 && failed.iter().all(|one| one["errorCode"] == "email.invalid"), "{said:?}");
    let link: reqwest::Url = new[0]["inviteLink"].as_str().unwrap().parse().unwrap();
    let link = format!("{}?{}", link.path(), link.query().unwrap());
    // The link of the message works as well as the one of the answer.
    let by_mail = format!("{url}&send_mail=true");
    let said = it.server.ask(&inviter, "POST", &by_mail, Some(json!({"emails": ["bob@acme.example"]}))).await;
    assert_eq!(said.status, 200, "{said:?}");
    let mail = it.sink.caught().await;
    assert_eq!(mail.to, ["bob@acme.example"]);
    let mut browser = Browser::at(&it.server.uaa());
    for (link, name) in [(link, "ann@acme.example"), (path(&mail), "bob@acme.example")] {
        assert!(!it.is_password(name, NEW).await);
        let page = browser.open(&link).await;
        assert!(page.status == 200 && page.text("main").contains(name), "{}", page.html);
        let poor = browser.send(&page, "password", &[("name", "Ann"), ("password", "123456")]).await;
        assert_eq!(poor.status, 422);
        let done = browser.send(&page, "password", &[("name", "Ann"), ("password", NEW)]).await;
        // The address to go on to is none that the client has registered.
        assert!(done.elsewhere.is_none() && done.status == 200, "{done:?}");
        assert!(it.is_password(name, NEW).await);
        let again = browser.send(&page, "password", &[("name", "Eve"), ("password", OLD)]).await;
        assert_eq!(again.status, 422);
        assert!(it.is_password(name, NEW).await);
    }
    // Somebody who has an account keeps their password, whoever invites them.
    let said = it.server.ask(&inviter, "POST", &url, Some(json!({"emails": ["ann@acme.example"]}))).await;
    let link: reqwest::Url = said.body["new_invites"][0]["inviteLink"].as_str().unwrap().parse().unwrap();
    let page = browser.open(&format!("{}?{}", link.path(), link.query().unwrap())).await;
    assert_eq!(page.text("h1"), "Sign in");
}

#[tokio::test]
async fn without_a_mail_server_nobody_is_promised_a_message() {
    let server = Hallmark::start().await;
    let page = Browser::at(&server.uaa()).open("/uaa/create_account").await;
    assert_eq!((page.status, page.text("h1").as_str()), (503, "Mail is not set up"));
    let inviter = client(&server, "inviter", &["scim.invite"]).await;
    let url = format!("{}/invite_users?redirect_uri=https%3A%2F%2Fx.example&send_mail=true", server.uaa());
    let said = server.ask(&inviter, "POST", &url, Some(json!({"emails": ["a@b.co"]}))).await;
    assert_eq!(said.status, 400, "{said:?}");
    assert!(MailSink::absent().port() > 0);
}

/// The token of a client with these authorities.
pub(crate) async fn client(server: &Hallmark, name: &str, authorities: &[&str]) -> String {
    let form = [("grant_type", "client_credentials")];
    let admin = server.token("admin", &server.client_secret(), &form).await;
    let admin = admin.body["access_token"].as_str().unwrap().to_owned();
    let body = json!({"client_id": name, "client_secret": "open sesame", "authorities": authorities,
        "authorized_grant_types": ["client_credentials"]});
    let made = server.ask(&admin, "POST", &format!("{}/oauth/clients", server.uaa()), Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let given = server.token(name, "open sesame", &form).await;
    match &given.body["access_token"] {
        Value::String(token) => token.clone(),
        other => panic!("{other}: {given:?}"),
    }
}
