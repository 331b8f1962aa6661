//! `/Users/{id}/verify` and `/Users/{id}/verify-link`: that an address is its user's, by the word of whoever makes users, or by a link for
//! the user to open.

use super::{note, show};
use crate::version::optional;
use serde_json::json;
use uaa_authz::{Duty, Update, Verb};
use uaa_directory::{ExpiringCode, NewCode, Purpose, User, right_over_user};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::shape::{Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx, Form, Need, NeedInfo, field};
use uaa_store::{Granted, Set};

/// The right to that user's address being theirs, which is none to change users otherwise.
#[derive(Debug)]
pub(super) struct Verification(Granted<Update, User>);

impl<I: Sync> Need<I> for Verification {
    const INFO: NeedInfo = NeedInfo::Grant(Verb::Update, KIND);

    async fn obtain(cx: &mut Ctx, input: &Reply<I>) -> Reply<Self> {
        right_over_user(KIND, Verb::Update, cx, input).await.map(Verification)
    }
}

pub(super) async fn verify(Verification(user): Verification, (): (), cx: &mut Ctx) -> Reply<Answer> {
    let mut row = cx.tx().get(&user).await?;
    optional(&cx.headers, row.own.version)?;
    if !row.own.verified {
        let tx = cx.tx();
        let set = Set::default().put(User::verified, true).put(User::version, row.own.version + 1);
        tx.update(&user, set).await?;
        note(tx, "UserVerifiedEvent", &row.own.username);
        row = tx.get(&user).await?;
    }
    show(cx, &user, &row).await
}

/// The link that a message to the user would hold. The code in it is good for an hour, as that of an account of one's own.
pub(super) async fn link(Verification(user): Verification, Form(query): Form, cx: &mut Ctx) -> Reply<Answer> {
    let redirect_uri = field(&query, "redirect_uri")
        .ok_or_else(|| Fault::BadQuery("the parameter `redirect_uri` is missing".into()))?;
    let row = cx.tx().get(&user).await?;
    if row.own.verified {
        return Err(Fault::protocol(Code::new(405, "scim"), "This user has already been verified."));
    }
    let client_id =
        field(&query, "client_id").map_or_else(|| cx.tx().actor().client.to_string(), str::to_owned);
    // The address as it is now: the link says nothing of another one.
    let data = json!({"mail": row.own.email, "redirect_uri": redirect_uri});
    let new = NewCode {
        purpose: Purpose::Verify,
        subject: Some(row.guid),
        client_id: &client_id,
        data: data.to_string(),
        expires: cx.now() + Purpose::Verify.seconds() * 1_000_000,
    };
    let me = cx.tx().assume(Duty::SignIn);
    let code = ExpiringCode::make(new, cx.tx()).await;
    cx.tx().resume(me);
    let link = format!("{}/verify_user?code={}", cx.links.login, code?.expose());
    Answer::ok(&json!({ "verify_link": link }))
}

pub(super) fn link_looks() -> Shape {
    object([("verify_link", TEXT)])
}

/// The kind of the right; no row is one.
const KIND: &str = "user_verification";
