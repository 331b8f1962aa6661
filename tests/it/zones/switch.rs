//! Speaking to another zone from the first one.

use super::{SECRET, Site, client, new_zone, user};
use serde_json::{Value, json};

#[tokio::test]
async fn who_may_switch_and_what_they_may_there() {
    let site = Site::with(&["alpha", "beta"]).await;
    let keeper = site.furnished("alpha", "first-secret").await;
    let users = |token: String, zone: &'static str| {
        let site = &site;
        async move { site.switched(&token, zone, ("GET", "/Users"), &Value::Null).await }
    };
    let seen = users(keeper.clone(), "alpha").await;
    assert_eq!((seen.status, &seen.body["resources"][0]["userName"]), (200, &json!("marissa")), "{seen:?}");
    // A scope of one zone opens no other, and none without one.
    for token in [&keeper, &site.manager] {
        let refused = users(token.clone(), "beta").await;
        let text = refused.body["error_description"].as_str();
        let said = "User is not authorized to switch to IdentityZone with id beta";
        assert_eq!((refused.status, text), (403, Some(said)));
    }
    let missing = users(keeper.clone(), "nowhere").await;
    let text = missing.body["error_description"].as_str();
    assert_eq!(
        (missing.status, text),
        (404, Some("Identity zone with id/subdomain nowhere/null does not exist"))
    );
    // By subdomain, in any case; an empty header says nothing.
    for (headers, status) in [
        ([("x-identity-zone-subdomain", "ALPHA"), ("x-identity-zone-id", "")], 200),
        ([("x-identity-zone-subdomain", "beta"), ("x-identity-zone-id", "alpha")], 200),
        ([("x-identity-zone-subdomain", "nowhere"), ("x-identity-zone-id", "")], 404),
    ] {
        let heard = site.ask("", &keeper, ("GET", "/Users"), &headers, &Value::Null).await;
        assert_eq!(heard.status, status, "{headers:?} {heard:?}");
    }
    // Nobody switches without a token, from another zone, or on the platform.
    let heard = site.switched("", "alpha", ("GET", "/Users"), &Value::Null).await;
    assert_eq!(heard.status, 401);
    let app = site.token("alpha", ("app", SECRET), "grant_type=client_credentials").await;
    for zone in ["beta", "uaa", "alpha"] {
        let heard =
            site.ask("alpha", &app, ("GET", "/Users"), &[("x-identity-zone-id", zone)], &Value::Null).await;
        assert_eq!(heard.status, 403, "{zone} {heard:?}");
    }
}

#[tokio::test]
async fn a_scope_without_the_role_opens_nothing() {
    let site = Site::with(&["alpha"]).await;
    let reader = site.service("reader", &["zones.alpha.scim.read"]).await;
    let read = ("GET", "/Users");
    assert_eq!(site.switched(&reader, "alpha", read, &Value::Null).await.status, 200);
    for (method, path, body) in [
        ("POST", "/Users", user("x", "first-secret")),
        ("GET", "/oauth/clients", Value::Null),
        ("GET", "/identity-zones/alpha", Value::Null),
        ("GET", "/access/v1/bindings?level=zone", Value::Null),
    ] {
        let heard = site.switched(&reader, "alpha", (method, path), &body).await;
        assert_eq!(heard.status, 403, "{path} {heard:?}");
    }
    // The token still says the scope; the role is gone, and with it the right, at once.
    let without = json!({"client_id": "reader", "authorities": ["uaa.none"], "authorized_grant_types": ["client_credentials"]});
    assert_eq!(site.manage("PUT", "/oauth/clients/reader", &without).await.status, 200);
    let heard = site.switched(&reader, "alpha", read, &Value::Null).await;
    assert!([401, 403].contains(&heard.status), "{heard:?}");
}

