//! Who is signed in, on which device, and how that ends.

use crate::authorize::{SHOP, claims, sign_in};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, said};

#[tokio::test]
async fn wrong_passwords_and_the_lock() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let mut seen = vec![];
    for name in ["admin", "nobody"] {
        let mut page = browser.open("/uaa/login").await;
        page = browser.send(&page, "username", &[("username", name)]).await;
        for _ in 0..5 {
            page = browser.send(&page, "password", &[("password", "wrong")]).await;
            assert_eq!(page.status, 422);
            assert!(page.has("[role=alert]"));
        }
        // Nothing tells whether anybody has that name.
        seen.push(page.text("main").replace(name, "NAME"));
        page = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
        assert_eq!((page.status, page.text("h1").as_str()), (429, "Sign-in is paused"));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(browser.cookie("hallmark-session").is_none());
}

#[tokio::test]
async fn a_session_ends_when_it_is_told_to() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/").await;
    let home = sign_in(&server, &mut browser, &page).await;
    assert_eq!(home.text("h1"), "Applications");
    let stolen = browser.cookie("hallmark-session").unwrap().to_owned();
    let out = browser.open("/uaa/logout.do?redirect=https%3A%2F%2Fevil.example%2F").await;
    let out = browser.send(&out, "decision", &[("decision", "sign-out")]).await;
    assert_eq!((out.elsewhere.is_some(), out.text("h1").as_str()), (false, "You are signed out"));
    let mut thief = Browser::at(&server.uaa());
    thief.plant("hallmark-session", &stolen);
    assert_eq!(thief.open("/uaa/home").await.text("h1"), "Sign in");
    // Back to the application, if it has said so beforehand.
    let to = format!(
        "/uaa/logout.do?client_id=shop&state=s&post_logout_redirect_uri={}",
        "https%3A%2F%2Fshop.example%2Fcb"
    );
    assert_eq!(browser.open(&to).await.elsewhere.unwrap().as_str(), "https://shop.example/cb?state=s");
    // A session planted before the sign-in is not the one after it.
    browser.plant("hallmark-session", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    let page = browser.open("/uaa/login").await;
    sign_in(&server, &mut browser, &page).await;
    assert!(!browser.cookie("hallmark-session").unwrap().starts_with("0123456789abcdef"));
    // A new password ends every session.
    let token = server.admin().await;
    let info = server.ask(&token, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    let id = info.body["user_id"].as_str().unwrap().to_owned();
    let url = format!("{}/oauth/token/revoke/user/{id}", server.uaa());
    assert_eq!(server.ask(&token, "GET", &url, None).await.status, 200);
    assert_eq!(browser.open("/uaa/home").await.text("h1"), "Sign in");
}

#[tokio::test]
async fn a_passcode_signs_a_command_line_in_once() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/passcode").await;
    let page = sign_in(&server, &mut browser, &page).await;
    let first = page.text("#passcode");
    let page = browser.send(&page, "csrf", &[]).await;
    let second = page.text("#passcode");
    assert_ne!(first, second);
    let redeem = async |passcode: &str| {
        server.token("cf", "", &[("grant_type", "password"), ("passcode", passcode)]).await
    };
    let old = redeem(&first).await;
    assert_eq!((old.status, old.body["error_description"].as_str()), (401, Some("Invalid passcode")));
    let good = redeem(&second.replace('-', "")).await;
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(claims(&good.body["access_token"])["user_name"], "admin");
    assert_eq!(redeem(&second).await.status, 401);
}

