//! Providers that are shut or deleted, and what is of one zone alone.

use super::{Between, Idp, JWT_BEARER, SECRET, provider, text};
use crate::id_token::payload;
use crate::zones::Site;
use serde_json::{Value, json};
use tests::inside::Inside;
use tests::{Hallmark, changed, on_every_server};
use uaa_directory::IdentityProvider;
use uaa_model::UAA_ZONE;
use uaa_store::Query;
use uuid::Uuid;

on_every_server!(what_came_of_a_provider_ends_with_it, a_provider_that_is_shut_lets_nobody_in);

/// CVE-2023-20903: refresh tokens that go on although the provider is shut.
async fn a_provider_that_is_shut_lets_nobody_in(server: Hallmark) {
    let all = Between::on(server, &json!({})).await;
    let given = all.come(&json!({})).await;
    let access = text(&given, "access_token");
    assert_eq!(all.server.ask_about(&access).await["active"], true);
    let path = format!("/identity-providers/{}", all.id);
    let put = async |active: bool| {
        let body = changed(&provider("acme", &all.idp.config(&json!({}))), &json!({"active": active}));
        let said = all.ask("PUT", &path, &body).await;
        assert_eq!((said.status, &said.body["active"]), (200, &json!(active)), "{said:?}");
    };
    put(false).await;
    all.refuses(&all.idp.token(&json!({})), "No active identity provider").await;
    assert_eq!(all.server.ask_about(&access).await, json!({"active": false}));
    let refresh = text(&given, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let said = all.server.token("shell", "first", &form).await;
    assert_eq!((said.status, said.body["error"].as_str()), (400, Some("invalid_grant")), "{said:?}");
    let url = format!("{}/userinfo", all.server.uaa());
    assert_eq!(all.server.ask(&access, "GET", &url, None).await.status, 401);
    // Our own people are in.
    all.server.admin().await;
    put(true).await;
    assert_eq!(all.server.ask_about(&access).await["active"], true);
    assert_eq!(all.server.token("shell", "first", &form).await.status, 200);
}

async fn what_came_of_a_provider_ends_with_it(server: Hallmark) {
    let all = Between::on(server, &json!({})).await;
    let local =
        json!({"userName": "mira", "password": "a-long-secret", "emails": [{"value": "mira@acme.example"}]});
    assert_eq!(all.ask("POST", "/Users", &local).await.status, 201);
    let given = all.come(&json!({})).await;
    all.come(&json!({"sub": "2", "preferred_username": "noor"})).await;
    let (access, refresh) = (text(&given, "access_token"), text(&given, "refresh_token"));
    let id = payload(&access)["user_id"].as_str().unwrap().to_owned();
    let group = json!({"displayName": "shop.sell", "members": [{"value": id, "type": "USER"}]});
    assert_eq!(all.ask("POST", "/Groups", &group).await.status, 201);
    let path = format!("/identity-providers/{}", all.id);
    let gone = all.ask("DELETE", &path, &Value::Null).await;
    assert_eq!((gone.status, gone.body["originKey"].as_str()), (200, Some("acme")), "{gone:?}");
    assert_eq!(all.ask("GET", &path, &Value::Null).await.status, 404);
    assert_eq!(all.ask("DELETE", &path, &Value::Null).await.status, 404);
    assert_eq!(all.ask("GET", &format!("/Users/{id}"), &Value::Null).await.status, 404);
    assert!(all.users("noor").await.is_empty());
    let left = all.users("mira").await;
    assert_eq!((left.len(), left[0]["origin"].as_str()), (1, Some("uaa")), "{left:?}");
    assert_eq!(all.server.ask_about(&access).await, json!({"active": false}));
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(all.server.token("shell", "first", &form).await.body["error"], "invalid_grant");
    all.refuses(&all.idp.token(&json!({})), "No active identity provider").await;
    let form = [("grant_type", "password"), ("username", "mira"), ("password", "a-long-secret")];
    assert_eq!(all.server.token("shell", "first", &form).await.status, 200);
    // Whoever comes later by a provider of the same key is somebody else.
    assert_eq!(all.register("acme", &all.idp.config(&json!({}))).await.status, 201);
    let again = payload(&text(&all.come(&json!({})).await, "access_token"));
    assert_ne!(again["user_id"], json!(id));
    assert!(!again["scope"].to_string().contains("shop.sell"));
    assert_eq!(
        all.server.ask_about(&access).await,
        json!({"active": false}),
        "nor does an old token live again"
    );
}

/// What somebody does to a person who comes in leaves the provider's name in the audit log.
#[tokio::test]
async fn sign_ins_and_changes_are_in_the_audit_log() {
    let all = Between::open().await;
    all.come(&json!({})).await;
    all.refuses(&all.idp.token(&json!({"aud": "x"})), "another audience").await;
    let path = format!("/identity-providers/{}", all.id);
    assert_eq!(all.ask("PUT", &path, &provider("acme", &all.idp.config(&json!({})))).await.status, 200);
    assert_eq!(all.ask("DELETE", &path, &Value::Null).await.status, 200);
    let mut server = all.server;
    // What is kept in memory for a moment is written when the server ends.
    server.terminate();
    assert_eq!(server.exit_code().await, Some(0));
    let log = server.command(&["audit", "export"]);
    assert_eq!(log.code, Some(0), "{log:?}");
    for event in [
        "IdentityProviderCreatedEvent",
        "UserCreatedEvent",
        "IdentityProviderAuthenticationSuccess",
        "IdentityProviderAuthenticationFailure",
        "IdentityProviderModifiedEvent",
        "UserDeletedEvent",
        "EntityDeletedEvent",
    ] {
        assert!(log.out.contains(event), "{event}");
    }
    assert!(!log.out.contains(SECRET));
}

#[tokio::test]
async fn a_provider_of_one_zone_is_nothing_in_another() {
    let site = Site::with(&["alpha", "beta"]).await;
    let idp = Idp::open().await;
    for zone in ["alpha", "beta"] {
        let keeper = site.furnished(zone, "first-secret").await;
        let shell = json!({"client_id": "shell", "client_secret": "first", "scope": ["openid", "uaa.user"],
            "authorized_grant_types": [JWT_BEARER]});
        let made = site.switched(&keeper, zone, ("POST", "/oauth/clients"), &shell).await;
        assert_eq!(made.status, 201, "{made:?}");
        if zone == "alpha" {
            let body = provider("acme", &idp.config(&json!({})));
            let made = site.switched(&keeper, zone, ("POST", "/identity-providers"), &body).await;
            assert_eq!((made.status, made.body["identityZoneId"].as_str()), (201, Some("alpha")), "{made:?}");
            // Seen from elsewhere it is not there.
            let path = format!("/identity-providers/{}", made.body["id"].as_str().unwrap());
            assert_eq!(site.manage("GET", &path, &Value::Null).await.status, 404);
            assert_eq!(site.manage("DELETE", &path, &Value::Null).await.status, 404);
        }
    }
    let form = format!("grant_type={JWT_BEARER}&assertion={}", idp.token(&json!({})));
    let there = site.form("alpha", "/oauth/token", ("shell", "first"), &form).await;
    assert_eq!(there.status, 200, "{there:?}");
    let claims = crate::zones::claims(there.body["access_token"].as_str().unwrap());
    assert_eq!((&claims["zid"], &claims["origin"]), (&json!("alpha"), &json!("acme")));
    let here = site.form("beta", "/oauth/token", ("shell", "first"), &form).await;
    assert_eq!((here.status, here.body["error"].as_str()), (400, Some("invalid_grant")), "{here:?}");
    // A zone that another one of this server vouches for: its tokens are as foreign as any.
    let own = format!("grant_type={JWT_BEARER}&assertion={}", there.body["access_token"].as_str().unwrap());
    let here = site.form("beta", "/oauth/token", ("shell", "first"), &own).await;
    assert_eq!((here.status, here.body["error"].as_str()), (400, Some("invalid_grant")), "{here:?}");
}

/// Zones from before there were providers.
#[tokio::test]
async fn each_zone_has_its_own_provider_after_a_start() {
    let other = Uuid::from_u128(0x0a12);
    let inside = Inside::open(false).await;
    inside.hall.access.found(other, "other", "other").await.unwrap();
    let own = async |inside: &Inside, zone: Uuid| {
        let mut tx = inside.begin(zone);
        let seen = tx.visible::<IdentityProvider>().await.unwrap();
        let rows = tx.list(&seen, &Query::first(10)).await.unwrap().rows;
        rows.into_iter().map(|row| (row.guid, row.own.origin, row.own.kind)).collect::<Vec<_>>()
    };
    let first = own(&inside, UAA_ZONE).await;
    assert_eq!((first.len(), first[0].1.as_str(), first[0].2.as_str()), (1, "uaa", "uaa"));
    assert!(own(&inside, other).await.is_empty());
    let inside = inside.reopen().await;
    assert_eq!(own(&inside, other).await.len(), 1);
    let inside = inside.reopen().await;
    assert_eq!((own(&inside, UAA_ZONE).await, own(&inside, other).await.len()), (first, 1), "made once");
}
