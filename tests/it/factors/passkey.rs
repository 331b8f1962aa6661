//! Passkeys: made, used alone and as a second factor, each answer once; and what is no passkey.

use super::{half, link};
use crate::authorize::{SHOP, claims, sign_in};
use serde_json::{Value, json};
use tests::{Authenticator, Browser, Engine, Hallmark, Page, on_every_server};

on_every_server!(start_named: a_passkey_signs_in_alone);

/// Somebody who has made a passkey on the profile.
pub(crate) async fn with_passkey(server: &Hallmark) -> (Browser, Authenticator, Vec<String>) {
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/profile").await;
    let profile = sign_in(server, &mut browser, &page).await;
    let page = browser.open(&link(&profile, "#passkeys form")).await;
    assert_eq!(page.text("h1"), "Set up a passkey", "{}", page.html);
    let mut device = Authenticator::at(&server.api());
    let made = device.make(&page);
    let page = browser.send(&page, "credential", &[("credential", &made), ("name", "Blue key")]).await;
    assert_eq!(page.text("h1"), "Keep these recovery codes", "{}", page.html);
    let codes = page.text("pre").split_whitespace().map(str::to_owned).collect();
    let profile = browser.send(&page, "kept", &[("kept", "yes")]).await;
    assert!(profile.text("#passkeys").contains("Blue key"), "{}", profile.html);
    (browser, device, codes)
}

/// A fresh browser that sends an answer from the page of the user name.
pub(crate) async fn answers(server: &Hallmark, device: &mut Authenticator) -> (Browser, Page) {
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let answer = device.answer(&page);
    let page = browser.send(&page, "assertion", &[("assertion", &answer)]).await;
    (browser, page)
}

async fn a_passkey_signs_in_alone(server: Hallmark) {
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let (_, mut device, _) = with_passkey(&server).await;
    let (mut browser, home) = answers(&server, &mut device).await;
    assert_eq!((home.status, home.text("h1").as_str()), (200, "Applications"), "{}", home.html);
    let back = browser.open(&SHOP.ask(&server, &[("acr_values", "mfa")])).await;
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    let id = claims(&said.body["id_token"]);
    assert_eq!((&id["amr"], &id["acr"]), (&json!(["hwk", "mfa"]), &json!("mfa")));
    // The page of its own, from where somebody was going.
    let mut other = Browser::at(&server.uaa());
    let page = other.open("/uaa/profile").await;
    let page = other.send(&page, "username", &[("username", "admin")]).await;
    let page = other.open(&page.attribute("a[href*=passkey]", "href")).await;
    assert_eq!(page.text("h1"), "Use your passkey");
    let answer = device.answer(&page);
    let sent = [("assertion", answer.as_str())];
    let profile = other.send(&page, "assertion", &sent).await;
    assert_eq!(profile.url.path(), "/uaa/profile", "{}", profile.html);
    // Once more, by somebody who has seen it.
    let mut again = Browser::at(&server.uaa());
    let own = again.open("/uaa/login/passkey").await;
    let seen = [("assertion", answer.as_str()), ("pending", &page.attribute("[name=pending]", "value"))];
    let refused = again.send(&own, "assertion", &seen).await;
    assert_eq!((refused.status, again.cookie("hallmark-session")), (422, None), "{}", refused.html);
    one_of_many(&server, &mut device).await;
}

/// Of many equal answers at the same moment one is good.
async fn one_of_many(server: &Hallmark, device: &mut Authenticator) {
    let mut first = Browser::at(&server.uaa());
    let asked = first.open("/uaa/login/passkey").await;
    let (answer, pending) = (device.answer(&asked), asked.attribute("[name=pending]", "value"));
    let mut all = vec![];
    for _ in 0..8 {
        let mut browser = Browser::at(&server.uaa());
        let page = browser.open("/uaa/login/passkey").await;
        all.push((browser, page));
    }
    let sent = all.into_iter().map(|(mut browser, page)| {
        let (answer, pending) = (answer.clone(), pending.clone());
        async move {
            browser.send(&page, "assertion", &[("assertion", &answer), ("pending", &pending)]).await;
            browser.cookie("hallmark-session").is_some()
        }
    });
    let signed_in = futures::future::join_all(sent).await;
    assert_eq!(signed_in.iter().filter(|yes| **yes).count(), 1, "{signed_in:?}");
}

