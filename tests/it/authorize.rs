//! Signing in with a browser, and what applications get of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Page, on_every_server, said};
use uaa_token::digest;

on_every_server!(
    a_person_signs_in_once_and_an_application_gets_a_code,
    a_code_is_good_once_and_what_came_of_it_ends_with_the_second_time,
    the_person_is_asked_and_the_answer_is_remembered
);

/// An application with one return address.
struct App {
    id: &'static str,
    redirect: &'static str,
}

const SHOP: App = App { id: "shop", redirect: "https://shop.example/cb" };
const VERIFIER: &str = "0123456789abcdef0123456789abcdef0123456789a";

impl App {
    async fn register(&self, server: &Hallmark, more: Value) {
        let mut body = json!({
            "client_id": self.id,
            "client_secret": "open sesame",
            "name": "Shop",
            "scope": ["openid", "profile", "cloud_controller.read"],
            "authorized_grant_types": ["authorization_code", "refresh_token"],
            "redirect_uri": [self.redirect],
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let token =
            server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
        let token = token.body["access_token"].as_str().unwrap().to_owned();
        let made = server.ask(&token, "POST", &format!("{}/oauth/clients", server.uaa()), Some(body)).await;
        assert_eq!(made.status, 201, "{made:?}");
    }

    fn ask(&self, server: &Hallmark, more: &[(&str, &str)]) -> String {
        let mut url = reqwest::Url::parse(&format!("{}/oauth/authorize", server.uaa())).unwrap();
        let challenge = URL_SAFE_NO_PAD.encode(digest(VERIFIER));
        let usual = [
            ("client_id", self.id),
            ("redirect_uri", self.redirect),
            ("response_type", "code"),
            ("scope", "openid cloud_controller.read"),
            ("state", "st at&e"),
            ("nonce", "once"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(n, _)| n == name));
        let all = kept.chain(more.iter()).filter(|(_, value)| !value.is_empty());
        url.query_pairs_mut().extend_pairs(all);
        url.into()
    }

    async fn redeem(&self, server: &Hallmark, code: &str, more: &[(&str, &str)]) -> tests::Said {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect),
            ("code_verifier", VERIFIER),
        ];
        let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(n, _)| n == name));
        let form: Vec<(&str, &str)> = kept.chain(more).copied().filter(|(_, v)| !v.is_empty()).collect();
        server.token(self.id, "open sesame", &form).await
    }
}

/// Signs in at the page that it is given, as the administrator.
async fn sign_in(server: &Hallmark, browser: &mut Browser, page: &Page) -> Page {
    assert_eq!(page.text("h1"), "Sign in", "{}", page.html);
    let page = browser.send(page, "username", &[("username", "admin")]).await;
    assert_eq!(page.text("h1"), "Enter your password");
    browser.send(&page, "password", &[("password", &server.admin_password())]).await
}

