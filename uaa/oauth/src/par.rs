//! RFC 9126: a client hands its authorization request in by the back channel, and its browser brings along only the name under
//! which it was put down. What is asked for is then neither read nor changed on the way.

use crate::authorize::{self, Stop};
use crate::engine::Engine;
use crate::fault::{invalid_request, refused};
use crate::fields;
use crate::grant::form;
use axum::http::{Method, header};
use serde_json::json;
use std::sync::Arc;
use uaa_model::{Fault, Reply};
use uaa_plugin::shape::{NUMBER, TEXT, object};
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect::Oauth, Proof, Public, Route, Site::Uaa, field, with};

pub(crate) fn route(engine: &Arc<Engine>) -> Route {
    let why = "a client proves here who it is; a public one only says its name";
    Route::public(Uaa, Method::POST, PATH, "pushed_request_create", Oauth, why, with(engine.clone(), push))
        .fields(&[fields::CLIENT, fields::AUTHORIZATION])
        .proofs(&[Proof::Basic, Proof::Otherwise])
        .answers(Answers::created(|| object([("request_uri", TEXT), ("expires_in", NUMBER)])))
        .from_any_origin()
}

async fn push(engine: Arc<Engine>, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    if body.0.len() > LONGEST {
        return Err(Fault::TooLarge);
    }
    // What stands in the address ends up in logs.
    let mut form = form(&body, "")?;
    let shown = engine.authenticate_client(&form, cx).await?;
    engine.may_open(shown.by, body.0.len(), cx)?;
    let client = shown.client;
    engine.in_name_of(None, &client, cx);
    // Section 2.1: no name of a request in a request, and no other client's.
    if field(&form, "request_uri").is_some() {
        return Err(invalid_request("a request that is handed in cannot name another one"));
    }
    if field(&form, "client_id").is_some_and(|id| id != client.client_id) {
        return Err(invalid_request("`client_id` is not the client that hands the request in"));
    }
    form.retain(|(name, _)| !PROOFS.contains(&name.as_str()));
    if field(&form, "client_id").is_none() {
        form.push(("client_id".into(), client.client_id.clone()));
    }
    let jkt = engine.proved_key(&client, cx)?;
    let uri = authorize::push(&engine, &client, form, jkt, cx).await.map_err(|stop| match stop {
        Stop::Fault(fault) => fault,
        // Section 2.3: as the token endpoint says it, whatever would be sent back or shown otherwise.
        Stop::Page { error: "invalid_redirect_uri", .. } => {
            invalid_request("`redirect_uri` is missing or not registered")
        }
        Stop::Page { error, .. } => refused(error, "the request cannot be answered"),
        Stop::Back(_, error, text) => refused(error, text),
    })?;
    let body = json!({"request_uri": uri, "expires_in": authorize::PUSHED_SECONDS});
    Answer::created(&body)?.with(header::CACHE_CONTROL, "no-cache, no-store")
}

const PATH: &str = "/oauth/par";
/// Bytes of a request that is put down. Its owner would wait for an answer that long in vain.
const LONGEST: usize = 64 * 1024;
/// Section 2.1: how a client shows who it is belongs to the back channel alone.
const PROOFS: &[&str] = &["client_secret", "client_assertion", "client_assertion_type"];
