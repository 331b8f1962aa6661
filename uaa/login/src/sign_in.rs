//! `/login` and `/login.do`: who is it, and is it them. The name first, so that an organization's own sign-in can take over
//! from there; then the proof.

use crate::LoginPages;
use crate::account::LONGEST;
use crate::own_password;
use crate::passkey;
use crate::prompts;
use crate::return_to::ReturnTo;
use crate::second;
use crate::unverified;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::cookie::NotOurs;
use uaa_directory::{
    Asking, Claimed, Half, Live, Proved, Shown, SignedIn, by_password, cookie, passkeys_work, username_of,
};
use uaa_look::{Client, Locked, Notice, SignIn, SignInPassword};
use uaa_model::{Micros, Reply, Secret};
use uaa_plugin::{
    Answer, Answers, Body, Ctx, Dialect::Oauth, Form, Public, Route, SelfService, Site::Uaa, field, pairs,
    with,
};
use uaa_store::Want;
use url::form_urlencoded::Serializer;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let why = "nobody has signed in yet";
    vec![
        Route::public(Uaa, Method::GET, "/login", "sign_in_show", Oauth, why, with(login.clone(), show))
            .fields(&[&["login_hint", "origin", "return_to", "error", "success", "lang"]])
            .answers(Answers::ok(prompts::looks)),
        Route::public(
            Uaa,
            Method::POST,
            "/login",
            "sign_in_identify",
            Oauth,
            why,
            with(login.clone(), identify),
        ),
        Route::public(
            Uaa,
            Method::POST,
            "/login.do",
            "sign_in_create",
            Oauth,
            why,
            with(login.clone(), create),
        ),
    ]
}

/// What the pages of a sign-in carry from one to the next.
pub(crate) struct Going {
    pub(crate) to: Option<ReturnTo>,
    asking: Option<Asking>,
    /// What an application wants of whoever is signed in already.
    pub(crate) again: Option<Again>,
    /// Whom it expects.
    pub(crate) hint: Option<String>,
}

/// OpenID Connect's `prompt`, of which these pages know two. What is not carried from page to page is lost with the first link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// They prove it again.
    Login,
    /// They say who it is to be, and prove that.
    SelectAccount,
}

impl Again {
    fn read(text: &str) -> Option<Again> {
        [Again::Login, Again::SelectAccount].into_iter().find(|one| one.name() == text)
    }

    fn name(self) -> &'static str {
        match self {
            Again::Login => "login",
            Again::SelectAccount => "select_account",
        }
    }
}

impl Going {
    pub(crate) async fn read(fields: &[(String, String)], cx: &mut Ctx) -> Reply<Going> {
        let to = field(fields, "return_to").and_then(|text| ReturnTo::read(text, &cx.links.login));
        let client = to.as_ref().and_then(|to| to.parameter("client_id"));
        let asking = match client {
            Some(client) => {
                let redirect = to.as_ref().and_then(|to| to.parameter("redirect_uri"));
                Asking::find(&client, redirect.as_deref(), cx).await?
            }
            None => None,
        };
        let again = field(fields, "prompt").and_then(Again::read);
        // UAA's hint at an identity provider is an object, and names nobody.
        let hint = field(fields, "login_hint").filter(|hint| !hint.is_empty() && !hint.starts_with('{'));
        Ok(Going { to, asking, again, hint: hint.map(str::to_owned) })
    }

    /// A path with what is carried on in its query.
    pub(crate) fn at(&self, path: &str) -> String {
        self.at_for(path, self.again, self.hint.as_deref())
    }

