//! The keys that sign a zone's tokens: made, written, changed over and read here and nowhere else.

use crate::{SigningKey as Row, SigningKeyOwn};
use std::sync::Arc;
use uaa_authz::{Actor, Create, Delete, Duty, Update, Zone};
use uaa_model::{Fault, Id, Micros, Reply};
use uaa_store::{Access, Fields, Granted, Query, Set, Tx, Want};
use uaa_token::{Algorithm, DataKey, KeySet, KeyState, SigningKey};
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

    /// Makes a key. An RSA key takes a core for some 100 ms: never inside a transaction that writes.
    ///
    /// # Errors
    /// When the random numbers or the library fail.
    pub fn make(&self) -> Reply<NewKey> {
        let key = SigningKey::generate(self.algorithm)?;
        let sealed = key.seal(&self.data_key)?;
        Ok(NewKey { kid: key.kid().to_owned(), algorithm: key.algorithm(), sealed })
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
            let key = self.make()?;
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
            let state = if row.own.active {
                KeyState::Active
            } else {
                KeyState::Retiring { until: row.own.retires_at }
            };
            keys.push((Arc::new(key), state));
        }
        KeySet::from_keys(keys)
    }
}

/// Writes a zone's first key, unless it has one.
///
/// # Errors
/// When the transaction's actor may make none.
pub async fn first(tx: &mut Tx, key: &NewKey) -> Reply<()> {
    let slot = tx.slot::<Row>(Id::<Zone>::new(tx.zone())).await?;
    // The slot keeps everybody else out: a process that started at the same moment has made one, or will see ours.
    if rows(tx).await?.is_empty() { write(tx, slot, key).await } else { Ok(()) }
}

/// A new key signs from now on; those before it retire at `until`, when the last token that they signed has expired, and those
/// for which that is past are forgotten. One transaction: at no moment no key signs, or two.
///
/// # Errors
/// When the transaction's actor may not.
pub async fn change_over(tx: &mut Tx, key: &NewKey, until: Micros) -> Reply<()> {
    let slot = tx.slot::<Row>(Id::<Zone>::new(tx.zone())).await?;
    let now = tx.now();
    for row in rows(tx).await? {
        let id = Id::<Row>::new(row.guid);
        if row.own.active {
            let old = tx.grant::<Update, Row>(id).await?;
            tx.update(&old, Set::default().put(Row::active, false).put(Row::retires_at, until)).await?;
        } else if row.own.retires_at <= now {
            let old = tx.grant::<Delete, Row>(id).await?;
            tx.delete(old).await?;
        }
    }
    write(tx, slot, key).await
}

/// The rows of a zone's keys.
///
/// # Errors
/// When the transaction's actor may not see them.
pub async fn rows(tx: &mut Tx) -> Reply<Vec<Fields<SigningKeyOwn>>> {
    let seen = tx.visible::<Row>().await?;
    Ok(tx.list(&seen, &Query::first(MOST)).await?.rows)
}

async fn write(tx: &mut Tx, slot: uaa_store::Slot<Row>, key: &NewKey) -> Reply<()> {
    let set = Set::default()
        .put(Row::kid, key.kid.as_str())
        .put(Row::algorithm, key.algorithm.to_string())
        .put(Row::sealed, key.sealed.clone())
        .put(Row::active, true)
        .put(Row::retires_at, 0);
    let _: Granted<Create, Row> = tx.insert(slot, set).await?;
    Ok(())
}

fn begin(access: &Access, zone: Uuid, want: Want) -> Tx {
    let actor = Actor::system(access.registry(), Duty::Bootstrap, zone);
    access.begin(actor.into(), zone, want, "signing_key_create", "first-start".into())
}

/// Keys of one zone that are read.
const MOST: i64 = 100;
