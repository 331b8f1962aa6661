//! What routes declare of their answers, held against real ones where the sweep hears none: of routes that ask for no bearer token, and
//! of those that only succeed after something else.

use serde_json::{Value, json};
use tests::contract::fits;
use tests::inside::{Heard, Inside};
use uaa_plugin::Site;

#[tokio::test]
async fn answers_are_as_their_routes_declare() {
    let it = It::open().await;
    it.documents().await;
    it.tokens().await;
    it.requests().await;
    it.registration().await;
    it.sign_ins().await;
    it.codes().await;
    it.lists().await;
    // The last: it ends the person's own token as well.
    it.approvals().await;
    let routes = &it.inside.served.routes;
    let public = |name: &str| routes.iter().any(|route| route.name == name && route.public.is_some());
    let unheard = it.inside.contract.unheard(|name| public(name) || AFTER.contains(&name));
    assert!(unheard.is_empty(), "nobody asks for {unheard:?}");
}

/// An answer that is not as declared is named by where it is not.
#[tokio::test]
async fn a_member_that_is_not_declared_fails() {
    let inside = Inside::open(false).await;
    let said = inside.ask(Site::Api, "GET", "/v3/info", None, None).await.body;
    let document = uaa_plugin::document(&inside.served.routes, "0");
    let response = &document["paths"]["/v3/info"]["get"]["responses"]["200"];
    let declared = &response["content"]["application/json"]["schema"];
    assert_eq!(fits(&document, declared, &said, "body"), Ok(()));
    let without = |mut value: Value, members: &str| {
        let members = value.pointer_mut(members).unwrap();
        members.as_object_mut().unwrap().remove("build");
        value
    };
    let less = without(declared.clone(), "/properties");
    assert_eq!(fits(&document, &less, &said, "body"), Err("body.build is not declared".into()));
    assert_eq!(fits(&document, declared, &without(said, ""), "body"), Err("body.build is missing".into()));
}

/// Routes that need something and of which no row of the sweep succeeds.
const AFTER: [&str; 3] = ["user_password_update", "password_reset_redeem", "email_change_redeem"];

struct It {
    inside: Inside,
    /// Of the client `admin`.
    root: String,
    /// Of the person `admin`, by the client `app`.
    person: String,
    user: String,
}

impl It {
    async fn open() -> It {
        let inside = Inside::open(false).await;
        let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
        let root = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
        let mut it = It { inside, root, person: String::new(), user: String::new() };
        let app = json!({"client_id": "app", "client_secret": "open sesame", "redirect_uri": ["https://shop.example/cb"],
            "scope": ["openid", "profile", "uaa.user", "oauth.approvals", "cloud_controller.read"],
            "authorities": ["uaa.resource"], "authorized_grant_types": GRANTS, "autoapprove": ["openid"]});
        it.with(&it.root, "POST", "/oauth/clients", app).await;
        let person = it.grant(&it.inside.login("admin")).await;
        it.user = text(&it.get(&text(&person, "access_token"), "/userinfo").await, "user_id");
        let made = it.with(&it.root, "POST", "/Groups", json!({"displayName": "oauth.approvals"})).await;
        let group = match made.status {
            201 => text(&made, "id"),
            _ => {
                let path = "/Groups?filter=displayName+eq+%22oauth.approvals%22";
                it.get(&it.root, path).await.body["resources"][0]["id"].as_str().unwrap().to_owned()
            }
        };
        let member = json!({"value": it.user, "type": "USER"});
        it.with(&it.root, "POST", &format!("/Groups/{group}/members"), member).await;
        it.person = text(&it.grant(&it.inside.login("admin")).await, "access_token");
        it
    }

    async fn documents(&self) {
        for path in [
            "/token_keys",
            "/token_key",
            "/oauth/jwks",
            "/.well-known/openid-configuration",
            "/oauth/token/.well-known/openid-configuration",
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-authorization-server/oauth/token",
            "/.well-known/authzen-configuration",
            "/access/v1/built-in-roles",
            "/access/v1/permissions",
            "/info",
        ] {
            good(&self.inside.ask_zone("", ("GET", path), &[], "").await);
        }
        for path in [
            "/",
            "/v3",
            "/v3/info",
            "/v2/info",
            "/.well-known/oauth-authorization-server/uaa/oauth/token",
            "/.well-known/authzen-configuration/uaa",
        ] {
            good(&self.inside.ask(Site::Api, "GET", path, None, None).await);
        }
    }

