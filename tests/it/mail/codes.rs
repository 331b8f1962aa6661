//! What clients do that hold `oauth.login`: codes of their own, and links that they send themselves.

use super::accounts::client;
use super::{NEW, OLD};
use serde_json::json;
use tests::inside::Inside;
use tests::{Browser, Hallmark, said};

#[tokio::test]
async fn a_code_gives_back_once_what_was_kept() {
    let server = Hallmark::start().await;
    let token = client(&server, "login", &["oauth.login"]).await;
    let other = client(&server, "other", &["scim.read"]).await;
    let url = format!("{}/Codes", server.uaa());
    let good = json!({"data": "kept", "expiresAt": 4_102_444_800_000_i64});
    assert_eq!(server.ask(&other, "POST", &url, Some(good.clone())).await.status, 403);
    for (bad, text) in [
        (json!({"data": "kept"}), "data and expiresAt are required."),
        (json!({"expiresAt": 4_102_444_800_000_i64}), "data and expiresAt are required."),
        (json!({"data": "kept", "expiresAt": 1}), "expiresAt must be in the future."),
    ] {
        let refused = server.ask(&token, "POST", &url, Some(bad)).await;
        assert_eq!((refused.status, refused.body["error_description"].as_str()), (400, Some(text)));
    }
    let made = server.ask(&token, "POST", &url, Some(good)).await;
    assert_eq!((made.status, &made.body["data"]), (201, &json!("kept")), "{made:?}");
    let one = format!("{url}/{}", made.body["code"].as_str().unwrap());
    assert_eq!(server.ask(&other, "GET", &one, None).await.status, 403);
    let got = server.ask(&token, "GET", &one, None).await;
    assert_eq!((got.status, &got.body), (200, &made.body));
    assert_eq!(server.ask(&token, "GET", &one, None).await.status, 404);
    assert_eq!(server.ask(&token, "GET", &format!("{url}/nothing"), None).await.status, 404);
    // Many at once: one gets it.
    let made = server
        .ask(&token, "POST", &url, Some(json!({"data": "x", "expiresAt": 4_102_444_800_000_i64})))
        .await;
    let one = format!("{url}/{}", made.body["code"].as_str().unwrap());
    let all = futures::future::join_all((0..20).map(|_| server.ask(&token, "GET", &one, None))).await;
    let won = all.iter().filter(|said| said.status == 200).count();
    assert_eq!(won, 1, "{all:?}");
    assert!(all.iter().all(|said| [200, 404].contains(&said.status)), "{all:?}");
}

#[tokio::test]
async fn a_client_resets_passwords_and_changes_addresses() {
    let server = Hallmark::start().await;
    let token = client(&server, "login", &["oauth.login"]).await;
    let admin = server.admin().await;
    let users = format!("{}/Users", server.uaa());
    let mira =
        json!({"userName": "mira@acme.example", "password": OLD, "emails": [{"value": "mira@acme.example"}]});
    let mira = server.ask(&admin, "POST", &users, Some(mira)).await.body["id"].clone();
    let ext = json!({"userName": "ext", "origin": "ldap", "emails": [{"value": "ext@acme.example"}]});
    assert_eq!(server.ask(&admin, "POST", &users, Some(ext)).await.status, 201);
    let at = |path: &str| format!("{}{path}", server.uaa());
    let ask = async |name: &str| server.ask(&token, "POST", &at("/password_resets"), Some(json!(name))).await;
    assert_eq!((ask("nobody").await.status, ask("ext").await.status), (404, 409));
    let made = ask("mira@acme.example").await;
    assert_eq!((made.status, &made.body["user_id"]), (201, &mira), "{made:?}");
    let change = async |code: &serde_json::Value, new: &str| {
        let body = json!({"code": code, "new_password": new});
        server.ask(&token, "POST", &at("/password_change"), Some(body)).await
    };
    assert_eq!(change(&json!("nothing"), NEW).await.body["error"], "invalid_code");
    for poor in ["", "password", OLD] {
        let refused = change(&made.body["code"], poor).await;
        assert_eq!((refused.status, &refused.body["error"]), (422, &json!("invalid_password")), "{poor}");
    }
    let done = change(&made.body["code"], NEW).await;
    assert_eq!((done.status, &done.body["username"]), (200, &json!("mira@acme.example")), "{done:?}");
    assert!(done.body["code"].is_string(), "a code for signing in");
    assert_eq!(change(&made.body["code"], "another long one").await.status, 422);
    // The code of a reset is none for an address.
    let made = ask("mira@acme.example").await;
    let wrong = server.ask(&token, "POST", &at("/email_changes"), Some(made.body["code"].clone())).await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    let verify = async |mail: &str| {
        let request = reqwest::Client::new().post(at("/email_verifications")).bearer_auth(&token);
        let sent =
            request.json(&json!({"userId": mira, "email": mail, "client_id": "login"})).send().await.unwrap();
        (sent.status().as_u16(), sent.text().await.unwrap())
    };
    assert_eq!(verify("no address").await.0, 400);
    let (status, code) = verify("mira@new.example").await;
    assert_eq!((status, code.len()), (201, 32));
    let request = reqwest::Client::new().post(at("/email_changes")).bearer_auth(&token).body(code.clone());
    let done = said(request).await;
    assert_eq!(
        (done.status, &done.body["email"], &done.body["username"]),
        (200, &json!("mira@new.example"), &json!("mira@new.example")),
        "{done:?}"
    );
    let request = reqwest::Client::new().post(at("/email_changes")).bearer_auth(&token).body(code);
    assert_eq!(said(request).await.status, 422);
}

