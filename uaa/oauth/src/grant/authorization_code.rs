//! RFC 6749 section 4.1.3 with RFC 7636: a code is good once, for the client, address and verifier that it was made for.
//!
//! The order of the checks is `oxide-auth`'s, whose state machine asks for each thing when it is needed; what it asks for comes
//! out of the request's own transaction.

use super::Asked;
use super::refresh_token::reused;
use crate::authorize::Kept;
use crate::engine::Engine;
use crate::fault::{invalid_grant, invalid_request};
use crate::issue::{Order, Renewal};
use crate::person::Person;
use crate::stored::again;
use chrono::{DateTime, Utc};
use oxide_auth::code_grant::accesstoken::{AccessToken, Authorization, Input, Output, Request};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::{Extensions, Grant, Value};
use std::borrow::Cow;
use uaa_authz::Update;
use uaa_directory::{Token, TokenOwn, hex};
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Fields, Want};
use uaa_token::digest;

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let code = asked.need("code")?;
    cx.step(Want::Write).await?;
    let seen = cx.tx().visible::<Token>().await?;
    let key = hex(&digest(code));
    let row = cx.tx().find(&seen, Cond::In(Field::Text("digest"), vec![key])).await?;
    let row = row.filter(|row| row.own.kind == "code" && row.own.client_id == asked.client.client_id);
    let Some(row) = row else { return Err(invalid_grant(NOT_GOOD)) };
    if row.own.used {
        return Err(invalid_grant(reused(engine, &asked.client, &row, cx).await?));
    }
    let granted = cx.tx().grant::<Update, Token>(Id::new(row.guid)).await.map_err(again)?;
    if !cx.tx().claim(&granted, Token::used).await? {
        return Err(invalid_grant(reused(engine, &asked.client, &row, cx).await?));
    }
    let kept = Kept::read(&row.own.claims)?;
    let checked = check(asked, &row, &kept, cx.now());
    if let Err(refusal) = checked {
        // It has been seen by somebody who cannot use it: it stays used although the request fails.
        cx.step(Want::Write).await?;
        return Err(refusal);
    }
    let person = Person::find(row.own.subject, "The user may not sign in any more.", cx).await?;
    if (person.generation, asked.client.generation) != kept.generations {
        return Err(invalid_grant("The code has been revoked."));
    }
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &asked.with_attributes(kept.authentication.clone()),
        scopes: &kept.scopes,
        grant: "authorization_code",
        client_auth: asked.by.claim(),
        bound: &asked.bound,
        opaque: asked.opaque(),
        code: None,
        envelope: &asked.envelope,
        renewal: Some(Renewal::First { family: row.own.family }),
    };
    engine.issue_to_person(&order, cx).await?.answer()
}

/// Whether the code may be redeemed like this.
fn check(asked: &Asked, row: &Fields<TokenOwn>, kept: &Kept, now: i64) -> Reply<()> {
    let sent = asked.field("redirect_uri");
    // RFC 6749 section 4.1.3: the same text, if the authorization request had one.
    if kept.redirect_sent.as_deref().is_some_and(|text| sent != Some(text))
        || sent.is_some_and(|s| s != kept.redirect)
    {
        return Err(invalid_grant("The redirect_uri is not the one that the code was asked for with."));
    }
    let verifier = asked.field("code_verifier");
    match (&kept.challenge, verifier) {
        (None, Some(_)) => {
            return Err(invalid_grant(
                "A code_verifier came for a code that was asked for without a challenge.",
            ));
        }
        // RFC 7636 section 4.6: none is one that does not fit.
        (Some(_), None) => {
            return Err(invalid_grant("The code_verifier is missing, and the code has a challenge."));
        }
        // RFC 7636 section 4.1.
        (Some(_), Some(text)) if !(43..=128).contains(&text.len()) || !text.bytes().all(unreserved) => {
            return Err(invalid_request("`code_verifier` is not 43 to 128 unreserved characters"));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    if row.own.expires <= now {
        return Err(invalid_grant(NOT_GOOD));
    }
    // RFC 9449 section 10.
    if kept.dpop_jkt.is_some() && kept.dpop_jkt != asked.bound.jkt {
        return Err(invalid_grant("The code is bound to a key, and the request does not prove to hold it."));
    }
    machine(asked, kept)
}

/// Drives `oxide-auth` through the exchange until it would issue.
fn machine(asked: &Asked, kept: &Kept) -> Reply<()> {
    let pkce = Pkce::optional();
    let exchange = Exchange { asked, kept };
    let mut machine = AccessToken::new(&exchange);
    let mut input = Input::None;
    loop {
        input = match machine.advance(input) {
            // The token endpoint has done it: by secret, key, or not at all for a public client.
            Output::Authenticate { .. } => Input::Authenticated,
            Output::Recover { .. } => Input::Recovered(Some(Box::new(grant_of(asked, kept, &pkce)?))),
            Output::Extend { extensions } => {
                let verifier = asked.field("code_verifier").map(Cow::Borrowed);
                pkce.verify(extensions.remove(&pkce), verifier)
                    .map_err(|()| invalid_grant("The code_verifier does not fit the code_challenge."))?;
                Input::Extended { access_extensions: Extensions::new() }
            }
            Output::Issue { .. } | Output::Ok(_) => return Ok(()),
            Output::Err(_) => return Err(invalid_grant(NOT_GOOD)),
        };
    }
}

fn grant_of(asked: &Asked, kept: &Kept, pkce: &Pkce) -> Reply<Grant> {
    let broken = |what: &str| Fault::Internal(format!("a code was kept with a broken {what}"));
    let mut extensions = Extensions::new();
    if let Some(challenge) = &kept.challenge {
        extensions.set(pkce, Value::private(Some(challenge.clone())));
    }
    Ok(Grant {
        owner_id: String::new(),
        client_id: asked.client.client_id.clone(),
        scope: kept.scopes.join(" ").parse().map_err(|_| broken("scope"))?,
        redirect_uri: kept.redirect.parse().map_err(|_| broken("redirect_uri"))?,
        // The row says when it ends, by the clock of the request.
        until: DateTime::<Utc>::MAX_UTC,
        extensions,
    })
}

/// The token request as `oxide-auth` reads one.
struct Exchange<'a> {
    asked: &'a Asked,
    kept: &'a Kept,
}

impl Request for Exchange<'_> {
    fn valid(&self) -> bool {
        true
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        self.asked.field("code").map(Cow::Borrowed)
    }
    fn authorization(&self) -> Authorization<'_> {
        Authorization::Username(Cow::Borrowed(&self.asked.client.client_id))
    }
    fn client_id(&self) -> Option<Cow<'_, str>> {
        None
    }
    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        // `oxide-auth` insists on one; RFC 6749 does not where the authorization request had none.
        Some(Cow::Borrowed(self.asked.field("redirect_uri").unwrap_or(&self.kept.redirect)))
    }
    fn grant_type(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed("authorization_code"))
    }
    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.asked.field(key).map(Cow::Borrowed)
    }
}

fn unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// The same words for a code that never was, one of another client, and one that has expired.
const NOT_GOOD: &str = "The code is not good: unknown, expired, or another client's.";
