//! `/access/v1/factors`: what people prove who they are with. One's own with the scope `uaa.user`; another person's, and taking them away, for
//! administrators. Nothing secret is shown.

use super::list::{Of, OfUser};
use crate::{Factor, FactorOwn, User, right_over_user};
use serde_json::{Value, json};
use uaa_authz::{Delete, Resource, Update, Verb};
use uaa_model::{Reply, rfc3339};
use uaa_plugin::shape::{ID, NUMBER, Shape, TEXT, TIME, object};
use uaa_plugin::{Answer, Ctx, Need, NeedInfo};
use uaa_store::{Annotation, Cond, Fields, Granted};
use uuid::Uuid;

pub(super) async fn list(of: Of<Factor>, ask: OfUser, cx: &mut Ctx) -> Reply<Answer> {
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

pub(super) fn looks() -> Shape {
    let own = [("id", ID), ("user", ID), ("type", TEXT), ("name", TEXT)];
    object(own)
        .and([("created_at", TIME), ("last_used_at", TIME.or_null())])
        .perhaps([("left", NUMBER)])
        .named("factor")
}

/// The right to take all factors of a user away.
pub(super) struct UserFactors(Granted<Update, User>);

impl<I: Sync> Need<I> for UserFactors {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Delete, USER_FACTORS);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        right_over_user(USER_FACTORS, Verb::Delete, cx, input).await.map(UserFactors)
    }
}

/// The kind of the right; no row is one.
const USER_FACTORS: &str = "user_factors";
