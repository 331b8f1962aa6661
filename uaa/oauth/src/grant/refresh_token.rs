//! RFC 6749 section 6, with rotation: a refresh token is good once, and one that comes back ends its whole family
//! (RFC 9700 section 4.14).

use super::stored::{Keep, keep};
use super::{Asked, password};
use crate::actor::hex;
use crate::answer::{Person, narrowed, token};
use crate::client::Known;
use crate::engine::Engine;
use crate::fault::{invalid_grant, invalid_token};
use serde::{Deserialize, Serialize};
use uaa_authz::{Delete, Read, Update};
use uaa_directory::{Token, TokenOwn, User};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Fields, Query, Want};
use uaa_token::{AccessClaims, digest, opaque_refresh};
use uuid::Uuid;

/// What is kept with a refresh token.
#[derive(Serialize, Deserialize)]
struct Kept {
    scopes: Vec<String>,
    auth_time: i64,
    /// Of the user and the client, when the token was made.
    generations: (i64, i64),
}

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let presented = asked.need("refresh_token")?;
    cx.step(Want::Write).await?;
    let seen = cx.tx().visible::<Token>().await?;
    let key = hex(&digest(presented));
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![key])).await?;
    let row = row.filter(|r| r.own.kind == "refresh" && r.own.client_id == asked.client.client_id);
    let Some(row) = row else { return Err(invalid_token("The refresh token is not one of this client.")) };
    if row.own.used {
        return Err(reused(&row, cx).await?);
    }
    let kept = still_good(&row, cx)?;
    let person = person(&row, &kept, cx).await?;
    if (person.generation, asked.client.generation) != kept.generations {
        return Err(invalid_token("The refresh token has been revoked."));
    }
    // A group that was left meanwhile is a scope that is gone.
    let today =
        password::scopes(&Asked { client: asked.client.clone(), form: vec![] }, person.id, cx).await?;
    let may: Vec<String> = kept.scopes.iter().filter(|s| today.contains(s)).cloned().collect();
    let scopes = narrowed(asked.field("scope"), &may)?;
    let granted = cx.tx().grant::<Update, Token>(Id::new(row.guid)).await.map_err(again)?;
    if !cx.tx().claim(&granted, Token::used).await? {
        // At the same moment is twice, too: what becomes of a stolen token must not hang on which of two requests was how fast.
        return Err(reused(&row, cx).await?);
    }
    let claims = engine.claims(&asked.client, Some(&person), "refresh_token", &scopes);
    let refresh = next(engine, &asked.client, &may, row.own.family, &person, cx).await?;
    let access = engine.issue(&claims, &asked.client, Some(&person), "refresh_token", cx)?;
    token(&access, &claims, Some(&refresh))
}

/// The first refresh token of a sign-in: it begins a family.
pub(super) async fn first(
    engine: &Engine,
    client: &Known,
    claims: &AccessClaims<'_>,
    person: &Person,
    cx: &mut Ctx,
) -> Reply<String> {
    let scopes: Vec<String> = claims.scope.iter().map(|s| s.to_string()).collect();
    next(engine, client, &scopes, engine.ids.uuid(), person, cx).await
}

async fn next(
    engine: &Engine,
    client: &Known,
    scopes: &[String],
    family: Uuid,
    person: &Person,
    cx: &mut Ctx,
) -> Reply<String> {
    let text = opaque_refresh(&engine.ids);
    let kept = Kept {
        scopes: scopes.to_vec(),
        auth_time: person.auth_time,
        generations: (person.generation, client.generation),
    };
    let seconds = client.refresh_seconds.unwrap_or(engine.settings.refresh_seconds);
    let row = Keep {
        // The name of the row is not the token: whoever reads the table holds nothing.
        jti: &opaque_refresh(&engine.ids),
        text: &text,
        kind: "refresh",
        client_id: &client.client_id,
        subject: person.id,
        family,
        claims: serde_json::to_string(&kept).map_err(|e| Fault::Internal(e.to_string()))?,
        expires: cx.now() + seconds * 1_000_000,
    };
    keep(cx, row).await?;
    Ok(text)
}

fn still_good(row: &Fields<TokenOwn>, cx: &Ctx) -> Reply<Kept> {
    if row.own.expires <= cx.now() {
        return Err(invalid_token("The refresh token has expired."));
    }
    serde_json::from_str(&row.own.claims).map_err(|e| Fault::Internal(e.to_string()))
}

async fn person(row: &Fields<TokenOwn>, kept: &Kept, cx: &mut Ctx) -> Reply<Person> {
    let gone = || invalid_token("The user of the refresh token may not sign in any more.");
    let granted = cx.tx().grant::<Read, User>(Id::new(row.own.subject)).await.map_err(|_| gone())?;
    let user = cx.tx().get(&granted).await?;
    if !user.own.active {
        return Err(gone());
    }
    Ok(Person {
        id: user.guid,
        username: user.own.username,
        email: user.own.email,
        origin: user.own.origin,
        generation: user.own.generation,
        auth_time: kept.auth_time,
    })
}

/// Ends what came of a token that was used before, and says so.
async fn reused(row: &Fields<TokenOwn>, cx: &mut Ctx) -> Reply<Fault> {
    let seen = cx.tx().visible::<Token>().await?;
    let family = Query::first(FAMILY_PAGE).when(Cond::Ids("family", vec![row.own.family]));
    // Until there is none: one may be redeemed for the next while this goes on. In one order for all who do this: of many, one
    // passes the first row, and the others look again and find nothing left.
    loop {
        let some = cx.tx().list(&seen, &family).await?.rows;
        if some.is_empty() {
            break;
        }
        for row in some {
            let granted = cx.tx().grant::<Delete, Token>(Id::new(row.guid)).await.map_err(again)?;
            cx.tx().delete(granted).await?;
        }
    }
    // The family ends although the request fails: this is the one place where a refusal writes.
    cx.step(Want::Write).await?;
    Ok(invalid_grant("The refresh token was used before; everything that came of it has ended."))
}

/// A row that was there a moment ago: another request has ended it, and this one looks again.
fn again(fault: Fault) -> Fault {
    match fault {
        Fault::Denied(..) => Fault::Retry,
        other => other,
    }
}

const FAMILY_PAGE: i64 = 500;
