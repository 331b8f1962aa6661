//! UAA's revocation: one stored token, all of a user, all of a client.

use axum::http::StatusCode;
use uaa_authz::{Delete, Update};
use uaa_directory::{ByName, Client, Token, User};
use uaa_model::Reply;
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Granted, Set};

/// A stored token by its `jti`: its own, or any for `tokens.revoke`.
pub(crate) async fn one(ByName(token): ByName<Delete, Token>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    cx.tx().announce(&token)?;
    cx.tx().delete(token).await?;
    Answer::status(StatusCode::OK)
}

/// The generation moves, and with it every token's `rev_sig`.
pub(crate) async fn user(user: Granted<Update, User>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&user).await?;
    cx.tx().update(&user, Set::default().put(User::generation, row.own.generation + 1)).await?;
    Answer::status(StatusCode::OK)
}

/// The same for a client, by its `client_id`.
pub(crate) async fn client(ByName(client): ByName<Update, Client>, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let row = cx.tx().get(&client).await?;
    cx.tx().update(&client, Set::default().put(Client::generation, row.own.generation + 1)).await?;
    Answer::status(StatusCode::OK)
}
