//! Guessing made slow: accounts that lock after failures, and a wait for addresses that fail too often.
//!
//! What a client shows is counted by client and address together, so that nobody locks an application out for everybody.
//!
//! All count failures in memory of a bounded size and take the time as an argument. None needs the account to
//! exist: names that nobody has lock like any other, so that a lock tells nothing.
//!
//! Attempts that run at the same moment are all let through before the first of them fails. What bounds those is the
//! share of one source in the queue of [`Hasher`](crate::password::Hasher), not this.

mod address;
mod bounded;
mod clients;
#[cfg(test)]
mod tests;

pub use address::{Addresses, Pace};
pub use clients::Clients;
pub(crate) use clients::Guess;

use aws_lc_rs::digest;
use bounded::Bounded;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use uaa_model::Micros;
use uaa_plugin::ZoneInfo;
use uuid::Uuid;

/// UAA's sentence, to the letter: the cf CLI stops asking for a password when it reads it.
pub const ACCOUNT_LOCKED: &str = "Your account has been locked because of too many failed attempts to login.";

/// When an account locks, and for how long: `lockoutPolicy` of a zone's internal identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// Failures without a success between them that lock the account; 0: it never locks.
    pub lockout_after_failures: u32,
    /// Seconds after which a failure is forgotten.
    pub count_failures_within_seconds: u32,
    /// Seconds from the last failure during which the account is locked.
    pub lockout_period_seconds: u32,
}

/// UAA's form: all three members, or it is no policy.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    lockout_after_failures: u32,
    count_failures_within: u32,
    lockout_period_seconds: u32,
}

impl LockoutPolicy {
    /// The policy of a zone: what its configuration says, else the installation's.
    pub fn of(zone: &ZoneInfo) -> LockoutPolicy {
        // It was checked when it was stored.
        zone.config
            .lockout_policy
            .as_ref()
            .and_then(|said| LockoutPolicy::read(said).ok())
            .unwrap_or_default()
    }

    /// Reads one in UAA's form.
    ///
    /// # Errors
    /// What is missing, no number, or beyond what the installation's own may be. A lock that never closes, or never opens, is none.
    pub fn read(said: &Value) -> Result<LockoutPolicy, String> {
        let all: Written = serde_json::from_value(said.clone()).map_err(|error| error.to_string())?;
        let bounded = |name: &str, number: u32, most: u32| match (1..=most).contains(&number) {
            true => Ok(number),
            false => Err(format!("{name} must be from 1 to {most}")),
        };
        Ok(LockoutPolicy {
            lockout_after_failures: bounded("lockoutAfterFailures", all.lockout_after_failures, 1_000)?,
            count_failures_within_seconds: bounded("countFailuresWithin", all.count_failures_within, YEAR)?,
            lockout_period_seconds: bounded("lockoutPeriodSeconds", all.lockout_period_seconds, YEAR)?,
        })
    }

    /// The same in UAA's form.
    pub fn written(&self) -> Value {
        json!({
            "lockoutPeriodSeconds": self.lockout_period_seconds,
            "lockoutAfterFailures": self.lockout_after_failures,
            "countFailuresWithin": self.count_failures_within_seconds,
        })
    }
}

impl Default for LockoutPolicy {
    /// UAA's: five failures within 20 minutes lock for five minutes.
    fn default() -> Self {
        LockoutPolicy {
            lockout_after_failures: 5,
            count_failures_within_seconds: 1200,
            lockout_period_seconds: 300,
        }
    }
}

/// Whose failures are counted: a user or client within a zone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    zone: Uuid,
    subject: Box<str>,
}

impl Key {
    /// The subject is whatever names the account to the caller: its id, or a user name that nobody has. Longer ones
    /// than 128 bytes are kept as their SHA-256, so that names cannot fill the memory either.
    pub fn new(zone: Uuid, subject: &str) -> Self {
        if subject.len() <= LONGEST_SUBJECT {
            return Key { zone, subject: subject.into() };
        }
        let mut hex = String::from("sha256:");
        for byte in digest::digest(&digest::SHA256, subject.as_bytes()).as_ref() {
            // Writing to a string does not fail.
            let _ = write!(hex, "{byte:02x}");
        }
        Key { zone, subject: hex.into() }
    }

    /// The zone of the account.
    pub fn zone(&self) -> Uuid {
        self.zone
    }

    /// What [`Key::new`] kept of the subject; making a key of it again gives the same key.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// The account is locked: answer [`ACCOUNT_LOCKED`] and verify nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locked {
    /// When it opens, if nothing else happens.
    pub until: Micros,
}

/// The failures of one account, as they are kept across restarts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRow {
    /// Of whom.
    pub key: Key,
    /// When, oldest first.
    pub failures: Vec<Micros>,
}

/// Counts failed logins.
///
/// The policy is an argument because each zone has its own, while all zones share the memory. When that is full the
/// account whose failures end first is forgotten, and locked accounts after all others: to open one, an attacker would
/// have to lock as many accounts as fit, within the period for which the first stays locked.
#[derive(Debug)]
pub struct Lockout {
    accounts: Mutex<Bounded<Key, Vec<Micros>>>,
}

