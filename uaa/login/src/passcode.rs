//! `/passcode`: what a command line asks for (`cf login --sso`).

use crate::LoginPages;
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use uaa_directory::{Live, Passcode, Shown, cookie, this_page};
use uaa_look::Passcode as Page;
use uaa_model::Reply;
use uaa_plugin::shape::TEXT;
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, with};
use uaa_store::Want;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    vec![
        Route::public(Uaa, Method::GET, "/passcode", "passcode_show", Oauth, why, with(login.clone(), show))
            .answers(Answers::ok(|| TEXT)),
        Route::public(
            Uaa,
            Method::POST,
            "/passcode",
            "passcode_create",
            Oauth,
            why,
            with(login.clone(), create),
        )
        .answers(Answers::ok(|| TEXT)),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    match login.sessions.current(cx).await? {
        Some(live) => new(&login, &live, cx).await,
        None => login.pages.sign_in_first("/passcode", cx),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    match login.sessions.current(cx).await? {
        Some(live) => new(&login, &live, cx).await,
        None => login.pages.sign_in_first("/passcode", cx),
    }
}

async fn new(login: &LoginPages, live: &Live, cx: &mut Ctx) -> Reply<Answer> {
    cx.step(Want::Write).await?;
    let passcode = Passcode::make(live, cx).await?;
    let accept = cx.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if accept.starts_with("application/json") {
        return Answer::ok(&Value::String(passcode.expose().to_owned()))?
            .with(header::CACHE_CONTROL, "no-store");
    }
    let until = cx.now() + Passcode::SECONDS * 1_000_000;
    let page = Page {
        name: live.name.clone(),
        passcode: passcode.expose().to_owned(),
        until,
        api: cx.links.api.to_string(),
        action: "/passcode".into(),
    };
    login.pages.show(&page, Shown { live: Some(live), ..Shown::new(StatusCode::OK, "/passcode") }, cx)
}
