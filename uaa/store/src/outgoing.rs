//! Messages that wait to be sent, of all zones: claimed here, written and sent above.

use crate::access::Access;
use crate::engine::fault;
use crate::sql::Sql;
use uaa_model::{Micros, Reply};
use uuid::Uuid;

/// A message that is due, claimed for this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its row.
    pub mail: Uuid,
    /// Its zone.
    pub zone: Uuid,
    /// Which try this is, from 1.
    pub tries: i64,
}

impl Access {
    /// Claims messages that are due, oldest first. A claim ends after two minutes: the process that held it has died, and the
    /// message is tried again.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn outgoing(&self, limit: i64) -> Reply<Vec<Outgoing>> {
        let now = self.0.settings.clock.now();
        let waiting = Sql::new(WAITING).with(now).with(limit);
        // Mostly there is nothing, and nobody should wait for the writer to learn that.
        if self.0.db.auto().await?.fetch(waiting.clone()).await?.is_empty() {
            return Ok(vec![]);
        }
        let mut conn = self.0.db.write().await?;
        let mut due = vec![];
        for row in conn.fetch(waiting).await? {
            let (mail, at): (Uuid, Micros) = (row.get(0)?, row.get(1)?);
            // The time that was read makes two claims of one message exclude each other on every engine.
            let claim = Sql::new(CLAIM).with(now + CLAIMED).with(mail).with(at);
            if conn.run(claim).await.map_err(fault)? == 1 {
                due.push(Outgoing { mail, zone: row.get(2)?, tries: row.get::<i64>(3)? + 1 });
            }
        }
        conn.commit().await?;
        Ok(due)
    }
}

/// How long a claim lasts: longer than a mail server is waited for.
const CLAIMED: Micros = 120_000_000;

const WAITING: &str = "SELECT guid, due_at, zone, tries FROM mail WHERE state = 'waiting' AND due_at <= ? \
    ORDER BY due_at, guid LIMIT ?";

const CLAIM: &str =
    "UPDATE mail SET due_at = ?, tries = tries + 1 WHERE guid = ? AND due_at = ? AND state = 'waiting'";
