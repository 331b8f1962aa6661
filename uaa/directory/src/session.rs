//! Browser sessions: rows in the database with a memory in front, so that a page costs no statement for knowing who looks at it.

pub(crate) mod accounts;
pub(crate) mod browser_state;
pub mod cookie;
mod live;

pub use live::{Live, name_of};

use crate::factor::{Assurance, Half, Mine, joined, next};
use crate::hex;
use crate::resting::{Digest, Resting};
use crate::sign_in::said;
use accounts::Accounts;
use live::read;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use uaa_authz::{Delete, Duty, Kind, Level, Realm, Resource, Update, Zone};
use uaa_model::{Fault, Id, Micros, Reply, Secret};
use uaa_plugin::{Ctx, MfaPolicy};
use uaa_store::{
    Annotation, Change, Cond, Feed, Field, Fields, Granted, Row, Set, Spec, Stored, Want, fields,
};
use uaa_token::{DataKey, digest};
use uuid::Uuid;

/// A sign-in that a browser keeps. It belongs to the person.
#[derive(Debug)]
pub enum Session {}

impl Resource for Session {
    const KIND: Kind = Kind {
        name: "session",
        realm: Realm::Identity,
        level: Level::Leaf,
        owner: uaa_authz::Verbs::of("rd"),
        personal: true,
        fact: false,
        shared: false,
        grants: &[],
    };
    type Parent = Zone;
}

fields!(
    Session,
    /// A session's own columns.
    SessionOwn {
        /// SHA-256 of what the browser holds, in hexadecimal.
        digest: String,
        /// The person.
        subject: Uuid,
        /// The person's generation at sign-in: another one ends the session.
        generation: i64,
        /// When the person last proved who they are, in microseconds.
        auth_time: i64,
        /// How: RFC 8176 names, with spaces between.
        amr: String,
        /// When the second proof was given, in microseconds; 0: there is none.
        second_at: i64,
        /// Whether the person asked to stay signed in on this device.
        remembered: bool,
        /// When it was last used, to a minute or so.
        seen: i64,
        /// When it ends whatever happens.
        expires: i64,
        /// The browser, as it calls itself.
        agent: String,
        /// From which address.
        address: String,
    }
);

impl Stored for Session {
    type Own = SessionOwn;
    const SPEC: Spec = Spec {
        table: "session",
        organization: None,
        space: None,
        columns: Session::COLUMNS,
        metadata: false,
        shared: false,
        tally: false,
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<SessionOwn> {
        SessionOwn::read(row, at)
    }
}

/// How long sessions last, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Without a request. UAA's default is half an hour.
    pub idle: i64,
    /// In all.
    pub absolute: i64,
    /// In all, where the person asked to stay signed in; such a session does not end for want of requests.
    pub remembered: i64,
}

impl Default for SessionLimits {
    fn default() -> Self {
        SessionLimits { idle: 1_800, absolute: 43_200, remembered: 2_592_000 }
    }
}

/// Who has just proved who they are, and how.
#[derive(Debug)]
pub struct SignedIn<'a> {
    /// The person.
    pub user: &'a Fields<crate::UserOwn>,
    /// RFC 8176 names.
    pub amr: &'a [&'a str],
    /// When the second proof was given; 0: there is none.
    pub second_at: Micros,
    /// Whether to stay signed in on this device.
    pub remember: bool,
    /// The client that they sign in for, for the audit log; empty for none.
    pub client: &'a str,
}

/// The sessions of this installation. One a process: it is fed with changes.
#[derive(Debug)]
pub struct Sessions {
    limits: SessionLimits,
    live: Resting<Live>,
    accounts: Accounts,
}

impl Sessions {
    /// An empty memory.
    pub fn new(limits: SessionLimits, key: &DataKey) -> Self {
        Sessions { limits, live: Resting::new(REMEMBERED), accounts: Accounts::new(key) }
    }

    /// The accounts that browsers were used with.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The session of the request's cookie, if it is good.
    pub async fn current(&self, cx: &mut Ctx) -> Reply<Option<Arc<Live>>> {
        let Some(held) = cookie::session(cx) else { return Ok(None) };
        let (key, now) = (digest(held.expose()), cx.now());
        // What is a session in one zone is nothing in another.
        let known =
            self.live.get(&key).filter(|live| live.zone == cx.zone() && live.is_good(now, &self.limits));
        let live = match known {
            Some(live) => live,
            // Another process may have seen it later than this one did.
            None => match self.look_up(key, cx).await? {
                Some(live) => live,
                None => return Ok(None),
            },
        };
        // The zone has come to ask for more than the session was begun with: it is as if it had ended.
        if live.assurance() < Assurance::Two && cx.here().config.mfa.of(&live.origin) == MfaPolicy::Required {
            return Ok(None);
        }
        if now - live.seen.load(Ordering::Relaxed) > SEEN {
            self.touch(&live, cx).await?;
        }
        // Whatever the product does for this browser is done in this person's name.
        let actor = live.actor(cx);
        cx.tx().in_the_name_of(actor);
        Ok(Some(live))
    }

