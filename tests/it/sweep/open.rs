//! How public routes are asked so that they succeed: a walk through the life of a few people and programs, each in a chapter. What
//! a step costs is counted.
//!
//! A route that no step reaches fails `golden_routes` by its name: it needs a step in the chapter that it belongs to. The rest of what
//! the sweep's rows cannot count is in the last one.

mod documents;
mod factors;
mod grants;
mod mailed;
mod pages;
mod registered;
mod rest;

use crate::authorize::{SECRET, SHOP};
use crate::providers::JWT_BEARER;
use platform_server::compose::Plan;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tests::{Browser, Caught, MailSink, Said, Watched};
use uaa_model::{Clock as _, Micros};

/// The statements of the requests for each route that succeeded, by its name.
pub(crate) type Costs = BTreeMap<&'static str, BTreeSet<u32>>;

/// All chapters, one after the other, in one installation.
pub(crate) async fn walk() -> Costs {
    let mut walk = Walk::begin().await;
    documents::read(&mut walk).await;
    grants::walk(&mut walk).await;
    registered::walk(&mut walk).await;
    pages::walk(&mut walk).await;
    factors::walk(&mut walk).await;
    mailed::walk(&mut walk).await;
    rest::walk(&mut walk).await;
    assert!(walk.at.seen().is_empty(), "the last step was not counted");
    walk.costs
}

/// Where it stands.
struct Walk {
    at: Watched,
    sink: MailSink,
    /// The secret of the client `admin`.
    secret: String,
    /// The password of the user `admin`.
    password: String,
    /// A token of the client `admin`.
    root: String,
    costs: Costs,
}

impl Walk {
    async fn begin() -> Walk {
        let sink = MailSink::start().await;
        let mail = Some(sink.settings());
        let at = Watched::open(|plan| Plan { mail, ..plan }).await;
        let kept = |name: &str| {
            let text = std::fs::read_to_string(at.inside.data().join(name));
            text.expect("the first start wrote it").trim().to_owned()
        };
        let (secret, password) = (kept("admin-client-secret"), kept("admin-password"));
        let root = at.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
        let mut walk =
            Walk { at, sink, secret, password, root: text(&root, "access_token"), costs: Costs::new() };
        let grants = json!([
            "authorization_code",
            "refresh_token",
            "password",
            "user_token",
            DEVICE,
            JWT_BEARER,
            TOKEN_EXCHANGE
        ]);
        let scope = json!(["openid", "profile", "uaa.user", "cloud_controller.read", "oauth.approvals"]);
        let more = json!({"authorized_grant_types": grants, "scope": scope, "authorities": ["uaa.resource"],
            "post_logout_redirect_uris": [SHOP.redirect]});
        walk.make("/oauth/clients", SHOP.registered(&more)).await;
        for (name, mail) in [("mira", "mira@acme.example"), ("ada", "ada@acme.example")] {
            let body = json!({"userName": name, "password": PASSWORD, "emails": [{"value": mail}]});
            walk.make("/Users", body).await;
        }
        walk.later(0).await;
        walk
    }

    /// Holds that these routes were asked since the last step, in this order and with success, and takes down what they cost.
    fn step(&mut self, routes: &[&str]) {
        let seen = self.at.seen();
        let asked: Vec<&str> = seen.iter().map(|one| one.route).collect();
        assert_eq!(asked, routes, "the steps of the walk: {seen:?}");
        for one in seen {
            assert!(one.status < 400, "{one:?}");
            self.costs.entry(one.route).or_default().insert(one.statements);
        }
    }

    /// What was asked since the last step, with success, only led to the next one.
    fn aside(&self) {
        for one in self.at.seen() {
            assert!(one.status < 400, "{one:?}");
        }
    }

    /// That many seconds later. The compiled facts are as fresh as in a process that follows them.
    async fn later(&self, seconds: i64) {
        self.at.inside.clock.advance(seconds);
        self.at.inside.hall.access.follow().await.expect("facts are followed");
    }

    fn now(&self) -> Micros {
        self.at.inside.clock.now()
    }

    /// A fresh browser, a moment later: what is made by one is older than what is made by the next.
    async fn browser(&self) -> Browser {
        self.later(1).await;
        Browser::at(&self.at.uaa())
    }

    /// A program's request with a form, to UAA.
    fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        reqwest::Client::new().post(format!("{}{path}", self.at.uaa())).form(form)
    }

    /// The same by the client of the shop.
    fn post_as_shop(&self, path: &str, form: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.post(path, form).basic_auth(SHOP.id, Some(SECRET))
    }

    /// What the token endpoint gives the shop.
    async fn given(&self, form: &[(&str, &str)]) -> Said {
        let said = self.at.token(SHOP.id, SECRET, form).await;
        assert_eq!(said.status, 200, "{form:?} {said:?}");
        said
    }

    /// What the shop is given for the password of a user.
    async fn signed_in(&self, name: &str, password: &str) -> Said {
        self.given(&[("grant_type", "password"), ("username", name), ("password", password)]).await
    }

    /// A token of the command line for a user.
    async fn of_the_command_line(&self, name: &str, password: &str) -> String {
        let form = [("grant_type", "password"), ("username", name), ("password", password)];
        let said = self.at.token("cf", "", &form).await;
        self.aside();
        text(&said, "access_token")
    }

    /// Makes something, by the client `admin`.
    async fn make(&mut self, path: &str, body: Value) -> Value {
        let made = self.at.ask(&self.root, "POST", path, Some(body)).await;
        assert!([200, 201].contains(&made.status), "{path} {made:?}");
        self.aside();
        made.body
    }

    /// The message that waits is sent.
    async fn told(&mut self) -> Caught {
        let postman = self.at.inside.served.postman.clone().expect("there is a mail server");
        while postman.run().await.expect("the database is there") > 0 {}
        self.sink.caught().await
    }

    /// The same: the path and query of its link.
    async fn mailed(&mut self) -> String {
        crate::mail::path(&self.told().await)
    }
}

fn text(said: &Said, member: &str) -> String {
    said.body[member].as_str().unwrap_or_else(|| panic!("no {member}: {said:?}")).to_owned()
}

const PASSWORD: &str = "an old long secret";
const NEW_PASSWORD: &str = "a new long secret";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
