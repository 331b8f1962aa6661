//! `/change_password`, and `/force_password_change`: another password for one's own, because one wants it or because the zone
//! does. The present one is asked for in both cases, so neither needs to know how somebody came here.

use crate::LoginPages;
use crate::account::{rules, tell_owner, vetted};
use crate::sign_in::{Going, form, locked};
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{
    Claimed, Proved, Shown, SignedIn, UserOwn, by_password, cookie, set_password, user_named,
};
use uaa_look::{ForceChange, PasswordFault};
use uaa_model::{Micros, Reply, Secret};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, pairs, with};
use uaa_store::{Fields, Want};
use url::form_urlencoded::Serializer;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    let forced = "the present password says who it is";
    let (show, update) = (with(login.clone(), show), with(login.clone(), update));
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(Uaa, get.clone(), OWN, "own_password_show", Oauth, why, show),
        Route::public(Uaa, post.clone(), OWN_DO, "own_password_update", Oauth, why, update),
        Route::public(Uaa, get, FORCED, "password_force_show", Oauth, forced, sign_in),
        Route::public(Uaa, post, FORCED, "password_force_update", Oauth, forced, with(login.clone(), force)),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let Some(live) = login.sessions.current(cx).await? else { return login.pages.sign_in_first(OWN, cx) };
    ask(&login, &Asking::own(live.username.clone()), None, cx)
}

/// Sets it. Every other session ends; this one goes on with what it has proved.
async fn update(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, OWN, cx);
    }
    let Some(live) = login.sessions.current(cx).await? else { return login.pages.sign_in_first(OWN, cx) };
    let asking = Asking::own(live.username.clone());
    // The button of the profile leads here, and says nothing.
    if field(&fields, "password").is_none() {
        return ask(&login, &asking, None, cx);
    }
    let changed = match change(&login, &live.username, &fields, cx).await? {
        Ok(changed) => changed,
        Err(Not::Taken(fault)) => return ask(&login, &asking, Some(fault), cx),
        Err(Not::Now(until)) => {
            let change = login.pages.somebody_else(OWN, cx);
            let page = login.pages.paused(&live.username, change, until, cx);
            let shown = Shown { live: Some(&live), ..Shown::new(StatusCode::TOO_MANY_REQUESTS, OWN) };
            return login.pages.show(&page, shown, cx);
        }
    };
    let amr: Vec<&str> = live.amr.iter().map(String::as_str).collect();
    let second_at = live.second_at;
    let signed_in = SignedIn { user: &changed, amr: &amr, second_at, remember: false, client: "" };
    let set = login.sessions.begin_anew(&signed_in, cx).await?;
    let to = format!("{}/profile", cx.links.login);
    Answer::found(&to)?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")
}

/// Whoever comes by address signs in, and is led here if it must be.
async fn sign_in(_: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::found(&format!("{}/login", cx.links.login))
}

/// Sets it, and has the person sign in with it: whatever else the zone asks for at a sign-in is asked for there.
async fn force(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, "/login", cx);
    }
    let query = pairs(&cx.query)?;
    let username = field(&fields, "username").unwrap_or_default().trim().to_owned();
    let asking = Asking { username, expired: None, own: false, action: at(FORCED, &query, &[]) };
    match change(&login, &asking.username, &fields, cx).await? {
        Ok(_) => {
            let to =
                at("/login", &query, &[("success", "password_changed"), ("login_hint", &asking.username)]);
            Answer::found(&format!("{}{to}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
        }
        Err(Not::Taken(fault)) => ask(&login, &asking, Some(fault), cx),
        Err(Not::Now(until)) => locked(&login, &Going::read(&query, cx).await?, &asking.username, until, cx),
    }
}

/// Instead of a sign-in: the password was right, and is good for nothing but choosing another.
pub(crate) fn instead(
    login: &LoginPages,
    user: &Fields<UserOwn>,
    expired: Option<Micros>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let query = pairs(&cx.query)?;
    let (username, action) = (user.own.username.clone(), at(FORCED, &query, &[]));
    ask(login, &Asking { username, expired, own: false, action }, None, cx)
}

/// Why a password was not changed.
enum Not {
    /// What was typed is not good for it.
    Taken(PasswordFault),
    /// It was guessed at too often: nothing is tried until then.
    Now(Micros),
}

/// Checks the present password and the new one, and sets it. Gives the person's row after that.
async fn change(
    login: &LoginPages,
    username: &str,
    fields: &[(String, String)],
    cx: &mut Ctx,
) -> Reply<Result<Fields<UserOwn>, Not>> {
    let secret = |name: &str| Secret::new(field(fields, name).unwrap_or_default().to_owned());
    let claimed = Claimed { origin: "uaa", username, client: "" };
    let proved = by_password(&login.credentials, &claimed, &secret("password"), cx).await?;
    let user = match proved {
        Proved::Right(user) | Proved::Half(user, _) | Proved::Stale(user, _) => user,
        Proved::Wrong => return Ok(Err(Not::Taken(PasswordFault::WrongOld))),
        Proved::Locked(until) => return Ok(Err(Not::Now(until))),
    };
    let again = Some(field(fields, "new_password_confirmation").unwrap_or_default());
    let (new, id) = (secret("new_password"), user.guid.to_string());
    let hash = match vetted(login, &new, again, Some(&user.own), &id, cx).await? {
        Ok(hash) => hash,
        Err(fault) => return Ok(Err(Not::Taken(fault))),
    };
    cx.step(Want::Write).await?;
    if !set_password(&user, hash, cx).await? {
        return Ok(Err(Not::Taken(PasswordFault::WrongOld)));
    }
    tell_owner(login, &user, None, cx).await?;
    Ok(user_named(username, cx).await?.ok_or(Not::Taken(PasswordFault::WrongOld)))
}

/// What the page is about.
struct Asking {
    username: String,
    expired: Option<Micros>,
    own: bool,
    action: String,
}

impl Asking {
    fn own(username: String) -> Asking {
        Asking { username, expired: None, own: true, action: OWN_DO.into() }
    }
}

fn ask(login: &LoginPages, asking: &Asking, fault: Option<PasswordFault>, cx: &mut Ctx) -> Reply<Answer> {
    let page = ForceChange {
        action: asking.action.clone(),
        username: asking.username.clone(),
        rules: rules(cx),
        own: asking.own,
        expired: asking.expired,
        fault,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let here = match asking.own {
        true => OWN.to_owned(),
        false => at("/login", &pairs(&cx.query)?, &[("username", &asking.username)]),
    };
    login.pages.show(&page, Shown::new(status, &here), cx)
}

/// A path with where the person wants to go on to, which is checked where it is used.
fn at(path: &str, query: &[(String, String)], more: &[(&str, &str)]) -> String {
    let mut text = Serializer::new(String::new());
    text.extend_pairs(query.iter().filter(|(name, _)| name == "return_to")).extend_pairs(more);
    let text = text.finish();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
}

const OWN: &str = "/change_password";
pub(crate) const OWN_DO: &str = "/change_password.do";
const FORCED: &str = "/force_password_change";