    async fn look_up(&self, key: Digest, cx: &mut Ctx) -> Reply<Option<Arc<Live>>> {
        let epoch = self.live.epoch();
        let me = cx.tx().assume(Duty::SignIn);
        let found = read(&key, cx).await;
        cx.tx().resume(me);
        let Some(live) = found? else { return Ok(None) };
        let live = Arc::new(live);
        if !live.is_good(cx.now(), &self.limits) {
            return Ok(None);
        }
        self.live.keep(key, &live, epoch);
        Ok(Some(live))
    }

    /// Writes down that it is in use, at most once a minute: a write a page would make sessions the hottest table there is.
    async fn touch(&self, live: &Live, cx: &mut Ctx) -> Reply<()> {
        let now = cx.now();
        live.seen.store(now, Ordering::Relaxed);
        cx.step(Want::Write).await?;
        let me = cx.tx().assume(Duty::SignIn);
        let done = match cx.tx().grant::<Update, Session>(Id::new(live.id)).await {
            Ok(session) => cx.tx().update(&session, Set::default().put(Session::seen, now)).await,
            // It has just ended; the next request will learn of it.
            Err(Fault::Denied(..)) => Ok(()),
            Err(fault) => Err(fault),
        };
        cx.tx().resume(me);
        done?;
        cx.step(Want::Read).await
    }

    /// Begins a session in the transaction at hand, which must write, and gives the headers that tell the browser. Of a session that the
    /// browser had before nothing it holds is good any more (session fixation). Somebody else's ends; who has proved again who they are
    /// goes on in theirs, or every application that they use would be told that they had signed out.
    ///
    /// Where more is due than was proved it is half a sign-in that begins, whoever calls.
    pub async fn begin(&self, new: &SignedIn<'_>, cx: &mut Ctx) -> Reply<Vec<String>> {
        self.open(new, true, cx).await
    }

    /// The same for somebody who has signed in before, and goes on with what they proved then.
    pub async fn begin_anew(&self, new: &SignedIn<'_>, cx: &mut Ctx) -> Reply<Vec<String>> {
        self.open(new, false, cx).await
    }

    async fn open(&self, new: &SignedIn<'_>, logon: bool, cx: &mut Ctx) -> Reply<Vec<String>> {
        if Assurance::of(new.amr) < Assurance::Two {
            let policy = cx.here().config.mfa.of(&new.user.own.origin);
            if next(policy, &Mine::of(new.user.guid, cx).await?).is_some() {
                return Ok(vec![Half::begin(new, cx).await?]);
            }
        }
        let me = cx.tx().assume(Duty::SignIn);
        let begun = self.write(new, logon, cx).await;
        cx.tx().resume(me);
        begun
    }

    async fn write(&self, new: &SignedIn<'_>, logon: bool, cx: &mut Ctx) -> Reply<Vec<String>> {
        let going_on = match cookie::session(cx) {
            Some(old) => self.taken_over(&old, new, cx).await?,
            None => None,
        };
        let ids = cx.tx().ids().clone();
        let held = Secret::new(ids.hex32() + &ids.hex32());
        let now = cx.now();
        let seconds = if new.remember { self.limits.remembered } else { self.limits.absolute };
        let agent = cx.headers.get("user-agent").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let set = Set::default()
            .put(Session::digest, hex(&digest(held.expose())))
            .put(Session::subject, new.user.guid)
            .put(Session::generation, new.user.own.generation)
            .put(Session::auth_time, now)
            .put(Session::amr, new.amr.join(" "))
            .put(Session::second_at, new.second_at)
            .put(Session::remembered, new.remember)
            .put(Session::seen, now)
            .put(Session::expires, now + seconds * SECOND)
            .put(Session::agent, agent.chars().take(255).collect::<String>())
            .put(Session::address, cx.caller.address.to_string());
        match going_on {
            Some(id) => {
                let gone_on = change(id, set, cx).await?;
                said(new, logon, cx);
                if logon {
                    cx.tx().logged_on(&gone_on).await?;
                }
            }
            None => {
                let zone = Id::<Zone>::new(cx.zone());
                let slot = cx.tx().slot::<Session>(zone).await?;
                let begun = cx.tx().insert_as(slot, Id::new(ids.uuid()), Some(new.user.guid), set).await?;
                said(new, logon, cx);
                if logon {
                    cx.tx().logged_on(&begun).await?;
                }
            }
        }
        Ok(told(cx, new.user.guid, &held, new.remember.then_some(seconds)))
    }

