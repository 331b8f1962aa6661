//! Clients that sign who they are, and clients that somebody else vouches for.

mod refused;

use crate::authorize::claims;
use serde_json::{Value, json};
use tests::{Elsewhere, Hallmark, Said, Signs, changed, now, said, unique};
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

/// Libraries spell a secret for Basic as a form does, percent-encode it, or send it as it is; so do UAA's own clients.
#[tokio::test]
async fn a_secret_is_known_in_whatever_way_it_is_spelled() {
    let server = Hallmark::start().await;
    let secret = "a b+c%41&/ü";
    let made = make(&server, json!({"client_id": "spelled", "client_secret": secret})).await;
    assert_eq!(made.status, 201, "{made:?}");
    let (form, percent) = ("a+b%2Bc%2541%26%2F%C3%BC", "a%20b%2Bc%2541%26%2F%C3%BC");
    for (spelled, status) in
        [(secret, 200), (form, 200), (percent, 200), ("a b c%41&/ü", 401), ("a b+cA&/ü", 401), ("", 401)]
    {
        let request = reqwest::Client::new().post(format!("{}/oauth/token", server.uaa()));
        let request =
            request.basic_auth("spelled", Some(spelled)).form(&[("grant_type", "client_credentials")]);
        assert_eq!(said(request).await.status, status, "{spelled}");
    }
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

/// A platform that gives its workloads tokens.
pub(crate) struct Platform {
    pub(crate) site: Elsewhere,
    key: Signs,
}

impl Platform {
    pub(crate) async fn open() -> Platform {
        let platform = Platform { site: Elsewhere::open().await, key: Signs::with(Algorithm::Es256) };
        let keys = platform.site.publish("/keys", platform.key.jwks());
        let document = json!({"issuer": platform.issuer(), "jwks_uri": keys});
        platform.site.publish("/.well-known/openid-configuration", document);
        platform
    }

    pub(crate) fn issuer(&self) -> String {
        self.site.url("")
    }

    /// What it gives a workload, but for these claims.
    pub(crate) fn token(&self, more: &Value) -> String {
        let usual = json!({"iss": self.issuer(), "sub": JOB, "aud": ["hallmark"], "exp": now() + 3_600, "iat": now()});
        self.key.typed("JWT", &changed(&usual, more))
    }
}

pub(crate) const JOB: &str = "system:serviceaccount:shop:job";

#[tokio::test]
async fn a_workload_shows_the_token_of_its_platform() {
    let (server, platform) = (Hallmark::start().await, Platform::open().await);
    let vouchers = json!([{"iss": platform.issuer(), "sub": JOB, "aud": "hallmark"}]);
    let made =
        make(&server, json!({"client_id": "job", "jwt_creds": vouchers, "authorities": ["uaa.resource"]}))
            .await;
    assert_eq!((made.status, &made.body["jwt_creds"]), (201, &vouchers), "{made:?}");
    let named = [("client_id", "job")];
    let good = platform.token(&json!({}));
    // Its platform gives it one for an hour: it comes as often as the workload needs a token.
    for _ in 0..2 {
        let said = assert_to(&server, &good, &named).await;
        assert_eq!(said.status, 200, "{said:?}");
        let claims = claims(&said.body["access_token"]);
        assert_eq!(
            (&claims["sub"], &claims["client_auth_method"]),
            (&json!("job"), &json!("private_key_jwt"))
        );
    }
    assert_eq!(platform.site.asked(), ["/.well-known/openid-configuration", "/keys"], "it is kept in memory");
    let url = format!("{}/introspect", server.uaa());
    let form = [
        ("client_id", "job"),
        ("client_assertion", &good),
        ("token", "x"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
    ];
    assert_eq!(said(reqwest::Client::new().post(url).form(&form)).await.body, json!({"active": false}));
    for more in [
        json!({"sub": "system:serviceaccount:shop:other"}),
        json!({"sub": "job"}),
        json!({"sub": null}),
        json!({"iss": format!("{}/", platform.issuer())}),
        json!({"iss": "job"}),
        json!({"aud": format!("{}/oauth/token", server.uaa())}),
        json!({"aud": null}),
        json!({"aud": []}),
        json!({"exp": now() - 1}),
        json!({"exp": now() + 100_000}),
        json!({"exp": null}),
        json!({"nbf": now() + 1_000}),
    ] {
        refused(&assert_to(&server, &platform.token(&more), &named).await, &more.to_string());
    }
    let thief = Platform { site: platform.site.clone(), key: Signs::with(Algorithm::Es256) };
    refused(&assert_to(&server, &thief.token(&json!({})), &named).await, "another's key");
    let unsigned =
        platform.key.token(&json!({"alg": "none"}), &json!({"iss": platform.issuer(), "sub": JOB}));
    refused(&assert_to(&server, &unsigned, &named).await, "not signed");
    refused(&assert_to(&server, &good, &[]).await, "it is nobody's name here");
    refused(&assert_to(&server, &good, &[("client_id", "admin")]).await, "another client");
    let said = assert_to(&server, &good, &[("client_id", "job"), ("client_secret", "x")]).await;
    assert_eq!(said.body["error"], "invalid_request");
}

/// Without a name of its own for us, a token must be for us; and an issuer speaks for itself alone.
#[tokio::test]
async fn a_token_for_somebody_else_is_nothing_here() {
    let (server, platform) = (Hallmark::start().await, Platform::open().await);
    let other = Elsewhere::open().await;
    other.publish(
        "/.well-known/openid-configuration",
        json!({"issuer": platform.issuer(), "jwks_uri": platform.site.url("/keys")}),
    );
    let vouchers = json!([{"iss": platform.issuer(), "sub": JOB}, {"iss": other.url(""), "sub": JOB}]);
    assert_eq!(make(&server, json!({"client_id": "job", "jwt_creds": vouchers})).await.status, 201);
    let named = [("client_id", "job")];
    refused(&assert_to(&server, &platform.token(&json!({})), &named).await, "for somebody else");
    let here = json!({"aud": format!("{}/oauth/token", server.uaa())});
    assert_eq!(assert_to(&server, &platform.token(&here), &named).await.status, 200);
    let claimed = changed(&here, &json!({"iss": other.url("")}));
    refused(
        &assert_to(&server, &platform.token(&claimed), &named).await,
        "an issuer that says it is another",
    );
    // FAPI 2.0 wants a key of the client itself.
    let strict = json!({"client_id": "strict", "jwt_creds": vouchers, "fapi_profile": "fapi2_security",
        "jwks": platform.key.jwks()});
    assert_eq!(make(&server, strict).await.status, 201);
    refused(
        &assert_to(&server, &platform.token(&here), &[("client_id", "strict")]).await,
        "a client of FAPI",
    );
}

#[tokio::test]
async fn who_vouches_is_added_and_taken_away() {
    let (server, platform) = (Hallmark::start().await, Platform::open().await);
    let made = make(&server, json!({"client_id": "job", "client_secret": "first"})).await;
    assert_eq!((made.status, made.body.get("jwt_creds")), (201, None));
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let place = format!("{}/oauth/clients/job", server.uaa());
    let change =
        async |body: Value| server.ask(&root, "PUT", &format!("{place}/clientjwt"), Some(body)).await;
    let shown = async || server.ask(&root, "GET", &place, None).await.body["jwt_creds"].clone();
    let (iss, at) = (platform.issuer(), "hallmark");
    let good = platform.token(&json!({}));
    refused(&assert_to(&server, &good, &[("client_id", "job")]).await, "before");
    for _ in 0..2 {
        let said =
            change(json!({"iss": iss, "sub": JOB, "aud": at, "client_id": "job", "changeMode": "ADD"})).await;
        let message = "Federated client jwt configuration is added";
        assert_eq!((said.status, said.body["message"].as_str()), (200, Some(message)), "{said:?}");
    }
    assert_eq!(shown().await, json!([{"iss": iss, "sub": JOB, "aud": at}]));
    assert_eq!(assert_to(&server, &good, &[("client_id", "job")]).await.status, 200);
    assert_eq!(change(json!({"iss": iss, "sub": "b"})).await.status, 200);
    assert_eq!(shown().await.as_array().unwrap().len(), 2);
    for bad in [
        json!({"iss": "http://a.example", "sub": "a"}),
        json!({"iss": "nowhere", "sub": "a"}),
        json!({"iss": iss, "sub": ""}),
        json!({"iss": "*", "sub": "*"}),
    ] {
        let said = change(bad.clone()).await;
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (400, Some("invalid_client")),
            "{bad} {said:?}"
        );
    }
    assert_eq!(change(json!({"iss": iss})).await.body["message"], "No key added");
    let gone = change(json!({"iss": iss, "sub": JOB, "changeMode": "DELETE"})).await;
    assert_eq!(gone.body["message"], "Federated client jwt configuration is deleted");
    assert_eq!(shown().await, json!([{"iss": iss, "sub": "b"}]));
    refused(&assert_to(&server, &good, &[("client_id", "job")]).await, "after");
    assert_eq!(change(json!({"iss": iss, "sub": JOB, "aud": at, "changeMode": "UPDATE"})).await.status, 200);
    assert_eq!(shown().await, json!([{"iss": iss, "sub": JOB, "aud": at}]));
    change(json!({"iss": "*", "sub": "*", "changeMode": "DELETE"})).await;
    assert_eq!(shown().await, Value::Null);
}

/// UAA's tokens vouch as those of others do, as long as they are good.
#[tokio::test]
async fn a_token_of_ours_vouches_while_it_is_good() {
    let server = Hallmark::start().await;
    let iss = format!("{}/oauth/token", server.uaa());
    let scope = json!(["orders.read"]);
    assert_eq!(
        make(&server, json!({"client_id": "one", "client_secret": "first", "authorities": scope}))
            .await
            .status,
        201
    );
    let vouchers = json!([{"iss": iss, "sub": "one", "aud": "orders"}]);
    assert_eq!(make(&server, json!({"client_id": "two", "jwt_creds": vouchers})).await.status, 201);
    let token = server.token("one", "first", &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let named = [("client_id", "two")];
    assert_eq!(assert_to(&server, &token, &named).await.status, 200);
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let other = assert_to(&server, &root, &named).await;
    refused(&other, "of somebody else");
    let url = format!("{}/oauth/token/revoke/client/one", server.uaa());
    assert_eq!(server.ask(&root, "GET", &url, None).await.status, 200);
    refused(&assert_to(&server, &token, &named).await, "after it was revoked");
}

fn refused(said: &Said, why: &str) {
    assert_eq!((said.status, said.body["error"].as_str()), (401, Some("invalid_client")), "{why}: {said:?}");
}

/// RFC 6749 section 2.3: one way a request. UAA's programs say the name again in the form, and some the secret.
#[tokio::test]
async fn a_client_shows_who_it_is_in_one_way() {
    let server = Hallmark::start().await;
    for id in ["shop", "other"] {
        assert_eq!(make(&server, json!({"client_id": id, "client_secret": "first"})).await.status, 201);
    }
    for (more, status) in [
        (&[][..], 200),
        (&[("client_id", "shop")], 200),
        (&[("client_id", "shop"), ("client_secret", "first")], 200),
        (&[("client_id", "shop"), ("client_secret", "")], 200),
        (&[("client_secret", "wrong")], 400),
        (&[("client_id", "shop"), ("client_secret", "wrong")], 400),
        (&[("client_id", "other")], 400),
        (&[("client_id", "other"), ("client_secret", "first")], 400),
    ] {
        let form = [&[("grant_type", "client_credentials")], more].concat();
        let said = server.token("shop", "first", &form).await;
        assert_eq!(said.status, status, "{more:?}: {said:?}");
        assert!(status == 200 || said.body["error"] == "invalid_request", "{said:?}");
    }
}
