use super::address::network;
use super::{Key, Locked, Lockout, LockoutPolicy};
use std::collections::hash_map::RandomState;
use std::fmt::Write;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use uaa_model::Micros;
use uuid::Uuid;

/// Whose secret is tried, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guess<'a> {
    pub(crate) zone: Uuid,
    /// The client's name as it was sent, whether or not there is such a client.
    pub(crate) client: &'a str,
    pub(crate) from: IpAddr,
}

/// Counts wrong secrets of clients as [`Lockout`] counts wrong passwords, but by client and source address together: whoever guesses
/// is stopped, and stops nobody else, as a client is often a whole application.
///
/// A client that shows the right secret is the busiest caller there is: as long as nobody fails it pays for one hash and one number
/// that is read. The rest lies in 64 parts, so that those who fail keep few others waiting.
#[derive(Debug)]
pub struct Clients {
    spread: RandomState,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// How many are remembered, so that nobody takes the lock of a part in which there is nothing.
    known: AtomicUsize,
    lockout: Lockout,
}

impl Clients {
    /// Clients and addresses that [`Clients::default`] remembers: some 30 MB when all of them are taken.
    pub const CAPACITY: usize = 64 * 1024;

    /// Remembers about so many at most.
    pub fn with_capacity(capacity: usize) -> Self {
        let part =
            || Part { known: AtomicUsize::new(0), lockout: Lockout::with_capacity(capacity.div_ceil(PARTS)) };
        Clients { spread: RandomState::new(), parts: (0..PARTS).map(|_| part()).collect() }
    }

    /// Whether the client may be tried from there.
    ///
    /// # Errors
    /// [`Locked`]. The attempt is then no failure and must not be counted as one.
    pub(crate) fn check(&self, guess: Guess<'_>, policy: &LockoutPolicy, now: Micros) -> Result<(), Locked> {
        let part = self.part(guess);
        match part.known.load(Ordering::Relaxed) {
            0 => Ok(()),
            _ => part.lockout.check(&key(guess), policy, now),
        }
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, guess: Guess<'_>, policy: &LockoutPolicy, now: Micros) {
        let part = self.part(guess);
        part.lockout.failed(key(guess), policy, now);
        part.count();
    }

    /// Forgets the failures: only those in a row count.
    pub(crate) fn succeeded(&self, guess: Guess<'_>) {
        let part = self.part(guess);
        if part.known.load(Ordering::Relaxed) > 0 {
            part.lockout.succeeded(&key(guess));
            part.count();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.known.load(Ordering::Relaxed)).sum()
    }

    fn part(&self, guess: Guess<'_>) -> &Part {
        let hash = self.spread.hash_one((guess.zone, guess.client, network(guess.from)));
        // Below the number of parts, so it fits every size.
        &self.parts[usize::try_from(hash % PARTS as u64).unwrap_or(0)]
    }
}

impl Part {
    fn count(&self) {
        self.known.store(self.lockout.len(), Ordering::Relaxed);
    }
}

impl Default for Clients {
    fn default() -> Self {
        Clients::with_capacity(Clients::CAPACITY)
    }
}

fn key(guess: Guess<'_>) -> Key {
    let mut subject = String::with_capacity(guess.client.len() + 40);
    // An address has no slash. Writing to a string does not fail.
    let _ = write!(subject, "{}/{}", network(guess.from), guess.client);
    Key::new(guess.zone, &subject)
}

const PARTS: usize = 64;
