//! RFC 8628 section 3.4: the device asks whether the person has answered.

use super::Asked;
use crate::approved;
use crate::device::{Answered, INTERVAL, KIND, Kept};
use crate::engine::Engine;
use crate::fault::{invalid_grant, told};
use crate::issue::{Order, Renewal};
use crate::person::Person;
use crate::scope;
use crate::stored::again;
use uaa_authz::Update;
use uaa_directory::{Token, hex};
use uaa_model::{Id, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Want};
use uaa_token::digest;

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let key = digest(asked.need("device_code")?);
    let seen = cx.tx().visible::<Token>().await?;
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![hex(&key)])).await?;
    let row = row
        .filter(|row| row.own.kind == KIND && row.own.client_id == asked.client.client_id && !row.own.used);
    let row =
        row.ok_or_else(|| invalid_grant("The device code is not good: unknown, used, or another client's."))?;
    if row.own.expires <= cx.now() {
        return Err(told(
            "expired_token",
            "The device code has expired; the device has to ask for another one.",
        ));
    }
    let kept = Kept::read(&row.own.claims)?;
    if kept.generation != asked.client.generation {
        return Err(invalid_grant("The device code has been revoked."));
    }
    let (user, authentication) = match kept.answer {
        Answered::Pending if engine.polls.too_soon(key, INTERVAL * 1_000_000, cx.now()) => {
            return Err(told("slow_down", "The device asks more often than every five seconds."));
        }
        Answered::Pending => return Err(told("authorization_pending", "The person has not answered yet.")),
        Answered::Denied => return Err(told("access_denied", "The person did not allow it.")),
        Answered::Allowed { user, authentication } => (user, authentication),
    };
    cx.step(Want::Write).await?;
    let granted = cx.tx().grant::<Update, Token>(Id::new(row.guid)).await.map_err(again)?;
    if !cx.tx().claim(&granted, Token::used).await? {
        return Err(invalid_grant("The device code was used before."));
    }
    let person = Person::find(user, "The user may not sign in any more.", cx).await?;
    let scopes = scope::of_person(&asked.client, kept.scope.as_deref(), person.id, cx).await?;
    if approved::lacking(&asked.client, person.id, (crate::device::GRANT, &scopes), cx).await?.is_some() {
        return Err(told("access_denied", "The person took it back."));
    }
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &asked.with_attributes(authentication),
        scopes: &scopes,
        grant: crate::device::GRANT,
        client_auth: asked.by.claim(),
        bound: &asked.bound,
        opaque: asked.opaque(),
        code: None,
        envelope: &asked.envelope,
        renewal: Some(Renewal::First { family: row.own.family }),
    };
    engine.issue_to_person(&order, cx).await?.answer()
}
