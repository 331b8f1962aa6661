use crate::verify::{Age, verify};
use crate::{Algorithm, Claims, Encoder, Expect, IdClaims, PublicKey, Rejected, SigningKey};
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_model::{Fault, Micros};

/// What a key is good for at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Signs and verifies. One key of a set is.
    Active,
    /// Signs for whoever asks for its algorithm and nobody else (`id_token_signed_response_alg`). At most one of an algorithm.
    Beside,
    /// Signs soon. It is published beforehand, so that verifiers who keep the set for a while know it in time, and it
    /// verifies already, for another process may have changed over first.
    Next,
    /// Signs no more. It verifies what it signed before, until this microsecond.
    Retiring {
        /// When the last token signed with it has expired.
        until: Micros,
    },
}

/// A key of a set, for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatus {
    /// The name in tokens' headers.
    pub kid: String,
    /// How it signs.
    pub algorithm: Algorithm,
    /// What it is good for.
    pub state: KeyState,
}

/// The keys of one zone. A set does not change: each rotation makes another, to be swapped in whole.
#[derive(Clone, Debug)]
pub struct KeySet {
    /// The active one first.
    keys: Vec<(Arc<SigningKey>, KeyState)>,
}

impl KeySet {
    /// A set of one key, which is active.
    pub fn new(active: SigningKey) -> Self {
        KeySet { keys: vec![(Arc::new(active), KeyState::Active)] }
    }

    /// A set as it was stored.
    ///
    /// # Errors
    /// `Invalid` unless exactly one is active and all names differ.
    pub fn from_keys(keys: impl IntoIterator<Item = (Arc<SigningKey>, KeyState)>) -> Result<Self, Fault> {
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.sort_by_key(|(_, state)| (*state != KeyState::Active, *state != KeyState::Beside));
        let active = keys.iter().filter(|(_, state)| *state == KeyState::Active).count();
        if active != 1 {
            return Err(Fault::invalid(format!("one key of a set must be active, not {active}")));
        }
        for (at, (key, _)) in keys.iter().enumerate() {
            if keys[..at].iter().any(|(other, _)| other.kid() == key.kid()) {
                return Err(Fault::invalid(format!("the key `{}` is there twice", key.kid())));
            }
        }
        Ok(KeySet { keys })
    }

    /// The set with one key more, which does not sign yet.
    ///
    /// # Errors
    /// `Invalid` when a key of this name is there.
    pub fn with_next(&self, key: SigningKey) -> Result<KeySet, Fault> {
        let more = (Arc::new(key), KeyState::Next);
        KeySet::from_keys(self.keys.iter().cloned().chain([more]))
    }

    /// The set in which another key signs. The one that signed so far retires at `until`: now and the longest life of
    /// a token.
    ///
    /// # Errors
    /// `Invalid` when there is no key of this name. Choosing the active key changes nothing.
    pub fn with_active(&self, kid: &str, until: Micros) -> Result<KeySet, Fault> {
        if !self.keys.iter().any(|(key, _)| key.kid() == kid) {
            return Err(Fault::invalid(format!("there is no key `{kid}`")));
        }
        KeySet::from_keys(self.keys.iter().map(|(key, state)| {
            let state = match (key.kid() == kid, state) {
                (true, _) => KeyState::Active,
                (false, KeyState::Active) => KeyState::Retiring { until },
                (false, KeyState::Beside | KeyState::Next | KeyState::Retiring { .. }) => *state,
            };
            (key.clone(), state)
        }))
    }

    /// The set without the keys whose time is over, to be forgotten and no longer published.
    pub fn without_retired(&self, now: Micros) -> KeySet {
        KeySet { keys: self.keys.iter().filter(|(_, state)| state.verifies(now)).cloned().collect() }
    }

    /// Every key with its state, the active one first.
    pub fn states(&self) -> Vec<KeyStatus> {
        let status = |(key, state): &(Arc<SigningKey>, KeyState)| KeyStatus {
            kid: key.kid().to_owned(),
            algorithm: key.algorithm(),
            state: *state,
        };
        self.keys.iter().map(status).collect()
    }

    /// The key that signs.
    pub fn active(&self) -> &Arc<SigningKey> {
        &self.keys[0].0
    }

    /// The key that signs with that algorithm: the active one, or one beside it.
    pub fn signs_with(&self, algorithm: Algorithm) -> Option<&Arc<SigningKey>> {
        let signs = |state: &KeyState| matches!(state, KeyState::Active | KeyState::Beside);
        let mut keys = self.keys.iter().filter(|(key, state)| signs(state) && key.algorithm() == algorithm);
        keys.next().map(|(key, _)| key)
    }

    /// What makes tokens with that algorithm, for clients that asked for it.
    pub fn encoder_with(&self, algorithm: Algorithm, jku: &str, typ: &str) -> Option<Encoder> {
        self.signs_with(algorithm).map(|key| Encoder::new(key.clone(), jku, typ))
    }

    /// What makes tokens with the active key. `jku`: the zone's `…/token_keys`, which UAA writes into headers and which
    /// nobody here reads.
    pub fn encoder(&self, jku: &str) -> Encoder {
        Encoder::new(self.active().clone(), jku, "JWT")
    }

    /// The same with another `typ` (RFC 8725 section 3.11), such as `logout+jwt`. Such a token is never taken for an
    /// access, refresh or ID token.
    pub fn encoder_typed(&self, jku: &str, typ: &str) -> Encoder {
        Encoder::new(self.active().clone(), jku, typ)
    }

    /// Verifies a token that this zone issued. [`crate::AccessClaims`], [`crate::RefreshClaims`] and [`IdClaims`] say
    /// which kind is wanted.
    ///
    /// Good means: signature, kind, issuer, times, zone and audience. Whether client and user still exist, and whether
    /// `rev_sig` is still theirs, is the caller's to see.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn verify<T: Claims>(&self, token: &str, expect: &Expect<'_>) -> Result<T, Rejected> {
        verify(token, expect, Age::Checked, |kid, _| self.find(kid?, expect.now))
    }

    /// Verifies an ID token that comes as `id_token_hint`, where an expired one is as good (OpenID Connect RP-Initiated
    /// Logout section 2).
    ///
    /// # Errors
    /// As [`KeySet::verify`], except `Expired`.
    pub fn verify_hint(&self, token: &str, expect: &Expect<'_>) -> Result<IdClaims<'static>, Rejected> {
        verify(token, expect, Age::Any, |kid, _| self.find(kid?, expect.now))
    }

    /// What `/token_keys` answers: `{"keys": […]}`, public members only, the active key first.
    pub fn public_jwks(&self) -> Value {
        let keys: Vec<Value> = self.keys.iter().map(|(key, _)| key.public().jwk().into()).collect();
        json!({ "keys": keys })
    }

    /// What `/token_key` answers: the active key alone.
    pub fn public_jwk(&self) -> Value {
        self.active().public().jwk().into()
    }

    fn find(&self, kid: &str, now: Micros) -> Option<&PublicKey> {
        let (key, _) = self.keys.iter().find(|(key, state)| key.kid() == kid && state.verifies(now))?;
        Some(key.public())
    }
}

impl KeyState {
    /// Whether tokens signed with a key in this state are still accepted.
    pub fn verifies(self, now: Micros) -> bool {
        match self {
            KeyState::Active | KeyState::Beside | KeyState::Next => true,
            KeyState::Retiring { until } => now < until,
        }
    }
}

#[cfg(test)]
mod tests;
