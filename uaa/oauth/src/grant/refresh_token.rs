//! RFC 6749 section 6. With rotation a refresh token is good once, and one that comes back ends its whole family (RFC 9700
//! section 4.14); where the zone has none, it is good until it expires.

use super::Asked;
use crate::approved;
use crate::client::{ClientAuth, Known};
use crate::ended::end_family;
use crate::engine::Engine;
use crate::fault::{insufficient_scope, invalid_grant, invalid_scope};
use crate::issue::{OFFLINE, Order, Renewal, acr};
use crate::person::{Authentication, Person};
use crate::scope::{self, narrowed};
use crate::stored::again;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uaa_authz::Update;
use uaa_directory::{Keep, Token, TokenOwn, hex, keep};
use uaa_model::{Code, Fault, Id, Micros, Reply};
use uaa_plugin::{Answer, Ctx};
use uaa_store::{Cond, Field, Fields, Want};
use uaa_token::{
    Confirmation, REFRESH_SUFFIX, RefreshClaims, audience, digest, epoch_seconds, opaque_refresh,
};
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
    /// `jwt` or `opaque`.
    #[serde(default)]
    format: String,
    /// Whether the client that got it showed no secret.
    #[serde(default)]
    public: bool,
    /// What the access tokens that came with it were bound to. A client that shows who it is may change its key and not do
    /// without one; for another the key is all that it shows (RFC 9449 section 5).
    #[serde(default)]
    bound: Confirmation,
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
    let Some(row) = row else { return Err(dead(asked, "The refresh token is not one of this client.")) };
    if row.own.used {
        return Err(dead(asked, reused(engine, &asked.client, &row, cx).await?));
    }
    if row.own.expires <= cx.now() {
        return Err(dead(asked, "The refresh token has expired."));
    }
    let kept: Kept = serde_json::from_str(&row.own.claims).map_err(|e| Fault::Internal(e.to_string()))?;
    let gone = "The user of the refresh token may not sign in any more.";
    let person = Person::find(row.own.subject, gone, cx).await.map_err(|fault| match fault {
        Fault::Protocol(_, text, _) => dead(asked, text),
        other => other,
    })?;
    if (person.generation, asked.client.generation) != kept.generations {
        return Err(dead(asked, "The refresh token has been revoked."));
    }
    let forms = engine.forms(cx);
    is_usable(asked, &kept, forms.refresh_restricted)?;
    let (may, scopes) = scopes_today(asked, &kept, person.id, cx).await?;
    let family = row.own.family;
    let renewal = if forms.rotates(&asked.client, asked.by) {
        let granted = cx.tx().grant::<Update, Token>(Id::new(row.guid)).await.map_err(again)?;
        if !cx.tx().claim(&granted, Token::used).await? {
            // At the same moment is twice, too: what becomes of a stolen token must not hang on which of two requests was
            // how fast.
            return Err(dead(asked, reused(engine, &asked.client, &row, cx).await?));
        }
        Renewal::Next { family, granted: &may, until: row.own.expires }
    } else {
        Renewal::Same { family, token: presented, granted: &may }
    };
    let order = Order {
        client: &asked.client,
        person: &person,
        authentication: &kept.authentication,
        scopes: &scopes,
        grant: &kept.grant,
        client_auth: asked.by.claim(),
        bound: &asked.bound,
        opaque: asked.opaque(),
        code: None,
        envelope: &asked.envelope,
        renewal: Some(renewal),
    };
    engine.issue_to_person(&order, cx).await?.answer()
}

/// Whether the client may use it as it shows itself now. `restricted`: whether the zone wants a scope for it.
fn is_usable(asked: &Asked, kept: &Kept, restricted: bool) -> Reply<()> {
    if restricted && !kept.scopes.iter().any(|scope| scope == OFFLINE) {
        let text = format!("Expected scope {OFFLINE} is missing");
        return Err(insufficient_scope(OFFLINE, text));
    }
    if asked.public() && !kept.public {
        return Err(invalid_grant("Refresh without client authentication not allowed."));
    }
    // An empty secret is a name and no proof: `cf` is as public as the others.
    let unproved = asked.public() || asked.by == ClientAuth::Empty;
    let lost = |had: &Option<String>, has: &Option<String>| match unproved {
        true => had.is_some() && had != has,
        false => had.is_some() && has.is_none(),
    };
    if lost(&kept.bound.jkt, &asked.bound.jkt) || lost(&kept.bound.x5t, &asked.bound.x5t) {
        return Err(invalid_grant(
            "The refresh token is bound to a key, and the request does not prove to hold it.",
        ));
    }
    Ok(())
}

