use aws_lc_rs::hmac;
use std::collections::HashMap;
use std::sync::RwLock;
use uaa_model::{Micros, Rng, Secret};
use uuid::Uuid;

/// Client secrets that were verified lately: a machine that asks for tokens a thousand times a second pays Argon2 once.
///
/// What is kept is an HMAC under a key of this process: a copy of the memory's map without the key is worth nothing, and
/// the key never leaves the process. Entries end after [`Remembered::FOR`], and with every change of the client.
pub struct Remembered {
    key: hmac::Key,
    shards: Vec<RwLock<HashMap<Uuid, Entry>>>,
}

struct Entry {
    generation: i64,
    tag: hmac::Tag,
    until: Micros,
}

impl Remembered {
    /// How long a verification is good, in microseconds: 15 minutes.
    pub const FOR: Micros = 15 * 60 * 1_000_000;

    /// Empty, with a key of its own.
    pub fn new(rng: &dyn Rng) -> Remembered {
        let mut key = [0; 32];
        rng.fill(&mut key);
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        Remembered { key: hmac::Key::new(hmac::HMAC_SHA256, &key), shards }
    }

    /// Whether exactly this secret of the client was verified lately. Compared in constant time.
    pub fn knows(&self, client: Uuid, generation: i64, secret: &Secret, now: Micros) -> bool {
        let Ok(shard) = self.shard(client).read() else { return false };
        shard.get(&client).is_some_and(|entry| {
            entry.generation == generation
                && now < entry.until
                && hmac::verify(&self.key, &message(client, secret), entry.tag.as_ref()).is_ok()
        })
    }

    /// Keeps a secret that Argon2 has just accepted.
    pub fn remember(&self, client: Uuid, generation: i64, secret: &Secret, now: Micros) {
        let Ok(mut shard) = self.shard(client).write() else { return };
        if shard.len() >= MOST {
            shard.retain(|_, entry| entry.until > now);
            if shard.len() >= MOST {
                shard.clear();
            }
        }
        let tag = hmac::sign(&self.key, &message(client, secret));
        shard.insert(client, Entry { generation, tag, until: now + Remembered::FOR });
    }

    fn shard(&self, client: Uuid) -> &RwLock<HashMap<Uuid, Entry>> {
        &self.shards[usize::from(client.as_bytes()[15]) % SHARDS]
    }
}

fn message(client: Uuid, secret: &Secret) -> Vec<u8> {
    [client.as_bytes().as_slice(), secret.expose().as_bytes()].concat()
}

const SHARDS: usize = 32;
/// Clients a shard remembers at most.
const MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use uaa_model::TestRng;

    #[test]
    fn only_the_same_secret_of_the_same_generation_for_a_while() {
        let remembered = Remembered::new(&TestRng::default());
        let (client, secret) = (Uuid::from_u128(7), Secret::new("s".into()));
        assert!(!remembered.knows(client, 1, &secret, 0));
        remembered.remember(client, 1, &secret, 0);
        assert!(remembered.knows(client, 1, &secret, 0));
        assert!(!remembered.knows(client, 2, &secret, 0));
        assert!(!remembered.knows(client, 1, &Secret::new("t".into()), 0));
        assert!(!remembered.knows(Uuid::from_u128(8), 1, &secret, 0));
        assert!(!remembered.knows(client, 1, &secret, Remembered::FOR));
    }
}
