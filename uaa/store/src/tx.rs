mod decide;
mod delete_many;
mod hand_out;
mod journal;
mod logon;
mod members;
mod read;
mod write;
mod zone;

pub(crate) use decide::{PLACE, place_of};
pub use journal::Annotation;
pub use write::Binding;

use crate::access::{Inner, Want};
use crate::engine::{Conn, Engine, Row};
use crate::facts::Change;
use crate::proof::Proof;
use crate::ran::Ran;
use crate::sql::{Sql, Statement};
use journal::Entry;
use std::collections::BTreeSet;
use std::sync::Arc;
use uaa_authz::{Actor, Duty, Registry, Snapshot, Subject};
use uaa_model::{Fault, Ids, Micros, Reply};
use uuid::Uuid;

/// One request's transaction: facts are read here, proofs made, rows written, and the journal goes with them.
///
/// Handlers hold `&mut Tx`; only the dispatcher owns one, so only it can commit.
pub struct Tx {
    inner: Arc<Inner>,
    conn: Option<Conn>,
    snapshot: Arc<Snapshot>,
    actor: Arc<Actor>,
    /// In whose name duties are done, for the journal.
    person: Option<Arc<Actor>>,
    /// From where it is asked for, for the journal.
    address: Option<Arc<str>>,
    zone: Uuid,
    want: Want,
    op: &'static str,
    request: Arc<str>,
    brand: u64,
    now: Micros,
    /// The zones whose facts are locked, and how.
    locks: Vec<(Uuid, Lock)>,
    insists: bool,
    journal: Vec<Entry>,
    changes: BTreeSet<Change>,
    ran: Option<Ran>,
    handed_over: bool,
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Whether facts changed, so that the caller can follow before it answers.
    pub changed: bool,
}

/// Which lock on the zone's facts the transaction holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    None,
    Shared,
    Exclusive,
}

impl Tx {
    pub(crate) fn new(
        inner: Arc<Inner>,
        actor: Arc<Actor>,
        zone: Uuid,
        want: Want,
        op: &'static str,
        request: Arc<str>,
        brand: u64,
    ) -> Tx {
        let (snapshot, now) = (inner.snapshot.load_full(), inner.settings.clock.now());
        Tx {
            inner,
            conn: None,
            snapshot,
            actor,
            person: None,
            address: None,
            zone,
            want,
            op,
            request,
            brand,
            now,
            locks: vec![],
            insists: false,
            journal: vec![],
            changes: BTreeSet::new(),
            ran: None,
            handed_over: false,
        }
    }

    /// Counts its statements there, beside those of others.
    #[must_use]
    pub fn counted_in(mut self, ran: &Ran) -> Tx {
        self.ran = Some(ran.clone());
        self
    }

    /// Says in the audit log that it was asked for from there.
    #[must_use]
    pub fn asked_from(mut self, address: &Arc<str>) -> Tx {
        self.address = Some(address.clone());
        self
    }

    /// Whose transaction it is.
    pub fn actor(&self) -> &Arc<Actor> {
        &self.actor
    }

    /// The zone that the request speaks to.
    pub fn zone(&self) -> Uuid {
        self.zone
    }

    /// Whether it may write.
    pub fn want(&self) -> Want {
        self.want
    }

    /// The request's time, the same from its first statement to its last.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// Where identifiers come from.
    pub fn ids(&self) -> &Ids {
        &self.inner.settings.ids
    }

