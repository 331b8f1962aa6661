use super::{Change, SUBJECT};
use crate::engine::{Conn, Row};
use crate::sql::Sql;
use futures::TryStreamExt;
use std::collections::{BTreeSet, HashMap};
use tokio::time::{Instant, sleep};
use uaa_authz::{Bound, Mask, Registry, RoleLevel, ScopeKey, Snapshot, SubjectFacts};
use uaa_model::{Fault, Reply};
use uuid::Uuid;

/// Every binding, membership and deactivated subject.
pub(super) async fn everything(conn: &mut Conn, registry: &Registry) -> Reply<Snapshot> {
    let facts = read(conn, registry, None).await?;
    let compile = move || Snapshot::default().with(facts.into_iter().map(|(id, f)| (id, Some(f))));
    // There may be a million: those who serve requests would stand still.
    tokio::task::spawn_blocking(compile).await.map_err(|e| Fault::Internal(format!("no facts: {e}")))
}

/// The facts of every subject that those changes touch; `None` for one that has none any more.
pub(super) async fn changed(
    conn: &mut Conn,
    registry: &Registry,
    changes: &[Change],
) -> Reply<Vec<(Uuid, Option<SubjectFacts>)>> {
    let mut subjects: BTreeSet<Uuid> = BTreeSet::new();
    for change in changes {
        match change.kind.as_str() {
            SUBJECT | "user" | "client" | "group" => drop(subjects.insert(change.id)),
            "role" => {
                let sql =
                    Sql::new("SELECT DISTINCT subject FROM role_binding WHERE role = ?").with(change.id);
                for row in conn.fetch(sql).await? {
                    subjects.insert(row.get(0)?);
                }
            }
            _ => {}
        }
    }
    let ids: Vec<Uuid> = subjects.into_iter().collect();
    let mut found = read(conn, registry, Some(&ids)).await?;
    Ok(ids.into_iter().map(|id| (id, found.remove(&id))).collect())
}

async fn read(
    conn: &mut Conn,
    registry: &Registry,
    only: Option<&[Uuid]>,
) -> Reply<HashMap<Uuid, SubjectFacts>> {
    let engine = conn.engine();
    let some = |text, column| {
        let mut sql = Sql::new(text);
        if let Some(ids) = only {
            sql.push(column).among(engine, ids);
        }
        sql
    };
    let mut pace = Pace::default();
    let mut bindings: HashMap<Uuid, Vec<Bound>> = HashMap::new();
    let mut custom: HashMap<Uuid, Mask> = HashMap::new();
    let mut rows = conn.rows(some(BINDINGS, " WHERE b.subject"));
    while let Some(row) = rows.try_next().await? {
        let bound = bound(&row, registry, &mut custom)?;
        bindings.entry(row.get(1)?).or_default().push(bound);
        pace.row().await;
    }
    drop(rows);
    let mut groups: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut rows = conn.rows(some("SELECT m.member, m.grp FROM member m", " WHERE m.member"));
    while let Some(row) = rows.try_next().await? {
        groups.entry(row.get(0)?).or_default().push(row.get(1)?);
        pace.row().await;
    }
    drop(rows);
    let mut out: HashMap<Uuid, SubjectFacts> = HashMap::new();
    for (subject, list) in bindings {
        out.entry(subject).or_default().bindings = list.into();
    }
    for (subject, list) in groups {
        out.entry(subject).or_default().groups = list.into();
    }
    let mut inactive = Sql::new("SELECT s.guid FROM subject s WHERE s.inactive = ");
    inactive.bind(true);
    if let Some(ids) = only {
        inactive.push(" AND s.guid").among(engine, ids);
    }
    for row in conn.fetch(inactive).await? {
        out.entry(row.get(0)?).or_default().inactive = true;
    }
    Ok(out)
}

/// Rests as long as it works, batch after batch: of a start on many rows, requests have at least half of the processor.
struct Pace {
    rows: usize,
    since: Instant,
}

impl Pace {
    async fn row(&mut self) {
        self.rows += 1;
        if self.rows.is_multiple_of(BATCH) {
            sleep(self.since.elapsed()).await;
            self.since = Instant::now();
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Pace { rows: 0, since: Instant::now() }
    }
}

/// A row of [`BINDINGS`] as a compiled binding. Custom roles are compiled once a load.
pub(crate) fn bound(row: &Row, registry: &Registry, custom: &mut HashMap<Uuid, Mask>) -> Reply<Bound> {
    let role: Uuid = row.get(2)?;
    let permissions: Option<String> = row.get(7)?;
    let mask = match (registry.role(role), permissions) {
        (Some((_, mask)), _) => mask.clone(),
        (None, Some(text)) => custom.entry(role).or_insert_with(|| custom_mask(registry, &text)).clone(),
        (None, None) => registry.nothing(),
    };
    Ok(Bound {
        binding: row.get(0)?,
        role,
        mask,
        place: row.get(3)?,
        level: RoleLevel::numbered(row.get(4)?),
        scope: row.get::<Option<String>>(5)?.as_deref().map(ScopeKey::of),
        expires: row.get(6)?,
    })
}

/// Permissions are checked when a role is saved; one that a later version does not know any more gives nothing.
pub(crate) fn custom_mask(registry: &Registry, text: &str) -> Mask {
    let pairs: Vec<(String, String)> = serde_json::from_str(text).unwrap_or_default();
    let known = pairs.iter().filter(|(kind, _)| registry.kind(kind).is_some());
    registry.compile(known.map(|(k, v)| (k.as_str(), v.as_str()))).unwrap_or_else(|_| registry.nothing())
}

const BINDINGS: &str = "SELECT b.guid, b.subject, b.role, b.place, b.level, b.scope, b.expires, r.permissions \
    FROM role_binding b LEFT JOIN role r ON r.guid = b.role";

/// Some milliseconds of work.
const BATCH: usize = 1024;