#[tokio::test]
async fn what_is_no_passkey_signs_nobody_in() {
    let server = Hallmark::start_named(Engine::Sqlite).await;
    let (mut owner, mut device, _) = with_passkey(&server).await;
    let refused = async |device: &mut Authenticator, change: &dyn Fn(&mut Value)| {
        let mut browser = Browser::at(&server.uaa());
        let page = browser.open("/uaa/login/passkey").await;
        let mut answer: Value = serde_json::from_str(&device.answer(&page)).unwrap();
        change(&mut answer);
        let said = browser.send(&page, "assertion", &[("assertion", &answer.to_string())]).await;
        assert_eq!((said.status, browser.cookie("hallmark-session")), (422, None), "{}", said.html);
        assert!(said.html.contains("The passkey was not accepted."));
    };
    device.origin = "https://evil.example".into();
    refused(&mut device, &|_| ()).await;
    device.origin = server.api().replace("localhost", "127.0.0.1");
    refused(&mut device, &|_| ()).await;
    device.origin = server.api();
    device.verifies = false;
    refused(&mut device, &|_| ()).await;
    device.verifies = true;
    let mut stranger = Authenticator::at(&server.api());
    refused(&mut stranger, &|_| ()).await;
    for broken in [
        json!(null),
        json!([]),
        json!({"id": 1}),
        json!({"rawId": "AAAA", "id": "AAAA", "type": "public-key", "response": {}}),
    ] {
        refused(&mut device, &|answer| *answer = broken.clone()).await;
    }
    for member in ["signature", "authenticatorData", "clientDataJSON"] {
        for bad in [json!(""), json!("AAAA"), json!("%"), json!("A".repeat(10_000))] {
            refused(&mut device, &|answer| answer["response"][member] = bad.clone()).await;
        }
    }
    // Somebody else's handle, or none.
    let other = json!("AAAAAAAAAAAAAAAAAAAAAA");
    refused(&mut device, &|answer| answer["response"]["userHandle"] = other.clone()).await;
    refused(&mut device, &|answer| drop(answer["response"].as_object_mut().unwrap().remove("userHandle")))
        .await;
    assert_eq!(answers(&server, &mut device).await.1.text("h1"), "Applications", "it is still good");
    // A copy of the device, which has not counted along.
    device.counter = 0;
    refused(&mut device, &|_| ()).await;
    device.counter = 1000;
    // A challenge of another page: for making, and one that was made up.
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login/passkey").await;
    let profile = owner.open("/uaa/profile").await;
    let making =
        owner.open(&link(&profile, "#passkeys form[action*=new]")).await.attribute("[name=pending]", "value");
    for pending in [making.as_str(), "AAAA", "%%%"] {
        let answer = device.answer(&page);
        let said = browser.send(&page, "assertion", &[("assertion", &answer), ("pending", pending)]).await;
        assert_eq!((said.status, browser.cookie("hallmark-session")), (422, None));
    }
    // Taken away, it is nothing.
    let (_, _, mut fields) = profile.form("remove", &[]);
    fields.retain(|(name, _)| name == "csrf" || name == "remove");
    let profile = owner.post("/uaa/profile/factors", &fields).await;
    assert!(!profile.has("#passkeys [name=remove]") && !profile.has("#recovery"), "{}", profile.html);
    refused(&mut device, &|_| ()).await;
}

