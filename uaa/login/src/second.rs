//! The second step: proving with more than a password, at a sign-in, for an application that asks for more, or on the profile.
//!
//! Whoever stands here is half signed in ([`Half`]), or has a session that is to become a better one. Which of the two, the address
//! says (`up`), so that an abandoned sign-in of somebody else is never taken for the session at hand.

mod code;
mod passkey;
mod passkey_set_up;
mod recovery;
mod set_up;

pub(crate) use set_up::shown_next;

use crate::LoginPages;
use crate::own_password::FORCED;
use crate::sign_in::{Going, form, locked, onward};
use axum::http::header;
use std::sync::Arc;
use uaa_directory::lockout::LockoutPolicy;
use uaa_directory::{
    AppOf, Assurance, Attempt, Half, Live, Mine, Next, Tried, Whom, cookie, due, failed, passkeys_work,
    proofs, this_page,
};
use uaa_look::Proof;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, MfaPolicy, Route, field, pairs};
use uaa_store::Want;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

pub(crate) fn routes(login: &Arc<LoginPages>) -> Vec<Route> {
    let mut routes = code::routes(login);
    routes.extend(passkey::routes(login));
    routes.extend(passkey_set_up::routes(login));
    routes.extend(recovery::routes(login));
    routes.extend(set_up::routes(login));
    routes
}

/// Why its routes are public.
const WHY: &str =
    "whoever has given a password and nothing more has no session yet, and shows by a cookie that they have";

/// After the password: on to what is next.
pub(crate) fn begun(going: &Going, next: Next, set: &str, cx: &Ctx) -> Reply<Answer> {
    let path = match next {
        Next::Ask => FACTOR,
        Next::SetUp => APP,
    };
    Answer::found(&format!("{}{}", cx.links.login, going.at(path)))?
        .cookie(set)?
        .with(header::CACHE_CONTROL, "no-store")
}

/// On what the proof is put.
enum Base {
    Half(Box<Half>),
    Live(Arc<Live>),
}

/// Where somebody stands.
struct Step {
    going: Going,
    base: Base,
    /// The level that the session is to reach.
    up: Option<Assurance>,
    mine: Mine,
}

/// A form that was sent.
struct Sent {
    step: Step,
    fields: Vec<(String, String)>,
}

impl Sent {
    fn field(&self, name: &str) -> &str {
        field(&self.fields, name).unwrap_or_default()
    }
}

impl Step {
    /// Reads it; the other answer is for whoever does not stand here.
    async fn read(login: &LoginPages, cx: &mut Ctx) -> Reply<Result<Step, Answer>> {
        let query = pairs(&cx.query)?;
        let going = Going::read(&query, cx).await?;
        let up = field(&query, "up").and_then(Assurance::named);
        let base = match up {
            Some(_) => login.sessions.current(cx).await?.map(Base::Live),
            None => Half::current(cx).await?.map(|half| Base::Half(Box::new(half))),
        };
        let Some(base) = base else {
            return Answer::found(&format!("{}{}", cx.links.login, going.at("/login"))).map(Err);
        };
        let mine = Mine::of(base.user(), cx).await?;
        Ok(Ok(Step { going, base, up, mine }))
    }

    /// What was sent to one of these pages, by our own form, and by somebody who stands here; in a transaction that writes from now on.
    async fn sent(login: &LoginPages, body: &Body, cx: &mut Ctx) -> Reply<Result<Sent, Answer>> {
        let fields = form(body)?;
        if let Err(why) = cookie::is_ours(cx, field(&fields, "csrf")) {
            return login.pages.refused(why, &this_page(cx), cx).map(Err);
        }
        let step = match Step::read(login, cx).await? {
            Ok(step) => step,
            Err(answer) => return Ok(Err(answer)),
        };
        cx.step(Want::Write).await?;
        Ok(Ok(Sent { step, fields }))
    }

    /// A path of these pages with what is carried on.
    fn at(&self, path: &str) -> String {
        let path = self.going.at(path);
        let Some(up) = self.up else { return path };
        let text = Serializer::new(String::new()).append_pair("up", up.name()).finish();
        format!("{path}{}{text}", if path.contains('?') { '&' } else { '?' })
    }

    fn go(&self, path: &str, cx: &Ctx) -> Reply<Answer> {
        Answer::found(&format!("{}{}", cx.links.login, self.at(path)))?
            .with(header::CACHE_CONTROL, "no-store")
    }

    /// Where it goes on afterwards.
    fn onward(&self, cx: &Ctx) -> String {
        match (&self.going.to, self.up) {
            (None, Some(_)) => format!("{}{PROFILE}", cx.links.login),
            _ => onward(&self.going, cx),
        }
    }

