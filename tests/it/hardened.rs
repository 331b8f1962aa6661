//! What authorization servers were hit by, one by one (`docs/security.md`): whatever has no better place.

use crate::authorize::{SECRET, SHOP, sign_in};
use crate::mail::Mailing;
use serde_json::{Value, json};
use std::fs::File;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;
use tests::{Browser, Hallmark, Said, hallmark, said};

async fn root(server: &Hallmark) -> String {
    let said = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    said.body["access_token"].as_str().unwrap().to_owned()
}

async fn mira(server: &Hallmark, root: &str) -> String {
    let user = json!({"userName": "mira", "password": "a koala at noon", "emails": [{"value": "mira@acme.example"}]});
    let made = server.ask(root, "POST", &format!("{}/Users", server.uaa()), Some(user)).await;
    made.body["id"].as_str().unwrap_or_else(|| panic!("{made:?}")).to_owned()
}

async fn password_grant(server: &Hallmark, more: &[(&str, &str)]) -> Said {
    let form = [("grant_type", "password"), ("username", "mira"), ("password", "a koala at noon")];
    server.token("cf", "", &[&form[..], more].concat()).await
}

/// Login CSRF (CVE-2015-5170, CVE-2020-5402): somebody else's page signs nobody in, with a right password and a field of its own.
#[tokio::test]
async fn a_form_of_another_site_signs_nobody_in() {
    let server = Hallmark::start().await;
    let password = server.admin_password();
    let mut own = Browser::at(&server.uaa());
    let page = own.open("/uaa/login").await;
    let (_, _, fields) = page.form("username", &[]);
    let theirs = fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let credentials = [("username".to_owned(), "admin".to_owned()), ("password".to_owned(), password)];
    for (path, csrf, site) in [
        ("/uaa/login.do", None, None),
        ("/uaa/login.do", Some("made-up"), None),
        // One that the attacker's own browser was given.
        ("/uaa/login.do", Some(theirs.as_str()), None),
        ("/uaa/login", Some(theirs.as_str()), None),
        ("/uaa/passcode", Some(theirs.as_str()), None),
        ("/uaa/device", Some(theirs.as_str()), None),
        ("/uaa/profile", Some(theirs.as_str()), None),
        ("/uaa/login.do", None, Some("cross-site")),
    ] {
        let mut victim = Browser::at(&server.uaa());
        victim.open("/uaa/login").await;
        victim.headers.extend(site.map(|site| ("sec-fetch-site", site.to_owned())));
        let mut sent = credentials.to_vec();
        sent.extend(csrf.map(|csrf| ("csrf".to_owned(), csrf.to_owned())));
        let said = victim.post(path, &sent).await;
        // What might be an old form of ours leads to its page anew, and from there to the sign-in.
        let expected = if csrf.is_some() { (200, "Sign in") } else { (403, "We cannot go on from here") };
        assert_eq!((said.status, said.text("h1").as_str()), expected, "{path} {csrf:?} {site:?}");
        assert_eq!(victim.cookie("hallmark-session"), None, "{path} {csrf:?} {site:?}");
    }
    let home = own.send(&page, "username", &[("username", "admin")]).await;
    assert_eq!(home.text("h1"), "Enter your password", "our own form is taken");
}

/// Clickjacking (CVE-2019-3794), and RFC 9700 section 4.16: nobody frames our pages, and they load nothing from elsewhere.
#[tokio::test]
async fn pages_are_in_nobodys_frame_and_load_nothing_from_elsewhere() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let mut browser = Browser::at(&server.uaa());
    let consent = SHOP.ask(&server, &[]);
    let page = browser.open("/uaa/login").await;
    let typed = browser.send(&page, "username", &[("username", "admin")]).await;
    let mut pages = vec![page];
    for path in [
        "/uaa/forgot_password",
        "/uaa/create_account",
        "/uaa/reset_password?code=x",
        "/uaa/invitations/accept?code=x",
    ] {
        pages.push(browser.open(path).await);
    }
    let home = browser.send(&typed, "password", &[("password", &server.admin_password())]).await;
    pages.extend([typed, home]);
    for path in [
        &consent,
        "/uaa/profile",
        "/uaa/device",
        "/uaa/passcode",
        "/uaa/login/app?up=mfa",
        "/uaa/change_password",
        "/uaa/logout.do",
        "/uaa/oauth/authorize?client_id=nobody",
        "/uaa/nothing",
    ] {
        pages.push(browser.open(path).await);
    }
    for page in pages {
        let header =
            |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{}: {policy}", page.url);
        }
        for directive in policy.split("; ").filter(|d| {
            ["script-src", "style-src", "img-src", "font-src", "connect-src"].iter().any(|n| d.starts_with(n))
        }) {
            assert!(
                !directive.contains("http") && !directive.contains('*') && !directive.contains("unsafe"),
                "{}: {directive}",
                page.url
            );
        }
        assert!(["no-referrer", "same-origin"].contains(&header("referrer-policy")), "{}", page.url);
        for loads in
            ["script[src^=http]", "link[href^=http]", "img[src^=http]", "iframe", "script:not([src])"]
        {
            assert!(!page.has(loads), "{}: {loads}", page.url);
        }
    }
}

