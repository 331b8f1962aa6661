//! What has had its day goes, in small batches: nothing periodic locks a table.

use crate::access::Access;
use crate::engine::fault;
use crate::sql::Sql;
use uaa_model::{Micros, Reply};
use uuid::Uuid;

impl Access {
    /// Takes away expired tokens, sessions, approvals and codes, jobs and messages that ended long ago, and the part of the fact log that every
    /// follower has passed: a few batches of each. Returns how many rows went; as long as that is not 0 there may be more.
    pub async fn upkeep(&self) -> Reply<u64> {
        let now = self.0.settings.clock.now();
        let tokens = Sql::new("SELECT guid FROM token WHERE expires < ?").with(now);
        let sessions = Sql::new("SELECT guid FROM session WHERE expires < ?").with(now);
        let approvals = Sql::new("SELECT guid FROM approval WHERE expires < ?").with(now);
        let codes = Sql::new("SELECT guid FROM expiring_code WHERE expires < ?").with(now);
        let sent = Sql::new("SELECT guid FROM mail WHERE state = 'sent' AND updated_at < ?");
        let failed = Sql::new("SELECT guid FROM mail WHERE state = 'failed' AND updated_at < ?");
        let registrations = Sql::new("SELECT guid FROM registration_token WHERE expires < ?").with(now);
        let participants = Sql::new("SELECT guid FROM participant WHERE expires < ?").with(now);
        let notices = Sql::new("SELECT guid FROM logout_notice WHERE expires < ?").with(now);
        let jobs = Sql::new("SELECT guid FROM job WHERE state <> 'PROCESSING' AND updated_at < ?");
        Ok(self.leaves("DELETE FROM token WHERE guid", "token", tokens).await?
            + self.leaves("DELETE FROM session WHERE guid", "session", sessions).await?
            + self.leaves("DELETE FROM approval WHERE guid", "approval", approvals).await?
            + self
                .leaves("DELETE FROM registration_token WHERE guid", "registration_token", registrations)
                .await?
            + self.leaves("DELETE FROM participant WHERE guid", "participant", participants).await?
            + self.leaves("DELETE FROM logout_notice WHERE guid", "logout_notice", notices).await?
            + self.leaves("DELETE FROM expiring_code WHERE guid", "expiring_code", codes).await?
            + self.leaves("DELETE FROM mail WHERE guid", "mail", sent.with(now - SENT)).await?
            + self.leaves("DELETE FROM mail WHERE guid", "mail", failed.with(now - FAILED)).await?
            + self.leaves("DELETE FROM job WHERE guid", "job", jobs.with(now - JOBS)).await?
            + self.passed_facts().await?)
    }

    /// Rows of a kind, and their places: some batches, each found and taken away in a turn of its own, so that others write between
    /// them.
    async fn leaves(&self, rows: &'static str, kind: &'static str, mut which: Sql) -> Reply<u64> {
        which.push(" LIMIT ").bind(BATCH);
        let mut all = 0;
        for _ in 0..BATCHES {
            let ids = self.0.db.auto().await?.fetch(which.clone()).await?;
            let ids: Vec<Uuid> = ids.iter().map(|row| row.get(0)).collect::<Reply<_>>()?;
            if ids.is_empty() {
                break;
            }
            let mut conn = self.0.db.write().await?;
            let engine = conn.engine();
            let (mut row, mut place) = (Sql::new(rows), Sql::new("DELETE FROM place WHERE kind = "));
            row.among(engine, &ids);
            place.bind(kind).push(" AND id").among(engine, &ids);
            all += conn.run(row).await.map_err(fault)?;
            conn.run(place).await.map_err(fault)?;
            conn.commit().await?;
        }
        Ok(all)
    }

    async fn passed_facts(&self) -> Reply<u64> {
        let old = "SELECT z.zone, MIN(f.rev), z.rev FROM zone_rev z JOIN fact_change f ON f.zone = z.zone GROUP BY z.zone, z.rev";
        let mut gone = 0;
        for row in self.0.db.auto().await?.fetch(Sql::new(old)).await? {
            let (zone, first, last): (Uuid, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let below = (last - FACTS).min(first + 500);
            if first < below {
                let mut conn = self.0.db.write().await?;
                let sql =
                    Sql::new("DELETE FROM fact_change WHERE zone = ? AND rev < ?").with(zone).with(below);
                gone += conn.run(sql).await.map_err(fault)?;
                conn.commit().await?;
            }
        }
        Ok(gone)
    }
}

/// Rows of one transaction. Few, for whoever writes waits until they are gone: of a large table each lies on ten pages of its own, with
/// those of its indexes and its place (`bin/bench sessions`).
const BATCH: i64 = 100;

/// Batches of one kind before it is the next one's turn.
const BATCHES: u32 = 5;

/// How long it is known to whom a message was sent: for the bound on messages to one address, and for whoever asks where it is.
const SENT: Micros = 86_400_000_000;

/// How long it is known that a message could not be sent.
const FAILED: Micros = 30 * 86_400_000_000;

/// How long an ended job can be asked for.
const JOBS: Micros = 86_400_000_000;

/// Revisions that stay in the fact log: twice of what a follower catches up with before it reads everything anew.
const FACTS: i64 = 20_000;
