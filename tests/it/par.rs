//! RFC 9126: requests that a client hands in by the back channel.

use crate::audit::people::Log;
use crate::authorize::{App, SHOP, sign_in};
use reqwest::redirect::Policy;
use serde_json::json;
use tests::inside::Inside;
use tests::{Browser, Hallmark, Said, on_every_server, said};
use tokio::task::JoinSet;

on_every_server!(a_request_that_was_handed_in_is_answered_once);

async fn a_request_that_was_handed_in_is_answered_once(server: Hallmark) {
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let pushed = push(&server, &SHOP, &[]).await;
    assert_eq!((pushed.status, &pushed.body["expires_in"]), (201, &json!(60)), "{pushed:?}");
    let page = browser.open(&named(&server, "shop", &pushed)).await;
    assert_eq!(page.text("h1"), "Sign in", "{}", page.html);
    let back = sign_in(&server, &mut browser, &page).await;
    assert_eq!(back.given("state").as_deref(), Some("st at&e"), "{back:?}");
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(said.status, 200, "{said:?}");
    let again = browser.open(&named(&server, "shop", &pushed)).await;
    assert_eq!((again.status, again.elsewhere.is_some()), (400, false));
    assert!(again.html.contains("invalid_request_uri"), "{}", again.html);
    // Of many at once, one.
    let url = named(&server, "shop", &push(&server, &SHOP, &[]).await);
    let session = format!("hallmark-session={}", browser.cookie("hallmark-session").unwrap());
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let mut sent = JoinSet::new();
    for _ in 0..12 {
        sent.spawn(client.get(&url).header("cookie", &session).send());
    }
    let answers = sent.join_all().await.into_iter().map(Result::unwrap);
    let codes = answers.filter(|a| a.headers().get("location").is_some_and(has_code)).count();
    assert_eq!(codes, 1);
}

fn has_code(location: &reqwest::header::HeaderValue) -> bool {
    location.to_str().unwrap().contains("code=")
}

#[tokio::test]
async fn what_stands_beside_the_name_does_not_count() {
    let server = Hallmark::start().await;
    let other = App { id: "other", redirect: "https://shop.example/cb" };
    SHOP.register(&server, json!({"autoapprove": true})).await;
    other.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let name = push(&server, &SHOP, &[("scope", "openid")]).await;
    let stolen = browser.open(&named(&server, "other", &name)).await;
    assert!(stolen.elsewhere.is_none() && stolen.html.contains("invalid_request_uri"), "{stolen:?}");
    let nobody = browser.open(&named(&server, "nobody", &name)).await;
    assert!(nobody.elsewhere.is_none() && nobody.status == 401, "{nobody:?}");
    let more = "&scope=cloud_controller.read&state=evil&redirect_uri=https%3A%2F%2Fevil.example&prompt=login";
    let back = browser.open(&format!("{}{more}", named(&server, "shop", &name))).await;
    assert_eq!(back.given("state").as_deref(), Some("st at&e"), "{back:?}");
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(said.body["scope"], "openid", "{said:?}");
    // A signature for once: what the client asked of the sign-in is not taken out on the way.
    let name = push(&server, &SHOP, &[("prompt", "login")]).await;
    let page = browser.open(&named(&server, "shop", &name)).await;
    assert_eq!(page.text("h1"), "Enter your password");
    let sneaked = browser.open(&named(&server, "shop", &name)).await;
    assert_eq!(sneaked.text("h1"), "Enter your password", "coming back is no sign-in");
    let back = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
    assert!(back.given("code").is_some(), "{back:?}");
}

#[tokio::test]
async fn a_client_may_insist_on_handing_in() {
    let server = Hallmark::start().await;
    let more = json!({"autoapprove": true, "require_pushed_authorization_requests": true});
    SHOP.register(&server, more).await;
    let mut browser = Browser::at(&server.uaa());
    let plain = browser.open(&SHOP.ask(&server, &[])).await;
    assert_eq!(plain.given("error").as_deref(), Some("invalid_request"), "{plain:?}");
    let page = browser.open(&named(&server, "shop", &push(&server, &SHOP, &[]).await)).await;
    assert!(sign_in(&server, &mut browser, &page).await.given("code").is_some());
    let found =
        server.ask("", "GET", &format!("{}/.well-known/openid-configuration", server.uaa()), None).await;
    assert_eq!(found.body["pushed_authorization_request_endpoint"], format!("{}/oauth/par", server.uaa()));
}

