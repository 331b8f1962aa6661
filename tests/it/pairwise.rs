//! People under another name in every sector (OpenID Connect Core 1.0 section 8.1).

use crate::authorize::{App, SHOP, claims, sign_in};
use crate::registration::initial;
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Said};

const OTHER: App = App { id: "other", redirect: "https://other.example/cb" };
const SIBLING: App = App { id: "sibling", redirect: "https://shop.example/sibling" };

fn pairwise(more: Value) -> Value {
    tests::changed(&json!({"autoapprove": true, "subject_type": "pairwise"}), &more)
}

async fn told(server: &Hallmark, browser: &mut Browser, app: &App, scope: &str) -> Said {
    let page = browser.open(&app.ask(server, &[("scope", scope)])).await;
    let page = match page.given("code") {
        Some(_) => page,
        None => sign_in(server, browser, &page).await,
    };
    app.redeem(server, &page.given("code").unwrap(), &[]).await
}

/// Everything that a client learns of a person from its tokens, and by asking.
async fn names(server: &Hallmark, said: &Said) -> (String, Vec<Value>) {
    let access = said.body["access_token"].as_str().unwrap();
    let info = server.ask(access, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    assert_eq!(info.status, 200, "{info:?}");
    let about = server.ask_about(access).await;
    let id = claims(&said.body["id_token"]);
    let all = vec![id.clone(), claims(&said.body["access_token"]), info.body, about];
    for one in &all {
        assert_eq!((&one["sub"], &one["user_id"]), (&id["sub"], &id["sub"]), "{one}");
    }
    (id["sub"].as_str().unwrap().to_owned(), all)
}

#[tokio::test]
async fn each_sector_has_a_name_of_its_own() {
    let server = Hallmark::start().await;
    let admin = server.admin().await;
    let me = server.ask(&admin, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    let me = me.body["user_id"].as_str().unwrap().to_owned();
    SHOP.register(&server, pairwise(json!({}))).await;
    SIBLING.register(&server, pairwise(json!({"redirect_uri": [SIBLING.redirect]}))).await;
    OTHER.register(&server, pairwise(json!({"redirect_uri": [OTHER.redirect]}))).await;
    let mut browser = Browser::at(&server.uaa());
    let shop = told(&server, &mut browser, &SHOP, "openid cloud_controller.read").await;
    let (of_shop, all) = names(&server, &shop).await;
    for one in &all {
        let text = one.to_string();
        assert!(!text.contains(&me) && !text.contains("user_name") && !text.contains("email"), "{text}");
        // There was one, and when it was would be the same in every sector.
        assert_eq!(one.get("previous_logon_time"), None);
    }
    let sibling = told(&server, &mut browser, &SIBLING, "openid").await;
    assert_eq!(names(&server, &sibling).await.0, of_shop, "one host is one sector");
    let other = told(&server, &mut browser, &OTHER, "openid profile").await;
    let (of_other, all) = names(&server, &other).await;
    assert!(of_other != of_shop && of_other != me && of_shop != me);
    assert!(all.iter().all(|one| one["user_name"] == "admin" && one.get("email").is_none()), "{all:?}");
    // Sessions tell no more than people do.
    let sid = |said: &Said| claims(&said.body["id_token"])["sid"].clone();
    assert!(sid(&shop) == sid(&sibling) && sid(&shop) != sid(&other));
    // The name stays: after a refresh, and at the next sign-in.
    let refresh = shop.body["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let again = server.token("shop", "open sesame", &form).await;
    assert_eq!(claims(&again.body["access_token"])["sub"], of_shop.as_str());
    let mut browser = Browser::at(&server.uaa());
    let later = told(&server, &mut browser, &SHOP, "openid").await;
    assert_eq!(claims(&later.body["id_token"])["sub"], of_shop.as_str());
    // Our own APIs find the person behind it.
    let token = shop.body["access_token"].as_str().unwrap();
    let said = server.ask(token, "GET", &format!("{}/v3/organizations", server.api()), None).await;
    assert_eq!(said.status, 200, "{said:?}");
    let discovery =
        server.ask("", "GET", &format!("{}/.well-known/openid-configuration", server.uaa()), None).await;
    assert_eq!(discovery.body["subject_types_supported"], json!(["public", "pairwise"]));
}

#[tokio::test]
async fn a_hint_and_a_claim_speak_of_the_clients_own_name() {
    let server = Hallmark::start().await;
    SHOP.register(&server, pairwise(json!({"frontchannel_logout_uri": "https://shop.example/out"}))).await;
    OTHER.register(&server, pairwise(json!({"redirect_uri": [OTHER.redirect]}))).await;
    let mut browser = Browser::at(&server.uaa());
    let shop = told(&server, &mut browser, &SHOP, "openid").await;
    let other = told(&server, &mut browser, &OTHER, "openid").await;
    let hint = |said: &Said| said.body["id_token"].as_str().unwrap().to_owned();
    let name = |said: &Said| claims(&said.body["id_token"])["sub"].as_str().unwrap().to_owned();
    let wants = |sub: &str| json!({"id_token": {"sub": {"value": sub}}}).to_string();
    for (more, good) in [
        (("id_token_hint", hint(&shop)), true),
        (("claims", wants(&name(&shop))), true),
        (("claims", wants(&name(&other))), false),
    ] {
        let ask = [("prompt", "none"), ("scope", "openid"), (more.0, more.1.as_str())];
        let back = browser.open(&SHOP.ask(&server, &ask)).await;
        assert_eq!(back.given("code").is_some(), good, "{more:?}");
        assert_eq!(back.given("error").as_deref(), (!good).then_some("login_required"), "{more:?}");
    }
    let out = format!("/uaa/logout.do?id_token_hint={}", hint(&other));
    let page = browser.open(&out).await;
    assert_eq!(page.text("h1"), "You are signed out");
    // The frame is told of the session under the name that the application knows.
    let id = claims(&shop.body["id_token"]);
    assert!(page.attribute("iframe", "src").ends_with(&format!("sid={}", id["sid"].as_str().unwrap())));
}

#[tokio::test]
async fn several_hosts_need_a_document_that_names_them() {
    let server = Hallmark::start().await;
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let body = |more: Value| {
        let body = json!({"client_id": "two", "client_secret": "s", "scope": ["openid"], "subject_type": "pairwise",
            "authorized_grant_types": ["authorization_code"],
            "redirect_uri": ["https://a.example/cb", "https://b.example/cb"]});
        tests::changed(&body, &more)
    };
    let clients = format!("{}/oauth/clients", server.uaa());
    for (more, text) in [
        (json!({}), "needs `sector_identifier_uri`"),
        (json!({"redirect_uri": ["https://*.a.example/cb"]}), "needs `sector_identifier_uri`"),
        (json!({"subject_type": "both"}), "must be one of public, pairwise"),
        (json!({"sector_identifier_uri": "http://a.example/"}), "no address of that kind"),
    ] {
        let said = server.ask(&token, "POST", &clients, Some(body(more.clone()))).await;
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_client")), "{more}");
        assert!(said.body["error_description"].as_str().unwrap().contains(text), "{said:?}");
    }
    let said = server
        .ask(&token, "POST", &clients, Some(body(json!({"redirect_uri": ["https://a.example/cb"]}))))
        .await;
    assert_eq!(said.status, 201, "{said:?}");
    // A change is held to the same.
    let more = json!({"redirect_uri": ["https://a.example/cb", "https://c.example/cb"]});
    let said = server.ask(&token, "PUT", &format!("{clients}/two"), Some(body(more))).await;
    assert_eq!(said.status, 400, "{said:?}");
}

/// A host with the document of a sector, and with one that names nobody.
async fn sector(listed: &Value) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let home = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let all = listed.to_string();
    let router = axum::Router::new()
        .route("/all", axum::routing::get(move || async move { all }))
        .route("/none", axum::routing::get(async || "{\"redirect_uris\": []}"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    home
}

#[tokio::test]
async fn the_document_of_a_sector_is_read_when_a_client_registers_itself() {
    let server = Hallmark::start().await;
    let listed = json!(["http://localhost/a", "http://127.0.0.1/b"]);
    let home = sector(&listed).await;
    let token = initial(&server, json!({"uses": 10})).await;
    let register = async |path: &str, redirects: Value| {
        let body = json!({"application_type": "native", "subject_type": "pairwise", "redirect_uris": redirects,
            "sector_identifier_uri": format!("{home}{path}")});
        server.ask(&token, "POST", &format!("{}/oauth/register", server.uaa()), Some(body)).await
    };
    for (path, redirects) in [
        ("/all", json!(["http://localhost/a", "http://localhost/other"])),
        ("/none", listed.clone()),
        ("/nowhere", listed.clone()),
    ] {
        let said = register(path, redirects).await;
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_client_metadata")), "{path}");
    }
    let made = register("/all", listed).await;
    assert_eq!(made.status, 201, "{made:?}");
}

#[tokio::test]
async fn the_document_of_a_sector_is_read_whichever_way_a_client_is_written() {
    let server = Hallmark::start().await;
    let listed = json!(["http://localhost/a", "http://127.0.0.1/b"]);
    let home = sector(&listed).await;
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let clients = format!("{}/oauth/clients", server.uaa());
    let client = |id: &str, path: &str, redirects: &Value| {
        json!({"client_id": id, "client_secret": "s", "scope": ["openid"], "subject_type": "pairwise",
            "authorized_grant_types": ["authorization_code"], "redirect_uri": redirects,
            "sector_identifier_uri": format!("{home}{path}")})
    };
    let ask = async |method: &str, rest: &str, body: Value| {
        let said = server.ask(&token, method, &format!("{clients}{rest}"), Some(body)).await;
        assert!(said.status < 300 || said.body["error"] == "invalid_client", "{said:?}");
        said.status
    };
    assert_eq!(ask("POST", "", client("one", "/all", &listed)).await, 201);
    assert_eq!(ask("PUT", "/one", client("one", "/all", &listed)).await, 200, "nothing is read anew");
    assert_eq!(ask("POST", "/tx", json!([client("two", "/all", &listed)])).await, 201);
    let other = json!(["http://localhost/a", "http://localhost/other"]);
    let modified = |action: &str, id: &str| {
        json!([tests::changed(&client(id, "/all", &other), &json!({"action": action}))])
    };
    for (method, rest, body) in [
        ("POST", "", client("three", "/none", &listed)),
        ("POST", "", client("three", "/nowhere", &listed)),
        ("POST", "", client("three", "/all", &other)),
        ("POST", "/restricted", client("three", "/none", &listed)),
        ("PUT", "/one", client("one", "/none", &listed)),
        ("PUT", "/one", client("one", "/all", &other)),
        ("PUT", "/restricted/one", client("one", "/all", &other)),
        ("POST", "/tx", json!([client("three", "/all", &listed), client("four", "/none", &listed)])),
        ("PUT", "/tx", json!([client("one", "/all", &listed), client("two", "/all", &other)])),
        ("POST", "/tx/modify", modified("add", "three")),
        ("POST", "/tx/modify", modified("update", "one")),
        ("POST", "/tx/modify", modified("update,secret", "two")),
    ] {
        assert_eq!(ask(method, rest, body.clone()).await, 400, "{method} {rest} {body}");
    }
}
