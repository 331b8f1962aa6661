//! `/approvals`: what people let applications do, by UAA's API.

use crate::authorize::{App, SHOP, sign_in};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Said, on_every_server};

on_every_server!(a_person_reads_replaces_and_takes_back_what_they_allowed);

/// A client whose tokens may look after approvals, and one of its tokens for the administrator.
pub(crate) async fn keeper(server: &Hallmark) -> String {
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let uaa = server.uaa();
    let group = json!({"displayName": "oauth.approvals"});
    let made = server.ask(&token, "POST", &format!("{uaa}/Groups"), Some(group)).await;
    assert!([201, 409].contains(&made.status), "{made:?}");
    let found = server
        .ask(&token, "GET", &format!("{uaa}/Groups?filter=displayName+eq+%22oauth.approvals%22"), None)
        .await;
    let group = found.body["resources"][0]["id"].as_str().unwrap().to_owned();
    let admin = server.admin().await;
    let me = server.ask(&admin, "GET", &format!("{uaa}/userinfo"), None).await;
    let member = json!({"value": me.body["user_id"], "type": "USER"});
    let joined = server.ask(&token, "POST", &format!("{uaa}/Groups/{group}/members"), Some(member)).await;
    assert_eq!(joined.status, 201, "{joined:?}");
    let body = json!({"client_id": "keeper", "client_secret": "open sesame", "scope": ["openid", "oauth.approvals"],
        "authorities": ["oauth.approvals"], "authorized_grant_types": ["password", "client_credentials"]});
    let made = server.ask(&token, "POST", &format!("{uaa}/oauth/clients"), Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let said = server.token("keeper", "open sesame", &form).await;
    said.body["access_token"].as_str().unwrap_or_else(|| panic!("{said:?}")).to_owned()
}

async fn ask(server: &Hallmark, token: &str, method: &str, rest: &str, body: Option<Value>) -> Said {
    server.ask(token, method, &format!("{}/approvals{rest}", server.uaa()), body).await
}

fn pairs(said: &Said) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = said.body.as_array().unwrap_or_else(|| panic!("{said:?}"));
    let mut all: Vec<_> = all.iter().map(|one| (text(&one["scope"]), text(&one["status"]))).collect();
    all.sort();
    all
}

fn texts(some: &[(&str, &str)]) -> Vec<(String, String)> {
    some.iter().map(|(scope, status)| ((*scope).to_owned(), (*status).to_owned())).collect()
}

async fn a_person_reads_replaces_and_takes_back_what_they_allowed(server: Hallmark) {
    let token = keeper(&server).await;
    SHOP.register(&server, json!({"autoapprove": ["openid"]})).await;
    let mut browser = Browser::at(&server.uaa());
    let wanted = SHOP.ask(&server, &[("scope", "openid cloud_controller.read")]);
    let page = browser.open(&wanted).await;
    let page = sign_in(&server, &mut browser, &page).await;
    let back =
        browser.send(&page, "decision", &[("decision", "allow"), ("scope", "cloud_controller.read")]).await;
    assert!(back.given("code").is_some(), "{}", page.html);
    let said = ask(&server, &token, "GET", "", None).await;
    assert_eq!(said.status, 200, "{said:?}");
    let [one] = said.body.as_array().unwrap().as_slice() else { panic!("{said:?}") };
    assert_eq!((&one["clientId"], &one["scope"]), (&json!("shop"), &json!("cloud_controller.read")));
    assert_eq!(one["status"], "APPROVED");
    let members: Vec<_> = one.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["clientId", "expiresAt", "lastUpdatedAt", "scope", "status", "userId"]);
    let ends = one["expiresAt"].as_str().unwrap();
    assert!(ends.len() == 24 && ends.ends_with('Z'), "{ends}");
    // All of it anew: what is not named is gone, and what is said about a scope holds at the next request.
    let body = json!([
        {"clientId": "shop", "scope": "cloud_controller.read", "status": "DENIED", "expiresAt": "2099-01-01T00:00:00.000Z"},
        {"clientId": "shop", "scope": "profile", "userId": null, "expiresAt": 4_070_908_800_000_i64},
        {"clientId": "shop", "scope": "openid", "userId": one["userId"]}
    ]);
    let said = ask(&server, &token, "PUT", "", Some(body)).await;
    assert_eq!(said.status, 200, "{said:?}");
    assert_eq!(said.body[0]["expiresAt"], "2099-01-01T00:00:00.000Z");
    assert_eq!(said.body[1]["expiresAt"], "2099-01-01T00:00:00.000Z");
    let kept = [("cloud_controller.read", "DENIED"), ("profile", "APPROVED")];
    // `openid` is approved by the operator: nobody is asked about it, and the list hides it.
    assert_eq!(pairs(&ask(&server, &token, "GET", "", None).await), texts(&kept));
    let narrowed = browser.open(&wanted).await;
    let said = SHOP.redeem(&server, &narrowed.given("code").unwrap(), &[]).await;
    assert_eq!(said.body["scope"], "openid");
    // One client, and pages.
    let body = json!([{"scope": "cloud_controller.read"}, {"clientId": "shop", "scope": "cloud_controller.read", "status": "DENIED"}]);
    let said = ask(&server, &token, "PUT", "/shop", Some(body)).await;
    assert_eq!(pairs(&said), texts(&kept[..1]));
    assert_eq!(pairs(&ask(&server, &token, "GET", "?startIndex=2&count=1", None).await), texts(&[]));
    let said = ask(&server, &token, "DELETE", "?clientId=shop", None).await;
    let text = format!("Approvals of user {} and client shop revoked", one["userId"].as_str().unwrap());
    assert_eq!((said.status, said.body), (200, json!({"status": "ok", "message": text})));
    assert_eq!(pairs(&ask(&server, &token, "GET", "", None).await), texts(&[]));
    assert!(browser.open(&wanted).await.has("[name=decision]"), "the person is asked again");
}

