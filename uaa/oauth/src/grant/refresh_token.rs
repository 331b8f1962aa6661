//! RFC 6749 section 6, with rotation: a refresh token is good once, and one that comes back ends its whole family
//! (RFC 9700 section 4.14).

use super::Asked;
use super::stored::{Keep, keep};
use crate::actor::hex;
use crate::engine::Engine;
use crate::fault::{invalid_grant, invalid_token};
use crate::issue::{Order, Renewal};
use crate::person::{Authentication, Person};
use crate::scope::{self, narrowed};
use serde::{Deserialize, Serialize};
use uaa_authz::{Delete, Update};
use uaa_directory::{Token, TokenOwn};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Fields, Query, Want};
use uaa_token::{digest, opaque_refresh};
use uuid::Uuid;

/// What is kept with a refresh token.
#[derive(Serialize, Deserialize)]
struct Kept {
    scopes: Vec<String>,
    /// How the first token was got.
    #[serde(default = "by_password")]
    grant: String,
    #[serde(flatten)]
    authentication: Authentication,
    /// Of the user and the client, when the token was made.
    generations: (i64, i64),
}

/// Before the grant was kept there was no other with a refresh token.
fn by_password() -> String {
    "password".into()
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
    let gone = "The user of the refresh token may not sign in any more.";
    let person = Person::find(row.own.subject, gone, cx).await?;
    if (person.generation, asked.client.generation) != kept.generations {
        return Err(invalid_token("The refresh token has been revoked."));
    }
    // A group that was left meanwhile is a scope that is gone.
    let today = scope::of_person(&asked.client, None, person.id, cx).await?;
    let may: Vec<String> = kept.scopes.iter().filter(|s| today.contains(s)).cloned().collect();
    let scopes = narrowed(asked.field("scope"), &may)?;
    let granted = cx.tx().grant::<Update, Token>(Id::new(row.guid)).await.map_err(again)?;
    if !cx.tx().claim(&granted, Token::used).await? {
        // At the same moment is twice, too: what becomes of a stolen token must not hang on which of two requests was how fast.
        return Err(reused(&row, cx).await?);
    }
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &kept.authentication,
        scopes: &scopes,
        grant: &kept.grant,
        client_auth: asked.client_auth,
        opaque: asked.opaque(),
        code: None,
        renewal: Some(Renewal::Next { family: row.own.family, granted: &may }),
    };
    engine.issue_to_person(&order, cx).await?.answer()
}

/// A refresh token of that family, good for those scopes at most. The transaction must be one that writes.
pub(crate) async fn make(
    engine: &Engine,
    order: &Order<'_>,
    granted: &[String],
    family: Uuid,
    cx: &mut Ctx,
) -> Reply<String> {
    let Order { client, person, .. } = *order;
    let text = opaque_refresh(&engine.ids);
    let kept = Kept {
        scopes: granted.to_vec(),
        grant: order.grant.to_owned(),
        authentication: order.authentication.clone(),
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
