//! Second factors: set up, asked for, used once, taken away; and what a password alone does not open.

pub(crate) mod passkey;
mod policy;

use crate::authorize::{SHOP, claims, sign_in};
use serde_json::{Value, json};
use tests::{Browser, Hallmark, Page, on_every_server};
use totp_rs::{Builder, Secret, Totp};
use uaa_model::{Clock, Micros, SystemClock};

on_every_server!(
    an_app_is_set_up_and_asked_for,
    a_password_alone_changes_no_password,
    of_many_equal_codes_at_once_one_is_good,
    a_recovery_code_is_good_once
);

/// An authenticator app: what the page showed it.
pub(crate) struct App(Totp);

impl App {
    pub(crate) fn reads(page: &Page) -> App {
        let key: String = page.text("code").split_whitespace().collect();
        let secret = Secret::try_from_base32(&key).expect("a key");
        App(Builder::new().with_secret(secret).build().expect("an app"))
    }

    /// The code that it shows. One of the next half minute, which is taken as well, for a second use at once.
    pub(crate) fn code(&self, next: bool) -> String {
        self.code_at(SystemClock.now() + if next { 30_000_000 } else { 0 })
    }

    /// The code that it shows at that time.
    pub(crate) fn code_at(&self, now: Micros) -> String {
        self.0.generate(u64::try_from(now).expect("after 1970") / 1_000_000).to_string()
    }

    pub(crate) fn wrong(&self) -> &'static str {
        if [self.code(false), self.code(true)].contains(&"000000".to_owned()) { "111111" } else { "000000" }
    }
}

/// Somebody who has set up an app on the profile: the browser, the app, the recovery codes.
pub(crate) async fn with_app(server: &Hallmark) -> (Browser, App, Vec<String>) {
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/profile").await;
    let profile = sign_in(server, &mut browser, &page).await;
    let page = browser.open(&link(&profile, "#totp form")).await;
    assert_eq!(page.text("h1"), "Set up your authenticator app", "{}", page.html);
    let app = App::reads(&page);
    let page = browser.send(&page, "code", &[("code", app.wrong())]).await;
    assert_eq!((page.status, App::reads(&page).code(true)), (422, app.code(true)), "the same key again");
    let page = browser.send(&page, "code", &[("code", &app.code(false))]).await;
    assert_eq!(page.text("h1"), "Keep these recovery codes", "{}", page.html);
    let codes: Vec<String> = page.text("pre").split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    let profile = browser.send(&page, "kept", &[("kept", "yes")]).await;
    assert_eq!((profile.status, profile.url.path()), (200, "/uaa/profile"), "{}", profile.html);
    (browser, app, codes)
}

/// Where the form there posts to.
pub(crate) fn link(page: &Page, selector: &str) -> String {
    page.attribute(selector, "action")
}

/// A browser of somebody who has given the password and is asked for more.
pub(crate) async fn half(server: &Hallmark) -> (Browser, Page) {
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = sign_in(server, &mut browser, &page).await;
    assert_eq!(page.text("h1"), "Enter the code from your app", "{}", page.html);
    assert!(browser.cookie("hallmark-session").is_none());
    (browser, page)
}

async fn an_app_is_set_up_and_asked_for(server: Hallmark) {
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let (mut first, app, _) = with_app(&server).await;
    let profile = first.open("/uaa/profile").await;
    assert!(profile.has("#totp [name=remove]") && profile.text("#recovery").contains("10 of 10"));
    let (mut browser, page) = half(&server).await;
    // A password is no session.
    for closed in ["/uaa/home", "/uaa/passcode", "/uaa/profile", "/uaa/device", &SHOP.ask(&server, &[])] {
        assert_eq!(browser.open(closed).await.text("h1"), "Sign in", "{closed}");
    }
    let none = browser.open(&SHOP.ask(&server, &[("prompt", "none")])).await;
    assert_eq!(none.given("error").as_deref(), Some("login_required"));
    // Nor does it set up another app.
    let other = browser.open("/uaa/login/app").await;
    assert_eq!(other.text("h1"), "Enter the code from your app");
    assert_eq!(browser.open("/uaa/login/app?up=mfa").await.text("h1"), "Sign in");
    let wrong = browser.send(&page, "code", &[("code", app.wrong())]).await;
    assert_eq!((wrong.status, browser.cookie("hallmark-session")), (422, None));
    // The code that the app was set up with is used.
    let used = browser.send(&page, "code", &[("code", &app.code(false))]).await;
    assert_eq!((used.status, browser.cookie("hallmark-session")), (422, None));
    let step = browser.cookie("hallmark-step").unwrap().to_owned();
    let home = browser.send(&page, "code", &[("code", &app.code(true))]).await;
    assert_eq!((home.status, home.text("h1").as_str()), (200, "Applications"), "{}", home.html);
    assert!(browser.cookie("hallmark-step").is_none());
    let mut thief = Browser::at(&server.uaa());
    thief.plant("hallmark-step", &step);
    thief.plant("hallmark-session", &step);
    for closed in ["/uaa/login/factor", "/uaa/home"] {
        assert_eq!(thief.open(closed).await.text("h1"), "Sign in", "a sign-in ends once");
    }
    let back = browser.open(&SHOP.ask(&server, &[])).await;
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    for token in ["access_token", "id_token"] {
        let claims = claims(&said.body[token]);
        assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["pwd", "otp", "mfa"]), &json!("mfa")));
    }
    let refused = password_grant(&server).await;
    assert_eq!((refused.status, &refused.body["error"]), (400, &json!("invalid_grant")));
    assert!(refused.body["error_description"].as_str().unwrap().contains("--sso"), "{refused:?}");
    // By the browser, as the answer says, a command line is signed in.
    let passcode = browser.open("/uaa/passcode").await.text("#passcode");
    let form = [("grant_type", "password"), ("passcode", passcode.as_str())];
    let token = server.token("cf", "", &form).await;
    assert_eq!(claims(&token.body["access_token"])["amr"], json!(["pwd", "otp", "mfa"]));
}

