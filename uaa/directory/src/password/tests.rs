use super::*;
use uaa_model::TestRng;

const ROOMY: Limits = Limits { workers: 2, waiting: 10, a_source: 4, retry_after: 7 };

fn hasher(limits: Limits) -> Hasher {
    Hasher::new(Cost::cheap_for_tests(), limits, Arc::new(TestRng::default()))
}

fn by(account: &str) -> Source<'_> {
    Source { account, address: "" }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

#[tokio::test]
async fn only_the_same_bytes_are_the_same() {
    let hasher = hasher(ROOMY);
    // The second is the first in another Unicode form: nothing is normalised.
    let texts = ["caf\u{e9}", "cafe\u{301}", "a\0b", "a\0c", "a", "", " ", "A"];
    for text in texts {
        let phc = hasher.hash(&secret(text), by("n")).await.unwrap();
        for presented in texts {
            let same = hasher.verify(&secret(presented), &phc, by("u")).await.unwrap();
            assert_eq!(same, text == presented, "{text:?} {presented:?}");
        }
    }
}

#[tokio::test]
async fn the_stored_form_is_a_phc_string_with_a_salt_of_its_own() {
    let hasher = hasher(ROOMY);
    let first = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let second = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    assert!(first.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert_ne!(first, second);
    assert!(!hasher.outdated(&first));
    let dearer = Hasher::new(Cost::new(16, 1, 1).unwrap(), ROOMY, Arc::new(TestRng::default()));
    assert!(dearer.outdated(&first));
    assert!(dearer.verify(&secret("koala"), &first, by("u")).await.unwrap());
    assert!(dearer.outdated("not a hash"));
}

/// A hash made by the reference implementation's command `argon2 somesalt -id -t 2 -k 65536 -p 1`.
#[tokio::test]
async fn hashes_of_other_makers_are_verified() {
    let phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let hasher = hasher(ROOMY);
    assert!(hasher.verify(&secret("password"), phc, by("u")).await.unwrap());
    assert!(!hasher.verify(&secret("passwore"), phc, by("u")).await.unwrap());
}

#[tokio::test]
async fn a_stored_hash_that_cannot_be_used_is_our_fault() {
    let hasher = hasher(ROOMY);
    let tag = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let unusable = [
        String::new(),
        "koala".into(),
        "$2a$10$abcdefghijklmnopqrstuv".into(),
        format!("$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ${tag}"),
        format!("$argon2id$m=8,t=1,p=1$c29tZXNhbHQ${tag}"),
        format!("$argon2id$v=16$m=8,t=1,p=1$c29tZXNhbHQ${tag}"),
        format!("$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ${tag}"),
        format!("$argon2id$v=19$m=8,t=1000000,p=1$c29tZXNhbHQ${tag}"),
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ".into(),
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAA".into(),
    ];
    for phc in unusable {
        let answer = hasher.verify(&secret("password"), &phc, by("u")).await;
        assert!(matches!(answer, Err(Fault::Internal(_))), "{phc}");
    }
    assert_eq!(hasher.pending(), 0);
}

#[tokio::test]
async fn too_long_is_refused_without_work() {
    // Without a runtime worker free nothing could be computed, and nothing has to be.
    let hasher = hasher(Limits { workers: 1, waiting: 0, a_source: 1, retry_after: 1 });
    let (fits, long) = (secret(&"x".repeat(LONGEST)), secret(&"x".repeat(LONGEST + 1)));
    let phc = hasher.hash(&fits, by("n")).await.unwrap();
    assert!(hasher.verify(&fits, &phc, by("u")).await.unwrap());
    assert_eq!(hasher.verify(&long, &phc, by("u")).await, Ok(false));
    assert_eq!(hasher.verify_nothing(&long, by("u")).await, Ok(false));
    assert!(matches!(hasher.hash(&long, by("n")).await, Err(Fault::Invalid(_))));
}

#[tokio::test]
async fn nobody_is_verified_at_the_cost_of_somebody() {
    let hasher = hasher(ROOMY);
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let (somebody, _) = Recipe::read(&phc).unwrap();
    assert!(hasher.nobody.costs(&hasher.cost) && somebody.costs(&hasher.cost));
    assert_eq!(hasher.nobody.fingerprint().len(), somebody.fingerprint().len());
    assert_eq!(hasher.verify_nothing(&secret("koala"), by("u")).await, Ok(false));
}

/// Occupies all workers, so that what comes after stays in the queue.
async fn busy(hasher: &Hasher) -> tokio::sync::OwnedSemaphorePermit {
    hasher.queue.hold_all_workers().await
}

async fn until_pending(hasher: &Hasher, places: usize) {
    while hasher.pending() != places {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn one_source_cannot_fill_the_queue_and_the_queue_has_an_end() {
    let hasher = hasher(Limits { workers: 1, waiting: 3, a_source: 2, retry_after: 7 });
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let all = busy(&hasher).await;
    let ask = |presented: &str, source: &'static str| {
        let (hasher, phc, presented) = (hasher.clone(), phc.clone(), secret(presented));
        tokio::spawn(async move { hasher.verify(&presented, &phc, by(source)).await })
    };
    let first = [ask("1", "ann"), ask("2", "ann")];
    until_pending(&hasher, 2).await;
    assert_eq!(ask("3", "ann").await.unwrap(), Err(Fault::TooMany(7)));
    let second = [ask("koala", "bob"), ask("5", "bob")];
    until_pending(&hasher, 4).await;
    assert_eq!(hasher.verify(&secret("koala"), &phc, by("cyd")).await, Err(Fault::TooMany(7)));
    assert_eq!(hasher.verify_nothing(&secret("koala"), by("cyd")).await, Err(Fault::TooMany(7)));
    assert_eq!(hasher.hash(&secret("koala"), by("n")).await, Err(Fault::TooMany(7)));
    drop(all);
    let mut answers = vec![];
    for asked in first.into_iter().chain(second) {
        answers.push(asked.await.unwrap());
    }
    assert_eq!(answers, [Ok(false), Ok(false), Ok(true), Ok(false)]);
    assert_eq!(hasher.pending(), 0);
    assert_eq!(hasher.verify(&secret("koala"), &phc, by("ann")).await, Ok(true));
}

#[tokio::test]
async fn one_address_cannot_fill_the_queue_under_many_names_nor_keep_an_account_from_its_owner() {
    let hasher = hasher(Limits { workers: 1, waiting: 5, a_source: 2, retry_after: 7 });
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let all = busy(&hasher).await;
    let ask = |presented: &str, account: &'static str, address: &'static str| {
        let (hasher, phc, presented) = (hasher.clone(), phc.clone(), secret(presented));
        tokio::spawn(async move { hasher.verify(&presented, &phc, Source { account, address }).await })
    };
    let flood = [ask("1", "ann", "192.0.2.1"), ask("2", "ann", "192.0.2.1"), ask("3", "bob", "192.0.2.1")];
    until_pending(&hasher, 3).await;
    assert_eq!(ask("4", "cyd", "192.0.2.1").await.unwrap(), Err(Fault::TooMany(7)));
    let owner = ask("koala", "ann", "192.0.2.2");
    until_pending(&hasher, 4).await;
    drop(all);
    assert_eq!(owner.await.unwrap(), Ok(true));
    for asked in flood {
        assert_eq!(asked.await.unwrap(), Ok(false));
    }
    assert_eq!(hasher.pending(), 0);
}

#[tokio::test]
async fn new_secrets_hold_half_of_the_places() {
    let hasher = hasher(Limits { workers: 1, waiting: 3, a_source: 2, retry_after: 7 });
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let all = busy(&hasher).await;
    let new = |text: &str| {
        let (hasher, text) = (hasher.clone(), secret(text));
        tokio::spawn(async move { hasher.hash(&text, by(text.expose())).await })
    };
    let import = [new("1"), new("2")];
    until_pending(&hasher, 2).await;
    assert_eq!(hasher.hash(&secret("3"), by("3")).await, Err(Fault::TooMany(7)));
    let login = {
        let (hasher, phc) = (hasher.clone(), phc.clone());
        tokio::spawn(async move { hasher.verify(&secret("koala"), &phc, by("ann")).await })
    };
    until_pending(&hasher, 3).await;
    drop(all);
    assert_eq!(login.await.unwrap(), Ok(true));
    for asked in import {
        assert!(asked.await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn the_same_question_at_the_same_time_is_computed_once() {
    let hasher = hasher(Limits { workers: 1, waiting: 0, a_source: 1, retry_after: 7 });
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let all = busy(&hasher).await;
    let mut asked = vec![];
    for _ in 0..100 {
        let (hasher, phc) = (hasher.clone(), phc.clone());
        asked.push(tokio::spawn(async move { hasher.verify(&secret("koala"), &phc, by("ann")).await }));
    }
    until_pending(&hasher, 1).await;
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(hasher.pending(), 1);
    // The first goes away; those who share its work keep it.
    asked.remove(0).abort();
    drop(all);
    for answer in asked {
        assert_eq!(answer.await.unwrap(), Ok(true));
    }
}

#[tokio::test]
async fn who_hangs_up_before_its_turn_frees_the_place() {
    let hasher = hasher(Limits { workers: 1, waiting: 0, a_source: 1, retry_after: 7 });
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let all = busy(&hasher).await;
    let gone = {
        let (hasher, phc) = (hasher.clone(), phc.clone());
        tokio::spawn(async move { hasher.verify(&secret("x"), &phc, by("ann")).await })
    };
    until_pending(&hasher, 1).await;
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    drop(all);
    until_pending(&hasher, 0).await;
    assert_eq!(hasher.verify(&secret("koala"), &phc, by("ann")).await, Ok(true));
}

#[tokio::test]
async fn memory_is_given_back_when_nobody_comes() {
    let hasher = hasher(ROOMY);
    for round in 0..3 {
        let asked: Vec<_> = (0..4)
            .map(|n| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.hash(&secret(&format!("{round} {n}")), by("n")).await })
            })
            .collect();
        for answer in asked {
            assert!(answer.await.unwrap().is_ok());
        }
        // That comes a moment after the answer.
        while hasher.queue.idle_memory() != Some(0) {
            tokio::task::yield_now().await;
        }
    }
}

#[test]
fn nothing_secret_is_printed() {
    let text = format!("{:?}", hasher(ROOMY));
    assert!(text.starts_with("Hasher") && !text.contains("nobody"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn joining_work_that_is_about_to_end_never_loses_the_answer() {
    let hasher = hasher(Limits { workers: 2, waiting: 64, a_source: 64, retry_after: 7 });
    let phc = hasher.hash(&secret("koala"), by("n")).await.unwrap();
    let callers: Vec<_> = (0..16)
        .map(|n| {
            let (hasher, phc) = (hasher.clone(), phc.clone());
            tokio::spawn(async move {
                for turn in 0..200 {
                    let (presented, right) = if (n + turn) % 3 == 0 { ("x", false) } else { ("koala", true) };
                    let presented = secret(presented);
                    let asked = hasher.verify(&presented, &phc, by("ann"));
                    // Some hang up as soon as they have asked.
                    if n % 4 == 0 && turn % 2 == 0 {
                        tokio::select! { biased; _ = asked => {}, () = std::future::ready(()) => {} }
                    } else {
                        assert_eq!(asked.await, Ok(right));
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    until_pending(&hasher, 0).await;
}
