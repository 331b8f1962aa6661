use super::bounded::Bounded;
use super::seconds;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use uaa_model::Micros;

/// How long an address that failed often has to wait between two attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Failures without any wait. Many people may stand behind one address.
    pub free_failures: u32,
    /// Seconds in which one failure is forgotten.
    pub forget_one_every_seconds: u32,
    /// Each further failure doubles the wait, which begins at a second, up to this.
    pub longest_wait_seconds: u32,
}

impl Default for Pace {
    /// 30 free failures; in the long run one guess every 30 seconds.
    fn default() -> Self {
        Pace { free_failures: 30, forget_one_every_seconds: 30, longest_wait_seconds: 300 }
    }
}

/// Slows down client addresses that fail against many accounts, which the lockout of one account does not see.
///
/// A success changes nothing: an attacker with one account of his own would only have to log in now and then. Bounded;
/// the address whose failures are forgotten first makes room.
#[derive(Debug)]
pub struct Addresses {
    pace: Pace,
    known: Mutex<Bounded<IpAddr, Failures>>,
}

impl Addresses {
    /// Addresses that [`Addresses::default`] remembers: some 20 MB when all of them are taken.
    pub const CAPACITY: usize = 100_000;

    /// Remembers so many addresses at most.
    pub fn new(pace: Pace, capacity: usize) -> Self {
        Addresses { pace, known: Mutex::new(Bounded::new(capacity)) }
    }

    /// Whether the address may try now. It must be the peer's own, or one that a trusted proxy vouches for.
    ///
    /// # Errors
    /// The seconds to wait, for `Fault::TooMany`. The attempt is then no failure and must not be counted as one.
    pub fn check(&self, address: IpAddr, now: Micros) -> Result<(), u32> {
        let known = self.lock();
        let Some(failures) = known.get(&network(address)) else { return Ok(()) };
        let left = failures.last.saturating_add(self.wait(failures.forgotten_at, now)).saturating_sub(now);
        if left <= 0 {
            return Ok(());
        }
        // Rounded up: who comes back after what it was told is let in.
        Err(u32::try_from((left + 999_999) / 1_000_000).unwrap_or(u32::MAX))
    }

    /// Counts a failure.
    pub fn failed(&self, address: IpAddr, now: Micros) {
        let network = network(address);
        let mut known = self.lock();
        let before = known.get(&network).map_or(now, |failures| failures.forgotten_at.max(now));
        // More would change nothing but the time in which they are forgotten.
        let most = i64::from(self.pace.free_failures) + DOUBLINGS;
        let forgotten_at =
            before.saturating_add(self.one()).min(now.saturating_add(self.one().saturating_mul(most)));
        known.insert(network, Failures { forgotten_at, last: now }, false, forgotten_at, now);
    }

    /// What the failures not yet forgotten amount to.
    fn wait(&self, forgotten_at: Micros, now: Micros) -> Micros {
        let failures = forgotten_at.saturating_sub(now).max(0).saturating_add(self.one() - 1) / self.one();
        let beyond = failures - i64::from(self.pace.free_failures);
        let doubled = u32::try_from(beyond - 1).ok().map_or(0, |times| 1 << times.min(31));
        seconds(u32::min(doubled, self.pace.longest_wait_seconds))
    }

    fn one(&self) -> Micros {
        seconds(self.pace.forget_one_every_seconds.max(1))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Bounded<IpAddr, Failures>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Addresses {
    fn default() -> Self {
        Addresses::new(Pace::default(), Addresses::CAPACITY)
    }
}

#[derive(Debug)]
pub(super) struct Failures {
    /// When none of them counts any more; the number of failures is the time until then.
    forgotten_at: Micros,
    last: Micros,
}

/// An IPv6 host commonly owns a whole /64 and would otherwise be 2^64 addresses.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Beyond so many doublings every configured wait is reached.
const DOUBLINGS: i64 = 33;
