//! Client secrets that were verified a moment ago, so that a machine which asks for a thousand tokens a second pays for
//! Argon2 once. What this protects and what it does not: `docs/decisions/0004-client-secrets-on-the-hot-path.md`.

use aws_lc_rs::hmac;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;
use std::sync::{PoisonError, RwLock};
use subtle::ConstantTimeEq;
use uaa_model::{Micros, Rng, Secret};
use uuid::Uuid;

/// Remembers that a client presented a right secret; never that it presented a wrong one.
///
/// Kept is an HMAC-SHA-256 under a key that this process drew at its start and never shows. Readers share one of 64
/// locks, which writers hold for a lookup in a map of some hundred entries, and only after a full verification.
pub struct SecretCache {
    key: hmac::Key,
    shards: Vec<RwLock<HashMap<Uuid, Entry>>>,
    spread: RandomState,
    per_shard: usize,
}

impl SecretCache {
    /// How long after the last full verification a secret is remembered, in microseconds: 15 minutes.
    pub const FOR: Micros = 15 * 60 * 1_000_000;
    /// Clients that suffice for a large installation: some 10 MB when all of them are taken.
    pub const CAPACITY: usize = 64 * 1024;

    /// Empty, with a key of its own, for about so many clients.
    pub fn new(capacity: usize, rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        SecretCache {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            spread: RandomState::new(),
            per_shard: capacity.div_ceil(SHARDS).max(1),
        }
    }

    /// Whether exactly this secret was verified against this stored hash of this client lately. Compared in constant
    /// time.
    ///
    /// `stored` is the PHC string in the client's row. Every new secret has a salt of its own and so another string:
    /// what was remembered of one that is not stored any more answers nobody.
    pub fn remembered(&self, client: Uuid, stored: &str, presented: &Secret, now: Micros) -> bool {
        // Before the lock, so that nobody waits for it.
        let tag = self.tag(client, stored, presented);
        let shard = self.shard(client).read().unwrap_or_else(PoisonError::into_inner);
        let known = |verified: &Verified| verified.holds(now) && verified.same(&tag);
        shard.get(&client).is_some_and(|entry| entry.iter().any(known))
    }

    /// Keeps a secret that a full verification against this stored hash has just accepted.
    ///
    /// A client may have two live secrets, so the last two are kept.
    pub fn remember(&self, client: Uuid, stored: &str, verified: &Secret, now: Micros) {
        let tag = self.tag(client, stored, verified);
        let mut shard = self.shard(client).write().unwrap_or_else(PoisonError::into_inner);
        if !shard.contains_key(&client) && shard.len() >= self.per_shard {
            make_room(&mut shard, now);
        }
        let entry = shard.entry(client).or_default();
        entry.retain(|other| other.holds(now) && !other.same(&tag));
        if entry.len() >= LIVE_SECRETS {
            entry.remove(0);
        }
        entry.push(Verified { tag, at: now });
    }

    /// Forgets a client: its secrets changed, or it was deleted. The stored hash makes this unnecessary for safety; what
    /// is forgotten early is not in memory any more.
    pub fn forget(&self, client: Uuid) {
        self.shard(client).write().unwrap_or_else(PoisonError::into_inner).remove(&client);
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        for shard in &self.shards {
            shard.write().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The client has a fixed length and a PHC string no NUL, so that no other triple gives the same bytes.
    fn tag(&self, client: Uuid, stored: &str, secret: &Secret) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(client.as_bytes());
        context.update(stored.as_bytes());
        context.update(&[0]);
        context.update(secret.expose().as_bytes());
        context.sign()
    }

    fn shard(&self, client: Uuid) -> &RwLock<HashMap<Uuid, Entry>> {
        // Below the number of shards, so it fits every size.
        let n = usize::try_from(self.spread.hash_one(client) % SHARDS as u64).unwrap_or(0);
        &self.shards[n]
    }
}

impl fmt::Debug for SecretCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretCache").field("per_shard", &self.per_shard).finish_non_exhaustive()
    }
}

/// Oldest verification first, at most [`LIVE_SECRETS`].
type Entry = Vec<Verified>;

struct Verified {
    tag: hmac::Tag,
    at: Micros,
}

impl Verified {
    /// A clock that was set back ends it as well: nobody knows how much time has passed.
    fn holds(&self, now: Micros) -> bool {
        (0..SecretCache::FOR).contains(&now.saturating_sub(self.at))
    }

    fn same(&self, tag: &hmac::Tag) -> bool {
        self.tag.as_ref().ct_eq(tag.as_ref()).into()
    }
}

/// Drops what has ended, or else the client whose last verification is the oldest.
fn make_room(shard: &mut HashMap<Uuid, Entry>, now: Micros) {
    let before = shard.len();
    shard.retain(|_, entry| entry.iter().any(|verified| verified.holds(now)));
    if shard.len() == before {
        let last = |entry: &Entry| entry.last().map(|verified| verified.at);
        let oldest = shard.iter().min_by_key(|(_, entry)| last(entry)).map(|(client, _)| *client);
        oldest.and_then(|client| shard.remove(&client));
    }
}

const SHARDS: usize = 64;
/// UAA lets a client have two secrets at a time.
const LIVE_SECRETS: usize = 2;

#[cfg(test)]
mod tests;
