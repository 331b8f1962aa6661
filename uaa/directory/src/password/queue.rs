use super::recipe::Recipe;
use argon2::Block;
use aws_lc_rs::hmac;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::time::sleep;
use uaa_model::{Fault, Reply, Rng, Secret};
use zeroize::Zeroize;

/// How much hashing at once, and how long a queue before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Computations that run at the same time. More than there are cores only makes each of them slower.
    pub workers: usize,
    /// Computations that may wait for a worker.
    pub waiting: usize,
    /// Places, running and waiting, that one source may hold.
    pub a_source: usize,
    /// What a refused caller is told to wait, in seconds.
    pub retry_after: u32,
}

impl Limits {
    /// A worker a core, a queue of about a second, four places a source.
    pub fn of_this_machine() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Limits { workers, waiting: workers * 50, a_source: 4, retry_after: 1 }
    }
}

/// Who asks for hashing, and from where: what shares of the queue are counted by.
///
/// One account from one address holds [`Limits::a_source`] places, one address half of all: a flood from one address
/// neither fills the queue under many names nor takes an account's places from its owner at another address.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The user name or client id that is tried, or the id of whoever sets a new secret.
    pub account: &'a str,
    /// The peer's own address, or one that a trusted proxy vouches for. Empty: from nowhere, which has no share.
    pub address: &'a str,
}

/// What a place is held for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// A new secret: all of these together hold half of the places.
    New,
    /// Somebody is tried.
    Proof,
}

/// The queue: who may compute, who shares a computation, and the memory for it.
pub(super) struct Queue {
    desk: Desk,
    workers: Arc<Semaphore>,
    memory: Mutex<Vec<Vec<Block>>>,
    /// Computations so far.
    turns: AtomicU64,
    key: hmac::Key,
}

impl Queue {
    pub(super) fn new(limits: Limits, rng: &dyn Rng) -> Self {
        let mut key = [0; 32];
        rng.fill(&mut key);
        Queue {
            desk: Desk { limits, taken: Mutex::default() },
            workers: Arc::new(Semaphore::new(limits.workers.max(1))),
            memory: Mutex::default(),
            turns: AtomicU64::new(0),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
        }
    }

    /// The tag that the recipe makes of the secret.
    pub(super) async fn tag(
        self: &Arc<Self>,
        recipe: &Recipe,
        secret: &Secret,
        source: Source<'_>,
        purpose: Purpose,
    ) -> Reply<Vec<u8>> {
        let shares = self.shares(source, purpose);
        let fingerprint = recipe.fingerprint();
        let same = self.digest(&[&shares[0].of, &fingerprint, secret.expose().as_bytes()]);
        let (mut answer, lead) = self.desk.admit(&shares, same)?;
        if lead {
            // A task of its own: those who share the computation do not lose it when the first of them goes away.
            let of = shares.into_iter().map(|share| share.of).collect();
            let turn = Turn { queue: self.clone(), of, same, left: false };
            tokio::spawn(turn.take(recipe.clone(), secret.clone()));
        }
        let settled = answer.wait_for(Option::is_some).await;
        settled
            .ok()
            .and_then(|tag| tag.clone())
            .unwrap_or_else(|| Err(Fault::Internal("a hash computation ended without an answer".into())))
    }

    /// Of whose places one is taken. The first share is the caller's own.
    fn shares(&self, Source { account, address }: Source<'_>, purpose: Purpose) -> Vec<Share> {
        let limits = self.desk.limits;
        let half = ((limits.workers + limits.waiting) / 2).max(1);
        let own = self.digest(&[b"account", account.as_bytes(), address.as_bytes()]);
        let mut shares = vec![Share { of: own, most: limits.a_source.max(1) }];
        if !address.is_empty() {
            shares.push(Share { of: self.digest(&[b"address", address.as_bytes()]), most: half });
        }
        match purpose {
            Purpose::New => shares.push(Share { of: self.digest(&[b"new"]), most: half }),
            Purpose::Proof => {}
        }
        shares
    }

    pub(super) fn pending(&self) -> usize {
        lock(&self.desk.taken).all
    }

    /// Names and secrets stand in the queue's tables only as this: of one size, and of use to nobody.
    fn digest(&self, parts: &[&[u8]]) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            context.update(part);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }

    fn borrow_memory(&self, blocks: usize) -> Vec<Block> {
        let mut memory = lock(&self.memory).pop().unwrap_or_default();
        if memory.len() < blocks {
            memory.resize(blocks, Block::new());
        }
        memory
    }

    /// The next hash overwrites the memory. When none comes for a moment it is wiped and given back: what was left could be used to
    /// try passwords without the cost of the hash. At once would add a tenth to each of several logins one after the other.
    fn return_memory(self: &Arc<Self>, memory: Vec<Block>) {
        lock(&self.memory).push(memory);
        let turns = self.turns.fetch_add(1, Ordering::SeqCst) + 1;
        let queue = self.clone();
        tokio::spawn(async move {
            sleep(IDLE).await;
            if queue.turns.load(Ordering::SeqCst) == turns && queue.pending() == 0 {
                tokio::task::spawn_blocking(move || queue.wipe_memory());
            }
        });
    }

    /// Nothing stays: a piece is a quarter of what an idle process holds, and fresh pages cost the next login a tenth of its hash, at
    /// most five times a second.
    fn wipe_memory(&self) {
        std::mem::take(&mut *lock(&self.memory)).zeroize();
    }
}

