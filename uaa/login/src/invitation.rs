//! `/invitations/accept`: somebody who was invited chooses a name and a password. Opening the link uses nothing up.

use crate::LoginPages;
use crate::account::{expired, onward, person, rules, vetted, with_code};
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::{Duty, Update};
use uaa_directory::{ExpiringCode, Purpose, Shown, User, UserOwn, cookie, set_password};
use uaa_look::{Invitation as Page, PasswordFault};
use uaa_model::{Fault, Id, Micros, Reply, Secret};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, with};
use uaa_store::{Fields, Set, Want};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "the code of the link says who it is";
    let (show, accept) = (with(login.clone(), show), with(login.clone(), accept));
    vec![
        Route::public(Uaa, Method::GET, PAGE, "invitation_show", Oauth, why, show),
        Route::public(Uaa, Method::POST, ACTION, "invitation_accept", Oauth, why, accept),
    ]
}

/// An invitation that can be accepted.
struct Open {
    user: Fields<UserOwn>,
    client_id: String,
    redirect_uri: Option<String>,
    by: Option<String>,
    until: Micros,
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let code = field(&query.0, "code").unwrap_or_default();
    match open(code, cx).await? {
        Some(open) if has_account(&open.user.own) => go_on(&open, cx).await,
        Some(open) => ask(&login, code, &open, "", None, cx),
        None => gone(&login, cx),
    }
}

async fn accept(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &with_code(PAGE, field(&fields, "code").unwrap_or_default()), cx);
    }
    let code = field(&fields, "code").unwrap_or_default();
    let Some(open) = open(code, cx).await? else { return gone(&login, cx) };
    // The link of somebody who has a password already sets no other one.
    if has_account(&open.user.own) {
        return go_on(&open, cx).await;
    }
    let name: String = field(&fields, "name").unwrap_or_default().trim().chars().take(LONGEST).collect();
    let new = Secret::new(field(&fields, "password").unwrap_or_default().to_owned());
    let id = open.user.guid.to_string();
    let hash = match vetted(&login, &new, None, Some(&open.user.own), &id, cx).await? {
        Ok(hash) => hash,
        Err(fault) => return ask(&login, code, &open, &name, Some(fault), cx),
    };
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::SignIn);
    let redeemed = ExpiringCode::redeem(Purpose::Invite, code, cx.tx()).await;
    cx.tx().resume(me);
    if redeemed?.is_none() || !set_password(&open.user, hash, cx).await? {
        return gone(&login, cx);
    }
    let me = cx.tx().assume(Duty::SignIn);
    let named = named(&open.user, &name, cx).await;
    cx.tx().resume(me);
    named?;
    go_on(&open, cx).await
}

/// The link has come to the address, and its reader says what they are called.
async fn named(user: &Fields<UserOwn>, name: &str, cx: &mut Ctx) -> Reply<()> {
    let granted = cx.tx().grant::<Update, User>(Id::new(user.guid)).await?;
    let given = user.own.given_name.is_none().then(|| name.to_owned()).filter(|name| !name.is_empty());
    let set = Set::default().put(User::verified, true).maybe(User::given_name, given.map(Some));
    cx.tx().update(&granted, set).await
}

async fn go_on(open: &Open, cx: &mut Ctx) -> Reply<Answer> {
    let to = onward(&open.client_id, open.redirect_uri.as_deref(), "invite_accepted", cx).await?;
    Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")
}

async fn open(code: &str, cx: &mut Ctx) -> Reply<Option<Open>> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::look(Purpose::Invite, code, cx.tx()).await;
    cx.tx().resume(me);
    let Some(row) = row? else { return Ok(None) };
    let Some(user) = row.own.subject else { return Ok(None) };
    let Some(user) = person(user, cx).await?.filter(|user| user.own.origin == "uaa") else { return Ok(None) };
    let data: Value =
        serde_json::from_str(&row.own.data).map_err(|error| Fault::Internal(error.to_string()))?;
    let text = |name: &str| data[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let (redirect_uri, by) = (text("redirect_uri"), text("by"));
    Ok(Some(Open { user, client_id: row.own.client_id, redirect_uri, by, until: row.own.expires }))
}

fn has_account(user: &UserOwn) -> bool {
    user.password.is_some()
}

fn ask(
    login: &LoginPages,
    code: &str,
    open: &Open,
    name: &str,
    fault: Option<PasswordFault>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let page = Page {
        action: ACTION.into(),
        fields: vec![("code".into(), code.to_owned())],
        by: open.by.clone(),
        mail: open.user.own.email.clone(),
        until: open.until,
        name: name.to_owned(),
        rules: rules(cx),
        fault,
        ..Page::default()
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    login.pages.show(&page, Shown::new(status, &with_code(PAGE, code)), cx)
}

fn gone(login: &LoginPages, cx: &mut Ctx) -> Reply<Answer> {
    expired(login, None, Purpose::Invite.seconds(), "/login", cx)
}

pub(crate) const PAGE: &str = "/invitations/accept";
const ACTION: &str = "/invitations/accept.do";
const LONGEST: usize = 255;
