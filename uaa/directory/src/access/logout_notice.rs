//! `/access/v1/logout-notices`: clients that were to be told that a session has ended and have not said that they know.

use super::list::Paging;
use crate::{LogoutNotice, LogoutNoticeOwn};
use serde_json::{Value, json};
use uaa_authz::Delete;
use uaa_model::{Reply, rfc3339};
use uaa_plugin::shape::{ID, NUMBER, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx, Input, Raw, Reads};
use uaa_store::{Cond, Field, Fields, Granted, Visible};

/// `?client_id=`.
#[derive(Debug)]
pub(super) struct All(Paging);

impl Input for All {
    const NAME: &'static str = "list";
    fn read(raw: &Raw) -> Reply<Self> {
        Paging::read(&raw.query, FILTERS).map(All)
    }
    fn reads() -> Reads {
        Paging::reads(FILTERS)
    }
}

const FILTERS: &[&str] = &["client_id"];

pub(super) async fn list(seen: Visible<LogoutNotice>, ask: All, cx: &mut Ctx) -> Reply<Answer> {
    let mut query = ask.0.query();
    for (_, client) in &ask.0.filters {
        query = query.when(Cond::In(Field::Text("client_id"), vec![client.clone()]));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let url = format!("{}/access/v1/logout-notices", cx.links.uaa);
    Answer::ok(&ask.0.answer(page.rows, page.total, &url, |row| row.guid, view))
}

/// The client is not told any more.
pub(super) async fn delete(notice: Granted<Delete, LogoutNotice>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().delete(notice).await?;
    Answer::none()
}

fn view(row: &Fields<LogoutNoticeOwn>) -> Value {
    let own = &row.own;
    json!({
        "id": row.guid,
        "client_id": own.client_id,
        "user": own.subject,
        "session": own.session,
        "ended_at": rfc3339(row.created_at),
        "tries": own.tries,
        "next_try_at": rfc3339(own.due_at),
        "given_up_at": rfc3339(own.expires),
        "error": own.error,
    })
}

pub(super) fn looks() -> Shape {
    object([
        ("id", ID),
        ("client_id", TEXT),
        ("user", ID),
        ("session", ID),
        ("ended_at", TIME),
        ("tries", NUMBER),
        ("next_try_at", TIME),
        ("given_up_at", TIME),
        ("error", TEXT),
    ])
    .named("logout_notice")
}
