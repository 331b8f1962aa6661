//! The token endpoint. One grant, one file.

mod attributes;
mod authorization_code;
mod client_credentials;
mod device_code;
mod jwt_bearer;
mod passcode;
mod password;
pub(crate) mod refresh_token;
mod token_exchange;
mod user_token;

use crate::client::{ClientAuth, Known};
use crate::dpop::unproved;
use crate::encrypted::Envelope;
use crate::engine::Engine;
use crate::fault::{invalid_client, invalid_request, unauthorized_client, unsupported_grant};
use crate::fields;
use crate::person::Authentication;
use axum::http::{HeaderName, Method};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_model::Reply;
use uaa_plugin::{Answer, Answers, Body, Ctx, Dialect, MOST_PAIRS, Proof, Public, Route, Site, field, pairs};
use uaa_token::Confirmation;

/// What a grant reads.
pub(crate) struct Asked {
    pub(crate) client: Arc<Known>,
    /// How it showed who it is.
    pub(crate) by: ClientAuth,
    /// What the request proves to hold: what comes of it is bound to that.
    pub(crate) bound: Confirmation,
    /// What goes around an ID token.
    pub(crate) envelope: Envelope,
    /// What the client adds to its token.
    attributes: Option<Map<String, Value>>,
    form: Vec<(String, String)>,
}

impl Asked {
    /// A parameter of the request.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        field(&self.form, name)
    }

    /// A parameter of the request, to be kept.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.field(name).map(str::to_owned)
    }

    pub(crate) fn need(&self, name: &str) -> Reply<&str> {
        self.field(name).ok_or_else(|| invalid_request(format!("the parameter `{name}` is missing")))
    }

    /// How somebody proved who they are, with what the client adds.
    pub(crate) fn with_attributes(&self, authentication: Authentication) -> Authentication {
        Authentication { az_attr: self.attributes.clone(), ..authentication }
    }

    /// Whether the client has only said its name.
    pub(crate) fn public(&self) -> bool {
        self.by == ClientAuth::Name
    }

    /// Whether an opaque token is wanted instead of a JWT.
    pub(crate) fn opaque(&self) -> bool {
        self.field("token_format") == Some("opaque")
    }
}

pub(crate) fn route(engine: Arc<Engine>) -> Route {
    let handler = Endpoint(engine);
    Route::public(
        Site::Uaa,
        Method::POST,
        "/oauth/token",
        "token_create",
        Dialect::Oauth,
        "clients and people prove here who they are",
        handler,
    )
    .fields(&[fields::CLIENT, fields::TOKEN])
    .proofs(&[Proof::Basic, Proof::Otherwise])
    .answers(Answers::ok(crate::issue::looks))
    .from_any_origin()
}

struct Endpoint(Arc<Engine>);

impl<'c> uaa_plugin::Handler<'c, Public, Body> for Endpoint {
    type Future = futures::future::BoxFuture<'c, Reply<Answer>>;
    fn call(&self, _: Public, body: Body, cx: &'c mut Ctx) -> Self::Future {
        let engine = self.0.clone();
        Box::pin(async move { token(&engine, &body, cx).await })
    }
}

async fn token(engine: &Arc<Engine>, body: &Body, cx: &mut Ctx) -> Reply<Answer> {
    let form = form(body, &cx.query)?;
    if user_token::is_wanted(&form, cx) {
        return Box::pin(user_token::grant(engine, &form, cx)).await;
    }
    let shown = engine.authenticate_client(&form, cx).await?;
    let bound = engine.bound(&shown.client, cx)?;
    // Before anything is redeemed, and while no connection is held: the client's keys may be elsewhere.
    let envelope = engine.envelope(&shown.client, shown.client.encryptions.id_token).await?;
    let attributes = attributes::read(field(&form, "authorities"))?;
    let asked = Asked { client: shown.client, by: shown.by, bound, envelope, attributes, form };
    // RFC 6749 section 4.4: only a client that has proved who it is. A public one has only said its name.
    if asked.public() && asked.field("grant_type") == Some("client_credentials") {
        return Err(invalid_client());
    }
    let grant = asked.need("grant_type")?.to_owned();
    cx.tx().assume(Duty::SignIn);
    if !GRANTS.contains(&grant.as_str()) {
        return Err(unsupported_grant(&grant));
    }
    // FAPI 2.0 Security Profile section 5.3.2.1: no passwords of people.
    if !asked.client.may(&grant) || (grant == "password" && asked.client.policy.fapi.is_some()) {
        return Err(unauthorized_client(&grant));
    }
    // The future of the endpoint is moved with each request, and is as large as its largest part: what waits for a database stands in a
    // place of its own, and the one grant that does not is not copied at its size.
    let answer = match grant.as_str() {
        "client_credentials" => client_credentials::grant(engine, &asked, cx).await,
        "authorization_code" => Box::pin(authorization_code::grant(engine, &asked, cx)).await,
        "password" => Box::pin(password::grant(engine, &asked, cx)).await,
        "refresh_token" => Box::pin(refresh_token::grant(engine, &asked, cx)).await,
        crate::device::GRANT => Box::pin(device_code::grant(engine, &asked, cx)).await,
        JWT_BEARER => Box::pin(jwt_bearer::grant(engine, &asked, cx)).await,
        TOKEN_EXCHANGE => Box::pin(token_exchange::grant(engine, &asked, cx)).await,
        // Its token is the header's, and it came by above.
        _ => Err(invalid_request("the grant type user_token takes a user's token as bearer")),
    }?;
    // RFC 9449 section 8.2: so that the next request need not be sent twice.
    match engine.nonce_for(&asked.client, cx.now()) {
        Some(nonce) => answer.with(DPOP_NONCE, &nonce),
        None => Ok(answer),
    }
}

