//! Applications that learn of a sign-out in a frame of the browser (OpenID Connect Front-Channel Logout 1.0).

use super::{discovery, is_in, out, signed_in};
use crate::authorize::{App, SHOP, claims};
use axum::http::Uri;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tests::{Hallmark, Page};

type Heard = Arc<Mutex<Vec<HashMap<String, String>>>>;

/// An application: where it is, and what was opened there.
async fn listen() -> (String, Heard) {
    let heard = Heard::default();
    let kept = heard.clone();
    let hear = move |uri: Uri| {
        let url = reqwest::Url::parse(&format!("http://localhost{uri}")).unwrap();
        kept.lock().unwrap().push(url.query_pairs().into_owned().collect());
        async { "" }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let router = axum::Router::new().route("/out", axum::routing::get(hear));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (home, heard)
}

/// What a browser does with the frames of a page: it opens those that the policy allows.
async fn open_frames(page: &Page) -> usize {
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let allowed = policy.split("; ").find_map(|one| one.strip_prefix("frame-src ")).unwrap_or_default();
    let html = scraper::Html::parse_document(&page.html);
    let frames = scraper::Selector::parse("iframe").unwrap();
    let mut opened = 0;
    for frame in html.select(&frames) {
        assert_eq!(frame.attr("sandbox"), Some("allow-scripts allow-same-origin"));
        let url = reqwest::Url::parse(frame.attr("src").unwrap()).unwrap();
        if allowed.split(' ').any(|origin| origin == url.origin().ascii_serialization()) {
            reqwest::get(url).await.unwrap();
            opened += 1;
        }
    }
    opened
}

#[tokio::test]
async fn an_application_is_told_in_a_frame_and_then_gone_on_to() {
    let server = Hallmark::start().await;
    let said = discovery(&server).await;
    assert_eq!(said["frontchannel_logout_supported"], true);
    assert_eq!(said["frontchannel_logout_session_supported"], true);
    let (home, heard) = listen().await;
    let callback = format!("{home}/cb");
    SHOP.register(
        &server,
        json!({"autoapprove": true, "redirect_uri": [SHOP.redirect, callback],
            "frontchannel_logout_uri": format!("{home}/out?mine=1"), "frontchannel_logout_session_required": true}),
    )
    .await;
    let (mut browser, hint) = signed_in(&server).await;
    let bye = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", SHOP.redirect), ("state", "s")];
    let page = browser.open(&out(&bye)).await;
    assert_eq!((page.elsewhere.is_some(), page.text("h1").as_str()), (false, "You are signed out"));
    assert_eq!(open_frames(&page).await, 1);
    let got = heard.lock().unwrap().clone();
    let id = claims(&json!(hint));
    let issuer = format!("{}/oauth/token", server.uaa());
    assert_eq!((got[0]["mine"].as_str(), got[0]["iss"].as_str()), ("1", issuer.as_str()));
    assert_eq!(Some(got[0]["sid"].as_str()), id["sid"].as_str());
    // Without a script a link goes on.
    assert_eq!(page.attribute("a[data-onward]", "href"), "https://shop.example/cb?state=s");
    assert_eq!(page.text("a[data-onward]"), "Back to Shop");
    assert!(page.has("script[src*=signed-out]"));
    assert!(!is_in(&mut browser).await);
    // Nothing is left to be told of.
    let again = browser.open(&out(&bye)).await;
    assert_eq!(again.elsewhere.unwrap().as_str(), "https://shop.example/cb?state=s");
    assert_eq!(heard.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn pages_of_ours_tell_it_too_and_open_no_other_frame() {
    let server = Hallmark::start().await;
    let (home, heard) = listen().await;
    let callback = format!("{home}/cb");
    let told = json!({"autoapprove": true, "redirect_uri": [SHOP.redirect, callback],
        "frontchannel_logout_uri": format!("{home}/out")});
    SHOP.register(&server, told).await;
    let (mut browser, _) = signed_in(&server).await;
    let page = browser.open("/uaa/home").await;
    assert!(!page.headers["content-security-policy"].to_str().unwrap().contains("frame-src"));
    let page = browser.send(&page, "csrf", &[]).await;
    assert_eq!(open_frames(&page).await, 1);
    assert_eq!(heard.lock().unwrap().len(), 1);
    let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains(&format!("frame-src {home};")), "{policy}");
    assert!(!page.has("script") && !page.has("[data-onward]"));
}

#[tokio::test]
async fn a_client_writes_neither_policy_nor_page_by_its_address() {
    let server = Hallmark::start().await;
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    for bad in [
        "https://elsewhere.example/out",
        "https://shop.example:444/out",
        "http://shop.example/out",
        "https://*.example/out",
        "https://shop.example/out\" onload=\"alert(1)",
        "https://shop.example;script-src *",
        "javascript:alert(1)",
        "data:text/html,x",
        "/out",
    ] {
        let body = json!({"client_id": "bad", "client_secret": "s", "scope": ["openid"],
            "authorized_grant_types": ["authorization_code"], "redirect_uri": ["https://shop.example/cb"],
            "frontchannel_logout_uri": bad});
        let said = server.ask(&token, "POST", &format!("{}/oauth/clients", server.uaa()), Some(body)).await;
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_client")), "{bad}");
    }
    // What may be registered is text wherever it stands.
    let strange = "https://shop.example/out;script-src%20*?'\"><script>alert(1)</script>&amp;,";
    SHOP.register(&server, json!({"autoapprove": true, "frontchannel_logout_uri": strange})).await;
    App { id: "other", redirect: "https://other.example/cb" }
        .register(&server, json!({"autoapprove": true}))
        .await;
    let (mut browser, hint) = signed_in(&server).await;
    let page = browser.open(&out(&[("id_token_hint", &hint)])).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
         frame-src https://shop.example; base-uri 'none'; frame-ancestors 'none'"
    );
    assert!(!page.has("script"), "{}", page.html);
    assert!(page.attribute("iframe", "src").starts_with(strange));
}
