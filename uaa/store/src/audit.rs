//! A row of the audit log: its columns, its hash, and how it is written.

use crate::engine::Row;
use sea_query::{InsertStatement, Query as Build};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uaa_authz::{Actor, Subject};
use uaa_model::{Micros, Reply, rfc3339_millis};
use uuid::Uuid;

/// One entry of the audit log: who did what to what, through which right, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// The entry.
    pub id: Uuid,
    /// Where the thing stands: its zone.
    pub zone: Uuid,
    /// Its organization.
    pub organization: Option<Uuid>,
    /// Its space.
    pub space: Option<Uuid>,
    /// When, in microseconds.
    pub at: Micros,
    /// The operation: a route, job or duty.
    pub op: String,
    /// The field's own name of the event, when it has one.
    pub event: String,
    /// Who.
    pub actor: Option<Uuid>,
    /// `user`, `client`, `system`, or nothing for nobody.
    pub actor_kind: String,
    /// Name of the actor.
    pub actor_name: String,
    /// The client that held the token.
    pub client: String,
    /// Kind of the thing.
    pub target_kind: String,
    /// What was done with it.
    pub verb: String,
    /// The thing.
    pub target: Uuid,
    /// Its name.
    pub target_name: String,
    /// The names of the columns that changed, never their values.
    pub detail: String,
    /// More, a JSON object without secrets.
    pub data: String,
    /// The binding, rule or duty that allowed it.
    pub via: String,
    /// The request.
    pub request: String,
    /// `done`, `denied`, …
    pub outcome: String,
}

impl AuditRow {
    /// An entry about nothing yet: who and when alone.
    pub(crate) fn of(actor: &Actor, zone: Uuid, id: Uuid, at: Micros) -> AuditRow {
        let (kind, who) = match actor.subject {
            Subject::User(id) => ("user", Some(id)),
            Subject::Client(id) => ("client", Some(id)),
            Subject::System(_) => ("system", None),
            Subject::Nobody => ("", None),
        };
        AuditRow {
            id,
            zone,
            organization: None,
            space: None,
            at,
            op: String::new(),
            event: String::new(),
            actor: who,
            actor_kind: kind.into(),
            actor_name: cut(&actor.name, 255),
            client: cut(&actor.client, 255),
            target_kind: String::new(),
            verb: String::new(),
            target: Uuid::nil(),
            target_name: String::new(),
            detail: String::new(),
            data: "{}".into(),
            via: String::new(),
            request: String::new(),
            outcome: "done".into(),
        }
    }

    /// SHA-256 over every column, each with its length before it, so that no two rows share an encoding.
    pub(crate) fn hash(&self) -> Vec<u8> {
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let ids =
            [Some(self.id), Some(self.zone), self.organization, self.space, self.actor, Some(self.target)];
        let at = self.at.to_string();
        let ids = ids.map(text);
        let texts = [
            &at,
            &self.op,
            &self.event,
            &self.actor_kind,
            &self.actor_name,
            &self.client,
            &self.target_kind,
            &self.verb,
            &self.target_name,
            &self.detail,
            &self.data,
            &self.via,
            &self.request,
            &self.outcome,
        ];
        let mut hash = Sha256::new();
        for field in ids.iter().chain(texts) {
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field);
        }
        hash.finalize().to_vec()
    }

    /// Reads a row of [`SELECT`].
    pub(crate) fn read(row: &Row) -> Reply<AuditRow> {
        Ok(AuditRow {
            id: row.get(0)?,
            zone: row.get(1)?,
            organization: row.get(2)?,
            space: row.get(3)?,
            at: row.get(4)?,
            op: row.get(5)?,
            event: row.get(6)?,
            actor: row.get(7)?,
            actor_kind: row.get(8)?,
            actor_name: row.get(9)?,
            client: row.get(10)?,
            target_kind: row.get(11)?,
            verb: row.get(12)?,
            target: row.get(13)?,
            target_name: row.get(14)?,
            detail: row.get(15)?,
            data: row.get(16)?,
            via: row.get(17)?,
            request: row.get(18)?,
            outcome: row.get(19)?,
        })
    }

    /// As one line of an export: JSON, with the hash that the chain holds.
    pub fn line(&self) -> String {
        let hash: String = self.hash().iter().map(|b| format!("{b:02x}")).collect();
        let data: Value = serde_json::from_str(&self.data).unwrap_or_default();
        json!({
            "id": self.id,
            "at": rfc3339_millis(self.at),
            "zone": self.zone,
            "organization": self.organization,
            "space": self.space,
            "operation": self.op,
            "event": self.event,
            "actor": {"type": self.actor_kind, "id": self.actor, "name": self.actor_name},
            "client": self.client,
            "target": {"type": self.target_kind, "id": self.target, "name": self.target_name},
            "verb": self.verb,
            "changed": self.detail,
            "data": data,
            "via": self.via,
            "request": self.request,
            "outcome": self.outcome,
            "hash": hash,
        })
        .to_string()
    }
}