#[tokio::test]
async fn a_person_sees_and_ends_what_the_account_is_used_for() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let mut here = Browser::at(&server.uaa());
    here.headers.push(("user-agent", "Here/1".into()));
    let page = here.open(&SHOP.ask(&server, &[])).await;
    let page = sign_in(&server, &mut here, &page).await;
    here.send(&page, "decision", &[("decision", "allow")]).await;
    let mut there = Browser::at(&server.uaa());
    there.headers.push(("user-agent", "<b>There</b>".into()));
    let page = there.open("/uaa/home").await;
    sign_in(&server, &mut there, &page).await;
    let profile = here.open("/uaa/profile").await;
    assert!(profile.html.contains("Here/1") && !profile.html.contains("<b>There"), "{}", profile.html);
    let applications = profile.text("#applications");
    assert!(
        applications.contains("Shop") && applications.contains("with its name, e-mail"),
        "{applications}"
    );
    let profile = here.send(&profile, "end_session", &[]).await;
    assert!(!profile.html.contains("There"));
    assert_eq!(there.open("/uaa/home").await.text("h1"), "Sign in");
    let profile = here.send(&profile, "take_back", &[]).await;
    assert!(!profile.has("#applications"));
    assert!(here.open(&SHOP.ask(&server, &[])).await.text("h1").starts_with("Shop"), "asked again");
    let page = there.open("/uaa/home").await;
    sign_in(&server, &mut there, &page).await;
    let profile = here.open("/uaa/profile").await;
    assert_eq!(here.send(&profile, "end_all", &[]).await.text("h1"), "You are signed out");
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.open("/uaa/profile").await.text("h1"), "Sign in");
    }
}

#[tokio::test]
async fn a_device_without_a_browser_is_signed_in_from_another() {
    let server = Hallmark::start().await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    SHOP.register(&server, json!({"authorized_grant_types": [grant, "refresh_token"]})).await;
    let ask = async || {
        let url = format!("{}/oauth/device_authorization", server.uaa());
        let request = reqwest::Client::new().post(url).basic_auth("shop", Some("open sesame"));
        said(request.form(&[("scope", "openid cloud_controller.read")])).await
    };
    let poll = async |code: &Value| {
        let form = [("grant_type", grant), ("device_code", code.as_str().unwrap())];
        server.token("shop", "open sesame", &form).await
    };
    let codes = ask().await;
    assert_eq!((codes.status, &codes.body["interval"]), (200, &json!(5)), "{codes:?}");
    let device = &codes.body["device_code"];
    assert_eq!(poll(device).await.body["error"], "authorization_pending");
    assert_eq!(poll(device).await.body["error"], "slow_down");
    let stranger =
        server.token("cf", "", &[("grant_type", grant), ("device_code", device.as_str().unwrap())]).await;
    assert_eq!(stranger.body["error"], "unauthorized_client");
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = sign_in(&server, &mut browser, &page).await;
    // By hand and in small letters is as good as by the link.
    let typed = codes.body["user_code"].as_str().unwrap().to_lowercase().replace('-', " ");
    let wrong = browser.send(&page, "user_code", &[("user_code", "BCDF-GHJK")]).await;
    assert_eq!(wrong.status, 422);
    let page = browser.send(&wrong, "user_code", &[("user_code", &typed)]).await;
    assert!(page.html.contains("Shop"), "{}", page.html);
    // What the application learns by `openid` is said beside the rest.
    assert!(
        page.text("main").contains("with its name, e-mail address and phone number · See your organ"),
        "{}",
        page.html
    );
    let done = browser.send(&page, "decision", &[("decision", "allow")]).await;
    assert_eq!(done.status, 200);
    let good = poll(device).await;
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(claims(&good.body["id_token"])["amr"], json!(["pwd"]));
    assert_eq!(poll(device).await.body["error"], "invalid_grant");
    let codes = ask().await;
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    browser.send(&page, "decision", &[("decision", "deny")]).await;
    assert_eq!(poll(&codes.body["device_code"]).await.body["error"], "access_denied");
    let mut page = browser.open("/uaa/device").await;
    for _ in 0..6 {
        page = browser.send(&page, "user_code", &[("user_code", "BCDF-GHJK")]).await;
    }
    assert_eq!(page.status, 429, "guessing is slow");
}
