//! A person proves who they are by a password, with the same look-up, the same time and the same notes for every protocol, or by a
//! passkey, which needs no name.

use crate::lockout::LockoutPolicy;
use crate::password::PasswordPolicy;
use crate::{
    Answered, Attempt, Credentials, Factors, Mine, Next, OWN_ORIGIN, SignedIn, Tried, User, UserOwn, next,
};
use serde_json::json;
use std::sync::Arc;
use uaa_authz::{Actor, Duty, Read, Subject};
use uaa_model::{Fault, Id, Micros, Reply, Secret};
use uaa_plugin::Ctx;
use uaa_store::{Annotation, Cond, Field, Fields, Want};
use uuid::Uuid;

/// Who somebody says they are.
#[derive(Clone, Copy, Debug)]
pub struct Claimed<'a> {
    /// The identity provider of the user; `uaa` for our own.
    pub origin: &'a str,
    /// The user's name, as it was typed.
    pub username: &'a str,
    /// The client that asks, for the audit log.
    pub client: &'a str,
}

/// What came of it.
#[derive(Debug)]
pub enum Proved {
    /// It is the person, and nothing else is asked of them.
    Right(Box<Fields<UserOwn>>),
    /// It is their password, which must be changed before it is good for anything else; when it ran out, if it did, and what is asked
    /// for before that.
    Stale(Box<Fields<UserOwn>>, Option<Micros>, Option<Next>),
    /// It is their password, which is not enough: nobody is signed in by it.
    Half(Box<Fields<UserOwn>>, Next),
    /// It is their password, and nobody has shown yet that the address of the account is theirs: it is good for nothing before that.
    Unverified(Box<Fields<UserOwn>>),
    /// It is not, or nobody has that name, or they may not sign in: nothing tells which.
    Wrong,
    /// Nothing was tried, until then.
    Locked(Micros),
}

/// Tries a name and a password. For public routes: no connection is held while Argon2 works.
///
/// # Errors
/// As of [`Credentials::password`].
pub async fn by_password(
    credentials: &Credentials,
    claimed: &Claimed<'_>,
    password: &Secret,
    cx: &mut Ctx,
) -> Reply<Proved> {
    let username = claimed.username.to_lowercase();
    let me = cx.tx().assume(Duty::SignIn);
    let user = find(claimed.origin, &username, cx).await;
    cx.tx().resume(me);
    let user = user?;
    cx.step(Want::Read).await?;
    let now = cx.now();
    let user = user.filter(|user| user.own.active);
    let stored = user.as_ref().and_then(|user| user.own.password.as_deref());
    let address = cx.caller.address.clone();
    let policy = LockoutPolicy::of(&cx.here());
    let tried =
        Tried { zone: cx.zone(), origin: claimed.origin, username: &username, address: &address, policy };
    match credentials.password(tried, password, stored, now).await? {
        Attempt::Right => match user {
            Some(user) => enough(credentials, &tried, claimed.client, user, cx).await,
            None => Ok(Proved::Wrong),
        },
        Attempt::Wrong => {
            failed(user.as_ref().map(Whom::of), claimed.client, "password", cx);
            Ok(Proved::Wrong)
        }
        Attempt::Locked(until) => {
            failed(user.as_ref().map(Whom::of), claimed.client, "locked", cx);
            Ok(Proved::Locked(until))
        }
    }
}

/// A right password forgets the failures before it, unless a code has to follow: whoever has the password could otherwise guess at
/// codes for ever, with the password in between.
async fn enough(
    credentials: &Credentials,
    tried: &Tried<'_>,
    client: &str,
    user: Fields<UserOwn>,
    cx: &mut Ctx,
) -> Reply<Proved> {
    if !user.own.verified {
        unverified(Whom::of(&user), client, "password", cx);
        return Ok(Proved::Unverified(Box::new(user)));
    }
    let here = cx.here();
    let next = next(here.config.mfa.of(&user.own.origin), &Mine::of(user.guid, cx).await?);
    if next != Some(Next::Ask) {
        credentials.succeeded(*tried);
    }
    let (due, user) = (due(&user.own, cx), Box::new(user));
    Ok(match next {
        // Whoever has no factor yet sets one up at the sign-in with the new password.
        _ if due.is_some() => Proved::Stale(user, due.flatten(), next.filter(|next| *next == Next::Ask)),
        None => Proved::Right(user),
        Some(next) => Proved::Half(user, next),
    })
}

/// Whether somebody must choose another password, and since when that one has run out, if it has.
pub fn due(own: &UserOwn, cx: &Ctx) -> Option<Option<Micros>> {
    let ended = PasswordPolicy::of(&cx.here()).ended(own.password_changed_at, cx.now());
    (ended.is_some() || own.password_change_required).then_some(ended)
}

