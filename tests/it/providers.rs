//! Identity providers, and people who come by them.

mod addresses;
mod api;
mod ends;
mod people;
mod prompts;
mod refused;

use crate::client_auth::make;
use serde_json::{Value, json};
use tests::{Elsewhere, Hallmark, Said, Signs, changed, now};
use uaa_token::Algorithm;

/// A provider of another house: a site that publishes keys, and somebody who signs.
pub(crate) struct Idp {
    pub(crate) site: Elsewhere,
    pub(crate) key: Signs,
}

impl Idp {
    pub(crate) async fn open() -> Idp {
        let idp = Idp { site: Elsewhere::open().await, key: Signs::with(Algorithm::Rs256) };
        idp.publish(&idp.key);
        idp
    }

    /// Its document, and the key that it says is its own.
    pub(crate) fn publish(&self, key: &Signs) {
        let keys = self.site.publish("/keys", key.jwks());
        let document = json!({"issuer": self.issuer(), "jwks_uri": keys});
        self.site.publish("/.well-known/openid-configuration", document);
    }

    pub(crate) fn issuer(&self) -> String {
        self.site.url("/realms/acme")
    }

    /// What it is configured with here, but for these members.
    pub(crate) fn config(&self, more: &Value) -> Value {
        let usual = json!({"issuer": self.issuer(), "discoveryUrl": self.site.url("/.well-known/openid-configuration"),
            "relyingPartyId": "us", "relyingPartySecret": SECRET, "linkText": "Acme",
            "attributeMappings": {"user_name": "preferred_username"}});
        changed(&usual, more)
    }

    /// The ID token of its user 1, but for these claims.
    pub(crate) fn token(&self, more: &Value) -> String {
        self.key.typed("JWT", &self.claims(more))
    }

    pub(crate) fn claims(&self, more: &Value) -> Value {
        let usual = json!({"iss": self.issuer(), "sub": "1", "aud": "us", "exp": now() + 600, "iat": now(),
            "preferred_username": "mira", "email": "mira@acme.example", "email_verified": true,
            "given_name": "Mira", "family_name": "Sand", "amr": ["pwd"], "acr": "silver"});
        changed(&usual, more)
    }
}

/// A server whose zone has a provider, and a client that shows what it was handed.
pub(crate) struct Between {
    pub(crate) server: Hallmark,
    pub(crate) idp: Idp,
    pub(crate) root: String,
    /// The provider's identifier.
    pub(crate) id: String,
}

impl Between {
    pub(crate) async fn on(server: Hallmark, more: &Value) -> Between {
        let idp = Idp::open().await;
        let root = root(&server).await;
        let scope = json!(["openid", "uaa.user", "profile", "email"]);
        let grants = json!([JWT_BEARER, "refresh_token", "password"]);
        let shell = json!({"client_id": "shell", "client_secret": "first", "scope": scope,
            "authorized_grant_types": grants});
        assert_eq!(make(&server, shell).await.status, 201);
        let mut all = Between { server, idp, root, id: String::new() };
        let made = all.register("acme", &all.idp.config(more)).await;
        assert_eq!(made.status, 201, "{made:?}");
        all.id = made.body["id"].as_str().unwrap().to_owned();
        all
    }

    pub(crate) async fn open() -> Between {
        Between::on(Hallmark::start().await, &json!({})).await
    }

    /// Makes a provider of that origin.
    pub(crate) async fn register(&self, origin: &str, config: &Value) -> Said {
        self.ask("POST", "/identity-providers", &provider(origin, config)).await
    }

    /// As the administrator, at UAA.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Said {
        let url = format!("{}{path}", self.server.uaa());
        self.server.ask(&self.root, method, &url, Some(body.clone()).filter(|body| !body.is_null())).await
    }

    /// Shows an assertion.
    pub(crate) async fn show(&self, assertion: &str) -> Said {
        self.server.token("shell", "first", &[("grant_type", JWT_BEARER), ("assertion", assertion)]).await
    }

    /// Shows one that is good and gives what came of it.
    pub(crate) async fn come(&self, more: &Value) -> Said {
        let given = self.show(&self.idp.token(more)).await;
        assert_eq!(given.status, 200, "{more} {given:?}");
        given
    }

    /// Shows one that is not, for which the answer has that sentence.
    pub(crate) async fn refuses(&self, assertion: &str, why: &str) {
        let said = self.show(assertion).await;
        let text = said.body["error_description"].as_str().unwrap_or_default();
        assert_eq!(
            (said.status, said.body["error"].as_str()),
            (400, Some("invalid_grant")),
            "{why}: {said:?}"
        );
        assert!(text.contains(why), "{why}: {said:?}");
    }

    /// The users of that name, whatever their origin.
    pub(crate) async fn users(&self, name: &str) -> Vec<Value> {
        let path = format!("/Users?filter=userName+eq+%22{name}%22");
        let found = self.ask("GET", &path, &Value::Null).await;
        found.body["resources"].as_array().cloned().unwrap_or_else(|| panic!("{found:?}"))
    }
}

/// A token of the client that may do everything.
pub(crate) async fn root(server: &Hallmark) -> String {
    let said = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    text(&said, "access_token")
}

pub(crate) fn provider(origin: &str, config: &Value) -> Value {
    json!({"type": "oidc1.0", "originKey": origin, "name": "Acme", "config": config.to_string()})
}

pub(crate) fn text(said: &Said, member: &str) -> String {
    said.body[member].as_str().unwrap_or_else(|| panic!("no {member}: {said:?}")).to_owned()
}

pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const SECRET: &str = "what-acme-knows-us-by";
