//! RFC 8693: a client that was handed a user's token gets one of its own for that user, never with more scopes and never for
//! longer. With an actor's token the new one says who acts (delegation); without, it speaks as the user (impersonation).

use super::{Asked, TOKEN_EXCHANGE};
use crate::dpop::is_bound;
use crate::engine::Engine;
use crate::fault::{invalid_grant, invalid_request, invalid_scope, invalid_target};
use crate::issue::{Issued, bound_to, unkept};
use crate::person::{Authentication, Person};
use crate::scope::{self, narrowed};
use crate::verified::Good;
use serde_json::{Map, Value};
use std::sync::Arc;
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Ctx};

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let wanted = requested(asked)?;
    let subject = token(engine, asked, "subject_token", cx).await?;
    let actor = match asked.field("actor_token") {
        Some(_) => Some(token(engine, asked, "actor_token", cx).await?),
        // Section 2.1.
        None if asked.field("actor_token_type").is_some() => {
            return Err(invalid_request("actor_token_type without actor_token"));
        }
        None => None,
    };
    // A token that was made for somebody else altogether is not this client's to use.
    if !subject.is_for_one_of(&[&asked.client.client_id]) {
        return Err(invalid_grant("The subject_token is not meant for this client."));
    }
    let user = subject.user().ok_or_else(|| invalid_grant("The subject_token is not a user's."))?;
    let had = subject.said()?;
    let person = Person::find(user, "The user of the subject_token may not sign in any more.", cx).await?;
    let today = scope::of_person(&asked.client, None, user, cx).await?;
    let may: Vec<String> = today.into_iter().filter(|scope| subject.has_scope(scope)).collect();
    let scopes = for_audience(asked, narrowed(asked.field("scope"), &may)?)?;
    if scopes.is_empty() {
        return Err(invalid_scope("The client may have none of the scopes of the subject_token."));
    }
    let authentication = Authentication::of_token(&had);
    asked.client.is_content_with(&authentication)?;
    asked.client.is_open_to(&person.origin)?;
    let mut claims =
        engine.claims(&asked.client, Some((&person, &authentication)), TOKEN_EXCHANGE, &scopes)?;
    claims.exp = claims.exp.min(had.exp);
    claims.client_auth_method = asked.by.claim().map(Into::into);
    // What the request proves to hold; a subject_token that is bound is bound to the same.
    claims.cnf = bound_to(&asked.bound);
    // Section 4.1: whoever acted before stands inside of whoever acts now.
    claims.act = match &actor {
        Some(actor) => Some(acting(actor, had.act.clone())?),
        None => had.act.clone(),
    };
    let form = (asked.opaque(), engine.ids.uuid(), None);
    let access = engine.access_token(&mut claims, &asked.client, Some(&person), form, cx).await?;
    let mut members = Issued::new(access, &claims).members()?;
    members.insert("issued_token_type".into(), wanted.into());
    unkept(&members)
}

/// What is to be made: an access token, which is a JWT unless it is asked for as an opaque one.
fn requested(asked: &Asked) -> Reply<&'static str> {
    match asked.field("requested_token_type") {
        None | Some(ACCESS_TOKEN) => Ok(ACCESS_TOKEN),
        Some(JWT) if !asked.opaque() => Ok(JWT),
        Some(_) => Err(invalid_request("the requested_token_type is not one that is made here")),
    }
}

async fn token(engine: &Engine, asked: &Asked, name: &str, cx: &Ctx) -> Reply<Arc<Good>> {
    let text = asked.need(name)?;
    let kind = asked.need(&format!("{name}_type"))?;
    if ![ACCESS_TOKEN, JWT].contains(&kind) {
        return Err(invalid_request(format!("the {name}_type is not one that is taken here")));
    }
    let good = engine.verify(text, &cx.here(), cx.now()).await.map_err(|fault| match fault {
        // Section 2.2.2.
        Fault::Denied(..) => {
            invalid_request(format!("the {name} is not good: expired, revoked, or not one of ours"))
        }
        other => other,
    })?;
    // What is bound to a key is good for whoever shows it, here as elsewhere: one that was stolen would become one that is not bound.
    if is_bound(&good.bound) && good.bound != asked.bound {
        let text = "is bound to a key, and the request does not prove to hold it";
        return Err(invalid_request(format!("the {name} {text}")));
    }
    Ok(good)
}

/// `audience` narrows the scopes to those that bring it: an audience is what stands before a scope's last dot.
fn for_audience(asked: &Asked, scopes: Vec<String>) -> Reply<Vec<String>> {
    if asked.field("resource").is_some() {
        return Err(invalid_target("resources are not named by addresses here; use audience"));
    }
    let Some(audience) = asked.field("audience") else { return Ok(scopes) };
    let of = |scope: &String| scope.rsplit_once('.').map_or(scope.as_str(), |(of, _)| of) == audience;
    let left: Vec<String> = scopes.into_iter().filter(of).collect();
    if left.is_empty() {
        return Err(invalid_target("the subject_token has no scope for that audience"));
    }
    Ok(left)
}

/// Who acts.
fn acting(actor: &Good, before: Option<Map<String, Value>>) -> Reply<Map<String, Value>> {
    let said = actor.said()?;
    let mut act = Map::new();
    act.insert("sub".into(), said.sub.as_ref().into());
    act.insert("client_id".into(), said.client_id.as_ref().into());
    act.insert("iss".into(), said.iss.as_ref().into());
    if let Some(before) = before {
        act.insert("act".into(), before.into());
    }
    Ok(act)
}

/// RFC 8693 section 3.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
