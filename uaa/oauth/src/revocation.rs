//! RFC 7009: a client gives back a token of its own.

use crate::ended::end_family;
use crate::engine::Engine;
use crate::fault::invalid_request;
use crate::fields;
use crate::grant::form;
use axum::http::{Method, StatusCode};
use futures::future::BoxFuture;
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_directory::{Token, end_kept, end_unkept, hex};
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect, Handler, Proof, Public, Route, Site};
use uaa_store::{Cond, Field, Want};
use uaa_token::{Shape, digest};

pub(crate) fn route(engine: &Arc<Engine>) -> Route {
    let why = "a client proves here who it is, and ends a token of its own";
    let handler = Revocation(engine.clone());
    Route::public(Site::Uaa, Method::POST, "/oauth/revoke", "token_give_back", Dialect::Oauth, why, handler)
        .fields(&[fields::CLIENT, fields::ONE_TOKEN])
        .proofs(&[Proof::Basic, Proof::Otherwise])
        .answers(Answers::status(StatusCode::OK))
        .from_any_origin()
}

struct Revocation(Arc<Engine>);

impl<'c> Handler<'c, Public, Body> for Revocation {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move { give_back(&engine, &body, cx).await })
    }
}

async fn give_back(engine: &Engine, body: &Body, cx: &mut Ctx) -> Reply<Answer> {
    // A token in an address ends up in logs.
    let form = form(body, "")?;
    let client = engine.authenticate_client(&form, cx).await?;
    let client = client.client;
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let token = field("token").ok_or_else(|| invalid_request("the parameter `token` is missing"))?;
    engine.in_name_of(None, &client, cx);
    cx.tx().assume(Duty::SignIn);
    cx.step(Want::Write).await?;
    let seen = cx.tx().visible::<Token>().await?;
    // The hint of section 2.1 is none that is needed: both kinds are found by the same look.
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![hex(&digest(token))])).await?;
    let Some(row) = row else {
        return unknown(engine, token, &client.client_id, cx).await;
    };
    if row.own.client_id != client.client_id {
        return Err(others());
    }
    // Section 2.1: with a refresh token goes what was got by it.
    match row.own.kind.as_str() {
        "refresh" => end_family(engine, &client, row.own.family, cx).await?,
        _ => end_kept(Cond::Ids("guid", vec![row.guid]), cx.tx()).await?,
    }
    Answer::status(StatusCode::OK)
}

/// Section 2.2: a token that is good for nothing is as the client wants it. One that is good and kept nowhere is noted as ended.
async fn unknown(engine: &Engine, token: &str, client_id: &str, cx: &mut Ctx) -> Reply<Answer> {
    match (Shape::of(token), engine.verify(token, &cx.here(), cx.now()).await) {
        (Shape::Jwt, Ok(good)) if &*good.actor.client == client_id => {
            end_unkept(&[good.said()?.jti.into_owned()], good.until, cx.tx()).await?;
            Answer::status(StatusCode::OK)
        }
        (Shape::Jwt, Ok(_)) => Err(others()),
        (_, Ok(_) | Err(Fault::Denied(..))) => Answer::status(StatusCode::OK),
        (_, Err(other)) => Err(other),
    }
}

fn others() -> Fault {
    invalid_request("the token was not issued to this client")
}
