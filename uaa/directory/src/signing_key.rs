//! The keys that sign a zone's tokens: made, written, changed over and read here and nowhere else.

use crate::{Client, SigningKey as Row, SigningKeyOwn};
use std::sync::Arc;
use uaa_authz::{Actor, Create, Delete, Duty, Update, Zone};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_plugin::TokenPolicy;
use uaa_store::{Access, Cond, Fields, Granted, Query, Set, Tx, Want};
use uaa_token::{Algorithm, DataKey, DecryptionKey, KeySet, KeyState, SigningKey};
use uuid::Uuid;

/// What makes, seals and opens signing keys.
#[derive(Clone)]
pub struct Keyring {
    data_key: Arc<DataKey>,
    algorithm: Algorithm,
}

/// A key that was made and sealed, and is not written yet.
pub struct NewKey {
    /// Its key id on the wire.
    pub kid: String,
    /// How it signs.
    pub algorithm: Algorithm,
    sealed: Vec<u8>,
}

impl Keyring {
    /// `data_key` seals private keys; `algorithm` is that of new ones.
    pub fn new(data_key: Arc<DataKey>, algorithm: Algorithm) -> Keyring {
        Keyring { data_key, algorithm }
    }

    /// The algorithm of new keys where nobody says otherwise.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Makes a key. An RSA key takes a core for some 100 ms: never inside a transaction that writes.
    ///
    /// # Errors
    /// When the random numbers or the library fail.
    pub fn make(&self, algorithm: Algorithm) -> Reply<NewKey> {
        let key = SigningKey::generate(algorithm)?;
        let sealed = key.seal(&self.data_key)?;
        Ok(NewKey { kid: key.kid().to_owned(), algorithm: key.algorithm(), sealed })
    }

    /// The key that stands beside that signing key, for what others encrypt to the zone.
    ///
    /// # Errors
    /// When the library fails.
    pub fn decryption(&self, zone: Uuid, kid: &str) -> Reply<DecryptionKey> {
        DecryptionKey::derived(&self.data_key, zone.into_bytes(), kid)
    }

    /// All keys of a zone. Makes the first one when there is none.
    ///
    /// # Errors
    /// When the database is away, or a key is sealed under another data key.
    pub async fn open(&self, access: &Access, zone: Uuid) -> Reply<KeySet> {
        let mut tx = begin(access, zone, Want::Read);
        let mut rows = rows(&mut tx).await?;
        drop(tx);
        if rows.is_empty() {
            let key = self.make(self.algorithm)?;
            let mut tx = begin(access, zone, Want::Write);
            first(&mut tx, &key).await?;
            rows = self::rows(&mut tx).await?;
            tx.commit().await?;
        }
        let mut keys = vec![];
        for row in rows {
            let algorithm: Algorithm = row.own.algorithm.parse().map_err(|()| {
                Fault::Internal(format!("signing key `{}` of an unknown algorithm", row.own.kid))
            })?;
            let key = SigningKey::open(&self.data_key, &row.own.kid, algorithm, &row.own.sealed)?;
            keys.push((Arc::new(key), state(&row.own)));
        }
        KeySet::from_keys(keys)
    }

    /// Sees to it that a zone can sign with an algorithm that one of its clients asks for: makes a key beside the active one,
    /// unless there is one that does.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn beside(&self, access: &Access, zone: Uuid, algorithm: Algorithm) -> Reply<()> {
        let key = self.make(algorithm)?;
        let mut tx = begin(access, zone, Want::Write);
        let slot = tx.slot::<Row>(Id::<Zone>::new(zone)).await?;
        let name = algorithm.name();
        let signs = |state| matches!(state, KeyState::Active | KeyState::Beside);
        if !rows(&mut tx).await?.iter().any(|row| row.own.algorithm == name && signs(state(&row.own))) {
            write(&mut tx, slot, &key, KeyState::Beside).await?;
        }
        tx.commit().await.map(drop)
    }
}

/// Writes a zone's first key, unless it has one.
///
/// # Errors
/// When the transaction's actor may make none.
pub async fn first(tx: &mut Tx, key: &NewKey) -> Reply<()> {
    let slot = tx.slot::<Row>(Id::<Zone>::new(tx.zone())).await?;
    // The slot keeps everybody else out: a process that started at the same moment has made one, or will see ours.
    if rows(tx).await?.is_empty() { write(tx, slot, key, KeyState::Active).await } else { Ok(()) }
}

