//! A session that is good, and where it is read.

use super::{SECOND, Session, SessionLimits};
use crate::factor::Assurance;
use crate::resting::{Digest, Finding};
use crate::{User, Whom, hex};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uaa_authz::{Actor, Read, Subject};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::Ctx;
use uaa_store::{Cond, Field};
use uuid::Uuid;

/// A session that is good now.
#[derive(Debug)]
pub struct Live {
    /// Its identifier: `sid` in ID tokens.
    pub id: Uuid,
    pub(super) zone: Uuid,
    /// The person.
    pub user: Uuid,
    /// The person's name for signing in.
    pub username: String,
    /// Given and family name; the one for signing in, where there is none.
    pub name: String,
    /// The address that tells the account from others.
    pub email: String,
    /// When the person last proved who they are, in microseconds.
    pub auth_time: Micros,
    /// How: RFC 8176 names.
    pub amr: Vec<String>,
    /// When the second proof was given; 0: there is none.
    pub second_at: Micros,
    /// The identity provider of the person.
    pub origin: String,
    /// The person's generation: what was made in another one has ended.
    pub generation: i64,
    pub(super) remembered: bool,
    pub(super) expires: Micros,
    pub(super) seen: AtomicI64,
    rests_on: [Uuid; 2],
}

impl Live {
    /// The person as an actor. No token narrows a session: what its pages offer is what they may do.
    pub fn actor(&self, cx: &mut Ctx) -> Arc<Actor> {
        let registry = cx.tx().registry().clone();
        let mut actor = Actor::unnarrowed(&registry, Subject::User(self.user), cx.zone(), &self.username);
        actor.token = self.id.to_string().into();
        Arc::new(actor)
    }

    /// The person as the audit log names them.
    pub fn whom(&self) -> Whom<'_> {
        Whom { user: self.user, username: &self.username, origin: &self.origin }
    }

    /// How sure it is that it is the person.
    pub fn assurance(&self) -> Assurance {
        Assurance::of(&self.amr)
    }

    /// Whether the person has just proved who they are, as changing how they do it needs: with everything that they have, if
    /// `second` says that there is more than a password (ASVS 5.0, 7.5.1).
    pub fn is_fresh(&self, second: bool, now: Micros) -> bool {
        now - if second { self.second_at } else { self.auth_time } <= FRESH
    }

    pub(super) fn seconds_left(&self, now: Micros) -> i64 {
        (self.expires - now) / SECOND
    }

    pub(super) fn is_good(&self, now: Micros, limits: &SessionLimits) -> bool {
        let idle = now - self.seen.load(Ordering::Relaxed) > limits.idle * SECOND;
        now < self.expires && (self.remembered || !idle)
    }
}

impl Finding for Live {
    fn rests_on(&self) -> &[Uuid] {
        &self.rests_on
    }
}

/// The session of that digest, if its person may still be signed in.
pub(super) async fn read(key: &Digest, cx: &mut Ctx) -> Reply<Option<Live>> {
    let seen = cx.tx().visible::<Session>().await?;
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![hex(key)])).await?;
    let Some(row) = row else { return Ok(None) };
    let user = match cx.tx().grant::<Read, User>(Id::new(row.own.subject)).await {
        Ok(user) => cx.tx().get(&user).await?,
        Err(Fault::Denied(..)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    if !user.own.active || user.own.generation != row.own.generation {
        return Ok(None);
    }
    Ok(Some(Live {
        id: row.guid,
        zone: cx.zone(),
        user: user.guid,
        name: name_of(&user.own),
        email: user.own.email,
        username: user.own.username,
        auth_time: row.own.auth_time,
        amr: row.own.amr.split_whitespace().map(str::to_owned).collect(),
        second_at: row.own.second_at,
        origin: user.own.origin,
        generation: row.own.generation,
        remembered: row.own.remembered,
        expires: row.own.expires,
        seen: AtomicI64::new(row.own.seen),
        rests_on: [row.guid, user.guid],
    }))
}

/// What a person is called: given and family name, or the name that they sign in with where there is neither.
pub fn name_of(user: &crate::UserOwn) -> String {
    let both: Vec<&str> =
        [&user.given_name, &user.family_name].into_iter().flatten().map(String::as_str).collect();
    if both.is_empty() { user.username.clone() } else { both.join(" ") }
}

/// How long a proof counts as fresh.
const FRESH: Micros = 300 * SECOND;
