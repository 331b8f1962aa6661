//! What is good once: of a thousand redemptions one wins, on all three databases.

use crate::authorize::{SHOP, VERIFIER, sign_in};
use futures::StreamExt;
use futures::stream;
use serde_json::json;
use tests::{Browser, Hallmark, Said, on_every_server, said};

on_every_server!(one_of_a_thousand_wins);

async fn one_of_a_thousand_wins(server: Hallmark) {
    let grants = json!(["authorization_code", "refresh_token", DEVICE]);
    SHOP.register(&server, json!({"autoapprove": true, "authorized_grant_types": grants})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let code = sign_in(&server, &mut browser, &page).await.given("code").unwrap();
    let code = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", SHOP.redirect),
        ("code_verifier", VERIFIER),
    ];
    races(&server, SHOP_CLIENT, &code).await;

    // The code's own refresh token ended with its second redemption.
    let code = browser.open(&SHOP.ask(&server, &[])).await.given("code").unwrap();
    let given = SHOP.redeem(&server, &code, &[]).await;
    let refresh = given.body["refresh_token"].as_str().unwrap();
    races(&server, SHOP_CLIENT, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;

    let url = format!("{}/oauth/device_authorization", server.uaa());
    let codes = said(reqwest::Client::new().post(url).basic_auth(SHOP_CLIENT.0, Some(SHOP_CLIENT.1))).await;
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    browser.send(&page, "decision", &[("decision", "allow")]).await;
    let device = codes.body["device_code"].as_str().unwrap();
    races(&server, SHOP_CLIENT, &[("grant_type", DEVICE), ("device_code", device)]).await;

    let passcode = browser.open("/uaa/passcode").await.text("#passcode");
    races(&server, ("cf", ""), &[("grant_type", "password"), ("passcode", &passcode)]).await;
}

/// Sends the same redemption a thousand times: one is answered with a token, the others are refused, and none fails.
async fn races(server: &Hallmark, (id, secret): (&str, &str), form: &[(&str, &str)]) {
    let (client, url) = (reqwest::Client::new(), format!("{}/oauth/token", server.uaa()));
    let sent = stream::iter(0..1000).map(|_| said(client.post(&url).basic_auth(id, Some(secret)).form(form)));
    let all: Vec<Said> = sent.buffer_unordered(AT_ONCE).collect().await;
    let (won, lost): (Vec<&Said>, Vec<&Said>) = all.iter().partition(|said| said.status == 200);
    assert_eq!(won.len(), 1, "{form:?}: {:?} {:?}", &won[..won.len().min(3)], &lost[..lost.len().min(3)]);
    let refused = |said: &Said| (400..500).contains(&said.status) && said.body["error"].is_string();
    let odd = lost.iter().find(|said| !refused(said));
    assert!(odd.is_none(), "{form:?}: {odd:?}");
}

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SHOP_CLIENT: (&str, &str) = ("shop", "open sesame");
/// As many connections as the usual limit of open files allows, here and in the server.
const AT_ONCE: usize = 400;
