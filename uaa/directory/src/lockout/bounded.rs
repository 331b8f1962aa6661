use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::hash::Hash;
use uaa_model::Micros;

/// A map that never grows beyond its capacity. Every entry ends at some time; when there is no room, the one that ends
/// first goes, and those marked to last only after all others.
#[derive(Debug)]
pub(super) struct Bounded<K, V> {
    capacity: usize,
    entries: HashMap<K, (V, Rank)>,
    /// Who goes first.
    order: BTreeMap<Rank, K>,
    inserted: u64,
}

/// (marked to last, ends at, number of the insertion)
type Rank = (bool, Micros, u64);

impl<K: Clone + Debug + Eq + Hash, V> Bounded<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Bounded { capacity: capacity.max(1), entries: HashMap::new(), order: BTreeMap::new(), inserted: 0 }
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(value, _)| value)
    }

    pub(super) fn remove(&mut self, key: &K) -> Option<V> {
        let (value, rank) = self.entries.remove(key)?;
        self.order.remove(&rank);
        Some(value)
    }

    pub(super) fn insert(&mut self, key: K, value: V, lasting: bool, ends: Micros, now: Micros) {
        self.remove(&key);
        self.forget_ended(now);
        if self.entries.len() >= self.capacity
            && let Some((_, first)) = self.order.pop_first()
        {
            self.entries.remove(&first);
        }
        self.inserted += 1;
        let rank = (lasting, ends, self.inserted);
        self.order.insert(rank, key.clone());
        self.entries.insert(key, (value, rank));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, (value, _))| (key, value))
    }

    pub(super) fn len(&self) -> usize {
        debug_assert_eq!(self.entries.len(), self.order.len());
        self.entries.len()
    }

    /// A few at a time: more than one goes for each that comes, so the map shrinks when the flood is over.
    fn forget_ended(&mut self, now: Micros) {
        for lasting in [false, true] {
            for _ in 0..4 {
                let first = self.order.range((lasting, Micros::MIN, 0)..(lasting, now, u64::MAX)).next();
                let Some((rank, key)) = first.map(|(rank, key)| (*rank, key.clone())) else { break };
                self.order.remove(&rank);
                self.entries.remove(&key);
            }
        }
    }
}
