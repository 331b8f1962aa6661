//! Findings in memory that rest on rows: a session that was looked up, a token that was verified. A change of a row drops what
//! rests on it and nothing else.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use uaa_model::Micros;
use uuid::Uuid;

/// Something that was found out, and on which rows it rests.
pub trait Finding: Send + Sync {
    /// The rows.
    fn rests_on(&self) -> &[Uuid];
    /// When it ends by itself.
    fn until(&self) -> Micros;
}

/// SHA-256 of what a caller holds.
pub type Digest = [u8; 32];

/// Findings under the digest of what a caller holds. Bounded: what does not fit is found out anew each time.
pub struct Resting<T> {
    found: [RwLock<HashMap<Digest, Arc<T>>>; SHARDS],
    resting: [RwLock<HashMap<Uuid, Vec<Digest>>>; SHARDS],
    epoch: AtomicU64,
    most: usize,
}

impl<T> std::fmt::Debug for Resting<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resting").field("most", &self.most).finish_non_exhaustive()
    }
}

impl<T: Finding> Resting<T> {
    /// An empty memory for about that many findings.
    pub fn new(most: usize) -> Self {
        Resting {
            found: Default::default(),
            resting: Default::default(),
            epoch: AtomicU64::new(0),
            most: most / SHARDS,
        }
    }

    /// A moment, for [`Resting::keep`].
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// What is known under that digest.
    pub fn get(&self, key: &Digest) -> Option<Arc<T>> {
        self.found[of_digest(key)].read().ok()?.get(key).cloned()
    }

    /// Keeps a finding that began at that moment, unless something changed meanwhile: it might rest on what is no more.
    pub fn keep(&self, key: Digest, finding: &Arc<T>, epoch: u64, now: Micros) {
        for row in finding.rests_on() {
            let Ok(mut resting) = self.resting[of_row(*row)].write() else { return };
            let keys = resting.entry(*row).or_default();
            if keys.len() >= self.most {
                keys.retain(|key| self.get(key).is_some_and(|finding| finding.until() > now));
            }
            keys.push(key);
        }
        let Ok(mut shard) = self.found[of_digest(&key)].write() else { return };
        if shard.len() >= self.most {
            shard.retain(|_, finding| finding.until() > now);
        }
        if self.epoch() == epoch && shard.len() < self.most {
            shard.insert(key, finding.clone());
        }
    }

    /// Forgets all that rests on one of these rows.
    pub fn drop_resting_on(&self, rows: impl Iterator<Item = Uuid>) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        for row in rows {
            let keys = self.resting[of_row(row)].write().ok().and_then(|mut resting| resting.remove(&row));
            for key in keys.into_iter().flatten() {
                drop(self.found[of_digest(&key)].write().map(|mut shard| shard.remove(&key)));
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.found.iter().for_each(|shard| drop(shard.write().map(|mut shard| shard.clear())));
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Found(Vec<Uuid>);

    impl Finding for Found {
        fn rests_on(&self) -> &[Uuid] {
            &self.0
        }
        fn until(&self) -> Micros {
            100
        }
    }

    fn found(rows: &[Uuid]) -> Arc<Found> {
        Arc::new(Found(rows.to_vec()))
    }

    #[test]
    fn a_change_drops_what_rests_on_it_and_nothing_else() {
        let memory = Resting::new(1600);
        let (alice, bob, client) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        memory.keep([1; 32], &found(&[client, alice]), memory.epoch(), 0);
        memory.keep([2; 32], &found(&[client, bob]), memory.epoch(), 0);
        memory.drop_resting_on([alice].into_iter());
        assert!(memory.get(&[1; 32]).is_none() && memory.get(&[2; 32]).is_some());
        memory.drop_resting_on([client].into_iter());
        assert!(memory.get(&[2; 32]).is_none());
    }

    #[test]
    fn a_finding_from_before_a_change_is_not_kept() {
        let memory = Resting::new(1600);
        let before = memory.epoch();
        memory.drop_resting_on([Uuid::from_u128(9)].into_iter());
        memory.keep([1; 32], &found(&[]), before, 0);
        assert!(memory.get(&[1; 32]).is_none());
        memory.keep([1; 32], &found(&[]), memory.epoch(), 0);
        memory.clear();
        assert!(memory.get(&[1; 32]).is_none());
    }

    #[test]
    fn it_is_bounded() {
        let memory = Resting::new(32);
        for n in 0..200u8 {
            let mut key = [0; 32];
            key[1] = n;
            memory.keep(key, &found(&[]), memory.epoch(), 0);
        }
        assert_eq!(memory.found.iter().map(|shard| shard.read().unwrap().len()).sum::<usize>(), 2);
    }
}
