use super::Tx;
use crate::audit::{AuditRow, cut, inserts};
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_authz::{Actor, Kind, Place, Reason, Subject, Verb, Via};
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
    pub data: Value,
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
    /// Who did it. What a duty did is said of the person in whose name it was, if there is one.
    actor: Arc<Actor>,
}

impl Tx {
    /// Says more about the last thing that this transaction did. Without one it says nothing.
    pub fn annotate(&mut self, annotation: Annotation) {
        if let Some(entry) = self.journal.last_mut() {
            entry.annotation = annotation;
        }
    }

    /// Takes back the last thing that would be said: what somebody did who has shown neither who they are nor that they can be meant. The log
    /// is kept, so it would be anybody's to fill.
    pub fn unsaid(&mut self) {
        self.journal.pop();
    }

    /// In whose name the duties of this transaction do what they do: somebody who has shown who they are. They get no right by it;
    /// the audit log names them as who did it, and the duty as what allowed it.
    pub fn in_the_name_of(&mut self, person: Arc<Actor>) {
        self.person = Some(person);
    }

    /// The one that [`Tx::in_the_name_of`] was told, or that set a duty in motion by a token.
    pub fn in_whose_name(&self) -> Option<&Arc<Actor>> {
        self.person.as_ref()
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
        let actor = match (&entry.actor.subject, &self.person) {
            (Subject::System(_), Some(person)) => person,
            (Subject::System(_), None) | (Subject::User(_) | Subject::Client(_) | Subject::Nobody, _) => {
                &entry.actor
            }
        };
        let (target, kind) = said.target.unwrap_or((entry.target, entry.kind));
        // Whoever does something to themselves need not be named twice.
        let target_name = match &*said.target_name {
            "" if Some(target) == actor.subject.id() => &actor.name,
            name => name,
        };
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
            target_name: cut(target_name, 250),
            detail,
            data: self.data(said).to_string(),
            via: entry.via.clone(),
            request: cut(&self.request, 128),
            ..AuditRow::of(actor, entry.place.zone, self.ids().uuid(), self.now)
        }
    }

    /// What was said of it, and from where it was asked for. The Cloud Controller's events have members of the field's own.
    fn data(&self, said: &Annotation) -> Value {
        let mut data = match &said.data {
            Value::Null => json!({}),
            other => other.clone(),
        };
        if let (Value::Object(data), Some(address)) = (&mut data, &self.address)
            && !said.event.starts_with("audit.")
        {
            data.entry("address").or_insert_with(|| json!(**address));
        }
        data
    }
}