    /// The same for somebody else, or wanted otherwise.
    pub(crate) fn at_for(&self, path: &str, again: Option<Again>, hint: Option<&str>) -> String {
        let to = self.to.as_ref().map(|to| ("return_to", to.as_str()));
        let more = [to, again.map(|again| ("prompt", again.name())), hint.map(|hint| ("login_hint", hint))];
        let query = Serializer::new(String::new()).extend_pairs(more.into_iter().flatten()).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Where the password of whoever is called so is asked for: a page that can be opened again, and gone back to.
    pub(crate) fn of(&self, username: &str, error: Option<&str>) -> String {
        let name: String = username.chars().take(LONGEST).collect();
        let error = error.map(|error| ("error", error));
        and(&self.at("/login"), [(NAMED, &*name)].into_iter().chain(error))
    }

    /// Where somebody says that they are another person.
    pub(crate) fn change(&self) -> String {
        self.at_for("/login", self.again.map(|_| Again::SelectAccount), None)
    }

    /// Where the zone has people help themselves: its own address for it, else a page of ours, which brings them back; `None` where it has
    /// them ask somebody.
    fn self_service(&self, cx: &Ctx, own: fn(&SelfService) -> Option<String>, page: &str) -> Option<String> {
        let here = cx.here();
        let links = here.config.self_service();
        links.enabled().then(|| own(links).unwrap_or_else(|| self.at_for(page, None, None)))
    }

    pub(crate) fn client(&self) -> Option<Client> {
        self.asking.as_ref().map(Asking::client)
    }

    /// The application that asks, for the audit log.
    pub(crate) fn client_id(&self) -> &str {
        self.asking.as_ref().map_or("", |asking| asking.client_id.as_str())
    }

    pub(crate) fn shown<'a>(&'a self, status: StatusCode, here: &'a str) -> Shown<'a> {
        let sends_to = self.asking.as_ref().and_then(|asking| asking.sends_to.as_deref());
        let ui_locales = self.to.as_ref().and_then(|to| to.parameter("ui_locales"));
        Shown { sends_to, ui_locales, ..Shown::new(status, here) }
    }
}

async fn show(login: Arc<LoginPages>, _: Public, query: Form, cx: &mut Ctx) -> Reply<Answer> {
    if wants_json(cx) {
        return prompts::answer(&query.0, cx).await;
    }
    if cx.caller.beside_login {
        // The same page where its cookie counts.
        let query = if cx.query.is_empty() { String::new() } else { format!("?{}", cx.query) };
        return Answer::found(&format!("{}/login{query}", cx.links.login));
    }
    let going = Going::read(&query.0, cx).await?;
    let live = login.sessions.current(cx).await?;
    let notice = field(&query.0, "success").and_then(done);
    let notice = notice.or_else(|| field(&query.0, "error").and_then(failed));
    let named = field(&query.0, NAMED).map(str::trim).filter(|name| !name.is_empty());
    match (&live, going.again) {
        (Some(_), None) => return Answer::found(&onward(&going, cx)),
        // Whoever only has to prove it again is not asked for the name.
        (Some(live), Some(Again::Login))
            if named.is_none() && going.hint.as_ref().is_none_or(|hint| is_called(live, hint)) =>
        {
            return password(&login, &going, &live.username, notice, cx);
        }
        (Some(_) | None, _) => {}
    }
    if let Some(username) = named {
        return password(&login, &going, username, notice, cx);
    }
    let notice = notice.or_else(|| over(&going, cx));
    name(&login, &going, going.hint.as_deref().unwrap_or_default(), notice, cx)
}

fn is_called(live: &Live, hint: &str) -> bool {
    [&live.username, &live.email].into_iter().any(|name| name.eq_ignore_ascii_case(hint))
}

/// The session that the page before was of has ended, by itself or elsewhere. A sign-in that nothing comes after is no news.
fn over(going: &Going, cx: &Ctx) -> Option<Notice> {
    let ended = going.again.is_none() && (cookie::was_refused(cx) || cookie::holds_session(cx));
    (ended && going.to.is_some()).then_some(Notice::SessionEnded)
}

/// A path that may have a query, with more in it.
fn and<'a>(page: &str, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let more = Serializer::new(String::new()).extend_pairs(more).finish();
    format!("{page}{}{more}", if page.contains('?') { '&' } else { '?' })
}

/// A form of the sign-in was refused: UAA's `error` on the page where it begins. Who has signed in meanwhile, in another window, goes on as
/// who they are, unless the form was about somebody else.
async fn refused(
    login: &LoginPages,
    going: &Going,
    why: NotOurs,
    username: Option<&str>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let username = username.map(str::trim).filter(|name| !name.is_empty());
    let live = login.sessions.current(cx).await?;
    let other = username.zip(live).is_some_and(|(name, live)| !is_called(&live, name));
    let again = if other { Some(Again::SelectAccount) } else { going.again };
    let page = going.at_for("/login", again, username.or(going.hint.as_deref()));
    if why != NotOurs::Stale {
        return login.pages.refused(why, &page, cx);
    }
    let page = and(&page, [("error", "invalid_login_request")]);
    Answer::found(&format!("{}{page}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
}

/// What was done on the page before (UAA's names). Whoever makes such a link up tells somebody that they can sign in.
fn done(success: &str) -> Option<Notice> {
    match success {
        "password_reset" | "password_changed" => Some(Notice::PasswordChanged),
        "verify_success" | "email_changed" => Some(Notice::AddressConfirmed),
        "invite_accepted" => Some(Notice::InvitationAccepted),
        _ => None,
    }
}

/// What went wrong on the page before (UAA's names), where it is not a page of its own here.
fn failed(error: &str) -> Option<Notice> {
    match error {
        "login_failure" => Some(Notice::WrongPassword { left: None }),
        "invalid_login_request" => Some(Notice::FormExpired),
        "account_not_precreated" => Some(Notice::AccountOff),
        _ => None,
    }
}

/// The name is known; whether anybody has it is nobody's business.
async fn identify(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    let query = pairs(&cx.query)?;
    let going = Going::read(&query, cx).await?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return refused(&login, &going, why, field(&fields, "username"), cx).await;
    }
    if let Some(sent) = passkey::answered(&fields) {
        return passkey::tried(&login, &going, sent, cx).await;
    }
    if field(&fields, "method") == Some("passkey") {
        return Answer::found(&format!("{}{}", cx.links.login, going.at(passkey::PATH)));
    }
    match field(&fields, "username").map(str::trim).filter(|name| !name.is_empty()) {
        Some(username) => go(&going.of(username, None), cx),
        None => name(&login, &going, "", None, cx),
    }
}

async fn create(login: Arc<LoginPages>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let fields = form(&body)?;
    let query = pairs(&cx.query)?;
    let going = Going::read(&query, cx).await?;
    if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
        return refused(&login, &going, why, field(&fields, "username"), cx).await;
    }
    let username = field(&fields, "username").unwrap_or_default().trim().to_owned();
    let given = Secret::new(field(&fields, "password").unwrap_or_default().to_owned());
    let client = going.asking.as_ref().map_or(String::new(), |asking| asking.client_id.clone());
    let named = username_of(&username, cx).await?;
    let claimed = Claimed { origin: "uaa", username: &named, client: &client };
    match by_password(&login.credentials, &claimed, &given, cx).await? {
        Proved::Right(user) => {
            cx.step(Want::Write).await?;
            let remember = field(&fields, "remember").is_some();
            let signed_in = SignedIn { user: &user, amr: &["pwd"], second_at: 0, remember, client: &client };
            let set = login.sessions.begin(&signed_in, cx).await?;
            Answer::found(&onward(&going, cx))?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")
        }
        Proved::Unverified(user) => unverified::instead(&login, &going, &user, cx),
        Proved::Stale(user, expired, None) => own_password::instead(&login, &user, expired, cx),
        // Half a sign-in opens no page, and so not that of another password either.
        Proved::Half(user, next) | Proved::Stale(user, _, Some(next)) => {
            cx.step(Want::Write).await?;
            let remember = field(&fields, "remember").is_some();
            let half = SignedIn { user: &user, amr: &["pwd"], second_at: 0, remember, client: &client };
            let set = Half::begin(&half, cx).await?;
            second::begun(&going, next, &set, cx)
        }
        // By UAA's name for it. The page is the same as before, so that whoever goes back sends no form again.
        Proved::Wrong => go(&going.of(&username, Some("login_failure")), cx),
        Proved::Locked(until) => locked(&login, &going, &username, until, cx),
    }
}

