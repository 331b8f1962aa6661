//! RFC 7523 section 2.1: a JWT about a user stands for the user's sign-in: a token of one of the zone's identity providers, or one of
//! the zone's own, which is an ID token of the client or an access token that may act as the user.

use super::{Asked, JWT_BEARER};
use crate::ended::Unkept;
use crate::engine::Engine;
use crate::fault::{invalid_grant, invalid_token};
use crate::issue::{Order, Renewal};
use crate::person::{Authentication, Person};
use crate::scope;
use std::borrow::Cow;
use uaa_directory::{EndedUpTo, LASTS, name_of_session};
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_token::{Confirmation, Expect, IdClaims, claimed_parties};
use uuid::Uuid;

pub(super) async fn grant(engine: &Engine, asked: &Asked, cx: &mut Ctx) -> Reply<Answer> {
    let assertion = asked.need("assertion")?;
    let (person, authentication) = match claimed_parties(assertion) {
        Some((issuer, _)) if issuer != asked.client.here.issuer => {
            engine.sent_by_provider(&asked.client, assertion, &issuer, cx).await?
        }
        Some(_) | None => own(engine, asked, assertion, cx).await?,
    };
    let scopes = scope::of_person(&asked.client, asked.field("scope"), person.id, cx).await?;
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &asked.with_attributes(authentication),
        scopes: &scopes,
        grant: JWT_BEARER,
        client_auth: asked.by.claim(),
        bound: &asked.bound,
        opaque: asked.opaque(),
        code: None,
        envelope: &asked.envelope,
        renewal: Some(Renewal::First { family: engine.ids.uuid() }),
    };
    engine.issue_to_person(&order, cx).await?.answer()
}

/// Whom a token of this zone speaks of.
async fn own(
    engine: &Engine,
    asked: &Asked,
    assertion: &str,
    cx: &mut Ctx,
) -> Reply<(Person, Authentication)> {
    let (user, authentication, rev_sig) = match id_token(engine, asked, assertion, cx) {
        Some((found, token)) => {
            // With its session, or with what the person allowed the client; of an access token that is looked at as everywhere.
            if engine.has_ended(token, cx.zone(), cx.now()).await? {
                return Err(invalid_grant("What the assertion came of has ended."));
            }
            found
        }
        None => access_token(engine, asked, assertion, cx).await?,
    };
    let person = Person::find(user, "The user of the assertion may not sign in any more.", cx).await?;
    // From before the user's password, or the client's secret, was another one.
    if rev_sig.is_some_and(|rev_sig| rev_sig != engine.rev_sig_of(&asked.client, Some(&person))) {
        return Err(invalid_token("The assertion has been revoked."));
    }
    Ok((person, authentication))
}

/// Who, how they signed in, and the change detector that must still hold.
type Found = (Uuid, Authentication, Option<String>);

/// An ID token that was made for this client.
fn id_token(engine: &Engine, asked: &Asked, assertion: &str, cx: &Ctx) -> Option<(Found, Unkept)> {
    let here = &asked.client.here;
    let expect = Expect {
        now: cx.now(),
        issuer: &here.issuer,
        audience: &[&asked.client.client_id],
        zone: Some(&here.id),
    };
    let claims: IdClaims<'static> =
        engine.keys_of(&asked.client).ok()?.set.verify(assertion, &expect).ok()?;
    let texts = |texts: &[Cow<'_, str>]| texts.iter().map(|text| text.to_string()).collect();
    let authentication = Authentication {
        auth_time: claims.auth_time.unwrap_or(claims.iat),
        amr: texts(&claims.amr),
        acr: claims.acr.as_ref().map(|acr| texts(&acr.values)).unwrap_or_default(),
        sid: session(engine, asked, claims.sid.as_deref()),
        ..Authentication::default()
    };
    let user = engine.meant_by(&asked.client, claims.sub.parse().ok()?).ok()?;
    let made = Some(EndedUpTo::new(user, &asked.client.client_id, claims.iat));
    let session = authentication.session().ok()?.map(name_of_session);
    // Of an older one nobody knows any more whether its session has been ended.
    if session.is_some() && cx.now() - claims.iat * 1_000_000 > LASTS {
        return None;
    }
    let token = Unkept { name: None, made, session };
    Some(((user, authentication, Some(claims.rev_sig.into_owned())), token))
}

/// The session, as we call it.
fn session(engine: &Engine, asked: &Asked, sid: Option<&str>) -> Option<String> {
    let id = engine.meant_by(&asked.client, sid?.parse().ok()?).ok()?;
    Some(id.to_string())
}

/// An access token whose `aud` names this client: what was handed to somebody else altogether stands for no sign-in here. And one
/// that may act as the user: a narrow one would be widened.
async fn access_token(engine: &Engine, asked: &Asked, assertion: &str, cx: &Ctx) -> Reply<Found> {
    let good = engine.verify(assertion, &cx.here(), cx.now()).await.map_err(|fault| match fault {
        Fault::Denied(..) => {
            invalid_grant("The assertion is not good: expired, revoked, or not one of ours.")
        }
        other => other,
    })?;
    match good.user() {
        // What is bound to a key is good for whoever shows it, here as elsewhere.
        Some(_) if good.bound != Confirmation::default() && good.bound != asked.bound => {
            Err(invalid_grant("The assertion is bound to a key, and the request does not prove to hold it."))
        }
        Some(user) if good.is_for_one_of(&[&asked.client.client_id]) && good.has_scope("uaa.user") => {
            Ok((user, Authentication::of_token(&good.said()?), None))
        }
        Some(_) | None => Err(invalid_grant(
            "The assertion is not a user's, not meant for this client, or without the scope uaa.user.",
        )),
    }
}
