//! OpenID Connect RP-Initiated Logout 1.0, and UAA's `/logout.do`.

use super::{discovery, is_in, out, signed_in};
use crate::authorize::{App, SHOP};
use serde_json::json;
use tests::{Browser, Hallmark, Page};

const BYE: &str = "https://shop.example/bye?x=1";

async fn with_shop() -> Hallmark {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true, "post_logout_redirect_uris": [BYE]})).await;
    server
}

fn is_asked(page: &Page) -> bool {
    page.status == 200 && page.text("h1") == "Sign out?"
}

#[tokio::test]
async fn an_application_signs_out_whom_its_token_speaks_of() {
    let server = with_shop().await;
    let said = discovery(&server).await;
    assert_eq!(said["end_session_endpoint"], format!("{}/logout.do", server.uaa()));
    let (mut browser, hint) = signed_in(&server).await;
    let ask = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a b&c")];
    let gone = browser.open(&out(&ask)).await;
    assert_eq!(gone.elsewhere.unwrap().as_str(), "https://shop.example/bye?x=1&state=a+b%26c");
    assert!(!is_in(&mut browser).await);
    // Nobody is signed in any more: nothing is left to be asked about.
    let again = browser.open(&out(&ask[..2])).await;
    assert_eq!(again.elsewhere.unwrap().as_str(), BYE);
    // Without an address there is a page.
    let (mut browser, hint) = signed_in(&server).await;
    let done = browser.open(&out(&[("id_token_hint", &hint), ("ui_locales", "ko")])).await;
    assert_eq!(done.text("h1"), "로그아웃되었습니다");
    assert!(!is_in(&mut browser).await);
}

#[tokio::test]
async fn without_a_proof_the_person_is_asked() {
    let server = with_shop().await;
    let (mut browser, _) = signed_in(&server).await;
    for ask in [
        &[][..],
        &[("client_id", "shop"), ("post_logout_redirect_uri", BYE)],
        &[("client_id", "shop"), ("redirect", SHOP.redirect)],
        &[("redirect", "https://evil.example/")],
    ] {
        assert!(is_asked(&browser.open(&out(ask)).await), "{ask:?}");
        let posted: Vec<_> = ask.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert!(is_asked(&browser.post("/uaa/logout.do", &posted).await), "{ask:?}");
    }
    assert!(is_in(&mut browser).await);
    let ask =
        [("client_id", "shop"), ("post_logout_redirect_uri", BYE), ("state", "s"), ("ui_locales", "en")];
    let page = browser.open(&out(&ask)).await;
    assert!(page.text("main").contains("Shop asks to sign you out"), "{}", page.html);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://shop.example;"), "{policy}");
    let stays = browser.send(&page, "decision", &[("decision", "stay")]).await;
    assert_eq!((stays.elsewhere.is_some(), stays.text("h1").as_str()), (false, "Applications"));
    let gone = browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    assert_eq!(gone.elsewhere.unwrap().as_str(), "https://shop.example/bye?x=1&state=s");
    assert!(!is_in(&mut browser).await);
}

