//! Tokens: getting, checking, refreshing, revoking.

use crate::authorize::SHOP;
use serde_json::Value;
use tests::{Hallmark, on_every_server, said};

on_every_server!(
    by_password_and_by_client_credentials,
    a_refresh_token_is_good_once_and_ends_its_family_when_it_comes_back,
    checked_introspected_and_revoked_at_once
);

async fn by_password_and_by_client_credentials(server: Hallmark) {
    let (password, secret) = (server.admin_password(), server.client_secret());
    let user = server
        .token("cf", "", &[("grant_type", "password"), ("username", "Admin"), ("password", &password)])
        .await;
    assert_eq!(user.status, 200, "{user:?}");
    assert_eq!(user.body["token_type"], "bearer");
    assert_eq!(user.body["expires_in"], 1199);
    assert!(user.body["scope"].as_str().unwrap().split(' ').any(|s| s == "cloud_controller.admin"));
    let client =
        server.token("admin", &secret, &[("grant_type", "client_credentials"), ("scope", "scim.read")]).await;
    assert_eq!(client.body["scope"], "scim.read");
    assert!(client.body.get("refresh_token").is_none());
    let wrong =
        server.token("cf", "", &[("grant_type", "password"), ("username", "admin"), ("password", "x")]).await;
    let nobody = server
        .token("cf", "", &[("grant_type", "password"), ("username", "nobody"), ("password", "x")])
        .await;
    assert_eq!((wrong.status, &wrong.body), (401, &nobody.body));
    assert_eq!(wrong.body["error"], "unauthorized");
    let stranger = server.token("stranger", "x", &[("grant_type", "client_credentials")]).await;
    assert_eq!((stranger.status, stranger.body["error"].as_str()), (401, Some("invalid_client")));
    let grant = server.token("cf", "", &[("grant_type", "client_credentials")]).await;
    assert_eq!(grant.body["error"], "unauthorized_client");
    let grant = server.token("cf", "", &[("grant_type", "magic")]).await;
    assert_eq!((grant.status, grant.body["error"].as_str()), (400, Some("unsupported_grant_type")));
}

#[tokio::test]
async fn five_wrong_passwords_lock_the_account() {
    let server = Hallmark::start().await;
    for _ in 0..5 {
        let wrong = server
            .token("cf", "", &[("grant_type", "password"), ("username", "admin"), ("password", "x")])
            .await;
        assert_eq!(wrong.body["error_description"], "Bad credentials");
    }
    let password = server.admin_password();
    let right = server
        .token("cf", "", &[("grant_type", "password"), ("username", "admin"), ("password", &password)])
        .await;
    assert_eq!(right.status, 401);
    let text = "Your account has been locked because of too many failed attempts to login.";
    assert_eq!(right.body["error_description"], text);
}

async fn a_refresh_token_is_good_once_and_ends_its_family_when_it_comes_back(server: Hallmark) {
    let password = server.admin_password();
    let grants = serde_json::json!({"authorized_grant_types": ["password", "refresh_token"]});
    SHOP.register(&server, grants).await;
    let form = [("grant_type", "password"), ("username", "admin"), ("password", &*password)];
    let first = server.token(SHOP.id, "open sesame", &form).await;
    let first = first.body["refresh_token"].as_str().unwrap().to_owned();
    assert!(first.ends_with("-r"));
    let server = &server;
    let refresh = |token: String| async move {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
        server.token(SHOP.id, "open sesame", &form).await
    };
    let second = refresh(first.clone()).await;
    assert_eq!(second.status, 200, "{second:?}");
    let next = second.body["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(next, first);
    assert_eq!(refresh(first).await.body["error"], "invalid_grant");
    let after = refresh(next).await;
    assert_eq!((after.status, after.body["error"].as_str()), (400, Some("invalid_grant")));
    let as_access =
        server.ask("0123456789abcdef0123456789abcdef-r", "GET", &server.uaa_explain(), None).await;
    assert_eq!(as_access.status, 401);
}

async fn checked_introspected_and_revoked_at_once(server: Hallmark) {
    let secret = server.client_secret();
    let token = server.admin().await;
    let ask = |path: &'static str, token: String| {
        let url = format!("{}{path}", server.uaa());
        let request =
            reqwest::Client::new().post(url).basic_auth("admin", Some(&secret)).form(&[("token", token)]);
        said(request)
    };
    let good = ask("/check_token", token.clone()).await;
    assert_eq!((good.status, good.body["user_name"].as_str()), (200, Some("admin")));
    let said = ask("/introspect", token.clone()).await.body;
    // RFC 7662 section 2.2, and UAA's list of scopes (`docs/reference/openid.md`).
    assert_eq!(
        (&said["active"], &said["token_type"], &said["username"]),
        (&true.into(), &"bearer".into(), &"admin".into())
    );
    assert!(said["scope"].as_array().is_some_and(|all| all.contains(&"openid".into())), "{said}");
    assert_eq!(ask("/introspect", "nonsense".into()).await.body, serde_json::json!({"active": false}));
    assert_eq!(ask("/check_token", "nonsense".into()).await.body["error"], "invalid_token");
    // An opaque token is stored, and ends with its row.
    let form = [("grant_type", "client_credentials"), ("token_format", "opaque")];
    let opaque = server.token("admin", &secret, &form).await;
    let opaque = opaque.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(opaque.len(), 32);
    let said = ask("/introspect", opaque.clone()).await.body;
    assert_eq!((&said["active"], said.get("username")), (&true.into(), None), "a client is called nothing");
    let url = format!("{}/oauth/token/revoke/{opaque}", server.uaa());
    assert_eq!(server.ask(&opaque, "DELETE", &url, None).await.status, 200);
    assert_eq!(ask("/introspect", opaque).await.body["active"], false);
}

#[tokio::test]
async fn everybody_may_see_the_public_keys_and_nothing_private() {
    let server = Hallmark::start().await;
    let keys = server.ask("", "GET", &format!("{}/token_keys", server.uaa()), None).await;
    let key = &keys.body["keys"][0];
    assert!(key["value"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
    for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
        assert_eq!(key[private], Value::Null, "{private}");
    }
    let discovery = format!("{}/.well-known/openid-configuration", server.uaa());
    let document = server.ask("", "GET", &discovery, None).await.body;
    assert_eq!(document["issuer"], format!("{}/oauth/token", server.uaa()));
    let login = reqwest::Client::new().get(format!("{}/login", server.uaa()));
    let login = said(login.header("accept", "application/json")).await.body;
    assert_eq!(login["prompts"]["password"][0], "password");
}

trait Places {
    fn uaa_explain(&self) -> String;
}

impl Places for Hallmark {
    fn uaa_explain(&self) -> String {
        format!("{}/access/v1/explain?resource=zone:x&action=read", self.uaa())
    }
}
