use super::{FORGET, block_hash, leaves, through};
use crate::access::Access;
use crate::audit::{AuditRow, SELECT};
use crate::engine::{Conn, Row};
use crate::sql::Sql;
use std::collections::{HashMap, HashSet};
use uaa_model::Reply;
use uuid::Uuid;

/// What the chain proves of one zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The zone.
    pub zone: Uuid,
    /// The last block.
    pub through: i64,
    /// The rows in all blocks that are there.
    pub rows: u64,
    /// Rows of blocks up to this one were forgotten in due form; 0 when none were.
    pub forgotten: i64,
    /// Rows that no block holds yet.
    pub unsealed: u64,
}

/// Where the audit log does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A block is missing, out of order, or was changed.
    Block(Uuid, i64),
    /// A row was changed after it was sealed.
    Edited(Uuid, i64, Uuid),
    /// A sealed row is gone.
    Removed(Uuid, i64, Uuid),
    /// A row that no block holds and that does not wait for one.
    Added(Uuid, Uuid),
}

impl Access {
    /// Walks every chain from its first block and compares every row with what was sealed.
    pub async fn verify(&self) -> Reply<(Vec<Verified>, Vec<Broken>)> {
        let mut conn = self.0.db.consistent().await?;
        let (mut verified, mut broken) = (vec![], vec![]);
        for row in conn.fetch(Sql::new("SELECT DISTINCT zone FROM seal")).await? {
            let zone = row.get(0)?;
            let mut walk = Walk { access: self, zone, known: HashSet::new(), forgotten: 0, broken: vec![] };
            let (blocks, rows) = walk.blocks(&mut conn).await?;
            let unsealed = walk.strangers(&mut conn).await?;
            let forgotten = walk.forgotten;
            verified.push(Verified { zone, through: blocks, rows, forgotten, unsealed });
            broken.append(&mut walk.broken);
        }
        conn.commit().await?;
        Ok((verified, broken))
    }
}

/// One zone on the way along its chain.
struct Walk<'a> {
    access: &'a Access,
    zone: Uuid,
    /// Every row that some block holds.
    known: HashSet<Uuid>,
    forgotten: i64,
    broken: Vec<Broken>,
}

impl Walk<'_> {
    /// Block after block. Gives the number of the last one and how many rows are as they were sealed.
    async fn blocks(&mut self, conn: &mut Conn) -> Reply<(i64, u64)> {
        let (mut previous, mut expected, mut sound) = (vec![0; 32], 1i64, 0u64);
        loop {
            let sql = Sql::new(BLOCK).with(self.zone).with(expected);
            let blocks = conn.fetch(sql).await?;
            let Some(block) = blocks.first() else { break };
            let (n, leaves): (i64, Vec<u8>) = (block.get(0)?, block.get(2)?);
            if !self.is_sound(block, n, expected, &previous, &leaves)? {
                self.broken.push(Broken::Block(self.zone, expected));
            }
            sound += self.rows(conn, n, &leaves).await?;
            (previous, expected) = (block.get(3)?, n + 1);
        }
        // Forgotten in due form: an entry that is itself sealed and unchanged says so.
        let through = self.forgotten;
        self.broken.retain(|b| !matches!(b, Broken::Removed(_, n, _) if *n <= through));
        Ok((expected - 1, sound))
    }

    fn is_sound(&self, block: &Row, n: i64, expected: i64, previous: &[u8], leaves: &[u8]) -> Reply<bool> {
        let hash: Vec<u8> = block.get(3)?;
        Ok(n == expected
            && block.get::<Vec<u8>>(1)? == previous
            && block_hash(self.zone, n, previous, leaves) == hash
            && self.access.signed(&hash, &block.get::<Vec<u8>>(4)?))
    }

    /// The rows of one block, read together.
    async fn rows(&mut self, conn: &mut Conn, n: i64, block: &[u8]) -> Reply<u64> {
        let ids: Vec<Uuid> = leaves(block).map(|(id, _)| id).collect();
        let mut there: HashMap<Uuid, AuditRow> = HashMap::new();
        for some in ids.chunks(500) {
            let mut sql = Sql::new(SELECT).with_text(" WHERE guid");
            let engine = conn.engine();
            sql.among(engine, some);
            for row in conn.fetch(sql).await? {
                let row = AuditRow::read(&row)?;
                there.insert(row.id, row);
            }
        }
        let mut sound = 0;
        for (id, hash) in leaves(block) {
            self.known.insert(id);
            match there.get(&id) {
                None => self.broken.push(Broken::Removed(self.zone, n, id)),
                Some(row) if row.hash() != hash => self.broken.push(Broken::Edited(self.zone, n, id)),
                Some(row) => {
                    sound += 1;
                    if row.op == FORGET {
                        self.forgotten = self.forgotten.max(through(row));
                    }
                }
            }
        }
        Ok(sound)
    }

    /// Rows that are in no block: those that wait for one, whose number it gives, and those that somebody has put there.
    async fn strangers(&mut self, conn: &mut Conn) -> Reply<u64> {
        let waiting = Sql::new("SELECT id FROM outbox WHERE zone = ?").with(self.zone);
        let waiting: HashSet<Uuid> =
            conn.fetch(waiting).await?.iter().map(|row| row.get(0)).collect::<Reply<_>>()?;
        let mut after = Uuid::nil();
        loop {
            let sql = Sql::new("SELECT guid FROM audit WHERE guid > ? AND zone = ? ORDER BY guid LIMIT 5000");
            let rows = conn.fetch(sql.with(after).with(self.zone)).await?;
            let Some(last) = rows.last() else { break };
            after = last.get(0)?;
            for row in &rows {
                let id = row.get(0)?;
                if !self.known.contains(&id) && !waiting.contains(&id) {
                    self.broken.push(Broken::Added(self.zone, id));
                }
            }
        }
        Ok(waiting.len() as u64)
    }
}

const BLOCK: &str =
    "SELECT n, previous, leaves, hash, signature FROM seal WHERE zone = ? AND n >= ? ORDER BY n LIMIT 1";
