//! UAA's revocation: one stored token, all of a user, all of a client.

use axum::http::StatusCode;
use uaa_authz::{Delete, Update};
use uaa_directory::{Client, Token, User};
use uaa_model::{Denied, Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx, Need, NeedInfo};
use uaa_store::{Cond, Field, Granted, Set};

/// A stored token by its `jti`: its own, or any for `tokens.revoke`.
pub(crate) struct ByJti(Granted<Delete, Token>);

impl Need<()> for ByJti {
    const INFO: NeedInfo = NeedInfo::Grant(uaa_authz::Verb::Delete, "token");
    async fn obtain(cx: &mut Ctx, _: &Reply<()>) -> Reply<Self> {
        let jti = cx.params.text(0).to_owned();
        let seen = cx.tx().visible::<Token>().await?;
        let row = cx.tx().find(&seen, Cond::In(Field::Text("jti"), vec![jti])).await?;
        let row = row.ok_or(Fault::Denied(Denied::Hidden, "token"))?;
        cx.tx().grant(Id::new(row.guid)).await.map(ByJti)
    }
}

pub(crate) async fn one(token: ByJti, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().announce(&token.0)?;
    cx.tx().delete(token.0).await?;
    Answer::status(StatusCode::OK)
}

/// The generation moves, and with it every token's `rev_sig`.
pub(crate) async fn user(user: Granted<Update, User>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    cx.tx().update(&user, Set::default().put(User::generation, row.own.generation + 1)).await?;
    Answer::status(StatusCode::OK)
}

/// A client by its `client_id`.
pub(crate) struct ById(Granted<Update, Client>);

impl Need<()> for ById {
    const INFO: NeedInfo = NeedInfo::Grant(uaa_authz::Verb::Update, "client");
    async fn obtain(cx: &mut Ctx, _: &Reply<()>) -> Reply<Self> {
        let id = cx.params.text(0).to_owned();
        let seen = cx.tx().visible::<Client>().await?;
        let row = cx.tx().find(&seen, Cond::In(Field::Text("client_id"), vec![id])).await?;
        let row = row.ok_or(Fault::Denied(Denied::Hidden, "client"))?;
        cx.tx().grant(Id::new(row.guid)).await.map(ById)
    }
}

pub(crate) async fn client(client: ById, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&client.0).await?;
    cx.tx().update(&client.0, Set::default().put(Client::generation, row.own.generation + 1)).await?;
    Answer::status(StatusCode::OK)
}
