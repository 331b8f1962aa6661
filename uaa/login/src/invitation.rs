//! `/invitations/accept`: somebody who was invited chooses a name and a password. Opening the link uses nothing up.

use crate::LoginPages;
use crate::account::{LONGEST, confirm, expired, onward, person, registered, rules, vetted, with_code};
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::{Duty, Update};
use uaa_directory::{ExpiringCode, OWN_ORIGIN, Purpose, Shown, User, UserOwn, cookie, set_password};
use uaa_look::{Invitation as Page, PasswordFault, Verify};
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
    /// The address that was invited; `None` of an older code.
    mail: Option<String>,
    until: Micros,
}

impl Open {
    /// Whether it is a person of our own, who chooses a password here.
    fn is_ours(&self) -> bool {
        self.user.own.origin == OWN_ORIGIN
    }

    /// Whether there is nothing to choose and nothing to confirm.
    fn is_done(&self) -> bool {
        has_account(&self.user.own) && (self.user.own.verified || !self.is_of_address())
    }

    /// Whether the link has come to the address of the account.
    fn is_of_address(&self) -> bool {
        self.mail.as_ref().is_none_or(|mail| mail.eq_ignore_ascii_case(&self.user.own.email))
    }
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let code = field(&query.0, "code").unwrap_or_default();
    match open(code, cx).await? {
        Some(open) if !open.is_ours() => elsewhere(&open, cx).await,
        Some(open) if open.is_done() => go_on(&open, cx).await,
        Some(open) if has_account(&open.user.own) => {
            let (action, fields) = (ACTION.into(), vec![("code".into(), code.to_owned())]);
            let page = Verify { action, fields, mail: open.user.own.email };
            login.pages.show(&page, Shown::new(StatusCode::OK, &with_code(PAGE, code)), cx)
        }
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
    if !open.is_ours() {
        return elsewhere(&open, cx).await;
    }
    if open.is_done() {
        return go_on(&open, cx).await;
    }
    // The link of somebody who has a password already sets no other one.
    if has_account(&open.user.own) {
        return address_alone(&login, code, &open, cx).await;
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
    let named = named(&open, &name, cx).await;
    cx.tx().resume(me);
    named?;
    go_on(&open, cx).await
}

/// Somebody who has a password shows that the address is theirs.
async fn address_alone(login: &LoginPages, code: &str, open: &Open, cx: &mut Ctx) -> Reply<Answer> {
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::SignIn);
    let redeemed = ExpiringCode::redeem(Purpose::Invite, code, cx.tx()).await;
    cx.tx().resume(me);
    if redeemed?.is_none() || !confirm(&open.user, Some(&open.user.own.email), cx).await? {
        return gone(login, cx);
    }
    go_on(open, cx).await
}

/// The link has come to the address, and its reader says what they are called.
async fn named(open: &Open, name: &str, cx: &mut Ctx) -> Reply<()> {
    let user = &open.user;
    let granted = cx.tx().grant::<Update, User>(Id::new(user.guid)).await?;
    let given = user.own.given_name.is_none().then(|| name.to_owned()).filter(|name| !name.is_empty());
    let verified = open.is_of_address().then_some(true);
    let set = Set::default().maybe(User::verified, verified).maybe(User::given_name, given.map(Some));
    if set.is_empty() { Ok(()) } else { cx.tx().update(&granted, set).await }
}

async fn go_on(open: &Open, cx: &mut Ctx) -> Reply<Answer> {
    let to = onward(&open.client_id, open.redirect_uri.as_deref(), "invite_accepted", cx).await?;
    Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")
}

/// Whom another provider knows, that provider signs in: nothing is chosen here, and nothing is used up.
async fn elsewhere(open: &Open, cx: &mut Ctx) -> Reply<Answer> {
    let to = registered(&open.client_id, open.redirect_uri.as_deref(), cx).await?;
    let to = to.unwrap_or_else(|| format!("{}/login", cx.links.login));
    Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")
}

async fn open(code: &str, cx: &mut Ctx) -> Reply<Option<Open>> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::look(Purpose::Invite, code, cx.tx()).await;
    cx.tx().resume(me);
    let Some(row) = row? else { return Ok(None) };
    let Some(user) = row.own.subject else { return Ok(None) };
    let Some(user) = person(user, cx).await? else { return Ok(None) };
    let data: Value =
        serde_json::from_str(&row.own.data).map_err(|error| Fault::Internal(error.to_string()))?;
    let text = |name: &str| data[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let (redirect_uri, by, mail) = (text("redirect_uri"), text("by"), text("mail"));
    Ok(Some(Open { user, client_id: row.own.client_id, redirect_uri, by, mail, until: row.own.expires }))
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
