//! What was got through a session, when somebody ends it.

use super::{out, signed_in};
use crate::authorize::{App, SHOP, claims, sign_in};
use serde_json::{Value, json};
use std::time::Duration;
use tests::inside::Inside;
use tests::{Browser, Engine, Hallmark, on_every_server};

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
    let grants = ["authorization_code", "refresh_token", JWT_BEARER];
    let members = json!({"autoapprove": true, "scope": scope, "authorized_grant_types": grants});
    SHOP.register(server, members).await;
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

/// Whether its ID token stands for a sign-in.
async fn stands(server: &Hallmark, token: &Value) -> bool {
    let assertion = token["id_token"].as_str().unwrap();
    let form = [("grant_type", JWT_BEARER), ("assertion", assertion)];
    let said = server.token("shop", "open sesame", &form).await;
    assert!(said.status == 200 || said.body["error"] == "invalid_grant", "{said:?}");
    said.status == 200
}

async fn is_good(server: &Hallmark, token: &Value) -> bool {
    server.ask_about(token["access_token"].as_str().unwrap()).await["active"] == true
}

async fn what_was_got_through_a_session_ends_with_it(server: Hallmark) {
    register(&server).await;
    let (mut browser, _) = signed_in(&server).await;
    let plain = got(&server, &mut browser, "openid").await;
    let away = got(&server, &mut browser, "openid offline_access").await;
    assert_eq!(away["scope"], "offline_access openid");
    // Kept nowhere, and of the session all the same; it is called as in the ID token.
    let sid = |token: &Value| claims(&token["access_token"])["sid"].clone();
    assert_eq!((sid(&plain), sid(&away)), (claims(&plain["id_token"])["sid"].clone(), Value::Null));
    let narrow = [("grant_type", "refresh_token"), ("scope", "openid")];
    let narrow = [&narrow[..], &[("refresh_token", away["refresh_token"].as_str().unwrap())]].concat();
    let away = server.token("shop", "open sesame", &narrow).await.body;
    assert_eq!((&away["scope"], sid(&away)), (&json!("openid"), Value::Null));
    let first = plain.clone();
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
    for token in [&first, &plain, &away, &other] {
        assert!(is_good(&server, token).await, "{token}");
    }
    assert!(stands(&server, &first).await && stands(&server, &other).await);

    let page = browser.open(&out(&[])).await;
    browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    assert!(!refreshes(&server, &plain).await);
    assert!(!stands(&server, &first).await && stands(&server, &other).await);
    assert_eq!(userinfo().await, 401);
    let url = format!("{}/userinfo", server.uaa());
    assert_eq!(server.ask(first["access_token"].as_str().unwrap(), "GET", &url, None).await.status, 401);
    let good = [&first, &plain, &away, &other].map(|token| is_good(&server, token));
    assert_eq!(futures::future::join_all(good).await, [false, false, true, true]);
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
        assert!(!refreshes(&server, &plain).await && !is_good(&server, &plain).await, "{how}");
        assert!(refreshes(&server, &away).await && is_good(&server, &away).await, "{how}");
    }
}

/// A browser's own tokens, those of a client that knows the session by a name of its own, and those that are good for longer than it is known
/// that the session has ended; in this process, in another one, and in one that starts later.
#[tokio::test]
async fn in_every_process_and_whatever_the_session_is_called() {
    let server = Hallmark::start_named(Engine::Postgres).await;
    let long = App { id: "long", redirect: "https://long.example/cb" };
    let page = App { id: "page", redirect: "https://page.example/cb" };
    register(&server).await;
    long.register(&server, json!({"autoapprove": true, "access_token_validity": 90_000})).await;
    let more = json!({"autoapprove": true, "authorized_grant_types": ["authorization_code", "implicit"], "subject_type": "pairwise"});
    page.register(&server, more).await;
    let (mut browser, _) = signed_in(&server).await;
    let plain = got(&server, &mut browser, "openid").await;
    let code = browser.open(&long.ask(&server, &[])).await.given("code").unwrap();
    let long = long.redeem(&server, &code, &[]).await.body;
    assert_eq!(claims(&long["access_token"])["revocable"], true, "it is kept as a row");
    let asked = [("response_type", "token id_token"), ("code_challenge", ""), ("code_challenge_method", "")];
    let back = browser.open(&page.ask(&server, &asked)).await;
    let named = json!({"access_token": back.given("access_token").unwrap()});
    let sid = |token: &Value| claims(token)["sid"].clone();
    assert_eq!(sid(&named["access_token"]), sid(&json!(back.given("id_token").unwrap())));
    assert_ne!(sid(&named["access_token"]), sid(&plain["access_token"]));
    let all = [&plain, &long, &named].map(|token| token["access_token"].as_str().unwrap().to_owned());
    let (_another, there) = server.another().await;
    let good = async |uaa: &str| {
        let url = format!("{uaa}/userinfo");
        let said =
            futures::future::join_all(all.iter().map(|token| server.ask(token, "GET", &url, None))).await;
        said.iter().filter(|said| said.status == 200).count()
    };
    assert_eq!((good(&server.uaa()).await, good(&there).await), (3, 3));
    let page = browser.open(&out(&[])).await;
    browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    assert_eq!(good(&server.uaa()).await, 0);
    for _ in 0..100 {
        if good(&there).await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(good(&there).await, 0);
    let (_later, there) = server.another().await;
    assert_eq!(good(&there).await, 0);
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
    let grants = ["authorization_code", "refresh_token", JWT_BEARER];
    let members =
        json!({"autoapprove": true, "authorized_grant_types": grants, "access_token_validity": 200_000});
    let body = SHOP.registered(&members).to_string();
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
    let bearer = format!("bearer {}", token["access_token"].as_str().unwrap());
    let said = inside.ask_zone("", ("GET", "/userinfo"), &[("authorization", &bearer)], "").await;
    assert_eq!(said.status, 200, "{said:?}");
    let form = format!("grant_type=refresh_token&refresh_token={}", token["refresh_token"].as_str().unwrap());
    let said = inside.answer_to("shop", "open sesame", &form).await;
    assert_eq!(said.status, 200, "{said:?}");
    // An ID token stands for the sign-in as long as it is known whether somebody has ended the session.
    let form = format!("grant_type={JWT_BEARER}&assertion={}", token["id_token"].as_str().unwrap());
    assert_eq!(inside.answer_to("shop", "open sesame", &form).await.status, 200);
    inside.clock.advance(90_000);
    let said = inside.answer_to("shop", "open sesame", &form).await;
    assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")), "{said:?}");
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

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
