//! UAA's grant `user_token`: a user's token at one client begins a sign-in at another. Only a refresh token comes of it, which
//! the other client redeems.

use super::USER_TOKEN;
use crate::encrypted::Envelope;
use crate::engine::Engine;
use crate::fault::{insufficient_scope, invalid_client, invalid_grant, invalid_request, unauthorized_client};
use crate::issue::{Order, Renewal, unkept};
use crate::person::{Authentication, Person};
use crate::scope;
use serde_json::{Map, Value};
use uaa_authz::Duty;
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_token::Confirmation;

/// Whether it is such a request: its client is known by the user's token and shows nothing else.
pub(super) fn is_wanted(form: &[(String, String)], cx: &Ctx) -> bool {
    form.iter().any(|(name, value)| name == "grant_type" && value == USER_TOKEN) && cx.presented().is_some()
}

pub(super) async fn grant(engine: &Engine, form: &[(String, String)], cx: &mut Ctx) -> Reply<Answer> {
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let presented = cx.presented().ok_or(Fault::Denied(Denied::Anonymous, "user"))?;
    let good = engine.presented(&presented, &cx.here(), cx.now()).await?;
    let user = good.user().ok_or(Fault::Denied(Denied::Unauthenticated, "user"))?;
    if !good.has_scope("uaa.user") {
        let text = "Insufficient scope for this resource: uaa.user is needed";
        return Err(insufficient_scope("uaa.user", text));
    }
    let requesting = engine.client(cx.zone(), &good.actor.client).await?.ok_or_else(invalid_client)?;
    if !requesting.may(USER_TOKEN) {
        return Err(unauthorized_client(USER_TOKEN));
    }
    let receiving =
        field("client_id").ok_or_else(|| invalid_request("the parameter `client_id` is missing"))?;
    let receiving = engine.client(cx.zone(), receiving).await?.ok_or_else(invalid_client)?;
    if !receiving.may("refresh_token") {
        return Err(unauthorized_client("refresh_token"));
    }
    cx.tx().assume(Duty::SignIn);
    let person = Person::find(user, "The user may not sign in any more.", cx).await?;
    let scopes = scope::of_person(&receiving, field("scope"), user, cx).await?;
    let order = Order {
        client: &receiving,
        person: &person,
        authentication: &Authentication::of_token(&good.said()?),
        scopes: &scopes,
        grant: USER_TOKEN,
        // Whoever redeems it shows who it is then.
        client_auth: None,
        bound: &Confirmation::default(),
        opaque: false,
        code: None,
        envelope: &Envelope::Open,
        renewal: Some(Renewal::First { family: engine.ids.uuid() }),
    };
    let refresh = engine.renewal(&order, (engine.ids.uuid(), &engine.ids.hex32()), cx).await?;
    // Where refresh tokens are restricted there may be none.
    let refresh = refresh.ok_or_else(|| invalid_grant("The scope uaa.offline_token is needed"))?;
    let seconds = receiving.access_seconds.unwrap_or(engine.settings.access_seconds);
    let mut body = Map::new();
    body.insert("access_token".into(), Value::Null);
    body.insert("token_type".into(), "bearer".into());
    body.insert("expires_in".into(), (seconds - 1).max(0).into());
    body.insert("scope".into(), scopes.join(" ").into());
    body.insert("jti".into(), refresh.as_str().into());
    body.insert("refresh_token".into(), refresh.into());
    unkept(&body)
}
