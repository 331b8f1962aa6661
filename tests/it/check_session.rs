//! OpenID Connect Session Management 1.0, and UAA's frames: what an answer says of the browser's session, what the browser holds, and
//! whose pages may ask. The frames at work: `browser::check_session`.

use crate::authorize::{SHOP, sign_in};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Page};
use uaa_token::digest;

async fn with_shop() -> Hallmark {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    server
}

/// The cookie that scripts of ours read, as they read it.
fn current_user(browser: &Browser) -> Option<Value> {
    let held = browser.cookie("Current-User")?;
    let text = percent_encoding::percent_decode_str(held).decode_utf8().unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

/// Whether what the shop was told of the session is what a frame would calculate for this state.
fn is_of(page: &Page, state: &str) -> bool {
    let said = page.given("session_state").unwrap();
    let (hash, salt) = said.split_once('.').unwrap();
    let origin = page.elsewhere.as_ref().unwrap().origin().ascii_serialization();
    assert!(salt.len() == 32, "{said}");
    uaa_directory::hex(&digest(&format!("shop {origin} {state} {salt}"))) == hash
}

#[tokio::test]
async fn answers_speak_of_the_session() {
    let server = with_shop().await;
    let mut browser = Browser::at(&server.uaa());
    let nobody = browser.open(&SHOP.ask(&server, &[("prompt", "none")])).await;
    assert_eq!(nobody.given("error").as_deref(), Some("login_required"));
    assert!(is_of(&nobody, "") && current_user(&browser).is_none());

    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let first = sign_in(&server, &mut browser, &page).await;
    let held = current_user(&browser).unwrap();
    let state = held["state"].as_str().unwrap();
    assert!(is_of(&first, state) && !is_of(&first, ""));
    // As UAA writes it: who is signed in. The session's own secret is not in it, nor what the database holds of it.
    let secret = browser.cookie("hallmark-session").unwrap().to_owned();
    let all = held.to_string();
    assert!(!all.contains(&secret) && !all.contains(&uaa_directory::hex(&digest(&secret))[..16]), "{all}");
    let claims = SHOP.redeem(&server, &first.given("code").unwrap(), &[]).await;
    assert!(claims.body["id_token"].is_string(), "{}", claims.body);

    // The same session, another salt; one whose cookie was lost or is stale is told anew.
    browser.plant("Current-User", "stale");
    let second = browser.open(&SHOP.ask(&server, &[("prompt", "none")])).await;
    assert!(is_of(&second, state) && second.given("session_state") != first.given("session_state"));
    assert_eq!(current_user(&browser).unwrap(), held);
    // Who does not ask who it is, is not told.
    let other = browser.open(&SHOP.ask(&server, &[("scope", "cloud_controller.read")])).await;
    assert_eq!(other.given("session_state"), None);

    // Another sign-in is another state, and the end of it is none.
    let page = browser.open(&SHOP.ask(&server, &[("prompt", "login")])).await;
    let third = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
    assert!(!is_of(&third, state));
    let page = browser.open("/uaa/logout.do").await;
    browser.send(&page, "decision", &[]).await;
    assert!(current_user(&browser).is_none());
}

/// A session that was ended elsewhere: the browser's cookie goes with the next answer.
#[tokio::test]
async fn a_session_that_is_over_is_none() {
    let server = with_shop().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    browser.plant("hallmark-session", "ended");
    let nobody = browser.open(&SHOP.ask(&server, &[("prompt", "none")])).await;
    assert!(is_of(&nobody, "") && current_user(&browser).is_none());
}

#[tokio::test]
async fn frames_are_for_pages_of_the_client() {
    let server = with_shop().await;
    let get = async |path: &str, query: &[(&str, &str)]| {
        server.client().get(format!("{}{path}", server.uaa())).query(query).send().await.unwrap()
    };
    let around = |answer: &reqwest::Response| {
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(!answer.headers().contains_key("x-frame-options"));
        policy.rsplit_once("frame-ancestors ").unwrap().1.to_owned()
    };
    let home = "https://shop.example".to_owned();
    for path in ["/session", "/session_management"] {
        let answer = get(path, &[("clientId", "shop"), ("messageOrigin", &home)]).await;
        assert_eq!((answer.status().as_u16(), around(&answer)), (200, home.clone()), "{path}");
        let html = answer.text().await.unwrap();
        assert!(html.contains("/uaa/resources/check-session.") && !html.contains("shop"), "{html}");
        for (query, why) in [
            (vec![("clientId", "shop")], "the parameter `messageOrigin` is missing"),
            (vec![("messageOrigin", home.as_str())], "the parameter `clientId` is missing"),
            (vec![("clientId", "none"), ("messageOrigin", &home)], "there is no client of that `clientId`"),
            (
                vec![("clientId", "shop"), ("messageOrigin", "https://evil.example")],
                "`messageOrigin` is not the origin of a redirect URI of the client",
            ),
        ] {
            let answer = get(path, &query).await;
            assert_eq!(answer.status(), 400, "{path} {query:?}");
            let said: Value = answer.json().await.unwrap();
            assert_eq!(
                (said["error"].as_str(), said["error_description"].as_str()),
                (Some("invalid_request"), Some(why))
            );
        }
    }
    // The one that discovery names says nothing to whoever was told nothing; UAA's older one must know who asks.
    let url = format!("{}/.well-known/openid-configuration", server.uaa());
    let said: Value = server.client().get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(said["check_session_iframe"], format!("{}/session_management", server.uaa()));
    assert_eq!(around(&get("/session_management", &[]).await), "http: https:");
    assert_eq!(get("/session", &[]).await.status(), 400);
}
