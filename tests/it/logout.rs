//! The end of a sign-in: who ends it, where the browser goes on, and which applications learn of it.

mod back_channel;
mod front_channel;
mod rp_initiated;
mod tokens;

use crate::authorize::{SHOP, sign_in};
use serde_json::Value;
use tests::{Browser, Hallmark};

/// Somebody who is signed in, with the ID token that the shop has of them.
async fn signed_in(server: &Hallmark) -> (Browser, String) {
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(server, &[])).await;
    let code = sign_in(server, &mut browser, &page).await.given("code").unwrap();
    let said = SHOP.redeem(server, &code, &[]).await;
    (browser, said.body["id_token"].as_str().unwrap().to_owned())
}

/// Whether the browser is still signed in.
async fn is_in(browser: &mut Browser) -> bool {
    browser.open("/uaa/home").await.text("h1") == "Applications"
}

/// The address of a sign-out with those parameters.
fn out(more: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://localhost/uaa/logout.do").unwrap();
    url.query_pairs_mut().extend_pairs(more);
    format!("{}?{}", url.path(), url.query().unwrap())
}

async fn discovery(server: &Hallmark) -> Value {
    let url = format!("{}/.well-known/openid-configuration", server.uaa());
    server.client().get(url).send().await.unwrap().json().await.unwrap()
}