/// A header that is no credential is told so and breaks nothing (CVE-2026-9803).
#[tokio::test]
async fn an_authorization_header_of_any_form_is_no_fault_of_ours() {
    let server = Hallmark::start().await;
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "bearer  ",
        "Bearer a b",
        "Bearer \u{e4}",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic OnM=",
        "Basic /////w==",
        "DPoP",
        "DPoP x",
        "Digest x",
        "Negotiate",
        ".",
        "Bearer ..",
        "Bearer a.b.c",
    ] {
        for (method, path) in [
            ("GET", "/Users"),
            ("GET", "/userinfo"),
            ("POST", "/oauth/token"),
            ("POST", "/introspect"),
            ("POST", "/check_token"),
            ("POST", "/oauth/revoke"),
            ("GET", "/clientinfo"),
            ("PUT", "/approvals"),
            ("POST", "/oauth/par"),
        ] {
            let method: reqwest::Method = method.parse().unwrap();
            let request = reqwest::Client::new().request(method, format!("{}{path}", server.uaa()));
            let value = reqwest::header::HeaderValue::from_bytes(header.as_bytes()).unwrap();
            let said = said(request.header("authorization", value).form(&[("token", "x")])).await;
            assert!([400, 401].contains(&said.status), "{header} {path}: {said:?}");
        }
    }
}

/// A part of a token, or one with something behind it, is another text (CVE-2026-27840).
#[tokio::test]
async fn a_part_of_a_token_is_none() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    mira(&server, &root).await;
    let jwt = password_grant(&server, &[]).await;
    let opaque = password_grant(&server, &[("token_format", "opaque")]).await;
    let text = |said: &Said, name: &str| said.body[name].as_str().unwrap().to_owned();
    for token in [text(&jwt, "access_token"), text(&opaque, "access_token")] {
        assert_eq!(server.ask_about(&token).await["active"], true);
        for other in [
            &token[..token.len() - 1],
            &token[1..],
            &format!("{token}0"),
            &format!("{token}="),
            &token.to_uppercase(),
        ] {
            assert_eq!(server.ask_about(other).await, json!({"active": false}), "{other}");
        }
    }
    let refresh = text(&jwt, "refresh_token");
    for other in [&refresh[..refresh.len() - 1], &refresh[1..], &format!("{refresh}0")] {
        let said = server.token("cf", "", &[("grant_type", "refresh_token"), ("refresh_token", other)]).await;
        assert_eq!(said.status, 401, "{said:?}");
    }
}

/// Keycloak #31296: what was revoked in one life of the server is revoked in the next, also what was kept nowhere.
#[tokio::test]
async fn what_was_revoked_stays_so_after_a_restart() {
    let mut server = Hallmark::start().await;
    let root = root(&server).await;
    mira(&server, &root).await;
    let tokens = password_grant(&server, &[]).await;
    let opaque = password_grant(&server, &[("token_format", "opaque")]).await;
    let text = |said: &Said, name: &str| said.body[name].as_str().unwrap().to_owned();
    let all = [text(&tokens, "access_token"), text(&opaque, "access_token"), text(&opaque, "refresh_token")];
    for token in &all {
        let url = format!("{}/oauth/revoke", server.uaa());
        let form = [("token", token.as_str())];
        assert_eq!(
            said(reqwest::Client::new().post(url).basic_auth("cf", Some("")).form(&form)).await.status,
            200
        );
    }
    for _ in 0..2 {
        for token in &all[..2] {
            assert_eq!(server.ask_about(token).await, json!({"active": false}));
        }
        let form = [("grant_type", "refresh_token"), ("refresh_token", all[2].as_str())];
        assert_eq!(server.token("cf", "", &form).await.status, 401);
        server.restart_after_kill().await;
    }
}

