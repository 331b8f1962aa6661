//! What begins with a message: a forgotten password, an account of one's own, another address, an invitation.

use super::{NEW_PASSWORD, PASSWORD, Walk};
use crate::authorize::sign_in_as;
use serde_json::json;

pub(super) async fn walk(walk: &mut Walk) {
    forgotten(walk).await;
    account(walk).await;
    unverified(walk).await;
    address(walk).await;
    invitation(walk).await;
}

async fn forgotten(walk: &mut Walk) {
    let body = json!({"userName": "lea", "password": PASSWORD, "emails": [{"value": "lea@acme.example"}]});
    walk.make("/Users", body).await;
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/forgot_password").await;
    walk.step(&["password_forgot_show"]);
    browser.send(&page, "username", &[("username", "lea")]).await;
    walk.step(&["password_forgot_create", "password_forgot_show"]);
    let page = browser.open(&walk.mailed().await).await;
    walk.step(&["password_reset_show"]);
    let form = [("password", NEW_PASSWORD), ("password_confirmation", NEW_PASSWORD)];
    browser.send(&page, "password", &form).await;
    walk.step(&["password_reset_update", "sign_in_show"]);
    walk.told().await;
}

async fn account(walk: &mut Walk) {
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/create_account").await;
    walk.step(&["account_new_show"]);
    let form = [("name", "Kim"), ("email", "kim@acme.example"), ("password", NEW_PASSWORD)];
    browser.send(&page, "email", &form).await;
    walk.step(&["account_new_create", "account_new_show"]);
    let page = browser.open(&walk.mailed().await).await;
    walk.step(&["account_verify_show"]);
    browser.send(&page, "code", &[]).await;
    walk.step(&["account_verify_create", "sign_in_show"]);
}

async fn unverified(walk: &mut Walk) {
    let body = json!({"userName": "una", "password": PASSWORD, "verified": false,
        "emails": [{"value": "una@acme.example"}]});
    walk.make("/Users", body).await;
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/login").await;
    let page = sign_in_as(&mut browser, &page, ("una", PASSWORD)).await;
    assert_eq!(page.status, 403);
    // Refused, and told why: nothing to count.
    walk.at.seen();
    browser.send(&page, "username", &[]).await;
    walk.step(&["account_verify_send"]);
    let page = browser.open(&walk.mailed().await).await;
    browser.send(&page, "code", &[]).await;
    walk.aside();
}

async fn address(walk: &mut Walk) {
    let mut browser = walk.browser().await;
    let page = browser.open("/uaa/login").await;
    sign_in_as(&mut browser, &page, ("lea", NEW_PASSWORD)).await;
    walk.aside();
    let page = browser.open("/uaa/change_email").await;
    walk.step(&["email_show"]);
    browser.send(&page, "email", &[("email", "lea@new.example")]).await;
    walk.step(&["email_update", "email_show"]);
    let page = browser.open(&walk.mailed().await).await;
    walk.step(&["email_verify_show"]);
    browser.send(&page, "code", &[]).await;
    walk.step(&["email_verify_update", "profile_show"]);
    walk.told().await;
}

async fn invitation(walk: &mut Walk) {
    let path = "/invite_users?redirect_uri=https%3A%2F%2Fshop.example%2Fcb";
    let made = walk.make(path, json!({"emails": ["ann@acme.example"]})).await;
    let link = made["new_invites"][0]["inviteLink"].as_str().expect("a link").to_owned();
    let mut browser = walk.browser().await;
    let page = browser.open(&link).await;
    walk.step(&["invitation_show"]);
    browser.send(&page, "password", &[("name", "Ann"), ("password", NEW_PASSWORD)]).await;
    walk.step(&["invitation_accept", "sign_in_show"]);
}
