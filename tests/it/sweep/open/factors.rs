//! Second factors and passkeys: set up, asked for, renamed and taken away.

use super::{PASSWORD, Walk};
use crate::authorize::sign_in_as;
use crate::factors::{App, link};
use tests::{Authenticator, Browser, Page};

pub(super) async fn walk(walk: &mut Walk) {
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/profile").await;
    let profile = sign_in_as(&mut browser, &page, ("ada", PASSWORD)).await;
    walk.aside();
    let (app, codes) = set_up_app(walk, &mut browser, &profile).await;
    asked_for_a_code(walk, &app, &codes).await;
    let mut device = set_up_passkey(walk, &mut browser).await;
    asked_for_a_passkey(walk, &mut device).await;
    look_after(walk, &mut browser).await;
}

async fn set_up_app(walk: &mut Walk, browser: &mut Browser, profile: &Page) -> (App, Vec<String>) {
    let page = browser.open(&link(profile, "#totp form")).await;
    walk.step(&["app_set_up_show"]);
    let app = App::reads(&page);
    let page = browser.send(&page, "code", &[("code", &app.code_at(walk.now()))]).await;
    walk.step(&["app_set_up_create", "recovery_codes_show"]);
    let codes = page.text("pre").split_whitespace().map(str::to_owned).collect();
    browser.send(&page, "kept", &[("kept", "yes")]).await;
    walk.step(&["recovery_codes_keep", "profile_show"]);
    (app, codes)
}

/// A browser of somebody who has given the password.
async fn half(walk: &mut Walk) -> (Browser, Page) {
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/login").await;
    let page = sign_in_as(&mut browser, &page, ("ada", PASSWORD)).await;
    walk.step(&["sign_in_show", "sign_in_identify", "sign_in_show", "sign_in_create", "second_factor_show"]);
    (browser, page)
}

async fn asked_for_a_code(walk: &mut Walk, app: &App, codes: &[String]) {
    // A code is good once.
    walk.later(60).await;
    let (mut browser, page) = half(walk).await;
    browser.send(&page, "code", &[("code", &app.code_at(walk.now()))]).await;
    walk.step(&["second_factor_create", "home_show"]);
    let (mut browser, page) = half(walk).await;
    let page = browser.open(&page.attribute("a[href*=recovery]", "href")).await;
    walk.step(&["recovery_code_show"]);
    browser.send(&page, "code", &[("code", &codes[0])]).await;
    walk.step(&["recovery_code_create", "home_show"]);
}

async fn set_up_passkey(walk: &mut Walk, browser: &mut Browser) -> Authenticator {
    let profile = browser.open("/uaa/profile").await;
    walk.aside();
    let page = browser.open(&link(&profile, "#passkeys form")).await;
    walk.step(&["passkey_set_up_show"]);
    let mut device = Authenticator::at(&walk.at.api());
    let made = device.make(&page);
    browser.send(&page, "credential", &[("credential", &made), ("name", "Blue key")]).await;
    walk.step(&["passkey_set_up_create", "profile_show"]);
    device
}

async fn asked_for_a_passkey(walk: &mut Walk, device: &mut Authenticator) {
    let (mut browser, page) = half(walk).await;
    let page = browser.open(&page.attribute("a[href*=passkey]", "href")).await;
    walk.step(&["second_passkey_show"]);
    let answer = device.answer(&page);
    browser.send(&page, "assertion", &[("assertion", &answer)]).await;
    walk.step(&["second_passkey_create", "home_show"]);
    // Of several answers within the same moment one is good.
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/login/passkey").await;
    walk.step(&["passkey_show"]);
    let answer = device.answer(&page);
    browser.send(&page, "assertion", &[("assertion", &answer)]).await;
    walk.step(&["passkey_create", "home_show"]);
    // From the page of the user name.
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/login").await;
    let answer = device.answer(&page);
    browser.send(&page, "assertion", &[("assertion", &answer)]).await;
    walk.step(&["sign_in_show", "sign_in_identify", "home_show"]);
}

async fn look_after(walk: &mut Walk, browser: &mut Browser) {
    let profile = browser.open("/uaa/profile").await;
    walk.step(&["profile_show"]);
    browser.send(&profile, "rename", &[("name", "Red key")]).await;
    walk.step(&["factor_update", "profile_show"]);
    browser.send(&profile, "renew", &[]).await;
    walk.step(&["factor_update", "recovery_codes_show"]);
    browser.send(&profile, "remove", &[]).await;
    walk.step(&["factor_update", "profile_show"]);
}
