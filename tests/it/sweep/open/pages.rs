//! A person at a browser: in, to an application, about their account, and out.

use super::{PASSWORD, Walk, text};
use crate::authorize::{SHOP, sign_in_as};
use serde_json::json;
use tests::{Browser, said};

pub(super) async fn walk(walk: &mut Walk) {
    nobody(walk).await;
    let mut browser = walk.browser().await;
    let hint = to_an_application(walk, &mut browser).await;
    about_themselves(walk, &mut browser).await;
    accounts(walk, &mut browser).await;
    out(walk, &mut browser, &hint).await;
}

/// Whoever has no session is led to where one begins.
async fn nobody(walk: &mut Walk) {
    let mut browser = walk.browser().await;
    for (path, route) in [
        ("home", "home_show"),
        ("profile", "profile_show"),
        ("passcode", "passcode_show"),
        ("change_email", "email_show"),
        ("change_password", "own_password_show"),
        ("force_password_change", "password_force_show"),
    ] {
        browser.open(&format!("/uaa/{path}")).await;
        walk.step(&[route, "sign_in_show"]);
    }
    browser.open("/uaa/").await;
    walk.step(&["front_show", "sign_in_show"]);
    browser.open("/uaa/logout.do").await;
    walk.step(&["session_end"]);
    let asking = format!("clientId={}&messageOrigin=https://shop.example", SHOP.id);
    for (path, route) in [("session", "session_show"), ("session_management", "session_management_show")] {
        browser.open(&format!("/uaa/{path}?{asking}")).await;
        walk.step(&[route]);
    }
}

/// Signs in on the way, is asked, and the code is redeemed. Gives the ID token.
async fn to_an_application(walk: &mut Walk, browser: &mut Browser) -> String {
    let wanted = SHOP.ask_at(&walk.at.uaa(), &[]);
    let page = browser.open(&wanted).await;
    walk.step(&["authorization_show", "sign_in_show"]);
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    walk.step(&["sign_in_identify", "sign_in_show"]);
    let page = browser.send(&page, "password", &[("password", PASSWORD)]).await;
    walk.step(&["sign_in_create", "authorization_show"]);
    let back = browser.send(&page, "decision", &[("decision", "allow")]).await;
    walk.step(&["authorization_create"]);
    let given = walk.given(&SHOP.shown(&back.given("code").expect("a code"))).await;
    walk.step(&["token_create"]);
    // Once more: nothing is asked.
    let back = browser.open(&wanted).await;
    walk.step(&["authorization_show"]);
    walk.given(&SHOP.shown(&back.given("code").expect("a code"))).await;
    walk.step(&["token_create"]);
    // And by a request that was handed in, under its name.
    let pushed = said(walk.post_as_shop("/oauth/par", &pairs(&SHOP.parameters(&[])))).await;
    walk.step(&["pushed_request_create"]);
    let name = text(&pushed, "request_uri");
    browser.open(&format!("/uaa/oauth/authorize?client_id=shop&request_uri={name}")).await;
    walk.step(&["authorization_show"]);
    text(&given, "id_token")
}

/// What a person looks after.
async fn about_themselves(walk: &mut Walk, browser: &mut Browser) {
    browser.open("/uaa/").await;
    walk.step(&["front_show"]);
    // The last use of a session is written down once a minute.
    walk.later(61).await;
    let tile =
        json!({"showOnHomePage": true, "appLaunchUrl": "https://shop.example/", "appIcon": crate::home::PNG});
    walk.at.ask(&walk.root, "PUT", "/oauth/clients/shop/meta", Some(tile)).await;
    walk.aside();
    let page = browser.open("/uaa/home").await;
    walk.step(&["home_show"]);
    browser.open(&page.attribute(".tile img", "src")).await;
    walk.step(&["home_icon_show"]);
    browser.open("/uaa/login").await;
    walk.step(&["sign_in_show", "home_show"]);
    let page = browser.open("/uaa/passcode").await;
    walk.step(&["passcode_show"]);
    let page = browser.send(&page, "csrf", &[]).await;
    walk.step(&["passcode_create"]);
    walk.at.token("cf", "", &[("grant_type", "password"), ("passcode", &page.text("#passcode"))]).await;
    walk.step(&["token_create"]);
    let mut other = walk.browser().await;
    let page = other.open("/uaa/login").await;
    sign_in_as(&mut other, &page, ("mira", PASSWORD)).await;
    walk.aside();
    let page = browser.open("/uaa/profile").await;
    walk.step(&["profile_show"]);
    let page = browser.send(&page, "end_session", &[]).await;
    walk.step(&["profile_update", "profile_show"]);
    browser.send(&page, "take_back", &[]).await;
    walk.step(&["profile_update", "profile_show"]);
    let page = browser.open("/uaa/change_password").await;
    walk.step(&["own_password_show"]);
    let new = "another long secret";
    let form = [("password", PASSWORD), ("new_password", new), ("new_password_confirmation", new)];
    browser.send(&page, "new_password", &form).await;
    walk.step(&["own_password_update", "profile_show"]);
    walk.told().await;
    let page = browser.open("/uaa/change_password").await;
    let form = [("password", new), ("new_password", PASSWORD), ("new_password_confirmation", PASSWORD)];
    browser.send(&page, "new_password", &form).await;
    walk.told().await;
    walk.aside();
}

/// Several accounts at one browser.
async fn accounts(walk: &mut Walk, browser: &mut Browser) {
    let page = browser.open(&SHOP.ask_at(&walk.at.uaa(), &[("prompt", "select_account")])).await;
    walk.step(&["authorization_show", "account_list"]);
    browser.send(&page, "account", &[("account", "mira")]).await;
    walk.step(&["account_choose", "authorization_show"]);
}

fn pairs(all: &[(String, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn out(walk: &mut Walk, browser: &mut Browser, hint: &str) {
    let page = browser.open("/uaa/logout.do").await;
    walk.step(&["session_end"]);
    browser.send(&page, "decision", &[("decision", "sign-out")]).await;
    walk.step(&["session_end_posted"]);
    let page = browser.open("/uaa/login").await;
    sign_in_as(browser, &page, ("mira", PASSWORD)).await;
    walk.aside();
    let to = format!("id_token_hint={hint}&post_logout_redirect_uri={}", SHOP.redirect);
    browser.open(&format!("/uaa/logout.do?{to}")).await;
    walk.step(&["session_end"]);
    // Whoever must have another password is asked for it instead.
    let page = browser.open("/uaa/login").await;
    let filter = "userName+eq+%22mira%22+and+origin+eq+%22uaa%22";
    let id = walk.at.ask(&walk.root, "GET", &format!("/Users?filter={filter}"), None).await;
    let id = id.body["resources"][0]["id"].as_str().expect("a user").to_owned();
    let body = json!({"passwordChangeRequired": true});
    walk.at.ask(&walk.root, "PATCH", &format!("/Users/{id}/status"), Some(body)).await;
    walk.aside();
    let page = sign_in_as(browser, &page, ("mira", PASSWORD)).await;
    walk.step(&["sign_in_identify", "sign_in_show", "sign_in_create"]);
    let new = "yet another secret";
    let form = [("password", PASSWORD), ("new_password", new), ("new_password_confirmation", new)];
    browser.send(&page, "new_password", &form).await;
    walk.step(&["password_force_update", "sign_in_show"]);
    walk.told().await;
}
