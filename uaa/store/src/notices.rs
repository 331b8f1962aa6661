//! Clients that are to be told of the end of a session, of all zones: claimed here, told above.

use crate::access::Access;
use crate::engine::fault;
use crate::sql::Sql;
use uaa_model::{Micros, Reply};
use uuid::Uuid;

/// A notice that is due, claimed for this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its row.
    pub notice: Uuid,
    /// Its zone.
    pub zone: Uuid,
    /// Which try this is, from 1.
    pub tries: i64,
}

impl Access {
    /// Claims notices that are due, oldest first. A claim ends after half a minute: the process that held it has died, and the
    /// client is told again, which does no harm.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn logout_notices(&self, limit: i64) -> Reply<Vec<Notice>> {
        let now = self.0.settings.clock.now();
        let waiting = Sql::new(WAITING).with(now).with(limit);
        // Mostly there is nothing, and nobody should wait for the writer to learn that.
        if self.0.db.auto().await?.fetch(waiting.clone()).await?.is_empty() {
            return Ok(vec![]);
        }
        let mut conn = self.0.db.write().await?;
        let mut due = vec![];
        for row in conn.fetch(waiting).await? {
            let (notice, at): (Uuid, Micros) = (row.get(0)?, row.get(1)?);
            // The time that was read makes two claims of one notice exclude each other on every engine.
            let claim = Sql::new(CLAIM).with(now + CLAIMED).with(notice).with(at);
            if conn.run(claim).await.map_err(fault)? == 1 {
                due.push(Notice { notice, zone: row.get(2)?, tries: row.get::<i64>(3)? + 1 });
            }
        }
        conn.commit().await?;
        Ok(due)
    }
}

const CLAIMED: Micros = 30_000_000;

const WAITING: &str =
    "SELECT guid, due_at, zone, tries FROM logout_notice WHERE due_at <= ? ORDER BY due_at, guid LIMIT ?";

const CLAIM: &str = "UPDATE logout_notice SET due_at = ?, tries = tries + 1 WHERE guid = ? AND due_at = ?";