fn name(
    login: &LoginPages,
    going: &Going,
    username: &str,
    notice: Option<Notice>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let here = going.at("/login");
    let asked = login.factors.ask_passkey(None, cx)?;
    let page = SignIn {
        action: here.clone(),
        passkey: asked.is_some(),
        pending: asked.as_ref().map_or(String::new(), |asked| asked.pending.clone()),
        passkey_options: asked.map(|asked| asked.options),
        client: going.client(),
        username: username.to_owned(),
        register: going.self_service(cx, |own| own.signup.clone(), "/create_account"),
        notice,
        ..SignIn::default()
    };
    let explains = page.notice.is_some();
    login.pages.show(&page, Shown { explains, ..going.shown(StatusCode::OK, &here) }, cx)
}

fn password(
    login: &LoginPages,
    going: &Going,
    username: &str,
    notice: Option<Notice>,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let here = going.of(username, None);
    let status = if notice.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SignInPassword {
        action: going.at("/login.do"),
        client: going.client(),
        username: username.to_owned(),
        change: going.change(),
        remember: true,
        forgot: going.self_service(cx, |own| own.passwd.clone(), "/forgot_password"),
        other_way: passkeys_work(cx).then(|| going.at(passkey::PATH)),
        notice,
    };
    login.pages.show(&page, going.shown(status, &here), cx)
}

pub(crate) fn locked(
    login: &LoginPages,
    going: &Going,
    username: &str,
    until: Micros,
    cx: &mut Ctx,
) -> Reply<Answer> {
    let here = going.of(username, None);
    let page = Locked {
        forgot: going.self_service(cx, |own| own.passwd.clone(), "/forgot_password"),
        passkey: passkeys_work(cx).then(|| going.at(passkey::PATH)),
        ..login.pages.paused(username, going.change(), until, cx)
    };
    login.pages.show(&page, going.shown(StatusCode::TOO_MANY_REQUESTS, &here), cx)
}

pub(crate) fn onward(going: &Going, cx: &Ctx) -> String {
    match &going.to {
        Some(to) => to.address(&cx.links.login),
        None => format!("{}/home", cx.links.login),
    }
}

fn go(page: &str, cx: &Ctx) -> Reply<Answer> {
    Answer::found(&format!("{}{page}", cx.links.login))?.with(header::CACHE_CONTROL, "no-store")
}

/// Whether the caller is a program that asks for prompts (UAA: `Accept: application/json`).
fn wants_json(cx: &Ctx) -> bool {
    let accept = cx.headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = accept.split(',').next().unwrap_or_default();
    first.trim().starts_with("application/json")
}

pub(crate) fn form(body: &Body) -> Reply<Vec<(String, String)>> {
    let text =
        std::str::from_utf8(&body.0).map_err(|_| uaa_model::Fault::Parse("the body is not UTF-8".into()))?;
    cookie::fields(text)
}

/// The parameter of the sign-in page that says whose password is asked for. An application's `login_hint` is no more than a proposal.
const NAMED: &str = "username";
