//! Decisions without a database: the compiled facts, and where things stand, kept for a moment.

use crate::access::Access;
use crate::sql::Sql;
use crate::tx::{PLACE, place_of};
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::RwLock;
use std::sync::atomic::{AtomicU64, Ordering};
use uaa_authz::{Actor, Ask, Decision, KindIx, Place, Verb};
use uaa_model::{Fault, Micros, Reply};
use uuid::Uuid;

/// A decision from memory, and the revision of the zone's facts that it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// `None` when there is no such thing.
    pub decision: Option<Decision>,
    /// The revision.
    pub revision: i64,
}

/// Where things stand. A thing never moves, and barriers clear all of it, so that an entry can be wrong in one way only: the thing
/// is gone. Therefore none is older than the lease of the facts.
pub(crate) struct Places {
    hash: RandomState,
    shards: [RwLock<HashMap<(KindIx, Uuid), Kept>>; SHARDS],
    epoch: AtomicU64,
}

#[derive(Clone, Copy)]
struct Kept {
    place: Option<Place>,
    read: Micros,
}

impl Default for Places {
    fn default() -> Self {
        let shards = std::array::from_fn(|_| RwLock::default());
        Places { hash: RandomState::new(), shards, epoch: AtomicU64::new(0) }
    }
}

impl Places {
    /// Forgets all of it: a barrier was raised or lifted somewhere.
    pub(crate) fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.shards.iter().for_each(|shard| drop(shard.write().map(|mut shard| shard.clear())));
    }

    fn shard(&self, key: (KindIx, Uuid)) -> &RwLock<HashMap<(KindIx, Uuid), Kept>> {
        &self.shards[(self.hash.hash_one(key) as usize) % SHARDS]
    }

    fn get(&self, key: (KindIx, Uuid), since: Micros) -> Option<Option<Place>> {
        let kept = *self.shard(key).read().ok()?.get(&key)?;
        (kept.read >= since).then_some(kept.place)
    }

    /// Keeps what was read, unless a barrier changed meanwhile.
    fn keep(&self, key: (KindIx, Uuid), kept: Kept, epoch: u64, since: Micros) {
        let Ok(mut shard) = self.shard(key).write() else { return };
        if shard.len() >= MOST {
            shard.retain(|_, k| k.read >= since);
        }
        if self.epoch.load(Ordering::SeqCst) == epoch && shard.len() < MOST {
            shard.insert(key, kept);
        }
    }
}

impl Access {
    /// Decides a question from memory. What is not known yet is read once a lease.
    ///
    /// `id`: the thing; `None` asks about the zone as a whole. `at_least`: the revision that the facts must have reached; older ones are brought up to date first.
    ///
    /// # Errors
    /// `Unavailable` when the facts are older than their lease or cannot reach that revision: such an answer fails closed.
    pub async fn judge(
        &self,
        actor: &Actor,
        zone: Uuid,
        kind: KindIx,
        verb: Verb,
        id: Option<Uuid>,
        at_least: i64,
    ) -> Reply<Judged> {
        let late = || Fault::Unavailable("the compiled facts are too old for an answer".into());
        let mut facts = self.fresh().ok_or_else(late)?;
        if facts.revision(zone) < at_least {
            self.follow().await?;
            facts = self.fresh().filter(|f| f.revision(zone) >= at_least).ok_or_else(late)?;
        }
        // The facts first: places that are older than them were forgotten before they came.
        let place = match id {
            Some(id) => self.place(kind, id).await?.filter(|place| place.zone == zone),
            None => Some(Place::zone(zone)),
        };
        let revision = facts.revision(zone);
        let now = self.0.settings.clock.now();
        let decide = |place| facts.decide(&self.0.registry, &Ask { actor, kind, verb, place, now });
        Ok(Judged { decision: place.as_ref().map(decide), revision })
    }

    async fn place(&self, kind: KindIx, id: Uuid) -> Reply<Option<Place>> {
        let (places, now) = (&self.0.places, self.0.settings.clock.now());
        let since = now - self.0.settings.lease;
        if let Some(known) = places.get((kind, id), since) {
            return Ok(known);
        }
        let epoch = places.epoch.load(Ordering::SeqCst);
        let name = self.0.registry.at(kind).name;
        let rows = self.0.db.auto().await?.fetch(Sql::new(PLACE).with(id).with(name)).await?;
        let place = rows.first().map(|row| place_of(row, id, name)).transpose()?.map(|(place, _)| place);
        places.keep((kind, id), Kept { place, read: now }, epoch, since);
        Ok(place)
    }
}

const SHARDS: usize = 64;
/// Things that a shard keeps at most.
const MOST: usize = 4096;
