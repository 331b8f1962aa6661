//! Who somebody is here whom a provider has sent.

use super::{Between, Idp, JWT_BEARER, root, text};
use crate::authorize::{SHOP, sign_in};
use crate::id_token::payload;
use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Browser, Hallmark, changed, on_every_server};
use tokio::task::JoinSet;

on_every_server!(
    a_person_is_made_once_and_known_again,
    of_many_first_sign_ins_one_makes_the_person,
    nobody_is_taken_for_somebody_of_another_origin
);

async fn a_person_is_made_once_and_known_again(server: Hallmark) {
    let all = Between::on(server, &json!({})).await;
    let given = all.come(&json!({"auth_time": 1_700_000_000})).await;
    let claims = payload(&text(&given, "access_token"));
    for (name, value) in [
        ("origin", json!("acme")),
        ("user_name", json!("mira")),
        ("email", json!("mira@acme.example")),
        ("amr", json!(["pwd", "ext", "oauth"])),
        ("acr", json!("silver")),
        ("auth_time", json!(1_700_000_000)),
        ("grant_type", json!(JWT_BEARER)),
    ] {
        assert_eq!(claims[name], value, "{name}: {claims}");
    }
    assert!(claims["scope"].as_array().unwrap().contains(&json!("uaa.user")), "everybody's groups: {claims}");
    let id = claims["user_id"].as_str().unwrap().to_owned();
    let shown = all.ask("GET", &format!("/Users/{id}"), &Value::Null).await.body;
    for (name, value) in [
        ("origin", json!("acme")),
        ("externalId", json!("1")),
        ("verified", json!(true)),
        ("active", json!(true)),
        ("name", json!({"givenName": "Mira", "familyName": "Sand"})),
        ("emails", json!([{"value": "mira@acme.example", "primary": true}])),
    ] {
        assert_eq!(shown[name], value, "{name}: {shown}");
    }
    assert!(shown["lastLogonTime"].is_i64() && shown.get("previousLogonTime").is_none(), "{shown}");
    // The token is one like any other.
    let url = format!("{}/userinfo", all.server.uaa());
    let userinfo = all.server.ask(&text(&given, "access_token"), "GET", &url, None).await;
    assert_eq!((userinfo.status, &userinfo.body["user_id"]), (200, &json!(id)), "{userinfo:?}");
    let refresh = text(&given, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let again = all.server.token("shell", "first", &form).await;
    assert_eq!(payload(&text(&again, "access_token"))["amr"], json!(["pwd", "ext", "oauth"]));
    // Called otherwise meanwhile, but the same; and what is not said stays.
    let other = json!({"preferred_username": "mira.sand", "email": "sand@acme.example", "email_verified": false,
        "given_name": null, "amr": null, "acr": null});
    for version in [1, 1] {
        let given = all.come(&other).await;
        let claims = payload(&text(&given, "access_token"));
        assert_eq!((&claims["user_id"], &claims["user_name"]), (&json!(id), &json!("mira.sand")));
        let shown = all.ask("GET", &format!("/Users/{id}"), &Value::Null).await.body;
        assert_eq!(shown["meta"]["version"], version, "nothing is written that is known: {shown}");
        assert_eq!((&shown["verified"], &shown["name"]["givenName"]), (&json!(false), &json!("Mira")));
        assert!(shown["previousLogonTime"].as_i64() < shown["lastLogonTime"].as_i64(), "{shown}");
        assert_eq!(shown["emails"], json!([{"value": "sand@acme.example", "primary": true}]));
    }
    // The name that nobody has any more may be another's.
    let second = payload(&text(&all.come(&json!({"sub": "2"})).await, "access_token"));
    assert_ne!(second["user_id"], json!(id));
    assert!(all.users("mira").await[0]["id"] == second["user_id"]);
}

async fn of_many_first_sign_ins_one_makes_the_person(server: Hallmark) {
    let all = Between::on(server, &json!({})).await;
    let token = all.idp.token(&json!({}));
    let all = Arc::new(all);
    let mut sent = JoinSet::new();
    for _ in 0..8 {
        let (all, token) = (all.clone(), token.clone());
        sent.spawn(async move { all.show(&token).await });
    }
    for said in sent.join_all().await {
        assert_eq!(said.status, 200, "{said:?}");
    }
    assert_eq!(all.users("mira").await.len(), 1);
}

async fn nobody_is_taken_for_somebody_of_another_origin(server: Hallmark) {
    let all = Between::on(server, &json!({})).await;
    let local = json!({"userName": "mira", "password": "a-long-secret", "verified": false,
        "emails": [{"value": "mira@acme.example"}], "externalId": "1"});
    let local = all.ask("POST", "/Users", &local).await;
    assert_eq!(local.status, 201, "{local:?}");
    let foreign = Idp::open().await;
    let made = all.register("other", &foreign.config(&json!({}))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let one = payload(&text(&all.come(&json!({})).await, "access_token"))["user_id"].clone();
    let two = all.show(&foreign.token(&json!({}))).await;
    let two = payload(&text(&two, "access_token"))["user_id"].clone();
    assert!(one != two && one != local.body["id"] && two != local.body["id"]);
    let origins = all.users("mira").await;
    let origins: Vec<_> = origins.iter().map(|user| user["origin"].as_str().unwrap()).collect();
    assert_eq!(origins.len(), 3, "{origins:?}");
    let path = format!("/Users/{}", local.body["id"].as_str().unwrap());
    let after = all.ask("GET", &path, &Value::Null).await;
    assert_eq!(after.body, local.body, "the local user is as before");
    // What is kept here of somebody else's people opens nothing.
    let form = |hint: &'static str| {
        let server = &all.server;
        let form = [("grant_type", "password"), ("username", "mira"), ("password", ""), ("login_hint", hint)];
        async move { server.token("shell", "first", &form).await }
    };
    for hint in [r#"{"origin":"acme"}"#, r#"{"origin":"nowhere"}"#] {
        let said = form(hint).await;
        assert_eq!((said.status, said.body["error"].as_str()), (401, Some("unauthorized")), "{said:?}");
    }
    let path = format!("/Users/{}/password", one.as_str().unwrap());
    let said = all.ask("PUT", &path, &json!({"password": "another-long-one"})).await;
    assert_eq!((said.status, said.body["error"].as_str()), (400, Some("invalid_scim_resource")), "{said:?}");
}

/// UAA's `addShadowUserOnLogin`: an administrator says beforehand who may come.
#[tokio::test]
async fn people_who_are_made_beforehand_and_no_others() {
    let all = Between::on(Hallmark::start().await, &json!({"addShadowUserOnLogin": false})).await;
    all.refuses(&all.idp.token(&json!({})), "must be pre-created").await;
    assert!(all.users("mira").await.is_empty());
    let body = json!({"userName": "Mira", "origin": "acme", "emails": [{"value": "mira@acme.example"}]});
    let made = all.ask("POST", "/Users", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let given = payload(&text(&all.come(&json!({})).await, "access_token"));
    assert_eq!(given["user_id"], made.body["id"]);
    let path = format!("/Users/{}", made.body["id"].as_str().unwrap());
    let shown = all.ask("GET", &path, &Value::Null).await.body;
    assert_eq!((&shown["externalId"], &shown["userName"]), (&json!("1"), &json!("mira")));
    // From here on the account is that person's, whoever is called so later.
    all.refuses(&all.idp.token(&json!({"sub": "2"})), "has that name").await;
    all.refuses(&all.idp.token(&json!({"sub": "2", "preferred_username": "MIRA"})), "has that name").await;
    all.refuses(&all.idp.token(&json!({"sub": "2", "preferred_username": "eve"})), "must be pre-created")
        .await;
    let taken = json!({"userName": "twin", "origin": "acme", "externalId": "1", "emails": [{"value": "t@acme.example"}]});
    assert_eq!(all.ask("POST", "/Users", &taken).await.status, 201);
    all.refuses(&all.idp.token(&json!({})), "Several users").await;
}

#[tokio::test]
async fn who_may_not_sign_in_any_more_does_not() {
    let all = Between::open().await;
    let given = all.come(&json!({})).await;
    let (access, refresh) = (text(&given, "access_token"), text(&given, "refresh_token"));
    let id = payload(&access)["user_id"].as_str().unwrap().to_owned();
    let url = format!("{}/Users/{id}", all.server.uaa());
    let active = async |active: bool| {
        let request = reqwest::Client::new().patch(&url).bearer_auth(&all.root).header("if-match", "*");
        let said = tests::said(request.json(&json!({"active": active}))).await;
        assert_eq!(said.status, 200, "{said:?}");
    };
    active(false).await;
    all.refuses(&all.idp.token(&json!({})), "may not sign in any more").await;
    let named = json!({"preferred_username": "another", "email": "new@acme.example"});
    all.refuses(&all.idp.token(&named), "may not sign in any more").await;
    assert_eq!(all.users("mira").await.len(), 1, "nothing is refreshed either");
    assert_eq!(all.server.ask_about(&access).await, json!({"active": false}));
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(all.server.token("shell", "first", &form).await.body["error"], "invalid_grant");
    active(true).await;
    all.come(&json!({})).await;
}

/// The claims that the configuration names, and what is in them.
#[tokio::test]
async fn the_configuration_says_where_a_name_stands() {
    let all = Between::on(Hallmark::start().await, &json!({"attributeMappings": {}})).await;
    let given = payload(&text(&all.come(&json!({"email": null})).await, "access_token"));
    assert_eq!((&given["user_name"], &given["email"]), (&json!("1"), &json!("1@user.from.acme.cf")));
    let config = all.idp.config(&json!({"attributeMappings": {"user_name": "upn", "email": "mail"}}));
    let put = changed(&super::provider("acme", &config), &json!({"originKey": null}));
    let said = all.ask("PUT", &format!("/identity-providers/{}", all.id), &put).await;
    assert_eq!(said.status, 200, "{said:?}");
    all.refuses(&all.idp.token(&json!({})), "does not say the user's name in `upn`").await;
    all.refuses(&all.idp.token(&json!({"upn": 7})), "`upn` of the assertion is not one text").await;
    all.refuses(&all.idp.token(&json!({"upn": "a".repeat(300)})), "longer than 255").await;
    let named = all.come(&json!({"upn": "mira@acme.example", "mail": ["m@acme.example"]})).await;
    let claims = payload(&text(&named, "access_token"));
    assert_eq!((&claims["user_id"], &claims["user_name"]), (&given["user_id"], &json!("mira@acme.example")));
    assert_eq!(claims["email"], "m@acme.example");
}

/// A client that names the providers whose people may use it (`allowedproviders`).
#[tokio::test]
async fn a_client_is_open_to_people_of_the_providers_that_it_names() {
    let all = Between::open().await;
    let root = root(&all.server).await;
    let put = async |providers: Value| {
        let url = format!("{}/oauth/clients/shell", all.server.uaa());
        let body = json!({"client_id": "shell", "scope": ["openid", "uaa.user"], "allowedproviders": providers,
            "authorized_grant_types": [JWT_BEARER, "password", "refresh_token"]});
        assert_eq!(all.server.ask(&root, "PUT", &url, Some(body)).await.status, 200);
    };
    let given = all.come(&json!({})).await;
    let refresh = text(&given, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    put(json!(["uaa"])).await;
    for said in [
        all.show(&all.idp.token(&json!({"sub": "2", "preferred_username": "new"}))).await,
        all.server.token("shell", "first", &form).await,
    ] {
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (401, Some("unauthorized_client")),
            "{said:?}"
        );
    }
    assert!(all.users("new").await.is_empty(), "nobody is made for nothing");
    let password = all.server.admin_password();
    let own = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    assert_eq!(all.server.token("shell", "first", &own).await.status, 200);
    put(json!(["acme"])).await;
    all.come(&json!({})).await;
    let said = all.server.token("shell", "first", &own).await;
    assert_eq!((said.status, said.body["error"].as_str()), (401, Some("unauthorized_client")), "{said:?}");
}

/// Nobody is asked, and no code is made, for what the token endpoint would refuse.
#[tokio::test]
async fn nor_does_it_get_a_code_of_somebody_else() {
    let server = Hallmark::start().await;
    let more = json!({"allowedproviders": ["acme"], "autoapprove": true,
        "authorized_grant_types": ["authorization_code", "implicit"]});
    SHOP.register(&server, more).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/home").await;
    sign_in(&server, &mut browser, &page).await;
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    assert_eq!(page.status, 401);
    assert!(page.html.contains("unauthorized_client") && page.elsewhere.is_none(), "{}", page.html);
    let text = "Client is not authorized for specified user's identity provider.";
    for kind in ["code", "token", "id_token"] {
        let page = browser.open(&SHOP.ask(&server, &[("prompt", "none"), ("response_type", kind)])).await;
        assert_eq!(page.given("error").as_deref(), Some("access_denied"), "{kind}: {}", page.html);
        assert_eq!(page.given("error_description").as_deref(), Some(text));
        let page = browser.open(&SHOP.ask(&server, &[("response_type", kind)])).await;
        assert_eq!((page.status, page.elsewhere), (401, None), "{kind}");
    }
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let said = client.get(SHOP.ask(&server, &[])).bearer_auth(server.admin().await).send().await.unwrap();
    let to = said.headers()["location"].to_str().unwrap();
    assert!(said.status() == 302 && to.contains("error=access_denied") && !to.contains("code="), "{to}");
}
