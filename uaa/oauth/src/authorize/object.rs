//! Requests that their client has signed (RFC 9101), in the request or at an address that was registered. What is in one that is
//! encrypted must be signed like any other: a wrapping that was let through would be a way past that rule.

use super::request::some;
use crate::client::{Keys, Known};
use crate::engine::Engine;
use serde_json::Value;
use uaa_directory::hex;
use uaa_model::Reply;
use uaa_token::{Accepted, Expect, RequestObject, claimed_algorithm, digest, epoch_seconds, is_encrypted};

/// A request that was signed, and under what it cannot come twice.
pub(super) struct Signed {
    pub(super) form: Vec<(String, String)>,
    pub(super) jti: String,
    /// The name by which the browser comes back to it: whoever has it has seen the object.
    pub(super) text: String,
}

/// Why it is none: error and words.
pub(super) type Refusal = (&'static str, &'static str);

/// Where a signed request stands.
pub(super) enum Place<'a> {
    /// In `request`.
    Here(&'a str),
    /// At the address in `request_uri`.
    There(&'a str),
}

impl<'a> Place<'a> {
    pub(super) fn of(form: &'a [(String, String)]) -> Option<Place<'a>> {
        let here = some(form, "request").map(Place::Here);
        here.or_else(|| some(form, "request_uri").map(Place::There))
    }
}

/// Reads and verifies it. Nothing beside it counts (RFC 9101 section 6.3).
pub(super) async fn read(
    engine: &Engine,
    client: &Known,
    place: Place<'_>,
) -> Reply<Result<Signed, Refusal>> {
    let text = match place {
        Place::Here(text) => text.to_owned(),
        Place::There(_) if client.policy.request_uris.is_empty() => {
            return Ok(Err(("request_uri_not_supported", "the client has registered no `request_uris`")));
        }
        Place::There(url) if !registered(client, url) => {
            return Ok(Err(("invalid_request_uri", "the address is not one of the client's `request_uris`")));
        }
        Place::There(url) => match engine.published.text(url).await? {
            Some(text) => text,
            None => return Ok(Err(("invalid_request_uri", "there is no request at the address"))),
        },
    };
    if matches!(client.keys, Keys::None) {
        return Ok(Err(("request_not_supported", "the client has registered no key to sign requests with")));
    }
    let text = match is_encrypted(&text) {
        true => opened(engine, client, &text).await?,
        false => Some(text),
    };
    let Some(text) = text else {
        return Ok(Err((
            "invalid_request_object",
            "the request is encrypted, and not to a key of ours as the client is registered for",
        )));
    };
    let (here, now) = (&client.here, engine.clock.now());
    let audience = [here.issuer.as_str(), &*here.uaa];
    // FAPI 2.0 Message Signing section 5.3.1: the issuer and nothing else.
    let audience = if client.policy.fapi.is_some() { &audience[..1] } else { &audience[..] };
    let expect = Expect { now, issuer: &client.client_id, audience, zone: None };
    let Ok(object) = engine.signed_by::<RequestObject>(client, &text, &expect).await? else {
        return Ok(Err((
            "invalid_request_object",
            "the request is not signed by the client, not for here, or too old",
        )));
    };
    // One that is good for ever stands at its address for everybody who is sent there.
    let everybodys = object.exp.is_none() && object.jti.is_none();
    let mut said = checked(client, &text, object, epoch_seconds(now));
    if let (true, Ok(signed)) = (everybodys, &mut said) {
        (signed.jti, signed.text) = (engine.ids.hex32(), engine.ids.hex32());
    }
    Ok(said)
}

/// What was encrypted to us (RFC 9101 section 6.1), by a client that is registered for it and as it is registered.
async fn opened(engine: &Engine, client: &Known, text: &str) -> Reply<Option<String>> {
    let Some(how) = client.encryptions.request else { return Ok(None) };
    engine.decrypted(text, &Accepted { alg: &[how.alg], enc: &[how.enc] }, &client.here).await
}

fn checked(client: &Known, text: &str, object: RequestObject, now: i64) -> Result<Signed, Refusal> {
    let no = |text| Err(("invalid_request_object", text));
    let policy = &client.policy;
    // The signature holds, so that the header is what it was signed with.
    let algorithm = claimed_algorithm(text);
    if policy.object_algorithm.is_some_and(|wanted| algorithm != Some(wanted))
        || !algorithm.is_some_and(|algorithm| policy.takes(algorithm))
    {
        return no("the request is signed with another algorithm than the client is registered for");
    }
    if policy.signed_only && object.exp.is_none() {
        return no("the request does not say until when it is good");
    }
    // What is good for long would have to be remembered for long. FAPI 2.0 Message Signing section 5.3.1: for an hour.
    let (longest, young) = match policy.fapi {
        Some(_) => {
            let within = |nbf| nbf >= now - HOUR && object.exp.is_some_and(|exp| exp <= nbf + HOUR);
            (HOUR, object.nbf.is_some_and(within))
        }
        None => (24 * HOUR, true),
    };
    if object.exp.is_some_and(|exp| exp > now + longest) || !young {
        return no("the request is good for too long");
    }
    let parameters = &object.parameters;
    // Section 4; a client's proof of who it is has a subject, and must not be taken for a request (section 10.8).
    if ["request", "request_uri", "sub"].iter().any(|name| parameters.contains_key(*name)) {
        return no("the request holds another one, or a subject");
    }
    if parameters.get("client_id").is_some_and(|id| *id != client.client_id.as_str()) {
        return no("the request is another client's");
    }
    let mut form: Vec<(String, String)> =
        parameters.iter().map(|(name, value)| (name.clone(), plain(value))).collect();
    form.retain(|(name, _)| name != "client_id");
    form.push(("client_id".into(), client.client_id.clone()));
    let whole = digest(text);
    let name = object.jti.as_deref().filter(|jti| !jti.is_empty());
    let name =
        name.map_or(whole, |jti| digest(&format!("{}\0{}\0{jti}", client.here.guid, client.client_id)));
    Ok(Signed { form, jti: format!("request-{}", hex(&name[..24])), text: hex(&whole[..16]) })
}

/// An address as it was registered, but for the fragment (OpenID Connect Core 1.0 section 6.2).
fn registered(client: &Known, url: &str) -> bool {
    let plain = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
    client.policy.request_uris.iter().any(|known| plain(known) == plain(url))
}

/// A parameter as it would stand in an address.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

const HOUR: i64 = 3_600;
