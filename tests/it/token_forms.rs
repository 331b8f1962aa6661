//! Opaque and stored tokens, JWT refresh tokens, lists of them, and every way to end them.

use platform_server::compose::Plan;
use serde_json::{Value, json};
use tests::inside::Inside;
use tests::{Hallmark, Said, on_every_server, said};
use uaa_oauth::TokenForms;
use uaa_plugin::Site;

on_every_server!(listed_and_ended_one_by_one_and_all_together, a_client_gives_back_its_own_alone);

async fn listed_and_ended_one_by_one_and_all_together(server: Hallmark) {
    let (admin, opaque) = (server.admin().await, [("token_format", "opaque")]);
    let me = server.ask(&admin, "GET", &url(&server, "/userinfo"), None).await.body["user_id"].clone();
    let me = me.as_str().unwrap().to_owned();
    let first = sign_in(&server, &opaque).await;
    let (token, refresh) = (text(&first, "access_token"), text(&first, "refresh_token"));
    assert!(token.len() == 32 && refresh.len() == 34 && first.body["jti"] != token.as_str(), "{first:?}");
    // One's own of this client.
    let own = server.ask(&token, "GET", &url(&server, "/oauth/token/list"), None).await;
    assert_eq!(own.status, 200, "{own:?}");
    let one = own.body.as_array().unwrap().iter().find(|t| t["tokenId"] == first.body["jti"]).unwrap();
    assert_eq!(
        (&one["clientId"], &one["userId"], &one["format"]),
        (&json!("cf"), &json!(me), &json!("opaque"))
    );
    assert_eq!((&one["responseType"], &one["value"]), (&json!("ACCESS_TOKEN"), &Value::Null));
    assert!(
        one["scope"].as_str().unwrap().starts_with('[')
            && one["expiresAt"].as_i64() > one["issuedAt"].as_i64()
    );
    assert!(own.body.to_string().contains("REFRESH_TOKEN"));
    assert!(!own.body.to_string().contains(&token) && !own.body.to_string().contains(&refresh));
    // Somebody else's, to who may.
    let root = root(&server).await;
    for path in [format!("/oauth/token/list/user/{me}"), "/oauth/token/list/client/cf?count=500".into()] {
        let all = server.ask(&root, "GET", &url(&server, &path), None).await;
        assert!(
            all.status == 200 && all.body.to_string().contains(first.body["jti"].as_str().unwrap()),
            "{all:?}"
        );
        assert_eq!(server.ask(&token, "GET", &url(&server, &path), None).await.status, 403);
    }
    let bad = server.ask(&root, "GET", &url(&server, "/oauth/token/list/client/cf?count=-1"), None).await;
    assert_eq!((bad.status, bad.body["error"].as_str()), (400, Some("invalid_request")));
    // By its name, by who holds it.
    let path = format!("/oauth/token/revoke/{}", first.body["jti"].as_str().unwrap());
    assert_eq!(server.ask(&token, "DELETE", &url(&server, &path), None).await.status, 200);
    assert_eq!(server.ask(&token, "GET", &url(&server, "/userinfo"), None).await.status, 401);
    assert_eq!(server.ask(&root, "DELETE", &url(&server, &path), None).await.status, 404);
    // All of user and client.
    let second = sign_in(&server, &opaque).await;
    let pair = format!("/oauth/token/revoke/user/{me}/client/cf");
    let nobody = format!("/oauth/token/revoke/user/{me}/client/nobody");
    assert_eq!(
        server.ask(&text(&second, "access_token"), "GET", &url(&server, &nobody), None).await.status,
        404
    );
    assert_eq!(
        server.ask(&text(&second, "access_token"), "GET", &url(&server, &pair), None).await.status,
        200
    );
    assert_eq!(
        server.ask(&text(&second, "access_token"), "GET", &url(&server, "/userinfo"), None).await.status,
        401
    );
    assert_eq!(redeem(&server, &text(&second, "refresh_token")).await.status, 401);
    assert_eq!(redeem(&server, &refresh).await.status, 401);
    // All of the user, by himself: JWTs as well.
    let third = sign_in(&server, &[]).await;
    let path = format!("/oauth/token/revoke/user/{me}");
    assert_eq!(
        server.ask(&text(&third, "access_token"), "GET", &url(&server, &path), None).await.status,
        200
    );
    assert_eq!(
        server.ask(&text(&third, "access_token"), "GET", &url(&server, "/userinfo"), None).await.status,
        401
    );
    assert_eq!(redeem(&server, &text(&third, "refresh_token")).await.status, 401);
    // All of the client: they are dead and are not listed.
    let fourth = sign_in(&server, &opaque).await;
    let path = "/oauth/token/revoke/client/cf";
    assert_eq!(
        server.ask(&text(&fourth, "access_token"), "GET", &url(&server, path), None).await.status,
        403
    );
    assert_eq!(server.ask(&root, "GET", &url(&server, path), None).await.status, 200);
    assert_eq!(
        server.ask(&text(&fourth, "access_token"), "GET", &url(&server, "/userinfo"), None).await.status,
        401
    );
    let left = server.ask(&root, "GET", &url(&server, "/oauth/token/list/client/cf"), None).await;
    assert_eq!((left.status, left.body), (200, json!([])));
}

