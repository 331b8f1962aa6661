//! Somebody has shown who they are, and nobody that the address of the account is theirs: they are told so, and may have another link
//! sent there. Whoever asks for one is told nothing: neither whether there is such an account nor whether it is confirmed.

use crate::LoginPages;
use crate::account::{LONGEST, afterwards, not_here};
use crate::sign_in::{Going, form};
use axum::http::{Method, StatusCode};
use std::sync::Arc;
use uaa_directory::{Errand, Purpose, Shown, UserOwn, cookie, queue};
use uaa_look::{About, CheckMail, Unverified};
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, pairs, with};
use uaa_store::Fields;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "whoever has not confirmed their address cannot sign in";
    let send = with(login.clone(), send);
    vec![Route::public(Uaa, Method::POST, SEND, "account_verify_send", Oauth, why, send)]
}

/// Instead of a sign-in.
pub(crate) fn instead(
    login: &LoginPages,
    going: &Going,
    user: &Fields<UserOwn>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let here = going.at("/login");
    let page = Unverified {
        username: user.own.username.clone(),
        change: going.change(),
        send: may_ask(login, cx).then(|| going.at(SEND)),
    };
    login.pages.show(&page, going.shown(StatusCode::FORBIDDEN, &here), cx)
}

/// Whether people have links sent themselves, or ask somebody.
fn may_ask(login: &LoginPages, cx: &Ctx) -> bool {
    login.sender.is_some() && cx.here().config.self_service().enabled()
}

async fn send(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, "/login", cx);
    }
    let Some(from) = login.sender.clone().filter(|_| may_ask(&login, cx)) else {
        return not_here(&login, cx);
    };
    let query = pairs(&cx.query)?;
    let going = Going::read(&query, cx).await?;
    let named = field(&fields, "username").unwrap_or_default().trim();
    let username: String = named.chars().take(LONGEST).collect();
    login.credentials.asks(&cx.caller.address, cx.now())?;
    // As with forgotten passwords: after some requests nothing is written for a while, and nobody is told.
    let what = format!("confirm/{}", username.to_lowercase());
    if login.credentials.guessed(cx.zone(), &what, false, cx.now()).is_ok() {
        let errand = Errand::Confirm {
            username: username.clone(),
            client_id: going.client_id().to_owned(),
            redirect_uri: afterwards(&query),
        };
        cx.step_to_write().await?;
        queue(errand, cx).await?;
    }
    let page = CheckMail {
        action: going.at(SEND),
        fields: vec![("username".into(), username.clone())],
        about: About::Confirmation,
        address: username,
        from,
        valid: Purpose::Verify.seconds(),
        another: going.at("/login"),
    };
    login.pages.show(&page, Shown::new(StatusCode::OK, &going.at("/login")), cx)
}

const SEND: &str = "/resend_verification.do";