impl Lockout {
    /// Accounts that [`Lockout::default`] remembers: some 50 MB when all of them are taken.
    pub const CAPACITY: usize = 100_000;

    /// Remembers so many accounts at most.
    pub fn with_capacity(accounts: usize) -> Self {
        Lockout { accounts: Mutex::new(Bounded::new(accounts)) }
    }

    /// Whether the account may be tried.
    ///
    /// # Errors
    /// [`Locked`]. The attempt is then no failure and must not be counted as one, as in UAA.
    pub fn check(&self, key: &Key, policy: &LockoutPolicy, now: Micros) -> Result<(), Locked> {
        let accounts = self.lock();
        let failures = accounts.get(key).map_or(&[][..], Vec::as_slice);
        locked_until(failures, policy, now)
            .filter(|until| now < *until)
            .map_or(Ok(()), |until| Err(Locked { until }))
    }

    /// Counts a failure.
    pub fn failed(&self, key: Key, policy: &LockoutPolicy, now: Micros) {
        let mut accounts = self.lock();
        let mut failures = accounts.remove(&key).unwrap_or_default();
        failures.push(now);
        keep(&mut accounts, key, failures, policy, now);
    }

    /// Checks and counts in one step, so that guesses at the same moment are counted one by one: for what is known at once to be
    /// right or wrong.
    ///
    /// # Errors
    /// [`Locked`]: nothing was counted.
    pub fn count(&self, key: Key, policy: &LockoutPolicy, right: bool, now: Micros) -> Result<(), Locked> {
        let mut accounts = self.lock();
        let failures = accounts.get(&key).map_or(&[][..], Vec::as_slice);
        if let Some(until) = locked_until(failures, policy, now).filter(|until| now < *until) {
            return Err(Locked { until });
        }
        let mut failures = accounts.remove(&key).unwrap_or_default();
        if !right {
            // A time stands for one failure, and two may fall into one.
            failures.push(failures.last().map_or(now, |last| now.max(last.saturating_add(1))));
            keep(&mut accounts, key, failures, policy, now);
        }
        Ok(())
    }

    /// Forgets the failures, because somebody logged in: only failures in a row count.
    pub fn succeeded(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Forgets the failures, because an administrator unlocked the account (`PATCH /Users/{id}/status`).
    pub fn clear(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// How many accounts are remembered.
    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    /// All that is remembered, for the caller to keep.
    pub fn export(&self) -> Vec<FailureRow> {
        let accounts = self.lock();
        accounts
            .iter()
            .map(|(key, failures)| FailureRow { key: key.clone(), failures: failures.clone() })
            .collect()
    }

    /// Adds what was exported, here or by another process. A time that is known already is not counted twice.
    pub fn import(&self, rows: Vec<FailureRow>, policy: &LockoutPolicy, now: Micros) {
        let mut accounts = self.lock();
        for row in rows {
            let mut failures = accounts.remove(&row.key).unwrap_or_default();
            failures.extend(row.failures);
            keep(&mut accounts, row.key, failures, policy, now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Bounded<Key, Vec<Micros>>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Lockout {
    fn default() -> Self {
        Lockout::with_capacity(Lockout::CAPACITY)
    }
}

/// When the lock opens that these failures make, if they make one.
fn locked_until(failures: &[Micros], policy: &LockoutPolicy, now: Micros) -> Option<Micros> {
    let after = usize::try_from(policy.lockout_after_failures).ok().filter(|after| *after > 0)?;
    let within = seconds(policy.count_failures_within_seconds);
    let counted = failures.iter().filter(|at| at.saturating_add(within) > now).count();
    if counted < after {
        return None;
    }
    // A failure that leaves the window no longer counts, so the lock cannot outlast the oldest one that it needs.
    let oldest_needed = failures[failures.len() - after].saturating_add(within);
    failures.last().map(|last| last.saturating_add(seconds(policy.lockout_period_seconds)).min(oldest_needed))
}

fn keep(
    accounts: &mut Bounded<Key, Vec<Micros>>,
    key: Key,
    mut failures: Vec<Micros>,
    policy: &LockoutPolicy,
    now: Micros,
) {
    let within = seconds(policy.count_failures_within_seconds);
    failures.sort_unstable();
    failures.dedup();
    failures.retain(|at| at.saturating_add(within) > now);
    let most =
        usize::try_from(policy.lockout_after_failures).unwrap_or(MOST_FAILURES).clamp(1, MOST_FAILURES);
    failures.drain(..failures.len().saturating_sub(most));
    if let Some(last) = failures.last() {
        let ends = last.saturating_add(within);
        let locked = locked_until(&failures, policy, now).is_some();
        accounts.insert(key, failures, locked, ends, now);
    }
}

fn seconds(seconds: u32) -> Micros {
    Micros::from(seconds) * 1_000_000
}

const YEAR: u32 = 31_536_000;
const LONGEST_SUBJECT: usize = 128;
/// Times kept of one account, whatever its policy says: with more failures than that it never locks.
const MOST_FAILURES: usize = 1000;
