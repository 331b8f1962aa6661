//! `/create_account`: somebody makes an account of their own. There is none until the link of a message was opened, so nobody can
//! take a name with an address that is not theirs, and the page answers alike whoever has an account already.

use crate::LoginPages;
use crate::account::{
    LONGEST, afterwards, at, carried, confirm, no_mail, not_here, onward, person, rules, sent, sent_to,
    vetted, with_code,
};
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_directory::{
    Errand, ExpiringCode, ExpiringCodeOwn, NewUser, OWN_ORIGIN, Purpose, Shown, cookie, foreign_provider,
    is_address, make_user, providers_of_domains, queue, this_page,
};
use uaa_look::{About, CheckMail, Link, LinkExpired, PasswordFault, Register, Verify};
use uaa_model::{Reply, Secret};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, with};
use uaa_store::{Fields, Want};
use uuid::Uuid;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "whoever makes an account has none yet";
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    let (ask, verify) = (with(login.clone(), ask), with(login.clone(), verify));
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(Uaa, get.clone(), PAGE, "account_new_show", Oauth, why, show),
        Route::public(Uaa, post.clone(), ACTION, "account_new_create", Oauth, why, create),
        Route::public(Uaa, get, VERIFY, "account_verify_show", Oauth, why, ask),
        Route::public(Uaa, post, VERIFY, "account_verify_create", Oauth, why, verify),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    if let Some(closed) = closed(&login, cx)? {
        return Ok(closed);
    }
    if let Some(mail) = sent_to(&query.0) {
        return check_mail(&login, mail, &query.0, cx);
    }
    let mail = field(&query.0, "email").unwrap_or_default().to_owned();
    let page = Register { fields: carried(&query.0), mail, ..blank(&query.0, cx) };
    login.pages.show(&page, Shown::new(StatusCode::OK, &at(PAGE, &query.0)), cx)
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &at(PAGE, &fields), cx);
    }
    if let Some(closed) = closed(&login, cx)? {
        return Ok(closed);
    }
    let text = |name: &str| field(&fields, name).unwrap_or_default().trim().to_owned();
    let (mail, name) = (text("email").to_lowercase(), text("name").chars().take(LONGEST).collect::<String>());
    let password = Secret::new(field(&fields, "password").unwrap_or_default().to_owned());
    let again = |wrong_mail, fault, cx: &mut Ctx| {
        let (mail, name, here) = (mail.clone(), name.clone(), at(PAGE, &fields));
        let page = Register { name, mail, wrong_mail, fault, fields: carried(&fields), ..blank(&fields, cx) };
        login.pages.show(&page, Shown::new(StatusCode::UNPROCESSABLE_ENTITY, &here), cx)
    };
    let agreed = cx.here().config.agreement().is_none() || field(&fields, "agreed") == Some("yes");
    if !is_address(&mail) || !agreed {
        return again(!is_address(&mail), None, cx);
    }
    // UAA: whoever is another provider's by their address has no account of their own here.
    let providers = providers_of_domains(cx).await?;
    if let Some(provider) = foreign_provider(&providers, &mail) {
        let (mail, here) = (mail.clone(), at(PAGE, &fields));
        let belongs_to = Some(provider.name.clone());
        let page = Register { name, mail, belongs_to, fields: carried(&fields), ..blank(&fields, cx) };
        return login.pages.show(&page, Shown::new(StatusCode::UNPROCESSABLE_ENTITY, &here), cx);
    }
    // One's own name or address is the first thing that others try.
    if password.expose().to_lowercase() == mail {
        return again(false, Some(PasswordFault::Common), cx);
    }
    login.credentials.asks(&cx.caller.address, cx.now())?;
    let hash = match vetted(&login, &password, None, None, &mail, cx).await? {
        Ok(hash) => hash,
        Err(fault) => return again(false, Some(fault), cx),
    };
    let what = format!("register/{mail}");
    if login.credentials.guessed(cx.zone(), &what, false, cx.now()).is_ok() {
        let errand = Errand::Verify {
            mail: mail.clone(),
            name: name.clone(),
            password: hash,
            client_id: field(&fields, "client_id").unwrap_or_default().to_owned(),
            redirect_uri: afterwards(&fields),
        };
        cx.step_to_write().await?;
        queue(errand, cx).await?;
    }
    sent(PAGE, &fields, &mail, cx)
}

