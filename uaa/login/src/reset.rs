//! `/reset_password`: a new password by the link of a message. Opening the link uses nothing up; only the new password does.

use crate::LoginPages;
use crate::account::{confirm, expired, onward, person, rules, tell_owner, vetted, with_code};
use crate::forgot;
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_directory::lockout::LockoutPolicy;
use uaa_directory::{ExpiringCode, ExpiringCodeOwn, Purpose, Shown, Tried, UserOwn, cookie, set_password};
use uaa_look::{NewPassword, PasswordFault};
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, with};
use uaa_store::{Fields, Want};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "the code of the link says who it is";
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    vec![
        Route::public(Uaa, Method::GET, "/reset_password", "password_reset_show", Oauth, why, show),
        Route::public(Uaa, Method::POST, "/reset_password.do", "password_reset_update", Oauth, why, create),
    ]
}

/// Whose password a code resets.
struct Whose {
    user: Fields<UserOwn>,
    client_id: String,
    redirect_uri: Option<String>,
    /// The address that the link was sent to.
    mail: Option<String>,
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let code = field(&query.0, "code").unwrap_or_default();
    match whose(code, cx).await? {
        Some(whose) => ask(&login, code, &whose.user.own, None, cx),
        None => gone(&login, cx),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(
            why,
            &with_code("/reset_password", field(&fields, "code").unwrap_or_default()),
            cx,
        );
    }
    let code = field(&fields, "code").unwrap_or_default();
    let Some(whose) = whose(code, cx).await? else { return gone(&login, cx) };
    let new = Secret::new(field(&fields, "password").unwrap_or_default().to_owned());
    let again = Some(field(&fields, "password_confirmation").unwrap_or_default());
    let (user, id) = (&whose.user, whose.user.guid.to_string());
    let hash = match vetted(&login, &new, again, Some(&user.own), &id, cx).await? {
        Ok(hash) => hash,
        Err(fault) => return ask(&login, code, &user.own, Some(fault), cx),
    };
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::SignIn);
    let redeemed = ExpiringCode::redeem(Purpose::Reset, code, cx.tx()).await;
    cx.tx().resume(me);
    if redeemed?.is_none() || !set_password(user, hash, cx).await? {
        return gone(&login, cx);
    }
    if !user.own.verified {
        confirm(user, whose.mail.as_deref(), cx).await?;
    }
    tell_owner(&login, user, None, cx).await?;
    // Who reads the mail of the account is its owner, whoever else has guessed at its password.
    let address = cx.caller.address.clone();
    let zone = cx.zone();
    login.credentials.unlock(Tried {
        zone,
        origin: "uaa",
        username: &user.own.username_key,
        address: &address,
        policy: LockoutPolicy::of(&cx.here()),
    });
    let to = onward(&whose.client_id, whose.redirect_uri.as_deref(), "password_reset", cx).await?;
    Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")
}

/// Whose code it is. A code from before another change of the password is none any more.
async fn whose(code: &str, cx: &mut Ctx) -> Reply<Option<Whose>> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::look(Purpose::Reset, code, cx.tx()).await;
    cx.tx().resume(me);
    let Some(Fields { own: ExpiringCodeOwn { subject: Some(user), data, client_id, .. }, .. }) = row? else {
        return Ok(None);
    };
    let data: Value = serde_json::from_str(&data).unwrap_or_default();
    let Some(user) = person(user, cx).await? else { return Ok(None) };
    if data["generation"] != user.own.generation || user.own.origin != "uaa" {
        return Ok(None);
    }
    let text = |name: &str| data[name].as_str().map(str::to_owned);
    let (redirect_uri, mail) = (text("redirect_uri"), text("mail"));
    Ok(Some(Whose { user, client_id, redirect_uri, mail }))
}

fn ask(
    login: &LoginPages,
    code: &str,
    user: &UserOwn,
    fault: Option<PasswordFault>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let page = NewPassword {
        action: "/reset_password.do".into(),
        fields: vec![("code".into(), code.to_owned())],
        username: user.username.clone(),
        rules: rules(cx),
        fault,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    login.pages.show(&page, Shown::new(status, &with_code("/reset_password", code)), cx)
}

fn gone(login: &LoginPages, cx: &mut Ctx) -> Reply<Answer> {
    expired(login, Some(forgot::ACTION), Purpose::Reset.seconds(), "/forgot_password", cx)
}
