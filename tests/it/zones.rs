//! Identity zones beside the first one: how they begin and end, and what does not pass from one to another.

mod admin;
mod apart;
mod switch;

use serde_json::{Value, json};
use tests::inside::{Heard, Inside};

/// An installation with a manager of zones, who is the client `admin`.
pub(crate) struct Site {
    inside: Inside,
    manager: String,
}

impl Site {
    pub(crate) async fn open() -> Site {
        let inside = Inside::open(false).await;
        let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
        let manager = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
        Site { inside, manager }
    }

    /// The same with zones of these ids, each reached under its id.
    pub(crate) async fn with(zones: &[&str]) -> Site {
        let site = Site::open().await;
        for id in zones {
            let made = site.manage("POST", "/identity-zones", &new_zone(id)).await;
            assert_eq!(made.status, 201, "{made:?}");
        }
        site
    }

    /// As the manager, in the first zone.
    pub(crate) async fn manage(&self, method: &str, path: &str, body: &Value) -> Heard {
        self.ask("", &self.manager, (method, path), &[], body).await
    }

    /// A request at a zone's host, with further headers.
    pub(crate) async fn ask(
        &self,
        subdomain: &str,
        token: &str,
        what: (&str, &str),
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Heard {
        let bearer = format!("bearer {token}");
        let mut all = vec![("if-match", "*")];
        if !token.is_empty() {
            all.push(("authorization", bearer.as_str()));
        }
        all.extend(headers);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.inside.ask_zone(subdomain, what, &all, &body).await
    }

    /// Moves the clock.
    pub(crate) fn later(&self, seconds: i64) {
        self.inside.clock.advance(seconds);
    }

    /// Another zone, by the header of the switch.
    pub(crate) async fn switched(&self, token: &str, zone: &str, what: (&str, &str), body: &Value) -> Heard {
        self.ask("", token, what, &[("x-identity-zone-id", zone)], body).await
    }

    /// A form at a zone's host, with a client's name and secret.
    pub(crate) async fn form(
        &self,
        subdomain: &str,
        path: &str,
        (client, secret): (&str, &str),
        form: &str,
    ) -> Heard {
        let basic =
            base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{client}:{secret}"));
        let headers = [
            ("authorization", format!("Basic {basic}")),
            ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.inside.ask_zone(subdomain, ("POST", path), &headers, form).await
    }

    async fn token(&self, subdomain: &str, client: (&str, &str), form: &str) -> String {
        let heard = self.form(subdomain, "/oauth/token", client, form).await;
        heard.body["access_token"].as_str().unwrap_or_else(|| panic!("{form}: {heard:?}")).to_owned()
    }

    /// A client of the first zone with these authorities, and its token.
    async fn service(&self, name: &str, authorities: &[&str]) -> String {
        let made = self.manage("POST", "/oauth/clients", &client(name, authorities, &[])).await;
        assert_eq!(made.status, 201, "{made:?}");
        self.token("", (name, SECRET), "grant_type=client_credentials").await
    }

    /// A keeper of that zone, and in it the client `app`, which may ask about tokens, and the user `marissa`.
    pub(crate) async fn furnished(&self, zone: &str, password: &str) -> String {
        let keeper = self.service(&format!("keeper-{zone}"), &[&format!("zones.{zone}.admin")]).await;
        let app = client("app", &["uaa.resource", "scim.read"], &["openid", "scim.read", "uaa.user"]);
        let made = self.switched(&keeper, zone, ("POST", "/oauth/clients"), &app).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = self.switched(&keeper, zone, ("POST", "/Users"), &user("marissa", password)).await;
        assert_eq!((made.status, made.body["zoneId"].as_str()), (201, Some(zone)), "{made:?}");
        keeper
    }

    async fn sign_in(&self, zone: &str, password: &str) -> Heard {
        let form = format!("grant_type=password&username=marissa&password={password}");
        self.form(zone, "/oauth/token", ("app", SECRET), &form).await
    }
}

fn new_zone(id: &str) -> Value {
    json!({"id": id, "subdomain": id, "name": format!("The zone {id}")})
}

fn client(name: &str, authorities: &[&str], scope: &[&str]) -> Value {
    json!({"client_id": name, "client_secret": SECRET, "authorities": authorities, "scope": scope,
        "authorized_grant_types": ["client_credentials", "password"]})
}

fn user(name: &str, password: &str) -> Value {
    json!({"userName": name, "password": password, "emails": [{"value": format!("{name}@example.com")}]})
}

/// The claims of a JWT, unchecked.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

const SECRET: &str = "a-long-secret";
