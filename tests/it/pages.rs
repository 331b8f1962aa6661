//! The way on from every page: back, again, and in another language.

use crate::authorize::{SHOP, sign_in};
use serde_json::json;
use tests::{Browser, Hallmark, MailSink, Page, said};

/// The same page in the other language.
async fn in_the_other_language(browser: &mut Browser, page: &Page) -> Page {
    let there = browser.open(&page.attribute("a[hreflang]", "href")).await;
    let before = page.attribute("html", "lang");
    assert_ne!(there.attribute("html", "lang"), before, "{}", there.html);
    there
}

/// What somebody sees at a sign-in lies at an address, so that Back and Reload send no form again.
#[tokio::test]
async fn a_sign_in_can_be_gone_back_to() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login?return_to=%2Fuaa%2Fprofile&login_hint=ann").await;
    assert_eq!(page.attribute("#username", "value"), "ann", "a hint is a proposal");
    let password = browser.send(&page, "username", &[("username", "mira&co")]).await;
    let wrong = browser.send(&password, "password", &[("password", "wrong")]).await;
    assert!(wrong.status == 422 && wrong.has("[role=alert]"), "{}", wrong.html);
    for shown in [&password, &wrong] {
        assert_eq!(shown.url.path(), "/uaa/login");
        let again = browser.open(shown.url.as_str()).await;
        assert_eq!((again.status, again.text("h1")), (shown.status, "Enter your password".into()));
        assert!(again.text(".account").contains("mira&co"), "{}", again.html);
        let other = in_the_other_language(&mut browser, shown).await;
        assert!(other.text(".account").contains("mira&co"), "{}", other.html);
        in_the_other_language(&mut browser, &other).await;
    }
    let own = server.admin_password();
    let right = [("username", "admin"), ("password", own.as_str())];
    let done = browser.send(&wrong, "password", &right).await;
    assert_eq!(done.url.path(), "/uaa/profile", "what was wanted is carried along");
    assert_eq!(browser.open(password.url.as_str()).await.url.path(), "/uaa/profile");
}

/// A form of UAA's is opened by its address, or loaded again after what it led to.
#[tokio::test]
async fn the_address_of_a_form_leads_to_its_page() {
    let server = Hallmark::start().await;
    for (form, page) in [
        ("login.do?return_to=%2Fuaa%2Fprofile", "/uaa/login"),
        ("change_password.do", "/uaa/login"),
        ("forgot_password.do", "/uaa/forgot_password"),
        ("create_account.do", "/uaa/create_account"),
        ("reset_password.do", "/uaa/reset_password"),
        ("invitations/accept.do", "/uaa/invitations/accept"),
    ] {
        let there = Browser::at(&server.uaa()).open(&format!("/uaa/{form}")).await;
        assert_eq!((there.url.path(), there.has("a, button")), (page, true), "{form}");
    }
}

/// "This page in another language" is that page.
#[tokio::test]
async fn a_page_stays_where_it_is_in_another_language() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    for (path, status) in
        [("/uaa/nothing", 404), ("/uaa/oauth/authorize?client_id=nobody&response_type=code", 401)]
    {
        let page = browser.open(path).await;
        let other = in_the_other_language(&mut browser, &page).await;
        assert_eq!((page.status, other.status), (status, status), "{path}");
        in_the_other_language(&mut browser, &other).await;
    }
    let lang = |page: &Page| page.attribute("html", "lang");
    // The redirects to the sign-in keep it, too.
    let page = Browser::at(&server.uaa()).open("/uaa/home?lang=ko").await;
    assert_eq!((page.url.path(), lang(&page).as_str()), ("/uaa/login", "ko"));
    let asked = "/uaa/oauth/authorize?client_id=nobody&response_type=code&ui_locales=ko";
    assert_eq!(lang(&Browser::at(&server.uaa()).open(asked).await), "ko");
    // What a form led to is no page of that address.
    let refused = browser.post("/uaa/login.do", &[]).await;
    assert_eq!((refused.status, refused.has("a[hreflang]")), (403, false));
    assert!(refused.has("a.button[href='/uaa/login']"), "{}", refused.html);
    let codes = device(&server).await;
    let page = browser.open(&codes).await;
    let page = sign_in(&server, &mut browser, &page).await;
    let code = page.attribute("#user_code", "value");
    let confirm = browser.send(&page, "user_code", &[]).await;
    let other = in_the_other_language(&mut browser, &confirm).await;
    assert_eq!(other.attribute("#user_code", "value").replace('-', ""), code.replace('-', ""));
}