async fn a_client_gives_back_its_own_alone(mut server: Hallmark) {
    let said_of = |client: &'static str, secret: String, token: String| {
        let (server, form) = (&server, [("token", token), ("token_type_hint", "refresh_token".into())]);
        let request = reqwest::Client::new().post(url(server, "/oauth/revoke"));
        said(request.basic_auth(client, Some(secret)).form(&form))
    };
    let secret = server.client_secret();
    let opaque = sign_in(&server, &[("token_format", "opaque")]).await;
    let (access, refresh) = (text(&opaque, "access_token"), text(&opaque, "refresh_token"));
    // Another client's.
    for token in [&access, &refresh] {
        let others = said_of("admin", secret.clone(), token.clone()).await;
        assert_eq!((others.status, others.body["error"].as_str()), (400, Some("invalid_request")));
    }
    let wrong = said_of("cf", "wrong".into(), access.clone()).await;
    assert_eq!((wrong.status, wrong.body["error"].as_str()), (401, Some("invalid_client")));
    assert_eq!(server.ask(&access, "GET", &url(&server, "/userinfo"), None).await.status, 200);
    // With the refresh token goes what was got with it, and what nobody knows is as it should be.
    assert_eq!(said_of("cf", String::new(), refresh.clone()).await.status, 200);
    assert_eq!(server.ask(&access, "GET", &url(&server, "/userinfo"), None).await.status, 401);
    assert_eq!(redeem(&server, &refresh).await.status, 401);
    for token in [refresh, "nonsense".into(), "a.b.c".into()] {
        assert_eq!(said_of("cf", String::new(), token).await.status, 200);
    }
    // A JWT that is kept nowhere ends as well, alone, and stays so after a new start.
    let jwt = text(&sign_in(&server, &[]).await, "access_token");
    let other = text(&sign_in(&server, &[]).await, "access_token");
    assert_eq!(said_of("admin", secret, jwt.clone()).await.body["error"], "invalid_request");
    assert_eq!(server.ask(&jwt, "GET", &url(&server, "/userinfo"), None).await.status, 200);
    for _ in 0..2 {
        assert_eq!(said_of("cf", String::new(), jwt.clone()).await.status, 200);
        assert_eq!(server.ask(&jwt, "GET", &url(&server, "/userinfo"), None).await.status, 401);
    }
    // With a refresh token, the one beside it.
    let both = sign_in(&server, &[]).await;
    assert_eq!(said_of("cf", String::new(), text(&both, "refresh_token")).await.status, 200);
    server.restart_after_kill().await;
    for (token, status) in [(&jwt, 401), (&text(&both, "access_token"), 401), (&other, 200)] {
        assert_eq!(server.ask(token, "GET", &url(&server, "/userinfo"), None).await.status, status);
    }
    let none = reqwest::Client::new().post(url(&server, "/oauth/revoke")).basic_auth("cf", Some(""));
    assert_eq!(said(none).await.body["error"], "invalid_request");
}

