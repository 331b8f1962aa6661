//! Answers that clients written for UAA read member by member.

use crate::authorize::{SECRET, SHOP, sign_in};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Said, said};

/// The Java client insists on `revocable`; which scopes are missing is told without regard to case, all of them.
#[tokio::test]
async fn what_a_check_of_a_token_says() {
    let server = Hallmark::start().await;
    let check = async |(id, secret): (&str, &str), form: &[(&str, &str)]| -> Said {
        let url = format!("{}/check_token", server.uaa());
        said(server.client().post(url).basic_auth(id, Some(secret)).form(form)).await
    };
    SHOP.register(&server, json!({"authorized_grant_types": ["password"]})).await;
    let (secret, password) = (server.client_secret(), server.admin_password());
    let root = ("admin", secret.as_str());
    let form = [("grant_type", "password"), ("username", "admin"), ("password", password.as_str())];
    let jwt = server.token(SHOP.id, SECRET, &form).await.body;
    let opaque =
        server.token(SHOP.id, SECRET, &[&form[..], &[("token_format", "opaque")]].concat()).await.body;
    for (token, revocable) in [(&jwt, false), (&opaque, true)] {
        let token = token["access_token"].as_str().unwrap();
        assert_eq!(check(root, &[("token", token)]).await.body["revocable"], revocable);
        assert_eq!(server.ask_about(token).await["revocable"], revocable);
        let scopes = |scopes| [("token", token), ("scopes", scopes)];
        assert_eq!(check(root, &scopes("OpenID,Cloud_Controller.READ")).await.status, 200);
        let missing = check(root, &scopes("a.b,openid,C.d")).await;
        assert_eq!((missing.status, &missing.body["error"]), (400, &json!("invalid_scope")));
        assert_eq!(missing.body["error_description"], "Some requested scopes are missing: a.b,C.d");
        let denied = check((SHOP.id, SECRET), &[("token", token)]).await;
        assert_eq!((denied.status, &denied.body["error"]), (403, &json!("access_denied")), "{denied:?}");
        assert_eq!(denied.body["error_description"], "Access is denied");
    }
    assert!(
        crate::authorize::claims(&jwt["access_token"])["revocable"].is_null(),
        "the token itself is as short"
    );
}

/// RFC 6750 section 3.1, and UAA's member of the body.
#[tokio::test]
async fn whoever_lacks_a_scope_is_told_which() {
    let server = Hallmark::start().await;
    SHOP.register(
        &server,
        json!({"authorized_grant_types": ["client_credentials"], "authorities": ["uaa.none"]}),
    )
    .await;
    let token = server.token(SHOP.id, SECRET, &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    for (method, path, needed) in [
        ("GET", "/Users", "scim.read scim.write"),
        ("POST", "/Groups", "scim.write"),
        ("GET", "/userinfo", "openid"),
        ("POST", "/introspect", "uaa.resource"),
        ("GET", "/approvals", "oauth.approvals"),
    ] {
        let url = format!("{}{path}", server.uaa());
        let request = server.client().request(method.parse().unwrap(), url).bearer_auth(&token);
        let request = if method == "POST" && path == "/Groups" {
            request.json(&json!({"displayName": "x"}))
        } else {
            request
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        let told = (status.as_u16(), &body["error"], &body["scope"]);
        assert_eq!(told, (403, &json!("insufficient_scope"), &json!(needed)), "{path}");
        assert!(challenge.ends_with(&format!(", scope=\"{needed}\"")), "{path}: {challenge}");
    }
}

/// A page is for whoever looks at one.
#[tokio::test]
async fn a_program_that_asks_for_an_authorization_reads_no_page() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let nobody = format!("{}/oauth/authorize?client_id=nosuch&response_type=code", server.uaa());
    let elsewhere = SHOP.ask(&server, &[("redirect_uri", "https://evil.example/cb")]);
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    for (url, status, error) in [(&nobody, 401, "invalid_client"), (&elsewhere, 400, "invalid_redirect_uri")]
    {
        let told = said(client.get(url).header("accept", "application/json")).await;
        assert_eq!((told.status, &told.body["error"]), (status, &json!(error)), "{told:?}");
        let told = said(client.get(url).header("accept", "text/html").bearer_auth("a-token")).await;
        assert_eq!((told.status, &told.body["error"]), (status, &json!(error)), "{told:?}");
        let page = Browser::at(&server.uaa()).open(url).await;
        assert!(page.status == status && page.html.contains(error) && page.has("h1"), "{}", page.html);
    }
}

/// The Java client feeds the address of the redirect to a formatter, which no `%` survives.
#[tokio::test]
async fn a_code_by_token_comes_without_an_issuer() {
    let server = Hallmark::start().await;
    let token = server.admin().await;
    let ask = async |more: &str| {
        let url = format!("{}/oauth/authorize?client_id=ssh-proxy&response_type=code{more}", server.uaa());
        let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let answer = client.get(url).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 302);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let given = ask("").await;
    assert!(given.contains("?code=") && !given.contains(['%', '&']), "{given}");
    let refused = ask("&scope=nothing").await;
    assert!(refused.contains("error=invalid_scope") && !refused.contains("iss="), "{refused}");
}

/// UAA: on any grant.
#[tokio::test]
async fn a_page_gets_an_opaque_token_as_well() {
    let server = Hallmark::start().await;
    let more = json!({"authorized_grant_types": ["authorization_code", "implicit"], "autoapprove": true});
    SHOP.register(&server, more).await;
    let asked = [
        ("response_type", "token id_token"),
        ("token_format", "opaque"),
        ("code_challenge", ""),
        ("code_challenge_method", ""),
    ];
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &asked)).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let token = back.given("access_token").unwrap();
    assert!(!token.contains('.'), "{token}");
    let told = server.ask_about(&token).await;
    assert_eq!((&told["active"], &told["revocable"]), (&json!(true), &json!(true)));
}
