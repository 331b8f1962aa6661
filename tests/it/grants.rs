//! The grants by which one token becomes another, and clients that sign who they are.

use crate::id_token::payload;
use serde_json::{Value, json};
use std::sync::Arc;
use tests::{Hallmark, Said, on_every_server, said};
use tokio::task::JoinSet;
use uaa_model::{Clock, SystemClock};
use uaa_token::{Algorithm, KeySet, SigningKey, epoch_seconds};

on_every_server!(
    a_client_signs_who_it_is_once,
    a_users_token_begins_a_sign_in_elsewhere,
    a_token_of_ours_stands_for_a_sign_in,
    a_token_is_exchanged_for_less
);

async fn a_client_signs_who_it_is_once(server: Hallmark) {
    let key = SigningKey::generate(Algorithm::Es256).unwrap();
    let jwks = json!({"keys": [key.public().jwk()]});
    make(&server, json!({"client_id": "signs", "authorities": ["uaa.resource"], "jwks": jwks})).await;
    let signer = KeySet::new(key).encoder("");
    let server = Arc::new(server);
    let now = epoch_seconds(SystemClock.now());
    let good = json!({"iss": "signs", "sub": "signs", "aud": format!("{}/oauth/token", server.uaa()), "jti": "1",
        "exp": now + 60, "iat": now});
    let ask = |assertion: String, more: &[(&str, &str)]| {
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ];
        form.extend_from_slice(more);
        let form: Vec<(String, String)> = form.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
        let request = reqwest::Client::new().post(format!("{}/oauth/token", server.uaa()));
        said(request.form(&[form, vec![("client_assertion".into(), assertion)]].concat()))
    };
    let first = ask(signer.encode(&good).unwrap(), &[("client_id", "signs")]).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert_eq!(payload(&text(&first, "access_token"))["client_auth_method"], "private_key_jwt");
    // Once, also of many at the same moment.
    refused(&ask(signer.encode(&good).unwrap(), &[]).await, "invalid_client");
    let mut sent = JoinSet::new();
    for _ in 0..10 {
        sent.spawn(ask(signer.encode(&with(&good, "jti", json!("2"))).unwrap(), &[]));
    }
    let passed = sent.join_all().await.into_iter().filter(|said| said.status == 200).count();
    assert_eq!(passed, 1);
    for (n, (member, value)) in [
        ("aud", json!("https://elsewhere.example.com/oauth/token")),
        ("aud", Value::Null),
        ("iss", json!("admin")),
        ("sub", json!("admin")),
        ("sub", json!("nobody")),
        ("exp", json!(now - 1)),
        ("exp", json!(now + 1_000_000)),
        ("exp", Value::Null),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("nbf", json!(now + 1000)),
    ]
    .into_iter()
    .enumerate()
    {
        let claims = with(&with(&good, "jti", json!(format!("bad-{n}"))), member, value.clone());
        let said = ask(signer.encode(&claims).unwrap(), &[]).await;
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (401, Some("invalid_client")),
            "{member} {value}"
        );
    }
    let fresh = |n: &str| signer.encode(&with(&good, "jti", json!(n))).unwrap();
    let thief = KeySet::new(SigningKey::generate(Algorithm::Es256).unwrap()).encoder("");
    refused(&ask(thief.encode(&with(&good, "jti", json!("3"))).unwrap(), &[]).await, "invalid_client");
    refused(&ask("a.b.c".into(), &[]).await, "invalid_client");
    refused(&ask(fresh("4"), &[("client_id", "admin")]).await, "invalid_client");
    refused(&ask(fresh("5"), &[("client_secret", "first")]).await, "invalid_request");
    // What was refused before its name was looked at is not used up, and other endpoints take it, too.
    let form = [
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
        ("client_assertion", fresh("5")),
        ("token", "x".into()),
    ];
    let asked = said(reqwest::Client::new().post(format!("{}/introspect", server.uaa())).form(&form)).await;
    assert_eq!((asked.status, &asked.body), (200, &json!({"active": false})));
    let typeless = [("grant_type", "client_credentials".to_owned()), ("client_assertion", fresh("6"))];
    let typeless = reqwest::Client::new().post(format!("{}/oauth/token", server.uaa())).form(&typeless);
    refused(&said(typeless).await, "invalid_request");
}

