//! Proving with a secret who one is: queue, policy, lockout and memory in one place, so that every protocol that takes a
//! password refuses, counts and takes its time alike.

use crate::lockout::{Addresses, Clients, Guess, Key, Locked, Lockout, LockoutPolicy, Pace};
use crate::password::{ClientSecretPolicy, Hasher, PasswordPolicy, Source, Violations, is_common};
use crate::secret_cache::SecretCache;
use std::fmt;
use std::net::IpAddr;
use uaa_model::{Code, Fault, Micros, Reply, Rng, Secret};
use uuid::Uuid;

/// What a process needs to check secrets and to take new ones. One a process: queue and counters are its memory.
#[derive(Debug)]
pub struct Credentials {
    hasher: Hasher,
    lockout: Lockout,
    addresses: Addresses,
    askers: Addresses,
    openers: Addresses,
    clients: Clients,
    secrets: SecretCache,
    policy: LockoutPolicy,
}

/// Who is tried, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// The zone of the account.
    pub zone: Uuid,
    /// The identity provider of the user.
    pub origin: &'a str,
    /// The user's name in lower case, whether or not anybody has it.
    pub username: &'a str,
    /// The peer's own address, or one that a trusted proxy vouches for.
    pub address: &'a str,
    /// When accounts of that zone lock.
    pub policy: LockoutPolicy,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is the password.
    Right,
    /// It is not, or nobody has that name.
    Wrong,
    /// Nothing was tried, until then: answer [`ACCOUNT_LOCKED`](crate::lockout::ACCOUNT_LOCKED).
    Locked(Micros),
}

/// Why a password is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Too short, or lacking what the rules ask for.
    AgainstRules(Violations),
    /// Very many people use it.
    Common,
    /// It is one of the last, or the present one.
    UsedBefore,
}

impl fmt::Display for Refused {
    /// UAA's sentences where it has one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::AgainstRules(violations) => violations.fmt(f),
            Refused::Common => f.write_str("Password is one of the most used ones. Choose another."),
            Refused::UsedBefore => f.write_str("Your new password cannot be the same as the old password."),
        }
    }
}

impl Credentials {
    /// Empty memories, around a queue.
    pub fn new(hasher: Hasher, policy: LockoutPolicy, rng: &dyn Rng) -> Self {
        Credentials {
            hasher,
            lockout: Lockout::default(),
            addresses: Addresses::default(),
            askers: Addresses::new(ASKERS, Addresses::CAPACITY),
            openers: Addresses::new(OPENERS, Addresses::CAPACITY),
            clients: Clients::default(),
            secrets: SecretCache::new(SecretCache::CAPACITY, rng),
            policy,
        }
    }

    /// Tries a user's password. A right one leaves the failures before it as they are: see [`Credentials::succeeded`]. Without a stored hash (nobody has that name, or may not sign in) it takes as long, fails
    /// and locks like any other, so that neither text nor time tells who exists.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the queue or the source's share of it is full, or the address failed too often lately. The
    /// attempt then counts as none.
    pub async fn password(
        &self,
        tried: Tried<'_>,
        presented: &Secret,
        stored: Option<&str>,
        now: Micros,
    ) -> Reply<Attempt> {
        let key = tried.key();
        let paced = paced(tried.address);
        if let Some(address) = paced {
            self.addresses.check(address, now).map_err(Fault::TooMany)?;
        }
        if let Err(locked) = self.lockout.check(&key, &tried.policy, now) {
            return Ok(Attempt::Locked(locked.until));
        }
        let source = Source { account: key.subject(), address: tried.address };
        let right = match stored {
            Some(stored) => self.hasher.verify(presented, stored, source).await?,
            None => self.hasher.verify_nothing(presented, source).await?,
        };
        if right {
            return Ok(Attempt::Right);
        }
        self.lockout.failed(key, &tried.policy, now);
        if let Some(address) = paced {
            self.addresses.failed(address, now);
        }
        Ok(Attempt::Wrong)
    }

