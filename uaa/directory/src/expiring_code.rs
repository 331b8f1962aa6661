//! Codes that are good for one use: what the link of a message carries, and what UAA's `/Codes` hands out.
//!
//! A code is 128 random bits; the table knows its SHA-256. It belongs to a zone and to a purpose: in another zone, or for
//! another purpose, it is no code. Looking at one uses nothing up, so that a mail program that opens links ahead of their
//! reader does no harm.

use crate::hex;
use serde_json::json;
use uaa_authz::{Delete, Kind, Resource, Update, Verbs, Zone};
use uaa_model::{Fault, Id, Micros, Reply, Secret};
use uaa_store::{Annotation, Cond, Field, Fields, Query, Row, Set, Slot, Spec, Stored, TimeOp, Tx, fields};
use uaa_token::digest;
use uuid::Uuid;

/// A code that is good for one use.
#[derive(Debug)]
pub enum ExpiringCode {}

impl Resource for ExpiringCode {
    const KIND: Kind = Kind::identity("expiring_code", &[("oauth.login", Verbs::of("rcd"))]);
    type Parent = Zone;
}

fields!(
    ExpiringCode,
    /// A code's own columns.
    ExpiringCodeOwn {
        /// SHA-256 of the code, in hexadecimal.
        digest: String,
        /// What it is good for: [`Purpose::name`].
        purpose: String,
        /// The user whom it is about, if there is one yet.
        subject: Option<Uuid>,
        /// The client on whose behalf; empty for none.
        client_id: String,
        /// What is kept with it.
        data: String,
        /// Whether it was used.
        used: bool,
        /// When it ends, in microseconds.
        expires: i64,
    }
);

impl Stored for ExpiringCode {
    type Own = ExpiringCodeOwn;
    const SPEC: Spec = Spec {
        table: "expiring_code",
        organization: None,
        space: None,
        columns: ExpiringCode::COLUMNS,
        metadata: false,
        shared: false,
        tally: false,
    };
    const UNIQUE: &'static [(&'static str, &'static str)] = &[];
    fn own(row: &Row, at: usize) -> Reply<ExpiringCodeOwn> {
        ExpiringCodeOwn::read(row, at)
    }
}

/// Inviting somebody: an account that waits for them. No rows.
#[derive(Debug)]
pub enum Invitation {}

impl Resource for Invitation {
    const KIND: Kind = Kind::identity("invitation", &[("scim.invite", Verbs::of("c"))]);
    type Parent = Zone;
}

/// What a code is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Setting a new password.
    Reset,
    /// Making an account whose address is confirmed by it.
    Verify,
    /// Changing an address.
    Change,
    /// Accepting an invitation.
    Invite,
    /// Signing a browser in for a client that has checked the password.
    AutoLogin,
    /// Whatever a client that holds `oauth.login` makes of it (`/Codes`).
    Client,
}

impl Purpose {
    /// As the table holds it.
    pub const fn name(self) -> &'static str {
        match self {
            Purpose::Reset => "reset",
            Purpose::Verify => "verify",
            Purpose::Change => "change",
            Purpose::Invite => "invite",
            Purpose::AutoLogin => "autologin",
            Purpose::Client => "client",
        }
    }

    /// Seconds that one is good for. UAA's: half an hour, an hour for new accounts, a week for invitations, five minutes for
    /// signing in. A client says it itself, up to a day.
    pub const fn seconds(self) -> i64 {
        match self {
            Purpose::Reset | Purpose::Change => 1_800,
            Purpose::Verify => 3_600,
            Purpose::Invite => 604_800,
            Purpose::AutoLogin => 300,
            Purpose::Client => 86_400,
        }
    }
}

/// A code to be made.
#[derive(Debug)]
pub struct NewCode<'a> {
    /// What it is good for.
    pub purpose: Purpose,
    /// The user whom it is about.
    pub subject: Option<Uuid>,
    /// The client on whose behalf; empty for none.
    pub client_id: &'a str,
    /// What is kept with it. Never a secret in clear.
    pub data: String,
    /// When it ends.
    pub expires: Micros,
}

impl ExpiringCode {
    /// Makes one in the transaction at hand, which must be one that writes, under a duty or role that may.
    pub async fn make(new: NewCode<'_>, tx: &mut Tx) -> Reply<Secret> {
        let slot = tx.slot::<ExpiringCode>(Id::new(tx.zone())).await?;
        ExpiringCode::make_in(slot, new, tx).await
    }

    /// The same for whoever has the right already.
    pub async fn make_in(slot: Slot<ExpiringCode>, new: NewCode<'_>, tx: &mut Tx) -> Reply<Secret> {
        let text = Secret::new(tx.ids().hex32());
        let data = json!({"code": new.purpose.name(), "user": new.subject, "client": new.client_id});
        let set = Set::default()
            .put(ExpiringCode::digest, hex(&digest(text.expose())))
            .put(ExpiringCode::purpose, new.purpose.name())
            .put(ExpiringCode::subject, new.subject)
            .put(ExpiringCode::client_id, new.client_id)
            .put(ExpiringCode::data, new.data)
            .put(ExpiringCode::used, false)
            .put(ExpiringCode::expires, new.expires);
        tx.insert(slot, set).await?;
        tx.annotate(Annotation { data, ..Annotation::default() });
        Ok(text)
    }

    /// Ends the ones that a user was sent for that purpose before: the last message counts.
    pub async fn end_earlier(purpose: Purpose, subject: Uuid, tx: &mut Tx) -> Reply<()> {
        let seen = tx.visible::<ExpiringCode>().await?;
        let before =
            Query::<ExpiringCode>::first(MANY).when(Cond::Ids("subject", vec![subject])).when(of(purpose));
        for row in tx.list(&seen, &before).await?.rows {
            match tx.grant::<Delete, ExpiringCode>(Id::new(row.guid)).await {
                Ok(old) => tx.delete(old).await?,
                Err(Fault::Denied(..)) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    /// The code of that text, if it is good for that purpose now. Uses nothing up.
    pub async fn look(purpose: Purpose, text: &str, tx: &mut Tx) -> Reply<Option<Fields<ExpiringCodeOwn>>> {
        let seen = tx.visible::<ExpiringCode>().await?;
        let now = tx.now();
        let good = vec![
            Cond::In(Field::Text("digest"), vec![hex(&digest(text))]),
            of(purpose),
            Cond::Is("used", false),
            Cond::Time("expires", TimeOp::Gt, now),
        ];
        tx.find(&seen, Cond::All(good)).await
    }

    /// Uses it up. Of several that try at the same moment exactly one gets it.
    pub async fn redeem(purpose: Purpose, text: &str, tx: &mut Tx) -> Reply<Option<Fields<ExpiringCodeOwn>>> {
        let Some(row) = ExpiringCode::look(purpose, text, tx).await? else { return Ok(None) };
        let granted = match tx.grant::<Update, ExpiringCode>(Id::new(row.guid)).await {
            Ok(granted) => granted,
            Err(Fault::Denied(..)) => return Ok(None),
            Err(fault) => return Err(fault),
        };
        if !tx.claim(&granted, ExpiringCode::used).await? {
            return Ok(None);
        }
        let data = json!({"code": purpose.name(), "user": row.own.subject, "client": row.own.client_id});
        tx.annotate(Annotation { data, ..Annotation::default() });
        Ok(Some(row))
    }
}

fn of(purpose: Purpose) -> Cond {
    Cond::In(Field::Text("purpose"), vec![purpose.name().to_owned()])
}

/// More of one user and purpose than there ever are.
const MANY: i64 = 100;