/// A client that publishes its keys may change them without a word.
#[tokio::test]
async fn keys_that_a_client_publishes() {
    let [old, new] = [0, 1].map(|_| SigningKey::generate(Algorithm::Es256).unwrap());
    let sets = [&old, &new].map(|key| json!({"keys": [key.public().jwk()]}));
    let now = Arc::new(std::sync::Mutex::new((sets[0].clone(), 0)));
    let served = now.clone();
    let serve = move || {
        let mut now = served.lock().unwrap();
        now.1 += 1;
        let set = now.0.to_string();
        async move { set }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/keys", listener.local_addr().unwrap().port());
    let router = axum::Router::new().route("/keys", axum::routing::get(serve));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let inside = tests::inside::Inside::open(false).await;
    let file = inside.data().join("admin-client-secret");
    let secret = std::fs::read_to_string(file).unwrap();
    let root = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let body = json!({"client_id": "signs", "client_secret": "first", "jwks_uri": url,
        "authorized_grant_types": ["client_credentials"]});
    let made = inside.ask(uaa_plugin::Site::Uaa, "POST", "/oauth/clients", Some(&root), Some(&body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let [old, new] = [old, new].map(|key| KeySet::new(key).encoder(""));
    let ask = async |signer: &uaa_token::Encoder, jti: &str| {
        let claims = json!({"iss": "signs", "sub": "signs", "aud": "http://hallmark.test/uaa/oauth/token", "jti": jti,
            "exp": epoch_seconds(inside.clock.now()) + 60});
        let form = format!(
            "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer\
             &client_assertion={}",
            signer.encode(&claims).unwrap()
        );
        inside.form("/oauth/token", &form).await.status
    };
    assert_eq!(ask(&old, "1").await, 200);
    assert_eq!(ask(&old, "2").await, 200);
    assert_eq!(now.lock().unwrap().1, 1, "they are kept in memory");
    now.lock().unwrap().0 = sets[1].clone();
    assert_eq!(ask(&new, "3").await, 401, "an address is asked seldom");
    inside.clock.advance(31);
    assert_eq!(ask(&new, "4").await, 200, "an unknown key is looked for");
    assert_eq!(ask(&old, "5").await, 401);
    assert_eq!(now.lock().unwrap().1, 2);
    now.lock().unwrap().0 = json!({"keys": "nonsense"});
    inside.clock.advance(601);
    for n in 0..3 {
        assert_eq!(ask(&new, &format!("no-{n}")).await, 401);
    }
    assert_eq!(now.lock().unwrap().1, 3, "what is not there is not asked for again at once");
}

async fn a_users_token_begins_a_sign_in_elsewhere(server: Hallmark) {
    let grants = json!(["password", "user_token"]);
    make(
        &server,
        json!({"client_id": "one", "authorized_grant_types": grants, "scope": ["uaa.user", "openid"]}),
    )
    .await;
    let user = sign_in(&server, "one", "first", &[]).await;
    let auth_time = payload(&text(&user, "access_token"))["auth_time"].clone();
    let ask = |token: String, receiver: &'static str| {
        let form = [("grant_type", "user_token"), ("client_id", receiver)];
        said(
            reqwest::Client::new()
                .post(format!("{}/oauth/token", server.uaa()))
                .bearer_auth(token)
                .form(&form),
        )
    };
    let given = ask(text(&user, "access_token"), "cf").await;
    assert_eq!((given.status, &given.body["access_token"]), (200, &Value::Null), "{given:?}");
    assert_eq!(given.body["jti"], given.body["refresh_token"]);
    let refresh = text(&given, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(server.token("one", "first", &form).await.body["error"], "invalid_grant");
    let redeemed = server.token("cf", "", &form).await;
    let claims = payload(&text(&redeemed, "access_token"));
    assert_eq!((&claims["cid"], &claims["grant_type"]), (&json!("cf"), &json!("user_token")));
    assert_eq!(claims["auth_time"], auth_time);
    // Who may not: a token without uaa.user, of a client without the grant, a client's own; to one without refresh tokens.
    let narrow = sign_in(&server, "one", "first", &[("scope", "openid")]).await;
    let narrow = ask(text(&narrow, "access_token"), "cf").await;
    assert_eq!((narrow.status, narrow.body["error"].as_str()), (403, Some("insufficient_scope")));
    let other = sign_in(&server, "cf", "", &[]).await;
    refused(&ask(text(&other, "access_token"), "cf").await, "unauthorized_client");
    let client =
        server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    refused(&ask(text(&client, "access_token"), "cf").await, "invalid_token");
    refused(&ask("nonsense".into(), "cf").await, "invalid_token");
    refused(&ask(text(&user, "access_token"), "admin").await, "unauthorized_client");
    refused(&ask(text(&user, "access_token"), "nobody").await, "invalid_client");
    refused(&server.token("one", "first", &[("grant_type", "user_token")]).await, "invalid_request");
}

async fn a_token_of_ours_stands_for_a_sign_in(server: Hallmark) {
    for id in ["one", "two"] {
        let grants = json!(["password", "urn:ietf:params:oauth:grant-type:jwt-bearer"]);
        let scope = json!(["openid", "uaa.user", "cloud_controller.read"]);
        make(&server, json!({"client_id": id, "authorized_grant_types": grants, "scope": scope})).await;
    }
    let ask = async |client: &str, secret: &str, assertion: &str| {
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        server.token(client, secret, &[("grant_type", grant), ("assertion", assertion)]).await
    };
    let user = sign_in(&server, "one", "first", &[]).await;
    for token in ["id_token", "access_token"] {
        let given = ask("one", "first", &text(&user, token)).await;
        assert_eq!((given.status, given.body.get("id_token")), (200, None), "{given:?}");
        let (was, is) = (payload(&text(&user, "access_token")), payload(&text(&given, "access_token")));
        assert_eq!((&is["sub"], &is["auth_time"], &is["amr"]), (&was["sub"], &was["auth_time"], &was["amr"]));
        assert_eq!(is["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
        assert!(given.body["refresh_token"].is_string());
        refused(&ask("two", "first", &text(&user, token)).await, "invalid_grant");
    }
    refused(&ask("cf", "", &text(&user, "id_token")).await, "invalid_grant");
    refused(&ask("admin", &server.client_secret(), &text(&user, "id_token")).await, "unauthorized_client");
    refused(&ask("one", "first", &text(&user, "refresh_token")).await, "invalid_grant");
    refused(&ask("one", "first", "nonsense").await, "invalid_grant");
    let narrow = sign_in(&server, "one", "first", &[("scope", "cloud_controller.read")]).await;
    refused(&ask("one", "first", &text(&narrow, "access_token")).await, "invalid_grant");
    // All that the user had ends: what was given before stands for nothing.
    let id = payload(&text(&user, "access_token"))["user_id"].as_str().unwrap().to_owned();
    let url = format!("{}/oauth/token/revoke/user/{id}", server.uaa());
    assert_eq!(server.ask(&text(&user, "access_token"), "GET", &url, None).await.status, 200);
    refused(&ask("one", "first", &text(&user, "id_token")).await, "invalid_token");
    refused(&ask("one", "first", &text(&user, "access_token")).await, "invalid_grant");
}

async fn a_token_is_exchanged_for_less(server: Hallmark) {
    let admin = server.admin().await;
    let me = payload(&admin)["user_id"].clone();
    let group = json!({"displayName": "orders.read", "members": [{"value": me, "type": "USER"}]});
    assert_eq!(
        server.ask(&admin, "POST", &format!("{}/Groups", server.uaa()), Some(group)).await.status,
        201
    );
    let scope = json!(["openid", "uaa.user", "orders.read"]);
    make(&server, json!({"client_id": "front", "authorized_grant_types": ["password"], "scope": scope}))
        .await;
    for (id, scope) in [("orders", json!(["openid", "orders.read"])), ("stock", json!(["orders.read"]))] {
        let grants = json!(["urn:ietf:params:oauth:grant-type:token-exchange", "client_credentials"]);
        make(&server, json!({"client_id": id, "authorized_grant_types": grants, "scope": scope})).await;
    }
    let user = text(&sign_in(&server, "front", "first", &[]).await, "access_token");
    let ask = async |client: &str, token: &str, more: &[(&str, &str)]| {
        let form = [("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS)];
        let form: Vec<_> = form.into_iter().filter(|(n, _)| !more.iter().any(|(m, _)| m == n)).collect();
        server.token(client, "first", &[&form, more].concat()).await
    };
    let given = ask("orders", &user, &[]).await;
    assert_eq!((given.status, given.body["issued_token_type"].as_str()), (200, Some(ACCESS)), "{given:?}");
    assert!(given.body.get("refresh_token").is_none() && given.body.get("id_token").is_none());
    let (was, is) = (payload(&user), payload(&text(&given, "access_token")));
    assert_eq!((&is["sub"], &is["cid"], &is["act"]), (&was["sub"], &json!("orders"), &Value::Null));
    assert!(is["exp"].as_i64() <= was["exp"].as_i64() && !is["scope"].to_string().contains("uaa.user"));
    // Delegation, and again by who was handed the result.
    let me =
        text(&server.token("orders", "first", &[("grant_type", "client_credentials")]).await, "access_token");
    let actor = [("actor_token", me.as_str()), ("actor_token_type", ACCESS)];
    let given = ask("orders", &user, &actor).await;
    let acting = text(&given, "access_token");
    assert_eq!((&payload(&acting)["act"]["sub"], given.status), (&json!("orders"), 200));
    let again = payload(&text(&ask("orders", &acting, &actor).await, "access_token"));
    assert_eq!(again["act"]["act"]["sub"], "orders");
    let one = ask("orders", &user, &[("audience", "orders"), ("requested_token_type", JWT)]).await;
    assert_eq!(
        (one.body["scope"].as_str(), one.body["issued_token_type"].as_str()),
        (Some("orders.read"), Some(JWT))
    );
    // It is a token like any: it ends with all that the user has, and opens what its scopes open.
    let url = format!("{}/userinfo", server.uaa());
    assert_eq!(server.ask(&acting, "GET", &url, None).await.status, 200);
    for (error, client, token, more) in [
        ("invalid_grant", "stock", user.as_str(), &[][..]),
        ("invalid_grant", "orders", me.as_str(), &[]),
        ("invalid_request", "orders", "nonsense", &[]),
        ("invalid_scope", "orders", &user, &[("scope", "uaa.user")]),
        ("invalid_target", "orders", &user, &[("audience", "stock")]),
        ("invalid_target", "orders", &user, &[("resource", "https://stock.example.com/")]),
        (
            "invalid_request",
            "orders",
            &user,
            &[("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")],
        ),
        (
            "invalid_request",
            "orders",
            &user,
            &[("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
        ),
        ("invalid_request", "orders", &user, &[("requested_token_type", JWT), ("token_format", "opaque")]),
        ("invalid_request", "orders", &user, &[("actor_token_type", ACCESS)]),
        ("invalid_request", "orders", &user, &[("actor_token", "nonsense"), ("actor_token_type", ACCESS)]),
        ("unauthorized_client", "front", &user, &[]),
    ] {
        let said = ask(client, token, more).await;
        assert_eq!(said.body["error"].as_str(), Some(error), "{client} {more:?}: {said:?}");
    }
}

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// Makes a client with the secret `first`.
async fn make(server: &Hallmark, client: Value) {
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let mut body = json!({"client_secret": "first", "authorized_grant_types": ["client_credentials"]});
    for (name, value) in client.as_object().unwrap() {
        body[name] = value.clone();
    }
    let url = format!("{}/oauth/clients", server.uaa());
    let said = server.ask(&text(&root, "access_token"), "POST", &url, Some(body)).await;
    assert_eq!(said.status, 201, "{said:?}");
}

async fn sign_in(server: &Hallmark, client: &str, secret: &str, more: &[(&str, &str)]) -> Said {
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    server.token(client, secret, &[&form, more].concat()).await
}

fn refused(said: &Said, error: &str) {
    assert_eq!(said.body["error"].as_str(), Some(error), "{said:?}");
    assert!(matches!(said.status, 400 | 401), "{said:?}");
}

/// The claims with another value for one; none for `null`.
fn with(claims: &Value, member: &str, value: Value) -> Value {
    let mut claims = claims.clone();
    if let Value::Object(members) = &mut claims {
        members.insert(member.to_owned(), value);
        members.retain(|_, value| !value.is_null());
    }
    claims
}

fn text(said: &Said, name: &str) -> String {
    said.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {said:?}")).to_owned()
}
