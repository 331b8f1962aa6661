//! `/userinfo`: in UAA's form, with the errors of RFC 6750.

use serde_json::{Value, json};
use tests::{Hallmark, said};

#[tokio::test]
async fn by_header_and_by_form_and_to_nobody_else() {
    let server = Hallmark::start().await;
    let url = format!("{}/userinfo", server.uaa());
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let token = server.token("cf", "", &form).await.body["access_token"].as_str().unwrap().to_owned();
    let opaque = server.token("cf", "", &[&form[..], &[("token_format", "opaque")]].concat()).await;
    let opaque = opaque.body["access_token"].as_str().unwrap().to_owned();
    let by_header = server.ask(&token, "GET", &url, None).await;
    assert_eq!(by_header.status, 200, "{by_header:?}");
    for (name, is) in [
        ("user_name", json!("admin")),
        ("sub", by_header.body["user_id"].clone()),
        ("email_verified", json!(true)),
        ("name", Value::Null),
        // Nobody asked for a profile.
        ("preferred_username", Value::Null),
        ("updated_at", Value::Null),
    ] {
        assert_eq!(by_header.body[name], is, "{name}");
    }
    assert!(by_header.body["email"].is_string() && by_header.body["previous_logon_time"].is_i64());
    for token in [&token, &opaque] {
        let by_form = said(reqwest::Client::new().post(&url).form(&[("access_token", token)])).await;
        assert_eq!((by_form.status, by_form.body), (200, by_header.body.clone()));
    }
    let form = &form[..];
    let narrow = server.token("cf", "", &[form, &[("scope", "cloud_controller.read")]].concat()).await;
    let clients =
        server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    for lacking in [narrow, clients] {
        let lacking = lacking.body["access_token"].as_str().unwrap().to_owned();
        let response = reqwest::Client::new().get(&url).bearer_auth(lacking).send().await.unwrap();
        let challenge = response.headers()["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
        assert_eq!(response.status(), 403);
    }
    let none = reqwest::Client::new().get(&url).send().await.unwrap();
    assert!(none.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    assert_eq!(none.status(), 401);
    assert_eq!(server.ask("nonsense", "POST", &url, None).await.body["error"], "invalid_token");
    let both = reqwest::Client::new().post(&url).bearer_auth(&token).form(&[("access_token", &token)]);
    let both = said(both).await;
    assert_eq!((both.status, both.body["error"].as_str()), (400, Some("invalid_request")));
    // What stands in an address ends up in logs.
    assert_eq!(server.ask("", "GET", &format!("{url}?access_token={token}"), None).await.status, 401);
}
