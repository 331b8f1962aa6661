//! The signing keys of the zone: read from the database, the first one made here, and read again whenever one changes.

use std::sync::Arc;
use uaa_authz::{Actor, Create, Duty, Zone};
use uaa_directory::SigningKey as KeyRow;
use uaa_model::{Fault, Id, Reply};
use uaa_oauth::{Caches, Engine};
use uaa_store::{Access, Granted, Query, Set, Tx, Want};
use uaa_token::{Algorithm, DataKey, KeySet, KeyState, SigningKey};
use uuid::Uuid;

/// Where the keys are and what opens them.
#[derive(Clone)]
pub(crate) struct SigningKeys {
    pub(crate) access: Access,
    pub(crate) zone: Uuid,
    pub(crate) data_key: Arc<DataKey>,
    /// Of the first key.
    pub(crate) algorithm: Algorithm,
}

impl SigningKeys {
    /// All of them as a set. Makes the first one when there is none.
    pub(crate) async fn load(&self) -> Reply<KeySet> {
        let mut tx = self.begin(Want::Read);
        let seen = tx.visible::<KeyRow>().await?;
        let rows = tx.list(&seen, &Query::first(100)).await?.rows;
        drop(tx);
        if rows.is_empty() {
            let key = SigningKey::generate(self.algorithm)?;
            self.keep(&key).await?;
            return Box::pin(self.load()).await;
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

    /// Gives the engine the new set whenever a key has changed, in whatever process. Does not end.
    pub(crate) async fn follow(self, caches: Caches, engine: Arc<Engine>) {
        loop {
            caches.keys_changed().await;
            match self.load().await {
                Ok(set) => engine.set_keys(set),
                Err(fault) => {
                    // What signed before goes on signing: a token too many under an old key harms less than none.
                    tracing::error!(?fault, "signing keys have changed and cannot be read");
                }
            }
        }
    }

    async fn keep(&self, key: &SigningKey) -> Reply<()> {
        let sealed = key.seal(&self.data_key)?;
        let mut tx = self.begin(Want::Write);
        let slot = tx.slot::<KeyRow>(Id::<Zone>::new(self.zone)).await?;
        // The slot keeps everybody else out: a process that started at the same moment has made one, or will see ours.
        let seen = tx.visible::<KeyRow>().await?;
        if !tx.list(&seen, &Query::first(1)).await?.rows.is_empty() {
            return Ok(());
        }
        let set = Set::default()
            .put(KeyRow::kid, key.kid())
            .put(KeyRow::algorithm, key.algorithm().to_string())
            .put(KeyRow::sealed, sealed)
            .put(KeyRow::active, true)
            .put(KeyRow::retires_at, 0);
        let _: Granted<Create, KeyRow> = tx.insert(slot, set).await?;
        tx.commit().await.map(drop)
    }

    fn begin(&self, want: Want) -> Tx {
        let actor = Actor::system(self.access.registry(), Duty::Bootstrap, self.zone);
        self.access.begin(actor.into(), self.zone, want, "signing_key_create", "first-start".into())
    }
}
