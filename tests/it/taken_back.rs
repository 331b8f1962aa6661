//! What a person gave ends when they end it: approvals that are taken back, denied or run out.

use crate::authorize::{App, SHOP, claims, sign_in, sign_in_as};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Said, on_every_server};

on_every_server!(what_is_taken_back_on_the_profile_ends_at_once, a_refresh_needs_what_was_approved);

const OTHER: App = App { id: "other", redirect: "https://other.example/cb" };
const PAGE: App = App { id: "page", redirect: "https://page.example/cb" };

/// Lets an application have all that it asks for, and gives what it got.
async fn allowed(server: &Hallmark, browser: &mut Browser, app: &App, more: &[(&str, &str)]) -> Said {
    let page = browser.open(&app.ask(server, more)).await;
    let page = browser.send(&page, "decision", &[("decision", "allow")]).await;
    let code = page.given("code").unwrap_or_else(|| panic!("{}", page.html));
    let said = app.redeem(server, &code, &[]).await;
    assert_eq!(said.status, 200, "{said:?}");
    said
}

async fn refreshed(server: &Hallmark, app: &App, token: &Value, more: &[(&str, &str)]) -> Said {
    let token = token["refresh_token"].as_str().unwrap();
    let form = [&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat();
    server.token(app.id, "open sesame", &form).await
}

async fn is_good(server: &Hallmark, token: &Value) -> bool {
    let token = token["access_token"].as_str().unwrap();
    let said = server.ask(token, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    assert!([200, 401].contains(&said.status), "{said:?}");
    said.status == 200
}

async fn what_is_taken_back_on_the_profile_ends_at_once(server: Hallmark) {
    let grants = ["authorization_code", "refresh_token", JWT_BEARER];
    SHOP.register(&server, json!({"authorized_grant_types": grants})).await;
    OTHER.register(&server, json!({})).await;
    PAGE.register(&server, json!({"authorized_grant_types": ["authorization_code", "implicit"]})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/home").await;
    sign_in(&server, &mut browser, &page).await;
    let shop = allowed(&server, &mut browser, &SHOP, &[]).await.body;
    let later = refreshed(&server, &SHOP, &shop, &[]).await.body;
    let opaque = refreshed(&server, &SHOP, &later, &[("token_format", "opaque")]).await.body;
    let other = allowed(&server, &mut browser, &OTHER, &[]).await.body;
    // One that came through the browser, of which no row is.
    let asked = PAGE
        .ask(&server, &[("response_type", "token"), ("code_challenge", ""), ("code_challenge_method", "")]);
    let page = browser.open(&asked).await;
    let page = browser.send(&page, "decision", &[("decision", "allow")]).await;
    let direct = json!({"access_token": page.given("access_token").unwrap()});
    // A code that is not redeemed yet.
    let code = browser.open(&SHOP.ask(&server, &[])).await.given("code").unwrap();
    for token in [&shop, &later, &opaque, &other, &direct] {
        assert!(is_good(&server, token).await, "{token}");
    }
    for app in [&SHOP, &PAGE] {
        let profile = browser.open("/uaa/profile").await;
        let taken = [
            ("take_back".to_owned(), app.id.to_owned()),
            ("csrf".to_owned(), profile.attribute("[name=csrf]", "value")),
        ];
        let profile = browser.post("/uaa/profile", &taken).await;
        assert_eq!(profile.status, 200, "{}", profile.html);
    }
    for token in [&shop, &later, &opaque, &direct] {
        assert!(!is_good(&server, token).await, "{token}");
    }
    let said = refreshed(&server, &SHOP, &opaque, &[]).await;
    assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")), "{said:?}");
    assert_eq!(SHOP.redeem(&server, &code, &[]).await.body["error"], "invalid_grant");
    let assertion = [("grant_type", JWT_BEARER), ("assertion", shop["id_token"].as_str().unwrap())];
    let said = server.token(SHOP.id, "open sesame", &assertion).await;
    assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")), "{said:?}");
    // Nobody else's.
    assert!(is_good(&server, &other).await);
    assert_eq!(refreshed(&server, &OTHER, &other, &[]).await.status, 200);
    // What is allowed anew is good, also within the same second, and ends like the rest.
    let again = allowed(&server, &mut browser, &SHOP, &[]).await.body;
    assert!(is_good(&server, &again).await && !is_good(&server, &shop).await);
    let again = refreshed(&server, &SHOP, &again, &[]).await.body;
    let profile = browser.open("/uaa/profile").await;
    let taken = [
        ("take_back".to_owned(), "shop".to_owned()),
        ("csrf".to_owned(), profile.attribute("[name=csrf]", "value")),
    ];
    browser.post("/uaa/profile", &taken).await;
    assert!(!is_good(&server, &again).await);
}

async fn a_refresh_needs_what_was_approved(server: Hallmark) {
    let token = crate::approvals::keeper(&server).await;
    let approvals = async |method: &str, rest: &str, body: Option<Value>| {
        let said = server.ask(&token, method, &format!("{}/approvals{rest}", server.uaa()), body).await;
        assert_eq!(said.status, 200, "{said:?}");
    };
    SHOP.register(&server, json!({"autoapprove": ["openid"]})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/home").await;
    sign_in(&server, &mut browser, &page).await;
    let shop = allowed(&server, &mut browser, &SHOP, &[("scope", "openid profile cloud_controller.read")])
        .await
        .body;
    let shop = refreshed(&server, &SHOP, &shop, &[]).await.body;
    let one = |scope: &str, more: Value| tests::changed(&json!({"clientId": "shop", "scope": scope}), &more);
    let refused = async |body: Value, text: &str| {
        approvals("PUT", "", Some(body)).await;
        let said = refreshed(&server, &SHOP, &shop, &[]).await;
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")), "{said:?}");
        assert_eq!(said.body["error_description"], text);
    };
    let read = one("cloud_controller.read", json!({}));
    let missing = "Invalid token (some requested scopes are not approved): [profile]";
    refused(json!([read, one("profile", json!({"status": "DENIED"}))]), missing).await;
    refused(json!([read]), missing).await;
    refused(json!([read, one("profile", json!({"expiresAt": 1_000}))]), "Invalid token (approvals expired)")
        .await;
    // What still holds may be asked for alone, and the refusals used nothing up.
    let said = refreshed(&server, &SHOP, &shop, &[("scope", "openid cloud_controller.read")]).await;
    assert_eq!((said.status, &said.body["scope"]), (200, &json!("openid cloud_controller.read")), "{said:?}");
    approvals("PUT", "", Some(json!([read, one("profile", json!({}))]))).await;
    let said = refreshed(&server, &SHOP, &said.body, &[]).await;
    assert_eq!(said.body["scope"], "openid cloud_controller.read profile", "{said:?}");
    approvals("DELETE", "?clientId=shop", None).await;
    assert!(!is_good(&server, &said.body).await);
    assert_eq!(refreshed(&server, &SHOP, &said.body, &[]).await.body["error"], "invalid_grant");
}

/// Allowing a device is an approval like another one.
#[tokio::test]
async fn a_device_is_taken_back_like_another_application() {
    let server = Hallmark::start().await;
    let uaa = server.uaa();
    let more = json!({"authorized_grant_types": [DEVICE, "refresh_token"], "autoapprove": ["openid"]});
    SHOP.register(&server, more).await;
    let mut browser = Browser::at(&uaa);
    let page = browser.open("/uaa/home").await;
    sign_in(&server, &mut browser, &page).await;
    let poll = async |code: &str| {
        server.token("shop", "open sesame", &[("grant_type", DEVICE), ("device_code", code)]).await
    };
    let mut codes = vec![];
    for scope in ["openid cloud_controller.read", "openid", "openid"] {
        let asked = ask_for_a_device(&server, &[("scope", scope)]).await.body;
        let page = browser.open(asked["verification_uri_complete"].as_str().unwrap()).await;
        let page = browser.send(&page, "user_code", &[]).await;
        browser.send(&page, "decision", &[("decision", "allow")]).await;
        codes.push(asked["device_code"].as_str().unwrap().to_owned());
    }
    let (one, two) = (poll(&codes[0]).await.body, poll(&codes[1]).await.body);
    assert_eq!(one["scope"], "cloud_controller.read openid", "{one}");
    assert_eq!(refreshed(&server, &SHOP, &one, &[]).await.status, 200);
    assert!(is_good(&server, &two).await);
    let profile = browser.open("/uaa/profile").await;
    assert!(profile.text("#applications").contains("Shop"), "{}", profile.html);
    let profile = browser.send(&profile, "take_back", &[]).await;
    assert!(!profile.has("#applications"));
    assert!(!is_good(&server, &one).await && !is_good(&server, &two).await);
    assert_eq!(refreshed(&server, &SHOP, &two, &[]).await.body["error"], "invalid_grant");
    // What was allowed and not fetched yet.
    assert_eq!(poll(&codes[2]).await.body["error"], "invalid_grant");
}

/// A device asks for what its client may have, and the page names what it will be given.
#[tokio::test]
async fn a_device_gets_what_its_page_says() {
    let server = Hallmark::start().await;
    let more = json!({"authorized_grant_types": [DEVICE], "scope": ["openid", "scim.write", "shop.stock"]});
    SHOP.register(&server, more).await;
    for scope in ["foo", "cloud_controller.read foo"] {
        let said = ask_for_a_device(&server, &[("scope", scope)]).await;
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_scope")), "{said:?}");
    }
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/home").await;
    sign_in(&server, &mut browser, &page).await;
    let mut shown = async |scope: &str| {
        let asked = ask_for_a_device(&server, &[("scope", scope)]).await.body;
        let page = browser.open(asked["verification_uri_complete"].as_str().unwrap()).await;
        let page = browser.send(&page, "user_code", &[]).await;
        (asked["device_code"].as_str().unwrap().to_owned(), page)
    };
    // Nobody's group.
    let (_, page) = shown("shop.stock").await;
    assert_eq!(page.status, 400);
    assert!(page.html.contains("invalid_scope") && !page.has("[name=decision]"), "{}", page.html);
    let (_, page) = shown("openid shop.stock").await;
    assert!(page.html.contains("The identifier of your account"), "{}", page.html);
    assert!(!page.html.contains("shop.stock"), "{}", page.html);
    // The client changes while the person reads.
    let (code, page) = shown("openid").await;
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/oauth/clients/shop", server.uaa());
    let body = SHOP.registered(&json!({"authorized_grant_types": [DEVICE], "allowedproviders": ["ldap"]}));
    assert_eq!(server.ask(&root, "PUT", &url, Some(body)).await.status, 200);
    let page = browser.send(&page, "decision", &[("decision", "allow")]).await;
    assert_eq!(page.status, 401);
    assert!(page.html.contains("unauthorized_client"), "{}", page.html);
    let said = server.token("shop", "open sesame", &[("grant_type", DEVICE), ("device_code", &code)]).await;
    assert_eq!(said.body["error"], "authorization_pending");
}

async fn ask_for_a_device(server: &Hallmark, form: &[(&str, &str)]) -> Said {
    let url = format!("{}/oauth/device_authorization", server.uaa());
    tests::said(server.client().post(url).basic_auth("shop", Some("open sesame")).form(form)).await
}

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Somebody else's tokens of the same application, and a password's of one that nobody is asked about.
#[tokio::test]
async fn it_is_nobody_elses_end() {
    let server = Hallmark::start().await;
    SHOP.register(
        &server,
        json!({"authorized_grant_types": ["authorization_code", "refresh_token", "password"]}),
    )
    .await;
    let password = "a long password of theirs";
    let body = json!({"userName": "eve", "password": password, "emails": [{"value": "eve@example.com"}]});
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let made = server.ask(&root, "POST", &format!("{}/Users", server.uaa()), Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (mut here, mut there) = (Browser::at(&server.uaa()), Browser::at(&server.uaa()));
    let page = here.open("/uaa/home").await;
    sign_in(&server, &mut here, &page).await;
    let page = there.open("/uaa/home").await;
    sign_in_as(&mut there, &page, ("eve", password)).await;
    let scope = [("scope", "openid profile")];
    let (mine, hers) =
        (allowed(&server, &mut here, &SHOP, &scope).await, allowed(&server, &mut there, &SHOP, &scope).await);
    // By a password nobody is asked, and a refresh asks nobody either.
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &server.admin_password())];
    let plain = server
        .token("shop", "open sesame", &[&form[..], &[("scope", "cloud_controller.read openid")]].concat())
        .await;
    assert_eq!(refreshed(&server, &SHOP, &plain.body, &[]).await.status, 200);
    let profile = here.open("/uaa/profile").await;
    here.send(&profile, "take_back", &[]).await;
    assert!(!is_good(&server, &mine.body).await && !is_good(&server, &plain.body).await);
    assert!(is_good(&server, &hers.body).await);
    assert_eq!(refreshed(&server, &SHOP, &hers.body, &[]).await.status, 200);
    assert_ne!(claims(&hers.body["access_token"])["sub"], claims(&mine.body["access_token"])["sub"]);
}

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