#[tokio::test]
async fn kept_as_the_installation_says() {
    let forms = TokenForms { revocable: true, refresh_jwt: true, ..TokenForms::default() };
    let inside = Inside::open_as(|plan| Plan { forms, ..plan }).await;
    let first = inside.answer_to("cf", "", &inside.login("admin")).await.body;
    let (token, refresh) =
        (first["access_token"].as_str().unwrap(), first["refresh_token"].as_str().unwrap());
    assert_eq!(payload(token)["revocable"], true);
    let kept = payload(refresh);
    assert!(kept["jti"].as_str().unwrap().ends_with("-r") && kept["granted_scopes"].is_array(), "{kept}");
    // A refresh token opens nothing, and is found by its text.
    assert_eq!(inside.ask(Site::Uaa, "GET", "/userinfo", Some(refresh), None).await.status, 401);
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    let second = inside.answer_to("cf", "", &form).await;
    assert_eq!(second.status, 200, "{second:?}");
    assert_eq!(inside.ask(Site::Uaa, "GET", "/userinfo", Some(token), None).await.status, 200);
    let path = format!("/oauth/token/revoke/{}", payload(token)["jti"].as_str().unwrap());
    assert_eq!(inside.ask(Site::Uaa, "DELETE", &path, Some(token), None).await.status, 200);
    inside.hall.access.follow().await.unwrap();
    assert_eq!(inside.ask(Site::Uaa, "GET", "/userinfo", Some(token), None).await.status, 401);
}

#[tokio::test]
async fn refreshed_as_the_installation_says() {
    let forms = TokenForms { refresh_rotate: Some(false), refresh_unique: true, ..TokenForms::default() };
    let inside = Inside::open_as(|plan| Plan { forms, ..plan }).await;
    let first = inside.answer_to("cf", "", &inside.login("admin")).await.body;
    let refresh = first["refresh_token"].as_str().unwrap();
    let form = format!("grant_type=refresh_token&refresh_token={refresh}");
    for _ in 0..2 {
        let again = inside.answer_to("cf", "", &form).await.body;
        assert_eq!(
            (again["refresh_token"].as_str(), again["access_token"].is_string()),
            (Some(refresh), true)
        );
    }
    let more = inside.answer_to("cf", "", &format!("{form}&scope=cloud_controller.read+what.else")).await;
    assert_eq!((more.status, more.body["error"].as_str()), (400, Some("invalid_scope")));
    // The next sign-in ends it.
    inside.answer_to("cf", "", &inside.login("admin")).await;
    assert_eq!(inside.answer_to("cf", "", &form).await.body["error"], "invalid_token");
}

#[tokio::test]
async fn a_refresh_token_for_the_scope_alone() {
    let forms = TokenForms { refresh_restricted: true, ..TokenForms::default() };
    let inside = Inside::open_as(|plan| Plan { forms, ..plan }).await;
    let first = inside.answer_to("cf", "", &inside.login("admin")).await;
    assert_eq!((first.status, first.body.get("refresh_token")), (200, None));
}

async fn root(server: &Hallmark) -> String {
    let form = [("grant_type", "client_credentials")];
    text(&server.token("admin", &server.client_secret(), &form).await, "access_token")
}

async fn sign_in(server: &Hallmark, more: &[(&str, &str)]) -> Said {
    let password = server.admin_password();
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    server.token("cf", "", &[&form, more].concat()).await
}

async fn redeem(server: &Hallmark, token: &str) -> Said {
    server.token("cf", "", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
}

fn url(server: &Hallmark, path: &str) -> String {
    format!("{}{path}", server.uaa())
}

fn text(said: &Said, name: &str) -> String {
    said.body[name].as_str().unwrap_or_else(|| panic!("no {name}: {said:?}")).to_owned()
}

fn payload(token: &str) -> Value {
    crate::id_token::payload(token)
}