fn claims(token: &Value) -> Value {
    let payload = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

async fn a_person_signs_in_once_and_an_application_gets_a_code(server: Hallmark) {
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let to = back.elsewhere.clone().unwrap();
    assert!(to.as_str().starts_with("https://shop.example/cb?code="), "{to}");
    assert_eq!(back.given("state").as_deref(), Some("st at&e"));
    let issuer = format!("{}/oauth/token", server.uaa());
    assert_eq!(back.given("iss").as_deref(), Some(issuer.as_str()));
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(said.status, 200, "{said:?}");
    let access = claims(&said.body["access_token"]);
    assert_eq!(
        (&access["grant_type"], &access["user_name"]),
        (&json!("authorization_code"), &json!("admin"))
    );
    assert_eq!(access["scope"], json!(["cloud_controller.read", "openid"]));
    let id = claims(&said.body["id_token"]);
    assert_eq!((&id["nonce"], &id["aud"], &id["amr"]), (&json!("once"), &json!(["shop"]), &json!(["pwd"])));
    assert!(id["auth_time"].is_i64() && id["sid"].is_string());
    assert!(said.body["refresh_token"].is_string());
    // Once is enough: the next application asks nobody.
    let again = browser.open(&SHOP.ask(&server, &[("prompt", "none")])).await;
    assert!(again.given("code").is_some(), "{again:?}");
}

async fn a_code_is_good_once_and_what_came_of_it_ends_with_the_second_time(server: Hallmark) {
    SHOP.register(&server, json!({"autoapprove": ["openid", "cloud_controller.*"]})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    let code = back.given("code").unwrap();
    let many = (0..40).map(|_| SHOP.redeem(&server, &code, &[]));
    let all = futures::future::join_all(many).await;
    let good: Vec<_> = all.iter().filter(|said| said.status == 200).collect();
    assert_eq!(good.len(), 1, "{all:?}");
    for said in all.iter().filter(|said| said.status != 200) {
        assert_eq!((said.status, &said.body["error"]), (400, &json!("invalid_grant")));
    }
    let refresh = good[0].body["refresh_token"].as_str().unwrap();
    let after = server
        .token("shop", "open sesame", &[("grant_type", "refresh_token"), ("refresh_token", refresh)])
        .await;
    assert_eq!(after.status, 400, "{after:?}");
}

#[tokio::test]
async fn a_code_is_redeemed_by_whom_it_was_made_for() {
    let server = Hallmark::start().await;
    let other = App { id: "other", redirect: "https://shop.example/cb" };
    SHOP.register(&server, json!({"autoapprove": true})).await;
    other.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let mut code = sign_in(&server, &mut browser, &page).await.given("code").unwrap();
    let stolen = other.redeem(&server, &code, &[]).await;
    assert_eq!(stolen.body["error"], "invalid_grant");
    assert_eq!(SHOP.redeem(&server, &code, &[]).await.status, 200, "another client's attempt burns nothing");
    let verifier = "x".repeat(43);
    for (wrong, error) in [
        ([("code_verifier", verifier.as_str())], "invalid_grant"),
        ([("code_verifier", "")], "invalid_request"),
        ([("code_verifier", "short")], "invalid_request"),
        ([("redirect_uri", "https://shop.example/cb/")], "invalid_grant"),
        ([("redirect_uri", "")], "invalid_grant"),
    ] {
        code = browser.open(&SHOP.ask(&server, &[])).await.given("code").unwrap();
        let said = SHOP.redeem(&server, &code, &wrong).await;
        assert_eq!((said.status, said.body["error"].as_str()), (400, Some(error)), "{wrong:?}");
        assert_eq!(SHOP.redeem(&server, &code, &[]).await.status, 400, "seen by a stranger, good for nobody");
    }
    // RFC 9700 section 4.8.2: a verifier without a challenge is a downgrade.
    let plain = SHOP.ask(&server, &[("code_challenge", ""), ("code_challenge_method", "")]);
    let code = browser.open(&plain).await.given("code").unwrap();
    assert_eq!(SHOP.redeem(&server, &code, &[]).await.body["error"], "invalid_grant");
    let code = browser.open(&plain).await.given("code").unwrap();
    assert_eq!(SHOP.redeem(&server, &code, &[("code_verifier", "")]).await.status, 200);
}

async fn the_person_is_asked_and_the_answer_is_remembered(server: Hallmark) {
    SHOP.register(&server, json!({})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert!(page.text("h1").starts_with("Shop"), "{}", page.html);
    // Nobody is there to be asked.
    let silent = browser.open(&SHOP.ask(&server, &[("prompt", "none")])).await;
    assert_eq!(silent.given("error").as_deref(), Some("consent_required"));
    let denied = browser.send(&page, "decision", &[("decision", "deny")]).await;
    assert_eq!(denied.given("error").as_deref(), Some("access_denied"));
    assert_eq!(denied.given("state").as_deref(), Some("st at&e"));
    // What is not ticked is not given.
    let allowed = browser.send(&page, "decision", &[("decision", "allow"), ("scope", "openid")]).await;
    let said = SHOP.redeem(&server, &allowed.given("code").unwrap(), &[]).await;
    assert_eq!(said.body["scope"], "openid", "{said:?}");
    let later = browser.open(&SHOP.ask(&server, &[])).await;
    assert!(later.given("code").is_some(), "asked once is enough: {later:?}");
    let again = browser.open(&SHOP.ask(&server, &[("prompt", "consent")])).await;
    assert!(again.text("h1").starts_with("Shop"));
    // A form of somebody else's making, with the person's cookies.
    let mut forged = Browser::at(&server.uaa());
    forged.plant("hallmark-session", browser.cookie("hallmark-session").unwrap());
    forged.plant("hallmark-form", "00000000000000000000000000000000");
    let (_, _, mut fields) = again.form("decision", &[("decision", "allow")]);
    fields.retain(|(name, _)| name != "csrf");
    let url = again.url.clone();
    let cookies =
        format!("hallmark-session={}; hallmark-form=x", browser.cookie("hallmark-session").unwrap());
    let refused =
        reqwest::Client::new().post(url).header("cookie", cookies).form(&fields).send().await.unwrap();
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn what_cannot_be_answered_safely_goes_nowhere() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    for (more, status, error) in [
        (vec![("client_id", "nobody")], 401, "invalid_client"),
        (vec![("client_id", "")], 400, "invalid_request"),
        (vec![("redirect_uri", "https://shop.example/cb/..")], 400, "invalid_redirect_uri"),
        (vec![("redirect_uri", "https://evil.example/")], 400, "invalid_redirect_uri"),
        (vec![("redirect_uri", "https://shop.example/cb#x")], 400, "invalid_redirect_uri"),
    ] {
        let page = browser.open(&SHOP.ask(&server, &more)).await;
        assert_eq!((page.status, page.elsewhere.is_some()), (status, false), "{more:?}");
        assert!(page.html.contains(error), "{error}: {}", page.html);
    }
    let twice = format!("{}&client_id=shop", SHOP.ask(&server, &[]));
    assert_eq!(browser.open(&twice).await.status, 400);
    for (more, error) in [
        (vec![("response_type", "")], "invalid_request"),
        (vec![("response_type", "magic")], "unsupported_response_type"),
        (vec![("response_type", "token")], "unauthorized_client"),
        (vec![("response_type", "code code")], "unsupported_response_type"),
        (vec![("response_mode", "pigeon")], "invalid_request"),
        (vec![("code_challenge_method", "plain")], "invalid_request"),
        (vec![("code_challenge_method", "")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("prompt", "none")], "login_required"),
        (vec![("max_age", "x")], "invalid_request"),
        (vec![("request", "x.y.z")], "request_not_supported"),
        (vec![("request_uri", "urn:x")], "request_uri_not_supported"),
    ] {
        let page = browser.open(&SHOP.ask(&server, &more)).await;
        assert_eq!(page.given("error").as_deref(), Some(error), "{more:?} {page:?}");
        assert_eq!(page.given("state").as_deref(), Some("st at&e"));
        assert!(page.given("iss").is_some() && page.given("code").is_none());
    }
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let page = browser.open(&SHOP.ask(&server, &[("scope", "scim.write")])).await;
    assert_eq!(page.given("error").as_deref(), Some("invalid_scope"));
}

#[tokio::test]
async fn implicit_and_hybrid_for_clients_that_were_registered_for_it() {
    let server = Hallmark::start().await;
    let grants = json!({"autoapprove": true, "authorized_grant_types": ["authorization_code", "implicit"]});
    SHOP.register(&server, grants).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    for (wanted, parts) in [
        ("token", &["access_token"][..]),
        ("id_token", &["id_token"]),
        ("token id_token", &["access_token", "id_token"]),
        ("code id_token", &["code", "id_token"]),
        ("code token", &["code", "access_token"]),
        ("code id_token token", &["code", "access_token", "id_token"]),
    ] {
        let page = browser.open(&SHOP.ask(&server, &[("response_type", wanted)])).await;
        assert!(page.elsewhere.as_ref().unwrap().fragment().is_some(), "{wanted}");
        for part in ["code", "access_token", "id_token"] {
            assert_eq!(page.given(part).is_some(), parts.contains(&part), "{wanted}: {part}");
        }
        if parts.contains(&"id_token") {
            let id = claims(&page.given("id_token").into());
            let half = |text: &str| URL_SAFE_NO_PAD.encode(&digest(text)[..16]);
            let hash = |part: &str| page.given(part).map_or(Value::Null, |text| half(&text).into());
            assert_eq!((&id["at_hash"], &id["c_hash"]), (&hash("access_token"), &hash("code")), "{wanted}");
            assert_eq!(id["nonce"], "once");
        }
        let query =
            browser.open(&SHOP.ask(&server, &[("response_type", wanted), ("response_mode", "query")])).await;
        assert_eq!(query.given("error").as_deref(), Some("invalid_request"), "{wanted}");
    }
    let no_nonce = browser.open(&SHOP.ask(&server, &[("response_type", "id_token"), ("nonce", "")])).await;
    assert_eq!(no_nonce.given("error").as_deref(), Some("invalid_request"));
    let posted = browser.open(&SHOP.ask(&server, &[("response_mode", "form_post")])).await;
    assert_eq!(posted.status, 200);
    let (method, action, fields) = posted.form("code", &[]);
    assert_eq!((method.as_str(), action.as_str()), ("POST", SHOP.redirect));
    assert!(fields.iter().any(|(name, value)| name == "state" && value == "st at&e"));
    let policy = posted.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("form-action 'self' https://shop.example"), "{policy}");
    assert!(
        policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(posted.headers["x-frame-options"], "DENY");
    assert_eq!(
        (&posted.headers["referrer-policy"], &posted.headers["cache-control"]),
        (&"no-referrer".parse().unwrap(), &"no-store".parse().unwrap())
    );
}

#[tokio::test]
async fn signing_in_again_when_the_application_insists() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let first = sign_in(&server, &mut browser, &page).await;
    let id = SHOP.redeem(&server, &first.given("code").unwrap(), &[]).await.body["id_token"].clone();
    for more in [("prompt", "login"), ("max_age", "0")] {
        let page = browser.open(&SHOP.ask(&server, &[more])).await;
        assert_eq!(page.text("h1"), "Enter your password", "{more:?}");
        let before = browser.cookie("hallmark-session").map(str::to_owned);
        let back = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
        assert!(back.given("code").is_some(), "{more:?} {back:?}");
        assert_ne!(
            browser.cookie("hallmark-session").map(str::to_owned),
            before,
            "a new sign-in is a new session"
        );
    }
    let mine = browser
        .open(&SHOP.ask(&server, &[("id_token_hint", id.as_str().unwrap()), ("prompt", "none")]))
        .await;
    assert!(mine.given("code").is_some());
    let not_mine = browser.open(&SHOP.ask(&server, &[("id_token_hint", "a.b.c"), ("prompt", "none")])).await;
    assert_eq!(not_mine.given("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn wrong_passwords_and_the_lock() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let mut seen = vec![];
    for name in ["admin", "nobody"] {
        let mut page = browser.open("/uaa/login").await;
        page = browser.send(&page, "username", &[("username", name)]).await;
        for _ in 0..5 {
            page = browser.send(&page, "password", &[("password", "wrong")]).await;
            assert_eq!(page.status, 422);
            assert!(page.has("[role=alert]"));
        }
        // Nothing tells whether anybody has that name.
        seen.push(page.text("main").replace(name, "NAME"));
        page = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
        assert_eq!((page.status, page.text("h1").as_str()), (429, "Sign-in is paused"));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(browser.cookie("hallmark-session").is_none());
}

#[tokio::test]
async fn a_session_ends_when_it_is_told_to() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/").await;
    let home = sign_in(&server, &mut browser, &page).await;
    assert_eq!(home.text("h1"), "Applications");
    let stolen = browser.cookie("hallmark-session").unwrap().to_owned();
    let out = browser.open("/uaa/logout.do?redirect=https%3A%2F%2Fevil.example%2F").await;
    assert_eq!((out.elsewhere.is_some(), out.text("h1").as_str()), (false, "You are signed out"));
    let mut thief = Browser::at(&server.uaa());
    thief.plant("hallmark-session", &stolen);
    assert_eq!(thief.open("/uaa/home").await.text("h1"), "Sign in");
    // Back to the application, if it has said so beforehand.
    let to = format!(
        "/uaa/logout.do?client_id=shop&state=s&post_logout_redirect_uri={}",
        "https%3A%2F%2Fshop.example%2Fcb"
    );
    assert_eq!(browser.open(&to).await.elsewhere.unwrap().as_str(), "https://shop.example/cb?state=s");
    // A session planted before the sign-in is not the one after it.
    browser.plant("hallmark-session", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    let page = browser.open("/uaa/login").await;
    sign_in(&server, &mut browser, &page).await;
    assert!(!browser.cookie("hallmark-session").unwrap().starts_with("0123456789abcdef"));
    // A new password ends every session.
    let token = server.admin().await;
    let info = server.ask(&token, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    let id = info.body["user_id"].as_str().unwrap().to_owned();
    let url = format!("{}/oauth/token/revoke/user/{id}", server.uaa());
    assert_eq!(server.ask(&token, "GET", &url, None).await.status, 200);
    assert_eq!(browser.open("/uaa/home").await.text("h1"), "Sign in");
}

#[tokio::test]
async fn a_passcode_signs_a_command_line_in_once() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/passcode").await;
    let page = sign_in(&server, &mut browser, &page).await;
    let first = page.text("#passcode");
    let page = browser.send(&page, "csrf", &[]).await;
    let second = page.text("#passcode");
    assert_ne!(first, second);
    let redeem = async |passcode: &str| {
        server.token("cf", "", &[("grant_type", "password"), ("passcode", passcode)]).await
    };
    let old = redeem(&first).await;
    assert_eq!((old.status, old.body["error_description"].as_str()), (401, Some("Invalid passcode")));
    let good = redeem(&second.replace('-', "")).await;
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(claims(&good.body["access_token"])["user_name"], "admin");
    assert_eq!(redeem(&second).await.status, 401);
}

#[tokio::test]
async fn a_token_stands_for_the_session_where_the_operator_approved() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let token = server.admin().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let ask = async |url: String| client.get(url).bearer_auth(&token).send().await.unwrap();
    let ssh = format!("{}/oauth/authorize?response_type=code&client_id=ssh-proxy", server.uaa());
    let back = ask(ssh).await;
    let to = back.headers()["location"].to_str().unwrap().to_owned();
    assert!(to.contains("code="), "{to}");
    assert!(back.headers().get("set-cookie").is_none());
    let refused = ask(SHOP.ask(&server, &[])).await;
    assert!(refused.headers()["location"].to_str().unwrap().contains("error=access_denied"));
    let client_token =
        server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let client_token = client_token.body["access_token"].as_str().unwrap().to_owned();
    let machine = client.get(SHOP.ask(&server, &[])).bearer_auth(client_token).send().await.unwrap();
    assert_eq!(machine.status(), 401);
}

#[tokio::test]
async fn a_person_sees_and_ends_what_the_account_is_used_for() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let mut here = Browser::at(&server.uaa());
    here.headers.push(("user-agent", "Here/1".into()));
    let page = here.open(&SHOP.ask(&server, &[])).await;
    let page = sign_in(&server, &mut here, &page).await;
    here.send(&page, "decision", &[("decision", "allow")]).await;
    let mut there = Browser::at(&server.uaa());
    there.headers.push(("user-agent", "<b>There</b>".into()));
    let page = there.open("/uaa/home").await;
    sign_in(&server, &mut there, &page).await;
    let profile = here.open("/uaa/profile").await;
    assert!(profile.html.contains("Here/1") && !profile.html.contains("<b>There"), "{}", profile.html);
    assert!(profile.text("#applications").contains("Shop"));
    let profile = here.send(&profile, "end_session", &[]).await;
    assert!(!profile.html.contains("There"));
    assert_eq!(there.open("/uaa/home").await.text("h1"), "Sign in");
    let profile = here.send(&profile, "take_back", &[]).await;
    assert!(!profile.has("#applications"));
    assert!(here.open(&SHOP.ask(&server, &[])).await.text("h1").starts_with("Shop"), "asked again");
    let page = there.open("/uaa/home").await;
    sign_in(&server, &mut there, &page).await;
    let profile = here.open("/uaa/profile").await;
    assert_eq!(here.send(&profile, "end_all", &[]).await.text("h1"), "You are signed out");
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.open("/uaa/profile").await.text("h1"), "Sign in");
    }
}

#[tokio::test]
async fn a_device_without_a_browser_is_signed_in_from_another() {
    let server = Hallmark::start().await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    SHOP.register(&server, json!({"authorized_grant_types": [grant, "refresh_token"]})).await;
    let ask = async || {
        let url = format!("{}/oauth/device_authorization", server.uaa());
        let request = reqwest::Client::new().post(url).basic_auth("shop", Some("open sesame"));
        said(request.form(&[("scope", "openid cloud_controller.read")])).await
    };
    let poll = async |code: &Value| {
        let form = [("grant_type", grant), ("device_code", code.as_str().unwrap())];
        server.token("shop", "open sesame", &form).await
    };
    let codes = ask().await;
    assert_eq!((codes.status, &codes.body["interval"]), (200, &json!(5)), "{codes:?}");
    let device = &codes.body["device_code"];
    assert_eq!(poll(device).await.body["error"], "authorization_pending");
    assert_eq!(poll(device).await.body["error"], "slow_down");
    let stranger =
        server.token("cf", "", &[("grant_type", grant), ("device_code", device.as_str().unwrap())]).await;
    assert_eq!(stranger.body["error"], "unauthorized_client");
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = sign_in(&server, &mut browser, &page).await;
    // By hand and in small letters is as good as by the link.
    let typed = codes.body["user_code"].as_str().unwrap().to_lowercase().replace('-', " ");
    let wrong = browser.send(&page, "user_code", &[("user_code", "BCDF-GHJK")]).await;
    assert_eq!(wrong.status, 422);
    let page = browser.send(&wrong, "user_code", &[("user_code", &typed)]).await;
    assert!(page.html.contains("Shop"), "{}", page.html);
    let done = browser.send(&page, "decision", &[("decision", "allow")]).await;
    assert_eq!(done.status, 200);
    let good = poll(device).await;
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(claims(&good.body["id_token"])["amr"], json!(["pwd"]));
    assert_eq!(poll(device).await.body["error"], "invalid_grant");
    let codes = ask().await;
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    browser.send(&page, "decision", &[("decision", "deny")]).await;
    assert_eq!(poll(&codes.body["device_code"]).await.body["error"], "access_denied");
    let mut page = browser.open("/uaa/device").await;
    for _ in 0..6 {
        page = browser.send(&page, "user_code", &[("user_code", "BCDF-GHJK")]).await;
    }
    assert_eq!(page.status, 429, "guessing is slow");
}
