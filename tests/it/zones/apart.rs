//! What does not pass from one zone to another.

use super::{SECRET, Site, claims, user};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::signature::Signer as _;
use serde_json::{Value, json};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use uaa_authz::Zone;
use uaa_directory::{Session, User};
use uaa_model::{Id, Secret};
use uaa_plugin::Site::{Api, Uaa};
use uaa_store::{Cond, Field, Set};
use uaa_token::{Algorithm, DataKey, SigningKey};

#[tokio::test]
async fn the_same_name_is_two_people() {
    let site = Site::with(&["alpha", "beta"]).await;
    for (zone, password) in [("alpha", "first-secret"), ("beta", "other-secret")] {
        site.furnished(zone, password).await;
    }
    for (zone, right, wrong) in
        [("alpha", "first-secret", "other-secret"), ("beta", "other-secret", "first-secret")]
    {
        let given = site.sign_in(zone, right).await;
        assert_eq!(given.status, 200, "{given:?}");
        let claims = claims(given.body["access_token"].as_str().unwrap());
        assert_eq!(claims["zid"], zone);
        assert_eq!(claims["iss"], format!("http://{zone}.hallmark.test/uaa/oauth/token"));
        assert_eq!(site.sign_in(zone, wrong).await.status, 401);
    }
    // Nobody of either is known in the first zone, nor in the other by a name that only one has.
    let there = site.form("", "/oauth/token", ("app", SECRET), "grant_type=client_credentials").await;
    assert_eq!((there.status, there.body["error"].as_str()), (401, Some("invalid_client")));
    let keeper = site.token("", ("keeper-alpha", SECRET), "grant_type=client_credentials").await;
    let made = site.switched(&keeper, "alpha", ("POST", "/Users"), &user("only", "first-secret")).await;
    assert_eq!(made.status, 201, "{made:?}");
    for (zone, status) in [("alpha", 200), ("beta", 401)] {
        let form = "grant_type=password&username=only&password=first-secret";
        assert_eq!(site.form(zone, "/oauth/token", ("app", SECRET), form).await.status, status, "{zone}");
    }
    // Failures in one lock nobody in the other.
    for _ in 0..5 {
        site.inside.clock.advance(1);
        site.sign_in("alpha", "wrong").await;
    }
    assert_eq!(site.sign_in("alpha", "first-secret").await.status, 401);
    assert_eq!(site.sign_in("beta", "other-secret").await.status, 200);
}