/// After a password it is a second factor, of the person whose password it was.
#[tokio::test]
async fn a_passkey_is_a_second_factor() {
    let server = Hallmark::start_named(Engine::Sqlite).await;
    let (_, mut device, codes) = with_passkey(&server).await;
    let begin = async || {
        let mut browser = Browser::at(&server.uaa());
        let page = browser.open("/uaa/login").await;
        let page = sign_in(&server, &mut browser, &page).await;
        assert_eq!(page.text("h1"), "Use your passkey", "{}", page.html);
        assert!(browser.cookie("hallmark-session").is_none());
        (browser, page)
    };
    let (mut browser, page) = begin().await;
    // Nor is another passkey added by the password alone.
    assert_eq!(browser.open("/uaa/login/passkey/new").await.text("h1"), "Use your passkey");
    assert_eq!(browser.open("/uaa/login/passkey/new?up=mfa").await.text("h1"), "Sign in");
    let mut stranger = Authenticator::at(&server.api());
    assert!(device.is_asked_for(&page) && !stranger.is_asked_for(&page));
    let answer = stranger.answer(&page);
    let said = browser.send(&page, "assertion", &[("assertion", &answer)]).await;
    assert_eq!((said.status, browser.cookie("hallmark-session")), (422, None));
    let said = browser.send(&said, "assertion", &[]).await;
    assert_eq!(said.status, 422, "nothing was answered");
    let answer = device.answer(&said);
    assert_eq!(browser.send(&said, "assertion", &[("assertion", &answer)]).await.text("h1"), "Applications");
    // Everything else is lost.
    let (mut browser, page) = begin().await;
    let page = browser.open(&page.attribute("a[href*=recovery]", "href")).await;
    let page = browser.send(&page, "code", &[("code", &codes[0])]).await;
    assert_eq!(page.text("h1"), "Applications", "{}", page.html);
}

/// Where one is required, whoever has none makes one at the sign-in; a refused or broken one is said, and changes nothing.
#[tokio::test]
async fn a_passkey_is_made_where_a_factor_is_required() {
    let server = Hallmark::start_with("public_url: http://localhost:{port}\nmfa: {policy: required}").await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = sign_in(&server, &mut browser, &page).await;
    let page = browser.open(&page.attribute("a[href*=passkey]", "href")).await;
    assert_eq!(page.text("h1"), "Set up a passkey");
    let mut device = Authenticator::at("https://evil.example");
    let evil = device.make(&page);
    for bad in
        [vec![], vec![("credential", "{}")], vec![("credential", "[")], vec![("credential", evil.as_str())]]
    {
        let said = browser.send(&page, "credential", &bad).await;
        assert_eq!((said.status, browser.cookie("hallmark-session")), (422, None));
        assert!(said.html.contains("No passkey was made."), "{}", said.html);
    }
    device.origin = server.api();
    let made = device.make(&page);
    let codes = browser.send(&page, "credential", &[("credential", &made)]).await;
    assert_eq!(codes.text("h1"), "Keep these recovery codes", "{}", codes.html);
    assert_eq!(browser.send(&codes, "kept", &[("kept", "yes")]).await.text("h1"), "Applications");
    assert_eq!(answers(&server, &mut device).await.1.text("h1"), "Applications");
    let profile = browser.open("/uaa/profile").await;
    assert!(
        profile.has("#passkeys [name=rename]") && !profile.has("#passkeys [name=remove]"),
        "the last one"
    );
}

/// Browsers have none at an address, and a zone may want none.
#[tokio::test]
async fn where_there_are_no_passkeys_none_is_offered() {
    let address = Hallmark::start().await;
    let off = Hallmark::start_with("public_url: http://localhost:{port}\nmfa: {policy: off}").await;
    for server in [address, off] {
        let mut browser = Browser::at(&server.uaa());
        let page = browser.open("/uaa/login").await;
        assert!(!page.has("[data-passkey]") && !page.has("[value=passkey]"), "{}", page.html);
        assert_eq!(browser.open("/uaa/login/passkey").await.text("h1"), "Sign in");
        let page = browser.open("/uaa/profile").await;
        let profile = sign_in(&server, &mut browser, &page).await;
        assert!(!profile.has("#passkeys"), "{}", profile.html);
    }
    // An app is asked for first where there are both.
    let server = Hallmark::start_named(Engine::Sqlite).await;
    let (mut owner, mut device, _) = with_passkey(&server).await;
    let profile = owner.open("/uaa/profile").await;
    let page = owner.open(&link(&profile, "#totp form")).await;
    let app = super::App::reads(&page);
    owner.send(&page, "code", &[("code", &app.code(false))]).await;
    let (mut browser, page) = half(&server).await;
    let page = browser.open(&page.attribute("a[href*=passkey]", "href")).await;
    let answer = device.answer(&page);
    assert_eq!(browser.send(&page, "assertion", &[("assertion", &answer)]).await.text("h1"), "Applications");
}
