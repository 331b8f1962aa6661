//! Several accounts at one browser: who goes on (`prompt=select_account`), and what the browser remembers of them.

use crate::authorize::{SHOP, claims, sign_in};
use serde_json::json;
use tests::{Browser, Hallmark, Page};

const BOB: &str = "a long password of bob's";
const KNOWN: &str = "hallmark-accounts";

async fn with_bob() -> Hallmark {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"autoapprove": true})).await;
    let token = server.admin().await;
    let body = json!({"userName": "bob", "password": BOB, "name": {"givenName": "Bob", "familyName": "<b>Stone"},
        "emails": [{"value": "bob@example.com"}]});
    let made = server.ask(&token, "POST", &format!("{}/Users", server.uaa()), Some(body)).await;
    assert_eq!(made.status, 201, "{made:?}");
    server
}

fn select(server: &Hallmark, more: &[(&str, &str)]) -> String {
    let all = [&[("prompt", "select_account"), ("scope", "openid")], more].concat();
    SHOP.ask(server, &all)
}

/// Whom the application is told of.
async fn who(server: &Hallmark, page: &Page) -> String {
    let code = page.given("code").unwrap_or_else(|| panic!("{page:?}"));
    let said = SHOP.redeem(server, &code, &[]).await;
    claims(&said.body["id_token"])["user_name"].as_str().unwrap().to_owned()
}

async fn as_bob(browser: &mut Browser, page: &Page) -> Page {
    assert_eq!(page.attribute("#username", "value"), "bob");
    let page = browser.send(page, "username", &[]).await;
    browser.send(&page, "password", &[("password", BOB)]).await
}

#[tokio::test]
async fn a_person_chooses_and_proves_who_they_are() {
    let server = with_bob().await;
    let mut browser = Browser::at(&server.uaa());
    // Nobody is known yet: there is nothing to choose from.
    let page = browser.open(&select(&server, &[])).await;
    let back = sign_in(&server, &mut browser, &page).await;
    assert_eq!(who(&server, &back).await, "admin");
    let page = browser.open(&select(&server, &[])).await;
    assert_eq!(page.text("h1"), "Choose an account");
    assert!(page.text("main").contains("to continue to Shop"), "{}", page.html);
    let back = browser.send(&page, "account", &[("account", "admin")]).await;
    assert_eq!(who(&server, &back).await, "admin");
    // Another one, who is remembered from then on.
    let page = browser.open(&select(&server, &[("login_hint", "bob")])).await;
    let another = page.attribute("a[href*=select_account]", "href");
    let page = browser.open(&another).await;
    let back = as_bob(&mut browser, &page).await;
    assert_eq!(who(&server, &back).await, "bob");
    let page = browser.open(&select(&server, &[])).await;
    let names = scraper::Html::parse_document(&page.html);
    let buttons = scraper::Selector::parse("button[name=account]").unwrap();
    let names: Vec<_> = names.select(&buttons).filter_map(|b| b.attr("value")).collect();
    assert_eq!(names, ["bob", "admin"]);
    assert!(page.text("main").contains("Bob <b>Stone") && !page.has("main b"), "{}", page.html);
    // Whoever is not signed in proves it; the name is filled in.
    let page = browser.send(&page, "account", &[("account", "admin")]).await;
    assert_eq!(
        (page.text("h1").as_str(), page.attribute("#username", "value").as_str()),
        ("Sign in", "admin")
    );
    // And so does whoever is, where the application wants that as well.
    let both = [("prompt", "login select_account"), ("scope", "openid")];
    let page = browser.open(&SHOP.ask(&server, &both)).await;
    let page = browser.send(&page, "account", &[("account", "bob")]).await;
    assert_eq!(page.text("h1"), "Enter your password");
    let back = browser.send(&page, "password", &[("password", BOB)]).await;
    assert_eq!(who(&server, &back).await, "bob");
    // After the sign-out the names are left, and nothing else.
    let page = browser.open("/uaa/home").await;
    browser.send(&page, "csrf", &[]).await;
    let page = browser.open(&select(&server, &[])).await;
    let page = browser.send(&page, "account", &[("account", "bob")]).await;
    let back = as_bob(&mut browser, &page).await;
    assert_eq!(who(&server, &back).await, "bob");
}

#[tokio::test]
async fn an_account_is_forgotten() {
    let server = with_bob().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let page = browser.open("/uaa/home").await;
    browser.send(&page, "csrf", &[]).await;
    let page = browser.open(&select(&server, &[])).await;
    let (_, action, fields) = page.form("account", &[]);
    // By a form of ours alone.
    let made_up = [("forget".to_owned(), "admin".to_owned())];
    assert_eq!(browser.post(&action, &made_up).await.status, 403);
    assert!(browser.cookie(KNOWN).is_some());
    let mut fields = fields;
    fields.push(("forget".into(), "admin".into()));
    let page = browser.post(&action, &fields).await;
    assert_eq!(page.text("h1"), "Sign in", "nobody is left to choose from");
    assert!(browser.cookie(KNOWN).is_none());
}