#[tokio::test]
async fn a_page_of_somebody_else_asks_whether_a_password_is_right() {
    let server = Hallmark::start().await;
    let check = async |password: &str| {
        let form = [("username", "admin"), ("password", password)];
        said(reqwest::Client::new().post(format!("{}/authenticate", server.uaa())).form(&form)).await
    };
    let good = check(&server.admin_password()).await;
    assert_eq!((good.status, &good.body["username"]), (200, &json!("admin")), "{good:?}");
    let bad = check("wrong").await;
    assert_eq!((bad.status, &bad.body["error"]), (401, &json!("authentication failed")));
}

#[tokio::test]
async fn whoever_must_change_the_password_does_nothing_else_before() {
    let server = Hallmark::start().await;
    let admin = server.admin().await;
    let users = format!("{}/Users", server.uaa());
    let mira = json!({"userName": "mira", "password": OLD, "emails": [{"value": "mira@acme.example"}]});
    let id = server.ask(&admin, "POST", &users, Some(mira)).await.body["id"].as_str().unwrap().to_owned();
    let status = async |token: &str, body: serde_json::Value| {
        server.ask(token, "PATCH", &format!("{users}/{id}/status"), Some(body)).await
    };
    for bad in [json!({"locked": true}), json!({"passwordChangeRequired": false}), json!({"other": 1})] {
        assert_eq!(status(&admin, bad).await.status, 400);
    }
    let mine = server.user("mira", OLD).await;
    assert_eq!(status(&mine, json!({"locked": false})).await.status, 403);
    let done = status(&admin, json!({"passwordChangeRequired": true})).await;
    assert_eq!((done.status, &done.body["passwordChangeRequired"]), (200, &json!(true)), "{done:?}");
    let form = [("grant_type", "password"), ("username", "mira"), ("password", OLD)];
    let refused = server.token("cf", "", &form).await;
    assert_eq!(
        (refused.status, refused.body["error_description"].as_str()),
        (401, Some("password change required"))
    );
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/profile").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let page = browser.send(&page, "password", &[("password", OLD)]).await;
    assert_eq!(page.text("h1"), "Change your password");
    assert!(browser.cookie("hallmark-session").is_none());
    let form = |old, new| [("password", old), ("new_password", new), ("new_password_confirmation", new)];
    for (old, new) in [("wrong", NEW), (OLD, OLD), (OLD, "letmein")] {
        let again = browser.send(&page, "new_password", &form(old, new)).await;
        assert_eq!((again.status, again.text("h1").as_str()), (422, "Change your password"));
    }
    let page = browser.send(&page, "new_password", &form(OLD, NEW)).await;
    assert_eq!(page.text("h1"), "Sign in");
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let page = browser.send(&page, "password", &[("password", NEW)]).await;
    assert!(page.url.path().ends_with("/profile"), "{}", page.url);
    // Their own change keeps this browser signed in, and no other.
    let mut other = Browser::at(&server.uaa());
    let there = other.open("/uaa/home").await;
    let there = other.send(&there, "username", &[("username", "mira")]).await;
    other.send(&there, "password", &[("password", NEW)]).await;
    let page = browser.open("/uaa/change_password").await;
    let page = browser.send(&page, "new_password", &form(NEW, "and one more of them")).await;
    assert!(page.url.path().ends_with("/profile") && page.status == 200, "{}", page.html);
    assert_eq!(other.open("/uaa/home").await.text("h1"), "Sign in");
}

