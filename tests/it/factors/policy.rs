//! Who must have a second factor: what zones, clients and requests ask for.

use super::{App, password_grant, with_app};
use crate::authorize::{SHOP, claims, sign_in};
use serde_json::json;
use tests::{Browser, Hallmark, Page};

/// Sets an app up where a sign-in asks for one, and goes on.
async fn set_up(browser: &mut Browser, page: &Page) -> (App, Page) {
    assert_eq!(page.text("h1"), "Set up your authenticator app", "{}", page.html);
    let app = App::reads(page);
    let page = browser.send(page, "code", &[("code", &app.code(false))]).await;
    assert_eq!(page.text("h1"), "Keep these recovery codes", "{}", page.html);
    let page = browser.send(&page, "kept", &[("kept", "yes")]).await;
    (app, page)
}

/// Everybody sets a factor up at the sign-in, and keeps one.
#[tokio::test]
async fn a_zone_that_requires_a_factor_has_it_set_up_at_the_sign_in() {
    let mut server = Hallmark::start().await;
    let mut before = Browser::at(&server.uaa());
    let page = before.open("/uaa/home").await;
    sign_in(&server, &mut before, &page).await;
    server.restart_with("mfa: {policy: required}").await;
    // A session of the password alone has ended.
    assert_eq!(before.open("/uaa/passcode").await.text("h1"), "Sign in");
    let refused = password_grant(&server).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_grant")), "{refused:?}");
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/profile").await;
    let page = sign_in(&server, &mut browser, &page).await;
    for closed in ["/uaa/home", "/uaa/passcode", "/uaa/profile"] {
        assert_eq!(browser.open(closed).await.text("h1"), "Sign in", "{closed}");
    }
    assert_eq!(browser.open("/uaa/login/factor").await.text("h1"), "Set up your authenticator app");
    let (app, profile) = set_up(&mut browser, &page).await;
    assert_eq!(profile.url.path(), "/uaa/profile", "where it was going: {}", profile.html);
    // The last one stays: neither offered nor taken.
    assert!(!profile.has("#totp [name=remove]"));
    let id = profile.attribute("#totp [name=rename]", "value");
    let (_, _, mut fields) = profile.form("rename", &[]);
    fields.retain(|(name, _)| name == "csrf");
    fields.push(("remove".into(), id));
    let refused = browser.post("/uaa/profile/factors", &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.html);
    let mut next = Browser::at(&server.uaa());
    let page = next.open("/uaa/login").await;
    let page = sign_in(&server, &mut next, &page).await;
    assert_eq!(next.send(&page, "code", &[("code", &app.code(true))]).await.text("h1"), "Applications");
    server.restart_with("mfa: {policy: off}").await;
    assert_eq!(password_grant(&server).await.status, 200, "off is off");
}

/// Whoever has a session is asked for what is missing, and for nothing else.
#[tokio::test]
async fn an_application_asks_for_more_than_the_session_has() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let discovery = format!("{}/.well-known/openid-configuration", server.uaa());
    let discovery = server.ask("", "GET", &discovery, None).await;
    assert_eq!(discovery.body["acr_values_supported"], json!(["pwd", "mfa"]));
    let mut early = Browser::at(&server.uaa());
    let page = early.open(&SHOP.ask(&server, &[("acr_values", "pwd urn:unknown")])).await;
    let back = sign_in(&server, &mut early, &page).await;
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(claims(&said.body["id_token"])["acr"], "pwd");
    let (_, app, _) = with_app(&server).await;
    let none = early.open(&SHOP.ask(&server, &[("acr_values", "mfa"), ("prompt", "none")])).await;
    assert_eq!(none.given("error").as_deref(), Some("login_required"));
    let session = early.cookie("hallmark-session").unwrap().to_owned();
    let page = early.open(&SHOP.ask(&server, &[("acr_values", "mfa")])).await;
    assert_eq!(page.text("h1"), "Enter the code from your app", "not the password");
    let back = early.send(&page, "code", &[("code", &app.code(true))]).await;
    assert_ne!(early.cookie("hallmark-session"), Some(session.as_str()), "a better session has another name");
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    let id = claims(&said.body["id_token"]);
    assert_eq!((&id["acr"], &id["amr"]), (&json!("mfa"), &json!(["pwd", "otp", "mfa"])));
    assert_eq!(back.given("state").as_deref(), Some("st at&e"));
    // Once is enough, and what is asked for by default counts when the request says nothing.
    assert!(early.open(&SHOP.ask(&server, &[("acr_values", "mfa")])).await.given("code").is_some());
    let mut thief = Browser::at(&server.uaa());
    thief.plant("hallmark-session", &session);
    assert_eq!(thief.open("/uaa/home").await.text("h1"), "Sign in");
}

/// A client that may not be given a token of a password alone gets none, by whatever way.
#[tokio::test]
async fn a_client_that_requires_a_factor_gets_no_token_without() {
    let server = Hallmark::start().await;
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let grants = json!(["authorization_code", "refresh_token", "password", device]);
    let more = json!({"autoapprove": true, "require_mfa": true, "authorized_grant_types": grants});
    SHOP.register(&server, more).await;
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let refused = server.token("shop", "open sesame", &form).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_grant")), "{refused:?}");
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/passcode").await;
    let passcode = sign_in(&server, &mut browser, &page).await.text("#passcode");
    let form = [("grant_type", "password"), ("passcode", passcode.as_str())];
    let refused = server.token("shop", "open sesame", &form).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_grant")), "{refused:?}");
    assert_eq!(server.token("cf", "", &form).await.status, 200, "that is the client's wish alone");
    // On a device, the person is asked where there is a browser.
    let url = format!("{}/oauth/device_authorization", server.uaa());
    let codes = tests::said(reqwest::Client::new().post(url).basic_auth("shop", Some("open sesame"))).await;
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    assert_eq!(page.text("h1"), "Set up your authenticator app", "{}", page.html);
    // A session that has just been begun sets a factor up, on the way to the application.
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let (_, back) = set_up(&mut browser, &page).await;
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(claims(&said.body["access_token"])["acr"], "mfa", "{said:?}");
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    assert!(page.has("[name=decision]"), "{}", page.html);
}