#[tokio::test]
async fn what_somebody_plants_is_never_shown_and_opens_nothing() {
    let server = with_bob().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let held = browser.cookie(KNOWN).unwrap().to_owned();
    let (text, tag) = held.split_once('.').unwrap();
    let forged = base64::Engine::encode(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD,
        br#"[{"u":"bob","n":"call 555","m":"x"}]"#,
    );
    for planted in [format!("{forged}.{tag}"), format!("{text}x.{tag}"), "x".repeat(5_000), String::new()] {
        let mut other = Browser::at(&server.uaa());
        other.plant(KNOWN, &planted);
        let page = other.open(&select(&server, &[])).await;
        assert_eq!((page.status, page.text("h1").as_str()), (200, "Sign in"), "{planted}");
    }
    // The true one opens no account either.
    let mut other = Browser::at(&server.uaa());
    other.plant(KNOWN, &held);
    let page = other.open(&select(&server, &[])).await;
    assert_eq!(page.text("h1"), "Choose an account");
    let page = other.send(&page, "account", &[("account", "admin")]).await;
    assert_eq!(page.text("h1"), "Sign in");
    assert_eq!(other.open("/uaa/home").await.text("h1"), "Sign in");
    // A name that is not on the page is no choice.
    let page = browser.open(&select(&server, &[])).await;
    let (_, action, mut fields) = page.form("account", &[]);
    fields.push(("account".into(), "bob".into()));
    let page = browser.post(&action, &fields).await;
    assert_eq!(page.text("h1"), "Choose an account");
    // Whoever may not be asked is not.
    let none = browser.open(&SHOP.ask(&server, &[("prompt", "none select_account")])).await;
    assert_eq!(none.given("error").as_deref(), Some("invalid_request"));
    // It leads nowhere else afterwards.
    let page = browser.open("/uaa/login/accounts?return_to=https%3A%2F%2Fevil.example%2F").await;
    let page = browser.send(&page, "account", &[("account", "admin")]).await;
    assert_eq!((page.elsewhere.is_some(), page.text("h1").as_str()), (false, "Applications"));
}

