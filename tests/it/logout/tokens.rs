//! What was got through a session, when somebody ends it.

use super::{out, signed_in};
use crate::authorize::{SHOP, sign_in};
use serde_json::{Value, json};
use tests::inside::Inside;
use tests::{Browser, Hallmark, on_every_server};

on_every_server!(what_was_got_through_a_session_ends_with_it);

async fn refreshes(server: &Hallmark, token: &Value) -> bool {
    let token = token["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let said = server.token("shop", "open sesame", &form).await;
    assert!(said.status == 200 || said.body["error"] == "invalid_grant", "{said:?}");
    said.status == 200
}

async fn register(server: &Hallmark) {
    let scope = ["openid", "offline_access", "uaa.user", "cloud_controller.read"];
    SHOP.register(server, json!({"autoapprove": true, "scope": scope})).await;
}

async fn code(server: &Hallmark, browser: &mut Browser, scope: &str) -> String {
    let back = browser.open(&SHOP.ask(server, &[("scope", scope)])).await;
    back.given("code").unwrap_or_else(|| panic!("{}", back.html))
}

async fn got(server: &Hallmark, browser: &mut Browser, scope: &str) -> Value {
    let code = code(server, browser, scope).await;
    let said = SHOP.redeem(server, &code, &[]).await;
    assert_eq!(said.status, 200, "{said:?}");
    said.body
}

async fn what_was_got_through_a_session_ends_with_it(server: Hallmark) {
    register(&server).await;
    let (mut browser, _) = signed_in(&server).await;
    let plain = got(&server, &mut browser, "openid").await;
    let away = got(&server, &mut browser, "openid offline_access").await;
    assert_eq!(away["scope"], "offline_access openid");
    // Exchanged for the next one it ends no later; the kept access token is of the session as well.
    let token = plain["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("token_format", "opaque")];
    let plain = server.token("shop", "open sesame", &form).await.body;
    let userinfo = async || {
        let opaque = plain["access_token"].as_str().unwrap();
        server.ask(opaque, "GET", &format!("{}/userinfo", server.uaa()), None).await.status
    };
    assert_eq!(userinfo().await, 200);
    // A command line that was let in by the browser is a sign-in of its own; what it was not given yet is the browser's.
    let carried = browser.open("/uaa/passcode").await.text("#passcode");
    let form = |passcode: &str| [("grant_type", "password".to_owned()), ("passcode", passcode.to_owned())];
    let redeem = async |passcode: &str| {
        let form = form(passcode);
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        server.token("cf", "", &form).await
    };
    let cf = redeem(&carried).await.body;
    let page = browser.open("/uaa/passcode").await;
    let carried = browser.send(&page, "csrf", &[]).await.text("#passcode");
    let unused = [
        code(&server, &mut browser, "openid").await,
        code(&server, &mut browser, "openid offline_access").await,
    ];
    // Somebody who is signed in elsewhere as well stays so, with what they got there.
    let (mut elsewhere, _) = signed_in(&server).await;
    let other = got(&server, &mut elsewhere, "openid").await;

    let page = browser.open(&out(&[])).await;
    browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    assert!(!refreshes(&server, &plain).await);
    assert_eq!(userinfo().await, 401);
    for code in unused {
        assert_eq!(SHOP.redeem(&server, &code, &[]).await.body["error"], "invalid_grant");
    }
    assert_eq!(redeem(&carried).await.status, 401);
    assert!(refreshes(&server, &away).await && refreshes(&server, &other).await);
    let token = cf["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    assert_eq!(server.token("cf", "", &form).await.status, 200);
}

/// Sign out everywhere, one of several devices, an administrator, and whoever signs in after somebody at the same browser.
#[tokio::test]
async fn whoever_ends_the_session() {
    let server = Hallmark::start().await;
    register(&server).await;
    let (mut here, _) = signed_in(&server).await;
    for how in ["one", "all", "administrator", "next"] {
        let (mut there, _) = signed_in(&server).await;
        let plain = got(&server, &mut there, "openid").await;
        let away = got(&server, &mut there, "openid offline_access").await;
        assert!(refreshes(&server, &got(&server, &mut there, "openid").await).await);
        match how {
            "one" => {
                let profile = here.open("/uaa/profile").await;
                here.send(&profile, "end_session", &[]).await;
            }
            "all" => {
                let profile = there.open("/uaa/profile").await;
                there.send(&profile, "end_all", &[]).await;
            }
            "administrator" => {
                let (admin, uaa) = (server.admin().await, server.uaa());
                let all = server.ask(&admin, "GET", &format!("{uaa}/access/v1/sessions"), None).await;
                for one in all.body["resources"].as_array().unwrap_or_else(|| panic!("{all:?}")) {
                    let url = format!("{uaa}/access/v1/sessions/{}", one["id"].as_str().unwrap());
                    assert_eq!(server.ask(&admin, "DELETE", &url, None).await.status, 204);
                }
            }
            _ => {
                let root = server
                    .token("admin", &server.client_secret(), &[("grant_type", "client_credentials")])
                    .await;
                let root = root.body["access_token"].as_str().unwrap().to_owned();
                let password = "a long password of theirs";
                let body = json!({"userName": "eve", "password": password, "emails": [{"value": "eve@example.com"}]});
                let made = server.ask(&root, "POST", &format!("{}/Users", server.uaa()), Some(body)).await;
                assert_eq!(made.status, 201, "{made:?}");
                let url = format!("{}/autologin", server.uaa());
                let form = [("username", "eve"), ("password", password)];
                let code = server.client().post(url).basic_auth("shop", Some("open sesame")).form(&form);
                let code = tests::said(code).await.body["code"].as_str().unwrap().to_owned();
                let page = there.open(&format!("/uaa/autologin?client_id=shop&code={code}")).await;
                there.send(&page, "account", &[]).await;
            }
        }
        assert!(!refreshes(&server, &plain).await, "{how}");
        assert!(refreshes(&server, &away).await, "{how}");
    }
}

/// The person is told what the scope means, and may take it away; no way without a code gives it.
#[tokio::test]
async fn access_while_they_are_away_is_asked_for() {
    let server = Hallmark::start().await;
    let more = json!({"scope": ["openid", "offline_access"],
        "authorized_grant_types": ["authorization_code", "refresh_token", "implicit"]});
    SHOP.register(&server, more).await;
    assert!(super::discovery(&server).await["scopes_supported"].to_string().contains("\"offline_access\""));
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[("scope", "openid offline_access")])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert!(page.has("[name=scope][value=offline_access]"), "{}", page.html);
    let code = browser.send(&page, "decision", &[("decision", "allow"), ("scope", "openid")]).await;
    let said = SHOP.redeem(&server, &code.given("code").unwrap(), &[]).await.body;
    assert_eq!(said["scope"], "openid");
    let page = browser.open(&out(&[])).await;
    browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    assert!(!refreshes(&server, &said).await);
    let asked =
        [("scope", "openid offline_access"), ("response_type", "token id_token"), ("prompt", "consent")];
    let page = browser.open(&SHOP.ask(&server, &asked)).await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert!(!page.has("[value=offline_access]"), "{}", page.html);
}

/// A session that nobody uses any more takes nothing with it, also when its browser comes back.
#[tokio::test]
async fn who_merely_stays_away_keeps_it() {
    let inside = Inside::open(false).await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let root = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let body = SHOP.registered(&json!({"autoapprove": true})).to_string();
    let bearer = format!("bearer {root}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let made = inside.ask_zone("", ("POST", "/oauth/clients"), &headers, &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let cookie = sign_in_inside(&inside, "").await;
    let asked = reqwest::Url::parse(&SHOP.ask_at("http://uaa.test", &[])).unwrap();
    let path = format!("{}?{}", asked.path(), asked.query().unwrap());
    let back = inside.ask_zone("", ("GET", &path), &[("cookie", &cookie), ("accept", "text/html")], "").await;
    let back = reqwest::Url::parse(back.headers["location"].to_str().unwrap()).unwrap();
    let code = back
        .query_pairs()
        .find(|(name, _)| name == "code")
        .unwrap_or_else(|| panic!("{back}"))
        .1
        .into_owned();
    let form = reqwest::Url::parse_with_params("http://x/", SHOP.shown(&code)).unwrap();
    let token = inside.answer_to("shop", "open sesame", form.query().unwrap()).await.body;
    inside.clock.advance(3_600);
    let again = sign_in_inside(&inside, &cookie).await;
    assert_ne!(cookie, again);
    let form = format!("grant_type=refresh_token&refresh_token={}", token["refresh_token"].as_str().unwrap());
    let said = inside.answer_to("shop", "open sesame", &form).await;
    assert_eq!(said.status, 200, "{said:?}");
}

/// The cookies of a session that begins in the browser with those.
async fn sign_in_inside(inside: &Inside, cookie: &str) -> String {
    let login = inside.login("admin");
    let (_, who) = login.split_once('&').unwrap();
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, "shop:open sesame");
    let basic = format!("Basic {basic}");
    let headers = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let code = inside.ask_zone("", ("POST", "/autologin"), &headers, who).await;
    let path = format!(
        "/autologin?client_id=shop&code={}",
        code.body["code"].as_str().unwrap_or_else(|| panic!("{code:?}"))
    );
    let said = inside.ask_zone("", ("GET", &path), &[("cookie", cookie)], "").await;
    let set =
        said.headers.get_all("set-cookie").iter().filter_map(|set| set.to_str().ok()?.split(';').next());
    set.collect::<Vec<_>>().join("; ")
}
