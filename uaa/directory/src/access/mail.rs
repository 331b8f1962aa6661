//! `/access/v1/mails`: messages that wait, were sent lately, or could not be sent, and why. For administrators.

use super::list::Paging;
use crate::{Mail, MailOwn};
use serde_json::{Value, json};
use uaa_model::{Fault, Reply, rfc3339};
use uaa_plugin::shape::{ID, NUMBER, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx, Input, Raw, Reads};
use uaa_store::{Cond, Field, Fields, Visible};

/// `?state=`; without it all.
#[derive(Debug)]
pub(super) struct Mails {
    paging: Paging,
    state: Option<String>,
}

impl Input for Mails {
    const NAME: &'static str = "list";

    fn read(raw: &Raw) -> Reply<Self> {
        let paging = Paging::read(&raw.query, FILTERS)?;
        let state = paging.filters.iter().map(|(_, value)| value.clone()).next_back();
        if state.as_ref().is_some_and(|state| !STATES.contains(&state.as_str())) {
            let text = format!("the parameter `state` is one of {}", STATES.join(", "));
            return Err(Fault::BadQuery(text.into()));
        }
        Ok(Mails { paging, state })
    }

    fn reads() -> Reads {
        Paging::reads(FILTERS)
    }
}

const FILTERS: &[&str] = &["state"];
const STATES: &[&str] = &["waiting", "sent", "failed"];

pub(super) async fn list(seen: Visible<Mail>, ask: Mails, cx: &mut Ctx) -> Reply<Answer> {
    let mut query = ask.paging.query();
    if let Some(state) = &ask.state {
        query = query.when(Cond::In(Field::Text("state"), vec![state.clone()]));
    }
    let page = cx.tx().list(&seen, &query).await?;
    let url = format!("{}/access/v1/mails", cx.links.uaa);
    Answer::ok(&ask.paging.answer(page.rows, page.total, &url, |row| row.guid, view))
}

/// Never the errand: it holds what somebody typed.
fn view(row: &Fields<MailOwn>) -> Value {
    let own = &row.own;
    json!({
        "id": row.guid,
        "about": own.purpose,
        "to": own.recipient,
        "state": own.state,
        "tries": own.tries,
        "error": own.error,
        "next_try_at": (own.state == "waiting").then(|| rfc3339(own.due_at)),
        "created_at": rfc3339(row.created_at),
        "updated_at": rfc3339(row.updated_at),
    })
}

pub(super) fn looks() -> Shape {
    object([
        ("id", ID),
        ("about", TEXT),
        ("to", TEXT),
        ("state", Shape::Word(STATES)),
        ("tries", NUMBER),
        ("error", TEXT),
        ("next_try_at", TIME.or_null()),
        ("created_at", TIME),
        ("updated_at", TIME),
    ])
    .named("mail")
}
