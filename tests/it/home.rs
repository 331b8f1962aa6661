//! The page where people begin who are on their way to no application: UAA's tiles, and where a zone has them begin elsewhere.

use crate::authorize::{SHOP, sign_in};
use serde_json::json;
use tests::{Browser, Hallmark};

/// The picture of a pixel.
pub(crate) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async fn describe(server: &Hallmark, client_id: &str, tile: serde_json::Value) {
    let root = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let token = root.body["access_token"].as_str().unwrap().to_owned();
    let url = format!("{}/oauth/clients/{client_id}/meta", server.uaa());
    let said = server.ask(&token, "PUT", &url, Some(tile)).await;
    assert_eq!(said.status, 200, "{said:?}");
}

#[tokio::test]
async fn applications_that_want_to_be_shown() {
    let server = Hallmark::start().await;
    for id in ["shop", "signs", "hidden", "nowhere"] {
        crate::authorize::App { id, redirect: SHOP.redirect }.register(&server, json!({})).await;
    }
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/home").await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert!(!page.has(".tile"), "{}", page.html);

    let launch = "https://shop.example/start?a=b&c";
    let shown = json!({"showOnHomePage": true, "appLaunchUrl": launch});
    let mut shop = shown.clone();
    shop["appIcon"] = PNG.into();
    shop["clientName"] = "The <b>Shop</b>".into();
    describe(&server, "shop", shop.clone()).await;
    let mut signs = shown.clone();
    // Base64, and no picture.
    signs["appIcon"] = "AAAA".into();
    describe(&server, "signs", signs).await;
    describe(&server, "hidden", json!({"appLaunchUrl": launch})).await;
    describe(&server, "nowhere", json!({"showOnHomePage": true})).await;
    let page = browser.open("/uaa/home").await;
    assert_eq!(page.html.matches("class=\"tile\"").count(), 2, "{}", page.html);
    assert_eq!(page.text(".tile b"), "The <b>Shop</b>");
    assert_eq!(
        (page.text(".tile small").as_str(), page.attribute(".tile", "href").as_str()),
        ("shop.example", launch)
    );
    assert_eq!(page.html.matches("/home/icons/").count(), 1, "{}", page.html);

    let icon = page.attribute(".tile img", "src");
    let get = async |cookie: Option<&str>, path: &str| {
        let request = server.client().get(format!("{}{path}", server.api()));
        let request = match cookie {
            Some(session) => request.header("cookie", format!("hallmark-session={session}")),
            None => request,
        };
        request.send().await.unwrap()
    };
    let session = browser.cookie("hallmark-session").unwrap().to_owned();
    let picture = get(Some(&session), &icon).await;
    assert_eq!(
        (picture.status().as_u16(), picture.headers()["content-type"].to_str().unwrap()),
        (200, "image/png")
    );
    assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(get(None, &icon).await.status(), 404);
    for wrong in [
        "x",
        "00000000-0000-0000-0000-000000000000.0.png",
        &icon.rsplit('/').next().unwrap().replace(".png", ""),
    ] {
        assert_eq!(get(Some(&session), &format!("/uaa/home/icons/{wrong}")).await.status(), 404, "{wrong}");
    }
    // Another picture has another name, and the old one is gone.
    shop["showOnHomePage"] = false.into();
    describe(&server, "shop", shop).await;
    assert_eq!(get(Some(&session), &icon).await.status(), 404);
}

#[tokio::test]
async fn a_zone_has_its_people_begin_elsewhere() {
    let server = Hallmark::start_with("home:\n  url: https://portal.example/start\n").await;
    let mut browser = Browser::at(&server.uaa());
    let page = browser.open("/uaa/login").await;
    let page = sign_in(&server, &mut browser, &page).await;
    assert_eq!(page.elsewhere.unwrap().as_str(), "https://portal.example/start");
    // What is a page of its own stays one.
    assert_eq!(browser.open("/uaa/profile").await.status, 200);
}