/// The rows of `audit` and of `outbox` for these entries: one statement each.
pub(crate) fn inserts(rows: &[AuditRow]) -> (InsertStatement, InsertStatement) {
    let (mut audit, mut outbox) = (Build::insert(), Build::insert());
    audit.into_table("audit").columns(COLUMNS);
    outbox.into_table("outbox").columns(["zone", "id", "hash"]);
    for row in rows {
        let hash = row.hash();
        outbox.values_panic([row.zone.into(), row.id.into(), hash.clone().into()]);
        audit.values_panic([
            row.id.into(),
            row.zone.into(),
            row.organization.into(),
            row.space.into(),
            row.at.into(),
            row.at.into(),
            row.op.as_str().into(),
            row.event.as_str().into(),
            row.actor.into(),
            row.actor_kind.as_str().into(),
            row.actor_name.as_str().into(),
            row.client.as_str().into(),
            row.target_kind.as_str().into(),
            row.verb.as_str().into(),
            row.target.into(),
            row.target_name.as_str().into(),
            row.detail.as_str().into(),
            row.data.as_str().into(),
            row.via.as_str().into(),
            row.request.as_str().into(),
            row.outcome.as_str().into(),
            hash.into(),
        ]);
    }
    (audit, outbox)
}

/// At most so many characters: what a column holds.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// What [`AuditRow::read`] reads.
pub(crate) const SELECT: &str = "SELECT guid, zone, org_guid, space_guid, created_at, op, event, actor, actor_kind, \
    actor_name, client, target_kind, verb, target, target_name, detail, data, via, request, outcome FROM audit";

const COLUMNS: [&str; 22] = [
    "guid",
    "zone",
    "org_guid",
    "space_guid",
    "created_at",
    "updated_at",
    "op",
    "event",
    "actor",
    "actor_kind",
    "actor_name",
    "client",
    "target_kind",
    "verb",
    "target",
    "target_name",
    "detail",
    "data",
    "via",
    "request",
    "outcome",
    "hash",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> AuditRow {
        let registry = uaa_authz::Registry::new([]).expect("no kinds");
        AuditRow::of(&Actor::nobody(&registry, Uuid::nil()), Uuid::nil(), Uuid::from_u128(1), 7)
    }

    #[test]
    fn every_column_is_in_the_hash() {
        let plain = row().hash();
        let changes: [fn(&mut AuditRow); 20] = [
            |r| r.id = Uuid::from_u128(2),
            |r| r.zone = Uuid::from_u128(2),
            |r| r.organization = Some(Uuid::nil()),
            |r| r.space = Some(Uuid::nil()),
            |r| r.at = 8,
            |r| r.op.push('x'),
            |r| r.event.push('x'),
            |r| r.actor = Some(Uuid::nil()),
            |r| r.actor_kind.push('x'),
            |r| r.actor_name.push('x'),
            |r| r.client.push('x'),
            |r| r.target_kind.push('x'),
            |r| r.verb.push('x'),
            |r| r.target = Uuid::from_u128(2),
            |r| r.target_name.push('x'),
            |r| r.detail.push('x'),
            |r| r.data.push('x'),
            |r| r.via.push('x'),
            |r| r.request.push('x'),
            |r| r.outcome.push('x'),
        ];
        for change in changes {
            let mut changed = row();
            change(&mut changed);
            assert_ne!(changed.hash(), plain, "{changed:?}");
        }
        // What moves from one column to the next is seen.
        let (mut one, mut other) = (row(), row());
        (one.op, one.event) = ("ab".into(), "c".into());
        (other.op, other.event) = ("a".into(), "bc".into());
        assert_ne!(one.hash(), other.hash());
    }
}
