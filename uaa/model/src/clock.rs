use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Microseconds since 1970-01-01 UTC: how every time is kept in memory and in the database.
pub type Micros = i64;

/// What the time is. An argument everywhere, so that a test decides it.
pub trait Clock: Send + Sync {
    /// Now, in microseconds since the epoch.
    fn now(&self) -> Micros;
}

/// Where random bytes come from. An argument everywhere, so that a test can repeat a run.
pub trait Rng: Send + Sync {
    /// Fills the slice with bytes that nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Micros {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe could be done then.
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Starts at the given microsecond.
    pub fn at(now: Micros) -> Arc<Self> {
        Arc::new(TestClock(AtomicI64::new(now)))
    }

    /// Moves on by whole seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Micros {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bytes that depend on the seed alone. For tests only: anybody can guess them.
#[derive(Debug, Default)]
pub struct TestRng(AtomicU64);

impl Rng for TestRng {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let turn = self.0.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::digest(turn.to_le_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// Makes identifiers and tokens from a clock and a source of randomness.
#[derive(Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    drawn: Arc<[Mutex<Drawn>; 4]>,
}

/// Random bytes for identifiers, drawn many at once: every request has an identifier, and the operating system's generator
/// takes a microsecond each time. Nothing that is secret comes from here.
struct Drawn {
    bytes: [u8; 1000],
    used: usize,
}

impl Default for Drawn {
    fn default() -> Self {
        Drawn { bytes: [0; 1000], used: 1000 }
    }
}

impl Drawn {
    fn ten(&mut self, rng: &dyn Rng) -> [u8; 10] {
        if self.used >= self.bytes.len() {
            rng.fill(&mut self.bytes);
            self.used = 0;
        }
        let mut ten = [0; 10];
        ten.copy_from_slice(&self.bytes[self.used..self.used + 10]);
        self.used += 10;
        ten
    }
}

impl Ids {
    /// Ties the two together.
    pub fn new(clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Ids { clock, rng, drawn: Arc::default() }
    }

    /// A UUID version 7 (RFC 9562 section 5.7): creation order is key order, to the millisecond.
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.clock.now() / 1000).unwrap_or_default();
        // Nobody waits for anybody: whoever finds all of them taken draws for himself.
        let random = match self.drawn.iter().find_map(|drawn| drawn.try_lock().ok()) {
            Some(mut drawn) => drawn.ten(self.rng.as_ref()),
            None => {
                let mut ten = [0; 10];
                self.rng.fill(&mut ten);
                ten
            }
        };
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// 32 lower-case hexadecimal characters, 128 bits: the form of UAA's opaque tokens and `jti`.
    pub fn hex32(&self) -> String {
        let mut random = [0; 16];
        self.rng.fill(&mut random);
        Uuid::from_bytes(random).simple().to_string()
    }

    /// A secret of 32 characters from an alphabet that survives shells and URLs: about 165 bits.
    pub fn secret(&self) -> crate::Secret {
        const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
        let mut random = [0; 33];
        self.rng.fill(&mut random);
        crate::Secret::new(random.iter().map(|b| char::from(ALPHABET[usize::from(b & 31)])).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_clock_and_repeat_with_the_seed() {
        let clock = TestClock::at(1_700_000_000_000_000);
        let first = Ids::new(clock.clone(), Arc::new(TestRng::default()));
        let again = Ids::new(clock.clone(), Arc::new(TestRng::default()));
        let one = first.uuid();
        assert_eq!(one, again.uuid());
        clock.advance(1);
        assert!(first.uuid() > one);
        assert_eq!(first.hex32().len(), 32);
    }
}
