//! Good tokens in memory: the second request with a token costs a digest and a look-up.

use bytes::Bytes;
use std::collections::HashSet;
use std::sync::{Arc, RwLock};
use uaa_authz::{Actor, Subject};
use uaa_directory::{Finding, Resting};
use uaa_model::{Fault, Micros, Reply};
use uaa_token::{AccessClaims, Confirmation};
use uuid::Uuid;

/// A token that was found good: who holds it, and what it says.
pub(crate) struct Good {
    pub(crate) actor: Arc<Actor>,
    scope: Box<[Box<str>]>,
    audience: Box<[Box<str>]>,
    /// Its claims as a JSON object, written once: resource servers ask about the same token over and over.
    pub(crate) claims: Bytes,
    /// What whoever presents it must hold.
    pub(crate) bound: Confirmation,
    /// Whether its claims have the form of RFC 9068 in it, as its client wants them.
    pub(crate) rfc9068: bool,
    /// Whether it says what its person is called: the actor's name is that.
    named: bool,
    /// When it ends.
    pub(crate) until: Micros,
    /// The client, the user, the stored token: the rows on which the finding rests.
    pub(crate) rests_on: Vec<Uuid>,
}

impl Good {
    pub(crate) fn new(
        (actor, rfc9068): (Actor, bool),
        claims: &AccessClaims<'_>,
        rests_on: Vec<Uuid>,
    ) -> Reply<Good> {
        let mut text = serde_json::to_vec(claims).map_err(|e| Fault::Internal(e.to_string()))?;
        if claims.revocable.is_none() {
            // Whoever asks about a token is always told, and the token says it where it is so (UAA). An object that is not empty.
            text.splice(1..1, br#""revocable":false,"#.iter().copied());
        }
        Ok(Good {
            actor: Arc::new(actor),
            scope: claims.scope.iter().map(|s| s.as_ref().into()).collect(),
            audience: claims.aud.iter().map(|a| a.as_ref().into()).collect(),
            claims: text.into(),
            bound: claims.cnf.clone().unwrap_or_default(),
            rfc9068,
            named: claims.user_name.as_deref().is_some_and(|name| !name.is_empty()),
            until: claims.exp.saturating_mul(1_000_000),
            rests_on,
        })
    }

    /// What it says.
    pub(crate) fn said(&self) -> Reply<AccessClaims<'static>> {
        serde_json::from_slice(&self.claims).map_err(|e| Fault::Internal(e.to_string()))
    }

    /// What its person is called, if it says so.
    pub(crate) fn username(&self) -> Option<&str> {
        self.named.then_some(&*self.actor.name)
    }

    /// Whether one of these is in `aud`; of none asked for, every token is.
    pub(crate) fn is_for_one_of(&self, wanted: &[&str]) -> bool {
        wanted.is_empty() || self.audience.iter().any(|audience| wanted.contains(&audience.as_ref()))
    }

    /// The user whose token it is; `None` when it is a client's own.
    pub(crate) fn user(&self) -> Option<Uuid> {
        match self.actor.subject {
            Subject::User(id) => Some(id),
            Subject::Client(_) | Subject::System(_) | Subject::Nobody => None,
        }
    }

    /// The same without regard to case.
    pub(crate) fn has_scope_like(&self, wanted: &str) -> bool {
        self.scope.iter().any(|s| s.to_lowercase() == wanted.to_lowercase())
    }

    pub(crate) fn has_scope(&self, wanted: &str) -> bool {
        self.scope.iter().any(|s| **s == *wanted)
    }
}

impl Finding for Good {
    fn rests_on(&self) -> &[Uuid] {
        &self.rests_on
    }
}

/// Good tokens under the SHA-256 of their text. A change of a row drops the tokens that rest on it and no others: one user's new
/// password costs nobody else a signature.
pub(crate) type Verified = Resting<Good>;

/// The zones and the groups that everybody in one is in, as far as good tokens have scopes of them. They hardly ever change, and every
/// token would have to rest on each of them.
#[derive(Debug, Default)]
pub(crate) struct Everybodys(RwLock<HashSet<Uuid>>);

impl Everybodys {
    /// Before what rests on them is kept.
    pub(crate) fn note(&self, rows: Vec<Uuid>) {
        let known = self.0.read().is_ok_and(|known| rows.iter().all(|row| known.contains(row)));
        if !known && let Ok(mut known) = self.0.write() {
            known.extend(rows);
        }
    }

    /// Whether one of these is among them: nobody knows whose tokens that ends.
    pub(crate) fn are_among(&self, mut rows: impl Iterator<Item = Uuid>) -> bool {
        self.0.read().map_or(true, |known| rows.any(|row| known.contains(&row)))
    }
}

/// Tokens in memory.
pub(crate) const MOST: usize = 262_144;
