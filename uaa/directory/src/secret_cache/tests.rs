use super::*;
use uaa_model::TestRng;

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn client(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn cache(capacity: usize) -> SecretCache {
    SecretCache::new(capacity, &TestRng::default())
}

fn len(cache: &SecretCache) -> usize {
    cache.shards.iter().map(|shard| shard.read().unwrap().len()).sum()
}

#[test]
fn only_the_same_secret_of_the_same_client_and_hash_for_a_while() {
    let cache = cache(100);
    assert!(!cache.remembered(client(7), "h1", &secret("s"), 0));
    cache.remember(client(7), "h1", &secret("s"), 0);
    assert!(cache.remembered(client(7), "h1", &secret("s"), 0));
    assert!(cache.remembered(client(7), "h1", &secret("s"), SecretCache::FOR - 1));
    assert!(!cache.remembered(client(7), "h1", &secret("s"), SecretCache::FOR));
    assert!(!cache.remembered(client(7), "h1", &secret("s"), -1));
    assert!(!cache.remembered(client(7), "h2", &secret("s"), 0));
    assert!(!cache.remembered(client(7), "h0", &secret("s"), 0));
    assert!(!cache.remembered(client(8), "h1", &secret("s"), 0));
    for wrong in ["", "S", "s\0", "ss", "t"] {
        assert!(!cache.remembered(client(7), "h1", &secret(wrong), 0), "{wrong}");
    }
    // The empty secret of `cf` is one like any other.
    cache.remember(client(9), "h1", &secret(""), 0);
    assert!(cache.remembered(client(9), "h1", &secret(""), 0));
    assert!(!cache.remembered(client(9), "h1", &secret("x"), 0));
}

#[test]
fn asking_does_not_prolong_it_but_verifying_does() {
    let cache = cache(100);
    cache.remember(client(7), "h1", &secret("s"), 0);
    assert!(cache.remembered(client(7), "h1", &secret("s"), SecretCache::FOR - 1));
    assert!(!cache.remembered(client(7), "h1", &secret("s"), SecretCache::FOR));
    cache.remember(client(7), "h1", &secret("s"), SecretCache::FOR);
    assert!(cache.remembered(client(7), "h1", &secret("s"), 2 * SecretCache::FOR - 1));
}

#[test]
fn two_live_secrets_and_not_three() {
    let cache = cache(100);
    for (n, text) in ["a", "b", "a", "c"].into_iter().enumerate() {
        cache.remember(client(7), "h1", &secret(text), n as i64);
    }
    let known = ["a", "b", "c"].map(|text| cache.remembered(client(7), "h1", &secret(text), 4));
    assert_eq!(known, [true, false, true]);
}

#[test]
fn a_change_ends_what_was_remembered_even_when_it_comes_in_between() {
    let cache = cache(100);
    cache.remember(client(7), "h1", &secret("old"), 0);
    cache.forget(client(7));
    assert!(!cache.remembered(client(7), "h1", &secret("old"), 0));
    cache.remember(client(7), "h2", &secret("new"), 0);
    // Began before the change and ended after it: nobody asks by the old hash any more.
    cache.remember(client(7), "h1", &secret("old"), 0);
    assert!(cache.remembered(client(7), "h2", &secret("new"), 0));
    assert!(!cache.remembered(client(7), "h2", &secret("old"), 0));
    // The same secret set again has another salt.
    assert!(!cache.remembered(client(7), "h3", &secret("new"), 0));
    cache.forget_all();
    assert_eq!(len(&cache), 0);
}

#[test]
fn memory_is_bounded_and_the_latest_stay() {
    let cache = cache(SHARDS * 4);
    for n in 0..10_000 {
        cache.remember(client(n), "h1", &secret("s"), n as i64);
    }
    assert_eq!(len(&cache), SHARDS * 4);
    assert!(cache.remembered(client(9_999), "h1", &secret("s"), 10_000));
    assert!(!cache.remembered(client(0), "h1", &secret("s"), 10_000));
    // One more after the time is over empties its shard first.
    cache.remember(client(20_000), "h1", &secret("s"), 10_000 + SecretCache::FOR);
    assert_eq!(len(&cache), (SHARDS - 1) * 4 + 1);
}

#[test]
fn the_secret_itself_is_nowhere() {
    let cache = cache(100);
    cache.remember(client(7), "h1", &secret("hunter2hunter2"), 0);
    let other = SecretCache::new(100, &uaa_model::SystemRng);
    other.remember(client(7), "h1", &secret("hunter2hunter2"), 0);
    let tag = |cache: &SecretCache| {
        let shard = cache.shard(client(7)).read().unwrap();
        shard[&client(7)][0].tag.as_ref().to_vec()
    };
    assert_ne!(tag(&cache), tag(&other));
    assert!(!format!("{cache:?}").contains("hunter2"));
}
