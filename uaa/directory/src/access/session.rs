//! `/access/v1/sessions`: where somebody is signed in with a browser. One's own with the scope `uaa.user`, another person's for
//! administrators.

use super::list::{Of, OfUser};
use crate::{Session, SessionOwn};
use serde_json::{Value, json};
use uaa_authz::Delete;
use uaa_model::{Reply, rfc3339};
use uaa_plugin::shape::{self, FLAG, ID, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Fields, Granted, TimeOp};

pub(super) async fn list(of: Of<Session>, ask: OfUser, cx: &mut Ctx) -> Reply<Answer> {
    let query = ask.paging.query().when(Cond::Time("expires", TimeOp::Gt, cx.now()));
    let page = cx.tx().list(&of.seen, &query.when(Cond::Ids("subject", vec![of.user]))).await?;
    let url = format!("{}/access/v1/sessions", cx.links.uaa);
    Answer::ok(&ask.paging.answer(page.rows, page.total, &url, |row| row.guid, view))
}

/// Ends it: the next request of that browser has to sign in.
pub(super) async fn delete(session: Granted<Delete, Session>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    crate::end_session(cx.tx(), session).await?;
    Answer::none()
}

fn view(row: &Fields<SessionOwn>) -> Value {
    let own = &row.own;
    json!({
        "id": row.guid,
        "user": own.subject,
        "created_at": rfc3339(row.created_at),
        "signed_in_at": rfc3339(own.auth_time),
        "last_seen_at": rfc3339(own.seen),
        "expires_at": rfc3339(own.expires),
        "amr": own.amr.split_whitespace().collect::<Vec<_>>(),
        "remembered": own.remembered,
        "user_agent": own.agent,
        "address": own.address,
    })
}

pub(super) fn looks() -> Shape {
    object([
        ("id", ID),
        ("user", ID),
        ("created_at", TIME),
        ("signed_in_at", TIME),
        ("last_seen_at", TIME),
        ("expires_at", TIME),
        ("amr", shape::list(TEXT)),
        ("remembered", FLAG),
        ("user_agent", TEXT),
        ("address", TEXT),
    ])
    .named("session")
}