#[tokio::test]
async fn a_group_named_after_a_zone_makes_its_members_keepers() {
    let site = Site::with(&["alpha"]).await;
    let made = site.manage("POST", "/Users", &user("ada", "first-secret")).await;
    let ada = made.body["id"].as_str().unwrap().to_owned();
    let group = json!({"displayName": "zones.alpha.admin", "members": [{"origin": "uaa", "type": "USER", "value": ada}]});
    let made = site.manage("POST", "/Groups", &group).await;
    assert_eq!(made.status, 201, "{made:?}");
    let portal = client("portal", &["uaa.none"], &["zones.*.admin", "openid"]);
    assert_eq!(site.manage("POST", "/oauth/clients", &portal).await.status, 201);
    let form = "grant_type=password&username=ada&password=first-secret";
    let token = site.token("", ("portal", SECRET), form).await;
    let read = ("GET", "/Users");
    assert_eq!(site.switched(&token, "alpha", read, &Value::Null).await.status, 200);
    // A token that does not carry the scope narrows what she may, as everywhere.
    let narrow = site.token("", ("portal", SECRET), &format!("{form}&scope=openid")).await;
    assert_eq!(site.switched(&narrow, "alpha", read, &Value::Null).await.status, 403);
    // Out of the group, out of the zone, with the same token.
    let path = format!("/Groups/{}/members/{ada}", made.body["id"].as_str().unwrap());
    assert_eq!(site.manage("DELETE", &path, &Value::Null).await.status, 200);
    assert_eq!(site.switched(&token, "alpha", read, &Value::Null).await.status, 401);
}

/// Nobody gives what he lacks, also across zones.
#[tokio::test]
async fn whoever_writes_groups_appoints_no_keepers() {
    let site = Site::with(&["alpha"]).await;
    let writer = site.service("writer", &["scim.write", "scim.read", "clients.admin"]).await;
    let as_writer = |method: &'static str, path: String, body: Value| {
        let (site, writer) = (&site, writer.clone());
        async move { site.ask("", &writer, (method, &path), &[], &body).await }
    };
    for name in ["zones.alpha.admin", "zones.alpha.scim.read"] {
        let heard = as_writer("POST", "/Groups".into(), json!({"displayName": name})).await;
        assert_eq!(heard.status, 403, "{name} {heard:?}");
        let heard = as_writer("POST", "/oauth/clients".into(), client("mine", &[name], &[])).await;
        assert_eq!(heard.status, 403, "{name} {heard:?}");
    }
    let made = site.manage("POST", "/Groups", &json!({"displayName": "zones.alpha.admin"})).await;
    let group = made.body["id"].as_str().unwrap().to_owned();
    let ada = site.manage("POST", "/Users", &user("ada", "first-secret")).await.body["id"].clone();
    let member = json!({"origin": "uaa", "type": "USER", "value": ada});
    let heard = as_writer("POST", format!("/Groups/{group}/members"), member.clone()).await;
    assert_eq!(heard.status, 403, "{heard:?}");
    assert_eq!(site.manage("POST", &format!("/Groups/{group}/members"), &member).await.status, 201);
    // A name must not gain authority by a zone that comes later.
    for (path, body) in [
        ("/Groups", json!({"displayName": "zones.later.admin"})),
        ("/oauth/clients", client("later", &["zones.later.admin"], &[])),
    ] {
        let heard = site.manage("POST", path, &body).await;
        assert_eq!(heard.status, 400, "{heard:?}");
    }
    // In another zone the name of a foreign zone is a name.
    assert_eq!(site.manage("POST", "/identity-zones", &new_zone("beta")).await.status, 201);
    let keeper = site.service("keeper", &["zones.beta.admin"]).await;
    let group = json!({"displayName": "zones.alpha.admin"});
    assert_eq!(site.switched(&keeper, "beta", ("POST", "/Groups"), &group).await.status, 201);
    let service = client("inside", &["zones.alpha.admin", "uaa.admin"], &[]);
    assert_eq!(site.switched(&keeper, "beta", ("POST", "/oauth/clients"), &service).await.status, 201);
    let token = site.token("beta", ("inside", SECRET), "grant_type=client_credentials").await;
    for (subdomain, status) in [("beta", 403), ("", 401), ("alpha", 401)] {
        let switch = [("x-identity-zone-id", "alpha")];
        let heard = site.ask(subdomain, &token, ("GET", "/Users"), &switch, &Value::Null).await;
        assert_eq!(heard.status, status, "{subdomain} {heard:?}");
    }
}
