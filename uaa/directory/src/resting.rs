//! Findings in memory that rest on rows: a session that was looked up, a token that was verified. A change of a row drops what
//! rests on it and nothing else.

use std::collections::{BTreeSet, HashMap};
use std::mem::take;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use uuid::Uuid;

/// Something that was found out, and on which rows it rests.
pub trait Finding: Send + Sync {
    /// The rows.
    fn rests_on(&self) -> &[Uuid];
}

/// SHA-256 of what a caller holds.
pub type Digest = [u8; 32];

/// Findings under the digest of what a caller holds. Bounded: what has not been asked for longest makes room.
///
/// A digest is under a row exactly as long as its finding is kept, so that both are bounded alike. Whoever changes either holds the
/// lock of the finding's shard; that of the row's shard is taken within it, never the other way round.
pub struct Resting<T> {
    found: [RwLock<Generations<T>>; SHARDS],
    resting: [RwLock<BTreeSet<(Uuid, Digest)>>; SHARDS],
    epoch: AtomicU64,
    /// Of each generation of a shard.
    most: usize,
}

/// What was asked for lately, and what was before: nearly the order of use, without writing down each one.
struct Generations<T> {
    young: HashMap<Digest, Arc<T>>,
    old: HashMap<Digest, Arc<T>>,
}

impl<T> Default for Generations<T> {
    fn default() -> Self {
        Generations { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<T> Generations<T> {
    fn remove(&mut self, key: &Digest) -> Option<Arc<T>> {
        self.young.remove(key).or_else(|| self.old.remove(key))
    }

    /// Gives what had to make room.
    fn insert(&mut self, key: Digest, finding: Arc<T>, most: usize) -> HashMap<Digest, Arc<T>> {
        let mut gone = HashMap::new();
        if self.young.len() >= most {
            gone = std::mem::replace(&mut self.old, take(&mut self.young));
        }
        self.young.insert(key, finding);
        gone
    }
}

impl<T> std::fmt::Debug for Resting<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resting").field("most", &self.most).finish_non_exhaustive()
    }
}

impl<T: Finding> Resting<T> {
    /// An empty memory for that many findings at most, and the half of them that was used last at least.
    pub fn new(most: usize) -> Self {
        Resting {
            found: Default::default(),
            resting: Default::default(),
            epoch: AtomicU64::new(0),
            most: (most / SHARDS / 2).max(1),
        }
    }

    /// A moment, for [`Resting::keep`].
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// What is known under that digest.
    pub fn get(&self, key: &Digest) -> Option<Arc<T>> {
        let shard = &self.found[of_digest(key)];
        let old = {
            let shard = shard.read().ok()?;
            if let Some(finding) = shard.young.get(key) {
                return Some(finding.clone());
            }
            shard.old.get(key)?.clone()
        };
        // Whether it is still there shows under the lock that writes: it may have been dropped meanwhile.
        let mut shard = shard.write().ok()?;
        if let Some(finding) = shard.old.remove(key) {
            let gone = shard.insert(*key, finding, self.most);
            self.unrest(&gone);
        }
        Some(old)
    }

    /// Keeps a finding that began at that moment, unless something changed meanwhile: it might rest on what is no more.
    pub fn keep(&self, key: Digest, finding: &Arc<T>, epoch: u64) {
        let Ok(mut shard) = self.found[of_digest(&key)].write() else { return };
        if let Some(before) = shard.remove(&key) {
            self.unrest([(&key, &before)]);
        }
        // First under its rows and then the moment: a change from now on finds it there.
        for row in finding.rests_on() {
            let Ok(mut resting) = self.resting[of_row(*row)].write() else { return };
            resting.insert((*row, key));
        }
        if self.epoch() == epoch {
            let gone = shard.insert(key, finding.clone(), self.most);
            self.unrest(&gone);
        } else {
            self.unrest([(&key, finding)]);
        }
    }

