//! Jobs: work that goes on after its request, as whoever began it.

use crate::access::{Access, Want};
use crate::engine::{Conn, fault};
use crate::proof::Granted;
use crate::schema::Stored;
use crate::sql::Sql;
use crate::tx::Tx;
use sea_query::Query as Build;
use std::sync::Arc;
use uaa_authz::{Actor, Does, Duty, Registry, Subject};
use uaa_model::{Fault, Micros, Reply};
use uuid::Uuid;

/// A job whose next step is due, claimed for this process for a minute.
#[derive(Clone, Debug)]
pub struct Due {
    /// The job.
    pub job: Uuid,
    /// Its zone.
    pub zone: Uuid,
    /// What is to be done: `organization.delete`, …
    pub operation: String,
    /// What it works on.
    pub target: Uuid,
    /// The kind of that.
    pub target_kind: String,
    /// Which try this is, from 1.
    pub tries: i64,
    /// Who began it, with the scopes of that request's token.
    pub actor: Arc<Actor>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All is done.
    Complete,
    /// It cannot be done; errors in the field's form, a JSON array. What was marked as being deleted is free again.
    Failed(String),
    /// There is more to do, not before that time.
    Again(Micros),
}

impl Tx {
    /// Hands the thing of a proof over to a job: it stays as it is until the job, as the same actor, has asked again.
    ///
    /// `operation` names the job's work (`uaa_plugin::Work`). Gives the identifier that a client polls.
    pub async fn hand_over<V: Does, R: Stored>(
        &mut self,
        it: &Granted<V, R>,
        operation: &'static str,
    ) -> Reply<Uuid> {
        self.mine(it)?;
        let (id, now, actor) = (self.ids().uuid(), self.now(), self.actor().clone());
        let (kind, owner) = written(actor.subject);
        let none: Option<Uuid> = None;
        let place = Build::insert()
            .into_table("place")
            .columns(["id", "kind", "zone", "org_guid", "space_guid", "owner", "barrier"])
            .values_panic([
                id.into(),
                "job".into(),
                self.zone().into(),
                none.into(),
                none.into(),
                owner.into(),
                0i16.into(),
            ])
            .to_owned();
        self.run(place).await?;
        let row = Build::insert()
            .into_table("job")
            .columns(COLUMNS)
            .values_panic([
                id.into(),
                self.zone().into(),
                now.into(),
                now.into(),
                operation.into(),
                "PROCESSING".into(),
                "[]".into(),
                "[]".into(),
                it.id.uuid().into(),
                R::KIND.name.into(),
                owner.into(),
                kind.into(),
                actor.name.as_ref().into(),
                actor.client.as_ref().into(),
                actor.scope.as_ref().into(),
                now.into(),
            ])
            .to_owned();
        self.run(row).await?;
        self.note(V::VERB, &R::KIND, it.id.uuid(), &it.place, operation.into(), &it.why);
        self.handed_over();
        Ok(id)
    }
}

impl Access {
    /// Claims what is due, oldest first. A claim that is not settled within a minute falls due again: the process that held it
    /// has died.
    pub async fn due(&self, limit: i64) -> Reply<Vec<Due>> {
        let now = self.0.settings.clock.now();
        let waiting = Sql::new(WAITING).with(now).with(limit);
        // Mostly there is nothing, and nobody should wait for the writer to learn that.
        if self.0.db.auto().await?.fetch(waiting.clone()).await?.is_empty() {
            return Ok(vec![]);
        }
        let mut conn = self.0.db.write().await?;
        let mut due = vec![];
        for row in conn.fetch(waiting).await? {
            let (job, at): (Uuid, Micros) = (row.get(0)?, row.get(1)?);
            if claim(&mut conn, job, at, now).await? {
                let subject = read(row.get::<Option<String>>(7)?.as_deref(), row.get(6)?);
                let text = |at: usize| row.get::<Option<String>>(at).map(Option::unwrap_or_default);
                let zone = row.get(2)?;
                let actor = actor(&self.0.registry, subject, zone, &text(8)?, &text(9)?, &text(10)?);
                let (operation, target, target_kind) = (row.get(3)?, row.get(4)?, row.get(5)?);
                let tries = row.get::<i64>(11)? + 1;
                due.push(Due { job, zone, operation, target, target_kind, tries, actor: Arc::new(actor) });
            }
        }
        conn.commit().await?;
        Ok(due)
    }

