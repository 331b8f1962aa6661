use crate::client::Clients;
use crate::forms::TokenForms;
use crate::keys::Documents;
use crate::verified::Verified;
use arc_swap::ArcSwap;
use std::sync::Arc;
use uaa_authz::{Actor, Duty};
use uaa_directory::Credentials;
use uaa_model::{Clock, Ids, Reply};
use uaa_store::{Access, Change, Feed, Tx, Want};
use uaa_token::{Encoder, KeySet, RevSigKey};
use uuid::Uuid;

/// What the installation decides about tokens.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `iss`: `<uaa>/oauth/token`.
    pub issuer: String,
    /// Where UAA is reached.
    pub uaa: String,
    /// `zid` of the zone.
    pub zone_id: String,
    /// Seconds that access tokens are good for.
    pub access_seconds: i64,
    /// Seconds that refresh tokens are good for.
    pub refresh_seconds: i64,
    /// In which forms tokens are given out.
    pub forms: TokenForms,
}

/// What every grant and endpoint shares.
pub struct Engine {
    pub(crate) settings: Settings,
    pub(crate) access: Access,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Ids,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) rev_sig: RevSigKey,
    pub(crate) keys: ArcSwap<Keys>,
    pub(crate) clients: Arc<Clients>,
    pub(crate) verified: Arc<Verified>,
    pub(crate) zone: Uuid,
}

/// The keys of the zone, the active one ready to sign, and the documents that speak of them.
pub(crate) struct Keys {
    pub(crate) set: KeySet,
    pub(crate) encoder: Encoder,
    pub(crate) documents: Documents,
}

impl Keys {
    fn new(set: KeySet, settings: &Settings) -> Keys {
        let encoder = set.encoder(&format!("{}/token_keys", settings.uaa));
        let documents = Documents::new(&set, settings);
        Keys { set, encoder, documents }
    }
}

/// The caches that follow changed facts. Made before the store is opened to requests, for it feeds them.
#[derive(Clone, Default)]
pub struct Caches {
    clients: Arc<Clients>,
    verified: Arc<Verified>,
    keys_changed: Arc<tokio::sync::Notify>,
}

impl Caches {
    /// Waits until a signing key was made, changed or taken away, in any process.
    pub async fn keys_changed(&self) {
        self.keys_changed.notified().await;
    }
}

impl Feed for Caches {
    fn changed(&self, changes: &[Change], all: bool) {
        let about = |kind: &str| changes.iter().any(|c| c.kind == kind);
        if all || about("client") {
            self.clients.clear();
        }
        if all || about("zone") || about("signing_key") {
            self.verified.clear();
        } else {
            let rows = changes.iter().filter(|c| ["user", "client", "token"].contains(&c.kind.as_str()));
            self.verified.drop_resting_on(rows.map(|c| c.id));
        }
        if all || about("signing_key") {
            self.keys_changed.notify_one();
        }
    }
}

impl Engine {
    /// Ties it together.
    #[expect(clippy::too_many_arguments, reason = "called once, by the composition root")]
    pub fn new(
        settings: Settings,
        access: Access,
        caches: &Caches,
        clock: Arc<dyn Clock>,
        ids: Ids,
        credentials: Arc<Credentials>,
        rev_sig: RevSigKey,
        keys: KeySet,
        zone: Uuid,
    ) -> Engine {
        let keys = Keys::new(keys, &settings);
        Engine {
            settings,
            access,
            clock,
            ids,
            credentials,
            rev_sig,
            keys: ArcSwap::from_pointee(keys),
            clients: caches.clients.clone(),
            verified: caches.verified.clone(),
            zone,
        }
    }

    /// Another key set, after a rotation.
    pub fn set_keys(&self, set: KeySet) {
        self.keys.store(Arc::new(Keys::new(set, &self.settings)));
    }

    /// A transaction of its own, for checking credentials and tokens.
    pub(crate) fn begin(&self, op: &'static str) -> Tx {
        let actor = Arc::new(Actor::system(self.access.registry(), Duty::SignIn, self.zone));
        self.access.begin(actor, self.zone, Want::Read, op, "".into())
    }

    /// Signs claims with the active key.
    pub(crate) fn encode<C: serde::Serialize>(&self, claims: &C) -> Reply<String> {
        self.keys.load().encoder.encode(claims)
    }
}