    /// Counts the second step of a sign-in with the account's own failures: whoever guesses at codes locks the account as whoever
    /// guesses at passwords does. `right` was found out before; while the account is locked it counts for nothing.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the address failed too often lately.
    pub fn second(&self, tried: Tried<'_>, right: bool, now: Micros) -> Reply<Attempt> {
        let paced = paced(tried.address);
        if let Some(address) = paced {
            self.addresses.check(address, now).map_err(Fault::TooMany)?;
        }
        match self.lockout.count(tried.key(), &tried.policy, right, now) {
            Err(locked) => Ok(Attempt::Locked(locked.until)),
            Ok(()) if right => Ok(Attempt::Right),
            Ok(()) => {
                if let Some(address) = paced {
                    self.addresses.failed(address, now);
                }
                Ok(Attempt::Wrong)
            }
        }
    }

    /// Somebody has signed in: only failures in a row count.
    pub fn succeeded(&self, tried: Tried<'_>) {
        self.lockout.succeeded(&tried.key());
    }

    /// Whether a new secret of a client is the one that is stored already. Counts as no attempt: the caller has proved who they
    /// are.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the queue or the source's share of it is full.
    pub async fn is_same(&self, new: &Secret, stored: &str, source: Source<'_>) -> Reply<bool> {
        self.hasher.verify(new, stored, source).await
    }