/// What came of a passkey that names its person.
#[derive(Debug)]
pub enum ByPasskey {
    /// It is the person; by what, in RFC 8176's words.
    Right(Box<Fields<UserOwn>>, [&'static str; 2]),
    /// It is theirs, and the address of the account is not confirmed: [`Proved::Unverified`].
    Unverified(Box<Fields<UserOwn>>),
    /// It is nobody's, or they may not sign in.
    Wrong,
}

/// Tries a passkey that names its person, in the transaction at hand, which must write.
///
/// It is not counted with wrong passwords: nobody guesses it, and somebody who is locked out of the password by others gets in by it.
///
/// # Errors
/// When the database is away.
pub async fn by_passkey(
    factors: &Factors,
    sent: Answered<'_>,
    client: &str,
    cx: &mut Ctx,
) -> Reply<ByPasskey> {
    let Some(passed) = factors.try_passkey(sent, None, cx).await? else {
        failed(None, client, "passkey", cx);
        return Ok(ByPasskey::Wrong);
    };
    let me = cx.tx().assume(Duty::SignIn);
    let user = match cx.tx().grant::<Read, User>(Id::new(passed.user)).await {
        Ok(user) => cx.tx().get(&user).await.map(Some),
        Err(Fault::Denied(..)) => Ok(None),
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let user = user?;
    match user {
        // Of somebody whom a provider vouches for it is the provider's business whose address that is.
        Some(user) if user.own.active && !user.own.verified && user.own.origin == OWN_ORIGIN => {
            unverified(Whom::of(&user), client, "passkey", cx);
            Ok(ByPasskey::Unverified(Box::new(user)))
        }
        Some(user) if user.own.active => Ok(ByPasskey::Right(Box::new(user), passed.amr)),
        other => {
            failed(other.as_ref().map(Whom::of), client, "passkey", cx);
            Ok(ByPasskey::Wrong)
        }
    }
}

async fn find(origin: &str, username: &str, cx: &mut Ctx) -> Reply<Option<Fields<UserOwn>>> {
    let seen = cx.tx().visible::<User>().await?;
    let name = Cond::In(Field::Folded("username_key"), vec![username.to_owned()]);
    let there = Cond::In(Field::Text("origin"), vec![origin.to_owned()]);
    cx.tx().find(&seen, Cond::All(vec![name, there])).await
}

/// A person, as the audit log names them.
#[derive(Clone, Copy, Debug)]
pub struct Whom<'a> {
    /// The user.
    pub user: Uuid,
    /// Their name.
    pub username: &'a str,
    /// Their identity provider.
    pub origin: &'a str,
}

impl<'a> Whom<'a> {
    /// Of that row.
    pub fn of(row: &'a Fields<UserOwn>) -> Whom<'a> {
        Whom { user: row.guid, username: &row.own.username, origin: &row.own.origin }
    }

    /// Who does something by that client; empty for none. No right comes of it.
    pub fn actor(&self, client: &str, cx: &mut Ctx) -> Arc<Actor> {
        let (zone, registry) = (cx.zone(), cx.tx().registry());
        Arc::new(Actor::with_scopes(registry, Subject::User(self.user), zone, self.username, client, []))
    }
}

/// Notes a sign-in that failed, of the user that it was tried for, if there is one: what somebody typed is not noted, as it
/// may be a password.
pub fn failed(user: Option<Whom<'_>>, client: &str, why: &'static str, cx: &mut Ctx) {
    let event = "UserAuthenticationFailure";
    match user {
        Some(user) => {
            let actor = user.actor(client, cx);
            cx.note(&actor, event, "failed", why, &[("origin", user.origin)]);
        }
        None => {
            let (zone, registry) = (cx.zone(), cx.tx().registry());
            let nobody = Arc::new(Actor::nobody(registry, zone));
            cx.note(&nobody, event, "failed", why, &[("client", client)]);
        }
    }
}

/// Notes that somebody who has shown who they are was not let in, as the address of the account is not confirmed.
fn unverified(user: Whom<'_>, client: &str, by: &'static str, cx: &mut Ctx) {
    let actor = user.actor(client, cx);
    cx.note(&actor, "UnverifiedUserAuthentication", "failed", by, &[("origin", user.origin)]);
}

/// Notes that somebody has shown who they are where no session begins: by what, in RFC 8176's words.
pub fn succeeded(user: Whom<'_>, client: &str, amr: &'static str, cx: &mut Ctx) {
    let actor = user.actor(client, cx);
    cx.note(&actor, "UserAuthenticationSuccess", "signed_in", amr, &[("origin", user.origin)]);
}

/// Says in the audit log who has signed in, or goes on in a new session, by what, and for whom. In the transaction that has just
/// written the session.
pub(crate) fn said(new: &SignedIn<'_>, logon: bool, cx: &mut Ctx) {
    let whom = Whom::of(new.user);
    let actor = whom.actor(new.client, cx);
    cx.tx().in_the_name_of(actor);
    let event = if logon { "UserAuthenticationSuccess".to_owned() } else { String::new() };
    let data =
        json!({"user": whom.user, "origin": whom.origin, "amr": new.amr.join(" "), "client": new.client});
    cx.tx().annotate(Annotation {
        event,
        target_name: whom.username.to_owned(),
        data,
        ..Annotation::default()
    });
}