/// ASVS 5.0, 7.5.1: whoever has found the password out keeps its owner out neither by a form that nobody offered nor by one that is due.
async fn a_password_alone_changes_no_password(server: Hallmark) {
    let (mut owner, app, _) = with_app(&server).await;
    let old = server.admin_password();
    let fields = |new: &str| -> Vec<(String, String)> {
        [("username", "admin"), ("password", &old), ("new_password", new), ("new_password_confirmation", new)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
    };
    let forced = async |browser: &mut Browser| {
        let page = browser.open("/uaa/login").await;
        let (_, _, form) = page.form("username", &[]);
        let csrf = form.iter().find(|(name, _)| name == "csrf").unwrap().clone();
        browser.post("/uaa/force_password_change", &[fields("stolen by mallory"), vec![csrf]].concat()).await
    };
    let mut thief = Browser::at(&server.uaa());
    assert_eq!(forced(&mut thief).await.text("h1"), "Sign in", "nothing is due");
    let (mut thief, _) = half(&server).await;
    assert_eq!(forced(&mut thief).await.text("h1"), "Sign in");
    assert_eq!(owner.open("/uaa/profile").await.url.path(), "/uaa/profile", "and nobody was thrown out");
    // It is due: the second proof comes first.
    let passcode = owner.open("/uaa/passcode").await.text("#passcode");
    let mine = server.token("cf", "", &[("grant_type", "password"), ("passcode", &passcode)]).await;
    let me = claims(&mine.body["access_token"])["user_id"].as_str().unwrap().to_owned();
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let url = format!("{}/Users/{me}/status", server.uaa());
    let due = json!({"passwordChangeRequired": true});
    let said = server.ask(root.body["access_token"].as_str().unwrap(), "PATCH", &url, Some(due)).await;
    assert_eq!(said.status, 200, "{said:?}");
    let mut thief = Browser::at(&server.uaa());
    assert_eq!(forced(&mut thief).await.text("h1"), "Sign in", "without a proof");
    let (mut browser, page) = half(&server).await;
    assert_eq!(browser.open("/uaa/force_password_change").await.text("h1"), "Sign in", "half of them");
    assert_eq!(forced(&mut browser).await.text("h1"), "Sign in");
    let page = browser.send(&page, "code", &[("code", &app.code(true))]).await;
    assert_eq!(page.text("h1"), "Change your password", "{}", page.html);
    assert!(browser.cookie("hallmark-session").is_none());
    let new = [("password", old.as_str()), ("new_password", NEW), ("new_password_confirmation", NEW)];
    let page = browser.send(&page, "new_password", &new).await;
    assert_eq!(page.text("h1"), "Sign in", "{}", page.html);
    let mut thief = Browser::at(&server.uaa());
    let page = thief.open("/uaa/login").await;
    let page = thief.send(&page, "username", &[("username", "admin")]).await;
    let page = thief.send(&page, "password", &[("password", NEW)]).await;
    assert_eq!(page.text("h1"), "Enter the code from your app", "the new one is half a sign-in as well");
}

/// One's own password is changed by a session that has just given all proofs.
#[tokio::test]
async fn a_browser_left_open_changes_no_password() {
    let mut server = Hallmark::start().await;
    let (mut browser, app, _) = with_app(&server).await;
    let page = browser.open("/uaa/change_password").await;
    assert_eq!(page.text("h1"), "Change your password", "{}", page.html);
    server.kill();
    server.tamper("UPDATE session SET auth_time = 0, second_at = 0").await;
    server.tamper("UPDATE factor SET mark = 0 WHERE kind = 'app'").await;
    server.restart().await;
    let old = server.admin_password();
    let new = [("password", old.as_str()), ("new_password", NEW), ("new_password_confirmation", NEW)];
    let page = browser.send(&page, "new_password", &new).await;
    assert_eq!(page.text("h1"), "Enter your password", "{}", page.html);
    let page = browser.send(&page, "password", &[("password", &old)]).await;
    let page = browser.send(&page, "code", &[("code", &app.code(false))]).await;
    assert_eq!(page.text("h1"), "Change your password", "{}", page.html);
    let page = browser.send(&page, "new_password", &new).await;
    assert_eq!((page.status, page.url.path()), (200, "/uaa/profile"), "{}", page.html);
}

pub(crate) const NEW: &str = "a long walk by the sea";

pub(crate) async fn password_grant(server: &Hallmark) -> tests::Said {
    let password = server.admin_password();
    server
        .token("cf", "", &[("grant_type", "password"), ("username", "admin"), ("password", &password)])
        .await
}

async fn of_many_equal_codes_at_once_one_is_good(server: Hallmark) {
    let (_, app, _) = with_app(&server).await;
    let mut halves = vec![];
    for _ in 0..6 {
        halves.push(half(&server).await);
    }
    let code = app.code(true);
    let sent = halves.into_iter().map(|(mut browser, page)| {
        let code = code.clone();
        async move {
            browser.send(&page, "code", &[("code", &code)]).await;
            browser.cookie("hallmark-session").is_some()
        }
    });
    let signed_in = futures::future::join_all(sent).await;
    assert_eq!(signed_in.iter().filter(|yes| **yes).count(), 1, "{signed_in:?}");
}

async fn a_recovery_code_is_good_once(server: Hallmark) {
    let (mut first, _, codes) = with_app(&server).await;
    let (mut browser, page) = half(&server).await;
    let link = page.attribute("a[href*=recovery]", "href");
    let page = browser.open(&link).await;
    assert_eq!(page.text("h1"), "Use a recovery code");
    let wrong = browser.send(&page, "code", &[("code", "00000-00000")]).await;
    assert_eq!(wrong.status, 422);
    // As people type it.
    let typed = codes[3].to_uppercase().replace('-', " ");
    let home = browser.send(&page, "code", &[("code", &typed)]).await;
    assert_eq!(home.text("h1"), "Applications", "{}", home.html);
    let profile = browser.open("/uaa/profile").await;
    assert!(profile.text("#recovery").contains("9 of 10"), "{}", profile.text("#recovery"));
    assert!(profile.text("#sessions").contains("Recovery code"));
    // Of many at once one is good, and none of those that were used.
    let mut halves = vec![];
    for _ in 0..3 {
        halves.push(half(&server).await);
    }
    let sent = halves.into_iter().map(|(mut browser, _)| {
        let (link, codes) = (link.clone(), codes.clone());
        async move {
            let page = browser.open(&link).await;
            browser.send(&page, "code", &[("code", &codes[3])]).await;
            let used = browser.cookie("hallmark-session").is_some();
            let page = browser.open(&link).await;
            if page.has("[name=code]") {
                browser.send(&page, "code", &[("code", &codes[4])]).await;
            }
            (used, browser.cookie("hallmark-session").is_some())
        }
    });
    let signed_in = futures::future::join_all(sent).await;
    assert!(signed_in.iter().all(|(used, _)| !used), "{signed_in:?}");
    assert_eq!(signed_in.iter().filter(|(_, yes)| *yes).count(), 1, "{signed_in:?}");
    // New ones end those before.
    let profile = first.open("/uaa/profile").await;
    let page = first.send(&profile, "renew", &[]).await;
    assert!(page.text("pre").split_whitespace().all(|code| !codes.contains(&code.to_owned())));
    assert_eq!(first.send(&page, "kept", &[("kept", "yes")]).await.url.path(), "/uaa/profile");
}

/// Whoever has the password guesses at codes no more than at passwords, with the right password in between or without.
#[tokio::test]
async fn wrong_codes_lock_the_account() {
    let server = Hallmark::start().await;
    let (_, app, codes) = with_app(&server).await;
    for _ in 0..4 {
        let (mut browser, page) = half(&server).await;
        assert_eq!(browser.send(&page, "code", &[("code", app.wrong())]).await.status, 422);
    }
    let (mut browser, page) = half(&server).await;
    let recovery = browser.open(&page.attribute("a[href*=recovery]", "href")).await;
    assert_eq!(browser.send(&recovery, "code", &[("code", "00000-00000")]).await.status, 422);
    for (page, code) in [(&page, &app.code(true)), (&recovery, &codes[0])] {
        let locked = browser.send(page, "code", &[("code", code)]).await;
        assert_eq!((locked.status, locked.text("h1").as_str()), (429, "Sign-in is paused"));
        assert!(browser.cookie("hallmark-session").is_none());
    }
    let mut other = Browser::at(&server.uaa());
    let page = other.open("/uaa/login").await;
    assert_eq!(sign_in(&server, &mut other, &page).await.status, 429, "the account, not the browser");
}

#[tokio::test]
async fn changing_factors_needs_a_fresh_proof_with_all_of_them() {
    let mut server = Hallmark::start().await;
    let mut early = Browser::at(&server.uaa());
    let page = early.open("/uaa/profile").await;
    sign_in(&server, &mut early, &page).await;
    let (mut browser, app, _) = with_app(&server).await;
    // A session of the password alone, begun before there was an app, takes nothing away.
    let profile = early.open("/uaa/profile").await;
    let page = early.send(&profile, "remove", &[]).await;
    assert_eq!(page.text("h1"), "Enter your password", "{}", page.html);
    let page = early.send(&page, "password", &[("password", &server.admin_password())]).await;
    assert_eq!(page.text("h1"), "Enter the code from your app");
    let profile = early.send(&page, "code", &[("code", &app.code(true))]).await;
    assert!(profile.has("#totp [name=remove]"), "{}", profile.html);
    // Another name is no weaker account.
    let profile = browser.open("/uaa/profile").await;
    let profile = browser.send(&profile, "rename", &[("name", "My <b>phone</b>")]).await;
    assert!(profile.text("#totp").contains("My <b>phone</b>"));
    // An old proof is none.
    server.kill();
    server.tamper("UPDATE session SET auth_time = 0, second_at = 0").await;
    server.restart().await;
    for named in ["remove", "renew"] {
        let profile = browser.open("/uaa/profile").await;
        assert_eq!(browser.send(&profile, named, &[]).await.text("h1"), "Enter your password", "{named}");
    }
    let add = browser.open("/uaa/login/app?up=mfa").await;
    assert_eq!(add.text("h1"), "Enter your password");
    server.kill();
    server.tamper("UPDATE factor SET mark = 0 WHERE kind = 'app'").await;
    server.restart().await;
    let page = browser.send(&add, "password", &[("password", &server.admin_password())]).await;
    let page = browser.send(&page, "code", &[("code", &app.code(false))]).await;
    assert_eq!(page.text("h1"), "Set up your authenticator app", "where it was going");
    let profile = browser.open("/uaa/profile").await;
    let profile = browser.send(&profile, "remove", &[]).await;
    assert!(!profile.has("#totp [name=remove]") && !profile.has("#recovery"), "{}", profile.html);
    // And nothing is asked for any more.
    assert_eq!(password_grant(&server).await.status, 200);
}

#[tokio::test]
async fn an_administrator_lists_and_resets_factors() {
    let server = Hallmark::start().await;
    let admin = server.admin().await;
    with_app(&server).await;
    let url = format!("{}/access/v1/factors", server.uaa());
    let own = server.ask(&admin, "GET", &url, None).await;
    // Both are of the same moment: their order says nothing.
    let mut all = own.body["resources"].as_array().unwrap().clone();
    all.sort_by_key(|factor| factor["type"].to_string());
    let kinds: Vec<&Value> = all.iter().map(|factor| &factor["type"]).collect();
    assert_eq!(kinds, [&json!("app"), &json!("recovery")], "{own:?}");
    assert_eq!(all[1]["left"], 10);
    let text = own.body.to_string();
    assert!(!text.contains("sealed") && !text.contains("credential"), "{text}");
    let operator =
        server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let operator = operator.body["access_token"].as_str().unwrap().to_owned();
    let user = own.body["resources"][0]["user"].as_str().unwrap();
    let reset = format!("{}/access/v1/users/{user}/factors", server.uaa());
    // The owner's own token is no proof that takes factors away.
    assert_eq!(server.ask(&admin, "DELETE", &reset, None).await.status, 403);
    let one = format!("{url}/{}", own.body["resources"][0]["id"].as_str().unwrap());
    assert_eq!(server.ask(&admin, "DELETE", &one, None).await.status, 403);
    let others = format!("{url}?user={user}");
    assert_eq!(server.ask(&operator, "GET", &others, None).await.body["total"], 2);
    assert_eq!(server.ask(&operator, "DELETE", &reset, None).await.status, 204);
    assert_eq!(server.ask(&operator, "GET", &others, None).await.body["total"], 0);
    assert_eq!(server.ask(&operator, "DELETE", &reset, None).await.status, 204, "twice is once");
    assert_eq!(password_grant(&server).await.status, 200);
    let (intact, said) = server.verify();
    assert!(intact, "{said}");
}
