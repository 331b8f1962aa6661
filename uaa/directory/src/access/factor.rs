//! `/access/v1/factors`: what people prove who they are with. One's own with any token; another person's, and taking them away, for
//! administrators. Nothing secret is shown.

use super::list::{Paging, id};
use crate::{Factor, FactorOwn, User};
use serde_json::{Value, json};
use uaa_authz::{Decision, Delete, Duty, Read, Resource, Update, Verb};
use uaa_model::{Denied, Fault, Reply, rfc3339};
use uaa_plugin::{Answer, Ctx, Input, Need, NeedInfo, Raw, Reads};
use uaa_store::{Annotation, Cond, Fields, Granted, Visible};
use uuid::Uuid;

/// `?user=`; without it one's own.
#[derive(Debug)]
pub(super) struct Factors {
    paging: Paging,
    user: Option<Uuid>,
}

impl Input for Factors {
    const NAME: &'static str = "list";

    fn read(raw: &Raw) -> Reply<Self> {
        let paging = Paging::read(&raw.query, FILTERS)?;
        let user = paging.filters.iter().map(|(name, value)| id(name, value)).next_back().transpose()?;
        Ok(Factors { paging, user })
    }

    fn reads() -> Reads {
        Paging::reads(FILTERS)
    }
}

const FILTERS: &[&str] = &["user"];

/// The factors of one person.
pub(super) struct Of {
    seen: Visible<Factor>,
    user: Uuid,
}

impl Need<Factors> for Of {
    const INFO: NeedInfo = NeedInfo::Either(&NeedInfo::Own("factor"), &NeedInfo::List("factor"));

    async fn obtain(cx: &mut Ctx, input: &Reply<Factors>) -> Reply<Self> {
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

pub(super) async fn list(of: Of, ask: Factors, cx: &mut Ctx) -> Reply<Answer> {
    let query = ask.paging.query().when(Cond::Ids("subject", vec![of.user]));
    let page = cx.tx().list(&of.seen, &query).await?;
    let url = format!("{}/access/v1/factors", cx.links.uaa);
    Answer::ok(&ask.paging.answer(page.rows, page.total, &url, |row| row.guid, view))
}

/// Takes one away.
pub(super) async fn delete(factor: Granted<Delete, Factor>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&factor).await?;
    cx.tx().delete(factor).await?;
    said(cx, row.own.subject, &row.own.kind);
    Answer::none()
}

/// Takes all of a person's away: the next sign-in asks for none, or has one set up.
pub(super) async fn reset(UserFactors(user): UserFactors, _: (), cx: &mut Ctx) -> Reply<Answer> {
    if cx.tx().delete_of::<_, _, Factor>(&user, "subject").await? > 0 {
        said(cx, user.id().uuid(), "all");
    }
    Answer::none()
}

fn said(cx: &mut Ctx, user: Uuid, factor: &str) {
    cx.tx().annotate(Annotation {
        event: "FactorReset".into(),
        target: Some((user, User::KIND.name)),
        data: json!({"factor": factor}),
        ..Annotation::default()
    });
}

fn view(row: &Fields<FactorOwn>) -> Value {
    let own = &row.own;
    let mut shown = json!({
        "id": row.guid,
        "user": own.subject,
        "type": own.kind,
        "name": own.name,
        "created_at": rfc3339(row.created_at),
        "last_used_at": (own.used_at > 0).then(|| rfc3339(own.used_at)),
    });
    if let Some(left) = crate::factor::codes_left(row) {
        shown["left"] = left.into();
    }
    shown
}

/// The right to take all factors of a user away.
pub(super) struct UserFactors(Granted<Update, User>);

impl<I: Sync> Need<I> for UserFactors {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, USER_FACTORS);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let id = cx.id::<User>(0)?;
        let tx = cx.tx();
        // Factors name their person, whom nobody has to be able to change: the proof is the duty's, and who may is asked below.
        let me = tx.assume(Duty::SignIn);
        let found = tx.grant::<Update, User>(id).await;
        tx.resume(me);
        let user = match found {
            Ok(user) => user,
            // Who may not look at users is told that, not that there is no such user.
            Err(Fault::Denied(Denied::Hidden, _)) => {
                return Err(tx.grant::<Read, User>(id).await.err().unwrap_or(Fault::Retry));
            }
            Err(other) => return Err(other),
        };
        // A subject that was deactivated holds what it held: only a decision says that it counts for nothing.
        let asked = tx.decision(&tx.actor().clone(), User::KIND.name, Verb::Read, id.uuid()).await?;
        if asked == Some(Decision::Denied(Denied::Unauthenticated)) {
            return Err(Fault::Denied(Denied::Unauthenticated, USER_FACTORS));
        }
        let registry = tx.registry().clone();
        let right = registry.compile([(USER_FACTORS, Verb::Delete.name())]);
        let right = right.map_err(|unknown| Fault::Internal(format!("{} is not registered", unknown.0)))?;
        tx.may_hand_out(&user, &right).await?;
        Ok(UserFactors(user))
    }
}

/// The kind of the right; no row is one.
const USER_FACTORS: &str = "user_factors";
