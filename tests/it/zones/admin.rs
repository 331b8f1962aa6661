//! `/identity-zones`.

use super::{SECRET, Site, client, new_zone, user};
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tests::inside::Heard;
use uuid::Uuid;

#[tokio::test]
async fn made_shown_changed() {
    let site = Site::open().await;
    let body = json!({"subdomain": "Alpha", "name": "Alpha & Co", "description": "a tenant",
        "config": {"tokenPolicy": {"accessTokenValidity": 60}, "branding": {"companyName": "Alpha"}, "mine": {"x": [1]}}});
    let made = site.manage("POST", "/identity-zones", &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.body["id"].as_str().unwrap().to_owned();
    assert!(id.parse::<Uuid>().is_ok());
    for (name, value) in [
        ("subdomain", json!("alpha")),
        ("name", json!("Alpha & Co")),
        ("active", json!(true)),
        ("version", json!(0)),
    ] {
        assert_eq!(made.body[name], value, "{name}");
    }
    assert!(made.body["created"].is_i64() && made.body["last_modified"].is_i64());
    let config = &made.body["config"];
    assert_eq!((&config["mine"], &config["branding"]["companyName"]), (&json!({"x": [1]}), &json!("Alpha")));
    assert_eq!(config["tokenPolicy"]["refreshTokenValidity"], -1);
    // What the configuration says about tokens is so.
    let keeper = site.furnished(&id, "first-secret").await;
    let given = site.sign_in("alpha", "first-secret").await;
    assert_eq!((given.status, &given.body["expires_in"]), (200, &json!(59)), "{given:?}");
    // UAA's default groups, everybody in them.
    let groups = site.switched(&keeper, &id, ("GET", "/Groups?count=100"), &Value::Null).await;
    assert_eq!(groups.body["totalResults"], 8, "{groups:?}");
    assert_eq!(given.body["scope"], "openid uaa.user");
    // Changed as a whole: what is not said any more has its default again.
    let path = format!("/identity-zones/{id}");
    let body = json!({"subdomain": "omega", "name": "Omega", "config": {"userConfig": {"defaultGroups": ["openid", "own"]}}});
    let changed = site.manage("PUT", &path, &body).await;
    assert_eq!((changed.status, &changed.body["version"]), (200, &json!(1)), "{changed:?}");
    assert_eq!(changed.body["config"]["tokenPolicy"]["accessTokenValidity"], -1);
    let shown = site.manage("GET", &path, &Value::Null).await;
    assert_eq!((shown.status, &shown.body), (200, &changed.body));
    let gone = site.ask("alpha", "", ("GET", "/info"), &[], &Value::Null).await;
    assert_eq!(gone.status, 404);
    let given = site.sign_in("omega", "first-secret").await;
    assert_eq!((given.status, &given.body["scope"]), (200, &json!("openid")), "{given:?}");
    let listed = site.manage("GET", "/identity-zones", &Value::Null).await;
    let ids: Vec<_> = listed.body.as_array().unwrap().iter().map(|zone| zone["id"].clone()).collect();
    assert_eq!((listed.status, ids.len()), (200, 2));
    assert!(ids.contains(&json!("uaa")) && ids.contains(&json!(id)));
}

#[tokio::test]
async fn seen_from_inside() {
    let site = Site::with(&["alpha", "beta"]).await;
    let keeper = site.service("keeper", &["zones.alpha.admin"]).await;
    let reader = site.service("reader", &["zones.alpha.read"]).await;
    for (token, policy) in [(&keeper, true), (&reader, false)] {
        let shown = site.switched(token, "alpha", ("GET", "/identity-zones/alpha"), &Value::Null).await;
        assert_eq!(
            (shown.status, shown.body["config"].get("tokenPolicy").is_some()),
            (200, policy),
            "{shown:?}"
        );
        for other in ["beta", "uaa", "nowhere"] {
            let path = format!("/identity-zones/{other}");
            let heard = site.switched(token, "alpha", ("GET", &path), &Value::Null).await;
            assert_eq!(heard.status, 404, "{other} {heard:?}");
            let heard = site.ask("", token, ("GET", &path), &[], &Value::Null).await;
            assert_eq!(heard.status, 403, "{other} {heard:?}");
        }
        let listed = site.switched(token, "alpha", ("GET", "/identity-zones"), &Value::Null).await;
        assert_eq!((listed.status, listed.body.as_array().map(Vec::len)), (200, Some(1)), "{listed:?}");
    }
    let renamed = json!({"subdomain": "alpha", "name": "New"});
    let put = ("PUT", "/identity-zones/alpha");
    assert_eq!(site.switched(&reader, "alpha", put, &renamed).await.status, 403);
    assert_eq!(site.switched(&keeper, "alpha", put, &renamed).await.status, 200);
    let made = site.switched(&keeper, "alpha", ("POST", "/identity-zones"), &new_zone("gamma")).await;
    assert_eq!(made.status, 403, "{made:?}");
    // A zone's own administrator sees it and no other.
    let admin = client("root", &["uaa.admin", "zones.write"], &[]);
    assert_eq!(site.switched(&keeper, "alpha", ("POST", "/oauth/clients"), &admin).await.status, 201);
    let root = site.token("alpha", ("root", SECRET), "grant_type=client_credentials").await;
    let listed = site.ask("alpha", &root, ("GET", "/identity-zones"), &[], &Value::Null).await;
    assert_eq!((listed.status, listed.body.as_array().map(Vec::len)), (200, Some(1)), "{listed:?}");
    let made = site.ask("alpha", &root, ("POST", "/identity-zones"), &[], &new_zone("gamma")).await;
    assert_eq!(made.status, 403, "{made:?}");
    let heard = site.ask("alpha", &root, ("DELETE", "/identity-zones/beta"), &[], &Value::Null).await;
    assert_eq!(heard.status, 404, "{heard:?}");
    // Its keeper may end it from inside.
    let heard = site.switched(&keeper, "alpha", ("DELETE", "/identity-zones/alpha"), &Value::Null).await;
    assert_eq!(heard.status, 200, "{heard:?}");
    assert_eq!(site.ask("alpha", &root, ("GET", "/identity-zones"), &[], &Value::Null).await.status, 404);
}

#[tokio::test]
async fn taken_and_bad_input() {
    let site = Site::with(&["alpha"]).await;
    let create = |body: Value| {
        let site = &site;
        async move { site.manage("POST", "/identity-zones", &body).await }
    };
    for body in [
        json!({"id": "alpha", "subdomain": "other", "name": "x"}),
        json!({"subdomain": "ALPHA", "name": "x"}),
        json!({"subdomain": "", "name": "x"}),
        json!({"id": "uaa", "subdomain": "x", "name": "x"}),
    ] {
        let heard = create(body).await;
        assert_eq!((heard.status, heard.body["error"].as_str()), (409, Some("zone_exists")), "{heard:?}");
    }
    let refused = |heard: Heard, text: &str| {
        assert_eq!(
            (heard.status, heard.body["error"].as_str()),
            (422, Some("invalid_identity_zone")),
            "{heard:?}"
        );
        assert!(heard.body["error_description"].as_str().unwrap().contains(text), "{heard:?}");
    };
    refused(create(json!({"name": "x"})).await, "The subdomain must be provided.");
    refused(create(json!({"subdomain": "x"})).await, "The identity zone must be given a name.");
    for subdomain in ["a.b", "-a", "a_b", "ü", "a b", "a/b", "*", &"x".repeat(64)] {
        refused(create(json!({"subdomain": subdomain, "name": "x"})).await, "one label of a host name");
    }
    for id in ["a.b", "*", "zones.x", &"x".repeat(37)] {
        refused(create(json!({"id": id, "subdomain": "x", "name": "x"})).await, "The id may have");
    }
    let config = |config: Value| json!({"subdomain": "x", "name": "x", "config": config});
    for (bad, text) in [
        (
            json!({"tokenPolicy": {"keys": {"k": {"signingKey": "secret"}}}}),
            "Signing keys are made by the server",
        ),
        (json!({"tokenPolicy": {"activeKeyId": "k"}}), "cannot specify an active key ID"),
        (json!({"tokenPolicy": {"accessTokenValidity": "x"}}), "invalid type"),
        (json!({"tokenPolicy": {"accessTokenValidity": i64::MAX}}), "thirty years"),
        (json!({"tokenPolicy": {"refreshTokenFormat": "x"}}), "Invalid refresh token format x"),
        (json!({"samlConfig": {"privateKey": "secret"}}), "Private keys for SAML"),
        (json!({"mfaConfig": {"policy": "sometimes"}}), "unknown variant"),
        (json!({"issuer": "not a url"}), "Must be valid URL"),
        (json!({"issuer": "javascript://x"}), "Must be valid URL"),
        (json!({"issuer": "http://hallmark.test/uaa/"}), "that of another identity zone"),
        (json!({"issuer": "http://Alpha.hallmark.test/uaa"}), "that of another identity zone"),
        (json!({"userConfig": {"defaultGroups": [""]}}), "default group"),
        (json!({"userConfig": {"defaultGroups": 1}}), "invalid type"),
    ] {
        let heard = create(config(bad)).await;
        assert!(!heard.body.to_string().contains("secret"), "{heard:?}");
        refused(heard, text);
    }
    for body in
        [json!([]), json!("x"), json!({"subdomain": 1}), json!({"subdomain": "x", "name": "x", "config": 1})]
    {
        assert!([400, 422].contains(&create(body).await.status));
    }
    let put = |path: &'static str, body: Value| {
        let site = &site;
        async move { site.manage("PUT", path, &body).await }
    };
    refused(
        put("/identity-zones/alpha", json!({"id": "x", "subdomain": "x", "name": "x"})).await,
        "does not match id in the url",
    );
    assert_eq!(put("/identity-zones/nowhere", new_zone("nowhere")).await.status, 404);
    assert_eq!(put("/identity-zones/alpha", json!({"subdomain": "", "name": "x"})).await.status, 409);
    // The first zone is as the installation's configuration says.
    for heard in [
        put("/identity-zones/uaa", json!({"subdomain": "", "name": "x"})).await,
        site.manage("DELETE", "/identity-zones/uaa", &Value::Null).await,
    ] {
        assert_eq!(
            heard.body["error_description"].as_str(),
            Some("Access to UAA is not allowed."),
            "{heard:?}"
        );
        assert_eq!(heard.status, 403);
    }
    let listed = site.manage("GET", "/identity-zones", &Value::Null).await;
    assert_eq!(listed.body.as_array().map(Vec::len), Some(2), "a refusal left something");
}

