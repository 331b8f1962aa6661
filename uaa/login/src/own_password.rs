//! `/change_password`, and `/force_password_change`: another password for one's own, because one wants it or because the zone
//! does. The present one is asked for in both cases, and a second proof of whoever has one: a password alone changes none (ASVS 5.0,
//! 7.5.1).

use crate::LoginPages;
use crate::account::{rules, tell_owner, vetted};
use crate::second::is_fresh;
use crate::sign_in::{Going, form, locked};
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::{
    Claimed, Half, Live, Mine, Proved, Shown, SignedIn, UserOwn, by_password, cookie, due, set_password,
    user_named,
};
use uaa_look::{ForceChange, PasswordFault};
use uaa_model::{Micros, Reply, Secret};
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, field, pairs, with};
use uaa_store::{Fields, Want};
use url::form_urlencoded::Serializer;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "a browser's session says who it is, and the sign-in page is the answer to whoever has none";
    let forced = "the present password says who it is, with the second proof of whoever has one";
    let (show, update) = (with(login.clone(), show), with(login.clone(), update));
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(Uaa, get.clone(), OWN, "own_password_show", Oauth, why, show),
        Route::public(Uaa, post.clone(), OWN_DO, "own_password_update", Oauth, why, update),
        Route::public(
            Uaa,
            get,
            FORCED,
            "password_force_show",
            Oauth,
            forced,
            with(login.clone(), forced_show),
        ),
        Route::public(Uaa, post, FORCED, "password_force_update", Oauth, forced, with(login.clone(), force)),
    ]
}

async fn show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let Some(live) = login.sessions.current(cx).await? else { return login.pages.sign_in_first(OWN, cx) };
    if !is_proved(&live, cx).await? {
        return login.pages.sign_in(OWN, &[("prompt", "login")], cx);
    }
    ask(&login, &Asking::own(live.username.clone()), None, cx)
}

/// Whether whoever is at the browser has shown a moment ago what they have beside the password.
async fn is_proved(live: &Live, cx: &mut Ctx) -> Reply<bool> {
    let mine = Mine::of(live.user, cx).await?;
    Ok(mine.is_empty() || is_fresh(live, &mine, cx))
}

/// Sets it. Every other session ends; this one goes on with what it has proved.
async fn update(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, OWN, cx);
    }
    let Some(live) = login.sessions.current(cx).await? else { return login.pages.sign_in_first(OWN, cx) };
    if !is_proved(&live, cx).await? {
        return login.pages.sign_in(OWN, &[("prompt", "login")], cx);
    }
    let asking = Asking::own(live.username.clone());
    // The button of the profile leads here, and says nothing.
    if field(&fields, "password").is_none() {
        return ask(&login, &asking, None, cx);
    }
    let user = match by_present(&login, &live.username, &fields, cx).await? {
        Proved::Right(user) | Proved::Half(user, _) | Proved::Stale(user, ..) | Proved::Unverified(user) => {
            user
        }
        Proved::Wrong => return ask(&login, &asking, Some(PasswordFault::WrongOld), cx),
        // Nothing is tried until then.
        Proved::Locked(until) => {
            let change = login.pages.somebody_else(OWN, cx);
            let page = login.pages.paused(&live.username, change, until, cx);
            let shown = Shown { live: Some(&live), ..Shown::new(StatusCode::TOO_MANY_REQUESTS, OWN) };
            return login.pages.show(&page, shown, cx);
        }
    };
    let changed = match change(&login, &user, &fields, cx).await? {
        Ok(changed) => changed,
        Err(fault) => return ask(&login, &asking, Some(fault), cx),
    };
    let amr: Vec<&str> = live.amr.iter().map(String::as_str).collect();
    let second_at = live.second_at;
    let signed_in = SignedIn { user: &changed, amr: &amr, second_at, remember: false, client: "" };
    let set = login.sessions.begin_anew(&signed_in, cx).await?;
    let to = format!("{}/profile", cx.links.login);
    Answer::found(&to)?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")
}

/// Whoever has just given all proofs chooses another password; whoever else comes by address signs in, and is led here if it must be.
async fn forced_show(login: Arc<LoginPages>, _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    if let Some(half) = Half::current(cx).await?.filter(Half::is_whole)
        && let Some(expired) = due(&half.user.own, cx)
    {
        return instead(&login, &half.user, expired, cx);
    }
    sign_in_first(&pairs(&cx.query)?, "", cx)
}

fn sign_in_first(query: &[(String, String)], username: &str, cx: &Ctx) -> Reply<Answer> {
    let hint = Some(("login_hint", username)).filter(|_| !username.is_empty());
    let to = at("/login", query, hint.as_slice());
    Answer::found(&format!("{}{to}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
}

/// Sets it where it is due, and has the person sign in with it: whatever else the zone asks for at a sign-in is asked for there. Of
/// whoever has a second proof it was asked before, or a password that somebody has found out would be enough to keep its owner out.
async fn force(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return login.pages.refused(why, "/login", cx);
    }
    let query = pairs(&cx.query)?;
    let username = field(&fields, "username").unwrap_or_default().trim().to_owned();
    let asking = Asking { username, expired: None, own: false, action: at(FORCED, &query, &[]) };
    let (user, next) = match by_present(&login, &asking.username, &fields, cx).await? {
        Proved::Stale(user, _, next) => (user, next),
        Proved::Right(_) | Proved::Half(..) | Proved::Unverified(_) => {
            return sign_in_first(&query, &asking.username, cx);
        }
        Proved::Wrong => return ask(&login, &asking, Some(PasswordFault::WrongOld), cx),
        Proved::Locked(until) => {
            return locked(&login, &Going::read(&query, cx).await?, &asking.username, until, cx);
        }
    };
    let half = Half::current(cx).await?.filter(|half| half.is_whole() && half.user.guid == user.guid);
    if next.is_some() && half.is_none() {
        return sign_in_first(&query, &asking.username, cx);
    }
    match change(&login, &user, &fields, cx).await? {
        Ok(_) => {
            let to =
                at("/login", &query, &[("success", "password_changed"), ("login_hint", &asking.username)]);
            Answer::found(&format!("{}{to}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
        }
        Err(fault) => ask(&login, &asking, Some(fault), cx),
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

/// Who that is, by the present password.
async fn by_present(
    login: &LoginPages,
    username: &str,
    fields: &[(String, String)],
    cx: &mut Ctx,
) -> Reply<Proved> {
    let present = Secret::new(field(fields, "password").unwrap_or_default().to_owned());
    by_password(&login.credentials, &Claimed { origin: "uaa", username, client: "" }, &present, cx).await
}

/// Checks the new password, and sets it. Gives the person's row after that.
async fn change(
    login: &LoginPages,
    user: &Fields<UserOwn>,
    fields: &[(String, String)],
    cx: &mut Ctx,
) -> Reply<Result<Fields<UserOwn>, PasswordFault>> {
    let again = Some(field(fields, "new_password_confirmation").unwrap_or_default());
    let new = Secret::new(field(fields, "new_password").unwrap_or_default().to_owned());
    let id = user.guid.to_string();
    let hash = match vetted(login, &new, again, Some(&user.own), &id, cx).await? {
        Ok(hash) => hash,
        Err(fault) => return Ok(Err(fault)),
    };
    cx.step(Want::Write).await?;
    if !set_password(user, hash, cx).await? {
        return Ok(Err(PasswordFault::WrongOld));
    }
    tell_owner(login, user, None, cx).await?;
    Ok(user_named(&user.own.username, cx).await?.ok_or(PasswordFault::WrongOld))
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
pub(crate) const FORCED: &str = "/force_password_change";