impl Engine {
    /// What the request proves to hold, and whether that is enough for this client.
    fn bound(&self, client: &Known, cx: &Ctx) -> Reply<Confirmation> {
        let jkt = self.proved_key(client, cx)?;
        if jkt.is_none() && client.policy.dpop_only {
            return Err(unproved("the client's tokens are bound to a key: the header `DPoP` is missing"));
        }
        // RFC 8705 section 3.4.
        let x5t = match (client.policy.certificate_only, &cx.caller.certificate) {
            (true, Some(shown)) => Some(shown.certificate.thumbprint().to_owned()),
            (true, None) => {
                let text = "the client's tokens are bound to its certificate, and none was shown with TLS";
                return Err(invalid_request(text));
            }
            (false, _) => None,
        };
        Ok(Confirmation { jkt, x5t })
    }
}

const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// The grants that are there, by their names on the wire. `implicit` is none of the token endpoint's.
pub const GRANTS: &[&str] = &[
    "authorization_code",
    "client_credentials",
    "password",
    "refresh_token",
    USER_TOKEN,
    JWT_BEARER,
    TOKEN_EXCHANGE,
    crate::device::GRANT,
];
pub(crate) const USER_TOKEN: &str = "user_token";
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

/// Body and query together; a parameter may come once (RFC 6749 section 3.2), but for UAA's `scope`.
pub(crate) fn form(body: &Body, query: &str) -> Reply<Vec<(String, String)>> {
    let text = std::str::from_utf8(&body.0).map_err(|_| invalid_request("the body is not UTF-8"))?;
    let wrong = |which: &str| {
        invalid_request(format!(
            "the {which} is not a form in UTF-8 without NUL, or has more than {MOST_PAIRS} parameters"
        ))
    };
    let mut form = pairs(text).map_err(|_| wrong("body"))?;
    form.extend(pairs(query).map_err(|_| wrong("query"))?);
    once(&form)?;
    let scopes: Vec<String> = form.iter().filter(|(n, _)| n == "scope").map(|(_, v)| v.clone()).collect();
    if scopes.len() > 1 {
        form.retain(|(n, _)| n != "scope");
        form.push(("scope".into(), scopes.join(" ")));
    }
    Ok(form)
}

/// RFC 6749 sections 3.1 and 3.2: a parameter comes once. `scope` may come several times, as with UAA.
pub(crate) fn once(form: &[(String, String)]) -> Reply<()> {
    let mut seen = HashSet::with_capacity(form.len());
    for (name, _) in form {
        if name != "scope" && !seen.insert(name) {
            return Err(invalid_request(format!("the parameter `{name}` came twice")));
        }
    }
    Ok(())
}

/// For the fuzzer: any body and query are read without a panic, and no parameter is there twice.
///
/// # Panics
/// When that does not hold.
#[doc(hidden)]
pub fn fuzz_form(bytes: &[u8]) {
    let (body, query) = bytes.split_at(bytes.iter().position(|b| *b == b'\n').unwrap_or(bytes.len()));
    let query = String::from_utf8_lossy(query);
    let Ok(form) = form(&Body(body.to_vec().into()), &query) else { return };
    for (i, (name, value)) in form.iter().enumerate() {
        assert!(!form[..i].iter().any(|(n, _)| n == name), "`{name}` is there twice");
        assert!(!name.contains('\0') && !value.contains('\0'), "`{name}` holds a NUL character");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            words in prop::collection::vec(prop::sample::select(vec![
                "scope", "a", "=", "&", "+", "%", "%00", "%ff", "%C3%A4", "%3D", "ä", "\n", "\0",
            ]), 0..40)
        ) {
            fuzz_form(&bytes);
            fuzz_form(words.concat().as_bytes());
        }
    }
}
