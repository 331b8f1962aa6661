//! Clients that do not show who they are: what they are told, what the audit log keeps, and that guessing is stopped.

use super::{assert_to, make};
use crate::audit::people::Log;
use serde_json::{Value, json};
use tests::{Hallmark, Said, Signs, changed, now, said, unique};
use uaa_token::Algorithm;

async fn from(server: &Hallmark, address: &str, (id, secret): (&str, &str)) -> Said {
    let request = reqwest::Client::new().post(format!("{}/oauth/token", server.uaa()));
    let request = request.basic_auth(id, Some(secret)).header("x-forwarded-for", address);
    said(request.form(&[("grant_type", "client_credentials")])).await
}

/// ASVS 5.0, 6.3.1.
#[tokio::test]
async fn guesses_at_a_secret_are_stopped_where_they_come_from() {
    let mut server = Hallmark::start_with("trusted_proxies: [127.0.0.1]\n").await;
    let app = json!({"client_id": "app", "client_secret": "a right one"});
    assert_eq!(make(&server, app).await.status, 201);
    let (right, here) = (("app", "a right one"), "192.0.2.1");
    assert_eq!(from(&server, here, right).await.status, 200);
    let mut told = vec![];
    for id in ["app", "nobody"] {
        for _ in 0..6 {
            told.push(from(&server, here, (id, "a wrong one")).await);
        }
    }
    // The right one is remembered, and says no more than a wrong one.
    told.push(from(&server, here, right).await);
    for said in &told {
        assert_eq!((said.status, &said.body), (401, &told[0].body), "nothing tells a lock or who exists");
    }
    assert_eq!(
        (told[0].body["error"].as_str(), told[0].body["error_description"].as_str()),
        (Some("invalid_client"), Some("Bad credentials"))
    );
    // Neither elsewhere, nor for another client.
    assert_eq!(from(&server, "192.0.2.2", right).await.status, 200);
    assert_eq!(from(&server, here, ("admin", &server.client_secret())).await.status, 200);
    let log = Log::of(&mut server).await;
    let counted = |why: &str, name: &str| -> u64 {
        let rows = log.rows("token_create", "ClientAuthenticationFailure", &json!({"address": here}));
        let rows = rows.iter().filter(|row| row["changed"] == why && row["actor"]["name"] == name);
        rows.map(|row| row["data"]["count"].as_u64().unwrap()).sum()
    };
    assert_eq!(
        (counted("secret", "app"), counted("locked", "app"), counted("unknown_client", "")),
        (5, 2, 6)
    );
    log.holds_none_of(&["a right one", "a wrong one", "nobody\""]);
}

/// RFC 7521 section 4.2.1: whoever made an assertion is told what is wrong with it; whoever did not is told nothing.
#[tokio::test]
async fn an_assertion_that_is_not_taken_says_why() {
    let mut server = Hallmark::start().await;
    let (key, other) = (Signs::with(Algorithm::Es256), Signs::with(Algorithm::Es256));
    let app =
        json!({"client_id": "app", "jwks": key.jwks(), "token_endpoint_auth_method": "private_key_jwt"});
    assert_eq!(make(&server, app).await.status, 201);
    let good = || {
        json!({"iss": "app", "sub": "app", "aud": format!("{}/oauth/token", server.uaa()), "jti": unique(),
            "exp": now() + 60})
    };
    let once = key.typed("JWT", &good());
    assert_eq!(assert_to(&server, &once, &[]).await.status, 200);
    let signed = |more: Value| key.typed("JWT", &changed(&good(), &more));
    let bad = "Bad credentials";
    for (assertion, why, text) in [
        (once, "assertion_replayed", "The client assertion was used before."),
        (signed(json!({"exp": now() - 1})), "assertion_expired", "The client assertion has expired."),
        (
            signed(json!({"aud": "https://elsewhere.example"})),
            "assertion_audience",
            "The client assertion is for another audience: `aud` is the issuer of this server.",
        ),
        (
            signed(json!({"nbf": now() + 600})),
            "assertion_not_yet",
            "The client assertion is not good yet: its time lies ahead.",
        ),
        (
            signed(json!({"exp": now() + 1_000_000})),
            "assertion_too_long",
            "The client assertion is good for more than a day.",
        ),
        (signed(json!({"jti": null})), "assertion_without_jti", "The client assertion has no `jti`."),
        // Whoever holds no key of the client learns nothing of what they made up.
        (other.typed("JWT", &changed(&good(), &json!({"exp": now() - 1}))), "assertion_signature", bad),
        (signed(json!({"iss": "somebody"})), "assertion", bad),
    ] {
        let said = assert_to(&server, &assertion, &[]).await;
        let body = (said.body["error"].as_str(), said.body["error_description"].as_str());
        assert_eq!((said.status, body), (401, (Some("invalid_client"), Some(text))), "{why}");
    }
    let stranger = key.typed("JWT", &changed(&good(), &json!({"iss": "x", "sub": "x"})));
    assert_eq!(assert_to(&server, &stranger, &[]).await.body["error_description"], bad);
    let log = Log::of(&mut server).await;
    let rows = log.rows("token_create", "ClientAuthenticationFailure", &json!({"address": "127.0.0.1"}));
    let mut noted: Vec<_> = rows
        .iter()
        .map(|row| (row["actor"]["name"].as_str().unwrap(), row["changed"].as_str().unwrap()))
        .collect();
    noted.sort_unstable();
    assert_eq!(
        noted,
        [
            ("", "unknown_client"),
            ("app", "assertion"),
            ("app", "assertion_audience"),
            ("app", "assertion_expired"),
            ("app", "assertion_not_yet"),
            ("app", "assertion_replayed"),
            ("app", "assertion_signature"),
            ("app", "assertion_too_long"),
            ("app", "assertion_without_jti")
        ]
    );
}