#[tokio::test]
async fn an_inactive_zone_is_not_there() {
    let site = Site::with(&["alpha"]).await;
    let keeper = site.furnished("alpha", "first-secret").await;
    let token = site.sign_in("alpha", "first-secret").await.body["access_token"].as_str().unwrap().to_owned();
    let mut zone = new_zone("alpha");
    for (active, host, switch) in [(false, 404, 404), (true, 200, 200)] {
        zone["active"] = active.into();
        assert_eq!(site.manage("PUT", "/identity-zones/alpha", &zone).await.status, 200);
        let form = format!("token={token}");
        assert_eq!(site.form("alpha", "/introspect", ("app", SECRET), &form).await.status, host);
        assert_eq!(site.sign_in("alpha", "first-secret").await.status, host);
        assert_eq!(site.switched(&keeper, "alpha", ("GET", "/Users"), &Value::Null).await.status, switch);
        assert_eq!(site.manage("GET", "/identity-zones/alpha", &Value::Null).await.body["active"], active);
    }
}

#[tokio::test]
async fn an_issuer_of_its_own() {
    let site = Site::with(&["alpha"]).await;
    site.furnished("alpha", "first-secret").await;
    let before =
        site.sign_in("alpha", "first-secret").await.body["access_token"].as_str().unwrap().to_owned();
    let mut zone = new_zone("alpha");
    zone["config"] = json!({"issuer": "https://id.example.org"});
    assert_eq!(site.manage("PUT", "/identity-zones/alpha", &zone).await.status, 200);
    let discovery =
        site.ask("alpha", "", ("GET", "/.well-known/openid-configuration"), &[], &Value::Null).await;
    assert_eq!(discovery.body["issuer"], "https://id.example.org/oauth/token");
    let after = site.sign_in("alpha", "first-secret").await.body["access_token"].as_str().unwrap().to_owned();
    for (token, active) in [(before, false), (after, true)] {
        let form = format!("token={token}");
        let heard = site.form("alpha", "/introspect", ("app", SECRET), &form).await;
        assert_eq!((heard.status, &heard.body["active"]), (200, &json!(active)), "{heard:?}");
    }
}

