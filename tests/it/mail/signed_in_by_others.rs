//! Pages and programs of others that take a password and bring the browser, or a token, in.

use super::OLD;
use crate::authorize::{SHOP, sign_in};
use serde_json::json;
use tests::{Browser, Hallmark, said};

#[tokio::test]
async fn a_code_of_its_client_signs_a_browser_in_once() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let url = format!("{}/autologin", server.uaa());
    let ask = async |secret: &str, password: &str| {
        let body = json!({"username": "admin", "password": password});
        said(reqwest::Client::new().post(&url).basic_auth("shop", Some(secret)).json(&body)).await
    };
    let password = server.admin_password();
    assert_eq!(ask("wrong", &password).await.status, 401);
    assert_eq!(ask("open sesame", "wrong").await.status, 401);
    let form = [("username", "admin"), ("password", &password)];
    assert_eq!(said(reqwest::Client::new().post(&url).form(&form)).await.status, 401, "no client");
    let given = ask("open sesame", &password).await;
    assert_eq!((given.status, &given.body["path"]), (200, &json!("/oauth/authorize")), "{given:?}");
    let code = given.body["code"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&server.uaa());
    let other = browser.open(&format!("/uaa/autologin?code={code}&client_id=cf")).await;
    assert_eq!(other.status, 400, "another client's attempt");
    let home = browser.open(&format!("/uaa/autologin?code={code}&client_id=shop")).await;
    assert_eq!(home.text("h1"), "Applications");
    let mut thief = Browser::at(&server.uaa());
    assert_eq!(thief.open(&format!("/uaa/autologin?code={code}&client_id=shop")).await.status, 400);
    // Or within the request that needs somebody.
    let form = reqwest::Client::new().post(&url).basic_auth("shop", Some("open sesame"));
    let given = said(form.form(&[("username", "admin"), ("password", &password)])).await;
    let code = given.body["code"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&server.uaa());
    let back = browser.open(&SHOP.ask(&server, &[("code", &code)])).await;
    assert!(back.given("code").is_some_and(|given| given != code), "{back:?}");
    let mut thief = Browser::at(&server.uaa());
    assert_eq!(thief.open(&SHOP.ask(&server, &[("code", &code)])).await.text("h1"), "Sign in");
}

/// Login CSRF by a link with a code: whoever opens it from elsewhere, or is signed in as somebody else, is asked.
#[tokio::test]
async fn a_link_with_a_code_makes_nobody_somebody_else_unasked() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let url = format!("{}/autologin", server.uaa());
    let users = format!("{}/Users", server.uaa());
    let mallory =
        json!({"userName": "mallory", "password": OLD, "emails": [{"value": "mallory@acme.example"}]});
    assert_eq!(server.ask(&server.admin().await, "POST", &users, Some(mallory)).await.status, 201);
    let theirs = [("username", "mallory"), ("password", OLD)];
    // Whoever only names a client gets no code.
    let named = said(reqwest::Client::new().post(&url).basic_auth("cf", Some("")).form(&theirs)).await;
    assert_eq!((named.status, &named.body["error"]), (401, &json!("invalid_client")));
    let code = async || {
        let form = reqwest::Client::new().post(&url).basic_auth("shop", Some("open sesame")).form(&theirs);
        said(form).await.body["code"].as_str().unwrap().to_owned()
    };
    let mut victim = Browser::at(&server.uaa());
    let page = victim.open("/uaa/profile").await;
    sign_in(&server, &mut victim, &page).await;
    for from in [None, Some("cross-site"), Some("none")] {
        victim.headers.retain(|(name, _)| *name != "sec-fetch-site");
        victim.headers.extend(from.map(|site| ("sec-fetch-site", site.to_owned())));
        for link in [
            format!("/uaa/autologin?client_id=shop&code={}", code().await),
            SHOP.ask(&server, &[("code", &code().await)]),
        ] {
            let page = victim.open(&link).await;
            assert_eq!(
                (page.status, page.text("h1").as_str()),
                (200, "Choose an account"),
                "{from:?} {link}"
            );
            assert!(page.text("main").contains("mallory"), "{}", page.html);
        }
    }
    victim.headers.retain(|(name, _)| *name != "sec-fetch-site");
    assert!(victim.open("/uaa/profile").await.text("main").contains("admin"), "still the same person");
    // Nor is somebody who has no session yet signed in by another site's link, or by a form of its own.
    let mut fresh = Browser::at(&server.uaa());
    fresh.headers.push(("sec-fetch-site", "cross-site".into()));
    let link = format!("/uaa/autologin?client_id=shop&code={}", code().await);
    let page = fresh.open(&link).await;
    assert_eq!((page.text("h1").as_str(), fresh.cookie("hallmark-session")), ("Choose an account", None));
    let forged = format!("/uaa/autologin.do?client_id=shop&code={}", code().await);
    assert_eq!(fresh.post(&forged, &[]).await.status, 403);
    fresh.headers.retain(|(name, _)| *name != "sec-fetch-site");
    assert_eq!(fresh.post(&forged, &[]).await.status, 403);
    assert!(fresh.cookie("hallmark-session").is_none());
    // Who wants it goes on, once, to where they were going.
    let home = fresh.send(&page, "account", &[]).await;
    assert_eq!(home.text("h1"), "Applications", "{}", home.html);
    let page = victim.open(&SHOP.ask(&server, &[("code", &code().await)])).await;
    let back = victim.send(&page, "account", &[]).await;
    let given = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(crate::authorize::claims(&given.body["id_token"])["user_name"], "mallory");
    let again = victim.send(&page, "account", &[]).await;
    assert_eq!(again.text("h1"), "Applications", "the page is of the session before: {}", again.html);
}