    /// The kinds and roles of this installation.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.inner.registry
    }

    /// The identity zones of this moment, from memory.
    pub fn zones(&self) -> Arc<crate::ZoneMap> {
        self.inner.zones.load_full()
    }

    /// Keeps every other writer of the zone out from the first statement on: for a second try, after the first one lost.
    pub fn insist(&mut self) {
        self.insists = true;
    }

    /// Gives the connection back while something slow is done that needs none; the next statement takes another one. For
    /// transactions that only read: one that writes keeps what it holds.
    pub fn release(&mut self) {
        match self.want {
            Want::Read => self.conn = None,
            Want::Write => {}
        }
    }

    /// Goes on as the product itself, within what that duty may do (`roles.txt`), until [`Tx::resume`]. The audit log
    /// names the duty, and who set it in motion ([`Tx::in_the_name_of`]).
    pub fn assume(&mut self, duty: Duty) -> Arc<Actor> {
        match self.actor.subject {
            Subject::User(_) | Subject::Client(_) => self.person = Some(self.actor.clone()),
            Subject::System(_) | Subject::Nobody => {}
        }
        let system = Actor::system(&self.inner.registry, duty, self.zone);
        std::mem::replace(&mut self.actor, Arc::new(system))
    }

    /// Goes on as the actor that [`Tx::assume`] gave back, or as the one that credentials have just shown.
    pub fn resume(&mut self, actor: Arc<Actor>) {
        self.actor = actor;
    }

    /// Ends the transaction: journal, audit and outbox rows, changed facts, commit.
    pub async fn commit(mut self) -> Reply<Done> {
        let changed = self.finish().await?;
        if let Some(conn) = self.conn.take() {
            conn.commit().await?;
        }
        if !self.journal.is_empty() {
            self.inner.unsealed.notify_one();
        }
        if self.handed_over {
            self.inner.handed_over.notify_one();
        }
        Ok(Done { changed })
    }

    /// Does all that [`Tx::commit`] does and then takes everything back: whoever asks what a request would answer leaves no
    /// trace.
    pub async fn rehearse(mut self) -> Reply<Done> {
        self.finish().await?;
        Ok(Done { changed: false })
    }

    /// The last statements before a commit. Returns whether facts change with it.
    async fn finish(&mut self) -> Reply<bool> {
        if self.want == Want::Read || self.conn.is_none() {
            return Ok(false);
        }
        self.write_journal().await?;
        let changed = !self.changes.is_empty();
        self.write_changes().await?;
        Ok(changed)
    }

    /// The revision of every touched zone moves in the transaction that changes its facts.
    async fn write_changes(&mut self) -> Reply<()> {
        let changes: Vec<Change> = std::mem::take(&mut self.changes).into_iter().collect();
        let zones: BTreeSet<Uuid> = changes.iter().map(|c| c.zone).collect();
        for zone in zones {
            self.run(Sql::new("UPDATE zone_rev SET rev = rev + 1 WHERE zone = ?").with(zone)).await?;
        }
        for some in changes.chunks(200) {
            let mut sql = Sql::new("INSERT INTO fact_change (zone, rev, kind, id) ");
            for (i, change) in some.iter().enumerate() {
                sql.push(if i > 0 { " UNION ALL SELECT zone, rev, " } else { "SELECT zone, rev, " });
                sql.append(cast(self.engine(), &change.kind, change.id));
                sql.push(" FROM zone_rev WHERE zone = ").bind(change.zone);
            }
            self.run(sql).await?;
        }
        Ok(())
    }

    /// A job waits for this commit.
    pub(crate) fn handed_over(&mut self) {
        self.handed_over = true;
    }

    fn changed(&mut self, kind: &str, id: Uuid) {
        self.changes.insert(Change { zone: self.zone, kind: kind.into(), id });
    }

    fn engine(&self) -> Engine {
        self.inner.db.engine()
    }

    async fn conn(&mut self) -> Reply<&mut Conn> {
        if self.conn.is_none() {
            let conn = match self.want {
                Want::Read => self.inner.db.auto().await?,
                Want::Write => self.inner.db.write().await?,
            };
            self.conn = Some(conn);
        }
        self.conn.as_mut().ok_or_else(|| Fault::Internal("no connection".into()))
    }

    async fn fetch(&mut self, statement: impl Into<Statement>) -> Reply<Vec<Row>> {
        self.count();
        self.conn().await?.fetch(statement).await
    }

    pub(crate) async fn run(&mut self, statement: impl Into<Statement>) -> Reply<u64> {
        if self.want == Want::Read {
            return Err(Fault::Internal(format!("`{}` reads and tried to write", self.op)));
        }
        self.count();
        self.conn().await?.run(statement).await.map_err(crate::engine::fault)
    }

    fn count(&self) {
        if let Some(ran) = &self.ran {
            ran.one_more();
        }
    }

    /// A proof of another transaction is a mistake of ours, whatever it proves.
    pub(crate) fn mine(&self, proof: &impl Proof) -> Reply<()> {
        if proof.brand() == self.brand {
            Ok(())
        } else {
            Err(Fault::Internal(format!("`{}` used a proof of another transaction", self.op)))
        }
    }

    /// Waits for whoever changes the zone's facts, or keeps every writer out while we do. SQLite has one writer anyway.
    async fn lock(&mut self, wanted: Lock) -> Reply<()> {
        // Whoever acts in another zone is judged by facts of the own one too: that one first, always.
        let (home, here) = (self.actor.home, self.zone);
        if home != here {
            self.lock_zone(home, Lock::Shared).await?;
        }
        let wanted = if self.insists && wanted != Lock::None { Lock::Exclusive } else { wanted };
        self.lock_zone(here, wanted).await
    }

    /// A statement of its own: on PostgreSQL a lock taken inside the statement that reads the revision is taken after
    /// that statement's view of the rows, and would guard nothing.
    async fn lock_zone(&mut self, zone: Uuid, wanted: Lock) -> Reply<()> {
        let held = self.locks.iter().find(|(of, _)| *of == zone).map_or(Lock::None, |(_, lock)| *lock);
        if self.want == Want::Read || held >= wanted {
            return Ok(());
        }
        let exclusive = wanted == Lock::Exclusive;
        let sql = match self.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let key = i64::from_be_bytes(zone.as_bytes()[8..].try_into().unwrap_or_default());
                let text = match (exclusive, held) {
                    (false, _) => "SELECT pg_advisory_xact_lock_shared(?) IS NOT NULL",
                    (true, Lock::None) => "SELECT pg_advisory_xact_lock(?) IS NOT NULL",
                    // Two that hold the shared lock and wait for each other are found out after a second only.
                    (true, Lock::Shared | Lock::Exclusive) => "SELECT pg_try_advisory_xact_lock(?)",
                };
                Some(Sql::new(text).with(key))
            }
            Engine::Mysql => {
                let text = if exclusive {
                    "SELECT rev FROM zone_rev WHERE zone = ? FOR UPDATE"
                } else {
                    "SELECT rev FROM zone_rev WHERE zone = ? LOCK IN SHARE MODE"
                };
                Some(Sql::new(text).with(zone))
            }
        };
        if let Some(sql) = sql {
            let rows = self.fetch(sql).await?;
            if self.engine() == Engine::Postgres && !rows.first().map_or(Ok(false), |row| row.get(0))? {
                return Err(Fault::Retry);
            }
        }
        self.locks.retain(|(of, _)| *of != zone);
        self.locks.push((zone, wanted));
        Ok(())
    }
}

/// Parameters in a select list have no type of their own on PostgreSQL.
fn cast(engine: Engine, kind: &str, id: Uuid) -> Sql {
    let text = match engine {
        Engine::Postgres => "CAST(? AS VARCHAR), CAST(? AS UUID)",
        Engine::Sqlite | Engine::Mysql => "?, ?",
    };
    Sql::new(text).with(kind.to_owned()).with(id)
}