#[tokio::test]
async fn clients_that_managers_put_into_a_zone() {
    let site = Site::with(&["alpha"]).await;
    let body = json!({"client_id": "portal", "client_secret": SECRET, "scope": ["openid"], "authorities": ["uaa.resource"],
        "authorized_grant_types": ["client_credentials"], "allowedproviders": ["uaa"]});
    let path = "/identity-zones/alpha/clients";
    for (name, value) in [
        ("scope", json!(["openid", "uaa.user"])),
        ("authorities", json!(["uaa.admin"])),
        ("allowedproviders", json!(["ldap"])),
        ("client_secret", json!("")),
        ("client_id", json!("")),
    ] {
        let mut bad = body.clone();
        bad[name] = value;
        let heard = site.manage("POST", path, &bad).await;
        assert_eq!(
            (heard.status, heard.body["error"].as_str()),
            (400, Some("invalid_client")),
            "{name} {heard:?}"
        );
    }
    let made = site.manage("POST", path, &body).await;
    assert_eq!((made.status, &made.body["createdwith"]), (201, &json!("zones.write")), "{made:?}");
    assert!(!made.body.to_string().contains(SECRET));
    assert_eq!(site.manage("POST", path, &body).await.status, 409);
    site.token("alpha", ("portal", SECRET), "grant_type=client_credentials").await;
    assert_eq!(site.manage("POST", "/identity-zones/uaa/clients", &body).await.status, 403);
    assert_eq!(site.manage("POST", "/identity-zones/nowhere/clients", &body).await.status, 404);
    site.furnished("alpha", "first-secret").await;
    assert_eq!(site.manage("DELETE", "/identity-zones/alpha/clients/app", &Value::Null).await.status, 400);
    assert_eq!(site.manage("DELETE", "/identity-zones/alpha/clients/none", &Value::Null).await.status, 404);
    assert_eq!(site.manage("DELETE", "/identity-zones/alpha/clients/portal", &Value::Null).await.status, 200);
    let gone = site.form("alpha", "/oauth/token", ("portal", SECRET), "grant_type=client_credentials").await;
    assert_eq!((gone.status, gone.body["error"].as_str()), (401, Some("invalid_client")));
}

