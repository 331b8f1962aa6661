//! The factors of one person, and what they mean for a sign-in.

use super::{APP, Factor, FactorOwn, Factors, PASSKEY, RECOVERY};
use crate::User;
use uaa_authz::{Delete, Duty, Update};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Ctx, MfaPolicy};
use uaa_store::{Annotation, Cond, Fields, Query, Set, Tx};
use uuid::Uuid;

/// The factors of a person, as they were read.
#[derive(Debug)]
pub struct Mine {
    /// The person.
    pub user: Uuid,
    rows: Vec<Fields<FactorOwn>>,
}

impl Mine {
    /// Reads them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn of(user: Uuid, cx: &mut Ctx) -> Reply<Mine> {
        let before = cx.tx().assume(Duty::SignIn);
        let found = match cx.tx().visible::<Factor>().await {
            Ok(seen) => {
                let query = Query::<Factor>::first(MOST + 1).when(Cond::Ids("subject", vec![user]));
                cx.tx().list(&seen, &query).await
            }
            Err(fault) => Err(fault),
        };
        cx.tx().resume(before);
        Ok(Mine { user, rows: found?.rows })
    }

    /// Authenticator apps.
    pub fn apps(&self) -> impl Iterator<Item = &Fields<FactorOwn>> {
        self.rows.iter().filter(|row| row.own.kind == APP)
    }

    /// Passkeys.
    pub fn passkeys(&self) -> impl Iterator<Item = &Fields<FactorOwn>> {
        self.rows.iter().filter(|row| row.own.kind == PASSKEY)
    }

    /// What is a second factor: all but recovery codes, which stand in for one.
    fn seconds(&self) -> impl Iterator<Item = &Fields<FactorOwn>> {
        self.apps().chain(self.passkeys())
    }

    /// The recovery codes.
    pub fn recovery(&self) -> Option<&Fields<FactorOwn>> {
        self.rows.iter().find(|row| row.own.kind == RECOVERY)
    }

    /// How many of the recovery codes are left.
    pub fn left(&self) -> u32 {
        self.recovery().map_or(0, |row| super::recovery::left(row.own.mark))
    }

    /// How many there are besides recovery codes, which alone are no second factor.
    pub fn count(&self) -> usize {
        self.seconds().count()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// Whether another may be set up.
    pub fn has_room(&self) -> bool {
        i64::try_from(self.rows.len()).unwrap_or(i64::MAX) < MOST
    }
}

/// What is next after a right password, where it alone is not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// One of the factors.
    Ask,
    /// There is none, and there has to be one.
    SetUp,
}

/// What a policy asks of a person with these factors. `None`: the password is enough.
pub fn next(policy: MfaPolicy, mine: &Mine) -> Option<Next> {
    match (policy, mine.is_empty()) {
        (MfaPolicy::Off, _) | (MfaPolicy::Optional, true) => None,
        (MfaPolicy::Optional | MfaPolicy::Required, false) => Some(Next::Ask),
        (MfaPolicy::Required, true) => Some(Next::SetUp),
    }
}

impl Factors {
    /// Takes one away, in the transaction at hand, which must write; with the last one the recovery codes go too. Whoever calls
    /// has seen a fresh proof. Gives whether there was such a one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn remove(&self, mine: &Mine, id: Uuid, username: &str, cx: &mut Ctx) -> Reply<bool> {
        let Some(row) = mine.seconds().find(|row| row.guid == id) else {
            return Ok(false);
        };
        let codes = mine.recovery().filter(|_| mine.count() == 1).map(|row| row.guid);
        let before = cx.tx().assume(Duty::SignIn);
        let mut gone = erase(row.guid, cx).await;
        if let (Ok(()), Some(codes)) = (&gone, codes) {
            gone = erase(codes, cx).await;
        }
        said("FactorRemoved", mine.user, username, &row.own.kind, cx);
        cx.tx().resume(before);
        gone.map(|()| true)
    }

    /// Gives one another name.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn rename(&self, mine: &Mine, id: Uuid, name: &str, cx: &mut Ctx) -> Reply<()> {
        let name = called(name);
        let Some(row) = mine.seconds().find(|row| row.guid == id && !name.is_empty()) else {
            return Ok(());
        };
        let before = cx.tx().assume(Duty::SignIn);
        let done = match cx.tx().grant::<Update, Factor>(Id::new(row.guid)).await {
            Ok(it) => cx.tx().update(&it, Set::default().put(Factor::name, name)).await,
            Err(Fault::Denied(..)) => Ok(()),
            Err(fault) => Err(fault),
        };
        cx.tx().resume(before);
        done
    }
}

/// Takes all factors of a person away who is about to be deleted.
///
/// # Errors
/// When the database is away.
pub async fn factors_end(user: Id<User>, tx: &mut Tx) -> Reply<()> {
    let before = tx.assume(Duty::SignIn);
    let gone = match tx.grant::<Update, User>(user).await {
        Ok(user) => tx.delete_of::<_, _, Factor>(&user, "subject").await.map(drop),
        Err(fault) => Err(fault),
    };
    tx.resume(before);
    gone
}

/// Under the duty of sign-in.
pub(super) async fn erase(id: Uuid, cx: &mut Ctx) -> Reply<()> {
    match cx.tx().grant::<Delete, Factor>(Id::new(id)).await {
        Ok(it) => cx.tx().delete(it).await,
        // Gone already.
        Err(Fault::Denied(..)) => Ok(()),
        Err(fault) => Err(fault),
    }
}

/// Says in the audit log whose factor it was: it was done in the person's name, by the product.
pub(super) fn said(event: &str, user: Uuid, username: &str, kind: &str, cx: &mut Ctx) {
    cx.tx().annotate(Annotation {
        event: event.into(),
        target_name: username.into(),
        target: Some((user, "user")),
        data: serde_json::json!({"factor": kind}),
    });
}

/// A name as it is kept.
pub(super) fn called(name: &str) -> String {
    name.trim().chars().filter(|c| !c.is_control()).take(NAME).collect()
}

/// Factors of one person.
const MOST: i64 = 20;
/// Characters of a name.
pub(super) const NAME: usize = 100;
