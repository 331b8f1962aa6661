//! Good tokens in memory: the second request with a token costs a digest and a look-up.

use bytes::Bytes;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use uaa_authz::{Actor, Subject};
use uaa_model::{Fault, Micros, Reply};
use uaa_token::AccessClaims;
use uuid::Uuid;

/// A token that was found good: who holds it, and what it says.
pub(crate) struct Good {
    pub(crate) actor: Arc<Actor>,
    scope: Box<[Box<str>]>,
    audience: Box<[Box<str>]>,
    /// Its claims as a JSON object, written once: resource servers ask about the same token over and over.
    pub(crate) claims: Bytes,
    /// When it ends.
    pub(crate) until: Micros,
    /// The client, the user, the stored token: the rows on which the finding rests.
    pub(crate) rests_on: Vec<Uuid>,
}

impl Good {
    pub(crate) fn new(actor: Actor, claims: &AccessClaims<'_>, rests_on: Vec<Uuid>) -> Reply<Good> {
        let text = serde_json::to_vec(claims).map_err(|e| Fault::Internal(e.to_string()))?;
        Ok(Good {
            actor: Arc::new(actor),
            scope: claims.scope.iter().map(|s| s.as_ref().into()).collect(),
            audience: claims.aud.iter().map(|a| a.as_ref().into()).collect(),
            claims: text.into(),
            until: claims.exp.saturating_mul(1_000_000),
            rests_on,
        })
    }

    /// What it says.
    pub(crate) fn said(&self) -> Reply<AccessClaims<'static>> {
        serde_json::from_slice(&self.claims).map_err(|e| Fault::Internal(e.to_string()))
    }

    /// Whether one of these is in `aud`; of none asked for, every token is.
    pub(crate) fn is_for_one_of(&self, wanted: &[&str]) -> bool {
        wanted.is_empty() || self.audience.iter().any(|audience| wanted.contains(&audience.as_ref()))
    }

    /// The user whose token it is; `None` when it is a client's own.
    pub(crate) fn user(&self) -> Option<Uuid> {
        match self.actor.subject {
            Subject::User(id) => Some(id),
            Subject::Client(_) | Subject::System(_) | Subject::Nobody => None,
        }
    }

    pub(crate) fn has_scope(&self, wanted: &str) -> bool {
        self.scope.iter().any(|s| **s == *wanted)
    }
}

type Digest = [u8; 32];
type Shard<K, V> = RwLock<HashMap<K, V>>;

/// Good tokens under the SHA-256 of their text, and which of them rest on which row.
///
/// A change of a row drops the tokens that rest on it and no others: one user's new password costs nobody else a signature.
#[derive(Default)]
pub(crate) struct Verified {
    good: [Shard<Digest, Arc<Good>>; SHARDS],
    resting: [Shard<Uuid, Vec<Digest>>; SHARDS],
    epoch: AtomicU64,
}

impl Verified {
    /// A moment, for [`Verified::keep`].
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub(crate) fn get(&self, key: &Digest) -> Option<Arc<Good>> {
        self.good[of_digest(key)].read().ok()?.get(key).cloned()
    }

    /// Keeps a finding that began at that moment, unless something changed meanwhile: it might rest on what is no more.
    pub(crate) fn keep(&self, key: Digest, good: &Arc<Good>, epoch: u64, now: Micros) {
        for row in &good.rests_on {
            let Ok(mut resting) = self.resting[of_row(*row)].write() else { return };
            let keys = resting.entry(*row).or_default();
            if keys.len() >= MOST {
                keys.retain(|key| self.get(key).is_some_and(|g| g.until > now));
            }
            keys.push(key);
        }
        let Ok(mut shard) = self.good[of_digest(&key)].write() else { return };
        if shard.len() >= MOST {
            shard.retain(|_, g| g.until > now);
        }
        if self.epoch() == epoch && shard.len() < MOST {
            shard.insert(key, good.clone());
        }
    }

    /// Forgets every token that rests on one of these rows.
    pub(crate) fn drop_resting_on(&self, rows: impl Iterator<Item = Uuid>) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        for row in rows {
            let keys = self.resting[of_row(row)].write().ok().and_then(|mut resting| resting.remove(&row));
            for key in keys.into_iter().flatten() {
                drop(self.good[of_digest(&key)].write().map(|mut shard| shard.remove(&key)));
            }
        }
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.good.iter().for_each(|shard| drop(shard.write().map(|mut shard| shard.clear())));
        self.resting.iter().for_each(|shard| drop(shard.write().map(|mut shard| shard.clear())));
    }
}

fn of_digest(key: &Digest) -> usize {
    usize::from(key[0]) % SHARDS
}

fn of_row(row: Uuid) -> usize {
    usize::from(row.as_bytes()[15]) % SHARDS
}

const SHARDS: usize = 16;
/// Tokens that a shard keeps, and that may rest on one row, before the ended ones are looked for.
const MOST: usize = 16_384;

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_authz::Registry;

    fn good(rests_on: Vec<Uuid>) -> Arc<Good> {
        let registry = Registry::new([]).expect("no kinds");
        let actor = Actor::nobody(&registry, Uuid::nil());
        let claims = AccessClaims { exp: 100, ..AccessClaims::default() };
        Arc::new(Good::new(actor, &claims, rests_on).expect("claims are JSON"))
    }

    #[test]
    fn a_change_drops_what_rests_on_it_and_nothing_else() {
        let verified = Verified::default();
        let (alice, bob, client) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        verified.keep([1; 32], &good(vec![client, alice]), verified.epoch(), 0);
        verified.keep([2; 32], &good(vec![client, bob]), verified.epoch(), 0);
        verified.drop_resting_on([alice].into_iter());
        assert!(verified.get(&[1; 32]).is_none() && verified.get(&[2; 32]).is_some());
        verified.drop_resting_on([client].into_iter());
        assert!(verified.get(&[2; 32]).is_none());
    }

    #[test]
    fn a_finding_from_before_a_change_is_not_kept() {
        let verified = Verified::default();
        let before = verified.epoch();
        verified.drop_resting_on([Uuid::from_u128(9)].into_iter());
        verified.keep([1; 32], &good(vec![]), before, 0);
        assert!(verified.get(&[1; 32]).is_none());
        verified.keep([1; 32], &good(vec![]), verified.epoch(), 0);
        verified.clear();
        assert!(verified.get(&[1; 32]).is_none());
    }
}
