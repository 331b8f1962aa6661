//! Whether a token is good: UAA's `/check_token` and RFC 7662.

use crate::client::{ClientAuth, Known};
use crate::engine::Engine;
use crate::fault::{access_denied, insufficient_scope, invalid_client, invalid_scope, invalid_token};
use crate::fields;
use crate::grant::form;
use crate::verified::Good;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;
use uaa_model::{Denied, Fault, Reply};
use uaa_plugin::shape::{ANY, FLAG, NUMBER, Shape, TEXT, list, map, object};
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect, Handler, Proof, Public, Route, Site, field};
use uaa_token::epoch_seconds;

pub(crate) fn check_token(engine: Arc<Engine>) -> Route {
    let why = "a resource server proves by Basic that it may ask (uaa.resource)";
    Route::public(Site::Uaa, Method::POST, "/check_token", "token_check", Dialect::Oauth, why, Check(engine))
        .fields(&[fields::CHECKED])
        .proofs(&[Proof::Basic])
        .answers(Answers::ok(|| claims().named("access_token")))
}

pub(crate) fn introspect(engine: Arc<Engine>) -> Route {
    let why = "a resource server proves by bearer or Basic that it may ask (uaa.resource)";
    Route::public(
        Site::Uaa,
        Method::POST,
        "/introspect",
        "token_introspect",
        Dialect::Oauth,
        why,
        Introspect(engine),
    )
    .fields(&[fields::CLIENT, fields::ONE_TOKEN])
    .proofs(&[Proof::Basic, Proof::Bearer, Proof::Otherwise])
    .answers(Answers::ok(introspected))
    .answers(Answers::media(StatusCode::OK, SIGNED))
}

/// What an access token of this server says. RFC 9068 writes `scope` and `acr` as texts, UAA as lists.
fn claims() -> Shape {
    let texts = ["jti", "sub", "client_id", "cid", "azp", "grant_type", "rev_sig", "iss", "zid"];
    let told = ["origin", "user_name", "email", "nonce", "client_auth_method", "user_id", "sid"];
    object(texts.map(|name| (name, TEXT)))
        .and([("scope", Shape::Either(vec![TEXT, list(TEXT)])), ("aud", list(TEXT))])
        .and(["iat", "exp"].map(|name| (name, NUMBER)))
        .and([("revocable", FLAG)])
        .perhaps(told.map(|name| (name, TEXT)))
        .perhaps(["auth_time", "nbf"].map(|name| (name, NUMBER)))
        .perhaps(["authorities", "amr"].map(|name| (name, list(TEXT))))
        .perhaps(["az_attr", "act"].map(|name| (name, map(ANY))))
        .perhaps([
            ("acr", Shape::Either(vec![TEXT, object([("values", list(TEXT))])])),
            ("cnf", object::<&str>([]).perhaps([("jkt", TEXT), ("x5t#S256", TEXT)])),
        ])
}

/// RFC 7662 section 2.2: nothing but `active` when the token is not good.
fn introspected() -> Shape {
    claims()
        .part()
        .and([("active", FLAG)])
        .perhaps([("token_type", TEXT), ("username", TEXT)])
        .named("introspection")
}

struct Check(Arc<Engine>);
struct Introspect(Arc<Engine>);

impl<'c> Handler<'c, Public, Body> for Check {
    type Future = futures::future::BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            let form = form(&body, &cx.query)?;
            may_ask(&engine, &form, cx).await?;
            let token =
                field(&form, "token").ok_or_else(|| invalid_token("the parameter `token` is missing"))?;
            let good = engine.verify(token, &cx.here(), cx.now()).await.map_err(|fault| match fault {
                Fault::Denied(..) => {
                    invalid_token("The token is not good: expired, revoked, or not one of ours")
                }
                other => other,
            })?;
            let wanted = field(&form, "scopes").unwrap_or_default().split(',').filter(|s| !s.is_empty());
            let missing: Vec<&str> = wanted.filter(|wanted| !good.has_scope_like(wanted)).collect();
            if !missing.is_empty() {
                let missing = missing.join(",");
                return Err(invalid_scope(format!("Some requested scopes are missing: {missing}")));
            }
            Answer::text(StatusCode::OK, JSON, good.claims.clone())
        })
    }
}

