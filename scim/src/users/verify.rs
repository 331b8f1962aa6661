//! `/Users/{id}/verify` and `/Users/{id}/verify-link`: that an address is its user's, by the word of whoever makes users, or by a link for
//! the user to open.

use super::{note, show};
use crate::version::optional;
use serde_json::json;
use uaa_authz::{Duty, Resource, Update};
use uaa_directory::{ExpiringCode, NewCode, Purpose, User};
use uaa_model::{Code, Fault, Id, Reply};
use uaa_plugin::shape::{Shape, TEXT, object};
use uaa_plugin::{Answer, Ctx, Form, Need, NeedInfo, field};
use uaa_store::{Granted, Set};

/// The user of the path, for whoever may make users: they say of a new one whether the address is theirs, and so they may of this one.
#[derive(Debug)]
pub(super) struct Verification(Granted<Update, User>);

impl<I: Sync> Need<I> for Verification {
    const INFO: NeedInfo = NeedInfo::Slot(User::KIND.name);

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let zone = Id::new(cx.zone());
        cx.tx().slot::<User>(zone).await?;
        let id = cx.id::<User>(0)?;
        let me = cx.tx().assume(Duty::SignIn);
        let user = cx.tx().grant::<Update, User>(id).await;
        cx.tx().resume(me);
        user.map(Verification)
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
