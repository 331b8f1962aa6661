//! Clients that sign who they are.

use serde_json::{Value, json};
use tests::{Hallmark, Said, Signs, changed, now, said, unique};
use uaa_token::Algorithm;

/// Makes a client with these members, beside the grant `client_credentials`.
pub(crate) async fn make(server: &Hallmark, more: Value) -> Said {
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let body = changed(&json!({"authorized_grant_types": ["client_credentials"]}), &more);
    server.ask(&root, "POST", &format!("{}/oauth/clients", server.uaa()), Some(body)).await
}

/// Asks for a token with an assertion, and with further fields.
pub(crate) async fn assert_to(server: &Hallmark, assertion: &str, more: &[(&str, &str)]) -> Said {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
    ];
    let url = format!("{}/oauth/token", server.uaa());
    said(reqwest::Client::new().post(url).form(&[&form, more].concat())).await
}

/// `token_endpoint_auth_signing_alg` (OpenID Connect Dynamic Client Registration 1.0 section 2).
#[tokio::test]
async fn a_client_signs_with_the_algorithm_that_it_registered() {
    let server = Hallmark::start().await;
    let key = Signs::with(Algorithm::Rs256);
    // A key for whatever its numbers are good for.
    let jwks = json!({"keys": [changed(&key.jwk(), &json!({"alg": null}))]});
    for (id, algorithm, status) in
        [("any", Value::Null, 200), ("this", json!("RS256"), 200), ("other", json!("PS256"), 401)]
    {
        let client = json!({"client_id": id, "jwks": jwks, "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": algorithm});
        assert_eq!(make(&server, client).await.status, 201);
        let claims = json!({"iss": id, "sub": id, "aud": format!("{}/oauth/token", server.uaa()), "jti": unique(),
            "exp": now() + 60});
        let said = assert_to(&server, &key.typed("JWT", &claims), &[]).await;
        assert_eq!(said.status, status, "{id}: {said:?}");
    }
}
