//! The keys of every zone that is spoken to, opened once: a zone's first request reads them, the others find them.

use crate::client::Known;
use crate::engine::Engine;
use crate::keys::Documents;
use arc_swap::ArcSwap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use uaa_directory::Keyring;
use uaa_model::{Fault, Micros, Reply};
use uaa_plugin::ZoneInfo;
use uaa_store::Cond;
use uaa_token::{AT_JWT, Algorithm, DecryptionKey, Encoder, KeySet, KeyState, KeyStatus};
use uuid::Uuid;

/// The keys of a zone, the active one ready to sign, and the documents that speak of them.
pub(crate) struct ZoneKeys {
    here: Arc<ZoneInfo>,
    pub(crate) set: KeySet,
    pub(crate) documents: Documents,
    pub(crate) encoder: Encoder,
    /// The same for access tokens of RFC 9068.
    pub(crate) at_jwt: Encoder,
    /// Of each algorithm that it signs with, for ID tokens and the like.
    by_algorithm: Vec<(Algorithm, Encoder)>,
    /// To which clients encrypt: one beside each key of the set, which comes and goes with it. That of the active key first.
    decryption: Vec<(DecryptionKey, KeyState)>,
    /// When somebody last looked for newer ones.
    looked: AtomicI64,
}

impl ZoneKeys {
    /// What signs for a client that asked for that algorithm; without one, or when it is gone, what signs for everybody.
    pub(crate) fn encoder_with(&self, algorithm: Option<Algorithm>) -> &Encoder {
        let found = self.by_algorithm.iter().find(|(one, _)| Some(*one) == algorithm);
        found.map_or(&self.encoder, |(_, encoder)| encoder)
    }

    /// What signs tokens of another kind (RFC 8725 section 3.11).
    pub(crate) fn encoder_typed(&self, algorithm: Option<Algorithm>, typ: &str) -> Encoder {
        let jku = jku(&self.here);
        let found = algorithm.and_then(|algorithm| self.set.encoder_with(algorithm, &jku, typ));
        found.unwrap_or_else(|| self.set.encoder_typed(&jku, typ))
    }

    /// What reads what was encrypted to the key of that name; without a name, to the one that is published.
    pub(crate) fn decryption(&self, kid: Option<&str>, now: Micros) -> Option<&DecryptionKey> {
        let named = |key: &DecryptionKey| kid.is_none_or(|kid| key.kid() == kid);
        let mut keys = self.decryption.iter().filter(|(key, state)| named(key) && state.verifies(now));
        keys.next().map(|(key, _)| key)
    }
}

/// All that were opened.
pub(crate) struct Keychain {
    ring: Keyring,
    opened: ArcSwap<HashMap<Uuid, Arc<ZoneKeys>>>,
}

impl Keychain {
    pub(crate) fn new(ring: Keyring) -> Keychain {
        Keychain { ring, opened: ArcSwap::default() }
    }

    fn find(&self, zone: Uuid) -> Option<Arc<ZoneKeys>> {
        self.opened.load().get(&zone).cloned()
    }

    fn put(&self, keys: &Arc<ZoneKeys>) {
        self.opened.rcu(|opened| {
            let mut opened = HashMap::clone(opened);
            opened.insert(keys.here.guid, keys.clone());
            opened
        });
    }
}

impl Engine {
    /// The keys of a zone, from memory or, the first time and after a change of the zone, from the database.
    pub(crate) async fn keys(&self, here: &Arc<ZoneInfo>) -> Reply<Arc<ZoneKeys>> {
        match self.keys_in_memory(here) {
            Some(keys) => Ok(keys),
            None => self.open_keys(here).await,
        }
    }

    pub(crate) fn keys_in_memory(&self, here: &Arc<ZoneInfo>) -> Option<Arc<ZoneKeys>> {
        self.keychain.find(here.guid).filter(|keys| Arc::ptr_eq(&keys.here, here))
    }

    /// The keys of a client's zone. Whoever looked the client up has seen to it that they are in memory.
    pub(crate) fn keys_of(&self, client: &Known) -> Reply<Arc<ZoneKeys>> {
        let keys = self.keychain.find(client.here.guid);
        keys.ok_or_else(|| Fault::Internal("the zone's keys are not in memory".into()))
    }