    fn username(&self) -> &str {
        self.base.username()
    }

    /// Whether a passkey may be asked for.
    fn has_passkey(&self, cx: &Ctx) -> bool {
        self.mine.passkeys().next().is_some() && passkeys_work(cx)
    }

    fn proofs(&self) -> Vec<Proof> {
        proofs(self.base.amr().iter().map(String::as_str))
    }

    /// Where the sign-in begins anew, as somebody else.
    fn change(&self) -> String {
        self.going.change()
    }

    /// For whom an app is set up.
    fn app_of<'a>(&'a self, zone: &'a str) -> AppOf<'a> {
        AppOf { user: self.base.user(), username: self.username(), issuer: zone }
    }

    /// Counts what was found out about a code, and goes on with that proof, back to its page, or no further for a while.
    async fn settled(
        self,
        login: &LoginPages,
        right: bool,
        proof: &str,
        page: fn(&LoginPages, &Step, bool, &mut Ctx) -> Reply<Answer>,
        cx: &mut Ctx,
    ) -> Reply<Answer> {
        let username = self.username().to_lowercase();
        let address = cx.caller.address.clone();
        let policy = LockoutPolicy::of(&cx.here());
        let origin = self.base.origin();
        let tried = Tried { zone: cx.zone(), origin, username: &username, address: &address, policy };
        let attempt = login.credentials.second(tried, right, cx.now())?;
        let why = match attempt {
            Attempt::Right => return self.done(login, &[proof], cx).await,
            Attempt::Wrong => "second_factor",
            Attempt::Locked(_) => "locked",
        };
        failed(Some(self.base.whom()), self.going.client_id(), why, cx);
        match attempt {
            Attempt::Locked(until) => locked(login, &self.going, self.username(), until, cx),
            Attempt::Right | Attempt::Wrong => page(login, &self, true, cx),
        }
    }

    /// The proof was right: the session begins, once the password is one that needs no change, or becomes a better one. The transaction at hand must write.
    async fn done(self, login: &LoginPages, proof: &[&str], cx: &mut Ctx) -> Reply<Answer> {
        let to = self.onward(cx);
        let set = match self.base {
            Base::Half(half) if due(&half.user.own, cx).is_some() => {
                half.add(proof, cx).await?;
                return Answer::found(&format!("{}{}", cx.links.login, self.going.at(FORCED)))?
                    .with(header::CACHE_CONTROL, "no-store");
            }
            Base::Half(half) => match half.finish(proof, &login.sessions, cx).await? {
                Some(set) => set,
                None => return Answer::found(&format!("{}{}", cx.links.login, self.going.at("/login"))),
            },
            Base::Live(live) => {
                login.sessions.raise(&live, proof, cx).await?;
                login.sessions.renew(&live, cx).await?
            }
        };
        Answer::found(&to)?.cookies(&set)?.with(header::CACHE_CONTROL, "no-store")
    }
}

impl Base {
    fn user(&self) -> Uuid {
        match self {
            Base::Half(half) => half.user.guid,
            Base::Live(live) => live.user,
        }
    }

    fn username(&self) -> &str {
        match self {
            Base::Half(half) => &half.user.own.username,
            Base::Live(live) => &live.username,
        }
    }

    fn origin(&self) -> &str {
        match self {
            Base::Half(half) => &half.user.own.origin,
            Base::Live(live) => &live.origin,
        }
    }

    fn whom(&self) -> Whom<'_> {
        Whom { user: self.user(), username: self.username(), origin: self.origin() }
    }

    fn amr(&self) -> &[String] {
        match self {
            Base::Half(half) => half.amr(),
            Base::Live(live) => &live.amr,
        }
    }
}

/// Whether a session may change how its person proves who they are: it has just been proved, with all that there is.
pub(crate) fn is_fresh(live: &Live, mine: &Mine, cx: &Ctx) -> bool {
    let second = !mine.is_empty() && cx.here().config.mfa.of(&live.origin) != MfaPolicy::Off;
    live.is_fresh(second, cx.now())
}

pub(crate) const FACTOR: &str = "/login/factor";
pub(crate) const RECOVERY: &str = "/login/recovery";
pub(crate) const APP: &str = "/login/app";
pub(crate) const PASSKEY: &str = "/login/factor/passkey";
pub(crate) const NEW_PASSKEY: &str = "/login/passkey/new";
pub(crate) const KEPT: &str = "/login/kept";
const PROFILE: &str = "/profile";
