//! `/access/v1/sessions`: where somebody is signed in with a browser. One's own with any token, another person's for
//! administrators.

use super::list::{Paging, id};
use crate::{Session, SessionOwn};
use serde_json::{Value, json};
use uaa_authz::{Delete, Duty};
use uaa_model::{Reply, rfc3339};
use uaa_plugin::{Answer, Ctx, Input, Need, NeedInfo, Raw, Reads};
use uaa_store::{Cond, Fields, Granted, TimeOp, Visible};
use uuid::Uuid;

/// `?user=`; without it one's own.
#[derive(Debug)]
pub(super) struct Sessions {
    paging: Paging,
    user: Option<Uuid>,
}

impl Input for Sessions {
    const NAME: &'static str = "list";

    fn read(raw: &Raw) -> Reply<Self> {
        let paging = Paging::read(&raw.query, FILTERS)?;
        let user = paging.filters.iter().map(|(name, value)| id(name, value)).next_back().transpose()?;
        Ok(Sessions { paging, user })
    }

    fn reads() -> Reads {
        Paging::reads(FILTERS)
    }
}

const FILTERS: &[&str] = &["user"];

/// The sessions of one person.
pub(super) struct Of {
    seen: Visible<Session>,
    user: Uuid,
}

impl Need<Sessions> for Of {
    const INFO: NeedInfo = NeedInfo::Either(&NeedInfo::Own("session"), &NeedInfo::List("session"));

    async fn obtain(cx: &mut Ctx, input: &Reply<Sessions>) -> Reply<Self> {
        let asked = input.as_ref().ok().and_then(|ask| ask.user);
        let me = cx.tx().actor().subject.id().unwrap_or_default();
        match asked.filter(|user| *user != me) {
            Some(user) => Ok(Of { seen: cx.tx().visible().await?, user }),
            None => {
                let before = cx.tx().assume(Duty::SignIn);
                let seen = cx.tx().visible().await;
                cx.tx().resume(before);
                Ok(Of { seen: seen?, user: me })
            }
        }
    }
}

pub(super) async fn list(of: Of, ask: Sessions, cx: &mut Ctx) -> Reply<Answer> {
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
