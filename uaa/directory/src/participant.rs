//! Which clients took part in a session, and who of them is to be told when it ends (OpenID Connect Back-Channel Logout 1.0 and
//! Front-Channel Logout 1.0).

use crate::ended::end_unkept_of_session;
use crate::{Session, Token};
use serde_json::json;
use uaa_authz::{Delete, Duty, Kind, Resource, Zone};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_store::{Annotation, Cond, Field, Fields, Granted, Query, Row, Set, Spec, Stored, Tx, fields};
use uuid::Uuid;

const fn spec(table: &'static str, columns: &'static [&'static str]) -> Spec {
    Spec { table, organization: None, space: None, columns, metadata: false, shared: false, tally: false }
}

/// That a client got something in a session, and wants to know of its end.
#[derive(Debug)]
pub enum Participant {}

impl Resource for Participant {
    const KIND: Kind = Kind::identity("participant", &[]);
    type Parent = Zone;
}

fields!(
    Participant,
    /// A participant's own columns.
    ParticipantOwn {
        /// The session.
        session: Uuid,
        /// The client.
        client_id: String,
        /// The person.
        subject: Uuid,
        /// When nobody asks any more, in microseconds.
        expires: i64,
    }
);

impl Stored for Participant {
    type Own = ParticipantOwn;
    const SPEC: Spec = spec("participant", Participant::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] =
        &[("participant_of", "it takes part already"), ("participant.session", "it takes part already")];
    fn own(row: &Row, at: usize) -> Reply<ParticipantOwn> {
        ParticipantOwn::read(row, at)
    }
}

/// A client that is to be told of the end of a session, and was not yet.
#[derive(Debug)]
pub enum LogoutNotice {}

impl Resource for LogoutNotice {
    const KIND: Kind = Kind::identity(
        "logout_notice",
        &[("clients.read", uaa_authz::Verbs::of("r")), ("clients.admin", uaa_authz::Verbs::of("rd"))],
    );
    type Parent = Zone;
}

fields!(
    LogoutNotice,
    /// A notice's own columns.
    LogoutNoticeOwn {
        /// The session that has ended.
        session: Uuid,
        /// The client.
        client_id: String,
        /// The person.
        subject: Uuid,
        /// When it is tried next, in microseconds.
        due_at: i64,
        /// How often it was tried.
        tries: i64,
        /// What went wrong last; empty before the first try.
        error: String,
        /// When it is given up, in microseconds.
        expires: i64,
    }
);

impl Stored for LogoutNotice {
    type Own = LogoutNoticeOwn;
    const SPEC: Spec = spec("logout_notice", LogoutNotice::COLUMNS);
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<LogoutNoticeOwn> {
        LogoutNoticeOwn::read(row, at)
    }
}

/// Writes down that a client takes part in a session, once. In a transaction that writes, under the duty of sign-in.
///
/// # Errors
/// When the database is away.
pub async fn takes_part(tx: &mut Tx, session: Uuid, client_id: &str, subject: Uuid) -> Reply<()> {
    let seen = tx.visible::<Participant>().await?;
    let which = Cond::All(vec![
        Cond::Ids("session", vec![session]),
        Cond::In(Field::Text("client_id"), vec![client_id.to_owned()]),
    ]);
    if tx.find(&seen, which).await?.is_some() {
        return Ok(());
    }
    let slot = tx.slot::<Participant>(Id::<Zone>::new(tx.zone())).await?;
    let set = Set::default()
        .put(Participant::session, session)
        .put(Participant::client_id, client_id)
        .put(Participant::subject, subject)
        .put(Participant::expires, tx.now() + KEPT);
    match tx.insert(slot, set).await {
        Ok(_) => Ok(()),
        // Another request at the same moment: it will find it.
        Err(Fault::Unique(_)) => Err(Fault::Retry),
        Err(fault) => Err(fault),
    }
}

/// The clients that take part in a session. Under the duty of sign-in.
///
/// # Errors
/// When the database is away.
pub async fn participants(tx: &mut Tx, session: Uuid) -> Reply<Vec<String>> {
    Ok(took_part(tx, session).await?.into_iter().map(|row| row.own.client_id).collect())
}

async fn took_part(tx: &mut Tx, session: Uuid) -> Reply<Vec<Fields<ParticipantOwn>>> {
    let seen = tx.visible::<Participant>().await?;
    let query = Query::first(MOST).when(Cond::Ids("session", vec![session]));
    Ok(tx.list(&seen, &query).await?.rows)
}

/// Ends a session because somebody wants it: a notice for each client that took part, in the transaction that ends it, and an end to
/// what was got through it and does not outlive it.
///
/// # Errors
/// When the database is away, or somebody else ended it at the same moment.
pub async fn end_session(tx: &mut Tx, session: Granted<Delete, Session>) -> Reply<()> {
    let me = tx.assume(Duty::SignIn);
    let ended = end_unkept_of_session(session.id().uuid(), tx).await;
    tx.resume(me);
    ended?;
    close(tx, session).await
}

/// The same where every access token of the person ends with it, or the person may not use any.
async fn close(tx: &mut Tx, session: Granted<Delete, Session>) -> Reply<()> {
    tx.delete_of::<_, _, Token>(&session, "session").await?;
    put_away(tx, session).await
}

/// The same for one whose time is over: the applications are told, and keep what they have, as when nobody comes by.
pub(crate) async fn put_away(tx: &mut Tx, session: Granted<Delete, Session>) -> Reply<()> {
    let (id, whose) = (session.id().uuid(), session.place().owner);
    tx.announce(&session)?;
    tx.delete(session).await?;
    tx.annotate(Annotation { data: json!({"user": whose}), ..Annotation::default() });
    let me = tx.assume(Duty::SignIn);
    let told = tell(tx, id).await;
    tx.resume(me);
    told
}

/// Ends every session of a person, because what they rest on has changed: they were deactivated or deleted, or their generation has moved,
/// and with either all their access tokens end. In a transaction that writes.
///
/// # Errors
/// When the database is away, or somebody else ended one at the same moment.
pub async fn end_sessions(tx: &mut Tx, person: Uuid) -> Reply<()> {
    let me = tx.assume(Duty::SignIn);
    let ended = end_all(tx, person).await;
    tx.resume(me);
    ended
}

async fn end_all(tx: &mut Tx, person: Uuid) -> Reply<()> {
    let seen = tx.visible::<Session>().await?;
    let query = Query::first(MOST).when(Cond::Ids("subject", vec![person]));
    loop {
        let some = tx.list(&seen, &query).await?.rows;
        if some.is_empty() {
            return Ok(());
        }
        for row in some {
            match tx.grant::<Delete, Session>(Id::new(row.guid)).await {
                Ok(session) => close(tx, session).await?,
                // It has just ended: this looks again.
                Err(Fault::Denied(..)) => return Err(Fault::Retry),
                Err(fault) => return Err(fault),
            }
        }
    }
}

async fn tell(tx: &mut Tx, session: Uuid) -> Reply<()> {
    for row in took_part(tx, session).await? {
        let slot = tx.slot::<LogoutNotice>(Id::<Zone>::new(tx.zone())).await?;
        let now = tx.now();
        let set = Set::default()
            .put(LogoutNotice::session, session)
            .put(LogoutNotice::client_id, row.own.client_id)
            .put(LogoutNotice::subject, row.own.subject)
            .put(LogoutNotice::due_at, now)
            .put(LogoutNotice::tries, 0)
            .put(LogoutNotice::error, "")
            .put(LogoutNotice::expires, now + TRIED);
        tx.insert(slot, set).await?;
        let participant = tx.grant::<Delete, Participant>(Id::new(row.guid)).await?;
        tx.delete(participant).await?;
    }
    Ok(())
}

const DAY: Micros = 86_400_000_000;
/// The longest session that can be configured is shorter.
const KEPT: Micros = 400 * DAY;
/// How long a client is told again: after that its own session has ended, too.
const TRIED: Micros = DAY;
/// Clients of one session.
const MOST: i64 = 500;