    async fn tokens(&self) {
        let person = self.grant(&self.inside.login("admin")).await;
        let refresh = text(&person, "refresh_token");
        self.grant(&format!("grant_type=refresh_token&refresh_token={refresh}")).await;
        self.grant("grant_type=client_credentials").await;
        let exchange = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token_type=\
            urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&subject_token=";
        self.grant(&format!("{exchange}{}", self.person)).await;
        let bearer = format!("bearer {}", self.person);
        let form = "grant_type=user_token&client_id=app";
        good(&self.posted("/oauth/token", &[("authorization", &bearer)], form).await);
        let opaque = self.grant(&format!("{}&token_format=opaque", self.inside.login("admin"))).await;
        for token in [&self.person, &text(&opaque, "access_token"), &self.root] {
            good(&self.by_app("/check_token", &format!("token={token}")).await);
            good(&self.by_app("/introspect", &format!("token={token}")).await);
        }
        good(&self.by_app("/introspect", "token=nothing").await);
        let signed = [("authorization", APP), ("accept", "application/token-introspection+jwt")];
        good(&self.posted("/introspect", &signed, &format!("token={}", self.person)).await);
        good(&self.posted("/userinfo", &[("authorization", &bearer)], "").await);
        good(&self.by_app("/oauth/revoke", &format!("token={}", text(&opaque, "access_token"))).await);
    }

    async fn requests(&self) {
        let form =
            "response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fshop.example%2Fcb&scope=openid";
        good(&self.by_app("/oauth/par", form).await);
        good(&self.by_app("/oauth/device_authorization", "scope=openid").await);
        good(&self.by_app("/clientinfo", "").await);
        good(&self.inside.ask_zone("", ("GET", "/clientinfo"), &[("authorization", APP)], "").await);
    }

    async fn registration(&self) {
        let initial = self.with(&self.root, "POST", "/access/v1/registration-tokens", json!({})).await;
        let asked = json!({"client_name": "Shop", "client_name#ko": "가게", "redirect_uris": ["https://shop.example/cb"],
            "contacts": ["ops@shop.example"], "default_max_age": 60, "require_auth_time": true});
        let made = self.with(&text(&initial, "token"), "POST", "/oauth/register", asked.clone()).await;
        let (id, held) = (text(&made, "client_id"), text(&made, "registration_access_token"));
        let path = format!("/oauth/register/{id}");
        self.get(&held, &path).await;
        let mut asked = asked;
        asked["client_id"] = json!(id);
        good(&self.with(&held, "PUT", &path, asked).await);
        good(&self.inside.ask(Site::Uaa, "DELETE", &path, Some(&held), None).await);
    }

    async fn approvals(&self) {
        let one = json!([{"clientId": "app", "scope": "cloud_controller.read", "status": "APPROVED"}]);
        good(&self.with(&self.person, "PUT", "/approvals", one.clone()).await);
        good(&self.with(&self.person, "PUT", "/approvals/app", one).await);
        let all = self.get(&self.person, "/approvals").await;
        assert_eq!(all.body.as_array().map(Vec::len), Some(1), "{all:?}");
        let path = "/approvals?clientId=app";
        good(&self.inside.ask(Site::Uaa, "DELETE", path, Some(&self.person), None).await);
    }

    async fn sign_ins(&self) {
        let login = self.inside.login("admin");
        good(&self.inside.form("/authenticate", &login).await);
        let json = ("accept", "application/json");
        good(&self.inside.ask_zone("", ("GET", "/login"), &[json], "").await);
        let code = text(&self.by_app("/autologin", &login).await, "code");
        let path = format!("/autologin?code={code}&client_id=app");
        let went = self.inside.ask_zone("", ("GET", &path), &[], "").await;
        let session = cookies(&went);
        good(&self.inside.ask_zone("", ("GET", "/passcode"), &[json, ("cookie", &session)], "").await);
        let page = self.inside.ask_zone("", ("GET", "/profile"), &[("cookie", &session)], "").await;
        let csrf = page.text.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
        let both = format!("{session}; {}", cookies(&page));
        good(&self.posted("/passcode", &[json, ("cookie", &both)], &format!("csrf={csrf}")).await);
    }

