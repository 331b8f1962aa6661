//! `/change_email`: another address for one's account. It counts when the link that was sent there is opened.

use crate::LoginPages;
use crate::account::{expired, no_mail, person, registered, sent, sent_to, tell_owner, with_code};
use crate::sign_in::form;
use axum::http::{Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;
use uaa_authz::{Duty, Update};
use uaa_directory::{
    Errand, ExpiringCode, ExpiringCodeOwn, Live, Purpose, Shown, User, UserOwn, cookie, emails, is_address,
    queue, this_page, user_named,
};
use uaa_look::{About, ChangeEmail, CheckMail, Verify};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Form, Public, Route, Site::Uaa, field, with};
use uaa_store::{Annotation, Fields, Set, Want};

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    let by_code = "the code of the link says who it is";
    let (show, create) = (with(login.clone(), show), with(login.clone(), create));
    let (ask, verify) = (with(login.clone(), ask), with(login.clone(), verify));
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(Uaa, get.clone(), PAGE, "email_show", Oauth, why, show),
        Route::public(Uaa, post.clone(), ACTION, "email_update", Oauth, why, create),
        Route::public(Uaa, get, VERIFY, "email_verify_show", Oauth, by_code, ask),
        Route::public(Uaa, post, VERIFY, "email_verify_update", Oauth, by_code, verify),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    match (recent(&login, cx).await?, sent_to(&query.0)) {
        (Ok(_), Some(mail)) => check_mail(&login, mail, cx),
        (Ok(live), None) => ask_for(&login, &live, "", false, cx),
        (Err(answer), _) => Ok(answer),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, PAGE, cx);
    }
    let live = match recent(&login, cx).await? {
        Ok(live) => live,
        Err(answer) => return Ok(answer),
    };
    // The button of the profile leads here, and says nothing.
    let Some(typed) = field(&fields, "email") else { return ask_for(&login, &live, "", false, cx) };
    let mail = typed.trim().to_owned();
    if !is_address(&mail) {
        return ask_for(&login, &live, &mail, true, cx);
    }
    let what = format!("email/{}", live.user);
    if login.credentials.guessed(cx.zone(), &what, false, cx.now()).is_ok() {
        let (client_id, redirect_uri) = (String::new(), None);
        cx.step_to_write().await?;
        queue(Errand::Change { user: live.user, mail: mail.clone(), client_id, redirect_uri }, cx).await?;
    }
    sent(PAGE, &[], &mail, cx)
}

fn check_mail(login: &LoginPages, mail: &str, cx: &mut Ctx) -> Reply<Answer> {
    let page = CheckMail {
        action: ACTION.into(),
        fields: vec![("email".into(), mail.to_owned())],
        about: About::NewAddress,
        address: mail.to_owned(),
        from: login.sender.clone().unwrap_or_default(),
        valid: Purpose::Change.seconds(),
        another: PAGE.into(),
    };
    login.pages.show(&page, Shown::new(StatusCode::OK, &this_page(cx)), cx)
}

/// The link was opened, by a reader or by a mail program. A button does it.
async fn ask(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    let code = field(&query.0, "code").unwrap_or_default();
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::look(Purpose::Change, code, cx.tx()).await;
    cx.tx().resume(me);
    let Some(mail) = row?.as_ref().and_then(address) else { return gone(&login, cx) };
    let page = Verify { action: VERIFY.into(), fields: vec![("code".into(), code.to_owned())], mail };
    login.pages.show(&page, Shown::new(StatusCode::OK, &with_code(VERIFY, code)), cx)
}

async fn verify(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, &with_code(VERIFY, field(&fields, "code").unwrap_or_default()), cx);
    }
    cx.step(Want::Write).await?;
    let code = field(&fields, "code").unwrap_or_default();
    let Some(changed) = redeem(code, cx).await? else { return gone(&login, cx) };
    tell_owner(&login, &changed.before, Some(changed.user.own.email.clone()), cx).await?;
    let to = registered(&changed.client_id, changed.redirect_uri.as_deref(), cx).await?;
    let signed_in = login.sessions.current(cx).await?.is_some();
    let page = if signed_in { "profile" } else { "login?success=email_changed" };
    let to = to.unwrap_or_else(|| format!("{}/{page}", cx.links.login));
    Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")
}

/// An address that was changed.
pub(crate) struct Changed {
    before: Fields<UserOwn>,
    pub(crate) user: Fields<UserOwn>,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: Option<String>,
}

