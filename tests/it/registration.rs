//! Applications that register themselves (RFC 7591) and manage what they registered (RFC 7592).

use crate::keys::register;
use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Hallmark, Said, on_every_server, said};
use tokio::task::JoinSet;

on_every_server!(
    an_application_registers_itself_and_manages_what_it_registered,
    an_initial_token_is_good_as_often_as_it_says
);

async fn admin(server: &Hallmark) -> String {
    let secret = server.client_secret();
    let said = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
    said.body["access_token"].as_str().unwrap().to_owned()
}

/// An initial access token that an administrator gives out.
pub(crate) async fn initial(server: &Hallmark, more: Value) -> String {
    let url = format!("{}/access/v1/registration-tokens", server.uaa());
    let made = server.ask(&admin(server).await, "POST", &url, Some(more)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.body["token"].as_str().unwrap().to_owned()
}

async fn new(server: &Hallmark, token: &str, body: Value) -> Said {
    server.ask(token, "POST", &format!("{}/oauth/register", server.uaa()), Some(body)).await
}

fn shop() -> Value {
    json!({"client_name": "Shop", "redirect_uris": ["https://shop.example/cb"], "scope": "openid email",
        "grant_types": ["authorization_code", "refresh_token"], "contacts": ["ops@shop.example"],
        "id_token_signed_response_alg": "ES256", "tos_uri#ko": "https://shop.example/ko"})
}

async fn an_application_registers_itself_and_manages_what_it_registered(server: Hallmark) {
    let refused = new(&server, "", shop()).await;
    assert_eq!(refused.status, 401, "{refused:?}");
    let token = initial(&server, json!({"description": "for Shop"})).await;
    let made = new(&server, &token, shop()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let text =
        |name: &str| made.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {made:?}")).to_owned();
    let (id, secret, held) = (text("client_id"), text("client_secret"), text("registration_access_token"));
    let place = text("registration_client_uri");
    assert!(place.ends_with(&format!("/oauth/register/{id}")));
    for (name, value) in [
        ("client_name", json!("Shop")),
        ("redirect_uris", json!(["https://shop.example/cb"])),
        ("response_types", json!(["code"])),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("contacts", json!(["ops@shop.example"])),
        ("tos_uri#ko", json!("https://shop.example/ko")),
        ("client_secret_expires_at", json!(0)),
        ("scope", json!("email openid")),
    ] {
        assert_eq!(made.body[name], value, "{name}");
    }
    // It is a client: known by its secret, and for what it registered alone.
    let grant = server.token(&id, &secret, &[("grant_type", "client_credentials")]).await;
    assert_eq!((grant.status, &grant.body["error"]), (401, &json!("unauthorized_client")));
    let grant = server.token(&id, "another", &[("grant_type", "client_credentials")]).await;
    assert_eq!(grant.body["error"], "invalid_client");
    // Its keeper sees no secret and no token of it.
    let seen =
        server.ask(&admin(&server).await, "GET", &format!("{}/oauth/clients/{id}", server.uaa()), None).await;
    assert_eq!((seen.status, &seen.body["name"]), (200, &json!("Shop")));
    assert!(!seen.body.to_string().contains(&held) && seen.body.get("registration").is_none());

    let shown = server.ask(&held, "GET", &place, None).await;
    assert_eq!((shown.status, &shown.body["client_id"]), (200, &json!(id)));
    assert!(shown.body.get("client_secret").is_none(), "it is not kept");
    for (token, path) in [
        ("", place.clone()),
        ("nonsense", place.clone()),
        (held.as_str(), format!("{}/oauth/register/admin", server.uaa())),
    ] {
        let refused = server.ask(token, "GET", &path, None).await;
        assert_eq!(refused.status, 401, "{path} {refused:?}");
    }

    let mut changed = shop();
    changed["client_id"] = json!(id);
    changed["client_secret"] = json!(secret);
    changed["client_name"] = json!("Shop 2");
    changed.as_object_mut().unwrap().remove("contacts");
    let after = server.ask(&held, "PUT", &place, Some(changed.clone())).await;
    assert_eq!((after.status, &after.body["client_name"]), (200, &json!("Shop 2")), "{after:?}");
    assert!(after.body.get("contacts").is_none(), "what is left out is gone");
    scopes_stay(&server, &held, &place, changed.clone()).await;
    for (name, value, error) in [
        ("client_id", json!("another"), "invalid_client_metadata"),
        ("client_secret", json!("another"), "invalid_client_metadata"),
        ("registration_client_uri", json!(place), "invalid_client_metadata"),
        ("scope", json!("openid scim.write"), "invalid_client_metadata"),
        ("redirect_uris", json!(["http://shop.example/cb"]), "invalid_redirect_uri"),
        ("grant_types", json!(["authorization_code", "password"]), "invalid_client_metadata"),
    ] {
        let mut wrong = changed.clone();
        wrong[name] = value;
        let said = server.ask(&held, "PUT", &place, Some(wrong)).await;
        assert_eq!((said.status, said.body["error"].as_str()), (400, Some(error)), "{name} {said:?}");
    }
    let grant = server.token(&id, &secret, &[("grant_type", "client_credentials")]).await;
    assert_eq!(grant.body["error"], "unauthorized_client", "the secret is still the one");

    assert_eq!(server.ask(&held, "DELETE", &place, None).await.status, 204);
    assert_eq!(server.ask(&held, "GET", &place, None).await.status, 401);
    let grant = server.token(&id, &secret, &[("grant_type", "client_credentials")]).await;
    assert_eq!(grant.body["error"], "invalid_client");
}

/// Scopes that are left out stay as they were, however often.
async fn scopes_stay(server: &Hallmark, held: &str, place: &str, mut change: Value) {
    change.as_object_mut().unwrap().remove("scope");
    change["redirect_uris"] = json!(["https://shop.example/cb", "https://shop.example/cb"]);
    for _ in 0..2 {
        let after = server.ask(held, "PUT", place, Some(change.clone())).await;
        assert_eq!((after.status, &after.body["scope"]), (200, &json!("email openid")), "{after:?}");
        assert_eq!(after.body["redirect_uris"], json!(["https://shop.example/cb"]));
    }
}

async fn an_initial_token_is_good_as_often_as_it_says(server: Hallmark) {
    let token = initial(&server, json!({"uses": 2})).await;
    let server = Arc::new(server);
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let (server, token) = (server.clone(), token.clone());
        all.spawn(async move { new(&server, &token, shop()).await });
    }
    let all = all.join_all().await;
    let made = all.iter().filter(|said| said.status == 201).count();
    assert_eq!(made, 2, "{all:?}");
    assert!(all.iter().all(|said| [201, 401].contains(&said.status)), "{all:?}");
}

#[tokio::test]
async fn who_may_register_and_what() {
    let server = Hallmark::start().await;
    // A token of OAuth with the scope, and one without.
    for (id, authorities, status) in
        [("registrar", json!(["clients.register"]), 201), ("other", json!(["scim.read"]), 403)]
    {
        let body = json!({"client_id": id, "client_secret": "open sesame", "authorities": authorities,
            "authorized_grant_types": ["client_credentials"]});
        assert_eq!(register(&server, body).await.status, 201);
        let token = server.token(id, "open sesame", &[("grant_type", "client_credentials")]).await;
        let said = new(&server, token.body["access_token"].as_str().unwrap(), shop()).await;
        assert_eq!(said.status, status, "{id} {said:?}");
    }
    // A token says what it allows beyond the policy, and no more than that.
    let token = initial(
        &server,
        json!({"uses": 10, "grant_types": ["implicit"], "redirect_hosts": ["*.shop.example"]}),
    )
    .await;
    let mut hybrid = shop();
    hybrid["response_types"] = json!(["code id_token"]);
    hybrid["grant_types"] = json!(["authorization_code", "implicit"]);
    assert_eq!(new(&server, &token, hybrid.clone()).await.body["error"], "invalid_redirect_uri");
    hybrid["redirect_uris"] = json!(["https://a.shop.example/cb"]);
    hybrid["tos_uri#ko"] = json!("https://a.shop.example/ko");
    let made = new(&server, &token, hybrid.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let plain = initial(&server, json!({})).await;
    assert_eq!(new(&server, &plain, hybrid).await.body["error"], "invalid_client_metadata");
    for wrong in [json!([]), json!("x"), Value::Null] {
        assert_eq!(new(&server, &plain, wrong).await.body["error"], "invalid_client_metadata");
    }
    assert_eq!(new(&server, &plain, shop()).await.status, 201, "what was refused used nothing up");
    // What it registered is what it may ask for.
    let id = made.body["client_id"].as_str().unwrap();
    let url = format!(
        "{}/oauth/authorize?client_id={id}&response_type=code&redirect_uri=https://a.shop.example/cb",
        server.uaa()
    );
    let refused = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
        .get(url)
        .send()
        .await
        .unwrap();
    assert!(refused.headers()["location"].to_str().unwrap().contains("error=unauthorized_client"));
    for wrong in
        [json!({"uses": 0}), json!({"expires_in": 0}), json!({"grant_types": ["password"]}), json!({"x": 1})]
    {
        let url = format!("{}/access/v1/registration-tokens", server.uaa());
        assert_eq!(server.ask(&admin(&server).await, "POST", &url, Some(wrong)).await.status, 400);
    }
}

/// The hosts of an initial access token are those of every address that people come to by the client, and they stay so.
#[tokio::test]
async fn no_address_leads_elsewhere_than_it_may() {
    let server = Hallmark::start().await;
    let hosts = json!({"uses": 20, "redirect_hosts": ["shop.example", "*.shop.example"]});
    let token = initial(&server, hosts).await;
    let evil = "https://evil.example/phish";
    let elsewhere = [
        ("redirect_uris", json!([evil])),
        ("post_logout_redirect_uris", json!(["https://shop.example/bye", evil])),
        ("initiate_login_uri", json!(evil)),
        ("tos_uri", json!(evil)),
        ("tos_uri#ko", json!(evil)),
        ("policy_uri", json!(evil)),
        ("policy_uri#de", json!(evil)),
        ("client_uri", json!(evil)),
        ("logo_uri", json!(evil)),
    ];
    for (name, value) in &elsewhere {
        let mut body = shop();
        body[*name] = value.clone();
        let said = new(&server, &token, body).await;
        assert_eq!(said.status, 400, "{name}: {said:?}");
        assert!(said.body["error_description"].as_str().unwrap().contains("evil.example"), "{said:?}");
    }
    let mut good = shop();
    good["post_logout_redirect_uris"] = json!(["https://a.shop.example/bye"]);
    good["policy_uri"] = json!("https://shop.example/privacy");
    let made = new(&server, &token, good.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (held, place) = (
        made.body["registration_access_token"].as_str().unwrap(),
        made.body["registration_client_uri"].as_str(),
    );
    good["client_id"] = made.body["client_id"].clone();
    let change = async |name: &str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        server.ask(held, "PUT", place.unwrap(), Some(body)).await
    };
    // Twice: what is not said stays for the next change.
    for _ in 0..2 {
        for (name, value) in &elsewhere {
            assert_eq!(change(name, value.clone()).await.status, 400, "{name} by a change");
        }
        let after = change("post_logout_redirect_uris", json!(["https://b.shop.example/bye"])).await;
        assert_eq!(after.status, 200, "{after:?}");
        assert!(!after.body.to_string().contains("hosts"), "{after:?}");
    }
    // Without hosts of its own it is the configuration that says, which names none.
    let token = initial(&server, json!({})).await;
    let mut body = shop();
    body["post_logout_redirect_uris"] = json!(["https://elsewhere.example/bye"]);
    assert_eq!(new(&server, &token, body).await.status, 201);
}

#[tokio::test]
async fn everybody_where_the_operator_says_so() {
    let server = Hallmark::start_with(
        "registration: {open: true, grant_types: [authorization_code], scopes: [openid]}\n",
    )
    .await;
    let mut body = shop();
    body["grant_types"] = json!(["authorization_code"]);
    body["scope"] = json!("openid");
    body["token_endpoint_auth_method"] = json!("none");
    let made = new(&server, "", body.clone()).await;
    assert_eq!((made.status, made.body.get("client_secret")), (201, None), "{made:?}");
    body["scope"] = json!("openid email");
    assert_eq!(new(&server, "", body).await.body["error"], "invalid_client_metadata");
    // A token that is none is no way around.
    assert_eq!(new(&server, "nonsense", shop()).await.status, 401);
    let discovered =
        said(reqwest::Client::new().get(format!("{}/.well-known/openid-configuration", server.uaa()))).await;
    assert_eq!(discovered.body["registration_endpoint"], format!("{}/oauth/register", server.uaa()));
}

/// Where people go on from our pages is the operator's to say.
#[tokio::test]
async fn what_is_the_operators_is_not_the_applications() {
    let server = Hallmark::start().await;
    let refused = new(&server, "", shop()).await;
    let said = refused.body["error_description"].as_str().unwrap();
    assert!(said.contains("/access/v1/registration-tokens"), "{refused:?}");
    let token = initial(&server, json!({})).await;
    let mut asked = shop();
    asked["change_email_redirect_url"] = "javascript:alert(1)".into();
    asked["signup_redirect_url"] = "https://evil.example/".into();
    let made = new(&server, &token, asked).await;
    assert_eq!(made.status, 201, "{made:?}");
    let body = made.body.to_string();
    assert!(!body.contains("redirect_url\""), "{body}");
}