/// CVE-2016-4468, CVE-2017-4972, CVE-2019-11268, CVE-2019-11278, CVE-2019-11282: whatever stands in a filter or an order is compared as it
/// is, or refused; it is no part of a statement, and opens no other zone.
#[tokio::test]
async fn a_filter_opens_neither_a_zone_nor_a_statement() {
    let site = Site::with(&["alpha", "beta"]).await;
    for zone in ["alpha", "beta"] {
        let keeper = site.furnished(zone, "first-secret").await;
        let other = user(&format!("of-{zone}"), "first-secret");
        assert_eq!(site.switched(&keeper, zone, ("POST", "/Users"), &other).await.status, 201);
    }
    let reader = site.token("alpha", ("app", SECRET), "grant_type=client_credentials").await;
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for (filter, found) in [
        (r#"userName sw """#, 2),
        ("id pr", 2),
        (r#"userName sw "of-""#, 1),
        (r#"userName eq "of-alpha" or userName eq "of-beta""#, 1),
        (r#"userName eq "x' OR '1'='1""#, 0),
        (r#"userName eq "x\\' OR 1=1 -- ""#, 0),
        (r#"userName co "%""#, 0),
        (r#"userName co "_""#, 0),
        (r#"userName eq "x\"; DROP TABLE users; --""#, 0),
    ] {
        let path = format!("/Users?filter={}", encoded(filter));
        let said = site.ask("alpha", &reader, ("GET", &path), &[], &Value::Null).await;
        assert_eq!(
            (said.status, said.body["totalResults"].as_i64()),
            (200, Some(found)),
            "{filter} {said:?}"
        );
        assert!(!said.text.contains("of-beta"), "{filter}");
    }
    for odd in [
        "filter=zone+eq+%22beta%22",
        "filter=zoneId+pr",
        "filter=password+pr",
        "filter=1%3D1",
        "sortBy=userName%3BDROP+TABLE+users",
        "sortBy=(SELECT+1)",
        "sortBy=password",
        "sortOrder=desc%3B--&sortBy=userName",
        "attributes=password",
    ] {
        let said = site.ask("alpha", &reader, ("GET", &format!("/Users?{odd}")), &[], &Value::Null).await;
        assert!([200, 400].contains(&said.status) && !said.text.contains("of-beta"), "{odd} {said:?}");
        assert!(!said.text.contains("argon2"), "{odd}");
    }
}

#[tokio::test]
async fn a_token_is_of_one_zone() {
    let site = Site::with(&["alpha", "beta"]).await;
    site.furnished("alpha", "first-secret").await;
    site.furnished("beta", "first-secret").await;
    let resource = site.service("resource", &["uaa.resource"]).await;
    let mut tokens = vec![];
    for format in ["jwt", "opaque"] {
        for form in
            ["grant_type=client_credentials", "grant_type=password&username=marissa&password=first-secret"]
        {
            let form = format!("{form}&token_format={format}");
            tokens.push(site.token("alpha", ("app", SECRET), &form).await);
        }
    }
    for token in &tokens {
        let form = format!("token={token}");
        // Good at home, asked twice: the second answer comes from memory.
        for _ in 0..2 {
            let good = site.form("alpha", "/introspect", ("app", SECRET), &form).await;
            assert_eq!(
                (good.status, &good.body["active"], &good.body["zid"]),
                (200, &json!(true), &json!("alpha"))
            );
        }
        let abroad = site.form("beta", "/introspect", ("app", SECRET), &form).await;
        assert_eq!((abroad.status, abroad.body), (200, json!({"active": false})));
        let abroad = site.form("beta", "/check_token", ("app", SECRET), &form).await;
        assert_eq!((abroad.status, abroad.body["error"].as_str()), (400, Some("invalid_token")));
        for zone in ["beta", ""] {
            let heard = site.ask(zone, token, ("GET", "/Users"), &[], &Value::Null).await;
            assert_eq!((heard.status, heard.body["error"].as_str()), (401, Some("invalid_token")), "{zone}");
        }
        let platform = site.inside.ask(Api, "GET", "/v3/organizations", Some(token), None).await;
        assert_eq!((platform.status, platform.body["errors"][0]["code"].as_u64()), (401, Some(1000)));
    }
    // A token of the first zone is nothing in another zone's own host, whatever it may do.
    for token in [&site.manager, &resource] {
        let heard = site.ask("alpha", token, ("GET", "/Users"), &[], &Value::Null).await;
        assert_eq!(heard.status, 401, "{heard:?}");
    }
}

/// Signed with a zone's own key, by somebody who has got hold of it.
#[tokio::test]
async fn a_zones_key_signs_for_no_other_zone() {
    let site = Site::with(&["alpha"]).await;
    site.furnished("alpha", "first-secret").await;
    let good = site.token("alpha", ("app", SECRET), "grant_type=client_credentials").await;
    let admin = claims(&site.manager);
    let key = key_of(&site, "alpha").await;
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(good.split('.').next().unwrap()).unwrap()).unwrap();
    let own = claims(&good);
    assert_eq!(
        site.ask("alpha", &sign(&key, &header, &own), ("GET", "/Users"), &[], &Value::Null).await.status,
        200
    );
    let foreign = [
        own.clone(),
        with(&own, "zid", json!("uaa")),
        with(&with(&own, "zid", json!("uaa")), "iss", admin["iss"].clone()),
        admin.clone(),
    ];
    for claims in foreign {
        let forged = sign(&key, &header, &claims);
        let heard = site.ask("", &forged, ("GET", "/Users"), &[], &Value::Null).await;
        assert_eq!(heard.status, 401, "{claims}");
        let heard =
            site.ask("", &forged, ("GET", "/Users"), &[("x-identity-zone-id", "alpha")], &Value::Null).await;
        assert_eq!(heard.status, 401, "{claims}");
    }
    for (claim, value) in [("zid", json!("uaa")), ("zid", json!("ALPHA")), ("iss", admin["iss"].clone())] {
        let forged = sign(&key, &header, &with(&own, claim, value));
        let heard = site.ask("alpha", &forged, ("GET", "/Users"), &[], &Value::Null).await;
        assert_eq!(heard.status, 401, "{claim}");
    }
}

#[tokio::test]
async fn each_zone_has_its_own_documents() {
    let site = Site::with(&["alpha"]).await;
    let get = |zone: &'static str, path: &'static str| {
        let site = &site;
        async move { site.ask(zone, "", ("GET", path), &[], &Value::Null).await }
    };
    let (first, alpha) = (get("", "/token_keys").await, get("alpha", "/token_keys").await);
    assert_eq!((first.status, alpha.status), (200, 200));
    assert_ne!(first.body["keys"][0]["kid"], alpha.body["keys"][0]["kid"]);
    let discovery = get("alpha", "/.well-known/openid-configuration").await.body;
    assert_eq!(discovery["issuer"], "http://alpha.hallmark.test/uaa/oauth/token");
    assert_eq!(discovery["jwks_uri"], "http://alpha.hallmark.test/uaa/oauth/jwks");
    let info = get("alpha", "/info").await.body;
    assert_eq!(
        (&info["zone_name"], &info["links"]["uaa"]),
        (&json!("alpha"), &json!("http://alpha.hallmark.test/uaa"))
    );
    // As `Host` may be written, the edge has made it lower case; nobody's subdomain is in UAA's words.
    for path in ["/info", "/Users", "/oauth/token/.well-known/openid-configuration", "/token_keys"] {
        let heard = get("nowhere", path).await;
        let text = heard.body["error_description"].as_str();
        assert_eq!(
            (heard.status, text),
            (404, Some("Cannot find identity zone for subdomain nowhere")),
            "{path}"
        );
    }
}

/// A browser sees a page there, as it would look in the first zone; nothing else of that one is reached.
#[tokio::test]
async fn a_zone_that_is_not_there_has_a_page_that_says_so() {
    let site = Site::with(&["alpha"]).await;
    let get = async |zone: &str, path: &str| {
        let request = Request::builder().uri(path).header("accept", "text/html");
        let request = request.body(Body::empty()).unwrap();
        let answer = site.inside.answer(zone, Uaa, request).await;
        let status = answer.status().as_u16();
        let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&text).into_owned())
    };
    assert_eq!(get("alpha", "/login").await.0, 200);
    for path in ["/login", "/nothing", "/home"] {
        let (status, page) = get("nowhere", path).await;
        assert!(status == 404 && page.contains("<h1>There is no such page"), "{path} {page}");
        // It looks like one as well.
        let sheet = page.split_once("href=\"/uaa/resources/").unwrap().1.split('"').next().unwrap();
        assert_eq!(get("nowhere", &format!("/resources/{sheet}")).await.0, 200, "{sheet}");
    }
    let (status, said) = get("nowhere", "/token_keys").await;
    assert!(status == 404 && said.starts_with('{'), "{said}");
}

async fn key_of(site: &Site, zone: &str) -> SigningKey {
    let text = std::fs::read_to_string(site.inside.data().join("data-key")).unwrap();
    let data_key = DataKey::from_text(&Secret::new(text.trim().to_owned())).unwrap();
    let url = format!("sqlite:{}", site.inside.data().join("hallmark.db").display());
    let mut conn = SqliteConnection::connect(&url).await.unwrap();
    let sql = "SELECT k.kid, k.sealed FROM signing_key k JOIN zone z ON z.guid = k.zone WHERE z.zid = ?";
    let row = sqlx::query(sql).bind(zone).fetch_one(&mut conn).await.unwrap();
    let (kid, sealed): (String, Vec<u8>) = (row.get(0), row.get(1));
    SigningKey::open(&data_key, &kid, Algorithm::Rs256, &sealed).unwrap()
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[name] = value;
    object
}

fn sign(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let text = format!("{}.{}", encoded(header), encoded(claims));
    let signature = key.sign(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_session_of_one_zone_is_nothing_in_another() {
    let site = Site::with(&["alpha", "beta"]).await;
    site.furnished("alpha", "first-secret").await;
    let zone = site.inside.hall.access.zones().named("alpha").unwrap().guid;
    let mut tx = site.inside.begin(zone);
    let seen = tx.visible::<User>().await.unwrap();
    let marissa = Cond::In(Field::Text("username"), vec!["marissa".into()]);
    let marissa = tx.find(&seen, marissa).await.unwrap().unwrap();
    let held = "0123456789abcdef0123456789abcdef";
    let digest: String = uaa_token::digest(held).iter().map(|byte| format!("{byte:02x}")).collect();
    let now = tx.now();
    let set = Set::default()
        .put(Session::digest, digest)
        .put(Session::subject, marissa.guid)
        .put(Session::generation, marissa.own.generation)
        .put(Session::auth_time, now)
        .put(Session::amr, "pwd")
        .put(Session::second_at, 0)
        .put(Session::remembered, false)
        .put(Session::seen, now)
        .put(Session::expires, i64::MAX)
        .put(Session::agent, "")
        .put(Session::address, "");
    let slot = tx.slot::<Session>(Id::<Zone>::new(zone)).await.unwrap();
    let id = tx.ids().uuid();
    tx.insert_as(slot, Id::new(id), Some(marissa.guid), set).await.unwrap();
    tx.commit().await.unwrap();
    let cookie = format!("hallmark-session={held}");
    // Read from the rows the first time, from memory the second.
    for _ in 0..2 {
        for (zone, status) in [("alpha", 200), ("beta", 302), ("", 302)] {
            let home = site.inside.ask_zone(zone, ("GET", "/home"), &[("cookie", &cookie)], "").await;
            assert_eq!(home.status, status, "{zone}");
        }
    }
}
