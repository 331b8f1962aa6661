use crate::client::Clients;
use crate::dpop::Proofs;
use crate::ended::Ended;
use crate::forms::TokenForms;
use crate::keychain::Keychain;
use crate::polls::Polls;
use crate::published::Published;
use crate::registration::RegistrationPolicy;
use crate::verified::{Everybodys, MOST, Verified};
use std::sync::{Arc, Mutex};
use uaa_authz::{Actor, Duty};
use uaa_directory::{Credentials, Keyring};
use uaa_model::{Clock, Ids, Reply};
use uaa_plugin::{Fetch, Zones};
use uaa_store::{Access, Change, Feed, Tx, Want};
use uaa_token::{DataKey, NonceKey, PairwiseKey, RevSigKey};
use uuid::Uuid;

/// What the installation decides about tokens.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Seconds that access tokens are good for, where neither client nor zone says so.
    pub access_seconds: i64,
    /// Seconds that refresh tokens are good for.
    pub refresh_seconds: i64,
    /// In which forms tokens are given out.
    pub forms: TokenForms,
    /// After how many days a signing key is followed by another; `None`: when an operator says so.
    pub key_days: Option<i64>,
    /// What clients that register themselves may be.
    pub registration: RegistrationPolicy,
    /// Which certificates of clients come to be seen.
    pub certificates: Certificates,
}

/// Which certificates of clients come to be seen (RFC 8705): what the discovery document promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// None: neither asked for with TLS nor forwarded by a proxy.
    #[default]
    None,
    /// Any, and nobody says whose they are.
    Shown,
    /// Any, and an authority is named that signs for clients.
    Trusted,
}

/// What every grant and endpoint shares, in whatever zone.
pub struct Engine {
    pub(crate) settings: Settings,
    pub(crate) access: Access,
    pub(crate) zones: Arc<Zones>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Ids,
    pub(crate) credentials: Arc<Credentials>,
    pub(crate) rev_sig: RevSigKey,
    pub(crate) pairwise: PairwiseKey,
    pub(crate) keychain: Keychain,
    pub(crate) clients: Arc<Clients>,
    pub(crate) verified: Arc<Verified>,
    pub(crate) everybodys: Arc<Everybodys>,
    pub(crate) ended: Arc<Ended>,
    pub(crate) published: Published,
    pub(crate) polls: Polls,
    pub(crate) proofs: Proofs,
}

/// The caches that follow changed facts. Made before the store is opened to requests, for it feeds them.
#[derive(Clone)]
pub struct Caches {
    clients: Arc<Clients>,
    verified: Arc<Verified>,
    everybodys: Arc<Everybodys>,
    ended: Arc<Ended>,
    keys_changed: Arc<tokio::sync::Notify>,
    clients_changed: Arc<tokio::sync::Notify>,
    /// Zone and client, until somebody has looked after them.
    changed_clients: Arc<Mutex<Vec<(Uuid, Uuid)>>>,
}

impl Default for Caches {
    fn default() -> Self {
        Caches {
            clients: Arc::default(),
            verified: Arc::new(Verified::new(MOST)),
            everybodys: Arc::default(),
            ended: Arc::default(),
            keys_changed: Arc::default(),
            clients_changed: Arc::default(),
            changed_clients: Arc::default(),
        }
    }
}

impl Caches {
    /// Waits until a signing key was made, changed or taken away, in any process.
    pub async fn keys_changed(&self) {
        self.keys_changed.notified().await;
    }

    /// Waits until clients were made or changed, in any process: the zone and the client of each.
    pub(crate) async fn clients_changed(&self) -> Vec<(Uuid, Uuid)> {
        self.clients_changed.notified().await;
        self.changed_clients.lock().map(|mut all| std::mem::take(&mut *all)).unwrap_or_default()
    }
}

impl Feed for Caches {
    fn changed(&self, changes: &[Change], all: bool) {
        let about = |kind: &str| changes.iter().any(|c| c.kind == kind);
        // A client in memory knows its zone.
        if all || about("client") || about("zone") {
            self.clients.clear();
        }
        if all {
            self.ended.forget();
        }
        // Before what rests on them is forgotten: it is found out again at once.
        self.ended.note(changes.iter().filter(|c| c.kind == "token").map(|c| c.id));
        let rows = || changes.iter().filter(|c| RESTED_ON.contains(&c.kind.as_str())).map(|c| c.id);
        if all || about("zone") || about("signing_key") || self.everybodys.are_among(rows()) {
            self.verified.clear();
        } else {
            self.verified.drop_resting_on(rows());
        }
        if all || about("signing_key") || about("zone") {
            self.keys_changed.notify_one();
        }
        if about("client") {
            let clients = changes.iter().filter(|c| c.kind == "client").map(|c| (c.zone, c.id));
            if let Ok(mut all) = self.changed_clients.lock() {
                // Of more at once the rest is looked after when they come.
                let room = MOST_CLIENTS.saturating_sub(all.len());
                all.extend(clients.take(room));
            }
            self.clients_changed.notify_one();
        }
    }
}

/// Kinds of rows on which verified tokens rest. `subject`: somebody has come into groups or has left some.
const RESTED_ON: &[&str] = &["user", "client", "token", "identity_provider", "session", "group", "subject"];

impl Engine {
    /// Ties it together.
    #[expect(clippy::too_many_arguments, reason = "called once, by the composition root")]
    pub fn new(
        settings: Settings,
        access: Access,
        zones: Arc<Zones>,
        caches: &Caches,
        clock: Arc<dyn Clock>,
        ids: Ids,
        credentials: Arc<Credentials>,
        data_key: &DataKey,
        keys: Keyring,
    ) -> Engine {
        Engine {
            settings,
            access,
            zones,
            clock,
            ids,
            credentials,
            rev_sig: RevSigKey::derived(data_key),
            pairwise: PairwiseKey::derived(data_key),
            proofs: Proofs::new(NonceKey::derived(data_key)),
            keychain: Keychain::new(keys),
            clients: caches.clients.clone(),
            verified: caches.verified.clone(),
            everybodys: caches.everybodys.clone(),
            ended: caches.ended.clone(),
            polls: Polls::default(),
            published: Published::default(),
        }
    }

    /// The same, which reads what clients publish about themselves.
    #[must_use]
    pub fn reaching(self, outside: Arc<dyn Fetch>) -> Engine {
        Engine { published: Published::new(outside), ..self }
    }

    /// Sees to it that the first zone can sign; the others open their keys when they are first spoken to.
    ///
    /// # Errors
    /// When its keys cannot be read or made.
    pub async fn make_ready(&self) -> Reply<()> {
        self.keys(&self.zones.first()).await.map(drop)
    }

    /// A transaction of its own, for checking credentials and tokens of that zone.
    pub(crate) fn begin(&self, op: &'static str, zone: Uuid) -> Tx {
        let actor = Arc::new(Actor::system(self.access.registry(), Duty::SignIn, zone));
        self.access.begin(actor, zone, Want::Read, op, "".into())
    }
}

/// Changed clients that are looked after before they come.
const MOST_CLIENTS: usize = 1_000;