/// What a key is good for.
pub fn state(key: &SigningKeyOwn) -> KeyState {
    match (key.active, key.stage.as_str()) {
        (true, _) => KeyState::Active,
        (false, BESIDE) => KeyState::Beside,
        (false, NEXT) => KeyState::Next,
        (false, _) => KeyState::Retiring { until: key.retires_at },
    }
}

/// A new key signs from now on; those before it retire at `until`, when the last token that they signed has expired, and those
/// for which that is past are forgotten. One transaction: at no moment no key signs, or two.
///
/// # Errors
/// When the transaction's actor may not.
pub async fn change_over(tx: &mut Tx, key: &NewKey, until: Micros) -> Reply<()> {
    let slot = tx.slot::<Row>(Id::<Zone>::new(tx.zone())).await?;
    for row in rows(tx).await? {
        let same = row.own.algorithm == key.algorithm.name();
        match state(&row.own) {
            // What signed beside for this algorithm is not needed beside it, nor what was to sign next.
            KeyState::Active => retire(tx, row.guid, until).await?,
            KeyState::Beside if same => retire(tx, row.guid, until).await?,
            KeyState::Next if same => forget(tx, row.guid).await?,
            KeyState::Beside | KeyState::Next | KeyState::Retiring { .. } => {}
        }
    }
    forget_retired(tx).await?;
    write(tx, slot, key, KeyState::Active).await
}

/// Publishes a key that signs later, beside the one of its algorithm that signs now.
///
/// # Errors
/// When the transaction's actor may not.
pub async fn publish(tx: &mut Tx, key: &NewKey) -> Reply<()> {
    let slot = tx.slot::<Row>(Id::<Zone>::new(tx.zone())).await?;
    // Of several processes that thought of it at the same moment, one does it.
    let next = |row: &Fields<SigningKeyOwn>| {
        row.own.algorithm == key.algorithm.name() && state(&row.own) == KeyState::Next
    };
    if rows(tx).await?.iter().any(next) { Ok(()) } else { write(tx, slot, key, KeyState::Next).await }
}

/// The key that was published takes the place of the one of its algorithm that signs, which retires at `until`. Does nothing
/// when another process has done it.
///
/// # Errors
/// When the transaction's actor may not.
pub async fn promote(tx: &mut Tx, next: Uuid, until: Micros) -> Reply<()> {
    // The slot keeps everybody else out.
    let _ = tx.slot::<Row>(Id::<Zone>::new(tx.zone())).await?;
    let all = rows(tx).await?;
    let is_next = |row: &&Fields<SigningKeyOwn>| row.guid == next && state(&row.own) == KeyState::Next;
    let Some(row) = all.iter().find(is_next) else { return Ok(()) };
    let signs = |other: &&Fields<SigningKeyOwn>| {
        other.own.algorithm == row.own.algorithm
            && matches!(state(&other.own), KeyState::Active | KeyState::Beside)
    };
    let Some(before) = all.iter().find(signs) else { return forget(tx, next).await };
    let stage = if before.own.active { "" } else { BESIDE };
    let active = before.own.active;
    retire(tx, before.guid, until).await?;
    let row = tx.grant::<Update, Row>(Id::new(next)).await?;
    let set = Set::default().put(Row::active, active).put(Row::stage, stage);
    tx.update(&row, set.put(Row::retires_at, if active { 0 } else { NEVER })).await
}

/// A step of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A key of that algorithm is to be published.
    Publish(Algorithm),
    /// That one has been published long enough, and signs.
    Promote(Uuid),
    /// There are keys whose time is over.
    Forget,
}