/// GO-2025-3822, GO-2025-4137: whoever may not sign in any more gets no token by any grant, nor does a client that is gone.
#[tokio::test]
async fn whoever_is_deactivated_gets_and_keeps_no_token() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    let id = mira(&server, &root).await;
    SHOP.register(&server, json!({"autoapprove": true, "authorized_grant_types": ["authorization_code", "refresh_token", "client_credentials"]})).await;
    let tokens = password_grant(&server, &[]).await;
    let text = |said: &Said, name: &str| said.body[name].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/passcode").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let passcode =
        browser.send(&page, "password", &[("password", "a koala at noon")]).await.text("#passcode");
    let code = browser.open(&SHOP.ask(&server, &[("scope", "openid")])).await.given("code").unwrap();
    let patch = json!({"active": false});
    let url = format!("{}/Users/{id}", server.uaa());
    let request = reqwest::Client::new().patch(&url).bearer_auth(&root).header("if-match", "*").json(&patch);
    let shut = said(request).await;
    assert_eq!(shut.status, 200, "{shut:?}");
    assert_eq!(server.ask_about(&text(&tokens, "access_token")).await, json!({"active": false}));
    let refresh = text(&tokens, "refresh_token");
    for form in [
        vec![("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())],
        vec![("grant_type", "password"), ("passcode", passcode.as_str())],
    ] {
        assert!([400, 401].contains(&server.token("cf", "", &form).await.status), "{form:?}");
    }
    assert_eq!(password_grant(&server, &[]).await.status, 401);
    assert_eq!(SHOP.redeem(&server, &code, &[]).await.body["error"], "invalid_grant");
    assert_eq!(browser.open("/uaa/home").await.text("h1"), "Sign in");
    let own = server.token("shop", SECRET, &[("grant_type", "client_credentials")]).await;
    let gone = server.ask(&root, "DELETE", &format!("{}/oauth/clients/shop", server.uaa()), None).await;
    assert_eq!(gone.status, 200);
    assert_eq!(server.ask_about(&text(&own, "access_token")).await, json!({"active": false}));
    assert_eq!(server.token("shop", SECRET, &[("grant_type", "client_credentials")]).await.status, 401);
}

/// CVE-2019-3775: nobody says of themselves that their address is confirmed, or puts another one there, without its link.
#[tokio::test]
async fn nobody_confirms_an_address_of_their_own() {
    let server = Hallmark::start().await;
    let root = root(&server).await;
    let id = mira(&server, &root).await;
    let token = password_grant(&server, &[]).await.body["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/Users/{id}", server.uaa());
    let before = server.ask(&root, "GET", &url, None).await.body;
    for (method, body) in [
        ("PUT", json!({"userName": "mira", "verified": true, "emails": [{"value": "admin@acme.example"}]})),
        ("PATCH", json!({"verified": true})),
        ("PATCH", json!({"emails": [{"value": "admin@acme.example"}]})),
        ("PATCH", json!({"active": true, "origin": "ldap"})),
    ] {
        let method: reqwest::Method = method.parse().unwrap();
        let request =
            reqwest::Client::new().request(method, &url).bearer_auth(&token).header("if-match", "*");
        let refused = said(request.json(&body)).await;
        assert_eq!(refused.status, 403, "{refused:?}");
    }
    let after = server.ask(&root, "GET", &url, None).await.body;
    for member in ["verified", "emails", "origin", "meta"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

/// CVE-2017-4994, GHSA-2wmj-46rj-qm2w: a link in a message leads where the configuration says, whatever the request called the server.
#[tokio::test]
async fn links_in_mail_lead_where_the_configuration_says() {
    let mut it = Mailing::start().await;
    it.user("mira", "mira@acme.example").await;
    let mut browser = Browser::at(&it.server.uaa());
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-forwarded-proto", "https"),
        ("x-original-host", "evil.example"),
        ("x-forwarded-port", "1"),
        ("x-forwarded-prefix", "/evil"),
    ] {
        browser.headers.push((name, value.to_owned()));
    }
    it.forgot(&mut browser, "mira").await;
    let mail = it.sink.caught().await;
    assert!(mail.link().starts_with(&it.server.uaa()), "{}", mail.link());
    assert!(!mail.text.contains("evil"), "{}", mail.text);
}

/// RFC 9700 section 4.12: what a form posted is not posted on. A browser follows 302 with GET and without the form; 307 and 308 would
/// carry a password to the application.
#[tokio::test]
async fn a_password_is_not_posted_on() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    assert!(back.given("code").is_some());
    assert!(!back.elsewhere.unwrap().as_str().contains(&server.admin_password()));
    // Nor does any other route of ours.
    let routes = include_str!("../golden/openapi.json");
    let routes: Value = serde_json::from_str(routes).unwrap();
    let mut redirects = 0;
    for path in routes["paths"].as_object().unwrap().values() {
        for (_, operation) in path.as_object().unwrap() {
            let Some(answers) = operation["responses"].as_object() else { continue };
            redirects += usize::from(answers.contains_key("302"));
            assert!(!answers.contains_key("307") && !answers.contains_key("308"), "{operation}");
        }
    }
    assert!(redirects > 10, "the document says where they are");
}

/// CVE-2016-6659, CVE-2018-1192, CVE-2019-11290, CVE-2019-11293; RFC 9700 section 4.3: neither passwords nor secrets, tokens or codes are
/// in the log, at its most talkative.
#[tokio::test]
async fn no_secret_is_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = data.path().join("log");
    let mut running = hallmark()
        .args(["up", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data.path())
        .env("HALLMARK_LOG_FILTER", "trace")
        .stdout(File::create(data.path().join("out")).unwrap())
        .stderr(Stdio::from(File::create(&file).unwrap()))
        .spawn()
        .unwrap();
    let uaa = format!("http://127.0.0.1:{port}/uaa");
    let client = reqwest::Client::new();
    for _ in 0..500 {
        if client
            .get(format!("http://127.0.0.1:{port}/healthz"))
            .send()
            .await
            .is_ok_and(|r| r.status().is_success())
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let secret = |name: &str| std::fs::read_to_string(data.path().join(name)).unwrap().trim().to_owned();
    let (password, own) = (secret("admin-password"), secret("admin-client-secret"));
    let token = async |id: &str, secret: &str, form: &[(&str, &str)]| {
        said(client.post(format!("{uaa}/oauth/token")).basic_auth(id, Some(secret)).form(form)).await
    };
    let tokens =
        token("cf", "", &[("grant_type", "password"), ("username", "admin"), ("password", &password)]).await;
    let text = |name: &str| tokens.body[name].as_str().unwrap().to_owned();
    let (access, refresh) = (text("access_token"), text("refresh_token"));
    token("admin", &own, &[("grant_type", "client_credentials")]).await;
    token("admin", "a-wrong-secret", &[("grant_type", "client_credentials")]).await;
    token("cf", "", &[("grant_type", "password"), ("username", "admin"), ("password", "a-wrong-password")])
        .await;
    token("a-secret-as-a-name", "x", &[("grant_type", "client_credentials")]).await;
    let _ = client.get(format!("{uaa}/userinfo?access_token={access}")).send().await;
    let _ = client.get(format!("{uaa}/reset_password?code=a-code-of-mail")).send().await;
    let _ = client.get(format!("{uaa}/Users")).bearer_auth(&access).send().await;
    let mut browser = Browser::at(&uaa);
    let page = browser.open("/uaa/passcode").await;
    let page = browser.send(&page, "username", &[("username", "admin")]).await;
    let passcode = browser.send(&page, "password", &[("password", &password)]).await.text("#passcode");
    token("cf", "", &[("grant_type", "password"), ("passcode", &passcode)]).await;
    let session = browser.cookie("hallmark-session").unwrap().to_owned();
    running.kill().unwrap();
    running.wait().unwrap();
    // The first start shows once what nobody would know otherwise, on lines of its own.
    let log = std::fs::read_to_string(file).unwrap() + &secret("out");
    let log: String = log.lines().filter(|line| line.starts_with("20")).collect();
    assert!(log.contains("a client did not show who it is"), "it was written");
    for secret in [
        &password,
        &own,
        &access,
        &refresh,
        &session,
        &passcode,
        "a-wrong-secret",
        "a-wrong-password",
        "a-secret-as-a-name",
        "a-code-of-mail",
        "$argon2",
    ] {
        assert!(!log.contains(secret), "`{secret}` is in the log");
    }
}

/// CVE-2026-16100: what strangers send is in no label of a figure, or they would fill the memory of whoever collects them.
#[tokio::test]
async fn nothing_that_strangers_send_is_a_label() {
    let server = Hallmark::start().await;
    for n in 0..20 {
        let request = reqwest::Client::new().get(format!("{}/stranger-{n}", server.uaa()));
        let _ = request.header("user-agent", format!("stranger-{n}")).send().await;
        let method = reqwest::Method::from_bytes(format!("STRANGER{n}").as_bytes()).unwrap();
        let _ = reqwest::Client::new().request(method, format!("{}/Users", server.uaa())).send().await;
        server.token(&format!("stranger-{n}"), "x", &[("grant_type", &format!("stranger-{n}"))]).await;
    }
    let figures = reqwest::get(format!("{}/metrics", server.api())).await.unwrap().text().await.unwrap();
    assert!(figures.contains("hallmark_requests_total"), "{figures}");
    assert!(!figures.to_lowercase().contains("stranger"), "{figures}");
}
