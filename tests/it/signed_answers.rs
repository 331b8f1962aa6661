//! What is signed although it is no token: who a person is, and what a token says.

use crate::client_auth::make;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::{Hallmark, said};
use uaa_model::{Clock, SystemClock};
use uaa_token::{Assertion, Expect, PublicKeys};

/// Header and claims of a JWT that the server signed for that audience, checked with the keys that it publishes.
async fn verified(server: &Hallmark, token: &str, audience: &str) -> (Value, Value) {
    let keys = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await.body;
    let issuer = format!("{}/oauth/token", server.uaa());
    let expect = Expect { now: SystemClock.now(), issuer: &issuer, audience: &[audience], zone: None };
    let parts: Vec<Value> = token
        .split('.')
        .take(2)
        .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
        .collect();
    // What has no end is no token: the signature is all that is looked at.
    let said = PublicKeys::from_jwks(&keys).unwrap().verify::<Assertion>(token, &expect).err();
    assert_eq!(said, Some(uaa_token::Rejected::Malformed), "signed, and nothing that is good for anything");
    assert_eq!((&parts[1]["iss"], &parts[1]["aud"]), (&json!(issuer), &json!(audience)));
    (parts[0].clone(), parts[1].clone())
}

async fn get(request: reqwest::RequestBuilder) -> (u16, String, String) {
    let response = request.send().await.unwrap();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (response.status().as_u16(), kind, response.text().await.unwrap())
}

/// RFC 9701.
#[tokio::test]
async fn what_a_token_says_is_signed_for_whoever_asks() {
    let server = Hallmark::start().await;
    let client = json!({"client_id": "gate", "client_secret": "first", "authorities": ["uaa.resource"],
        "introspection_signed_response_alg": "PS256"});
    assert_eq!(make(&server, client).await.status, 201);
    let admin = server.admin().await;
    let url = format!("{}/introspect", server.uaa());
    let kind = "application/token-introspection+jwt";
    let ask = |who: &str, secret: &str, token: &str, accept: &str| {
        let request =
            reqwest::Client::new().post(&url).basic_auth(who, Some(secret)).header("accept", accept);
        get(request.form(&[("token", token)]))
    };
    let (status, given, text) =
        ask("gate", "first", &admin, "application/json;q=0.5, application/token-introspection+jwt").await;
    assert_eq!((status, given.as_str()), (200, kind), "{text}");
    let (header, claims) = verified(&server, &text, "gate").await;
    assert_eq!((&header["alg"], &header["typ"]), (&json!("PS256"), &json!("token-introspection+jwt")));
    let said = &claims["token_introspection"];
    assert_eq!((&said["active"], &said["user_name"]), (&json!(true), &json!("admin")));
    assert!(claims["iat"].is_i64() && claims.get("exp").is_none() && claims.get("sub").is_none(), "{claims}");
    // The same as without a signature, to the letter; and no token itself.
    let (_, plain, json) = ask("gate", "first", &admin, "application/json").await;
    assert_eq!((plain.as_str(), &serde_json::from_str::<Value>(&json).unwrap()), ("application/json", said));
    let again = ask("gate", "first", &text, "*/*").await;
    assert_eq!(again.2, r#"{"active":false}"#);
    assert_eq!(server.ask(&text, "GET", &format!("{}/userinfo", server.uaa()), None).await.status, 401);
    // Of a bad token as of a good one, and by the zone's key where the client names none.
    let (_, _, text) = ask("admin", &server.client_secret(), "nonsense", kind).await;
    let (header, claims) = verified(&server, &text, "admin").await;
    assert_eq!(
        (&header["alg"], &claims["token_introspection"]),
        (&json!("RS256"), &json!({"active": false}))
    );
    let (_, given, _) = ask("gate", "first", &admin, "application/token-introspection+jwt;q=0").await;
    assert_eq!(given, "application/json");
    let (status, given, _) = ask("gate", "wrong", &admin, kind).await;
    assert_eq!((status, given.starts_with("application/json")), (401, true), "an error is no answer");
    // By bearer as well.
    let bearer = server.token("gate", "first", &[("grant_type", "client_credentials")]).await;
    let request =
        reqwest::Client::new().post(&url).bearer_auth(bearer.body["access_token"].as_str().unwrap());
    let (_, _, text) = get(request.header("accept", kind).form(&[("token", &admin)])).await;
    verified(&server, &text, "gate").await;
}

/// OpenID Connect Core 1.0 section 5.3.2.
#[tokio::test]
async fn who_a_person_is_is_signed_for_a_client_that_asks() {
    let server = Hallmark::start().await;
    let client = json!({"client_id": "shop", "client_secret": "first", "scope": ["openid"],
        "authorized_grant_types": ["password"], "userinfo_signed_response_alg": "ES256"});
    assert_eq!(make(&server, client).await.status, 201);
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let token = server.token("shop", "first", &form).await.body["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/userinfo", server.uaa());
    let (status, kind, text) = get(reqwest::Client::new().get(&url).bearer_auth(&token)).await;
    assert_eq!((status, kind.as_str()), (200, "application/jwt"), "{text}");
    let (header, claims) = verified(&server, &text, "shop").await;
    assert_eq!((&header["alg"], &claims["user_name"]), (&json!("ES256"), &json!("admin")));
    let plain = server.ask(&server.admin().await, "GET", &url, None).await;
    assert_eq!(plain.body["sub"], claims["sub"], "for others it stays as it was");
    for door in [&url, &format!("{}/v3/organizations", server.api())] {
        assert_eq!(server.ask(&text, "GET", door, None).await.status, 401, "it opens nothing");
    }
    let said = said(reqwest::Client::new().get(&url).bearer_auth("nonsense")).await;
    assert_eq!(said.body["error"], "invalid_token");
}
