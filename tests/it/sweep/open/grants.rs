//! Programs: each grant of the token endpoint, and what is asked about tokens.

use super::{DEVICE, PASSWORD, TOKEN_EXCHANGE, Walk, text};
use crate::authorize::sign_in_as;
use crate::providers::{Idp, JWT_BEARER, provider};
use serde_json::json;
use tests::{Signs, said, unique};
use uaa_token::{Algorithm, epoch_seconds};

pub(super) async fn walk(walk: &mut Walk) {
    by_itself(walk).await;
    for_a_person(walk).await;
    about_tokens(walk).await;
    approvals(walk).await;
    on_behalf(walk).await;
    device(walk).await;
}

/// Clients that nobody stands behind.
async fn by_itself(walk: &mut Walk) {
    let form = [("grant_type", "client_credentials")];
    walk.at.token("admin", &walk.secret, &form).await;
    walk.step(&["token_create"]);
    let kept = [form[0], ("token_format", "opaque")];
    walk.at.token("admin", &walk.secret, &kept).await;
    walk.step(&["token_create"]);
    let key = Signs::with(Algorithm::Es256);
    let client = json!({"client_id": "signs", "jwks": key.jwks(), "token_endpoint_auth_method": "private_key_jwt", "authorities": ["uaa.resource"],
        "authorized_grant_types": ["client_credentials"]});
    walk.make("/oauth/clients", client).await;
    let claims = json!({"iss": "signs", "sub": "signs", "aud": format!("{}/oauth/token", walk.at.uaa()),
        "jti": unique(), "exp": epoch_seconds(walk.now()) + 60});
    let assertion = key.typed("JWT", &claims);
    let form = [
        form[0],
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", &assertion),
    ];
    said(walk.post("/oauth/token", &form)).await;
    walk.step(&["token_create"]);
    for (method, route) in [("GET", "client_info_show"), ("POST", "client_info_ask")] {
        let url = format!("{}/clientinfo", walk.at.uaa());
        let request = reqwest::Client::new().request(method.parse().expect("a method"), url);
        said(request.basic_auth("admin", Some(&walk.secret))).await;
        walk.step(&[route]);
    }
}

async fn for_a_person(walk: &mut Walk) {
    let given = walk.signed_in("admin", &walk.password).await;
    walk.step(&["token_create"]);
    let refresh = text(&given, "refresh_token");
    walk.given(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]).await;
    walk.step(&["token_create"]);
    let form = [("username", "mira"), ("password", PASSWORD)];
    said(walk.post("/authenticate", &form)).await;
    walk.step(&["password_check"]);
    let made = said(walk.post_as_shop("/autologin", &form)).await;
    walk.step(&["autologin_create"]);
    let code = text(&made, "code");
    let mut browser = walk.browser().await;
    browser.open(&format!("/uaa/autologin?client_id=shop&code={code}")).await;
    walk.step(&["autologin_redeem", "home_show"]);
    let made = said(walk.post_as_shop("/autologin", &form)).await;
    walk.step(&["autologin_create"]);
    let mut browser = walk.browser().await;
    browser.headers.push(("sec-fetch-site", "cross-site".into()));
    let page = browser.open(&format!("/uaa/autologin?client_id=shop&code={}", text(&made, "code"))).await;
    walk.step(&["autologin_redeem"]);
    browser.headers.retain(|(name, _)| *name != "sec-fetch-site");
    browser.send(&page, "account", &[]).await;
    walk.step(&["autologin_confirm", "home_show"]);
}

async fn about_tokens(walk: &mut Walk) {
    let given = walk.signed_in("mira", PASSWORD).await;
    let (access, refresh) = (text(&given, "access_token"), text(&given, "refresh_token"));
    walk.aside();
    for token in [&access, &refresh] {
        said(walk.post_as_shop("/introspect", &[("token", token)])).await;
        walk.step(&["token_introspect"]);
    }
    let by_bearer = walk.post("/introspect", &[("token", &access)]).bearer_auth(&walk.root);
    said(by_bearer).await;
    walk.step(&["token_introspect"]);
    said(walk.post_as_shop("/check_token", &[("token", &access)])).await;
    walk.step(&["token_check"]);
    walk.at.ask(&access, "GET", "/userinfo", None).await;
    walk.step(&["userinfo_show"]);
    said(walk.post("/userinfo", &[("access_token", &access)])).await;
    walk.step(&["userinfo_show_by_form"]);
    for token in [&access, &refresh] {
        said(walk.post_as_shop("/oauth/revoke", &[("token", token)])).await;
        walk.step(&["token_give_back"]);
    }
}

/// What a person lets applications do, by a token of theirs.
async fn approvals(walk: &mut Walk) {
    let token = text(&walk.signed_in("mira", PASSWORD).await, "access_token");
    walk.aside();
    let one = json!([{"clientId": "shop", "scope": "profile"}]);
    walk.at.ask(&token, "PUT", "/approvals", Some(one.clone())).await;
    walk.step(&["approval_replace"]);
    walk.at.ask(&token, "PUT", "/approvals/shop", Some(one)).await;
    walk.step(&["approval_of_client_replace"]);
    walk.at.ask(&token, "GET", "/approvals", None).await;
    walk.step(&["approval_list"]);
    walk.at.ask(&token, "DELETE", "/approvals?clientId=shop", None).await;
    walk.step(&["approval_delete"]);
    // What is made in the same second is kept, and costs more.
    walk.later(1).await;
}

/// One token becomes another.
async fn on_behalf(walk: &mut Walk) {
    let given = walk.signed_in("mira", PASSWORD).await;
    let (access, id) = (text(&given, "access_token"), text(&given, "id_token"));
    walk.aside();
    let form = [("grant_type", "user_token"), ("client_id", "cf")];
    said(walk.post("/oauth/token", &form).bearer_auth(&access)).await;
    walk.step(&["token_create"]);
    walk.given(&[("grant_type", JWT_BEARER), ("assertion", &id)]).await;
    walk.step(&["token_create"]);
    // Of another house: somebody who is new here, and then known.
    let idp = Idp::open().await;
    walk.make("/identity-providers", provider("acme", &idp.config(&json!({})))).await;
    for _ in 0..2 {
        walk.given(&[("grant_type", JWT_BEARER), ("assertion", &idp.token(&json!({})))]).await;
        walk.step(&["token_create"]);
    }
    let kind = "urn:ietf:params:oauth:token-type:access_token";
    let form = [("grant_type", TOKEN_EXCHANGE), ("subject_token", &access), ("subject_token_type", kind)];
    walk.given(&form).await;
    walk.step(&["token_create"]);
}

/// A device without a browser is signed in from one.
async fn device(walk: &mut Walk) {
    let codes = said(walk.post_as_shop("/oauth/device_authorization", &[("scope", "openid")])).await;
    walk.step(&["device_create"]);
    let mut browser = walk.browser().await;
    browser.open("/uaa/device").await;
    walk.step(&["device_show", "sign_in_show"]);
    let page = browser.open("/uaa/login").await;
    sign_in_as(&mut browser, &page, ("mira", PASSWORD)).await;
    walk.aside();
    let page = browser.open(codes.body["verification_uri_complete"].as_str().expect("an address")).await;
    walk.step(&["device_show"]);
    let page = browser.send(&page, "user_code", &[]).await;
    walk.step(&["device_update"]);
    browser.send(&page, "decision", &[("decision", "allow")]).await;
    walk.step(&["device_update"]);
    walk.given(&[("grant_type", DEVICE), ("device_code", &text(&codes, "device_code"))]).await;
    walk.step(&["token_create"]);
}
