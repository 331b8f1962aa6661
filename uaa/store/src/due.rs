//! What waits until its time, of all zones: claimed here for one process, done above.

use crate::access::Access;
use crate::engine::fault;
use crate::sql::Sql;
use uaa_model::{Micros, Reply};
use uuid::Uuid;

/// A row that is due, claimed for this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRow {
    /// Its identifier.
    pub id: Uuid,
    /// Its zone.
    pub zone: Uuid,
    /// Which try this is, from 1.
    pub tries: i64,
}

/// A table of such rows.
struct Waiting {
    rows: &'static str,
    claim: &'static str,
    /// How long a claim lasts, in microseconds: the process that held it has died by then, and the row is tried again.
    claimed: Micros,
}

impl Access {
    /// Claims messages that are due, oldest first, for two minutes: longer than a mail server is waited for.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn due_mails(&self, limit: i64) -> Reply<Vec<DueRow>> {
        self.claim_due(&MAIL, limit).await
    }

    /// Claims notices of the end of a session that are due, oldest first, for half a minute: a client that is told twice takes no
    /// harm.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn due_logout_notices(&self, limit: i64) -> Reply<Vec<DueRow>> {
        self.claim_due(&LOGOUT_NOTICE, limit).await
    }

    async fn claim_due(&self, waiting: &Waiting, limit: i64) -> Reply<Vec<DueRow>> {
        let now = self.0.settings.clock.now();
        let rows = Sql::new(waiting.rows).with(now).with(limit);
        // Mostly there is nothing, and nobody should wait for the writer to learn that.
        if self.0.db.auto().await?.fetch(rows.clone()).await?.is_empty() {
            return Ok(vec![]);
        }
        let mut conn = self.0.db.write().await?;
        let mut due = vec![];
        for row in conn.fetch(rows).await? {
            let (id, at): (Uuid, Micros) = (row.get(0)?, row.get(1)?);
            // The time that was read makes two claims of one row exclude each other on every engine.
            let claim = Sql::new(waiting.claim).with(now + waiting.claimed).with(id).with(at);
            if conn.run(claim).await.map_err(fault)? == 1 {
                due.push(DueRow { id, zone: row.get(2)?, tries: row.get::<i64>(3)? + 1 });
            }
        }
        conn.commit().await?;
        Ok(due)
    }
}

const MAIL: Waiting = Waiting {
    rows: "SELECT guid, due_at, zone, tries FROM mail WHERE state = 'waiting' AND due_at <= ? \
        ORDER BY due_at, guid LIMIT ?",
    claim: "UPDATE mail SET due_at = ?, tries = tries + 1 WHERE guid = ? AND due_at = ? AND state = 'waiting'",
    claimed: 120_000_000,
};

const LOGOUT_NOTICE: Waiting = Waiting {
    rows: "SELECT guid, due_at, zone, tries FROM logout_notice WHERE due_at <= ? ORDER BY due_at, guid LIMIT ?",
    claim: "UPDATE logout_notice SET due_at = ?, tries = tries + 1 WHERE guid = ? AND due_at = ?",
    claimed: 30_000_000,
};
