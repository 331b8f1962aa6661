use std::collections::HashMap;
use std::sync::Mutex;
use uaa_model::Micros;
use uuid::Uuid;

/// UAA's lockout: so many failures within a window lock an account for a while. In memory and bounded.
pub(crate) struct Lockout {
    policy: Policy,
    failures: Mutex<HashMap<Uuid, Vec<Micros>>>,
}

/// When an account locks. All times in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Failures that lock it; 0 never.
    pub after_failures: u32,
    /// Within this time.
    pub within_seconds: i64,
    /// For this time.
    pub for_seconds: i64,
}

impl Lockout {
    pub(crate) fn new(policy: Policy) -> Self {
        Lockout { policy, failures: Mutex::default() }
    }

    pub(crate) fn is_locked(&self, user: Uuid, now: Micros) -> bool {
        let Ok(failures) = self.failures.lock() else { return true };
        let (most, within) = (self.policy.after_failures as usize, self.policy.within_seconds * 1_000_000);
        let Some(times) = failures.get(&user) else { return false };
        let Some(last) = times.last().filter(|_| most > 0) else { return false };
        let counted = times.iter().filter(|at| **at > last - within).count();
        counted >= most && now < last + self.policy.for_seconds * 1_000_000
    }

    pub(crate) fn failed(&self, user: Uuid, now: Micros) {
        let Ok(mut failures) = self.failures.lock() else { return };
        if failures.len() >= MOST {
            // Only names that exist are counted, so this needs that many accounts under attack at once.
            let window = now - self.policy.within_seconds.max(self.policy.for_seconds) * 1_000_000;
            failures.retain(|_, times| times.last().is_some_and(|at| *at > window));
        }
        let times = failures.entry(user).or_default();
        times.push(now);
        let most = (self.policy.after_failures as usize).max(1);
        if times.len() > most {
            let old = times.len() - most;
            times.drain(..old);
        }
    }

    pub(crate) fn succeeded(&self, user: Uuid) {
        if let Ok(mut failures) = self.failures.lock() {
            failures.remove(&user);
        }
    }
}

const MOST: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_lock_for_five_minutes() {
        let lockout = Lockout::new(Policy { after_failures: 5, within_seconds: 1200, for_seconds: 300 });
        let user = Uuid::from_u128(1);
        let second = 1_000_000;
        for i in 0..4 {
            lockout.failed(user, i * second);
        }
        assert!(!lockout.is_locked(user, 4 * second));
        lockout.failed(user, 4 * second);
        assert!(lockout.is_locked(user, 5 * second));
        assert!(!lockout.is_locked(user, 305 * second));
        lockout.succeeded(user);
        assert!(!lockout.is_locked(user, 5 * second));
    }

    #[test]
    fn failures_far_apart_do_not_lock() {
        let lockout = Lockout::new(Policy { after_failures: 2, within_seconds: 10, for_seconds: 300 });
        let user = Uuid::from_u128(1);
        lockout.failed(user, 0);
        lockout.failed(user, 11_000_000);
        assert!(!lockout.is_locked(user, 12_000_000));
    }
}
