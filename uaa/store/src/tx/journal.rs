use super::Tx;
use crate::audit::{AuditRow, cut, inserts};
use std::sync::Arc;
use uaa_authz::{Actor, Kind, Place, Reason, Verb, Via};
use uaa_model::Reply;
use uuid::Uuid;

/// What a handler adds to the last journal entry: the field's own name of the event, and words for people.
#[derive(Clone, Debug, Default)]
pub struct Annotation {
    /// The Cloud Controller's or UAA's name of the event, as in `audit.space.create`.
    pub event: String,
    /// The name of the thing.
    pub target_name: String,
    /// The thing that the field's event speaks of, and its kind there, when that is not what was written: a role that is
    /// given is an event of the user.
    pub target: Option<(Uuid, &'static str)>,
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
    /// Who did it: the product's own duty, when the actor set it in motion and it was done in its name.
    actor: Arc<Actor>,
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
        let (op, place, annotation, actor) = (self.op, *place, Annotation::default(), self.actor.clone());
        self.journal.push(Entry { op, kind: kind.name, verb, target, place, detail, via, annotation, actor });
    }

    /// One multi-row insert into `audit` and one into `outbox`: a handler cannot forget them.
    pub(super) async fn write_journal(&mut self) -> Reply<()> {
        if self.journal.is_empty() {
            return Ok(());
        }
        let rows: Vec<AuditRow> = self.journal.iter().map(|entry| self.row(entry)).collect();
        let (audit, outbox) = inserts(&rows);
        self.run(audit).await?;
        self.run(outbox).await?;
        Ok(())
    }

    fn row(&self, entry: &Entry) -> AuditRow {
        let said = &entry.annotation;
        let (target, kind) = said.target.unwrap_or((entry.target, entry.kind));
        let detail = match said.target {
            Some(_) => format!("{}:{}; {}", entry.kind, entry.target, entry.detail),
            None => entry.detail.clone(),
        };
        AuditRow {
            organization: entry.place.organization,
            space: entry.place.space,
            op: entry.op.into(),
            event: said.event.clone(),
            target_kind: kind.into(),
            verb: entry.verb.name().into(),
            target,
            target_name: cut(&said.target_name, 250),
            detail,
            data: if said.data.is_null() { "{}".into() } else { said.data.to_string() },
            via: entry.via.clone(),
            request: cut(&self.request, 128),
            ..AuditRow::of(&entry.actor, entry.place.zone, self.ids().uuid(), self.now)
        }
    }
}