#[tokio::test]
async fn nobody_elses_and_nothing_odd() {
    let server = Hallmark::start().await;
    let token = keeper(&server).await;
    SHOP.register(&server, json!({})).await;
    App { id: "other", redirect: "https://other.example/cb" }.register(&server, json!({})).await;
    let refused = async |token: &str, method: &str, rest: &str, body: Option<Value>| {
        let said = ask(&server, token, method, rest, body).await;
        (said.status, said.body["error"].as_str().unwrap_or_default().to_owned())
    };
    let is = |status: u16, error: &str| (status, error.to_owned());
    assert_eq!(refused("", "GET", "", None).await, is(401, "unauthorized"));
    // Without the scope, and with nobody behind the token.
    let admin = server.admin().await;
    let own = server.token("keeper", "open sesame", &[("grant_type", "client_credentials")]).await;
    let own = own.body["access_token"].as_str().unwrap();
    for (method, rest, body) in [
        ("GET", "", None),
        ("PUT", "", Some(json!([]))),
        ("PUT", "/shop", Some(json!([]))),
        ("DELETE", "?clientId=shop", None),
    ] {
        assert_eq!(refused(&admin, method, rest, body.clone()).await, is(403, "insufficient_scope"));
        assert_eq!(refused(own, method, rest, body).await, is(403, "access_denied"));
    }
    let somebody = "0190aaaa-0000-7000-8000-000000000001";
    let ours = json!({"clientId": "shop", "scope": "profile"});
    let changed = |more: Value| json!([ours, tests::changed(&ours, &more)]);
    for (body, expected) in [
        (changed(json!({"userId": somebody})), is(401, "unauthorized_operation")),
        (changed(json!({"clientId": "nobody"})), is(404, "not_found")),
        (changed(json!({"clientId": ""})), is(400, "invalid_request")),
        (changed(json!({"scope": ""})), is(400, "invalid_request")),
        (changed(json!({"scope": "a b"})), is(400, "invalid_request")),
        (changed(json!({"scope": "x".repeat(300)})), is(400, "invalid_request")),
        (changed(json!({"expiresAt": "tomorrow"})), is(400, "invalid_request")),
        (changed(json!({"expiresAt": i64::MAX})), is(400, "invalid_request")),
        (json!(vec![ours.clone(); 1_001]), is(400, "invalid_request")),
        (changed(json!({"status": "PERHAPS"})), is(400, "invalid_scim_resource")),
        (ours.clone(), is(400, "invalid_scim_resource")),
    ] {
        assert_eq!(refused(&token, "PUT", "", Some(body.clone())).await, expected, "{body}");
    }
    let of_other = json!([{"clientId": "other", "scope": "profile"}]);
    assert_eq!(refused(&token, "PUT", "/shop", Some(of_other)).await, is(400, "invalid_request"));
    assert_eq!(refused(&token, "PUT", "/nobody", Some(json!([]))).await, is(404, "not_found"));
    assert_eq!(refused(&token, "DELETE", "?clientId=nobody", None).await, is(404, "not_found"));
    assert_eq!(refused(&token, "DELETE", "", None).await, is(400, "invalid_request"));
    assert_eq!(refused(&token, "GET", "?startIndex=x", None).await, is(400, "invalid_request"));
    // Nothing of what was refused is half-written.
    assert_eq!(pairs(&ask(&server, &token, "GET", "", None).await), texts(&[]));
}
