//! What people do with a browser stands in the audit log: who, from where, by what, for which client.

use crate::approvals::keeper;
use crate::authorize::{SECRET, SHOP, sign_in};
use crate::factors::passkey::{answers, with_passkey};
use crate::factors::{half, with_app};
use serde_json::{Value, json};
use tests::{Browser, Engine, Hallmark, said};

/// The log of a server that has ended: what is kept in memory for a moment is written then.
pub(crate) struct Log {
    rows: Vec<Value>,
    text: String,
    user: String,
}

impl Log {
    /// Ends the server and reads it.
    pub(crate) async fn of(server: &mut Hallmark) -> Log {
        let admin = server.admin().await;
        let me = server.ask(&admin, "GET", &format!("{}/userinfo", server.uaa()), None).await;
        let user = me.body["user_id"].as_str().unwrap().to_owned();
        server.terminate();
        assert_eq!(server.exit_code().await, Some(0));
        let (holds, told) = server.verify();
        assert!(holds, "{told}");
        let text = server.command(&["audit", "export"]).out;
        let rows = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        Log { rows, text, user }
    }

    /// The rows of that operation whose event is that one and whose data has these members.
    pub(crate) fn rows(&self, operation: &str, event: &str, data: &Value) -> Vec<&Value> {
        let wanted = data.as_object().unwrap();
        let has = |row: &Value| wanted.iter().all(|(name, value)| row["data"][name] == *value);
        self.rows
            .iter()
            .filter(|row| row["operation"] == operation && row["event"] == event && has(row))
            .collect()
    }

    /// That there is one, of the administrator, from this machine.
    fn hers(&self, operation: &str, event: &str, data: Value) -> &Value {
        let rows = self.rows(operation, event, &data);
        let mine = |row: &&&Value| {
            row["actor"] == json!({"type": "user", "id": self.user, "name": "admin"})
                && row["data"]["address"] == "127.0.0.1"
        };
        let all = || self.rows.iter().filter(|row| row["operation"] == operation).collect::<Vec<_>>();
        rows.iter().find(mine).unwrap_or_else(|| panic!("{operation} {event} {data}: {:#?}", all()))
    }

    pub(crate) fn holds_none_of(&self, secrets: &[&str]) {
        for secret in secrets {
            assert!(!secret.is_empty() && !self.text.contains(secret), "a secret is in the log");
        }
    }
}

#[tokio::test]
async fn a_browsers_sign_in_and_what_came_of_it_says_who() {
    let mut server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    browser.send(&page, "decision", &[("decision", "deny")]).await;
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let back = browser.send(&page, "decision", &[("decision", "allow")]).await;
    let code = back.given("code").unwrap();
    let tokens = SHOP.redeem(&server, &code, &[]).await;
    let passcode = browser.open("/uaa/passcode").await.text("#passcode");
    let form = [("grant_type", "password"), ("passcode", passcode.as_str())];
    assert_eq!(server.token("cf", "", &form).await.status, 200);
    let out = browser.open("/uaa/logout.do").await;
    let out = browser.send(&out, "decision", &[("decision", "sign-out")]).await;
    assert_eq!(out.text("h1"), "You are signed out");
    let (shop, pwd) = (json!("shop"), json!("pwd"));
    let log = Log::of(&mut server).await;
    let began = log.hers(
        "sign_in_create",
        "UserAuthenticationSuccess",
        json!({"origin": "uaa", "amr": pwd, "client": shop}),
    );
    assert_eq!((&began["target"]["type"], &began["target"]["name"]), (&json!("session"), &json!("admin")));
    assert_eq!((&began["client"], &began["via"]), (&shop, &json!("system:sign_in")));
    let denied = log.hers("authorization_create", "ApprovalModifiedEvent", json!({"origin": "uaa"}));
    assert_eq!((&denied["outcome"], &denied["client"]), (&json!("denied"), &shop));
    let allowed = json!({"client": shop, "scope": "cloud_controller.read", "status": "APPROVED"});
    assert_eq!(log.hers("authorization_create", "ApprovalModifiedEvent", allowed)["outcome"], "done");
    log.hers("authorization_create", "", json!({"token": "code", "scope": "cloud_controller.read openid"}));
    assert_eq!(log.hers("token_create", "TokenIssuedEvent", json!({"token": "refresh"}))["client"], shop);
    log.hers("passcode_show", "", json!({"token": "passcode"}));
    let used = json!({"by": "passcode", "origin": "uaa", "amr": pwd, "client": "cf"});
    log.hers("token_create", "UserAuthenticationSuccess", used);
    let ended = log.hers("session_end_posted", "", json!({"user": log.user}));
    assert_eq!((&ended["verb"], &ended["target"]["type"]), (&json!("delete"), &json!("session")));
    // The log asked itself who the administrator is.
    let by_password =
        log.hers("token_create", "UserAuthenticationSuccess", json!({"origin": "uaa", "count": 1}));
    assert_eq!((&by_password["client"], &by_password["outcome"]), (&json!("cf"), &json!("signed_in")));
    let refresh = tokens.body["refresh_token"].as_str().unwrap();
    log.holds_none_of(&[&passcode, &passcode.replace('-', ""), &code, refresh, &server.admin_password()]);
}