/// The steps that are due. `period`: how long a key signs; `ahead`: how long the next one is published before.
pub fn due(keys: &[Fields<SigningKeyOwn>], now: Micros, period: Micros, ahead: Micros) -> Vec<Turn> {
    let mut turns = vec![];
    for key in keys {
        match state(&key.own) {
            // It was last changed when it began to sign.
            KeyState::Active | KeyState::Beside => {
                let ends = key.updated_at.saturating_add(period);
                let is_next = |other: &&Fields<SigningKeyOwn>| {
                    other.own.algorithm == key.own.algorithm && state(&other.own) == KeyState::Next
                };
                match (keys.iter().find(is_next), key.own.algorithm.parse()) {
                    (Some(next), _) if now >= ends.max(next.created_at.saturating_add(ahead)) => {
                        turns.push(Turn::Promote(next.guid));
                    }
                    (None, Ok(algorithm)) if now >= ends - ahead => turns.push(Turn::Publish(algorithm)),
                    (Some(_) | None, _) => {}
                }
            }
            KeyState::Retiring { until } if until <= now && !turns.contains(&Turn::Forget) => {
                turns.push(Turn::Forget);
            }
            KeyState::Next | KeyState::Retiring { .. } => {}
        }
    }
    turns
}

/// The longest life of a token of the zone in seconds: the installation's, the zone's, or a client's own.
///
/// # Errors
/// When the transaction's actor may not see the clients.
pub async fn longest(tx: &mut Tx, policy: &TokenPolicy, configured: i64) -> Reply<i64> {
    let own = [policy.access_seconds(), policy.refresh_seconds()];
    let mut longest = own.into_iter().flatten().fold(configured, i64::max);
    let seen = tx.visible::<Client>().await?;
    for column in ["access_validity", "refresh_validity"] {
        let query = Query::first(1).when(Cond::Present(column)).by(column, true);
        for row in tx.list(&seen, &query).await?.rows {
            let own = [row.own.access_validity, row.own.refresh_validity];
            longest = own.into_iter().flatten().fold(longest, i64::max);
        }
    }
    Ok(longest.min(LONGEST))
}

/// Thirty years: what a client may claim beyond that is no life of a token.
const LONGEST: i64 = 946_080_000;

/// Forgets the keys whose last token has expired.
///
/// # Errors
/// When the transaction's actor may not.
pub async fn forget_retired(tx: &mut Tx) -> Reply<()> {
    let now = tx.now();
    for row in rows(tx).await? {
        match state(&row.own) {
            KeyState::Retiring { until } if until <= now => forget(tx, row.guid).await?,
            KeyState::Active | KeyState::Beside | KeyState::Next | KeyState::Retiring { .. } => {}
        }
    }
    Ok(())
}

async fn retire(tx: &mut Tx, key: Uuid, until: Micros) -> Reply<()> {
    let old = tx.grant::<Update, Row>(Id::new(key)).await?;
    let set = Set::default().put(Row::active, false).put(Row::stage, "").put(Row::retires_at, until);
    tx.update(&old, set).await
}

async fn forget(tx: &mut Tx, key: Uuid) -> Reply<()> {
    let old = tx.grant::<Delete, Row>(Id::new(key)).await?;
    tx.delete(old).await
}

/// The rows of a zone's keys.
///
/// # Errors
/// When the transaction's actor may not see them.
pub async fn rows(tx: &mut Tx) -> Reply<Vec<Fields<SigningKeyOwn>>> {
    let seen = tx.visible::<Row>().await?;
    Ok(tx.list(&seen, &Query::first(MOST)).await?.rows)
}

async fn write(tx: &mut Tx, slot: uaa_store::Slot<Row>, key: &NewKey, state: KeyState) -> Reply<()> {
    // A program of before the stages takes a key that is not active for one that verifies until then.
    let (active, stage, until) = match state {
        KeyState::Active => (true, "", 0),
        KeyState::Beside => (false, BESIDE, NEVER),
        KeyState::Next => (false, NEXT, NEVER),
        KeyState::Retiring { until } => (false, "", until),
    };
    let set = Set::default()
        .put(Row::kid, key.kid.as_str())
        .put(Row::algorithm, key.algorithm.to_string())
        .put(Row::sealed, key.sealed.clone())
        .put(Row::active, active)
        .put(Row::stage, stage)
        .put(Row::retires_at, until);
    let _: Granted<Create, Row> = tx.insert(slot, set).await?;
    Ok(())
}

/// A transaction of the product's own about the keys of a zone.
pub fn begin(access: &Access, zone: Uuid, want: Want) -> Tx {
    let actor = Actor::system(access.registry(), Duty::Bootstrap, zone);
    access.begin(actor.into(), zone, want, "signing_key_create", "first-start".into())
}

const BESIDE: &str = "beside";
const NEXT: &str = "next";
const NEVER: Micros = Micros::MAX;
/// Keys of one zone that are read.
const MOST: i64 = 100;