    /// Forgets all that rests on one of these rows.
    pub fn drop_resting_on(&self, rows: impl Iterator<Item = Uuid>) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        for row in rows {
            let all = (row, [u8::MIN; 32])..=(row, [u8::MAX; 32]);
            let keys: Vec<Digest> = match self.resting[of_row(row)].read() {
                Ok(resting) => resting.range(all).map(|(_, key)| *key).collect(),
                Err(_) => continue,
            };
            for key in keys {
                let Ok(mut shard) = self.found[of_digest(&key)].write() else { continue };
                if let Some(finding) = shard.remove(&key) {
                    self.unrest([(&key, &finding)]);
                }
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        for shard in &self.found {
            let Ok(mut shard) = shard.write() else { continue };
            self.unrest(&take(&mut shard.young));
            self.unrest(&take(&mut shard.old));
        }
    }

    /// Takes these from under their rows, while the lock of their shard is held.
    fn unrest<'a>(&self, gone: impl IntoIterator<Item = (&'a Digest, &'a Arc<T>)>)
    where
        T: 'a,
    {
        for (key, finding) in gone {
            for row in finding.rests_on() {
                if let Ok(mut resting) = self.resting[of_row(*row)].write() {
                    resting.remove(&(*row, *key));
                }
            }
        }
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
    }

    fn found(rows: &[Uuid]) -> Arc<Found> {
        Arc::new(Found(rows.to_vec()))
    }

    #[test]
    fn a_change_drops_what_rests_on_it_and_nothing_else() {
        let memory = Resting::new(1600);
        let (alice, bob, client) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        memory.keep([1; 32], &found(&[client, alice]), memory.epoch());
        memory.keep([2; 32], &found(&[client, bob]), memory.epoch());
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
        memory.keep([1; 32], &found(&[]), before);
        assert!(memory.get(&[1; 32]).is_none());
        memory.keep([1; 32], &found(&[]), memory.epoch());
        memory.clear();
        assert!(memory.get(&[1; 32]).is_none());
    }

    #[test]
    fn it_is_bounded_with_all_that_belongs_to_it() {
        let memory = Resting::new(64);
        let client = Uuid::from_u128(9);
        for n in 0..200u8 {
            memory.keep(key(n), &found(&[client, Uuid::from_u128(n.into())]), memory.epoch());
            memory.keep(key(n), &found(&[client, Uuid::from_u128(n.into())]), memory.epoch());
        }
        assert_eq!(sizes(&memory), (4, 8));
        memory.drop_resting_on([client].into_iter());
        assert_eq!(sizes(&memory), (0, 0));
        memory.keep([1; 32], &found(&[client]), memory.epoch());
        memory.clear();
        assert_eq!(sizes(&memory), (0, 0));
    }

    #[test]
    fn what_is_asked_for_stays_and_what_is_not_makes_room() {
        let memory = Resting::new(64);
        memory.keep(key(0), &found(&[]), memory.epoch());
        memory.keep(key(1), &found(&[]), memory.epoch());
        for n in 2..200 {
            memory.keep(key(n), &found(&[]), memory.epoch());
            assert!(memory.get(&key(0)).is_some() && memory.get(&key(n)).is_some(), "{n}");
        }
        assert!(memory.get(&key(1)).is_none());
    }

    #[test]
    fn what_became_old_is_dropped_as_what_is_young() {
        let memory = Resting::new(64);
        let row = Uuid::from_u128(7);
        memory.keep(key(0), &found(&[row]), memory.epoch());
        memory.keep(key(1), &found(&[]), memory.epoch());
        memory.keep(key(2), &found(&[]), memory.epoch());
        memory.drop_resting_on([row].into_iter());
        assert!(memory.get(&key(0)).is_none() && memory.get(&key(1)).is_some());
        assert_eq!(sizes(&memory).1, 0);
    }

    /// All in one shard.
    fn key(n: u8) -> Digest {
        let mut key = [0; 32];
        key[1] = n;
        key
    }

    /// Findings, and digests under rows.
    fn sizes(memory: &Resting<Found>) -> (usize, usize) {
        let found =
            memory.found.iter().map(|shard| shard.read().unwrap()).map(|s| s.young.len() + s.old.len());
        (found.sum(), memory.resting.iter().map(|shard| shard.read().unwrap().len()).sum())
    }
}