#[tokio::test]
async fn a_token_of_another_person_signs_nobody_out() {
    let server = with_shop().await;
    let (_, of_admin) = signed_in(&server).await;
    let token = server.admin().await;
    let body = json!({"userName": "bob", "password": "a long password of bob's", "emails": [{"value": "bob@example.com"}]});
    let made = server.ask(&token, "POST", &format!("{}/Users", server.uaa()), Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = browser.send(&page, "username", &[("username", "bob")]).await;
    browser.send(&page, "password", &[("password", "a long password of bob's")]).await;
    let page = browser.open(&out(&[("id_token_hint", &of_admin), ("post_logout_redirect_uri", BYE)])).await;
    assert!(is_asked(&page) && page.text("main").contains("bob"), "{}", page.html);
    assert!(!page.html.contains(&of_admin), "the other's token stays out of the page");
    let gone = browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    assert_eq!(gone.elsewhere.unwrap().as_str(), BYE);
}

#[tokio::test]
async fn what_cannot_be_meant_is_an_error_and_signs_nobody_out() {
    let server = with_shop().await;
    App { id: "other", redirect: "https://other.example/cb" }.register(&server, json!({})).await;
    let (mut browser, hint) = signed_in(&server).await;
    let (head, rest) = hint.split_once('.').unwrap();
    let payload = rest.split_once('.').unwrap().0;
    let unsigned = format!("{head}.{payload}.");
    for (ask, code) in [
        (&[("id_token_hint", "x"), ("post_logout_redirect_uri", BYE)][..], "invalid_id_token_hint"),
        (&[("id_token_hint", &unsigned)], "invalid_id_token_hint"),
        (&[("id_token_hint", &hint), ("client_id", "other")], "invalid_request"),
        (
            &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://shop.example/bye")],
            "invalid_redirect_uri",
        ),
        (
            &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://shop.example/bye?x=1&y")],
            "invalid_redirect_uri",
        ),
        (
            &[("id_token_hint", &hint), ("post_logout_redirect_uri", "javascript:alert(1)")],
            "invalid_redirect_uri",
        ),
        (&[("client_id", "other"), ("post_logout_redirect_uri", BYE)], "invalid_redirect_uri"),
        (&[("client_id", "nobody"), ("post_logout_redirect_uri", BYE)], "invalid_client"),
        (&[("post_logout_redirect_uri", BYE)], "invalid_request"),
        (&[("state", "a"), ("state", "b")], "invalid_request"),
    ] {
        let page = browser.open(&out(ask)).await;
        assert_eq!((page.status, page.elsewhere.is_some()), (400, false), "{ask:?} {}", page.html);
        assert_eq!(page.text("dl code"), code, "{ask:?}");
        let of_the_hint = code == "invalid_id_token_hint" || ask == [("post_logout_redirect_uri", BYE)];
        assert_eq!(page.html.contains("(id_token_hint)"), of_the_hint, "{ask:?} {}", page.html);
    }
    let long = "x".repeat(40_000);
    let posted = [("state".to_owned(), long)];
    assert_eq!(browser.post("/uaa/logout.do", &posted).await.status, 400);
    // An access token is no ID token.
    let token = server.admin().await;
    assert_eq!(browser.open(&out(&[("id_token_hint", &token)])).await.status, 400);
    assert!(is_in(&mut browser).await);
}

#[tokio::test]
async fn a_form_of_another_site_decides_nothing() {
    let server = with_shop().await;
    let (mut browser, hint) = signed_in(&server).await;
    let page = browser.open(&out(&[])).await;
    let (_, action, fields) = page.form("decision", &[("decision", "sign-out")]);
    for wrong in [vec![], vec![("csrf".to_owned(), "0123456789abcdef0123456789abcdef".to_owned())]] {
        let mut made_up = vec![("decision".to_owned(), "sign-out".to_owned())];
        let expected = if wrong.is_empty() { "We cannot go on from here" } else { "Sign out?" };
        made_up.extend(wrong);
        assert_eq!(browser.post("/uaa/logout.do", &made_up).await.text("h1"), expected);
    }
    browser.headers.push(("sec-fetch-site", "cross-site".into()));
    assert_eq!(browser.post(&action, &fields).await.status, 403);
    browser.headers.pop();
    assert!(is_in(&mut browser).await);
    // A form of another site comes without the cookie, and the redirect after it with it.
    let session = browser.cookie("hallmark-session").unwrap().to_owned();
    let mut across = Browser::at(&server.uaa());
    let posted =
        [("id_token_hint".to_owned(), hint), ("post_logout_redirect_uri".to_owned(), BYE.to_owned())];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let said = client.post(format!("{}/logout.do", server.uaa())).form(&posted).send().await.unwrap();
    assert_eq!(
        (said.status().as_u16(), said.headers()["referrer-policy"].to_str().unwrap()),
        (302, "no-referrer")
    );
    across.plant("hallmark-session", &session);
    let gone = across.open(said.headers()["location"].to_str().unwrap()).await;
    assert_eq!(gone.elsewhere.unwrap().as_str(), BYE);
    assert!(!is_in(&mut browser).await);
}

#[tokio::test]
async fn our_own_pages_sign_out_at_once() {
    let server = with_shop().await;
    let (mut browser, _) = signed_in(&server).await;
    let home = browser.open("/uaa/home").await;
    let done = browser.send(&home, "csrf", &[]).await;
    assert_eq!(done.text("h1"), "You are signed out");
    assert!(!is_in(&mut browser).await);
}

#[tokio::test]
async fn the_operator_says_where_else_one_may_go_on() {
    let yaml = "sign_out:\n  url: https://portal.example/start\n  allow: [\"https://*.first.example/**\"]\n";
    let server = Hallmark::start_with(yaml).await;
    let mut browser = Browser::at(&server.uaa());
    for (ask, to) in [
        (&[("redirect", "https://a.first.example/x")][..], "https://a.first.example/x"),
        (&[("post_logout_redirect_uri", "https://a.first.example/x")], "https://a.first.example/x"),
        (&[("redirect", "https://first.example.evil/x")], "https://portal.example/start"),
        (&[], "https://portal.example/start"),
    ] {
        let page = browser.open(&out(ask)).await;
        assert_eq!(page.elsewhere.map(String::from).as_deref(), Some(to), "{ask:?}");
    }
    // A form of our own page is not led away by a redirect that its policy forbids, but by a link.
    let page = browser.open("/uaa/home").await;
    let home = crate::authorize::sign_in(&server, &mut browser, &page).await;
    let done = browser.send(&home, "csrf", &[]).await;
    assert_eq!(done.attribute("a[data-onward]", "href"), "https://portal.example/start");
}

#[tokio::test]
async fn a_zone_says_where_else_one_may_go_on() {
    let server = Hallmark::start_with("domain: hallmark.test\n").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = |path: &str| format!("http://{}{path}", server.address());
    let at = async |zone: &str, request: reqwest::RequestBuilder| {
        request.header("host", format!("{zone}uaa.hallmark.test")).send().await.unwrap()
    };
    let secret = server.client_secret();
    let token = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let make = async |logout: serde_json::Value| {
        let config = json!({"links": {"logout": logout}});
        let body = json!({"id": "acme", "subdomain": "acme", "name": "Acme", "config": config});
        server.ask(&token, "POST", &format!("{}/identity-zones", server.uaa()), Some(body)).await.status
    };
    assert_eq!(make(json!({"whitelist": "https://*.acme.example/**"})).await, 422);
    let links = json!({"redirectUrl": "https://portal.example/", "redirectParameterName": "to",
        "whitelist": ["https://*.acme.example/**"]});
    assert_eq!(make(links).await, 201);
    let allowed = "https%3A%2F%2Fa.acme.example%2Fx";
    for (zone, query, to) in [
        ("acme.", format!("to={allowed}&state=s"), Some("https://a.acme.example/x?state=s")),
        ("acme.", format!("post_logout_redirect_uri={allowed}"), Some("https://a.acme.example/x")),
        ("acme.", "to=https%3A%2F%2Fevil.example%2F&state=s".into(), Some("https://portal.example/")),
        (
            "acme.",
            "to=http%3A%2F%2Facme.login.hallmark.test%2Fprofile".into(),
            Some("https://portal.example/"),
        ),
        ("acme.", format!("redirect={allowed}"), Some("https://portal.example/")),
        ("acme.", String::new(), Some("https://portal.example/")),
        // What one zone allows is nothing to another.
        ("", format!("to={allowed}"), None),
        ("", format!("redirect={allowed}"), None),
    ] {
        let said = at(zone, client.get(url(&format!("/logout.do?{query}")))).await;
        let went = said.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        assert_eq!(went.as_deref(), to, "{zone} {query}");
    }
    // A page of our own needs no list.
    let discovery = at("acme.", client.get(url("/.well-known/openid-configuration"))).await;
    let discovery: serde_json::Value = discovery.json().await.unwrap();
    let ours = discovery["end_session_endpoint"].as_str().unwrap().replace("logout.do", "profile");
    let said = at("acme.", client.get(url("/logout.do")).query(&[("to", &ours)])).await;
    assert_eq!(said.headers()["location"].to_str().unwrap(), ours);
    // Its ID tokens are none in another zone.
    let said = at("acme.", client.get(url("/logout.do")).query(&[("id_token_hint", &token)])).await;
    assert_eq!(said.status().as_u16(), 400);
}
