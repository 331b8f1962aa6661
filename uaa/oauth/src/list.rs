//! UAA's lists of stored tokens, newest first: one's own of this client, all of a user, all of a client.

use crate::engine::Engine;
use crate::fault::invalid_request;
use crate::stored::Shown;
use axum::http::Method;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_directory::{Token, TokenOwn, User};
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{self, ID, NUMBER, Shape, TEXT, object};
use uaa_plugin::{Answer, Answers, Ctx, Dialect, Form, Handler, Need, NeedInfo, Route, Site};
use uaa_store::{Cond, Field, Fields, Query, TimeOp, Visible};
use uuid::Uuid;

pub(crate) fn routes(engine: &Arc<Engine>) -> Vec<Route> {
    let (site, get, oauth) = (Site::Uaa, Method::GET, Dialect::Oauth);
    vec![
        Route::on(site, get.clone(), "/oauth/token/list", "token_list", oauth, Own(engine.clone()))
            .answers(Answers::ok(looks)),
        Route::on(
            site,
            get.clone(),
            "/oauth/token/list/user/{id}",
            "user_token_list",
            oauth,
            OfUser(engine.clone()),
        )
        .answers(Answers::ok(looks)),
        Route::on(
            site,
            get,
            "/oauth/token/list/client/{id}",
            "client_token_list",
            oauth,
            OfClient(engine.clone()),
        )
        .answers(Answers::ok(looks)),
    ]
}

/// Any good token: its holder's own tokens are asked for.
struct Holder {
    subject: Uuid,
    client_id: String,
}

impl<I: Sync> Need<I> for Holder {
    const INFO: NeedInfo = NeedInfo::Own("token");

    async fn obtain(cx: &mut Ctx, _: &Reply<I>) -> Reply<Self> {
        let actor = cx.tx().actor();
        let subject = actor.subject.id().ok_or(Fault::Denied(Denied::Unauthenticated, "token"))?;
        Ok(Holder { subject, client_id: actor.client.to_string() })
    }
}

struct Own(Arc<Engine>);
struct OfUser(Arc<Engine>);
struct OfClient(Arc<Engine>);

impl<'c> Handler<'c, Holder, Form> for Own {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, holder: Holder, Form(pairs): Form, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            cx.tx().assume(Duty::SignIn);
            let seen = cx.tx().visible::<Token>().await?;
            let whose =
                Cond::All(vec![Cond::Ids("subject", vec![holder.subject]), of_client(&holder.client_id)]);
            list(&engine, &seen, whose, &pairs, cx).await
        })
    }
}

impl<'c> Handler<'c, Visible<Token>, Form> for OfUser {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, seen: Visible<Token>, Form(pairs): Form, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            let user = cx.id::<User>(0)?.uuid();
            list(&engine, &seen, Cond::Ids("subject", vec![user]), &pairs, cx).await
        })
    }
}

impl<'c> Handler<'c, Visible<Token>, Form> for OfClient {
    type Future = BoxFuture<'c, Reply<Answer>>;
    fn call(&self, seen: Visible<Token>, Form(pairs): Form, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            let whose = of_client(cx.params.text(0));
            list(&engine, &seen, whose, &pairs, cx).await
        })
    }
}

fn of_client(client_id: &str) -> Cond {
    Cond::In(Field::Text("client_id"), vec![client_id.to_owned()])
}

/// UAA gives all of them at once; of very many this gives the newest, and `startIndex` the next.
async fn list(
    engine: &Engine,
    seen: &Visible<Token>,
    whose: Cond,
    pairs: &[(String, String)],
    cx: &mut Ctx,
) -> Reply<Answer> {
    let number = |name: &str, otherwise: i64| match pairs.iter().find(|(n, _)| n == name) {
        None => Ok(otherwise),
        Some((_, text)) => text.parse::<i64>().ok().filter(|n| *n > 0).ok_or_else(|| {
            invalid_request(format!("the parameter `{name}` must be a whole number from 1 on"))
        }),
    };
    let mut query = Query::first(number("count", MOST)?.min(MOST))
        .when(whose)
        .when(Cond::In(Field::Text("kind"), vec!["access".into(), "refresh".into()]))
        .when(Cond::Is("used", false))
        .when(Cond::Time("expires", TimeOp::Gt, cx.now()))
        .by("guid", true);
    query.offset = number("startIndex", 1)? - 1;
    let rows = cx.tx().list(seen, &query).await?.rows;
    let alive = alive(engine, &rows, cx).await?;
    let zone = cx.here().id.clone();
    let shown = rows.iter().zip(alive).filter_map(|(row, of)| Some(view(row, of?, &zone)));
    Answer::ok(&Value::Array(shown.collect()))
}

/// Whose a token is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    User,
    Client,
}

/// Which of them are still of today's generations: what ended with a password or a secret is not shown.
async fn alive(engine: &Engine, rows: &[Fields<TokenOwn>], cx: &mut Ctx) -> Reply<Vec<Option<Of>>> {
    let me = cx.tx().assume(Duty::SignIn);
    let mut ids: Vec<Uuid> = rows.iter().map(|row| row.own.subject).collect();
    ids.sort_unstable();
    ids.dedup();
    let users = match cx.tx().visible::<User>().await {
        Ok(users) if !ids.is_empty() => cx.tx().related(&users, ids).await,
        Ok(_) => Ok(vec![]),
        Err(fault) => Err(fault),
    };
    cx.tx().resume(me);
    let users: HashMap<Uuid, i64> = users?.into_iter().map(|user| (user.guid, user.own.generation)).collect();
    let mut alive = Vec::with_capacity(rows.len());
    for row in rows {
        let client = engine.client(cx.zone(), &row.own.client_id).await?;
        let of = client.and_then(|client| match client.id == row.own.subject {
            true => Some((Of::Client, (0, client.generation))),
            false => Some((Of::User, (*users.get(&row.own.subject)?, client.generation))),
        });
        let then = shown(row).generations;
        alive.push(of.filter(|(_, now)| then.is_none_or(|then| then == *now)).map(|(of, _)| of));
    }
    Ok(alive)
}

fn view(row: &Fields<TokenOwn>, of: Of, zone: &str) -> Value {
    let shown = shown(row);
    json!({
        "tokenId": row.own.jti,
        "clientId": row.own.client_id,
        "userId": (of == Of::User).then_some(row.own.subject),
        "format": shown.format.as_deref().filter(|f| !f.is_empty()).unwrap_or("opaque"),
        "responseType": if row.own.kind == "refresh" { "REFRESH_TOKEN" } else { "ACCESS_TOKEN" },
        "issuedAt": row.created_at / 1000,
        "expiresAt": row.own.expires / 1000,
        // A text, as UAA has it.
        "scope": format!("[{}]", shown.scope.join(", ")),
        "value": null,
        "zoneId": zone,
    })
}

fn looks() -> Shape {
    let one = object([
        ("tokenId", TEXT),
        ("clientId", TEXT),
        ("userId", ID.or_null()),
        ("format", TEXT),
        ("responseType", Shape::Word(&["ACCESS_TOKEN", "REFRESH_TOKEN"])),
        ("issuedAt", NUMBER),
        ("expiresAt", NUMBER),
        ("scope", TEXT),
        ("value", TEXT.or_null()),
        ("zoneId", TEXT),
    ]);
    shape::list(one.named("stored_token"))
}

fn shown(row: &Fields<TokenOwn>) -> Shown {
    serde_json::from_str(&row.own.claims).unwrap_or_default()
}

const MOST: i64 = 500;
