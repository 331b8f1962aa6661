//! Proofs that came already: each is good once. In memory alone, for as long as a proof can be good, and of so many at most.

use std::collections::HashSet;
use std::sync::Mutex;
use uaa_directory::Digest;
use uaa_model::{Fault, Micros, Reply};

/// Names of proofs, in parts that do not wait for each other.
#[derive(Debug, Default)]
pub(crate) struct Seen([Mutex<Part>; 16]);

/// Two generations: what is in neither is too old to be good by itself.
#[derive(Debug, Default)]
struct Part {
    since: Micros,
    young: HashSet<[u8; 16]>,
    old: HashSet<[u8; 16]>,
}

impl Seen {
    /// Whether it comes for the first time. From now on it has come.
    ///
    /// # Errors
    /// `TooMany` when there is no more room to remember it: what is not remembered is not taken.
    pub(crate) fn first(&self, name: &Digest, now: Micros) -> Reply<bool> {
        let mut key = [0; 16];
        key.copy_from_slice(&name[..16]);
        let Ok(mut part) = self.0[usize::from(name[16] & 15)].lock() else {
            return Err(Fault::Internal("a lock is broken".into()));
        };
        part.turn(now);
        if part.young.contains(&key) || part.old.contains(&key) {
            return Ok(false);
        }
        if part.young.len() >= MOST {
            return Err(Fault::TooMany((LIFE / 1_000_000) as u32));
        }
        part.young.insert(key);
        Ok(true)
    }
}

impl Part {
    fn turn(&mut self, now: Micros) {
        let passed = now - self.since;
        if passed < LIFE {
            return;
        }
        self.old = std::mem::take(&mut self.young);
        if passed >= 2 * LIFE {
            self.old.clear();
        }
        self.since = now;
    }
}

/// From the first moment at which a proof can be good, made by a clock that is ahead, to the last.
const LIFE: Micros = 120_000_000;
/// Of each part: a million of each generation in all, 40 MB when somebody tries it.
const MOST: usize = 65_536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_good_once_for_as_long_as_it_could_be_good() {
        let seen = Seen::default();
        let name = |n: u8| [n; 32];
        let mut now = 1_790_000_000_000_000;
        assert_eq!(seen.first(&name(1), now), Ok(true));
        assert_eq!(seen.first(&name(1), now), Ok(false));
        assert_eq!(seen.first(&name(2), now), Ok(true));
        now += LIFE - 1;
        assert_eq!(seen.first(&name(1), now), Ok(false));
        now += LIFE - 1;
        assert_eq!(seen.first(&name(1), now), Ok(false), "the generation before counts");
        now += 3 * LIFE;
        assert_eq!(seen.first(&name(1), now), Ok(true));
    }

    #[test]
    fn what_cannot_be_remembered_is_not_taken() {
        let seen = Seen::default();
        let name = |n: usize| {
            let mut name = [0; 32];
            name[..8].copy_from_slice(&n.to_be_bytes());
            name
        };
        for n in 0..MOST {
            assert_eq!(seen.first(&name(n), 1), Ok(true));
        }
        assert_eq!(seen.first(&name(MOST), 1), Err(Fault::TooMany(120)));
        assert_eq!(seen.first(&name(0), 1), Ok(false));
        assert_eq!(seen.first(&name(MOST), 1 + LIFE), Ok(true));
    }
}
