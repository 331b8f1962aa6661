//! Signing in with a browser, and what applications get of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Page, on_every_server};
use uaa_token::digest;

on_every_server!(
    a_person_signs_in_once_and_an_application_gets_a_code,
    a_code_is_good_once_and_what_came_of_it_ends_with_the_second_time,
    the_person_is_asked_and_the_answer_is_remembered
);

/// An application with one return address.
pub(crate) struct App {
    pub(crate) id: &'static str,
    pub(crate) redirect: &'static str,
}

pub(crate) const SHOP: App = App { id: "shop", redirect: "https://shop.example/cb" };
pub(crate) const SECRET: &str = "open sesame";
pub(crate) const VERIFIER: &str = "0123456789abcdef0123456789abcdef0123456789a";

impl App {
    pub(crate) async fn register(&self, server: &Hallmark, more: Value) {
        let token =
            server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
        let token = token.body["access_token"].as_str().unwrap().to_owned();
        let (url, body) = (format!("{}/oauth/clients", server.uaa()), self.registered(&more));
        let made = server.ask(&token, "POST", &url, Some(body)).await;
        assert_eq!(made.status, 201, "{made:?}");
    }

    /// What it is registered with, and with other members instead of some.
    pub(crate) fn registered(&self, more: &Value) -> Value {
        let mut body = json!({
            "client_id": self.id,
            "client_secret": SECRET,
            "name": "Shop",
            "scope": ["openid", "profile", "cloud_controller.read"],
            "authorized_grant_types": ["authorization_code", "refresh_token"],
            "redirect_uri": [self.redirect],
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    pub(crate) fn ask(&self, server: &Hallmark, more: &[(&str, &str)]) -> String {
        self.ask_at(&server.uaa(), more)
    }

    /// The address of a usual request at that UAA, with other parameters instead of some.
    pub(crate) fn ask_at(&self, uaa: &str, more: &[(&str, &str)]) -> String {
        let mut url = reqwest::Url::parse(&format!("{uaa}/oauth/authorize")).unwrap();
        url.query_pairs_mut().extend_pairs(self.parameters(more));
        url.into()
    }

    /// The parameters of a usual request, with others instead of some.
    pub(crate) fn parameters(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
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
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    pub(crate) async fn redeem(&self, server: &Hallmark, code: &str, more: &[(&str, &str)]) -> tests::Said {
        let usual = self.shown(code);
        let kept = usual.iter().filter(|(name, _)| !more.iter().any(|(n, _)| n == name));
        let form: Vec<(&str, &str)> = kept.chain(more).copied().filter(|(_, v)| !v.is_empty()).collect();
        server.token(self.id, SECRET, &form).await
    }

    /// What a code is usually redeemed with.
    pub(crate) fn shown<'a>(&self, code: &'a str) -> [(&'static str, &'a str); 4] {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.redirect),
            ("code_verifier", VERIFIER),
        ]
    }
}

/// Signs in at the page that it is given, as the administrator.
pub(crate) async fn sign_in(server: &Hallmark, browser: &mut Browser, page: &Page) -> Page {
    sign_in_as(browser, page, ("admin", &server.admin_password())).await
}

/// The same as somebody: name and password.
pub(crate) async fn sign_in_as(browser: &mut Browser, page: &Page, (name, password): (&str, &str)) -> Page {
    assert_eq!(page.text("h1"), "Sign in", "{}", page.html);
    let page = browser.send(page, "username", &[("username", name)]).await;
    assert_eq!(page.text("h1"), "Enter your password");
    browser.send(&page, "password", &[("password", password)]).await
}

pub(crate) fn claims(token: &Value) -> Value {
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
    // The access token is a JWT that is kept nowhere.
    let access = good[0].body["access_token"].as_str().unwrap();
    let shown = server.ask(access, "GET", &format!("{}/userinfo", server.uaa()), None).await;
    assert_eq!(shown.status, 401, "{shown:?}");
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
        ([("code_verifier", "")], "invalid_grant"),
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
    assert!(
        page.text(".lead").contains("shop.example"),
        "whose it is, whatever it calls itself: {}",
        page.html
    );
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
    let (_, _, mut fields) = again.form("decision", &[("decision", "allow")]);
    fields.retain(|(name, _)| name != "csrf" && name != "X-Uaa-Csrf");
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
            "what the browser held before is good no more"
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
    // Nobody is there to prove it again.
    let again =
        ask(format!("{}/oauth/authorize?response_type=code&client_id=ssh-proxy&max_age=0", server.uaa()))
            .await;
    assert!(again.headers()["location"].to_str().unwrap().contains("error=login_required"));
    let refused = ask(SHOP.ask(&server, &[])).await;
    assert!(refused.headers()["location"].to_str().unwrap().contains("error=access_denied"));
    let client_token =
        server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let client_token = client_token.body["access_token"].as_str().unwrap().to_owned();
    let machine = client.get(SHOP.ask(&server, &[])).bearer_auth(client_token).send().await.unwrap();
    assert_eq!(machine.status(), 401);
}