    /// The session that the browser holds, if the same person goes on in it; another is ended.
    async fn taken_over(&self, old: &Secret, new: &SignedIn<'_>, cx: &mut Ctx) -> Reply<Option<Uuid>> {
        let good = read(&digest(old.expose()), cx).await?;
        let good = good.filter(|live| live.is_good(cx.now(), &self.limits));
        match good {
            Some(live) if live.user == new.user.guid => Ok(Some(live.id)),
            other => self.end_held(old, other.is_some(), cx).await.map(|()| None),
        }
    }

    /// Adds proofs to a session, in the transaction at hand, which must write.
    ///
    /// # Errors
    /// When the session has ended, or the database is away.
    pub async fn raise(&self, live: &Live, proofs: &[&str], cx: &mut Ctx) -> Reply<()> {
        let amr = joined(&live.amr, proofs).join(" ");
        let now = cx.now();
        let set = Set::default().put(Session::amr, amr.as_str()).put(Session::second_at, now);
        self.change(live, set, cx).await?;
        let (target_name, data) = (live.username.clone(), json!({"origin": live.origin, "amr": amr}));
        cx.tx().annotate(Annotation { target_name, data, ..Annotation::default() });
        Ok(())
    }

    /// Gives a session another secret, after a proof (ASVS 5.0, 7.2.4), in the transaction at hand, which must write. Gives the
    /// headers that tell the browser. The session ends when it would have ended.
    ///
    /// # Errors
    /// When the session has ended, or the database is away.
    pub async fn renew(&self, live: &Live, cx: &mut Ctx) -> Reply<Vec<String>> {
        let ids = cx.tx().ids().clone();
        let held = Secret::new(ids.hex32() + &ids.hex32());
        self.change(live, Set::default().put(Session::digest, hex(&digest(held.expose()))), cx).await?;
        let left = live.remembered.then(|| live.seconds_left(cx.now()));
        Ok(told(cx, live.user, &held, left))
    }

    async fn change(&self, live: &Live, set: Set<Session>, cx: &mut Ctx) -> Reply<()> {
        let me = cx.tx().assume(Duty::SignIn);
        let changed = change(live.id, set, cx).await;
        cx.tx().resume(me);
        changed.map(drop)
    }

    /// Ends the session that the browser holds, in the transaction at hand, which must write. Gives the headers that make the
    /// browser forget it.
    pub async fn end(&self, cx: &mut Ctx) -> Reply<Vec<String>> {
        if let Some(held) = cookie::session(cx) {
            let me = cx.tx().assume(Duty::SignIn);
            let ended = self.end_held(&held, true, cx).await;
            cx.tx().resume(me);
            ended?;
        }
        Ok(vec![cookie::forget_session(cx), browser_state::forgotten(cx)])
    }

    /// `wanted`: somebody ends it, and it has not ended by itself.
    async fn end_held(&self, held: &Secret, wanted: bool, cx: &mut Ctx) -> Reply<()> {
        let seen = cx.tx().visible::<Session>().await?;
        let key = hex(&digest(held.expose()));
        let Some(row) = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![key])).await? else {
            return Ok(());
        };
        match cx.tx().grant::<Delete, Session>(Id::new(row.guid)).await {
            Ok(session) if wanted => crate::end_session(cx.tx(), session).await,
            Ok(session) => crate::participant::put_away(cx.tx(), session).await,
            Err(Fault::Denied(..)) => Ok(()),
            Err(fault) => Err(fault),
        }
    }
}

impl Feed for Sessions {
    fn changed(&self, changes: &[Change], all: bool) {
        if all {
            return self.live.clear();
        }
        let rows = changes.iter().filter(|c| ["session", "user"].contains(&c.kind.as_str()));
        self.live.drop_resting_on(rows.map(|c| c.id));
    }
}

/// What tells the browser of a session: its secret, and for our own scripts whose it is.
fn told(cx: &Ctx, user: Uuid, held: &Secret, seconds: Option<i64>) -> Vec<String> {
    vec![cookie::set_session(cx, held, seconds), browser_state::set(cx, user, held, seconds)]
}

/// Changes a session's row, under the duty of sign-in. What every process remembers of it is no longer so.
async fn change(id: Uuid, set: Set<Session>, cx: &mut Ctx) -> Reply<Granted<Update, Session>> {
    let session = cx.tx().grant::<Delete, Session>(Id::new(id)).await?;
    cx.tx().announce(&session)?;
    let row = cx.tx().grant::<Update, Session>(Id::new(id)).await?;
    cx.tx().update(&row, set).await?;
    Ok(row)
}

const SECOND: Micros = 1_000_000;
/// How exactly the last use is known.
const SEEN: Micros = 60 * SECOND;
/// Sessions in memory (`bin/bench sessions` says what they take).
const REMEMBERED: usize = 65_536;