/// Without a form: it would have to carry the password.
fn check_mail(login: &LoginPages, mail: &str, fields: &[(String, String)], cx: &mut Ctx) -> Reply<Answer> {
    let page = CheckMail {
        about: About::NewAccount,
        address: mail.to_owned(),
        from: login.sender.clone().unwrap_or_default(),
        valid: Purpose::Verify.seconds(),
        another: at(PAGE, fields),
        ..CheckMail::default()
    };
    login.pages.show(&page, Shown::new(StatusCode::OK, &this_page(cx)), cx)
}

/// The link was opened, by a reader or by a mail program. A button does it.
async fn ask(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let code = field(&query.0, "code").unwrap_or_default();
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::look(Purpose::Verify, code, cx.tx()).await;
    cx.tx().resume(me);
    let Some(mail) = row?.as_ref().and_then(|row| said(row, "mail")) else { return gone(&login, cx) };
    let page = Verify { action: VERIFY.into(), fields: vec![("code".into(), code.to_owned())], mail };
    login.pages.show(&page, Shown::new(StatusCode::OK, &with_code(VERIFY, code)), cx)
}

async fn verify(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &with_code(VERIFY, field(&fields, "code").unwrap_or_default()), cx);
    }
    cx.step(Want::Write).await?;
    let me = cx.tx().assume(Duty::SignIn);
    let code = field(&fields, "code").unwrap_or_default();
    let row = ExpiringCode::redeem(Purpose::Verify, code, cx.tx()).await;
    cx.tx().resume(me);
    let Some(row) = row? else { return gone(&login, cx) };
    let done = match row.own.subject {
        Some(user) => confirmed(user, &row, cx).await?,
        None => made(&row, cx).await?,
    };
    if !done {
        return gone(&login, cx);
    }
    let to = said(&row, "redirect_uri");
    let to = onward(&row.own.client_id, to.as_deref(), "verify_success", cx).await?;
    Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")
}

/// Makes the account as it was asked for, unless somebody else has the name meanwhile.
async fn made(row: &Fields<ExpiringCodeOwn>, cx: &mut Ctx) -> Reply<bool> {
    let (Some(mail), Some(name), Some(password)) =
        (said(row, "mail"), said(row, "name"), said(row, "password"))
    else {
        return Ok(false);
    };
    let new = NewUser {
        origin: OWN_ORIGIN,
        mail: &mail,
        name: Some(&name),
        password: Some(password),
        verified: true,
    };
    Ok(make_user(new, cx).await?.is_some())
}

/// The address of an account that is there already, and was made by others (`/Users/{id}/verify-link`), unless it is another one
/// meanwhile.
async fn confirmed(user: Uuid, row: &Fields<ExpiringCodeOwn>, cx: &mut Ctx) -> Reply<bool> {
    match person(user, cx).await? {
        Some(there) => confirm(&there, said(row, "mail").as_deref(), cx).await,
        None => Ok(false),
    }
}

/// A text of what is kept with a code.
fn said(row: &Fields<ExpiringCodeOwn>, name: &str) -> Option<String> {
    let data: Value = serde_json::from_str(&row.own.data).ok()?;
    data[name].as_str().map(str::to_owned)
}

/// What is shown instead, where nobody makes an account of their own.
fn closed(login: &LoginPages, cx: &mut Ctx) -> Reply<Option<Answer>> {
    if !cx.here().config.self_service().enabled() {
        return not_here(login, cx).map(Some);
    }
    if login.sender.is_none() { no_mail(login, PAGE, cx).map(Some) } else { Ok(None) }
}

fn blank(fields: &[(String, String)], cx: &Ctx) -> Register {
    let here = cx.here();
    let agreement = here.config.agreement().map(|agreement| Link {
        text: agreement.text.clone(),
        href: agreement.link.clone().unwrap_or_default(),
    });
    Register {
        action: ACTION.into(),
        rules: rules(cx),
        agreement,
        sign_in: at("/login", fields),
        ..Register::default()
    }
}

fn gone(login: &LoginPages, cx: &mut Ctx) -> Reply<Answer> {
    // Another message needs all that this one was asked for with, and whose link it was is not known any more.
    let anew = cx.here().config.self_service().enabled().then(|| PAGE.to_owned());
    let page = LinkExpired {
        anew,
        valid: Purpose::Verify.seconds(),
        sign_in: "/login".into(),
        ..LinkExpired::default()
    };
    login.pages.show(&page, Shown::new(StatusCode::UNPROCESSABLE_ENTITY, PAGE), cx)
}

const PAGE: &str = "/create_account";
const ACTION: &str = "/create_account.do";
const VERIFY: &str = "/verify_user";