/// One computation's place in the queue, from admission to answer. Dropping it frees the place.
///
/// The place is left once and with its listeners in the same step: a later computation of the same has its own.
struct Turn {
    queue: Arc<Queue>,
    of: Vec<Digest>,
    same: Digest,
    left: bool,
}

impl Turn {
    async fn take(mut self, recipe: Recipe, secret: Secret) {
        let Ok(permit) = self.queue.workers.clone().acquire_owned().await else { return };
        self.left = self.queue.desk.leave_if_deserted(&self.of, &self.same);
        if self.left {
            return;
        }
        tokio::task::spawn_blocking(move || {
            let queue = self.queue.clone();
            let mut memory = queue.borrow_memory(recipe.blocks());
            let tag = recipe.compute(&secret, &mut memory);
            self.answer(tag);
            drop(permit);
            queue.return_memory(memory);
        });
    }

    /// The place is free before anybody hears the answer: who then asks again finds it.
    fn answer(mut self, tag: Reply<Vec<u8>>) {
        self.left = true;
        if let Some(listeners) = self.queue.desk.leave(&self.of, &self.same) {
            listeners.send_replace(Some(tag));
        }
    }
}

impl Drop for Turn {
    /// Where the work broke off without an answer, its listeners hear the channel close.
    fn drop(&mut self) {
        if !self.left {
            self.queue.desk.leave(&self.of, &self.same);
        }
    }
}

/// Counts the places.
struct Desk {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    held: HashMap<Digest, usize>,
    shared: HashMap<Digest, watch::Sender<Answer>>,
}

impl Desk {
    /// Where to listen for the answer, and whether the caller is the first and has to start the work.
    fn admit(&self, shares: &[Share], same: Digest) -> Reply<(watch::Receiver<Answer>, bool)> {
        let mut taken = lock(&self.taken);
        if let Some(already) = taken.shared.get(&same) {
            return Ok((already.subscribe(), false));
        }
        let used =
            shares.iter().any(|share| taken.held.get(&share.of).is_some_and(|held| *held >= share.most));
        if used || taken.all >= self.limits.workers.max(1) + self.limits.waiting {
            return Err(Fault::TooMany(self.limits.retry_after));
        }
        taken.all += 1;
        for share in shares {
            *taken.held.entry(share.of).or_default() += 1;
        }
        let (sender, receiver) = watch::channel(None);
        taken.shared.insert(same, sender);
        Ok((receiver, true))
    }

    fn leave(&self, of: &[Digest], same: &Digest) -> Option<watch::Sender<Answer>> {
        lock(&self.taken).leave(of, same)
    }

    /// Leaves when nobody listens any more. In one step, so that nobody begins to listen in between.
    fn leave_if_deserted(&self, of: &[Digest], same: &Digest) -> bool {
        let mut taken = lock(&self.taken);
        let deserted = taken.shared.get(same).is_none_or(|sender| sender.receiver_count() == 0);
        if deserted {
            taken.leave(of, same);
        }
        deserted
    }
}

impl Taken {
    fn leave(&mut self, of: &[Digest], same: &Digest) -> Option<watch::Sender<Answer>> {
        self.all -= 1;
        for of in of {
            if let Some(held) = self.held.get_mut(of) {
                *held -= 1;
                if *held == 0 {
                    self.held.remove(of);
                }
            }
        }
        self.shared.remove(same)
    }
}

/// Somebody's part of the places.
struct Share {
    of: Digest,
    most: usize,
}

/// What listeners wait for: nothing yet, then the tag.
type Answer = Option<Reply<Vec<u8>>>;
type Digest = [u8; 32];

/// Without a computation, until the memory is wiped.
const IDLE: Duration = Duration::from_millis(200);

/// A worker that panicked while holding the lock left plain numbers behind; they are still the best there are.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
impl Queue {
    pub(super) async fn hold_all_workers(&self) -> tokio::sync::OwnedSemaphorePermit {
        let all = u32::try_from(self.desk.limits.workers.max(1)).unwrap();
        self.workers.clone().acquire_many_owned(all).await.unwrap()
    }

    /// Once nothing runs: how many pieces are kept.
    pub(super) fn idle_memory(&self) -> Option<usize> {
        let all_free = self.workers.available_permits() == self.desk.limits.workers;
        all_free.then(|| lock(&self.memory).len())
    }
}
