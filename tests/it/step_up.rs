//! Proofs that an application must have (OpenID Connect Core 1.0 section 5.5.1.1).

use crate::authorize::{SHOP, claims, sign_in};
use crate::factors::with_app;
use serde_json::json;
use tests::{Browser, Hallmark};

fn must(values: &[&str]) -> String {
    json!({"id_token": {"acr": {"essential": true, "values": values}}}).to_string()
}

#[tokio::test]
async fn what_an_application_must_have_is_asked_for_or_the_sign_in_fails() {
    let mut server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let (_, app, _) = with_app(&server).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = sign_in(&server, &mut browser, &page).await;
    browser.send(&page, "code", &[("code", &app.code(true))]).await;
    // A class that was reached, in the words of the application, also below what was reached.
    for (values, said) in
        [(&["phr", "mfa"][..], "mfa"), (&["pwd"], "pwd"), (&["urn:x", "pwd", "mfa"], "pwd"), (&[], "mfa")]
    {
        let back = browser.open(&SHOP.ask(&server, &[("claims", &must(values))])).await;
        let code = back.given("code").unwrap_or_else(|| panic!("{values:?}: {back:?}"));
        let token = SHOP.redeem(&server, &code, &[]).await;
        assert_eq!(claims(&token.body["id_token"])["acr"], said, "{values:?}");
    }
    // None that anybody can reach: nobody is asked for a sign-in that would be in vain.
    for mut browser in [browser, Browser::at(&server.uaa())] {
        let back = browser.open(&SHOP.ask(&server, &[("claims", &must(&["phr", "urn:x"]))])).await;
        assert_eq!(back.given("error").as_deref(), Some("unmet_authentication_requirements"), "{back:?}");
        assert_eq!(back.given("state").as_deref(), Some("st at&e"));
    }
    let pushed = [("claims", must(&["urn:x"]))].map(|(n, v)| (n.to_owned(), v));
    let form = [SHOP.parameters(&[]), pushed.to_vec()].concat();
    let url = format!("{}/oauth/par", server.uaa());
    let request = reqwest::Client::new().post(url).basic_auth("shop", Some("open sesame")).form(&form);
    let refused = tests::said(request).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("unmet_authentication_requirements")));
    server.restart_with("mfa: {policy: off}").await;
    let mut browser = Browser::at(&server.uaa());
    let back = browser.open(&SHOP.ask(&server, &[("claims", &must(&["mfa"]))])).await;
    assert_eq!(back.given("error").as_deref(), Some("unmet_authentication_requirements"), "{back:?}");
}

/// Whoever has less is asked for the rest, as with `acr_values`; without a browser there is nobody to ask.
#[tokio::test]
async fn what_is_missing_is_asked_for() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let (_, app, _) = with_app(&server).await;
    let must = must(&["mfa"]);
    let silent = browser.open(&SHOP.ask(&server, &[("claims", &must), ("prompt", "none")])).await;
    assert_eq!(silent.given("error").as_deref(), Some("login_required"), "{silent:?}");
    let page = browser.open(&SHOP.ask(&server, &[("claims", &must)])).await;
    assert_eq!(page.text("h1"), "Enter the code from your app", "{}", page.html);
    let back = browser.send(&page, "code", &[("code", &app.code(true))]).await;
    let token = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(claims(&token.body["id_token"])["acr"], "mfa");
}

/// `default_max_age` (OpenID Connect Dynamic Client Registration 1.0 section 2), where the request says nothing.
#[tokio::test]
async fn how_old_a_sign_in_may_be_is_registered() {
    let mut server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true, "default_max_age": 120})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let mut silent = async |server: &Hallmark, more: &[(&str, &str)]| {
        let back = browser.open(&SHOP.ask(server, &[&[("prompt", "none")], more].concat())).await;
        back.given("error").unwrap_or_default()
    };
    assert_eq!(silent(&server, &[]).await, "");
    server.kill();
    server.tamper("UPDATE session SET auth_time = auth_time - 200000000").await;
    server.restart().await;
    assert_eq!(silent(&server, &[]).await, "login_required");
    assert_eq!(silent(&server, &[("max_age", "1000")]).await, "", "the request says something");
}
