//! What goes into the audit log without a transaction of its own: refused attempts, tokens that are not stored.
//!
//! Gathered in memory, one entry for each actor, address, operation, outcome and minute (of tokens, whatever the address), and written together every few seconds: it is
//! seen, and nobody fills a disk with it.

use crate::access::Access;
use crate::audit::{AuditRow, cut, inserts};
use crate::engine::fault;
use serde_json::json;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use uaa_authz::{Actor, Duty};
use uaa_model::{Micros, Reply};
use uuid::Uuid;

/// One thing to be noted.
#[derive(Clone, Debug)]
pub struct Noted<'a> {
    /// Who.
    pub actor: &'a Arc<Actor>,
    /// The zone that was spoken to.
    pub zone: Uuid,
    /// The operation.
    pub op: &'static str,
    /// The field's own name of the event, or nothing.
    pub event: &'static str,
    /// `denied`, `issued`, `failed`.
    pub outcome: &'static str,
    /// Why, in one word.
    pub detail: &'static str,
    /// What else is to be known of it, by name. Never a secret, nor what somebody typed. Of several in one entry the first says it.
    pub more: &'a [(&'static str, &'a str)],
    /// The request.
    pub request: &'a Arc<str>,
    /// Where it came from.
    pub address: &'a Arc<str>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    subject: Option<Uuid>,
    client: Arc<str>,
    /// Of a token that was issued none: a client may be many machines.
    address: Option<Arc<str>>,
    op: &'static str,
    event: &'static str,
    outcome: &'static str,
    detail: &'static str,
    zone: Uuid,
    minute: Micros,
}

/// What the entries of one key have in common, and how many there were.
struct Several {
    actor: Arc<Actor>,
    more: Vec<(&'static str, String)>,
    first: Micros,
    request: Arc<str>,
    address: Arc<str>,
    count: u64,
}

/// The entries that are not written yet.
pub(crate) struct Notes {
    hash: RandomState,
    shards: [Mutex<HashMap<Key, Several>>; SHARDS],
    /// Entries for which there was no room.
    lost: AtomicU64,
}

impl Default for Notes {
    fn default() -> Self {
        let shards = std::array::from_fn(|_| Mutex::default());
        Notes { hash: RandomState::new(), shards, lost: AtomicU64::new(0) }
    }
}

impl Access {
    /// Notes something. In memory alone, at once, and bounded: what there is no room for is counted.
    pub fn note(&self, noted: &Noted<'_>) {
        let (notes, now) = (&self.0.notes, self.0.settings.clock.now());
        let subject = noted.actor.subject.id();
        let key = Key {
            subject,
            client: noted.actor.client.clone(),
            address: (noted.outcome != ISSUED).then(|| noted.address.clone()),
            op: noted.op,
            event: noted.event,
            outcome: noted.outcome,
            detail: noted.detail,
            zone: noted.zone,
            minute: now / MINUTE,
        };
        let shard = (notes.hash.hash_one(subject) as usize) % SHARDS;
        let Ok(mut shard) = notes.shards[shard].lock() else { return };
        if let Some(several) = shard.get_mut(&key) {
            several.count += 1;
        } else if shard.len() < MOST {
            let (request, address) = (noted.request.clone(), noted.address.clone());
            let actor = noted.actor.clone();
            let more = noted.more.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            shard.insert(key, Several { actor, more, first: now, request, address, count: 1 });
        } else {
            notes.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes what was noted since. Returns how many rows that made.
    ///
    /// # Errors
    /// When the database is away; what could not be written is lost, and counted as such.
    pub async fn write_noted(&self) -> Reply<usize> {
        let rows = self.noted_rows();
        let count: u64 = rows.len() as u64;
        let written = self.write_rows(&rows).await;
        if written.is_err() {
            self.0.notes.lost.fetch_add(count, Ordering::Relaxed);
        }
        written.map(|()| rows.len())
    }

    fn noted_rows(&self) -> Vec<AuditRow> {
        let (notes, mut rows) = (&self.0.notes, vec![]);
        for shard in &notes.shards {
            let taken = shard.lock().map(|mut shard| std::mem::take(&mut *shard)).unwrap_or_default();
            rows.extend(taken.into_iter().map(|(key, several)| self.noted_row(&key, &several)));
        }
        let lost = notes.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let zone = uaa_model::UAA_ZONE;
            let system = Actor::system(&self.0.registry, Duty::Upkeep, zone);
            let (id, now) = (self.0.settings.ids.uuid(), self.0.settings.clock.now());
            rows.push(AuditRow {
                op: "audit_overflow".into(),
                outcome: "lost".into(),
                data: json!({ "count": lost }).to_string(),
                ..AuditRow::of(&system, zone, id, now)
            });
        }
        rows
    }

    fn noted_row(&self, key: &Key, several: &Several) -> AuditRow {
        let mut data = json!({"count": several.count, "address": &*several.address});
        for (name, value) in &several.more {
            data[*name] = json!(value);
        }
        AuditRow {
            op: key.op.into(),
            event: key.event.into(),
            outcome: key.outcome.into(),
            detail: key.detail.into(),
            request: cut(&several.request, 128),
            data: data.to_string(),
            ..AuditRow::of(&several.actor, key.zone, self.0.settings.ids.uuid(), several.first)
        }
    }

    async fn write_rows(&self, rows: &[AuditRow]) -> Reply<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut conn = self.0.db.write().await?;
        for some in rows.chunks(200) {
            let (audit, outbox) = inserts(some);
            conn.run(audit).await.map_err(fault)?;
            conn.run(outbox).await.map_err(fault)?;
        }
        conn.commit().await?;
        self.0.unsealed.notify_one();
        Ok(())
    }
}

/// The outcome of whatever gave a token.
const ISSUED: &str = "issued";
const SHARDS: usize = 16;
/// Entries that a shard holds until they are written.
const MOST: usize = 1000;
const MINUTE: Micros = 60_000_000;