/// What an application wants of a sign-in is not lost by the links of the pages.
#[tokio::test]
async fn no_link_leads_around_what_an_application_wants() {
    let server = with_bob().await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    for more in [("prompt", "login"), ("max_age", "0")] {
        let page = browser.open(&SHOP.ask(&server, &[more])).await;
        assert_eq!(page.text("h1"), "Enter your password", "{more:?}");
        let language = page.attribute(".colophon nav a", "href");
        let page = browser.open(&language).await;
        assert!(page.elsewhere.is_none() && page.has("#password"), "{more:?}");
        let page = browser.open(&page.attribute(".colophon nav a", "href")).await;
        let page = browser.open(&page.attribute(".account a", "href")).await;
        assert!(page.elsewhere.is_none(), "{more:?} {page:?}");
        let page = browser.send(&page, "username", &[("username", "admin")]).await;
        let back = browser.send(&page, "password", &[("password", &server.admin_password())]).await;
        assert_eq!(who(&server, &back).await, "admin", "{more:?}");
    }
    // Whom the application expects is asked for by name, and a hint at a provider is no name.
    let page =
        browser.open(&SHOP.ask(&server, &[("prompt", "login"), ("login_hint", "bob@example.com")])).await;
    assert_eq!(page.attribute("#username", "value"), "bob@example.com");
    let page =
        browser.open(&SHOP.ask(&server, &[("prompt", "login"), ("login_hint", r#"{"origin":"uaa"}"#)])).await;
    assert_eq!(page.text("h1"), "Enter your password");
}

/// An application speaks of somebody who is not the one at the browser.
#[tokio::test]
async fn another_person_is_meant() {
    let server = with_bob().await;
    let mut bob = Browser::at(&server.uaa());
    let page = bob.open(&SHOP.ask(&server, &[("login_hint", "bob")])).await;
    let back = as_bob(&mut bob, &page).await;
    let hint = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await.body["id_token"].clone();
    let sub = claims(&hint)["sub"].clone();

    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let page = browser.open(&SHOP.ask(&server, &[("id_token_hint", hint.as_str().unwrap())])).await;
    let back = as_bob(&mut browser, &page).await;
    assert_eq!(who(&server, &back).await, "bob");
    // By identifier alone nobody is told the name of whom it is.
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    sign_in(&server, &mut browser, &page).await;
    let wanted = json!({"id_token": {"sub": {"value": sub}}}).to_string();
    let page = browser.open(&SHOP.ask(&server, &[("claims", &wanted)])).await;
    assert_eq!(page.attribute("#username", "value"), "");
    let page = browser.send(&page, "username", &[("username", "bob")]).await;
    let back = browser.send(&page, "password", &[("password", BOB)]).await;
    assert_eq!(who(&server, &back).await, "bob");
    // A hint that nobody can read speaks of nobody.
    let back = browser.open(&SHOP.ask(&server, &[("id_token_hint", "a.b.c")])).await;
    assert_eq!(who(&server, &back).await, "bob");
}

/// "Not you?" leads to somebody else and back to the question.
#[tokio::test]
async fn somebody_else_answers() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({})).await;
    let token = server.admin().await;
    let body = json!({"userName": "bob", "password": BOB, "emails": [{"value": "bob@example.com"}]});
    assert_eq!(server.ask(&token, "POST", &format!("{}/Users", server.uaa()), Some(body)).await.status, 201);
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open(&SHOP.ask(&server, &[])).await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert_eq!(page.text("h1"), "Shop asks for access");
    let page = browser.open(&page.attribute(".lead a", "href")).await;
    assert_eq!(page.text("h1"), "Choose an account");
    let page = browser.open(&page.attribute("a[href*=select_account]", "href")).await;
    let page = browser.send(&page, "username", &[("username", "bob")]).await;
    let page = browser.send(&page, "password", &[("password", BOB)]).await;
    assert!(page.text("h1") == "Shop asks for access" && page.text(".lead").contains("bob"), "{}", page.html);
    let back = browser.send(&page, "decision", &[("decision", "allow")]).await;
    assert_eq!(who(&server, &back).await, "bob");
}

/// By an address that is the address of one account, and nobody's name.
#[tokio::test]
async fn a_name_or_an_address() {
    let server = with_bob().await;
    let token = server.admin().await;
    let make = async |name: &str, mail: &str| {
        let body = json!({"userName": name, "password": BOB, "emails": [{"value": mail}]});
        let made = server.ask(&token, "POST", &format!("{}/Users", server.uaa()), Some(body)).await;
        assert_eq!(made.status, 201, "{made:?}");
    };
    make("one", "both@example.com").await;
    make("two", "both@example.com").await;
    make("name@example.com", "other@example.com").await;
    make("three", "name@example.com").await;
    let name = async |typed: &str| {
        let mut browser = Browser::at(&server.uaa());
        let page = browser.open(&SHOP.ask(&server, &[])).await;
        let page = browser.send(&page, "username", &[("username", typed)]).await;
        let back = browser.send(&page, "password", &[("password", BOB)]).await;
        if back.status == 422 {
            assert!(back.text(".account").contains(typed), "{}", back.html);
            return None;
        }
        Some(who(&server, &back).await)
    };
    assert_eq!(name("bob@example.com").await.as_deref(), Some("bob"));
    assert_eq!(name("name@example.com").await.as_deref(), Some("name@example.com"));
    assert_eq!(name("both@example.com").await, None);
    assert_eq!(name("nobody@example.com").await, None);
}

/// What comes with a sign-in whatever is ticked is not offered as a choice.
#[tokio::test]
async fn consent_offers_no_choice_that_is_none() {
    let server = Hallmark::start().await;
    SHOP.register(&server, json!({"scope": ["openid", "profile", "email", "cloud_controller.read"]})).await;
    let own = crate::authorize::App { id: "own", redirect: SHOP.redirect };
    own.register(&server, json!({"scope": ["openid", "profile", "email"], "subject_type": "pairwise"})).await;
    let mut browser = Browser::at(&server.uaa());
    let wanted = [("scope", "openid profile email cloud_controller.read")];
    let page = browser.open(&SHOP.ask(&server, &wanted)).await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert!(
        page.text("form").contains("With it, the name, e-mail address and phone number"),
        "{}",
        page.html
    );
    assert_eq!(page.html.matches("checked disabled").count(), 3, "{}", page.html);
    let back = browser.send(&page, "decision", &[("decision", "allow"), ("scope", "")]).await;
    let said = SHOP.redeem(&server, &back.given("code").unwrap(), &[]).await;
    assert_eq!(said.body["scope"], "email openid profile");
    // A pairwise client knows what it is allowed to.
    let page = browser.open(&own.ask(&server, &[("scope", "openid profile email")])).await;
    assert!(page.text("form").contains("One that only this application has"), "{}", page.html);
    assert_eq!(page.html.matches("checked disabled").count(), 1, "{}", page.html);
}

/// Where UAA has a host of its own its cookies count for nothing: people sign in at the other.
#[tokio::test]
async fn the_sign_in_page_is_where_its_cookie_counts() {
    let server = Hallmark::start_with("domain: hallmark.test\n").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let get = async |host: &str, accept: &str| {
        let url = format!("http://{}/login?return_to=%2Fdevice", server.address());
        let answer = client.get(url).header("host", host).header("accept", accept).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to)
    };
    let (status, to) = get("uaa.hallmark.test", "text/html").await;
    let to = to.unwrap();
    assert_eq!(status, 302);
    assert!(
        to.starts_with("http://login.hallmark.test:") && to.ends_with("/login?return_to=%2Fdevice"),
        "{to}"
    );
    assert_eq!(get("login.hallmark.test", "text/html").await, (200, None));
    assert_eq!(get("uaa.hallmark.test", "application/json").await, (200, None));
}
