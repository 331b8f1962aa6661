use super::Tx;
use crate::seal::Leaf;
use sea_query::Query as Build;
use uaa_authz::{Kind, Place, Reason, Subject, Verb, Via};
use uaa_model::Reply;
use uuid::Uuid;

/// What a handler adds to the last journal entry: the field's own name of the event, and words for people.
#[derive(Clone, Debug, Default)]
pub struct Annotation {
    /// The Cloud Controller's or UAA's name of the event, as in `audit.space.create`.
    pub event: String,
    /// The name of the thing.
    pub target_name: String,
    /// Its kind there, when that is not ours.
    pub target_kind: Option<String>,
    /// More of it, a JSON object. Never a secret.
    pub data: serde_json::Value,
}

/// One thing that the transaction did.
pub(super) struct Entry {
    op: &'static str,
    kind: &'static str,
    verb: Verb,
    target: Uuid,
    place: Place,
    detail: String,
    via: String,
    annotation: Annotation,
}

impl Tx {
    /// Says more about the last thing that this transaction did. Without one it says nothing.
    pub fn annotate(&mut self, annotation: Annotation) {
        if let Some(entry) = self.journal.last_mut() {
            entry.annotation = annotation;
        }
    }

    pub(crate) fn note(
        &mut self,
        verb: Verb,
        kind: &Kind,
        target: Uuid,
        place: &Place,
        detail: String,
        why: &Reason,
    ) {
        let via = match why.via {
            Via::Binding { binding, .. } => binding.to_string(),
            Via::Owner => "owner".into(),
            Via::Duty(duty) => format!("system:{}", duty.name()),
        };
        let (op, place, annotation) = (self.op, *place, Annotation::default());
        self.journal.push(Entry { op, kind: kind.name, verb, target, place, detail, via, annotation });
    }

    /// One multi-row insert into `audit` and one into `outbox`: a handler cannot forget them.
    pub(super) async fn write_journal(&mut self) -> Reply<()> {
        if self.journal.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(&mut self.journal);
        let (now, actor) = (self.now, self.actor.clone());
        let (actor_kind, actor_id) = match actor.subject {
            Subject::User(id) => ("user", Some(id)),
            Subject::Client(id) => ("client", Some(id)),
            Subject::System(_) => ("system", None),
            Subject::Nobody => ("", None),
        };
        let (mut audit, mut outbox) = (Build::insert(), Build::insert());
        audit.into_table("audit").columns(AUDIT);
        outbox.into_table("outbox").columns(["zone", "id", "hash"]);
        for entry in &entries {
            let id = self.ids().uuid();
            let data =
                if entry.annotation.data.is_null() { "{}".into() } else { entry.annotation.data.to_string() };
            let name: String = entry.annotation.target_name.chars().take(250).collect();
            let kind = entry.annotation.target_kind.clone().unwrap_or_else(|| entry.kind.into());
            let leaf = Leaf {
                id,
                zone: entry.place.zone,
                at: now,
                actor: actor_id,
                op: entry.op,
                kind: &kind,
                verb: entry.verb.name(),
                target: entry.target,
                detail: &entry.detail,
                data: &data,
                via: &entry.via,
                outcome: "done",
            };
            let hash = leaf.hash();
            outbox.values_panic([entry.place.zone.into(), id.into(), hash.clone().into()]);
            audit.values_panic([
                id.into(),
                entry.place.zone.into(),
                entry.place.organization.into(),
                entry.place.space.into(),
                now.into(),
                now.into(),
                entry.op.into(),
                entry.annotation.event.clone().into(),
                actor_id.into(),
                actor_kind.into(),
                actor.name.as_ref().into(),
                actor.client.as_ref().into(),
                kind.clone().into(),
                entry.verb.name().into(),
                entry.target.into(),
                name.into(),
                entry.detail.clone().into(),
                data.clone().into(),
                entry.via.clone().into(),
                self.request.as_ref().into(),
                "done".into(),
                hash.into(),
            ]);
        }
        self.journal = entries;
        self.run(audit).await?;
        self.run(outbox).await?;
        Ok(())
    }
}

/// The columns of `audit`.
const AUDIT: [&str; 22] = [
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
