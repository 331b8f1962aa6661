//! The keys that sign, as clients meet them: algorithms, documents, and what happens while they change.

use crate::id_token::payload;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tests::{Hallmark, Said, on_every_server};
use tokio::task::JoinSet;
use uaa_model::{Clock, SystemClock};
use uaa_token::{AccessClaims, Algorithm, Expect, IdClaims, PublicKeys};

on_every_server!(a_client_gets_id_tokens_of_the_algorithm_that_it_asks_for);

/// A JWT's header.
pub(crate) fn header(token: &str) -> Value {
    let part = token.split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub(crate) async fn published(server: &Hallmark) -> PublicKeys {
    let set = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await.body;
    PublicKeys::from_jwks(&set).expect("a key set")
}

/// Makes a client, as the administrator.
pub(crate) async fn register(server: &Hallmark, body: Value) -> Said {
    let secret = server.client_secret();
    let token = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    server.ask(&token, "POST", &format!("{}/oauth/clients", server.uaa()), Some(body)).await
}

#[tokio::test]
async fn tokens_of_every_algorithm_stay_good_through_all_rotations() {
    let server = Hallmark::start().await;
    let mut tokens = vec![];
    for algorithm in Algorithm::ALL {
        let rotated = server.command(&["keys", "rotate", "--algorithm", algorithm.name()]);
        assert_eq!(rotated.code, Some(0), "{rotated:?}");
        let kid = rotated.out.split(' ').next().unwrap().to_owned();
        let mut token = server.admin().await;
        for _ in 0..500 {
            if header(&token)["kid"] == kid {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            token = server.admin().await;
        }
        assert_eq!((&header(&token)["kid"], &header(&token)["alg"]), (&json!(kid), &json!(algorithm.name())));
        tokens.push(token);
    }
    let keys = published(&server).await;
    let issuer = format!("{}/oauth/token", server.uaa());
    let expect = Expect { now: SystemClock.now(), issuer: &issuer, audience: &[], zone: Some("uaa") };
    for token in &tokens {
        assert!(keys.verify::<AccessClaims<'static>>(token, &expect).is_ok(), "{}", header(token));
        let url = format!("{}/v3/organizations", server.api());
        assert_eq!(server.ask(token, "GET", &url, None).await.status, 200, "{}", header(token));
    }
    let set = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await.body;
    let set = set["keys"].as_array().unwrap().clone();
    assert_eq!(set.len(), Algorithm::ALL.len() + 1);
    assert!(set.iter().all(|key| key["value"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----")));
    let wrong = server.command(&["keys", "rotate", "--algorithm", "HS256"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(wrong.err.contains("it is none of RS256, "), "{wrong:?}");
}

async fn a_client_gets_id_tokens_of_the_algorithm_that_it_asks_for(server: Hallmark) {
    let body = json!({"client_id": "ed", "client_secret": "open sesame", "scope": ["openid"],
        "authorized_grant_types": ["password"], "id_token_signed_response_alg": "EdDSA"});
    let made = register(&server, body.clone()).await;
    assert_eq!((made.status, &made.body["id_token_signed_response_alg"]), (201, &json!("EdDSA")));
    let server = Arc::new(server);
    // Nobody has made a key for it: of many that need one at the same moment, one makes it.
    let mut all = JoinSet::new();
    for _ in 0..8 {
        let server = server.clone();
        all.spawn(async move { sign_in(&server, "ed").await });
    }
    let all = all.join_all().await;
    let keys = published(&server).await;
    assert_eq!(keys.keys().len(), 2, "one beside the one there was");
    let issuer = format!("{}/oauth/token", server.uaa());
    let expect = Expect { now: SystemClock.now(), issuer: &issuer, audience: &["ed"], zone: Some("uaa") };
    for said in &all {
        let (id, access) =
            (said.body["id_token"].as_str().unwrap(), said.body["access_token"].as_str().unwrap());
        assert_eq!((&header(id)["alg"], &header(access)["alg"]), (&json!("EdDSA"), &json!("RS256")));
        assert!(keys.verify::<IdClaims<'static>>(id, &expect).is_ok());
        // Half of Ed25519's hash, SHA-512.
        assert_eq!(payload(id)["at_hash"].as_str().map(str::len), Some(43));
    }
    for wrong in ["none", "HS256", "RS1"] {
        let mut body = body.clone();
        body["id_token_signed_response_alg"] = wrong.into();
        body["client_id"] = "wrong".into();
        let said = register(&server, body).await;
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_client")), "{wrong}");
    }
}

/// Who reads the key set before the first token has the key already.
#[tokio::test]
async fn a_key_that_a_client_needs_is_published_before_it_signs() {
    let server = Hallmark::start().await;
    let body = json!({"client_id": "early", "client_secret": "open sesame", "scope": ["openid"],
        "authorized_grant_types": ["password"], "id_token_signed_response_alg": "ES384"});
    assert_eq!(register(&server, body).await.status, 201);
    let there = async {
        while !published(&server).await.keys().iter().any(|key| key.algorithm() == Algorithm::Es384) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), there).await.expect("the key is made without being used");
}

async fn sign_in(server: &Hallmark, client: &str) -> Said {
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let said = server.token(client, "open sesame", &form).await;
    assert_eq!(said.status, 200, "{said:?}");
    said
}

#[tokio::test]
async fn a_reader_that_has_the_keys_is_told_so() {
    let server = Hallmark::start().await;
    let ask = async |path: &str, tag: &str| {
        let request = reqwest::Client::new().get(format!("{}{path}", server.uaa()));
        let response = request.header("if-none-match", tag).send().await.unwrap();
        let tag = response.headers()["etag"].to_str().unwrap().to_owned();
        (response.status().as_u16(), tag, response.text().await.unwrap())
    };
    for path in ["/token_keys", "/token_key", "/.well-known/openid-configuration"] {
        let (status, tag, text) = ask(path, "\"another\"").await;
        assert_eq!((status, text.is_empty()), (200, false), "{path}");
        for same in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
            assert_eq!(ask(path, &same).await, (304, tag.clone(), String::new()), "{path} {same}");
        }
    }
    let (_, before, _) = ask("/token_keys", "").await;
    assert_eq!(server.command(&["keys", "rotate"]).code, Some(0));
    for _ in 0..500 {
        if ask("/token_keys", &before).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("readers are told for ever that they have the newest keys");
}

#[tokio::test]
async fn access_tokens_of_rfc_9068_for_clients_that_ask_for_them() {
    let server = Hallmark::start().await;
    let body = json!({"client_id": "modern", "client_secret": "open sesame", "scope": ["openid", "uaa.user"],
        "authorized_grant_types": ["password", "client_credentials"], "authorities": ["uaa.resource"],
        "access_token_format": "rfc9068"});
    let made = register(&server, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let said = sign_in(&server, "modern").await;
    let token = said.body["access_token"].as_str().unwrap();
    assert_eq!(header(token)["typ"], "at+jwt");
    let claims = payload(token);
    // RFC 9068 section 2.2, RFC 8693 section 4.2.
    for member in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(!claims[member].is_null(), "{member}");
    }
    assert_eq!(claims["scope"], "openid uaa.user");
    let own = server.token("modern", "open sesame", &[("grant_type", "client_credentials")]).await;
    let own = own.body["access_token"].as_str().unwrap();
    assert_eq!((&header(own)["typ"], &payload(own)["sub"]), (&json!("at+jwt"), &json!("modern")));
    let me = server.ask(token, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    assert_eq!((me.status, &me.body["user_name"]), (200, &json!("admin")));
    let plain = server.admin().await;
    let (secret, one, several) =
        (server.client_secret(), json!("openid uaa.user"), |said: &Value| said.is_array());
    for (asks, secret) in [("modern", "open sesame"), ("admin", &secret)] {
        let ask = |token: &str| {
            let request = reqwest::Client::new().post(format!("{}/introspect", server.uaa()));
            tests::said(request.basic_auth(asks, Some(secret)).form(&[("token", token.to_owned())]))
        };
        // RFC 7662 section 2.2: a text, where the token has one; of UAA's tokens for whoever has such ones.
        let said = ask(token).await.body;
        assert_eq!((&said["active"], &said["scope"]), (&json!(true), &one), "{asks}");
        let said = ask(&plain).await.body;
        assert_eq!(
            (&said["active"], several(&said["scope"])),
            (&json!(true), asks == "admin"),
            "{asks} {said}"
        );
    }
    // Neither is taken for the other kind.
    assert_eq!(header(said.body["id_token"].as_str().unwrap())["typ"], "JWT");
}

/// RFC 8414 section 3: also where the path of the issuer stands behind, as its clients ask for it.
#[tokio::test]
async fn metadata_is_where_each_standard_has_it() {
    let server = Hallmark::start().await;
    let get = async |url: String| server.ask("", "GET", &url, None).await;
    let discovered = get(format!("{}/.well-known/openid-configuration", server.uaa())).await;
    let issuer = discovered.body["issuer"].as_str().unwrap().to_owned();
    assert_eq!(issuer, format!("{}/oauth/token", server.uaa()));
    for url in [
        format!("{issuer}/.well-known/openid-configuration"),
        format!("{}/.well-known/oauth-authorization-server", server.uaa()),
        format!("{}/.well-known/oauth-authorization-server/oauth/token", server.uaa()),
        format!("{}/.well-known/oauth-authorization-server/uaa/oauth/token", server.api()),
    ] {
        let said = get(url.clone()).await;
        assert_eq!((said.status, &said.body), (200, &discovered.body), "{url}");
    }
    let elsewhere = Hallmark::start_with("domain: hallmark.test\n").await;
    let get = |host: &str, path: &str| {
        let request = reqwest::Client::new().get(format!("http://{}{path}", elsewhere.address()));
        tests::said(request.header("host", host.to_owned()))
    };
    let here = get("uaa.hallmark.test", "/.well-known/oauth-authorization-server/oauth/token").await;
    assert!(here.body["issuer"].as_str().unwrap().ends_with("/oauth/token"));
    let below = get("api.hallmark.test", "/.well-known/oauth-authorization-server/uaa/oauth/token").await;
    assert_eq!(below.status, 404, "there is no such issuer: {below:?}");
}

/// RFC 8414 section 2: what it says of how clients show who they are, and of what people are told, is so.
#[tokio::test]
async fn metadata_says_how_it_behaves() {
    let server = Hallmark::start().await;
    let url = format!("{}/.well-known/openid-configuration", server.uaa());
    let metadata = server.ask("", "GET", &url, None).await.body;
    let has = |member: &str, value: &str| {
        metadata[member].as_array().unwrap_or_else(|| panic!("no {member}")).contains(&json!(value))
    };
    for endpoint in ["token", "revocation", "introspection"] {
        assert!(has(&format!("{endpoint}_endpoint_auth_methods_supported"), "private_key_jwt"));
        assert!(has(&format!("{endpoint}_endpoint_auth_signing_alg_values_supported"), "ES256"));
    }
    let open = json!({"client_id": "open", "allowpublic": true, "scope": ["openid"], "authorities": ["uaa.resource"],
        "authorized_grant_types": ["password"], "token_endpoint_auth_method": "none"});
    assert_eq!(register(&server, open).await.status, 201);
    let password = server.admin_password();
    let sign_in = [("grant_type", "password"), ("username", "admin"), ("password", &password)];
    let forms = [
        ("token", "/oauth/token", &sign_in[..]),
        ("revocation", "/oauth/revoke", &[("token", "x")]),
        ("introspection", "/introspect", &[("token", "x")]),
    ];
    for (endpoint, path, form) in forms {
        let form = [&[("client_id", "open")], form].concat();
        let said =
            tests::said(reqwest::Client::new().post(format!("{}{path}", server.uaa())).form(&form)).await;
        let said_so = has(&format!("{endpoint}_endpoint_auth_methods_supported"), "none");
        assert_eq!(said.status == 200, said_so, "{endpoint}: {said:?}");
    }
    assert!(has("introspection_endpoint_auth_methods_supported", "Bearer"));
    // UAA's clients need both.
    assert_eq!(metadata["claim_types_supported"], json!(["normal"]));
    assert_eq!(metadata["service_documentation"], format!("{}/home", server.uaa()));
    // Whatever is said of a person is announced.
    let form = [&sign_in[..], &[("nonce", "n")]].concat();
    server.token("cf", "", &form).await;
    let said = server.token("cf", "", &form).await;
    let token = said.body["access_token"].as_str().unwrap();
    let me = server.ask(token, "GET", &format!("{}/userinfo", server.uaa()), None).await.body;
    let id = payload(said.body["id_token"].as_str().unwrap());
    for claims in [&me, &id] {
        for name in claims.as_object().unwrap().keys() {
            assert!(has("claims_supported", name), "{name}");
        }
    }
    for name in ["sid", "c_hash", "preferred_username", "updated_at"] {
        assert!(has("claims_supported", name), "{name}");
    }
}

#[tokio::test]
async fn metadata_leads_to_what_the_installation_says_of_itself() {
    let server = Hallmark::start_with("home: {documentation: https://docs.acme.example}\n").await;
    let url = format!("{}/.well-known/openid-configuration", server.uaa());
    let metadata = server.ask("", "GET", &url, None).await.body;
    assert_eq!(metadata["service_documentation"], "https://docs.acme.example");
}

/// Nobody touches a key: the next one is published before it signs, and the one before verifies until its last token is over.
#[tokio::test]
async fn keys_change_by_themselves_and_no_token_is_lost() {
    const DAY: i64 = 86_400;
    let inside = tests::inside::Inside::open_as(|plan| platform_server::compose::Plan {
        key_days: Some(90),
        access_seconds: 3 * 86_400,
        refresh_seconds: 7 * 86_400,
        ..plan
    })
    .await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let token = async || inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let good = async |token: &str| {
        let path = "/oauth/clients/cf";
        inside.ask(uaa_plugin::Site::Uaa, "GET", path, Some(token), None).await.status == 200
    };
    let published = async || -> usize {
        let set = inside.ask(uaa_plugin::Site::Uaa, "GET", "/token_keys", None, None).await.body;
        set["keys"].as_array().unwrap().len()
    };
    let turn = async |days: i64| {
        inside.clock.advance(days * DAY);
        // As two processes would: the second finds it done.
        inside.served.turn_keys().await;
        inside.served.turn_keys().await;
    };
    let first = token().await;
    turn(88).await;
    assert_eq!(published().await, 1);
    turn(1).await;
    let before = token().await;
    assert_eq!((published().await, header(&before)["kid"].clone()), (2, header(&first)["kid"].clone()));
    assert!(good(&before).await);
    turn(1).await;
    let after = token().await;
    assert_ne!(header(&after)["kid"], header(&before)["kid"]);
    assert_eq!(header(&after)["alg"], header(&before)["alg"]);
    assert!(good(&before).await && good(&after).await);
    assert_eq!(published().await, 2);
    turn(31).await;
    assert_eq!(published().await, 1, "its last token is over");
    assert!(good(&token().await).await);
}

/// The command is another process, of whose new key the server has not heard yet when it is made. It blocks its thread, and the load
/// goes on in others.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn no_request_fails_while_keys_change_under_load() {
    let server = Arc::new(Hallmark::start().await);
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let mut all = JoinSet::new();
    for _ in 0..4 {
        let (server, stop) = (server.clone(), stop.clone());
        all.spawn(async move {
            let (secret, mut kids) = (server.client_secret(), std::collections::BTreeSet::new());
            let mut kept: Vec<String> = vec![];
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let said = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
                assert_eq!(said.status, 200, "{said:?}");
                let token = said.body["access_token"].as_str().unwrap().to_owned();
                let url = format!("{}/oauth/clients/cf", server.uaa());
                assert_eq!(server.ask(&token, "GET", &url, None).await.status, 200, "{}", header(&token));
                if kids.insert(header(&token)["kid"].to_string()) {
                    kept.push(token);
                }
            }
            for token in &kept {
                let url = format!("{}/oauth/clients/cf", server.uaa());
                assert_eq!(server.ask(token, "GET", &url, None).await.status, 200, "{}", header(token));
            }
            kids.len()
        });
    }
    let mut signs = String::new();
    for algorithm in ["ES256", "EdDSA", "ES384", "RS256"] {
        let rotated = server.command(&["keys", "rotate", "--algorithm", algorithm]);
        assert_eq!(rotated.code, Some(0), "{rotated:?}");
        signs = rotated.out.split(' ').next().unwrap().to_owned();
    }
    // Until the last one signs.
    for _ in 0..500 {
        let secret = server.client_secret();
        let said = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
        if header(said.body["access_token"].as_str().unwrap())["kid"] == signs {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    let seen = all.join_all().await;
    assert!(seen.iter().any(|kids| *kids >= 2), "the keys did not change while there was load: {seen:?}");
}
