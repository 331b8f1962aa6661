//! Audit events, as the field shows them: what a client may see of the audit log.

use crate::list::{List, Listed, page};
use crate::user;
use crate::view::{Looks, View};
use axum::http::Method;
use serde_json::{Value, json};
use uaa_authz::{Resource, Verb};
use uaa_directory::{AuditEvent, AuditEventOwn};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{ANY, ID, Shape, TEXT, map, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Cc, Need, NeedInfo, Route, Site::Api};
use uaa_store::{Cond, Field, Fields, TimeOp, Visible};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::on(Api, Method::GET, "/v3/audit_events", "audit_event_list", Cc, list)
            .answers(Answers::ok(|| page(looks()))),
        Route::on(Api, Method::GET, "/v3/audit_events/{guid}", "audit_event_show", Cc, show)
            .answers(Answers::ok(looks)),
    ]
}

impl Listed for AuditEvent {
    const FILTERS: &'static [(&'static str, Field)] = &[
        ("types", Field::Text("event")),
        ("space_guids", Field::Id("space_guid")),
        ("organization_guids", Field::Id("org_guid")),
    ];
    const EXTRA: &'static [&'static str] = &["target_guids", "target_guids[not]"];
}

async fn list(seen: Visible<AuditEvent>, list: List<AuditEvent>, cx: &mut Ctx) -> Reply<Answer> {
    let mut query = list.query().when(named());
    if let Some(targets) = list.values("target_guids") {
        query.conds.push(Cond::Ids("target", user::ids(&targets, cx).await?));
    }
    if let Some(targets) = list.values("target_guids[not]") {
        query.conds.push(Cond::Not(Box::new(Cond::Ids("target", user::ids(&targets, cx).await?))));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let rows = page.rows.iter().map(|row| view(row, &cx.links.api)).collect();
    Answer::ok(&list.body(&page, cx, "/v3/audit_events", rows))
}

/// One event. It has no place of its own, hence a search among what the caller may see.
struct Event(Fields<AuditEventOwn>);

impl<I: Sync> Need<I> for Event {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Read, AuditEvent::KIND.name);
    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let id = cx.id::<AuditEvent>(0)?.uuid();
        let seen = cx.tx().visible::<AuditEvent>().await?;
        let row = cx.tx().find(&seen, Cond::All(vec![Cond::Ids("guid", vec![id]), named()])).await?;
        row.map(Event).ok_or(Fault::Denied(Denied::Hidden, AuditEvent::KIND.name))
    }
}

async fn show(Event(row): Event, _: (), cx: &mut Ctx) -> Reply<Answer> {
    Answer::ok(&view(&row, &cx.links.api))
}

/// What only our own log knows has no name in the field.
fn named() -> Cond {
    Cond::Text(Field::Text("event"), TimeOp::Gt, String::new())
}

fn view(row: &Fields<AuditEventOwn>, api: &str) -> Value {
    let own = &row.own;
    let place = |id: Option<Uuid>| id.map_or(Value::Null, |id| json!({ "guid": id }));
    // To the field's clients a client is a user whose guid is its client id.
    let subject = |kind: &str, id: Uuid, name: &str| match kind {
        "client" => json!({"guid": name, "type": "user", "name": name}),
        kind => json!({"guid": id, "type": kind, "name": name}),
    };
    View::of(row, api, "audit_events")
        .own("type", own.event.as_str())
        .own("actor", own.actor.map_or(Value::Null, |id| subject(&own.actor_kind, id, &own.actor_name)))
        .own("target", subject(&own.target_kind, own.target, &own.target_name))
        .own("data", serde_json::from_str::<Value>(&own.data).unwrap_or_else(|_| json!({})))
        .own("space", place(row.space))
        .own("organization", place(row.organization))
        .done()
}

fn looks() -> Shape {
    let subject = || object([("guid", TEXT), ("type", TEXT), ("name", TEXT)]);
    let place = || object([("guid", ID)]).or_null();
    Looks::of()
        .own("type", TEXT)
        .own("actor", subject().or_null())
        .own("target", subject())
        .own("data", map(ANY))
        .own("space", place())
        .own("organization", place())
        .done("audit_event")
}