#[tokio::test]
async fn a_deleted_zone_leaves_nothing_and_its_tokens_die_at_once() {
    let site = Site::with(&["alpha", "beta"]).await;
    let keeper = site.furnished("alpha", "first-secret").await;
    site.furnished("beta", "first-secret").await;
    site.manage("POST", "/Groups", &json!({"displayName": "zones.alpha.scim.read"})).await;
    let guid = guid_of(&site, "alpha").await;
    let jwt = site.sign_in("alpha", "first-secret").await;
    let opaque = site
        .form("alpha", "/oauth/token", ("app", SECRET), "grant_type=client_credentials&token_format=opaque")
        .await;
    let tokens: Vec<String> =
        [jwt, opaque].iter().map(|heard| heard.body["access_token"].as_str().unwrap().to_owned()).collect();
    for token in &tokens {
        let form = format!("token={token}");
        assert_eq!(site.form("alpha", "/introspect", ("app", SECRET), &form).await.body["active"], true);
    }
    assert!(leftovers(&site, guid).await.len() > 8);
    let gone = site.manage("DELETE", "/identity-zones/alpha", &Value::Null).await;
    assert_eq!((gone.status, &gone.body["id"]), (200, &json!("alpha")), "{gone:?}");
    assert_eq!(leftovers(&site, guid).await, Vec::<String>::new());
    let groups = site.manage("GET", "/Groups?filter=displayName+sw+%22zones.alpha%22", &Value::Null).await;
    assert_eq!(groups.body["totalResults"], 0, "{groups:?}");
    for path in ["/introspect", "/check_token"] {
        let form = format!("token={}", tokens[0]);
        assert_eq!(site.form("alpha", path, ("app", SECRET), &form).await.status, 404);
    }
    assert_eq!(site.ask("alpha", &tokens[0], ("GET", "/userinfo"), &[], &Value::Null).await.status, 404);
    assert_eq!(site.switched(&keeper, "alpha", ("GET", "/Users"), &Value::Null).await.status, 404);
    assert_eq!(site.sign_in("beta", "first-secret").await.status, 200, "the other zone goes on");
    // The same names are another zone: nothing of the old one counts in it, and its old keeper keeps nothing.
    assert_eq!(site.manage("POST", "/identity-zones", &new_zone("alpha")).await.status, 201);
    assert_eq!(site.sign_in("alpha", "first-secret").await.status, 401);
    assert_eq!(site.switched(&keeper, "alpha", ("GET", "/Users"), &Value::Null).await.status, 403);
    let again = site.service("again", &["zones.alpha.admin"]).await;
    let app = client("app", &["uaa.resource", "scim.read"], &["openid", "scim.read", "uaa.user"]);
    assert_eq!(site.switched(&again, "alpha", ("POST", "/oauth/clients"), &app).await.status, 201);
    assert_eq!(
        site.switched(&again, "alpha", ("POST", "/Users"), &user("marissa", "first-secret")).await.status,
        201
    );
    for token in &tokens {
        let form = format!("token={token}");
        let heard = site.form("alpha", "/introspect", ("app", SECRET), &form).await;
        assert_eq!((heard.status, heard.body), (200, json!({"active": false})));
    }
}

