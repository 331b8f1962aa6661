//! The chain over the audit log: blocks of row hashes, each with the hash of the one before and a signature by a key that is
//! not in the database.

mod verify;

pub use verify::{Broken, Verified};

use crate::access::Access;
use crate::audit::{AuditRow, SELECT, inserts};
use crate::engine::{Conn, Engine, fault};
use crate::sql::Sql;
use aws_lc_rs::hmac;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uaa_authz::{Actor, Duty};
use uaa_model::{Micros, Reply};
use uuid::Uuid;

impl Access {
    /// How many audit rows no block holds yet.
    pub async fn unsealed_rows(&self) -> Reply<i64> {
        let rows = self.0.db.auto().await?.fetch(Sql::new("SELECT COUNT(*) FROM outbox")).await?;
        rows.first().map_or(Ok(0), |row| row.get(0))
    }

    /// Closes one block a zone over what was committed since, and takes exactly those rows off the outbox. Returns how
    /// many. One process does this at a time; a second one finds the rows gone.
    pub async fn seal(&self) -> Reply<usize> {
        let inner = &self.0;
        let mut conn = inner.db.write().await?;
        // A range could pass over a smaller number that commits later: the ids that were read, and no others.
        let lock = if conn.engine() == Engine::Sqlite { "" } else { " FOR UPDATE" };
        let sql = Sql::new("SELECT seq, zone, id, hash FROM outbox ORDER BY seq LIMIT 2000").with_text(lock);
        let rows = conn.fetch(sql).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut zones: BTreeMap<Uuid, Vec<u8>> = BTreeMap::new();
        let mut taken = Vec::with_capacity(rows.len());
        for row in &rows {
            taken.push(row.get::<i64>(0)?);
            let leaves = zones.entry(row.get(1)?).or_default();
            leaves.extend_from_slice(row.get::<Uuid>(2)?.as_bytes());
            leaves.extend_from_slice(&row.get::<Vec<u8>>(3)?);
        }
        for (zone, leaves) in zones {
            let last = Sql::new("SELECT n, hash FROM seal WHERE zone = ? ORDER BY n DESC LIMIT 1").with(zone);
            let (n, previous) = match conn.fetch(last).await?.first() {
                Some(row) => (row.get::<i64>(0)? + 1, row.get::<Vec<u8>>(1)?),
                None => (1, vec![0; 32]),
            };
            let hash = block_hash(zone, n, &previous, &leaves);
            let tag = self.sign(&hash);
            let sql = Sql::new(
                "INSERT INTO seal (zone, n, previous, leaves, hash, signature, sealed_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            );
            let sql = sql.with(zone).with(n).with(previous).with(leaves).with(hash).with(tag);
            conn.run(sql.with(inner.settings.clock.now())).await.map_err(fault)?;
        }
        for some in taken.chunks(500) {
            let mut sql = Sql::new("DELETE FROM outbox WHERE seq IN ");
            sql.list(some.iter().copied());
            conn.run(sql).await.map_err(fault)?;
        }
        conn.commit().await?;
        Ok(rows.len())
    }

    /// Waits until something is committed that no block holds yet.
    pub async fn unsealed(&self) {
        self.0.unsealed.notified().await;
    }

    /// Forgets the rows of whole blocks that were closed before that time. The blocks stay, so the chain still holds, and that
    /// they were forgotten is an entry of the log itself: a row that is gone without one is reported. Takes some blocks at a
    /// time; returns how many rows went.
    pub async fn forget_before(&self, before: Micros) -> Reply<u64> {
        let mut conn = self.0.db.write().await?;
        let mut gone = 0;
        let last = "SELECT zone, MAX(n) FROM seal WHERE sealed_at < ? GROUP BY zone";
        for row in conn.fetch(Sql::new(last).with(before)).await? {
            let (zone, through): (Uuid, i64) = (row.get(0)?, row.get(1)?);
            let blocks = Sql::new("SELECT leaves FROM seal WHERE zone = ? AND n > ? AND n <= ? ORDER BY n");
            let known = forgotten(&mut conn, zone).await?;
            let through = through.min(known + AT_ONCE);
            let (mut here, found) = (0, conn.fetch(blocks.with(zone).with(known).with(through)).await?);
            for block in &found {
                let ids: Vec<Uuid> = leaves(&block.get::<Vec<u8>>(0)?).map(|(id, _)| id).collect();
                for some in ids.chunks(500) {
                    let mut sql = Sql::new("DELETE FROM audit WHERE guid");
                    let engine = conn.engine();
                    sql.among(engine, some);
                    here += conn.run(sql).await.map_err(fault)?;
                }
            }
            if !found.is_empty() {
                self.note_forgotten(&mut conn, zone, through, here).await?;
            }
            gone += here;
        }
        conn.commit().await?;
        Ok(gone)
    }

    async fn note_forgotten(&self, conn: &mut Conn, zone: Uuid, through: i64, rows: u64) -> Reply<()> {
        let system = Actor::system(&self.0.registry, Duty::Upkeep, zone);
        let (id, now) = (self.0.settings.ids.uuid(), self.0.settings.clock.now());
        let row = AuditRow {
            op: FORGET.into(),
            data: json!({"through": through, "rows": rows}).to_string(),
            ..AuditRow::of(&system, zone, id, now)
        };
        let (audit, outbox) = inserts(&[row]);
        conn.run(audit).await.map_err(fault)?;
        conn.run(outbox).await.map_err(fault)?;
        self.0.unsealed.notify_one();
        Ok(())
    }

    /// Gives the entries after that one and up to that time, oldest first, at most so many.
    pub async fn export(&self, after: Uuid, until: Micros, most: i64) -> Reply<Vec<AuditRow>> {
        let sql = Sql::new(SELECT).with_text(" WHERE guid > ? AND created_at <= ? ORDER BY guid LIMIT ?");
        let rows = self.0.db.auto().await?.fetch(sql.with(after).with(until).with(most)).await?;
        rows.iter().map(AuditRow::read).collect()
    }

    fn sign(&self, hash: &[u8]) -> Vec<u8> {
        hmac::sign(&self.seal_key(), hash).as_ref().to_vec()
    }

    fn signed(&self, hash: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.seal_key(), hash, tag).is_ok()
    }

    fn seal_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.0.settings.seal_key.expose().as_bytes())
    }
}

/// The last block whose rows were forgotten, as the log itself says.
async fn forgotten(conn: &mut Conn, zone: Uuid) -> Reply<i64> {
    let sql = Sql::new(SELECT).with_text(" WHERE zone = ? AND op = ? ORDER BY guid DESC LIMIT 1");
    let rows = conn.fetch(sql.with(zone).with(FORGET)).await?;
    Ok(rows.first().map(AuditRow::read).transpose()?.map_or(0, |row| through(&row)))
}

/// The block that an entry about forgetting names.
fn through(row: &AuditRow) -> i64 {
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    data["through"].as_i64().unwrap_or(0)
}

/// The entries of a block, with their hashes.
fn leaves(block: &[u8]) -> impl Iterator<Item = (Uuid, &[u8])> {
    block.chunks_exact(48).map(|leaf| (Uuid::from_slice(&leaf[..16]).unwrap_or_default(), &leaf[16..]))
}

fn block_hash(zone: Uuid, n: i64, previous: &[u8], leaves: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(zone)
        .chain_update(n.to_be_bytes())
        .chain_update(previous)
        .chain_update(leaves)
        .finalize()
        .to_vec()
}

/// Blocks whose rows go in one transaction.
const AT_ONCE: i64 = 20;

/// The operation under which forgetting is logged.
const FORGET: &str = "audit_forget";
