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
    Tried { zone: Uuid::nil(), origin: "uaa", username, address, policy: LockoutPolicy::default() }
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
    assert_eq!(all.client_secret(Some((client, &stored[1..])), &[secret("one")], HERE, 0).await, Ok(false));
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
