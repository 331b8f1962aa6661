//! A client that is deleted and made anew is another one: nothing that was given to the first is good at the second.

use crate::authorize::{App, SECRET, SHOP, sign_in};
use crate::par::{named, push};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Said, on_every_server, said};

on_every_server!(nothing_comes_back_with_the_name, approvals_end_where_it_is_said);

async fn nothing_comes_back_with_the_name(server: Hallmark) {
    let (uaa, keeper) = (server.uaa(), crate::approvals::keeper(&server).await);
    let members = json!({"authorized_grant_types": ["authorization_code", "refresh_token", "client_credentials", DEVICE],
        "authorities": ["uaa.resource"], "autoapprove": ["openid"], "frontchannel_logout_uri": "https://shop.example/out"});
    SHOP.register(&server, members.clone()).await;
    let mut browser = Browser::at(&uaa);
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    let page = browser.send(&page, "decision", &[("decision", "allow")]).await;
    let jwt = SHOP.redeem(&server, &page.given("code").unwrap(), &[]).await.body;
    let opaque = refreshed(&server, &jwt, &[("token_format", "opaque")]).await.body;
    let own = server.token(SHOP.id, SECRET, &[("grant_type", "client_credentials")]).await.body;
    let code = browser.open(&SHOP.ask(&server, &[])).await.given("code").unwrap();
    let pushed = push(&server, &SHOP, &[]).await;
    let (allowed, open) = (device(&server).await, device(&server).await);
    let page = browser.open(allowed["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    browser.send(&page, "decision", &[("decision", "allow")]).await;
    let password = server.admin_password();
    let form = [("username", "admin"), ("password", password.as_str())];
    let autologin = said(basic(&server, "/autologin").form(&form)).await.body["code"].clone();
    for token in [&jwt, &opaque, &own] {
        assert!(is_good(&server, token).await, "{token}");
    }
    assert_eq!(approvals(&server, &keeper).await, 1);

    let root = root(&server).await;
    let gone = server.ask(&root, "DELETE", &format!("{uaa}/oauth/clients/shop"), None).await;
    assert_eq!((gone.status, &gone.body["approvals_deleted"]), (200, &json!(true)), "{gone:?}");
    SHOP.register(&server, members).await;

    for token in [&jwt, &opaque, &own] {
        assert!(!is_good(&server, token).await, "{token}");
    }
    refused(&refreshed(&server, &opaque, &[]).await);
    refused(&SHOP.redeem(&server, &code, &[]).await);
    for code in [&allowed, &open] {
        let code = code["device_code"].as_str().unwrap();
        refused(&server.token(SHOP.id, SECRET, &[("grant_type", DEVICE), ("device_code", code)]).await);
    }
    let page = browser.open(open["verification_uri_complete"].as_str().unwrap()).await;
    assert_eq!(browser.send(&page, "user_code", &[]).await.status, 404);
    let page = browser.open(&named(&server, "shop", &pushed)).await;
    assert!(page.html.contains("invalid_request_uri"), "{}", page.html);
    let url = format!("/uaa/autologin?client_id=shop&code={}", autologin.as_str().unwrap());
    assert_eq!(Browser::at(&uaa).open(&url).await.status, 400);
    assert_eq!(approvals(&server, &keeper).await, 0);
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    assert!(page.text("h1").starts_with("Shop"), "the person is asked anew: {}", page.html);
    // Nothing was got in this session by the client that there is now, so that it is not told of its end.
    let page = browser.open("/uaa/logout.do").await;
    let page = browser.send(&page, "csrf", &[]).await;
    assert_eq!(
        (page.text("h1").as_str(), page.has("iframe")),
        ("You are signed out", false),
        "{}",
        page.html
    );
}

async fn approvals_end_where_it_is_said(server: Hallmark) {
    let (uaa, keeper, root) = (server.uaa(), crate::approvals::keeper(&server).await, root(&server).await);
    SHOP.register(&server, json!({"autoapprove": ["openid"]})).await;
    OTHER.register(&server, json!({"autoapprove": ["openid"]})).await;
    let mut browser = Browser::at(&uaa);
    let page = browser.open("/uaa/home").await;
    sign_in(&server, &mut browser, &page).await;
    let allow = async |browser: &mut Browser, app: &App| {
        let page = browser.open(&app.ask(&server, &[])).await;
        browser.send(&page, "decision", &[("decision", "allow")]).await;
    };
    allow(&mut browser, &OTHER).await;
    let ends = [
        ("/tx/modify", json!([{"client_id": "shop", "action": "secret", "client_secret": "second"}])),
        ("/tx/secret", json!([{"clientId": "shop", "secret": "third"}])),
    ];
    for (path, body) in ends {
        allow(&mut browser, &SHOP).await;
        assert_eq!(approvals(&server, &keeper).await, 2);
        let said = server.ask(&root, "POST", &format!("{uaa}/oauth/clients{path}"), Some(body)).await;
        assert_eq!((said.status, &said.body[0]["approvals_deleted"]), (200, &json!(true)), "{said:?}");
        assert_eq!(approvals(&server, &keeper).await, 1, "the other's stays: {path}");
    }
}

async fn root(server: &Hallmark) -> String {
    let said = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    said.body["access_token"].as_str().unwrap().to_owned()
}

fn basic(server: &Hallmark, path: &str) -> reqwest::RequestBuilder {
    server.client().post(format!("{}{path}", server.uaa())).basic_auth(SHOP.id, Some(SECRET))
}

async fn device(server: &Hallmark) -> Value {
    let asked = said(basic(server, "/oauth/device_authorization").form(&[("scope", "openid")])).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    asked.body
}

async fn refreshed(server: &Hallmark, token: &Value, more: &[(&str, &str)]) -> Said {
    let token = token["refresh_token"].as_str().unwrap();
    let form = [&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat();
    server.token(SHOP.id, SECRET, &form).await
}

async fn is_good(server: &Hallmark, token: &Value) -> bool {
    server.ask_about(token["access_token"].as_str().unwrap()).await["active"] == true
}

/// How many the person has given.
async fn approvals(server: &Hallmark, keeper: &str) -> usize {
    let said = server.ask(keeper, "GET", &format!("{}/approvals", server.uaa()), None).await;
    said.body.as_array().unwrap_or_else(|| panic!("{said:?}")).len()
}

fn refused(said: &Said) {
    assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")), "{said:?}");
}

const OTHER: App = App { id: "other", redirect: "https://other.example/cb" };
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