/// What the token is still good for, and which of it this request gets.
async fn scopes_today(
    asked: &Asked,
    kept: &Kept,
    person: Uuid,
    cx: &mut Ctx,
) -> Reply<(Vec<String>, Vec<String>)> {
    // RFC 6749 section 6: nothing that was not granted then.
    let asks = asked.field("scope").unwrap_or_default();
    if asks.split_whitespace().any(|scope| !kept.scopes.iter().any(|had| had == scope)) {
        let text = format!("Unable to narrow the scope of the client authentication to [{asks}].");
        return Err(invalid_scope(text));
    }
    // A group that was left meanwhile is a scope that is gone.
    let today = scope::of_person(&asked.client, None, person, cx).await?;
    let may: Vec<String> = kept.scopes.iter().filter(|s| today.contains(s)).cloned().collect();
    let scopes = narrowed(asked.field("scope"), &may)?;
    match approved::lacking(&asked.client, person, (&kept.grant, &scopes), cx).await? {
        Some(text) => Err(dead(asked, text)),
        None => Ok((may, scopes)),
    }
}

/// A refresh token of that family, good for those scopes at most and until then, beside the access token of that `jti`. The transaction
/// must be one that writes.
pub(crate) async fn make(
    engine: &Engine,
    order: &Order<'_>,
    (granted, until): (&[String], Micros),
    (family, access): (Uuid, &str),
    cx: &mut Ctx,
) -> Reply<String> {
    let Order { client, person, .. } = *order;
    // The name of the row is not the token: whoever reads the table holds nothing. UAA's as well: the access token's, and `-r`.
    let jti = format!("{access}{REFRESH_SUFFIX}");
    let jwt = engine.forms(cx).refresh_jwt;
    let text = match jwt {
        true => engine.keys_of(client)?.encoder.encode(&claims(engine, order, granted, &jti, until)?)?,
        false => opaque_refresh(&engine.ids),
    };
    let kept = Kept {
        scopes: granted.to_vec(),
        grant: order.grant.to_owned(),
        authentication: order.authentication.clone(),
        generations: (person.generation, client.generation),
        format: if jwt { "jwt" } else { "opaque" }.into(),
        public: order.client_auth == Some("none"),
        bound: order.bound.clone(),
    };
    let row = Keep {
        jti: &jti,
        text: &text,
        kind: "refresh",
        client_id: &client.client_id,
        subject: person.id,
        family,
        claims: serde_json::to_string(&kept).map_err(|e| Fault::Internal(e.to_string()))?,
        expires: until,
        session: order.ends_with(granted)?,
    };
    engine.in_name_of(Some(person), client, cx);
    keep(cx, row).await?;
    Ok(text)
}

/// What a refresh token says that is a JWT. Nobody but the client's curiosity reads it: it is found by its digest.
fn claims<'a>(
    engine: &'a Engine,
    order: &'a Order<'_>,
    granted: &'a [String],
    jti: &'a str,
    until: Micros,
) -> Reply<RefreshClaims<'a>> {
    let Order { client, person, authentication, .. } = *order;
    let iat = epoch_seconds(engine.clock.now());
    let id: Cow<'_, str> = engine.called_by(client, person.id)?.to_string().into();
    let named = client.may_name(granted, "profile");
    Ok(RefreshClaims {
        jti: jti.into(),
        sub: id.clone(),
        granted_scopes: granted.iter().map(|scope| scope.as_str().into()).collect(),
        client_id: client.client_id.as_str().into(),
        cid: client.client_id.as_str().into(),
        grant_type: order.grant.into(),
        user_id: id,
        user_name: if named { person.username.as_str().into() } else { "".into() },
        origin: person.origin.as_str().into(),
        auth_time: Some(authentication.auth_time),
        amr: authentication.amr.iter().map(|amr| amr.as_str().into()).collect(),
        acr: acr(authentication),
        rev_sig: engine.rev_sig_of(client, Some(person)).into(),
        az_attr: authentication.az_attr.clone(),
        iat,
        exp: epoch_seconds(until),
        iss: client.here.issuer.as_str().into(),
        zid: client.here.id.as_str().into(),
        aud: audience(&client.client_id, granted.iter().map(String::as_str)),
        revocable: Some(true),
        ..RefreshClaims::default()
    })
}

/// `invalid_grant` (RFC 6749 section 5.2). A client without even a secret is told as by UAA: the cf CLI then says that one has to
/// sign in again, and nothing that can be read otherwise.
fn dead(asked: &Asked, text: impl Into<Cow<'static, str>>) -> Fault {
    match asked.by {
        ClientAuth::Empty => Fault::protocol(Code::new(401, "invalid_token"), text),
        ClientAuth::Secret
        | ClientAuth::Assertion
        | ClientAuth::Certificate
        | ClientAuth::OwnCertificate
        | ClientAuth::Name => invalid_grant(text),
    }
}

/// Ends what came of a code or refresh token that was used before, and gives the words that say so.
pub(super) async fn reused(
    engine: &Engine,
    client: &Known,
    row: &Fields<TokenOwn>,
    cx: &mut Ctx,
) -> Reply<&'static str> {
    engine.in_name_of(None, client, cx);
    end_family(engine, client, row.own.family, cx).await?;
    // The family ends although the request fails: this is the one place where a refusal writes.
    cx.step(Want::Write).await?;
    Ok("It was used before; everything that came of it has ended.")
}