    async fn codes(&self) {
        let mira = json!({"userName": "mira@acme.example", "password": "one-for-everybody",
            "emails": [{"value": "mira@acme.example"}], "phoneNumbers": [{"value": "1"}], "externalId": "m"});
        let mira = self.with(&self.root, "POST", "/Users", mira).await;
        let path = format!("/Users/{}/password", text(&mira, "id"));
        good(&self.with(&self.root, "PUT", &path, json!({"password": "another-long-one"})).await);
        let login = json!({"client_id": "login", "client_secret": "open sesame", "authorities": ["oauth.login"],
            "authorized_grant_types": ["client_credentials"]});
        self.with(&self.root, "POST", "/oauth/clients", login).await;
        let login = self.inside.token("login", "open sesame", "grant_type=client_credentials").await;
        let made = self.with(&login, "POST", "/password_resets", json!("mira@acme.example")).await;
        let change = json!({"code": made.body["code"], "new_password": "yet-another-long-one"});
        good(&self.with(&login, "POST", "/password_change", change).await);
        let verify = json!({"userId": mira.body["id"], "email": "mira@new.example", "client_id": "login"});
        let code = self.with(&login, "POST", "/email_verifications", verify).await;
        good(&self.with(&login, "POST", "/email_changes", json!(code.text)).await);
    }

    /// Parts of lists and answers that the sweep does not ask for.
    async fn lists(&self) {
        let cf = self.inside.token("cf", "", &self.inside.login("admin")).await;
        let made = json!({"name": "acme", "metadata": {"labels": {"a": "b"}}});
        let acme = self.inside.ask(Site::Api, "POST", "/v3/organizations", Some(&cf), Some(&made)).await;
        let within = json!({"data": {"guid": acme.body["guid"]}});
        let dev = json!({"name": "dev", "relationships": {"organization": within}});
        good(&self.inside.ask(Site::Api, "POST", "/v3/spaces", Some(&cf), Some(&dev)).await);
        for kind in ["organization_auditor", "organization_user"] {
            let user = json!({"data": {"guid": self.user}});
            let role = json!({"type": kind, "relationships": {"user": user, "organization": within}});
            good(&self.inside.ask(Site::Api, "POST", "/v3/roles", Some(&cf), Some(&role)).await);
        }
        let explain = format!("/access/v1/explain?resource=organization:{}&action=read", text(&acme, "guid"));
        self.get(&self.person, &explain).await;
        for path in [
            "/v3/spaces?include=organization",
            "/v3/roles?include=user,organization,space&per_page=1",
            "/v3/roles?per_page=1&page=2",
            "/v3/audit_events",
        ] {
            good(&self.inside.ask(Site::Api, "GET", path, Some(&cf), None).await);
        }
        for path in
            ["/Users?attributes=id,userName", "/Groups?attributes=displayName", "/access/v1/bindings?limit=1"]
        {
            self.get(&self.root, path).await;
        }
    }

    async fn grant(&self, form: &str) -> Heard {
        let heard = self.inside.answer_to("app", "open sesame", form).await;
        good(&heard);
        heard
    }

    async fn by_app(&self, path: &str, form: &str) -> Heard {
        let heard = self.posted(path, &[("authorization", APP)], form).await;
        good(&heard);
        heard
    }

    async fn posted(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Heard {
        let headers = [headers, &[("content-type", "application/x-www-form-urlencoded")]].concat();
        self.inside.ask_zone("", ("POST", path), &headers, form).await
    }

    async fn with(&self, token: &str, method: &str, path: &str, body: Value) -> Heard {
        self.inside.ask(Site::Uaa, method, path, Some(token), Some(&body)).await
    }

    async fn get(&self, token: &str, path: &str) -> Heard {
        let heard = self.inside.ask(Site::Uaa, "GET", path, Some(token), None).await;
        good(&heard);
        heard
    }
}

/// What a browser keeps of an answer.
fn cookies(heard: &Heard) -> String {
    let all = heard.headers.get_all("set-cookie").iter();
    all.filter_map(|one| one.to_str().ok()?.split(';').next()).collect::<Vec<_>>().join("; ")
}

fn good(heard: &Heard) {
    assert!(heard.status < 400, "{heard:?}");
}

fn text(heard: &Heard, name: &str) -> String {
    heard.body[name].as_str().unwrap_or_else(|| panic!("no `{name}`: {heard:?}")).to_owned()
}

/// `app:open sesame`
const APP: &str = "Basic YXBwOm9wZW4gc2VzYW1l";
const GRANTS: [&str; 7] = [
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    "user_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
];
