//! Tokens that somebody made, altered or took from elsewhere, sent to the running product: 401 in the words of each protocol.
//!
//! Those with wrong claims are signed with the installation's own key, read from its data directory: a thief of a key backup,
//! or another zone or use of the same key. What is not there for a server to see is tested at `uaa/token/src/verify/tests.rs`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Signer as _;
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tests::{Hallmark, Said, said};
use uaa_model::Secret;
use uaa_token::{Algorithm, DataKey, SigningKey};

#[tokio::test]
async fn a_header_names_no_key_but_ours() {
    let site = Forge::start().await;
    let thief = SigningKey::generate(Algorithm::Rs256).unwrap();
    site.accepts(&sign(&site.key, &site.header, &site.claims)).await;
    for kid in [
        "nobody",
        "",
        "../../data-key",
        "/dev/null",
        "' OR '1'='1",
        "x\"; DROP TABLE token; --",
        "\u{0}",
        "%00",
    ] {
        let header = with(&site.header, "kid", json!(kid));
        site.refuses(&sign(&thief, &header, &site.claims), kid).await;
        site.refuses(&sign(&site.key, &header, &site.claims), kid).await;
    }
    for (member, value) in [
        ("jku", json!("http://127.0.0.1:9/token_keys")),
        ("x5u", json!("file:///etc/ssl/certs/ca-certificates.crt")),
        ("x5c", json!(["AAAA"])),
        ("jwk", json!(thief.public().jwk())),
    ] {
        let header = with(&site.header, member, value);
        site.refuses(&sign(&thief, &header, &site.claims), member).await;
        site.refuses(&sign(&thief, &with(&header, "kid", json!(thief.kid())), &site.claims), member).await;
    }
    site.refuses(&sign(&site.key, &with(&site.header, "crit", json!(["exp"])), &site.claims), "crit").await;
}

#[tokio::test]
async fn the_algorithm_is_the_keys_own() {
    let site = Forge::start().await;
    let good = sign(&site.key, &site.header, &site.claims);
    let (_, rest) = good.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let payload = encoded(&site.claims);
    for alg in ["none", "None", "HS256", "RS512", "PS256", "ES256", "EdDSA", ""] {
        let head = encoded(&with(&site.header, "alg", json!(alg)));
        site.refuses(&format!("{head}.{payload}.{signature}"), alg).await;
        site.refuses(&format!("{head}.{payload}."), alg).await;
        site.refuses(&sign(&site.key, &with(&site.header, "alg", json!(alg)), &site.claims), alg).await;
    }
    // What everybody may read is no secret to sign with.
    let keys = site.server.ask("", "GET", &format!("{}/token_keys", site.server.uaa()), None).await;
    let pem = keys.body["keys"][0]["value"].as_str().unwrap();
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    header.kid = Some(site.key.kid().to_owned());
    for secret in [pem.to_owned(), format!("{pem}\n")] {
        let secret = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        site.refuses(&jsonwebtoken::encode(&header, &site.claims, &secret).unwrap(), "HS256").await;
    }
}

#[tokio::test]
async fn what_the_token_says_must_be_of_here_and_now() {
    let site = Forge::start().await;
    let now = site.claims["iat"].as_i64().unwrap();
    let zone = "6f1e7a2b-0000-4000-8000-000000000000";
    for (claim, value) in [
        ("iss", json!("http://elsewhere.test/oauth/token")),
        ("iss", json!(format!("{}/", site.claims["iss"].as_str().unwrap()))),
        ("iss", json!("")),
        ("zid", json!(zone)),
        ("zid", json!("")),
        ("exp", json!(now)),
        ("exp", json!(0)),
        ("exp", json!("tomorrow")),
        ("iat", json!(now + 3600)),
        ("nbf", json!(now + 3600)),
        // The kinds of tokens that are no access tokens.
        ("typ", json!("ID")),
        ("typ", json!("Refresh")),
        ("jti", json!("6f1e7a2b-r")),
        // Nobody, or somebody whose secret or password is another by now.
        ("client_id", json!("stranger")),
        ("user_id", json!(zone)),
        ("user_id", json!("' OR '1'='1")),
        ("rev_sig", json!("0000000000000000")),
        ("revocable", json!(true)),
    ] {
        let claims = with(&site.claims, claim, value.clone());
        site.refuses(&sign(&site.key, &site.header, &claims), &format!("{claim} {value}")).await;
    }
    for typ in ["logout+jwt", "dpop+jwt", "secevent+jwt"] {
        site.refuses(&sign(&site.key, &with(&site.header, "typ", json!(typ)), &site.claims), typ).await;
    }
}

