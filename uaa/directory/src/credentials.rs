//! Proving with a secret who one is: queue, policy, lockout and memory in one place, so that every protocol that takes a
//! password refuses, counts and takes its time alike.

use crate::lockout::{Addresses, Clients, Guess, Key, Locked, Lockout, LockoutPolicy};
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
        if let Err(locked) = self.lockout.check(&key, &self.policy, now) {
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
        self.lockout.failed(key, &self.policy, now);
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
        match self.lockout.count(tried.key(), &self.policy, right, now) {
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
        self.lockout.count(Key::new(zone, what), &self.policy, right, now)
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
    /// By name and not by id, so that a name that nobody has is counted alike.
    fn key(&self) -> Key {
        Key::new(self.zone, &format!("{}/{}", self.origin, self.username))
    }
}

/// The machine itself is not slowed down: behind a local proxy that vouches for nobody, everybody comes from there.
fn paced(address: &str) -> Option<IpAddr> {
    address.parse::<IpAddr>().ok().filter(|address| !address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::{Cost, Limits};
    use std::sync::Arc;
    use uaa_model::TestRng;

    fn credentials() -> Credentials {
        let limits = Limits { workers: 2, waiting: 10, a_source: 4, retry_after: 1 };
        let hasher = Hasher::new(Cost::cheap_for_tests(), limits, Arc::new(TestRng::default()));
        Credentials::new(hasher, LockoutPolicy::default(), &TestRng::default())
    }

    fn tried<'a>(username: &'a str, address: &'a str) -> Tried<'a> {
        Tried { zone: Uuid::nil(), origin: "uaa", username, address }
    }

    const HERE: Source<'static> = Source { account: "n", address: "" };

    fn secret(text: &str) -> Secret {
        Secret::new(text.into())
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_fails_and_locks_like_any_other() {
        let all = credentials();
        let stored =
            all.new_password(&secret("a koala"), &PasswordPolicy::LENIENT, &[], HERE, 400).await.unwrap();
        for stored in [Some(stored.as_str()), None] {
            let who = tried(if stored.is_some() { "ann" } else { "nobody" }, "127.0.0.1");
            for n in 0..5 {
                assert_eq!(all.password(who, &secret("x"), stored, n).await, Ok(Attempt::Wrong));
            }
            let locked = all.password(who, &secret("a koala"), stored, 5).await;
            assert!(matches!(locked, Ok(Attempt::Locked(until)) if until > 5), "{locked:?}");
            all.unlock(who);
            let after = all.password(who, &secret("a koala"), stored, 6).await.unwrap();
            assert_eq!(after == Attempt::Right, stored.is_some());
        }
    }

    #[tokio::test]
    async fn an_address_that_fails_against_many_names_has_to_wait() {
        let all = credentials();
        for n in 0..31 {
            let who = format!("user{n}");
            let attempt = all.password(tried(&who, "192.0.2.1"), &secret("x"), None, 0).await;
            assert_eq!(attempt, Ok(Attempt::Wrong));
        }
        let attempt = all.password(tried("more", "192.0.2.1"), &secret("x"), None, 0).await;
        assert_eq!(attempt, Err(Fault::TooMany(1)));
        assert_eq!(all.password(tried("more", "192.0.2.2"), &secret("x"), None, 0).await, Ok(Attempt::Wrong));
    }

    #[tokio::test]
    async fn a_right_password_does_not_forget_wrong_codes() {
        let all = credentials();
        let stored =
            all.new_password(&secret("a koala"), &PasswordPolicy::LENIENT, &[], HERE, 400).await.unwrap();
        let who = tried("ann", "127.0.0.1");
        for _ in 0..5 {
            assert_eq!(all.password(who, &secret("a koala"), Some(&stored), 7).await, Ok(Attempt::Right));
            assert_eq!(all.second(who, false, 7), Ok(Attempt::Wrong));
        }
        assert!(matches!(all.second(who, true, 7), Ok(Attempt::Locked(_))), "a right one comes too late");
        let locked = all.password(who, &secret("a koala"), Some(&stored), 8).await;
        assert!(matches!(locked, Ok(Attempt::Locked(_))), "{locked:?}");
        let other = tried("eve", "127.0.0.1");
        assert_eq!(all.second(other, false, 7), Ok(Attempt::Wrong));
        assert_eq!(all.second(other, true, 7), Ok(Attempt::Right));
        for _ in 0..4 {
            assert_eq!(all.second(other, false, 8), Ok(Attempt::Wrong), "a right one forgets");
        }
    }

    #[tokio::test]
    async fn either_of_two_client_secrets_and_none_of_a_client_without() {
        let all = credentials();
        let one = all.new_client_secret(&secret("one"), HERE).await.unwrap();
        let two = all.new_client_secret(&secret("two"), HERE).await.unwrap();
        let (client, stored) = (Uuid::from_u128(1), [one, two]);
        for _ in 0..2 {
            for (text, right) in [("one", true), ("two", true), ("three", false), ("", false)] {
                let asked = all.client_secret(Some((client, &stored)), &[secret(text)], HERE, 0).await;
                assert_eq!(asked, Ok(right), "{text}");
            }
        }
        assert_eq!(all.client_secret(Some((client, &[])), &[secret("one")], HERE, 0).await, Ok(false));
        assert_eq!(
            all.client_secret(Some((client, &stored[1..])), &[secret("one")], HERE, 0).await,
            Ok(false)
        );
        assert_eq!(all.client_secret(None, &[secret("one")], HERE, 0).await, Ok(false));
    }

    #[tokio::test]
    async fn a_client_locks_for_whoever_guesses_and_for_nobody_else() {
        let all = credentials();
        let stored = [all.new_client_secret(&secret("one"), HERE).await.unwrap()];
        let known = Some((Uuid::from_u128(1), &stored[..]));
        let try_from = async |client, text, address, now| {
            let source = Source { account: "app", address };
            all.client_shows(Uuid::nil(), client, &[secret(text)], source, now).await.unwrap()
        };
        for (client, address) in [(known, "192.0.2.1"), (None, "192.0.2.3")] {
            for n in 0..5 {
                assert_eq!(try_from(client, "guess", address, n).await, Attempt::Wrong);
            }
            let locked = try_from(client, "one", address, 5).await;
            assert!(matches!(locked, Attempt::Locked(until) if until > 5), "{locked:?}");
        }
        // Elsewhere it is as it was, and so it is on this machine, where everybody may come from.
        for address in ["192.0.2.2", "127.0.0.1"] {
            for n in 0..6 {
                assert_eq!(try_from(known, "one", address, n).await, Attempt::Right);
                assert_eq!(try_from(known, "guess", address, n).await, Attempt::Wrong);
            }
        }
        // A client that has none shows an empty one, which is no guess.
        let none = [all.hasher.hash(&secret(""), HERE).await.unwrap()];
        for n in 0..6 {
            let open = try_from(Some((Uuid::from_u128(2), &none[..])), "", "192.0.2.1", n).await;
            assert_eq!(open, Attempt::Right);
            assert_eq!(try_from(known, "", "192.0.2.4", n).await, Attempt::Wrong);
        }
        assert_eq!(try_from(known, "one", "192.0.2.4", 7).await, Attempt::Right);
    }

    #[tokio::test]
    async fn a_poor_password_is_refused_in_uaas_words() {
        let all = credentials();
        let refused = all.new_password(&secret(""), &PasswordPolicy::LENIENT, &[], HERE, 422).await;
        let said = Fault::protocol(
            Code::new(422, "invalid_password"),
            "Password must be at least 1 characters in length.",
        );
        assert_eq!(refused, Err(said));
    }

    #[tokio::test]
    async fn common_ones_and_the_last_ones_are_refused_unless_the_zone_says_otherwise() {
        let all = credentials();
        let policy = PasswordPolicy { password_history: 2, ..PasswordPolicy::LENIENT };
        let mut former = vec![];
        for text in ["first of all", "second to it", "third and last"] {
            former.insert(0, all.vet(&secret(text), &policy, &[], HERE).await.unwrap().unwrap());
        }
        let vet = async |text: &str, policy: &PasswordPolicy| {
            all.vet(&secret(text), policy, &former, HERE).await.unwrap()
        };
        assert_eq!(vet("Password1", &policy).await, Err(Refused::Common));
        let common = PasswordPolicy { allow_common: true, ..policy };
        assert!(vet("Password1", &common).await.is_ok());
        assert_eq!(vet("third and last", &policy).await, Err(Refused::UsedBefore));
        assert_eq!(vet("second to it", &policy).await, Err(Refused::UsedBefore));
        assert!(vet("first of all", &policy).await.is_ok());
    }
}
