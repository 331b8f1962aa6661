//! What has had its day goes, in small batches: nothing periodic locks a table.

use crate::access::Access;
use crate::engine::fault;
use crate::sql::Sql;
use uaa_model::{Micros, Reply};
use uuid::Uuid;

impl Access {
    /// Takes away expired tokens, sessions, approvals and codes, jobs and messages that ended long ago, and the part of the fact log that every
    /// follower has passed: one batch of each. Returns how many rows went; as long as that is not 0 there may be more.
    pub async fn upkeep(&self) -> Reply<u64> {
        let now = self.0.settings.clock.now();
        let tokens = Sql::new("SELECT guid FROM token WHERE expires < ? LIMIT 500").with(now);
        let sessions = Sql::new("SELECT guid FROM session WHERE expires < ? LIMIT 500").with(now);
        let approvals = Sql::new("SELECT guid FROM approval WHERE expires < ? LIMIT 500").with(now);
        let codes = Sql::new("SELECT guid FROM expiring_code WHERE expires < ? LIMIT 500").with(now);
        let sent = Sql::new("SELECT guid FROM mail WHERE state = 'sent' AND updated_at < ? LIMIT 500");
        let failed = Sql::new("SELECT guid FROM mail WHERE state = 'failed' AND updated_at < ? LIMIT 500");
        let registrations =
            Sql::new("SELECT guid FROM registration_token WHERE expires < ? LIMIT 500").with(now);
        let participants = Sql::new("SELECT guid FROM participant WHERE expires < ? LIMIT 500").with(now);
        let notices = Sql::new("SELECT guid FROM logout_notice WHERE expires < ? LIMIT 500").with(now);
        let jobs = Sql::new("SELECT guid FROM job WHERE state <> 'PROCESSING' AND updated_at < ? LIMIT 500");
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

    /// Rows of a kind, and their places.
    async fn leaves(&self, rows: &'static str, kind: &'static str, which: Sql) -> Reply<u64> {
        let ids: Vec<Uuid> =
            self.0.db.auto().await?.fetch(which).await?.iter().map(|row| row.get(0)).collect::<Reply<_>>()?;
        if ids.is_empty() {
            return Ok(0);
        }
        let mut conn = self.0.db.write().await?;
        let engine = conn.engine();
        let (mut row, mut place) = (Sql::new(rows), Sql::new("DELETE FROM place WHERE kind = "));
        row.among(engine, &ids);
        place.bind(kind).push(" AND id").among(engine, &ids);
        let gone = conn.run(row).await.map_err(fault)?;
        conn.run(place).await.map_err(fault)?;
        conn.commit().await?;
        Ok(gone)
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

/// How long it is known to whom a message was sent: for the bound on messages to one address, and for whoever asks where it is.
const SENT: Micros = 86_400_000_000;

/// How long it is known that a message could not be sent.
const FAILED: Micros = 30 * 86_400_000_000;

/// How long an ended job can be asked for.
const JOBS: Micros = 86_400_000_000;

/// Revisions that stay in the fact log: twice of what a follower catches up with before it reads everything anew.
const FACTS: i64 = 20_000;
