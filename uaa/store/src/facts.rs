mod load;

pub(crate) use load::{bound, custom_mask};

use crate::access::Inner;
use crate::sql::Sql;
use crate::zones::{ZONE, ZoneMap};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uaa_authz::Snapshot;
use uaa_model::Reply;
use uuid::Uuid;

/// One fact that changed: which zone, what kind of thing, which one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The zone whose revision moved.
    pub zone: Uuid,
    /// The kind of the thing, or `subject` for bindings and memberships.
    pub kind: String,
    /// The thing.
    pub id: Uuid,
}

/// Something in memory that must not outlive a change: a cache of clients, an index of revoked tokens.
pub trait Feed: Send + Sync {
    /// These changed. An empty list with `all` means: anything may have.
    fn changed(&self, changes: &[Change], all: bool);
}

/// Follows the log of changed facts, one at a time, and publishes what it learns.
pub(crate) struct Follower {
    feeds: Vec<Arc<dyn Feed>>,
    turn: tokio::sync::Mutex<()>,
}

/// Changed facts that one reload takes on; beyond that everything is read anew.
const AT_ONCE: i64 = 10_000;

impl Follower {
    pub(crate) fn new(feeds: Vec<Arc<dyn Feed>>) -> Self {
        Follower { feeds, turn: tokio::sync::Mutex::new(()) }
    }

    pub(crate) async fn follow(&self, inner: &Inner) -> Reply<()> {
        let _turn = self.turn.lock().await;
        let at = inner.settings.clock.now();
        let old = inner.snapshot.load_full();
        // One state of the database from the revisions to the facts: that is what makes them belong together.
        let mut conn = inner.db.consistent().await?;
        let mut revisions = BTreeMap::new();
        for row in conn.fetch(Sql::new("SELECT zone, rev FROM zone_rev")).await? {
            revisions.insert(row.get::<Uuid>(0)?, row.get::<i64>(1)?);
        }
        let first = old.as_of == 0;
        let mut changes = BTreeSet::new();
        let mut behind = first;
        for (zone, rev) in &revisions {
            // A zone that is new has a log of all its facts.
            let known = old.revisions.get(zone).copied().unwrap_or(0);
            if known == *rev {
                continue;
            }
            behind |= rev - known > AT_ONCE;
            let sql = Sql::new("SELECT kind, id FROM fact_change WHERE zone = ? AND rev > ?")
                .with(*zone)
                .with(known);
            for row in if behind { vec![] } else { conn.fetch(sql).await? } {
                changes.insert(Change { zone: *zone, kind: row.get(0)?, id: row.get(1)? });
            }
        }
        // Of a zone that is gone nobody says which facts it had.
        behind |= old.revisions.keys().any(|zone| !revisions.contains_key(zone));
        let changes: Vec<Change> = changes.into_iter().collect();
        let mut new: Snapshot = if behind {
            load::everything(&mut conn, &inner.registry).await?
        } else if changes.is_empty() {
            (*old).clone()
        } else {
            old.with(load::changed(&mut conn, &inner.registry, &changes).await?)
        };
        let zones = match behind || changes.iter().any(|c| c.kind == ZONE) {
            true => Some(ZoneMap::read(&mut conn, &inner.zones.load()).await?),
            false => None,
        };
        conn.commit().await?;
        new.revisions = revisions.into_iter().collect();
        new.as_of = at;
        // What is remembered of the facts goes before the facts come: whoever sees these sees nothing older.
        if behind || changes.iter().any(|c| c.kind == BARRIER) {
            inner.places.clear();
        }
        if let Some(zones) = zones {
            inner.zones.store(Arc::new(zones));
        }
        if behind || !changes.is_empty() {
            self.feeds.iter().for_each(|feed| feed.changed(&changes, behind));
        }
        inner.snapshot.store(Arc::new(new));
        Ok(())
    }
}

/// The kind under which raised and lifted barriers are logged.
pub(crate) const BARRIER: &str = "barrier";

/// The kind under which changed bindings and memberships are logged.
pub(crate) const SUBJECT: &str = "subject";
