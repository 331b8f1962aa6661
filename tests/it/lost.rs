//! What a person or a client has lost is good no longer in tokens that speak of it.

use crate::authorize::{SECRET, SHOP};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Engine, Hallmark, on_every_server, said};

on_every_server!(a_lost_group_ends_the_token, a_lost_scope_of_the_client_ends_the_token);

async fn a_lost_group_ends_the_token(server: Hallmark) {
    let all = All::new(&server).await;
    let (prices, team) = (all.group("prices.admin").await, all.group("team").await);
    let alice = all.person("alice").await;
    let (scope, member) = ("openid prices.admin", json!({"value": alice, "type": "USER"}));
    all.join(&prices, &member).await;
    let (with, without) = (all.token(scope).await, all.token("openid cloud_controller.read").await);
    assert_eq!(all.are_good([&with, &without]).await, [true, true]);
    // Remembered, and found out again at once.
    all.ask("DELETE", &format!("/Groups/{prices}/members/{alice}"), None).await;
    assert_eq!(all.are_good([&with, &without]).await, [false, true]);
    assert_eq!(server.ask(&with, "GET", &format!("{}/userinfo", server.uaa()), None).await.status, 401);
    // UAA looks at each use, too: who comes back has what they had.
    all.join(&prices, &member).await;
    assert_eq!(all.are_good([&with]).await, [true]);
    // By a group that is in it, as long as that is.
    all.join(&team, &member).await;
    all.join(&prices, &json!({"value": team, "type": "GROUP"})).await;
    all.ask("DELETE", &format!("/Groups/{prices}/members/{alice}"), None).await;
    assert_eq!(all.are_good([&with]).await, [true]);
    all.ask("DELETE", &format!("/Groups/{prices}/members/{team}"), None).await;
    assert_eq!(all.are_good([&with, &without]).await, [false, true]);
    all.join(&prices, &json!({"value": team, "type": "GROUP"})).await;
    assert_eq!(all.are_good([&with]).await, [true]);
    all.ask("DELETE", &format!("/Groups/{team}"), None).await;
    assert_eq!(all.are_good([&with]).await, [false]);
    // One that is called something else, and one that everybody was in.
    all.join(&prices, &member).await;
    assert_eq!(all.are_good([&with]).await, [true]);
    let renamed = json!({"displayName": "prices.other", "members": [member]});
    all.ask("PUT", &format!("/Groups/{prices}"), Some(renamed)).await;
    assert_eq!(all.are_good([&with, &without]).await, [false, true]);
    let found = all.ask("GET", "/Groups?filter=displayName+eq+%22cloud_controller.read%22", None).await;
    all.ask("DELETE", &format!("/Groups/{}", found["resources"][0]["id"].as_str().unwrap()), None).await;
    assert_eq!(all.are_good([&with, &without]).await, [false, false]);
    assert_eq!(all.are_good([&all.token("openid").await]).await, [true]);
}

async fn a_lost_scope_of_the_client_ends_the_token(server: Hallmark) {
    let all = All::new(&server).await;
    all.person("alice").await;
    let (both, one) = (all.token("openid cloud_controller.read").await, all.token("openid").await);
    let own = server.token(SHOP.id, SECRET, &[("grant_type", "client_credentials")]).await;
    let own = own.body["access_token"].as_str().unwrap().to_owned();
    let about = async |token: &str| {
        let request = server.client().post(format!("{}/introspect", server.uaa())).bearer_auth(&own);
        said(request.form(&[("token", token)])).await.status
    };
    assert_eq!(all.are_good([&both, &one, &own]).await, [true, true, true]);
    assert_eq!(about(&one).await, 200);
    let less = json!({"client_id": "shop", "scope": ["openid"]});
    all.ask("PUT", "/oauth/clients/shop", Some(less)).await;
    assert_eq!(all.are_good([&both, &one, &own]).await, [false, true, true]);
    let less = json!({"client_id": "shop", "authorities": ["uaa.none"]});
    all.ask("PUT", "/oauth/clients/shop", Some(less)).await;
    assert_eq!(all.are_good([&one, &own]).await, [true, false]);
    assert_eq!(about(&one).await, 401);
    let more = json!({"client_id": "shop", "required_user_groups": ["cloud_controller.admin"]});
    all.ask("PUT", "/oauth/clients/shop", Some(more)).await;
    assert_eq!(all.are_good([&one]).await, [false]);
}

/// What one process remembers ends by a change in another.
#[tokio::test]
async fn a_group_that_is_lost_elsewhere_ends_the_token() {
    let server = Hallmark::start_named(Engine::Postgres).await;
    let all = All::new(&server).await;
    let (prices, alice) = (all.group("prices.admin").await, all.person("alice").await);
    all.join(&prices, &json!({"value": alice, "type": "USER"})).await;
    let token = all.token("openid prices.admin").await;
    let (_another, there) = server.another().await;
    let is_good = async || server.ask(&token, "GET", &format!("{there}/userinfo"), None).await.status == 200;
    assert!(is_good().await);
    all.ask("DELETE", &format!("/Groups/{prices}/members/{alice}"), None).await;
    for _ in 0..100 {
        if !is_good().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it is good there for ever");
}

/// A server with the shop, and whoever may change anything.
struct All<'a> {
    server: &'a Hallmark,
    root: String,
}

impl<'a> All<'a> {
    async fn new(server: &'a Hallmark) -> All<'a> {
        let said =
            server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
        let more = json!({"authorized_grant_types": ["password", "client_credentials"], "authorities": ["uaa.resource"],
            "scope": ["openid", "prices.*", "cloud_controller.read"]});
        SHOP.register(server, more).await;
        All { server, root: said.body["access_token"].as_str().unwrap().to_owned() }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.server.uaa());
        let mut request = self.server.client().request(method.parse().unwrap(), url).bearer_auth(&self.root);
        if method == "PUT" {
            request = request.header("if-match", "*");
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let said = said(request).await;
        assert!([200, 201].contains(&said.status), "{method} {path}: {said:?}");
        said.body
    }

    async fn group(&self, name: &str) -> String {
        let made = self.ask("POST", "/Groups", Some(json!({"displayName": name}))).await;
        made["id"].as_str().unwrap().to_owned()
    }

    async fn join(&self, group: &str, member: &Value) {
        self.ask("POST", &format!("/Groups/{group}/members"), Some(member.clone())).await;
    }

    async fn person(&self, name: &str) -> String {
        let body = json!({"userName": name, "password": PASSWORD, "emails": [{"value": "a@example.com"}]});
        self.ask("POST", "/Users", Some(body)).await["id"].as_str().unwrap().to_owned()
    }

    async fn token(&self, scope: &str) -> String {
        let form =
            [("grant_type", "password"), ("username", "alice"), ("password", PASSWORD), ("scope", scope)];
        let said = self.server.token(SHOP.id, SECRET, &form).await;
        assert_eq!(said.body["scope"].as_str().map(str::len), Some(scope.len()), "{said:?}");
        said.body["access_token"].as_str().unwrap().to_owned()
    }

    async fn are_good<const N: usize>(&self, tokens: [&String; N]) -> [bool; N] {
        let mut all = [false; N];
        for (good, token) in all.iter_mut().zip(tokens) {
            *good = self.server.ask_about(token).await["active"] == true;
            // The second answer is remembered.
            assert_eq!(self.server.ask_about(token).await["active"] == true, *good);
        }
        all
    }
}

const PASSWORD: &str = "correct horse battery staple";