async fn open(site: &Site) -> SqliteConnection {
    let url = format!("sqlite:{}", site.inside.data().join("hallmark.db").display());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn guid_of(site: &Site, zid: &str) -> Uuid {
    let row =
        sqlx::query("SELECT guid FROM zone WHERE zid = ?").bind(zid).fetch_one(&mut open(site).await).await;
    Uuid::from_slice(row.unwrap().get(0)).unwrap()
}

/// The tables in which something of the zone stands, beside the audit log: every table that the schema has is looked at.
async fn leftovers(site: &Site, zone: Uuid) -> Vec<String> {
    let mut conn = open(site).await;
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables = sqlx::query(tables).fetch_all(&mut conn).await.unwrap();
    let mut found = vec![];
    for table in tables.iter().map(|row| row.get::<String, _>(0)) {
        if ["audit", "outbox", "seal"].contains(&table.as_str()) {
            continue;
        }
        let columns =
            sqlx::query(sqlx::AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")));
        for column in columns.fetch_all(&mut conn).await.unwrap().iter().map(|row| row.get::<String, _>(0)) {
            let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = ?");
            let count = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(zone.as_bytes().to_vec());
            // The log of the first zone's facts says that the zone was there.
            let told = table == "fact_change" && column == "id";
            if !told && count.fetch_one(&mut conn).await.unwrap().get::<i64, _>(0) > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    // Users, groups, clients and what points at them: nothing has a place that nothing stands at.
    let orphans =
        "SELECT COUNT(*) FROM place p WHERE NOT EXISTS (SELECT 1 FROM zone z WHERE z.guid = p.zone)";
    if sqlx::query(orphans).fetch_one(&mut conn).await.unwrap().get::<i64, _>(0) > 0 {
        found.push("place".into());
    }
    found
}
