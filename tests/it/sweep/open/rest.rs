//! Routes that need something, and that the sweep's rows ask in vain: their codes are given out once, or the present state has nothing to
//! take away.

use super::{NEW_PASSWORD, PASSWORD, Walk, text};
use serde_json::{Value, json};
use tests::said;

pub(super) async fn walk(walk: &mut Walk) {
    let client = json!({"client_id": "pages", "client_secret": "open sesame", "authorities": ["oauth.login"],
        "authorized_grant_types": ["client_credentials"]});
    walk.make("/oauth/clients", client).await;
    let token = walk.at.token("pages", "open sesame", &[("grant_type", "client_credentials")]).await;
    let token = text(&token, "access_token");
    let body = json!({"userName": "tom", "password": PASSWORD, "emails": [{"value": "tom@acme.example"}]});
    let id = walk.make("/Users", body).await["id"].as_str().expect("an identifier").to_owned();
    let made = walk.at.ask(&token, "POST", "/password_resets", Some(json!("tom"))).await;
    walk.aside();
    let body = json!({"code": made.body["code"], "new_password": NEW_PASSWORD});
    walk.at.ask(&token, "POST", "/password_change", Some(body)).await;
    walk.step(&["password_reset_redeem"]);
    let client = reqwest::Client::new();
    let at = |path: &str| format!("{}{path}", walk.at.uaa());
    let body = json!({"userId": id, "email": "tom@new.example", "client_id": "pages"});
    let code = client.post(at("/email_verifications")).bearer_auth(&token).json(&body);
    let code = code.send().await.expect("it answers").text().await.expect("a code");
    let redeem = client.post(at("/email_changes")).bearer_auth(&token).body(code);
    walk.step(&["email_verification_create"]);
    said(redeem).await;
    walk.step(&["email_change_redeem"]);
    let own = walk.of_the_command_line("tom", NEW_PASSWORD).await;
    let body = json!({"oldPassword": NEW_PASSWORD, "password": "another long secret"});
    walk.at.ask(&own, "PUT", &format!("/Users/{id}/password"), Some(body)).await;
    walk.step(&["user_password_update"]);
    verification(walk).await;
    quota(walk).await;
}

async fn verification(walk: &mut Walk) {
    let body = json!({"userName": "ida", "password": PASSWORD, "emails": [{"value": "ida@acme.example"}],
        "verified": false});
    let id = walk.make("/Users", body).await["id"].as_str().expect("an identifier").to_owned();
    let token = walk.of_the_command_line("admin", &walk.password).await;
    walk.aside();
    walk.at.ask(&token, "GET", &format!("/Users/{id}/verify-link?redirect_uri=x"), None).await;
    walk.step(&["user_verify_link_create"]);
}

async fn quota(walk: &mut Walk) {
    let token = walk.of_the_command_line("admin", &walk.password).await;
    let make = async |path: &str, body: Value| {
        let request = reqwest::Client::new().post(format!("{}/v3/{path}", walk.at.api()));
        let made = said(request.bearer_auth(&token).json(&body)).await;
        assert_eq!(made.status, 201, "{made:?}");
        text(&made, "guid")
    };
    let organization = make("organizations", json!({"name": "acme"})).await;
    let within = json!({"organization": {"data": {"guid": organization}}});
    let space = make("spaces", json!({"name": "dev", "relationships": within})).await;
    let mut both = within;
    both["spaces"] = json!({"data": [{"guid": space}]});
    let quota = make("space_quotas", json!({"name": "small", "relationships": both})).await;
    walk.aside();
    let url = format!("{}/v3/space_quotas/{quota}/relationships/spaces/{space}", walk.at.api());
    said(reqwest::Client::new().delete(url).bearer_auth(&token)).await;
    walk.step(&["space_quota_remove"]);
}
