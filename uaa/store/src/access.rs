use crate::engine::Db;
use crate::facts::{Feed, Follower};
use crate::logon::Logons;
use crate::noted::Notes;
use crate::places::Places;
use crate::tx::Tx;
use crate::zones::ZoneMap;
use arc_swap::ArcSwap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uaa_authz::{Actor, Registry, Snapshot};
use uaa_model::{Clock, Ids, Micros, Reply};
use uuid::Uuid;

/// Whether a transaction will write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Want {
    /// It only reads; on SQLite it never waits for the writer.
    Read,
    /// It may write.
    Write,
}

/// What the installation decides about its store.
#[derive(Clone)]
pub struct Settings {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers.
    pub ids: Ids,
    /// The key under which blocks of the audit log are signed; it lives outside the database.
    pub seal_key: uaa_model::Secret,
    /// How old the compiled facts may be for answers that read no database; older ones fail closed.
    pub lease: Micros,
}

/// Begins and ends transactions. Held by the dispatcher and the composition root; a plugin never sees it.
#[derive(Clone)]
pub struct Access(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) db: Db,
    pub(crate) registry: Arc<Registry>,
    pub(crate) settings: Settings,
    pub(crate) snapshot: ArcSwap<Snapshot>,
    pub(crate) follower: Follower,
    pub(crate) unsealed: tokio::sync::Notify,
    pub(crate) notes: Notes,
    pub(crate) logons: Logons,
    pub(crate) places: Places,
    pub(crate) zones: ArcSwap<ZoneMap>,
    pub(crate) handed_over: tokio::sync::Notify,
    brand: AtomicU64,
}

impl Access {
    /// Ties the database to the kinds of this installation. Facts are compiled by [`Access::follow`]; until then every
    /// decision reads committed rows.
    pub fn new(db: Db, registry: Arc<Registry>, settings: Settings, feeds: Vec<Arc<dyn Feed>>) -> Access {
        Access(Arc::new(Inner {
            db,
            registry,
            settings,
            snapshot: ArcSwap::default(),
            follower: Follower::new(feeds),
            unsealed: tokio::sync::Notify::new(),
            notes: Notes::default(),
            logons: Logons::default(),
            places: Places::default(),
            zones: ArcSwap::default(),
            handed_over: tokio::sync::Notify::new(),
            brand: AtomicU64::new(1),
        }))
    }

    /// A transaction of that actor in that zone. Nothing happens in the database before its first statement.
    ///
    /// `op` names the operation in the audit log, `request` is the request id.
    pub fn begin(
        &self,
        actor: Arc<Actor>,
        zone: Uuid,
        want: Want,
        op: &'static str,
        request: Arc<str>,
    ) -> Tx {
        let brand = self.0.brand.fetch_add(1, Ordering::Relaxed);
        Tx::new(self.0.clone(), actor, zone, want, op, request, brand)
    }

    /// The kinds and built-in roles of this installation.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.0.registry
    }

    /// The database, for opening, migrating and closing it.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// The compiled facts, when they are fresh enough to answer without the database.
    pub fn fresh(&self) -> Option<Arc<Snapshot>> {
        let snapshot = self.0.snapshot.load_full();
        let age = self.0.settings.clock.now() - snapshot.as_of;
        (snapshot.as_of != 0 && age <= self.0.settings.lease).then_some(snapshot)
    }

    /// When the compiled facts were last found to be up to date (0: never), and the revision of that zone at which they
    /// stand.
    pub fn facts_at(&self, zone: Uuid) -> (Micros, i64) {
        let snapshot = self.0.snapshot.load();
        (snapshot.as_of, snapshot.revisions.get(&zone).copied().unwrap_or(0))
    }

    /// Brings the compiled facts and every feed up to the last committed change. Returns what was the newest revision.
    pub async fn follow(&self) -> Reply<()> {
        self.0.follower.follow(&self.0).await
    }
}
