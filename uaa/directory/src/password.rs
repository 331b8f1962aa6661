//! Hashing of passwords and client secrets: Argon2id behind a bounded queue.
//!
//! One hash costs 19 MiB and some 20 ms of a core, which makes it the cheapest thing to flood a server with. So at
//! most [`Limits::workers`] run at once, at most [`Limits::waiting`] wait in order of arrival, and one [`Source`] holds
//! only its share of those places. Who comes beyond is told to try later.
//!
//! Texts are hashed byte for byte as they came, with no Unicode normalisation: UAA compares bytes, hashes brought
//! along were made from bytes, and tables that change with each Unicode version would one day lock people out. A NUL
//! is a byte like any other, because Argon2 takes lengths, not terminators.

mod common;
mod cost;
mod policy;
mod queue;
mod recipe;
#[cfg(test)]
mod tests;

pub use common::is_common;
pub use cost::Cost;
pub use policy::{ClientSecretPolicy, PasswordPolicy, Rules, Violations};
pub use queue::{Limits, Source};

use queue::{Purpose, Queue};
use recipe::Recipe;
use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq;
use uaa_model::{Fault, Reply, Rng, Secret};

/// The longest text that is hashed, in bytes. Far above every policy; a longer one is refused at once.
pub const LONGEST: usize = 4096;

/// Makes and verifies password hashes in the PHC string format (`$argon2id$v=19$m=19456,t=2,p=1$salt$hash`).
///
/// Cheap to clone; all clones share one queue, so a process has one. Needs a tokio runtime.
#[derive(Clone)]
pub struct Hasher {
    cost: Cost,
    rng: Arc<dyn Rng>,
    queue: Arc<Queue>,
    nobody: Recipe,
}

impl Hasher {
    /// Starts with an empty queue. `cost` is for new hashes; old ones are verified at the cost they were made with.
    pub fn new(cost: Cost, limits: Limits, rng: Arc<dyn Rng>) -> Self {
        let nobody = Recipe::fresh(&cost, &*rng);
        Hasher { queue: Arc::new(Queue::new(limits, &*rng)), cost, rng, nobody }
    }

    /// Hashes a new password or client secret with a fresh salt; the answer is what the database keeps.
    ///
    /// All calls together hold at most half of the places, so that an import of users keeps nobody from logging in.
    ///
    /// # Errors
    /// [`Fault::Invalid`] when longer than [`LONGEST`]; [`Fault::TooMany`] when the queue or the source's share is full.
    pub async fn hash(&self, new: &Secret, source: Source<'_>) -> Reply<String> {
        if new.expose().len() > LONGEST {
            return Err(Fault::invalid(format!("a secret must not be longer than {LONGEST} bytes")));
        }
        let recipe = Recipe::fresh(&self.cost, &*self.rng);
        let tag = self.queue.tag(&recipe, new, source, Purpose::New).await?;
        recipe.phc(&tag)
    }

    /// Whether the presented text is the one the stored hash was made of.
    ///
    /// Callers that present the same text for the
    /// same source and hash at the same moment share one computation and one place: a machine that opens a thousand
    /// connections at once is not refused, and gains no guess by it. A caller that goes away before its turn costs
    /// nothing.
    ///
    /// # Errors
    /// [`Fault::TooMany`] when the queue or the source's share is full: nothing was verified, so nothing may be counted
    /// as a failure. [`Fault::Internal`] when the stored hash is not Argon2id or asks for an absurd cost.
    pub async fn verify(&self, presented: &Secret, phc: &str, source: Source<'_>) -> Reply<bool> {
        // Nothing that long was ever stored, so it is wrong, and wrong without work for known and unknown names alike.
        if presented.expose().len() > LONGEST {
            return Ok(false);
        }
        let (recipe, stored) = Recipe::read(phc)?;
        let tag = self.queue.tag(&recipe, presented, source, Purpose::Proof).await?;
        Ok(tag.ct_eq(&stored).into())
    }

    /// Does the work of [`Hasher::verify`] at today's cost and says no.
    ///
    /// For a user or client that does not exist or has no secret, so that the time of the answer does not tell.
    ///
    /// # Errors
    /// [`Fault::TooMany`] exactly where `verify` would give it.
    pub async fn verify_nothing(&self, presented: &Secret, source: Source<'_>) -> Reply<bool> {
        if presented.expose().len() > LONGEST {
            return Ok(false);
        }
        self.queue.tag(&self.nobody, presented, source, Purpose::Proof).await?;
        Ok(false)
    }

    /// Whether the stored hash was made at another cost than today's. Whoever just verified it should hash again.
    ///
    /// While such hashes remain, the time of an answer tells known names from unknown ones.
    pub fn outdated(&self, phc: &str) -> bool {
        Recipe::read(phc).map_or(true, |(recipe, _)| !recipe.costs(&self.cost))
    }

    /// How many computations run or wait now, for a gauge.
    pub fn pending(&self) -> usize {
        self.queue.pending()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("cost", &self.cost)
            .field("pending", &self.pending())
            .finish_non_exhaustive()
    }
}