/// A device that waits: where its person says so.
async fn device(server: &Hallmark) -> String {
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    SHOP.register(server, json!({"authorized_grant_types": [grant]})).await;
    let url = format!("{}/oauth/device_authorization", server.uaa());
    let request = reqwest::Client::new().post(url).basic_auth("shop", Some("open sesame"));
    let codes = said(request.form(&[("scope", "openid")])).await;
    codes.body["verification_uri_complete"].as_str().unwrap_or_else(|| panic!("{codes:?}")).to_owned()
}

/// A pause is not told as a wrong entry: whoever types the right one would look for another.
#[tokio::test]
async fn a_pause_says_that_it_is_one_and_who_helps() {
    let sink = MailSink::start().await;
    let server = Hallmark::start_with(&sink.config()).await;
    let link = device(&server).await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&link).await;
    let right = sign_in(&server, &mut browser, &page).await;
    for _ in 0..5 {
        browser.send(&right, "user_code", &[("user_code", "BCDF-GHJK")]).await;
    }
    let paused = |page: &Page| {
        assert_eq!((page.status, page.text("h1").as_str()), (429, "Sign-in is paused"), "{}", page.html);
        let says = page.text("main");
        assert!(says.contains("Try again after") && says.contains("help@acme.example"), "{says}");
        assert!(says.contains("Reference"), "{says}");
    };
    paused(&browser.send(&right, "user_code", &[]).await);

    let page = browser.open("/uaa/change_password").await;
    let new = [("new_password", "a wholly new secret"), ("new_password_confirmation", "a wholly new secret")];
    for _ in 0..5 {
        let wrong = browser.send(&page, "password", &[&[("password", "wrong")][..], &new].concat()).await;
        assert_eq!((wrong.status, wrong.text("h1").as_str()), (422, "Change your password"));
    }
    let password = server.admin_password();
    paused(&browser.send(&page, "password", &[&[("password", password.as_str())][..], &new].concat()).await);
}

/// Too much at once is no failure of ours, and its page leads back.
#[tokio::test]
async fn a_busy_server_says_so() {
    let server = Hallmark::start_with("limits: {hash_queue: 1}\n").await;
    let mut ready = vec![];
    for number in 0..16 {
        let (mut browser, name) = (Browser::at(&server.uaa()), format!("nobody-{number}"));
        let page = browser.open("/uaa/login").await;
        let page = browser.send(&page, "username", &[("username", &name)]).await;
        ready.push((browser, page, name));
    }
    let sent = ready.into_iter().map(async |(mut browser, page, name)| {
        let form = [("password", name.as_str())];
        browser.send(&page, "password", &form).await
    });
    let all = futures::future::join_all(sent).await;
    let busy = all.iter().find(|page| page.status == 429).expect("more than there is room for");
    assert_eq!(busy.text("h1"), "Busy at the moment");
    assert!(
        busy.headers.contains_key("retry-after") && busy.has("a.button[href='/uaa/login']"),
        "{}",
        busy.html
    );
}

/// Codes that are shown once are there until somebody says that they have them.
#[tokio::test]
async fn recovery_codes_stay_until_they_are_kept() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/profile").await;
    let profile = sign_in(&server, &mut browser, &page).await;
    let page = browser.open(&crate::factors::link(&profile, "#totp form")).await;
    let app = crate::factors::App::reads(&page);
    let page = browser.send(&page, "code", &[("code", &app.code(false))]).await;
    assert_eq!(page.text("h1"), "Keep these recovery codes", "{}", page.html);
    let again = browser.open(page.url.as_str()).await;
    let other = in_the_other_language(&mut browser, &page).await;
    assert_eq!([&again, &other].map(|there| there.text("pre")), [page.text("pre"), page.text("pre")]);
    in_the_other_language(&mut browser, &other).await;
    let not_yet = browser.send(&page, "kept", &[]).await;
    assert_eq!(not_yet.text("pre"), page.text("pre"));
    // They are this person's alone: what the browser carries is nothing to another one.
    let carried = browser.cookie("hallmark-codes").unwrap().to_owned();
    assert!(!carried.contains(page.text("pre").split(' ').next().unwrap()));
    browser.send(&page, "kept", &[("kept", "yes")]).await;
    assert_eq!(browser.open(page.url.as_str()).await.url.path(), "/uaa/profile");
    assert!(browser.cookie("hallmark-codes").is_none());
}