#[tokio::test]
async fn a_device_an_autologin_and_an_approval_by_token_say_who() {
    let mut server = Hallmark::start().await;
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let grants = json!([grant, "authorization_code", "refresh_token"]);
    SHOP.register(&server, json!({"authorized_grant_types": grants})).await;
    let basic = |path: &str| {
        reqwest::Client::new().post(format!("{}{path}", server.uaa())).basic_auth("shop", Some(SECRET))
    };
    let password = server.admin_password();
    let form = [("username", "admin"), ("password", password.as_str())];
    let code = said(basic("/autologin").form(&form)).await.body["code"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&server.uaa());
    let home = browser.open(&format!("/uaa/autologin?code={code}&client_id=shop")).await;
    assert_eq!(home.text("h1"), "Applications");
    let codes = said(basic("/oauth/device_authorization").form(&[("scope", "openid")])).await;
    let page = browser.open(codes.body["verification_uri_complete"].as_str().unwrap()).await;
    let page = browser.send(&page, "user_code", &[]).await;
    assert_eq!(browser.send(&page, "decision", &[("decision", "allow")]).await.status, 200);
    let token = keeper(&server).await;
    let url = format!("{}/approvals", server.uaa());
    let put = json!([{"clientId": "shop", "scope": "openid", "status": "DENIED"}]);
    assert_eq!(server.ask(&token, "PUT", &url, Some(put)).await.status, 200);
    let gone = server.ask(&token, "DELETE", &format!("{url}?clientId=shop"), None).await;
    assert_eq!(gone.status, 200, "{gone:?}");
    let log = Log::of(&mut server).await;
    let shop = json!("shop");
    assert_eq!(
        log.hers("autologin_create", "", json!({"code": "autologin", "client": shop}))["client"],
        shop
    );
    let began = json!({"origin": "uaa", "amr": "pwd", "client": shop});
    log.hers("autologin_redeem", "UserAuthenticationSuccess", began);
    let asked = &log.rows("device_create", "", &json!({"token": "device"}))[0];
    assert_eq!((&asked["actor"]["type"], &asked["actor"]["name"]), (&json!("client"), &shop));
    let allowed = json!({"client": shop, "scope": "openid", "status": "APPROVED"});
    log.hers("device_update", "ApprovalModifiedEvent", allowed);
    let denied = json!({"client": shop, "scope": "openid", "status": "DENIED"});
    for operation in ["approval_replace", "approval_delete"] {
        assert_eq!(log.hers(operation, "ApprovalModifiedEvent", denied.clone())["client"], "keeper");
    }
    let text = |name: &str| codes.body[name].as_str().unwrap();
    log.holds_none_of(&[&code, text("device_code"), text("user_code"), &token]);
}

#[tokio::test]
async fn posted_credentials_and_a_checked_password_say_who() {
    let mut server = Hallmark::start().await;
    SHOP.register(
        &server,
        json!({"authorized_grant_types": ["implicit"], "client_secret": null, "autoapprove": true}),
    )
    .await;
    let (uaa, password) = (server.uaa(), server.admin_password());
    let form = [("username", "admin"), ("password", password.as_str())];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let checked = said(client.post(format!("{uaa}/authenticate")).form(&form)).await;
    assert_eq!(checked.status, 200, "{checked:?}");
    let asks = [
        ("response_type", "token"),
        ("client_id", "shop"),
        ("redirect_uri", SHOP.redirect),
        ("source", "credentials"),
    ];
    let given = said(client.post(format!("{uaa}/oauth/authorize")).form(&[&form[..], &asks].concat())).await;
    assert!(given.location.as_deref().is_some_and(|to| to.contains("access_token=")), "{given:?}");
    let log = Log::of(&mut server).await;
    for (operation, client) in [("password_check", ""), ("authorization_create", "shop")] {
        let row = log.hers(operation, "UserAuthenticationSuccess", json!({"origin": "uaa"}));
        assert_eq!((&row["client"], &row["changed"]), (&json!(client), &json!("pwd")));
    }
    log.holds_none_of(&[&password]);
}

