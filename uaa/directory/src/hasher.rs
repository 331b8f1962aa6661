//! Passwords and client secrets: hashing on a bounded queue, and remembering what was verified.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use argon2::{PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use tokio::sync::Semaphore;
use uaa_model::{Fault, Reply, Secret};

/// Hashes with Argon2id at OWASP's cost (19 MiB, 2 passes), as many at once as there are cores, with a queue that refuses
/// more than it can work off: a flood of passwords slows down passwords, and nothing else.
#[derive(Clone)]
pub struct Hasher {
    argon: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// The hash of a secret that nobody has, of the same cost as every other.
    nobody: Arc<str>,
}

impl Hasher {
    /// At OWASP's cost, for so many cores and so many that wait.
    pub fn new(cores: usize, queue: usize) -> Reply<Hasher> {
        Hasher::with_cost(19 * 1024, 2, cores, queue)
    }

    /// Cheap, for tests alone: such hashes protect nothing.
    pub fn cheap_for_tests() -> Reply<Hasher> {
        Hasher::with_cost(8, 1, 2, 64)
    }

    fn with_cost(kib: u32, passes: u32, cores: usize, queue: usize) -> Reply<Hasher> {
        let params = Params::new(kib, passes, 1, None).map_err(|e| Fault::Internal(e.to_string()))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon, "a secret that nobody has")?.into();
        let (running, waiting) =
            (Arc::new(Semaphore::new(cores.max(1))), Arc::new(Semaphore::new(queue.max(1))));
        Ok(Hasher { argon, running, waiting, nobody })
    }

    /// A PHC string with a salt of its own.
    pub async fn hash(&self, secret: &Secret) -> Reply<String> {
        let (argon, secret) = (self.argon.clone(), secret.clone());
        self.work(move || hash(&argon, secret.expose())).await?
    }

    /// Whether the secret is the one of the hash. Without a hash it takes as long and is no: whoever asks for users that do
    /// not exist learns nothing from the clock.
    pub async fn verify(&self, secret: &Secret, stored: Option<&str>) -> Reply<bool> {
        let (argon, secret) = (self.argon.clone(), secret.clone());
        let (text, known) = (stored.unwrap_or(&self.nobody).to_owned(), stored.is_some());
        self.work(move || {
            PasswordHash::new(&text)
                .is_ok_and(|hash| argon.verify_password(secret.expose().as_bytes(), &hash).is_ok())
        })
        .await
        .map(|same| same && known)
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Reply<T> {
        let Ok(_place) = self.waiting.clone().try_acquire_owned() else { return Err(Fault::TooMany(5)) };
        let running = self.running.clone().acquire_owned().await;
        let _running = running.map_err(|_| Fault::Unavailable("hashing has stopped".into()))?;
        tokio::task::spawn_blocking(job)
            .await
            .map_err(|e| Fault::Internal(format!("hashing ended early: {e}")))
    }
}

fn hash(argon: &Argon2<'static>, secret: &str) -> Reply<String> {
    if secret.len() > LONGEST {
        return Err(Fault::invalid("the secret is longer than 4096 bytes"));
    }
    let hash = argon.hash_password(secret.as_bytes()).map_err(|e| Fault::Internal(e.to_string()))?;
    Ok(hash.to_string())
}

/// Argon2 itself would take more; nobody types it.
const LONGEST: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn verifies_its_own_and_nothing_else() {
        let hasher = Hasher::cheap_for_tests().unwrap();
        let secret = Secret::new("koala".into());
        let stored = hasher.hash(&secret).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(hasher.verify(&secret, Some(&stored)).await.unwrap());
        assert!(!hasher.verify(&Secret::new("Koala".into()), Some(&stored)).await.unwrap());
        assert!(!hasher.verify(&Secret::new("a secret that nobody has".into()), None).await.unwrap());
        assert!(!hasher.verify(&secret, Some("not a hash")).await.unwrap());
        assert!(hasher.hash(&Secret::new("x".repeat(5000))).await.is_err());
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let hasher = Hasher::cheap_for_tests().unwrap();
        let all = hasher.waiting.clone().acquire_many_owned(64).await.unwrap();
        assert_eq!(hasher.hash(&Secret::new("x".into())).await, Err(Fault::TooMany(5)));
        drop(all);
        assert!(hasher.hash(&Secret::new("x".into())).await.is_ok());
    }
}
