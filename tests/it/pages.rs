//! The way on from every page: back, again, and in another language.

use tests::{Browser, Hallmark, Page};

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