#[tokio::test]
async fn what_is_handed_in_is_read_at_once() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    for (more, status, error) in [
        (vec![("redirect_uri", "https://evil.example/")], 400, "invalid_request"),
        (vec![("response_type", "magic")], 400, "unsupported_response_type"),
        (vec![("response_type", "token")], 400, "unauthorized_client"),
        (vec![("code_challenge_method", "plain")], 400, "invalid_request"),
        (vec![("request_uri", "urn:ietf:params:oauth:request_uri:x")], 400, "invalid_request"),
        (vec![("client_id", "other")], 400, "invalid_request"),
        (vec![("prompt", "none login")], 400, "invalid_request"),
    ] {
        let said = push(&server, &SHOP, &more).await;
        assert_eq!((said.status, said.body["error"].as_str()), (status, Some(error)), "{more:?}");
    }
    let url = format!("{}/oauth/par", server.uaa());
    let form = [("client_id", "shop"), ("response_type", "code")];
    let unknown = said(reqwest::Client::new().post(&url).form(&form)).await;
    assert_eq!((unknown.status, unknown.body["error"].as_str()), (401, Some("invalid_client")));
    let wrong = reqwest::Client::new().post(&url).basic_auth("shop", Some("wrong")).form(&form);
    assert_eq!(said(wrong).await.body["error"], "invalid_client");
    let long = "x".repeat(70_000);
    let long = reqwest::Client::new().post(&url).basic_auth("shop", Some("open sesame")).body(long);
    assert_eq!(said(long).await.status, 413);
    // A public client has nothing to prove, and the same to gain.
    let public = App { id: "public", redirect: "https://shop.example/cb" };
    public.register(&server, json!({"allowpublic": true})).await;
    let form: Vec<_> = public.parameters(&[]);
    assert_eq!(said(reqwest::Client::new().post(&url).form(&form)).await.status, 201);
}

#[tokio::test]
async fn a_name_is_good_for_a_redirect_and_longer_for_a_person() {
    let inside = Inside::open(false).await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let root = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let body = json!({"client_id": "shop", "client_secret": "first", "redirect_uri": ["https://shop.example/cb"],
        "authorized_grant_types": ["authorization_code"], "scope": ["openid"]});
    let made = inside.ask(uaa_plugin::Site::Uaa, "POST", "/oauth/clients", Some(&root), Some(&body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let push = async || {
        let form = "client_id=shop&client_secret=first&response_type=code";
        inside.form("/oauth/par", form).await.body["request_uri"].as_str().unwrap().to_owned()
    };
    let open = async |name: &str| {
        let path = format!("/oauth/authorize?client_id=shop&request_uri={name}");
        inside.ask_zone("", ("GET", &path), &[("accept", "text/html")], "").await.status
    };
    let late = push().await;
    inside.clock.advance(61);
    assert_eq!(open(&late).await, 400);
    let read = push().await;
    assert_eq!(open(&read).await, 302, "to the sign-in page");
    inside.clock.advance(600);
    assert_eq!(open(&read).await, 302, "a person takes longer");
    inside.clock.advance(1801);
    assert_eq!(open(&read).await, 400);
}

/// Hands a request in as that client.
pub(crate) async fn push(server: &Hallmark, app: &App, more: &[(&str, &str)]) -> Said {
    let url = format!("{}/oauth/par", server.uaa());
    let request = reqwest::Client::new().post(url).basic_auth(app.id, Some("open sesame"));
    said(request.form(&app.parameters(more))).await
}

/// The address with the name of a request.
pub(crate) fn named(server: &Hallmark, client: &str, pushed: &Said) -> String {
    let mut url = reqwest::Url::parse(&format!("{}/oauth/authorize", server.uaa())).unwrap();
    let name = pushed.body["request_uri"].as_str().unwrap_or_else(|| panic!("no name: {pushed:?}"));
    url.query_pairs_mut().extend_pairs([("client_id", client), ("request_uri", name)]);
    url.into()
}

/// Whoever only says a client's name has less room, and leaves fewer requests behind and nothing in the log.
#[tokio::test]
async fn requests_of_nobody_in_particular_fill_nothing() {
    let mut server = Hallmark::start_with("trusted_proxies: [127.0.0.1]\n").await;
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    let public = json!({"allowpublic": true, "client_secret": null, "token_endpoint_auth_method": "none",
        "authorized_grant_types": ["authorization_code", "refresh_token", device]});
    SHOP.register(&server, public).await;
    let (par, codes) =
        (format!("{}/oauth/par", server.uaa()), format!("{}/oauth/device_authorization", server.uaa()));
    let client = reqwest::Client::new();
    let ask = async |url: &str, from: &str, more: &[(&str, &str)]| {
        let form = SHOP.parameters(&[&[("client_id", "shop")], more].concat());
        said(client.post(url).header("x-forwarded-for", from).form(&form)).await.status
    };
    let long = "s".repeat(9_000);
    for url in [&par, &codes] {
        assert_eq!(ask(url, "192.0.2.1", &[("state", &long)]).await, 413, "{url}");
    }
    assert_eq!(ask(&par, "192.0.2.1", &[]).await, 201);
    assert_eq!(ask(&codes, "192.0.2.1", &[]).await, 200);
    let mut refused = 0;
    for n in 0..260 {
        let status = ask(if n % 2 == 0 { &par } else { &codes }, "192.0.2.1", &[]).await;
        refused += usize::from(status == 429);
    }
    assert!(refused > 20, "{refused} of 260 were too many");
    assert_eq!(ask(&par, "192.0.2.2", &[]).await, 201, "another address");
    let log = Log::of(&mut server).await;
    for operation in ["pushed_request_create", "device_create"] {
        let rows = log.rows(operation, "", &json!({}));
        assert!(rows.iter().all(|row| row["outcome"] != "done"), "{rows:?}");
    }
}
