use crate::access::Access;
use crate::engine::Engine;
use crate::sql::Sql;
use aws_lc_rs::hmac;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uaa_model::Reply;
use uuid::Uuid;

/// The content of one audit row that its hash covers.
pub(crate) struct Leaf<'a> {
    pub(crate) id: Uuid,
    pub(crate) zone: Uuid,
    pub(crate) at: i64,
    pub(crate) actor: Option<Uuid>,
    pub(crate) op: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) verb: &'a str,
    pub(crate) target: Uuid,
    pub(crate) detail: &'a str,
    pub(crate) data: &'a str,
    pub(crate) via: &'a str,
    pub(crate) outcome: &'a str,
}

impl Leaf<'_> {
    /// SHA-256 over all fields, each with its length before it, so that no two rows share an encoding.
    pub(crate) fn hash(&self) -> Vec<u8> {
        let actor = self.actor.map(|a| a.to_string()).unwrap_or_default();
        let (id, zone, target) = (self.id.to_string(), self.zone.to_string(), self.target.to_string());
        let at = self.at.to_string();
        let fields = [
            &id,
            &zone,
            at.as_str(),
            &actor,
            self.op,
            self.kind,
            self.verb,
            &target,
            self.detail,
            self.data,
            self.via,
            self.outcome,
        ];
        let mut hash = Sha256::new();
        for field in fields {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().to_vec()
    }
}

/// What the chain proves of one zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The zone.
    pub zone: Uuid,
    /// The last block.
    pub through: i64,
    /// The rows in all blocks.
    pub rows: u64,
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
}

impl Access {
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
            conn.run(sql.with(inner.settings.clock.now())).await.map_err(crate::engine::fault)?;
        }
        for some in taken.chunks(500) {
            let mut sql = Sql::new("DELETE FROM outbox WHERE seq IN ");
            sql.list(some.iter().copied());
            conn.run(sql).await.map_err(crate::engine::fault)?;
        }
        conn.commit().await?;
        Ok(rows.len())
    }

    /// Waits until something is committed that no block holds yet.
    pub async fn unsealed(&self) {
        self.0.unsealed.notified().await;
    }

    /// Walks every chain from its first block and compares every row with what was sealed.
    pub async fn verify(&self) -> Reply<(Vec<Verified>, Vec<Broken>)> {
        let mut conn = self.0.db.consistent().await?;
        let (mut verified, mut broken) = (vec![], vec![]);
        for row in conn.fetch(Sql::new("SELECT DISTINCT zone FROM seal")).await? {
            let zone: Uuid = row.get(0)?;
            let (mut previous, mut expected, mut count) = (vec![0; 32], 1i64, 0u64);
            loop {
                let sql = Sql::new(BLOCKS).with(zone).with(expected);
                let blocks = conn.fetch(sql).await?;
                let Some(block) = blocks.first() else { break };
                let (n, leaves, hash): (i64, Vec<u8>, Vec<u8>) =
                    (block.get(0)?, block.get(2)?, block.get(3)?);
                let sound = n == expected
                    && block.get::<Vec<u8>>(1)? == previous
                    && block_hash(zone, n, &previous, &leaves) == hash
                    && self.signed(&hash, &block.get::<Vec<u8>>(4)?);
                if !sound {
                    broken.push(Broken::Block(zone, expected));
                }
                for leaf in leaves.chunks_exact(48) {
                    let id = Uuid::from_slice(&leaf[..16]).unwrap_or_default();
                    count += 1;
                    match conn.fetch(Sql::new(ROW).with(id)).await?.first() {
                        None => broken.push(Broken::Removed(zone, n, id)),
                        Some(row) if row_hash(row)? != leaf[16..] => broken.push(Broken::Edited(zone, n, id)),
                        Some(_) => {}
                    }
                }
                (previous, expected) = (hash, n + 1);
            }
            let unsealed = Sql::new("SELECT COUNT(*) FROM outbox WHERE zone = ?").with(zone);
            let unsealed = conn.fetch(unsealed).await?.first().map_or(Ok(0), |row| row.get::<i64>(0))?;
            let unsealed = u64::try_from(unsealed).unwrap_or_default();
            verified.push(Verified { zone, through: expected - 1, rows: count, unsealed });
        }
        conn.commit().await?;
        Ok((verified, broken))
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

fn block_hash(zone: Uuid, n: i64, previous: &[u8], leaves: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(zone)
        .chain_update(n.to_be_bytes())
        .chain_update(previous)
        .chain_update(leaves)
        .finalize()
        .to_vec()
}

fn row_hash(row: &crate::Row) -> Reply<Vec<u8>> {
    let (op, kind, verb): (String, String, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let (detail, data): (String, String) = (row.get(8)?, row.get(9)?);
    let (via, outcome): (String, String) = (row.get(10)?, row.get(11)?);
    let leaf = Leaf {
        id: row.get(0)?,
        zone: row.get(1)?,
        at: row.get(2)?,
        actor: row.get(3)?,
        op: &op,
        kind: &kind,
        verb: &verb,
        target: row.get(7)?,
        detail: &detail,
        data: &data,
        via: &via,
        outcome: &outcome,
    };
    Ok(leaf.hash())
}

const BLOCKS: &str =
    "SELECT n, previous, leaves, hash, signature FROM seal WHERE zone = ? AND n >= ? ORDER BY n LIMIT 1";
const ROW: &str = "SELECT guid, zone, created_at, actor, op, target_kind, verb, target, detail, data, via, outcome \
    FROM audit WHERE guid = ?";