impl<'c> Handler<'c, Public, Body> for Introspect {
    type Future = futures::future::BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move {
            let form = form(&body, &cx.query)?;
            let caller = may_ask(&engine, &form, cx).await?;
            let now = cx.now();
            let good = match field(&form, "token") {
                Some(token) => engine.verify(token, &cx.here(), now).await,
                None => Err(Fault::Denied(Denied::Unauthenticated, "token")),
            };
            let text = match good {
                Ok(good) => told(&good, caller.rfc9068)?,
                // RFC 7662 section 2.2: why it is not good is nobody's business.
                Err(Fault::Denied(..)) => br#"{"active":false}"#.to_vec(),
                Err(other) => return Err(other),
            };
            match wants_it_signed(&cx.headers) {
                true => signed(&engine, &caller, &text, cx).await,
                false => Answer::text(StatusCode::OK, JSON, text),
            }
        })
    }
}

/// What a good token says. UAA's readers take `scope` as a list and no text, those of RFC 7662 section 2.2 the other way round: it is
/// a text where the token itself has one, and for whoever asks and has such tokens.
fn told(good: &Good, as_text: bool) -> Reply<Vec<u8>> {
    let internal = |e: serde_json::Error| Fault::Internal(e.to_string());
    // RFC 9449 section 6.2.
    let kind = if good.bound.jkt.is_some() { "DPoP" } else { "bearer" };
    let mut head = format!(r#"{{"active":true,"token_type":"{kind}","#);
    if let Some(name) = good.username() {
        head += &format!(r#""username":{},"#, serde_json::to_string(name).map_err(internal)?);
    }
    // The claims are an object that is not empty: the rest goes in front of them.
    let claims = match as_text || good.rfc9068 {
        false => good.claims.clone(),
        true => serde_json::to_vec(&good.said()?.rfc9068().map_err(internal)?).map_err(internal)?.into(),
    };
    Ok([head.as_bytes(), &claims[1..]].concat())
}

/// Whether an answer is asked for that can be shown to others (RFC 9701 section 4).
fn wants_it_signed(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(SIGNED));
        named && !parts.any(|part| ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains(&part))
    })
}

/// The same, signed for whoever asks and nobody else (RFC 9701 section 5). What the token says stands in a member of its own, so that
/// the answer is never taken for a token. Where the caller wants it, nobody else can read it either.
async fn signed(engine: &Engine, caller: &Known, text: &[u8], cx: &Ctx) -> Reply<Answer> {
    let said: Value = serde_json::from_slice(text).map_err(|e| Fault::Internal(e.to_string()))?;
    let claims = json!({
        "iss": caller.here.issuer,
        "aud": caller.client_id,
        "iat": epoch_seconds(cx.now()),
        "token_introspection": said,
    });
    let envelope = engine.envelope(caller, caller.encryptions.introspection).await?;
    let encoder = engine.keys_of(caller)?.encoder_typed(caller.introspection_algorithm, TYP);
    let text = envelope.around(encoder.encode(&claims)?)?;
    Answer::text(StatusCode::OK, SIGNED, text)?.with(header::CACHE_CONTROL, "no-store")
}

/// Who asks: it holds the authority `uaa.resource`, by its bearer token, or by its client credentials.
async fn may_ask(engine: &Engine, form: &[(String, String)], cx: &Ctx) -> Reply<Arc<Known>> {
    let lacking = || insufficient_scope("uaa.resource", "uaa.resource is needed to ask about tokens");
    if let Some(presented) = cx.presented() {
        let good = engine.presented(&presented, &cx.here(), cx.now()).await?;
        let caller = engine.client(cx.zone(), &good.actor.client).await?;
        return caller.filter(|_| good.has_scope("uaa.resource")).ok_or_else(lacking);
    }
    // By whatever the client registered, as at the token endpoint (RFC 7662 section 2.1): libraries show it the same way everywhere.
    let shown = engine.authenticate_client(form, cx).await?;
    if shown.by == ClientAuth::Name {
        return Err(invalid_client());
    }
    let client = shown.client;
    // No token was shown whose scopes could be said to be too few.
    if client.authorities.iter().any(|a| a == "uaa.resource") { Ok(client) } else { Err(access_denied()) }
}

const JSON: &str = "application/json";
const SIGNED: &str = "application/token-introspection+jwt";
const TYP: &str = "token-introspection+jwt";