#[tokio::test]
async fn second_factors_and_recovery_codes_say_who() {
    let mut server = Hallmark::start().await;
    let (_, app, codes) = with_app(&server).await;
    let (mut browser, page) = half(&server).await;
    let wrong = browser.send(&page, "code", &[("code", app.wrong())]).await;
    assert_eq!(wrong.status, 422);
    browser.send(&page, "code", &[("code", &app.code(true))]).await;
    let (mut browser, page) = half(&server).await;
    let page = browser.open(&page.attribute("a[href*=recovery]", "href")).await;
    let home = browser.send(&page, "code", &[("code", &codes[3])]).await;
    assert_eq!(home.text("h1"), "Applications");
    // So that the log can ask who it is by a password alone.
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let users = server
        .ask(&root, "GET", &format!("{}/Users?filter=userName+eq+%22admin%22", server.uaa()), None)
        .await;
    let id = users.body["resources"][0]["id"].as_str().unwrap();
    let reset = format!("{}/access/v1/users/{id}/factors", server.uaa());
    assert_eq!(server.ask(&root, "DELETE", &reset, None).await.status, 204);
    let log = Log::of(&mut server).await;
    log.hers("sign_in_create", "", json!({"lacks": "second_factor", "amr": "pwd", "origin": "uaa"}));
    for (operation, factor, amr) in
        [("second_factor_create", "app", "pwd otp mfa"), ("recovery_code_create", "recovery", "pwd rec mfa")]
    {
        let used = log.hers(operation, "MfaAuthenticationSuccess", json!({"factor": factor}));
        assert_eq!(used["target"], json!({"type": "user", "id": log.user, "name": "admin"}));
        log.hers(operation, "UserAuthenticationSuccess", json!({"amr": amr, "origin": "uaa"}));
    }
    let failed = log.hers("second_factor_create", "UserAuthenticationFailure", json!({"origin": "uaa"}));
    assert_eq!(failed["changed"], "second_factor");
    log.holds_none_of(&codes.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_passkey_says_who() {
    let mut server = Hallmark::start_named(Engine::Sqlite).await;
    let (mut owner, mut device, _) = with_passkey(&server).await;
    let (_, home) = answers(&server, &mut device).await;
    assert_eq!(home.text("h1"), "Applications");
    let profile = owner.open("/uaa/profile").await;
    owner.send(&profile, "remove", &[]).await;
    let log = Log::of(&mut server).await;
    log.hers("sign_in_identify", "UserAuthenticationSuccess", json!({"amr": "hwk mfa", "origin": "uaa"}));
    log.hers("sign_in_identify", "MfaAuthenticationSuccess", json!({"factor": "passkey"}));
}

/// The event is of the user whose password it is, and not of a session that ended with the old one.
#[tokio::test]
async fn a_new_password_is_an_event_of_its_user() {
    let mut server = Hallmark::start().await;
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let root = root.body["access_token"].as_str().unwrap().to_owned();
    let users = format!("{}/Users", server.uaa());
    let mira = json!({"userName": "mira", "password": "a quiet first one", "emails": [{"value": "mira@acme.example"}]});
    let made = server.ask(&root, "POST", &users, Some(mira)).await;
    let id = made.body["id"].as_str().unwrap().to_owned();
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    browser.send(&page, "password", &[("password", "a quiet first one")]).await;
    let change = json!({"password": "a quiet second one"});
    let done = server.ask(&root, "PUT", &format!("{users}/{id}/password"), Some(change)).await;
    assert_eq!(done.status, 200, "{done:?}");
    let page = browser.open("/uaa/login").await;
    let page = browser.send(&page, "username", &[("username", "mira")]).await;
    let profile = browser.send(&page, "password", &[("password", "a quiet second one")]).await;
    assert_eq!(profile.text("h1"), "Applications");
    let page = browser.open("/uaa/change_password").await;
    let own = [
        ("password", "a quiet second one"),
        ("new_password", "a quiet third one"),
        ("new_password_confirmation", "a quiet third one"),
    ];
    assert_eq!(browser.send(&page, "password", &own).await.url.path(), "/uaa/profile");
    let log = Log::of(&mut server).await;
    let hers = json!({"type": "user", "id": id, "name": "mira"});
    for (operation, actor) in [("user_password_update", "admin"), ("own_password_update", "mira")] {
        let rows = log.rows(operation, "PasswordChangeSuccess", &json!({"address": "127.0.0.1"}));
        assert_eq!((rows.len(), &rows[0]["target"], &rows[0]["actor"]["name"]), (1, &hers, &json!(actor)));
        assert_eq!(rows[0]["verb"], "update");
        let ended = log.rows(operation, "", &json!({"user": id}));
        assert!(!ended.is_empty() && ended.iter().all(|row| row["actor"]["name"] == actor), "{ended:#?}");
    }
    log.holds_none_of(&["a quiet"]);
}
