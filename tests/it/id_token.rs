//! ID tokens (OpenID Connect Core 1.0 section 2), verified as a client does: by the published keys.

use serde_json::{Value, json};
use tests::{Hallmark, Said, on_every_server};
use uaa_model::{Clock, SystemClock};
use uaa_token::{AccessClaims, Expect, IdClaims, PublicKeys};

on_every_server!(by_password_with_openid_alone, a_refresh_keeps_how_and_when);

async fn by_password_with_openid_alone(server: Hallmark) {
    let said = sign_in(&server, &[("nonce", "n-0S6_WzA2Mj")]).await;
    assert_eq!(said.status, 200, "{said:?}");
    let (text, access) = (id_token(&said), said.body["access_token"].as_str().unwrap());
    let expect =
        Expect { now: SystemClock.now(), issuer: &issuer(&server), audience: &["cf"], zone: Some("uaa") };
    let keys = keys(&server).await;
    let claims: IdClaims<'static> = keys.verify(text, &expect).expect("it is good");
    let user: AccessClaims<'static> = keys.verify(access, &Expect { audience: &[], ..expect }).unwrap();
    assert!(keys.verify::<AccessClaims<'static>>(text, &expect).is_err(), "an ID token opens doors");
    assert!(keys.verify::<IdClaims<'static>>(access, &expect).is_err());
    assert_eq!((claims.sub.as_ref(), claims.aud.as_slice()), (user.sub.as_ref(), &["cf".into()][..]));
    assert_eq!((claims.exp, claims.iat), (user.exp, user.iat));
    let shown = payload(text);
    let said_of = |name: &str| shown[name].clone();
    for (name, is) in [
        ("user_id", json!(user.sub)),
        ("user_name", json!("admin")),
        ("origin", json!("uaa")),
        ("email_verified", json!(true)),
        ("azp", json!("cf")),
        ("cid", json!("cf")),
        ("client_id", json!("cf")),
        ("zid", json!("uaa")),
        ("grant_type", json!("password")),
        ("scope", json!(["openid"])),
        ("amr", json!(["pwd"])),
        ("nonce", json!("n-0S6_WzA2Mj")),
        ("auth_time", json!(user.auth_time)),
        ("acr", json!("pwd")),
        ("given_name", Value::Null),
    ] {
        assert_eq!(said_of(name), is, "{name}");
    }
    assert_ne!(claims.jti, user.jti);
    assert_eq!(said_of("at_hash").as_str().map(str::len), Some(22));
    let without = sign_in(&server, &[("scope", "cloud_controller.read")]).await;
    assert_eq!((without.status, without.body.get("id_token")), (200, None));
}

async fn a_refresh_keeps_how_and_when(server: Hallmark) {
    let first = sign_in(&server, &[("nonce", "once")]).await;
    let (old, token) = (payload(id_token(&first)), first.body["refresh_token"].as_str().unwrap());
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let second = server.token("cf", "", &form).await;
    assert_eq!(second.status, 200, "{second:?}");
    let new = payload(id_token(&second));
    for same in ["iss", "sub", "aud", "auth_time", "amr", "azp", "grant_type"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert!(old["iat"].as_i64() <= new["iat"].as_i64());
    // Section 12.2: it should have none.
    assert_eq!((&old["nonce"], &new["nonce"]), (&json!("once"), &Value::Null));
    assert_ne!(old["at_hash"], new["at_hash"]);
    let access = payload(second.body["access_token"].as_str().unwrap());
    assert_eq!((&access["grant_type"], &access["auth_time"]), (&json!("password"), &old["auth_time"]));
    // Narrowed to something else there is no ID token, and the next refresh may have it again.
    let token = second.body["refresh_token"].as_str().unwrap();
    let form =
        [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", "cloud_controller.read")];
    let third = server.token("cf", "", &form).await;
    assert_eq!((third.status, third.body.get("id_token")), (200, None));
    let token = third.body["refresh_token"].as_str().unwrap();
    let fourth = server.token("cf", "", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await;
    assert_eq!(payload(id_token(&fourth))["auth_time"], old["auth_time"]);
}

async fn sign_in(server: &Hallmark, more: &[(&str, &str)]) -> Said {
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    server.token("cf", "", &[&form, more].concat()).await
}

async fn keys(server: &Hallmark) -> PublicKeys {
    let set = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await.body;
    PublicKeys::from_jwks(&set).expect("a key set")
}

fn issuer(server: &Hallmark) -> String {
    format!("{}/oauth/token", server.uaa())
}

fn id_token(said: &Said) -> &str {
    said.body["id_token"].as_str().unwrap_or_else(|| panic!("no ID token: {said:?}"))
}

/// What a JWT says, unverified.
pub(crate) fn payload(token: &str) -> Value {
    use base64::Engine as _;
    let part = token.split('.').nth(1).expect("a JWT");
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}
