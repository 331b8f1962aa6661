//! The token endpoint. One grant, one file.

mod client_credentials;
mod password;
pub(crate) mod refresh_token;

use crate::client::Known;
use crate::engine::Engine;
use crate::fault::{invalid_client, invalid_request, unauthorized_client, unsupported_grant};
use crate::noted::Failed;
use axum::http::{Method, header};
use std::sync::Arc;
use uaa_authz::Duty;
use uaa_model::{Fault, Reply};
use uaa_plugin::{Answer, Body, Ctx, Dialect, Public, Route, Site, pairs};

/// What a grant reads.
pub(crate) struct Asked {
    pub(crate) client: Arc<Known>,
    /// How it proved who it is, when not by a secret.
    pub(crate) client_auth: Option<&'static str>,
    form: Vec<(String, String)>,
}

impl Asked {
    /// A parameter of the request.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A parameter of the request, to be kept.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.field(name).map(str::to_owned)
    }

    pub(crate) fn need(&self, name: &str) -> Reply<&str> {
        self.field(name).ok_or_else(|| invalid_request(format!("the parameter `{name}` is missing")))
    }

    /// Whether the client has only said its name.
    pub(crate) fn public(&self) -> bool {
        self.client_auth == Some("none")
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
    let client = engine.authenticate_client(&cx.headers, &form, &cx.caller.address).await;
    let client = client.inspect_err(|fault| {
        if let Fault::Protocol(..) = fault {
            engine.failed(Failed::Client, None, "", cx);
        }
    })?;
    let secret =
        cx.headers.contains_key(header::AUTHORIZATION) || form.iter().any(|(n, _)| n == "client_secret");
    let asked = Asked { client, client_auth: (!secret).then_some("none"), form };
    // RFC 6749 section 4.4: only a client that has proved who it is. A public one has only said its name.
    if !secret && asked.field("grant_type") == Some("client_credentials") {
        return Err(invalid_client());
    }
    let grant = asked.need("grant_type")?.to_owned();
    cx.tx().assume(Duty::SignIn);
    if !GRANTS.contains(&grant.as_str()) {
        return Err(unsupported_grant(&grant));
    }
    if !asked.client.may(&grant) {
        return Err(unauthorized_client(&grant));
    }
    match grant.as_str() {
        "client_credentials" => client_credentials::grant(engine, &asked, cx).await,
        "password" => password::grant(engine, &asked, cx).await,
        _ => refresh_token::grant(engine, &asked, cx).await,
    }
}

/// The grants that are there, by their names on the wire.
pub(crate) const GRANTS: &[&str] = &["client_credentials", "password", "refresh_token"];

/// Body and query together; a parameter may come once (RFC 6749 section 3.2), but for UAA's `scope`.
pub(crate) fn form(body: &Body, query: &str) -> Reply<Vec<(String, String)>> {
    let text = std::str::from_utf8(&body.0).map_err(|_| invalid_request("the body is not UTF-8"))?;
    let mut form = pairs(text).map_err(|_| invalid_request("the body is not a form in UTF-8 without NUL"))?;
    form.extend(pairs(query).map_err(|_| invalid_request("the query is not a form in UTF-8 without NUL"))?);
    for (i, (name, _)) in form.iter().enumerate() {
        if name != "scope" && form[..i].iter().any(|(n, _)| n == name) {
            return Err(invalid_request(format!("the parameter `{name}` came twice")));
        }
    }
    let scopes: Vec<String> = form.iter().filter(|(n, _)| n == "scope").map(|(_, v)| v.clone()).collect();
    if scopes.len() > 1 {
        form.retain(|(n, _)| n != "scope");
        form.push(("scope".into(), scopes.join(" ")));
    }
    Ok(form)
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