    /// Writes down what became of a step, in the transaction that did it.
    pub async fn settle(&self, tx: &mut Tx, due: &Due, ended: &Ended) -> Reply<()> {
        let (state, errors, at) = match ended {
            Ended::Complete => ("COMPLETE", "[]", 0),
            Ended::Failed(errors) => ("FAILED", errors.as_str(), 0),
            Ended::Again(at) => ("PROCESSING", "[]", *at),
        };
        let sql = Sql::new("UPDATE job SET state = ?, errors = ?, due_at = ?, updated_at = ? WHERE guid = ?");
        let now = tx.now();
        tx.run(sql.with(state).with(errors).with(at).with(now).with(due.job)).await?;
        if matches!(ended, Ended::Failed(_)) {
            tx.unmark(due.target, &due.target_kind).await?;
        }
        Ok(())
    }

    /// Whether what the job works on is there at all, whoever asks.
    pub async fn target_exists(&self, due: &Due) -> Reply<bool> {
        let sql = Sql::new("SELECT 1 FROM place WHERE id = ? AND kind = ?");
        let sql = sql.with(due.target).with(due.target_kind.clone());
        Ok(!self.0.db.auto().await?.fetch(sql).await?.is_empty())
    }

    /// A transaction of the product's own for settling a job that failed.
    pub fn begin_settling(&self, due: &Due) -> Tx {
        let actor = Actor::system(&self.0.registry, Duty::Jobs, due.zone);
        self.begin(Arc::new(actor), due.zone, Want::Write, "job_settle", due.job.to_string().into())
    }

    /// Waits until a job is handed over in this process.
    pub async fn handed_over(&self) {
        self.0.handed_over.notified().await;
    }
}

async fn claim(conn: &mut Conn, job: Uuid, at: Micros, now: Micros) -> Reply<bool> {
    // The time that was read makes two claims of one job exclude each other on every engine.
    let sql = Sql::new(
        "UPDATE job SET due_at = ?, tries = tries + 1 WHERE guid = ? AND due_at = ? AND state = 'PROCESSING'",
    );
    let touched = conn.run(sql.with(now + CLAIM).with(job).with(at)).await.map_err(fault)?;
    Ok(touched == 1)
}

/// The kind and identifier of a subject, as columns.
fn written(subject: Subject) -> (String, Option<Uuid>) {
    match subject {
        Subject::User(id) => ("user".into(), Some(id)),
        Subject::Client(id) => ("client".into(), Some(id)),
        Subject::System(duty) => (format!("system:{}", duty.name()), None),
        Subject::Nobody => (String::new(), None),
    }
}

fn read(kind: Option<&str>, id: Option<Uuid>) -> Subject {
    match (kind, id) {
        (Some("user"), Some(id)) => Subject::User(id),
        (Some("client"), Some(id)) => Subject::Client(id),
        (Some(other), _) => {
            let duty = other
                .strip_prefix("system:")
                .and_then(|name| Duty::ALL.into_iter().find(|d| d.name() == name));
            duty.map_or(Subject::Nobody, Subject::System)
        }
        (None, _) => Subject::Nobody,
    }
}

fn actor(registry: &Registry, subject: Subject, zone: Uuid, name: &str, client: &str, scopes: &str) -> Actor {
    match subject {
        Subject::System(duty) => Actor::system(registry, duty, zone),
        Subject::Nobody => Actor::nobody(registry, zone),
        Subject::User(_) | Subject::Client(_) => {
            Actor::with_scopes(registry, subject, zone, name, client, scopes.split_whitespace())
        }
    }
}

/// How long a claim lasts.
const CLAIM: Micros = 60_000_000;

const WAITING: &str = "SELECT guid, due_at, zone, operation, target, target_kind, actor, actor_kind, actor_name, client, \
    scopes, tries FROM job WHERE state = 'PROCESSING' AND due_at <= ? ORDER BY due_at, guid LIMIT ?";

const COLUMNS: [&str; 16] = [
    "guid",
    "zone",
    "created_at",
    "updated_at",
    "operation",
    "state",
    "errors",
    "warnings",
    "target",
    "target_kind",
    "actor",
    "actor_kind",
    "actor_name",
    "client",
    "scopes",
    "due_at",
];

/// A step that cannot be done now is tried so many times.
pub const TRIES: i64 = 10;

/// The fault of a step, when it is one that a later try may not meet.
pub fn passing(fault: &Fault) -> bool {
    matches!(fault, Fault::Retry | Fault::Unavailable(_) | Fault::TooMany(_))
}
