//! `/forgot_password`: asks for a link to set a new password. The answer is the same, and takes as long, whoever is asked about.

use crate::LoginPages;
use crate::account::{LONGEST, afterwards, at, no_mail, not_here, sent, sent_to};
use crate::sign_in::{Going, form};
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use uaa_directory::{Errand, Purpose, Shown, cookie, queue, this_page};
use uaa_look::{CheckMail, Forgot};
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, with};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "whoever has forgotten the password cannot sign in";
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, PAGE, "password_forgot_show", Oauth, why, show),
        Route::public(Uaa, Method::POST, ACTION, "password_forgot_create", Oauth, why, create),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    if !cx.here().config.self_service().enabled() {
        return not_here(&login, cx);
    }
    if login.sender.is_none() {
        return no_mail(&login, PAGE, cx);
    }
    if let Some(username) = sent_to(&query.0) {
        return check_mail(&login, username, &query.0, cx);
    }
    let text = |name: &str| field(&query.0, name).unwrap_or_default().to_owned();
    let going = Going::read(&query.0, cx).await?;
    let page = Forgot {
        action: at(ACTION, &query.0),
        username: text("username"),
        elsewhere: None,
        sign_in: going.at("/login"),
    };
    login.pages.show(&page, going.shown(StatusCode::OK, &at(PAGE, &query.0)), cx)
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &this_page(cx), cx);
    }
    if !cx.here().config.self_service().enabled() {
        return not_here(&login, cx);
    }
    if login.sender.is_none() {
        return no_mail(&login, PAGE, cx);
    }
    let query = uaa_plugin::pairs(&cx.query)?;
    // The page of a link that has expired asks for the address.
    let named = field(&fields, "username").or_else(|| field(&fields, "email")).unwrap_or_default().trim();
    let username: String = named.chars().take(LONGEST).collect();
    if username.is_empty() {
        return Answer::found(&format!("{}{}", cx.links.login, at(PAGE, &query)));
    }
    login.credentials.asks(&cx.caller.address, cx.now())?;
    // After some requests about one name nothing is written for a while; nobody is told, as whoever asks may not be its owner.
    let what = format!("forgot/{}", username.to_lowercase());
    if login.credentials.guessed(cx.zone(), &what, false, cx.now()).is_ok() {
        let errand = Errand::Reset {
            username: username.clone(),
            client_id: field(&query, "client_id").unwrap_or_default().to_owned(),
            redirect_uri: afterwards(&query),
        };
        cx.step_to_write().await?;
        queue(errand, cx).await?;
    }
    sent(PAGE, &query, &username, cx)
}

fn check_mail(login: &LoginPages, username: &str, query: &[(String, String)], cx: &mut Ctx) -> Reply<Answer> {
    let page = CheckMail {
        action: at(ACTION, query),
        fields: vec![("username".into(), username.to_owned())],
        address: username.to_owned(),
        from: login.sender.clone().unwrap_or_default(),
        valid: Purpose::Reset.seconds(),
        another: at(PAGE, query),
        ..CheckMail::default()
    };
    login.pages.show(&page, Shown::new(StatusCode::OK, &this_page(cx)), cx)
}

const PAGE: &str = "/forgot_password";
pub(crate) const ACTION: &str = "/forgot_password.do";