    /// Tries a client's secret, in each way that it can be read, against the ones that are stored (at most two); `None`: there is no
    /// such client. Memory answers first: `docs/decisions/0004-client-secrets-on-the-hot-path.md`.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the queue or the source's share of it is full.
    pub async fn client_secret(
        &self,
        client: Option<(Uuid, &[String])>,
        presented: &[Secret],
        source: Source<'_>,
        now: Micros,
    ) -> Reply<bool> {
        let Some((client, stored)) = client.filter(|(_, stored)| !stored.is_empty()) else {
            for presented in presented {
                Box::pin(self.hasher.verify_nothing(presented, source)).await?;
            }
            return Ok(false);
        };
        for one in presented {
            if stored.iter().any(|stored| self.secrets.remembered(client, stored, one, now)) {
                return Ok(true);
            }
        }
        for one in presented {
            for stored in stored {
                if Box::pin(self.hasher.verify(one, stored, source)).await? {
                    self.secrets.remember(client, stored, one, now);
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The same for a client that shows who it is: failures in a row from one address lock the client for that address. While it is
    /// locked it takes as long as ever and fails. An empty secret is no guess, and neither counts nor is refused.
    ///
    /// # Errors
    /// As of [`Credentials::client_secret`].
    pub async fn client_shows(
        &self,
        zone: Uuid,
        client: Option<(Uuid, &[String])>,
        presented: &[Secret],
        source: Source<'_>,
        now: Micros,
    ) -> Reply<Attempt> {
        let guessed = presented.iter().any(|secret| !secret.expose().is_empty());
        let from = paced(source.address).filter(|_| guessed);
        let guess = from.map(|from| Guess { zone, client: source.account, from });
        if let Some(guess) = guess
            && let Err(locked) = self.clients.check(guess, &self.policy, now)
        {
            Box::pin(self.client_secret(None, presented, source, now)).await?;
            return Ok(Attempt::Locked(locked.until));
        }
        let right = self.client_secret(client, presented, source, now).await?;
        match (guess, right) {
            (Some(guess), true) => self.clients.succeeded(guess),
            (Some(guess), false) => self.clients.failed(guess, &self.policy, now),
            (None, _) => {}
        }
        Ok(if right { Attempt::Right } else { Attempt::Wrong })
    }

    /// Drops what is remembered of a client's secrets.
    pub fn forget_client(&self, client: Uuid) {
        self.secrets.forget(client);
    }

    /// Counts a guess at something short that is no password, such as the code of a device: after so many wrong ones nothing is
    /// taken for a while.
    ///
    /// # Errors
    /// [`Locked`]: nothing was counted.
    pub fn guessed(&self, zone: Uuid, what: &str, right: bool, now: Micros) -> Result<(), Locked> {
        self.lockout.count(Key::new(zone, &format!("guess/{what}")), &self.policy, right, now)
    }

    /// Counts a request by nobody in particular that has a message sent, or makes something that stays.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when there were too many from that address lately.
    pub fn asks(&self, address: &str, now: Micros) -> Reply<()> {
        one_more(&self.askers, address, now)
    }

    /// Counts a request that waits for a person, by a client that has only said its name.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when there were too many from that address lately.
    pub fn opens(&self, address: &str, now: Micros) -> Reply<()> {
        one_more(&self.openers, address, now)
    }

    /// Lets a locked account be tried again.
    pub fn unlock(&self, tried: Tried<'_>) {
        self.lockout.clear(&tried.key());
    }

    /// Takes a new password: what the policy has against it, else the hash to store. `former`: the hashes of the present one and
    /// of those before, newest first.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the queue or the source's share of it is full.
    pub async fn vet(
        &self,
        new: &Secret,
        policy: &PasswordPolicy,
        former: &[String],
        source: Source<'_>,
    ) -> Reply<Result<String, Refused>> {
        if let Err(violations) = policy.check(new) {
            return Ok(Err(Refused::AgainstRules(violations)));
        }
        if !policy.allow_common && is_common(new.expose()) {
            return Ok(Err(Refused::Common));
        }
        for stored in former.iter().take(policy.history()) {
            if self.hasher.verify(new, stored, source).await? {
                return Ok(Err(Refused::UsedBefore));
            }
        }
        self.hasher.hash(new, source).await.map(Ok)
    }

    /// The same for a protocol: `status` is what a refusal is there, 400 for a new user, 422 for a change.
    ///
    /// # Errors
    /// `invalid_password` with UAA's sentences; [`Fault::TooMany`] as above.
    pub async fn new_password(
        &self,
        new: &Secret,
        policy: &PasswordPolicy,
        former: &[String],
        source: Source<'_>,
        status: u16,
    ) -> Reply<String> {
        let vetted = self.vet(new, policy, former, source).await?;
        vetted.map_err(|refused| Fault::protocol(Code::new(status, "invalid_password"), refused.to_string()))
    }

    /// Takes a new client secret: what the policy has against it, else the hash to store.
    ///
    /// # Errors
    /// `invalid_client` with UAA's sentences; [`Fault::TooMany`] when the queue or the source's share of it is full.
    pub async fn new_client_secret(&self, new: &Secret, source: Source<'_>) -> Reply<String> {
        ClientSecretPolicy::LENIENT
            .check(new)
            .map_err(|faults| Fault::protocol(Code::new(400, "invalid_client"), faults.to_string()))?;
        self.hasher.hash(new, source).await
    }
}

impl Tried<'_> {
    /// By name and not by id, so that a name that nobody has is counted alike. Whoever tries says both, so each text is of one account, and
    /// none of them of what else is counted ([`Credentials::guessed`]).
    fn key(&self) -> Key {
        Key::new(self.zone, &format!("account/{}/{}/{}", self.origin.len(), self.origin, self.username))
    }
}

fn one_more(of: &Addresses, address: &str, now: Micros) -> Reply<()> {
    let Some(address) = paced(address) else { return Ok(()) };
    of.check(address, now).map_err(Fault::TooMany)?;
    of.failed(address, now);
    Ok(())
}

/// A hundred at once, for the people behind one address; in the long run six a minute.
const ASKERS: Pace = Pace { free_failures: 100, forget_one_every_seconds: 10, longest_wait_seconds: 300 };
/// Two hundred at once; in the long run one a second, so that no more are kept than can wait.
const OPENERS: Pace = Pace { free_failures: 200, forget_one_every_seconds: 1, longest_wait_seconds: 60 };

/// The machine itself is not slowed down: behind a local proxy that vouches for nobody, everybody comes from there.
fn paced(address: &str) -> Option<IpAddr> {
    address.parse::<IpAddr>().ok().filter(|address| !address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests;
