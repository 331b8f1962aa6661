//! `/logout.do`: UAA's sign-out, and OpenID Connect RP-Initiated Logout 1.0.
//!
//! A request without a hint ends the session as well, as in UAA: the cookie is `SameSite=Lax`, so that only a page that is
//! opened can do it, and signing in again is all that it costs.

use crate::authorize::{Authorize, bound, parameters, some};
use crate::client::Known;
use axum::http::{Method, StatusCode, header};
use std::sync::Arc;
use uaa_directory::Shown;
use uaa_look::SignedOut;
use uaa_model::Reply;
use uaa_plugin::{Answer, Body, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, with};
use uaa_store::Want;
use url::form_urlencoded::Serializer;

pub(crate) fn routes(authorize: &Authorize) -> Vec<Route> {
    let why = "whoever is signed in may sign out, and for whoever is not nothing happens";
    [(Method::GET, "session_end"), (Method::POST, "session_end_posted")]
        .into_iter()
        .map(|(method, name)| {
            Route::public(Uaa, method, "/logout.do", name, Oauth, why, with(authorize.clone(), end))
        })
        .collect()
}

async fn end(this: Authorize, _: Public, body: Body, cx: &mut Ctx) -> Reply<Answer> {
    let (form, _) = parameters(&body.0, &cx.query)?;
    let field = |name: &str| some(&form, name);
    let hint = match field("id_token_hint") {
        Some(hint) => this.engine.hint(hint, &cx.here()).await?,
        None => None,
    };
    let named = field("client_id").map(str::to_owned);
    let hinted = hint.as_ref().and_then(|claims| claims.aud.first()).map(|aud| aud.to_string());
    // RP-Initiated Logout 1.0 section 2: both name the same client.
    let client = match (&named, &hinted) {
        (Some(named), Some(hinted)) if named != hinted => None,
        (named, hinted) => match named.as_ref().or(hinted.as_ref()) {
            Some(id) => this.engine.client(cx.zone(), id).await?,
            None => None,
        },
    };
    let wanted = field("post_logout_redirect_uri").or_else(|| field("redirect"));
    let to = wanted.and_then(|uri| allowed(client.as_ref(), uri)).map(|uri| with_state(&uri, field("state")));
    cx.step(Want::Write).await?;
    let forget = this.sessions.end(cx).await?;
    let answer = match to {
        Some(to) => Answer::found(&to)?.with(header::CACHE_CONTROL, "no-store")?,
        None => {
            let page = SignedOut { sign_in: "/login".into(), ..SignedOut::default() };
            this.pages.show(&page, Shown::new(StatusCode::OK, "/logout.do"), cx)?
        }
    };
    answer.cookie(&forget)
}

/// An address that the client has registered, for this or for its answers (UAA's rule). Nowhere else: an open redirect at the
/// end of a session is as good for phishing as one at its beginning.
fn allowed(client: Option<&Arc<Known>>, uri: &str) -> Option<String> {
    let client = client?;
    bound(&client.logout_uris, false, Some(uri))
        .or_else(|| bound(&client.redirect_uris, client.wildcards, Some(uri)))
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let separator = if uri.contains('?') { '&' } else { '?' };
    let text = Serializer::new(String::new()).append_pair("state", state).finish();
    format!("{uri}{separator}{text}")
}
