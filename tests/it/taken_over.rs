//! Rights over others that would be the rights of others, and tokens that would be more than they are for.

use crate::authorize::{SECRET, SHOP, sign_in};
use crate::mail::{Mailing, OLD};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, said};

async fn root(server: &Hallmark) -> String {
    let said = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    said.body["access_token"].as_str().unwrap().to_owned()
}

/// Who looks after people looks after those who hold no more in the zone than they do, wherever these work.
#[tokio::test]
async fn nobody_takes_an_account_over_that_holds_more() {
    let mut it = Mailing::start().await;
    let (root, uaa) = (root(&it.server).await, it.server.uaa());
    let mira = it.user("mira", "mira@acme.example").await;
    let quin = it.user("quin", "quin@acme.example").await;
    let group = format!("{uaa}/Groups?filter=displayName+eq+%22uaa.admin%22");
    let group = it.server.ask(&root, "GET", &group, None).await.body["resources"][0]["id"].clone();
    let member = json!({"value": quin, "type": "USER", "origin": "uaa"});
    let url = format!("{uaa}/Groups/{}/members", group.as_str().unwrap());
    assert_eq!(it.server.ask(&root, "POST", &url, Some(member)).await.status, 201);
    let keeper = json!({"client_id": "keeper", "client_secret": "first", "authorities": ["scim.read", "scim.write", "password.write"],
        "authorized_grant_types": ["client_credentials"]});
    assert_eq!(it.server.ask(&root, "POST", &format!("{uaa}/oauth/clients"), Some(keeper)).await.status, 201);
    let keeper = it.server.token("keeper", "first", &[("grant_type", "client_credentials")]).await;
    let keeper = keeper.body["access_token"].as_str().unwrap().to_owned();
    let change = async |token: &str, method: &str, user: &str, path: &str, body: Value| {
        let url = format!("{uaa}/Users/{user}{path}");
        let request = reqwest::Client::new().request(method.parse().unwrap(), url).bearer_auth(token);
        said(request.header("if-match", "*").json(&body)).await.status
    };
    // She is a manager and developer, which is the platform's and no matter of who looks after people.
    let (api, admin) = (it.server.api(), it.server.admin().await);
    let made = json!({"name": "acme"});
    let made = it.server.ask(&admin, "POST", &format!("{api}/v3/organizations"), Some(made)).await;
    let role = json!({"type": "organization_manager", "relationships": {"user": {"data": {"guid": mira}},
        "organization": {"data": {"guid": made.body["guid"]}}}});
    assert_eq!(it.server.ask(&admin, "POST", &format!("{api}/v3/roles"), Some(role)).await.status, 201);
    let ways = [
        ("PATCH", "", json!({"emails": [{"value": "thief@evil.example"}]})),
        ("PATCH", "", json!({"userName": "another"})),
        ("PATCH", "", json!({"externalId": "another"})),
        ("PUT", "", json!({"userName": "quin", "emails": [{"value": "thief@evil.example"}]})),
        ("PUT", "/password", json!({"password": "chosen by a thief"})),
    ];
    for (method, path, body) in &ways {
        assert_eq!(change(&keeper, method, &quin, path, body.clone()).await, 403, "{method} {path} {body}");
    }
    assert!(it.is_password("quin", OLD).await);
    let named = json!({"name": {"givenName": "Quin"}});
    assert_eq!(change(&keeper, "PATCH", &quin, "", named).await, 200, "by that nobody becomes anybody");
    let address = json!({"emails": [{"value": "mira@new.example"}]});
    assert_eq!(change(&keeper, "PATCH", &mira, "", address.clone()).await, 200);
    let told = it.sink.caught().await;
    assert!(told.to == ["mira@acme.example"] && told.text.contains("mira@new.example"), "{}", told.text);
    assert_eq!(change(&keeper, "PUT", &mira, "/password", json!({"password": "chosen for her"})).await, 200);
    // Administrators do what they did.
    assert_eq!(
        change(&root, "PATCH", &quin, "", json!({"emails": [{"value": "quin@new.example"}]})).await,
        200
    );
    assert_eq!(change(&root, "PUT", &quin, "/password", json!({"password": "chosen for him"})).await, 200);
}

/// A token for one application is none for where its person is signed in.
#[tokio::test]
async fn a_token_that_does_not_act_as_the_person_ends_no_session() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/profile").await;
    sign_in(&server, &mut browser, &page).await;
    SHOP.register(&server, json!({"scope": ["openid", "uaa.user"], "authorized_grant_types": ["password"]}))
        .await;
    let password = server.admin_password();
    let token = async |scope: &str| {
        let form =
            [("grant_type", "password"), ("username", "admin"), ("password", &password), ("scope", scope)];
        server.token(SHOP.id, SECRET, &form).await.body["access_token"].as_str().unwrap().to_owned()
    };
    let (narrow, wide) = (token("openid").await, token("openid uaa.user").await);
    let url = format!("{}/access/v1/sessions", server.uaa());
    let all = server.ask(&wide, "GET", &url, None).await;
    let one =
        format!("{url}/{}", all.body["resources"][0]["id"].as_str().unwrap_or_else(|| panic!("{all:?}")));
    for (method, url) in [
        ("GET", url.clone()),
        ("DELETE", one.clone()),
        ("GET", format!("{}/access/v1/factors", server.uaa())),
    ] {
        let said = server.ask(&narrow, method, &url, None).await;
        assert_eq!(said.status, 403, "{method} {url}: {said:?}");
    }
    assert_eq!(browser.open("/uaa/profile").await.url.path(), "/uaa/profile");
    assert_eq!(server.ask(&wide, "DELETE", &one, None).await.status, 204);
    assert_eq!(browser.open("/uaa/profile").await.text("h1"), "Sign in");
}

/// CVE-2018-15761: what was not asked for is not given, whatever the form says that comes back.
#[tokio::test]
async fn an_answer_to_the_question_gives_nothing_that_was_not_asked() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[("scope", "openid")])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    let (_, action, mut fields) = page.form("decision", &[("decision", "allow")]);
    fields.push(("scope".into(), "cloud_controller.read".into()));
    fields.push(("scope.1".into(), "scope.cloud_controller.read".into()));
    let action = page.url.join(&action).unwrap();
    let back = browser.post(action.as_str(), &fields).await;
    let given = SHOP.redeem(&server, &back.given("code").unwrap_or_else(|| panic!("{back:?}")), &[]).await;
    assert_eq!(given.body["scope"], "openid", "{given:?}");
}
