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