#[tokio::test]
async fn a_token_is_of_one_use() {
    let site = Forge::start().await;
    let password = site.server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &password)];
    let given = site.server.token("cf", "", &form).await.body;
    let (access, refresh) =
        (given["access_token"].as_str().unwrap(), given["refresh_token"].as_str().unwrap());
    site.refuses(refresh, "a refresh token").await;
    for token in [access, "0123456789abcdef0123456789abcdef", "..", "' OR '1'='1"] {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let said = site.server.token("cf", "", &form).await;
        assert_eq!((said.status, said.body["error"].as_str()), (401, Some("invalid_token")), "{token:.40}");
    }
    // Of another client.
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let said = site.server.token("admin", &site.server.client_secret(), &form).await;
    assert!([400, 401].contains(&said.status), "{said:?}");
    // The refusals have not cost the rightful one.
    assert_eq!(site.server.token("cf", "", &form).await.status, 200);
}

#[tokio::test]
async fn two_authorization_headers_are_none() {
    let site = Forge::start().await;
    let good = sign(&site.key, &site.header, &site.claims);
    let (http, good) = (reqwest::Client::new(), format!("bearer {good}"));
    for (first, second) in
        [(&*good, "bearer x"), ("bearer x", &*good), (&*good, &*good), ("Basic Y2Y6", &*good)]
    {
        for (url, refused) in site.sites() {
            let both = http.get(url).header("authorization", first).header("authorization", second);
            refused(&said(both).await, "two headers");
        }
    }
    let both = http.post(format!("{}/oauth/token", site.server.uaa())).form(&[("grant_type", "password")]);
    let said = said(both.header("authorization", "Basic Y2Y6").header("authorization", "Basic Y2Y6")).await;
    assert_eq!((said.status, said.body["error"].as_str()), (401, Some("invalid_client")));
}

/// How a site refuses a token.
type Refused = fn(&Said, &str);

/// A server, and the means to sign as it does.
struct Forge {
    server: Hallmark,
    key: SigningKey,
    header: Value,
    claims: Value,
}

impl Forge {
    async fn start() -> Forge {
        let server = Hallmark::start().await;
        let text = std::fs::read_to_string(server.data().join("data-key")).unwrap();
        let data_key = DataKey::from_text(&Secret::new(text.trim().to_owned())).unwrap();
        let url = format!("sqlite:{}", server.data().join("hallmark.db").display());
        let mut conn = SqliteConnection::connect(&url).await.unwrap();
        let row = sqlx::query("SELECT kid, sealed FROM signing_key").fetch_one(&mut conn).await.unwrap();
        let (kid, sealed): (String, Vec<u8>) = (row.get(0), row.get(1));
        let key = SigningKey::open(&data_key, &kid, Algorithm::Rs256, &sealed).unwrap();
        let token = server.admin().await;
        let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut part = || serde_json::from_slice::<Value>(&parts.next().unwrap()).unwrap();
        let (header, claims) = (part(), part());
        Forge { server, key, header, claims }
    }

    /// An address of each protocol that the administrator may get, and how it refuses.
    fn sites(&self) -> [(String, Refused); 3] {
        let uaa = self.server.uaa();
        [
            (format!("{uaa}/access/v1/explain?resource=zone:x&action=read"), invalid_token),
            (format!("{uaa}/Users"), invalid_token),
            (format!("{}/v3/organizations", self.server.api()), invalid_auth_token),
        ]
    }

    /// What is signed here is good, or no refusal would tell anything.
    async fn accepts(&self, token: &str) {
        for (url, _) in self.sites() {
            assert_eq!(self.server.ask(token, "GET", &url, None).await.status, 200, "{url}");
        }
    }

    async fn refuses(&self, token: &str, what: &str) {
        for (url, refused) in self.sites() {
            refused(&self.server.ask(token, "GET", &url, None).await, what);
        }
    }
}

fn invalid_token(said: &Said, what: &str) {
    assert_eq!((said.status, said.body["error"].as_str()), (401, Some("invalid_token")), "{what}: {said:?}");
}

fn invalid_auth_token(said: &Said, what: &str) {
    assert_eq!((said.status, said.body["errors"][0]["code"].as_u64()), (401, Some(1000)), "{what}: {said:?}");
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn encoded(object: &Value) -> String {
    URL_SAFE_NO_PAD.encode(object.to_string())
}

fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", encoded(header), encoded(claims));
    let signature = key.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}