#[tokio::test]
async fn a_zone_says_what_a_password_must_be_like_and_how_long_it_lasts() {
    let config = "password:\n  min_length: 12\n  digits: 1\n  history: 3\n";
    let server = Hallmark::start_with(config).await;
    let form = [("grant_type", "client_credentials")];
    let keeper = server.token("admin", &server.client_secret(), &form).await;
    let keeper = keeper.body["access_token"].as_str().unwrap().to_owned();
    let admin = server.admin().await;
    let users = format!("{}/Users", server.uaa());
    let make = async |password: &str| {
        let body =
            json!({"userName": "mira", "password": password, "emails": [{"value": "mira@acme.example"}]});
        server.ask(&admin, "POST", &users, Some(body)).await
    };
    let short = make("short 1").await;
    assert_eq!(short.status, 400);
    let text = short.body["error_description"].as_str().unwrap();
    assert!(text.contains("at least 12 characters"), "{text}");
    let made = make("long enough 1").await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.body["id"].as_str().unwrap();
    for (new, status) in [
        ("long enough 2", 200),
        ("long enough 3", 200),
        ("long enough 1", 422),
        ("long enough 2", 422),
        ("long enough 3", 422),
        ("long enough 4", 200),
        ("long enough 1", 200),
    ] {
        let url = format!("{users}/{id}/password");
        let said = server.ask(&keeper, "PUT", &url, Some(json!({"password": new}))).await;
        assert_eq!(said.status, status, "{new}: {said:?}");
    }
}

#[tokio::test]
async fn another_zone_has_a_policy_of_its_own_and_old_passwords_run_out() {
    let inside = Inside::open(false).await;
    let secret = std::fs::read_to_string(inside.data().join("admin-client-secret")).unwrap();
    let token = inside.token("admin", secret.trim(), "grant_type=client_credentials").await;
    let ask = async |token: &str, what: (&str, &str), zone: &str, body: &serde_json::Value| {
        let bearer = format!("bearer {token}");
        let mut headers = vec![("authorization", bearer.as_str()), ("if-match", "*")];
        headers.extend(Some(("x-identity-zone-id", zone)).filter(|_| !zone.is_empty()));
        inside.ask_zone("", what, &headers, &body.to_string()).await
    };
    let here = async |what: (&str, &str), body: &serde_json::Value| ask(&token, what, "", body).await;
    let zone = |policy: serde_json::Value| json!({"id": "alpha", "subdomain": "alpha", "name": "Alpha", "config": {"passwordPolicy": policy}});
    for bad in [json!({"minLength": 12}), json!({"minLength": "x"}), json!([])] {
        let refused = here(("POST", "/identity-zones"), &zone(bad)).await;
        assert_eq!(refused.status, 422, "{refused:?}");
    }
    let whole = json!({"minLength": 12, "maxLength": 100, "requireUpperCaseCharacter": 0,
        "requireLowerCaseCharacter": 0, "requireDigit": 0, "requireSpecialCharacter": 0, "expirePasswordInMonths": 0});
    let made = here(("POST", "/identity-zones"), &zone(whole.clone())).await;
    assert_eq!(made.status, 201, "{made:?}");
    let keeper = json!({"client_id": "keeper", "client_secret": "open-sesame", "authorities": ["zones.alpha.admin"],
        "authorized_grant_types": ["client_credentials"]});
    assert_eq!(here(("POST", "/oauth/clients"), &keeper).await.status, 201);
    let keeper = inside.token("keeper", "open-sesame", "grant_type=client_credentials").await;
    let user = |password: &str| json!({"userName": "mira", "password": password, "emails": [{"value": "m@acme.example"}]});
    assert_eq!(ask(&keeper, ("POST", "/Users"), "alpha", &user("short one")).await.status, 400);
    assert_eq!(here(("POST", "/Users"), &user("short one")).await.status, 201, "here it is good enough");
    assert_eq!(ask(&keeper, ("POST", "/Users"), "alpha", &user("a longer one")).await.status, 201);
    let check = async || {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        inside
            .ask_zone("alpha", ("POST", "/authenticate"), &form, "username=mira&password=a+longer+one")
            .await
            .status
    };
    assert_eq!(check().await, 200);
    let mut old = whole.clone();
    old["passwordNewerThan"] = json!(4_102_444_800_000_i64);
    assert_eq!(here(("PUT", "/identity-zones/alpha"), &zone(old)).await.status, 200);
    assert_eq!(check().await, 401, "older than the zone wants them");
    let mut months = whole;
    months["expirePasswordInMonths"] = json!(1);
    assert_eq!(here(("PUT", "/identity-zones/alpha"), &zone(months)).await.status, 200);
    assert_eq!(check().await, 200);
    inside.clock.advance(32 * 86_400);
    assert_eq!(check().await, 401, "a month later");
}