#[tokio::test]
async fn a_client_reads_what_it_is_registered_with() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let url = format!("{}/clientinfo", server.uaa());
    let shown = said(reqwest::Client::new().get(&url).basic_auth("shop", Some("open sesame"))).await;
    assert_eq!((shown.status, &shown.body["client_id"]), (200, &json!("shop")), "{shown:?}");
    assert!(!shown.body.to_string().contains("secret") && shown.body["name"].is_null(), "{shown:?}");
    let refused = said(reqwest::Client::new().post(&url).basic_auth("shop", Some("wrong"))).await;
    assert_eq!((refused.status, &refused.body["error"]), (401, &json!("invalid_client")));
    assert_eq!(said(reqwest::Client::new().get(&url)).await.status, 401);
}

#[tokio::test]
async fn posted_credentials_give_a_token_to_approved_clients_alone() {
    let server = Hallmark::start().await;
    let users = format!("{}/Users", server.uaa());
    let mira = json!({"userName": "mira", "password": OLD, "emails": [{"value": "mira@acme.example"}]});
    server.ask(&server.admin().await, "POST", &users, Some(mira)).await;
    SHOP.register(
        &server,
        json!({"authorized_grant_types": ["implicit"], "client_secret": null, "autoapprove": true}),
    )
    .await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let ask = async |form: &[(&str, &str)]| {
        let mut form = form.to_vec();
        form.extend([
            ("response_type", "token"),
            ("client_id", "shop"),
            ("redirect_uri", "https://shop.example/cb"),
            ("source", "credentials"),
            ("state", "s"),
        ]);
        said(client.post(format!("{}/oauth/authorize", server.uaa())).form(&form)).await
    };
    let good = ask(&[("username", "mira"), ("password", OLD)]).await;
    let location = good.location.as_deref().unwrap_or_else(|| panic!("{good:?}"));
    assert!(
        location.starts_with("https://shop.example/cb#") && location.contains("access_token="),
        "{location}"
    );
    let member = json!({"username": "mira", "password": OLD}).to_string();
    let good = ask(&[("credentials", &member)]).await;
    assert!(good.location.is_some_and(|to| to.contains("access_token=")));
    let bad = ask(&[("username", "mira"), ("password", "wrong")]).await;
    assert_eq!((bad.status, bad.location), (401, None));
}
