//! Clients that are told that a session has ended (OpenID Connect Back-Channel Logout 1.0).

use crate::authorize::{SHOP, claims, sign_in};
use crate::keys::{header, published};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tests::{Browser, Hallmark, on_every_server};
use uaa_model::{Clock, SystemClock};
use uaa_token::{AccessClaims, Assertion, Expect, IdClaims};

on_every_server!(a_client_is_told_when_the_session_ends);

#[tokio::test]
async fn whatever_ends_a_session_is_told() {
    let server = Hallmark::start().await;
    let client = listen().await;
    SHOP.register(&server, json!({"autoapprove": true, "backchannel_logout_uri": client.url})).await;
    let secret = server.client_secret();
    let token = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let password = "a long password of theirs";
    let users = format!("{}/Users", server.uaa());
    for (times, how) in ["password", "inactive", "revoked", "deleted"].into_iter().enumerate() {
        let name = format!("user-{how}");
        let body = json!({"userName": name, "password": password, "emails": [{"value": format!("{name}@example.com")}]});
        let made = server.ask(&token, "POST", &users, Some(body.clone())).await;
        assert_eq!(made.status, 201, "{made:?}");
        let id = made.body["id"].as_str().unwrap();
        let mut browser = Browser::at(&server.uaa());
        let page = browser.open(&SHOP.ask(&server, &[("scope", "openid")])).await;
        let page = browser.send(&page, "username", &[("username", &name)]).await;
        let code = browser.send(&page, "password", &[("password", password)]).await.given("code").unwrap();
        let said = SHOP.redeem(&server, &code, &[]).await;
        let sid = claims(&said.body["id_token"])["sid"].clone();
        let one = format!("{users}/{id}");
        let ended = match how {
            "password" => {
                let body = json!({"password": "another long password of theirs"});
                server.ask(&token, "PUT", &format!("{one}/password"), Some(body)).await
            }
            "inactive" => {
                let mut body = body;
                body["active"] = false.into();
                let put = server.client().put(&one).bearer_auth(&token).header("if-match", "*");
                tests::said(put.json(&body)).await
            }
            "revoked" => {
                server
                    .ask(&token, "GET", &format!("{}/oauth/token/revoke/user/{id}", server.uaa()), None)
                    .await
            }
            _ => server.ask(&token, "DELETE", &one, None).await,
        };
        assert_eq!(ended.status, 200, "{how}: {ended:?}");
        let heard = client.heard(times + 1).await.remove(times);
        let told = claims(&json!(heard.strip_prefix("logout_token=").unwrap()));
        assert_eq!((told["sub"].as_str(), &told["sid"]), (Some(id), &sid), "{how}");
        assert_eq!(browser.open("/uaa/home").await.text("h1"), "Sign in", "{how}");
    }
}

/// Proving again who one is signs nobody out.
#[tokio::test]
async fn who_signs_in_again_goes_on() {
    let server = Hallmark::start().await;
    let client = listen().await;
    SHOP.register(&server, json!({"autoapprove": true, "backchannel_logout_uri": client.url})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[("scope", "openid")])).await;
    let mut back = sign_in(&server, &mut browser, &page).await;
    let mut seen = vec![];
    for _ in 0..2 {
        let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
        let cookie = browser.cookie("hallmark-session").map(str::to_owned);
        seen.push((claims(&said.body["id_token"])["sid"].clone(), cookie));
        let page = browser.open(&SHOP.ask(&server, &[("scope", "openid"), ("prompt", "login")])).await;
        back = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
    }
    assert_eq!(seen[0].0, seen[1].0, "one session");
    assert_ne!(seen[0].1, seen[1].1, "what the browser held before is good no more");
    assert_eq!(notices(&server).await["total"], 0);
}

/// A client's end of the back channel: what it got, and what it answers.
struct Listening {
    url: String,
    got: Arc<Mutex<Vec<String>>>,
    status: Arc<Mutex<u16>>,
}

async fn listen() -> Listening {
    let (got, status) = (Arc::new(Mutex::new(vec![])), Arc::new(Mutex::new(200)));
    let (kept, answer) = (got.clone(), status.clone());
    let hear = move |body: String| {
        kept.lock().unwrap().push(body);
        let status = *answer.lock().unwrap();
        async move { axum::http::StatusCode::from_u16(status).unwrap() }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/out", listener.local_addr().unwrap().port());
    let router = axum::Router::new().route("/out", axum::routing::post(hear));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Listening { url, got, status }
}

impl Listening {
    async fn heard(&self, times: usize) -> Vec<String> {
        for _ in 0..1000 {
            let got = self.got.lock().unwrap().clone();
            if got.len() >= times {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the client was not told {times} times");
    }
}

async fn notices(server: &Hallmark) -> Value {
    let secret = server.client_secret();
    let token = server.token("admin", &secret, &[("grant_type", "client_credentials")]).await;
    let token = token.body["access_token"].as_str().unwrap().to_owned();
    let said = server.ask(&token, "GET", &format!("{}/access/v1/logout-notices", server.uaa()), None).await;
    assert_eq!(said.status, 200, "{said:?}");
    said.body
}

async fn a_client_is_told_when_the_session_ends(server: Hallmark) {
    let client = listen().await;
    *client.status.lock().unwrap() = 503;
    SHOP.register(&server, json!({"autoapprove": true, "backchannel_logout_uri": client.url})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let code = sign_in(&server, &mut browser, &page).await.given("code").unwrap();
    // A second sign-in of the same session is no second participant.
    browser.open(&SHOP.ask(&server, &[])).await.given("code").unwrap();
    let said = SHOP.redeem(&server, &code, &[]).await;
    let id = claims(&said.body["id_token"]);
    assert_eq!(notices(&server).await["total"], 0);
    browser.open(&super::out(&[("id_token_hint", said.body["id_token"].as_str().unwrap())])).await;
    let first = client.heard(1).await.remove(0);
    // It was down, and whoever looks sees that.
    let seen = notices(&server).await;
    assert_eq!(seen["total"], 1, "{seen}");
    let notice = &seen["resources"][0];
    assert_eq!((&notice["client_id"], &notice["session"]), (&json!("shop"), &id["sid"]));
    *client.status.lock().unwrap() = 204;
    let again = client.heard(2).await.remove(1);
    assert_ne!(first, again, "each try has a token of its own");
    let token = again.strip_prefix("logout_token=").unwrap_or_else(|| panic!("{again}"));
    assert_eq!(header(token)["typ"], "logout+jwt");
    let issuer = format!("{}/oauth/token", server.uaa());
    let expect = Expect { now: SystemClock.now(), issuer: &issuer, audience: &["shop"], zone: None };
    let keys = published(&server).await;
    let told: Assertion = keys.verify(token, &expect).expect("it is good");
    assert_eq!((told.sub.as_str(), &told.others["sid"]), (id["sub"].as_str().unwrap(), &id["sid"]));
    assert_eq!(told.others["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
    assert!(told.others.get("nonce").is_none() && told.jti.is_some());
    // It opens no door and signs nobody in.
    assert!(keys.verify::<AccessClaims<'static>>(token, &expect).is_err());
    assert!(keys.verify::<IdClaims<'static>>(token, &expect).is_err());
    for _ in 0..500 {
        if notices(&server).await["total"] == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the notice stays although the client knows");
}