    /// The zones whose keys are in memory.
    pub(crate) fn open_zones(&self) -> Vec<Arc<ZoneInfo>> {
        self.keychain.opened.load().keys().filter_map(|zone| self.zones.of(*zone)).collect()
    }

    /// What makes keys.
    pub(crate) fn keychain_ring(&self) -> &Keyring {
        &self.keychain.ring
    }

    /// The keys as they are now, when those in memory lack one that a token names: another process may have changed over a
    /// moment ago. At most once a second, or whoever makes up names of keys would make us ask the database each time.
    pub(crate) async fn newer_keys(&self, here: &Arc<ZoneInfo>) -> Reply<Option<Arc<ZoneKeys>>> {
        let keys = self.keys(here).await?;
        let (now, last) = (self.clock.now(), keys.looked.load(Ordering::Relaxed));
        let first = keys.looked.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if now - last < A_SECOND || !first {
            return Ok(None);
        }
        self.open_keys(here).await.map(Some)
    }

    pub(crate) async fn open_keys(&self, here: &Arc<ZoneInfo>) -> Reply<Arc<ZoneKeys>> {
        let set = self.keychain.ring.open(&self.access, here.guid).await?;
        let jku = jku(here);
        let encoder = set.encoder(&jku);
        let of = |algorithm| Some((algorithm, set.encoder_with(algorithm, &jku, "JWT")?));
        let by_algorithm = Algorithm::ALL.into_iter().filter_map(of).collect();
        let beside = |key: KeyStatus| Ok((self.keychain.ring.decryption(here.guid, &key.kid)?, key.state));
        let decryption = set.states().into_iter().map(beside).collect::<Reply<Vec<_>>>()?;
        let published = decryption.first().map(|(key, _)| key.jwk());
        let documents = Documents::new(&set, published, here, self.settings.certificates);
        let at_jwt = set.encoder_typed(&jku, AT_JWT);
        let looked = AtomicI64::new(self.clock.now());
        let here = here.clone();
        let keys =
            Arc::new(ZoneKeys { here, set, documents, encoder, at_jwt, by_algorithm, decryption, looked });
        self.keychain.put(&keys);
        Ok(keys)
    }

    /// Sees to it that the zone can sign with the algorithms that one of its clients is registered for: whoever registers a
    /// client needs no operator for it.
    pub(crate) async fn able(&self, here: &Arc<ZoneInfo>, wanted: &[Algorithm]) -> Reply<()> {
        for algorithm in wanted {
            if self.keys(here).await?.set.signs_with(*algorithm).is_none() {
                self.keychain.ring.beside(&self.access, here.guid, *algorithm).await?;
                self.open_keys(here).await?;
            }
        }
        Ok(())
    }

    /// Makes the keys that new and changed clients are registered for, so that they are published before they sign. Does not end.
    pub async fn follow_clients(&self, caches: crate::Caches) {
        loop {
            for (zone, id) in caches.clients_changed().await {
                if let Err(fault) = self.read_client(zone, Cond::Ids("guid", vec![id])).await {
                    tracing::warn!(?fault, client = %id, "what signs for a client could not be made yet");
                }
            }
        }
    }

    /// Opens the keys anew whenever one has changed, in whatever process. Does not end.
    pub async fn follow_keys(&self, caches: crate::Caches) {
        loop {
            caches.keys_changed().await;
            let opened = self.keychain.opened.load_full();
            let known = |zone: &Uuid| self.zones.of(*zone);
            self.keychain.opened.rcu(|opened| {
                HashMap::<Uuid, Arc<ZoneKeys>>::from_iter(
                    opened.iter().filter(|(zone, _)| known(zone).is_some()).map(|(z, k)| (*z, k.clone())),
                )
            });
            for here in opened.keys().filter_map(known) {
                if let Err(fault) = self.open_keys(&here).await {
                    // What signed before goes on signing: a token too many under an old key harms less than none.
                    tracing::error!(?fault, zone = here.id, "signing keys have changed and cannot be read");
                }
            }
        }
    }
}

const A_SECOND: Micros = 1_000_000;

/// The header's `jku`, as UAA has it.
fn jku(here: &ZoneInfo) -> String {
    format!("{}/token_keys", here.uaa)
}