/// Uses a code up and changes the address that it is about, in the transaction at hand, which must be one that writes.
pub(crate) async fn redeem(code: &str, cx: &mut Ctx) -> Reply<Option<Changed>> {
    let me = cx.tx().assume(Duty::SignIn);
    let row = ExpiringCode::redeem(Purpose::Change, code, cx.tx()).await;
    cx.tx().resume(me);
    match row? {
        Some(row) => change_address(&row, cx).await,
        None => Ok(None),
    }
}

/// Changes the address that a code is about, which was used up in the same transaction. Where the address was the name for
/// signing in, it is again (UAA). `None`: the account is another meanwhile, and nothing was done.
async fn change_address(row: &Fields<ExpiringCodeOwn>, cx: &mut Ctx) -> Reply<Option<Changed>> {
    let (Some(mail), Some(user)) = (address(row), row.own.subject) else { return Ok(None) };
    let data: Value = serde_json::from_str(&row.own.data).unwrap_or_default();
    let before = person(user, cx).await?;
    // Since then a new password was set: whoever asked may have been the reason.
    let Some(before) = before.filter(|user| data["generation"] == user.own.generation) else {
        return Ok(None);
    };
    let named_so = before.own.username == before.own.email;
    if named_so && user_named(&mail, cx).await?.is_some_and(|other| other.guid != user) {
        return Ok(None);
    }
    let mut set = Set::default()
        .put(User::email, mail.clone())
        .put(User::emails, emails(&mail))
        .put(User::verified, true)
        .put(User::version, before.own.version + 1);
    if named_so {
        set = set.put(User::username, mail.clone()).put(User::username_key, mail.to_lowercase());
    }
    let me = cx.tx().assume(Duty::SignIn);
    let written = write(user, set, cx).await;
    cx.tx().resume(me);
    let redirect_uri = data["redirect_uri"].as_str().map(str::to_owned);
    let client_id = row.own.client_id.clone();
    Ok(written?.map(|user| Changed { before, user, client_id, redirect_uri }))
}

async fn write(user: uuid::Uuid, set: Set<User>, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    let granted = match cx.tx().grant::<Update, User>(Id::new(user)).await {
        Ok(granted) => granted,
        Err(Fault::Denied(..)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    cx.tx().update(&granted, set).await?;
    let row = cx.tx().get(&granted).await?;
    let (event, target_name) = ("EmailChangedEvent".to_owned(), row.own.username.clone());
    cx.tx().annotate(Annotation { event, target_name, ..Annotation::default() });
    Ok(Some(row))
}

fn address(row: &Fields<ExpiringCodeOwn>) -> Option<String> {
    let data: Value = serde_json::from_str(&row.own.data).ok()?;
    data["mail"].as_str().map(str::to_owned)
}

/// A session whose person proved who they are not long ago: a new address leads to a new password, so a browser that was left
/// open must not be enough. Otherwise what is answered instead.
async fn recent(login: &LoginPages, cx: &mut Ctx) -> Reply<Result<Arc<Live>, Answer>> {
    let live = login.sessions.current(cx).await?;
    match live {
        Some(_) if login.sender.is_none() => no_mail(login, PAGE, cx).map(Err),
        Some(live) if cx.now() - live.auth_time < RECENT => Ok(Ok(live)),
        Some(_) => login.pages.sign_in(PAGE, &[("prompt", "login")], cx).map(Err),
        None => login.pages.sign_in_first(PAGE, cx).map(Err),
    }
}

fn ask_for(login: &LoginPages, live: &Live, mail: &str, wrong: bool, cx: &mut Ctx) -> Reply<Answer> {
    let page = ChangeEmail {
        action: ACTION.into(),
        current: live.email.clone(),
        mail: mail.to_owned(),
        wrong,
        back: "/profile".into(),
    };
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    login.pages.show(&page, Shown { live: Some(live), ..Shown::new(status, PAGE) }, cx)
}

fn gone(login: &LoginPages, cx: &mut Ctx) -> Reply<Answer> {
    expired(login, Some(ACTION), Purpose::Change.seconds(), "/login", cx)
}

const PAGE: &str = "/change_email";
pub(crate) const ACTION: &str = "/change_email.do";
const VERIFY: &str = "/verify_email";
/// A quarter of an hour.
const RECENT: i64 = 900_000_000;
