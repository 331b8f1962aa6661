//! The frames in which applications hear, without asking the server, whether somebody else is signed in: OpenID Connect Session
//! Management 1.0 section 3.3 (`check_session_iframe`), and UAA's `/session`. What they compare with: `authorize/session_state.rs`.

use crate::authorize::{Authorize, is_origin_of, some};
use crate::fault::invalid_request;
use axum::http::Method;
use uaa_model::Reply;
use uaa_plugin::{Answer, Answers, Ctx, Dialect::Oauth, Public, Route, Site::Uaa, pairs, with};

pub(crate) fn routes(authorize: &Authorize) -> Vec<Route> {
    let why = "the page is the same for everybody, and knows of the session what its browser holds";
    // OpenID Connect's form has no parameters: only who was told a `session_state` hears something. In UAA's older form an application
    // asks for a person by identifier.
    [(PATH, "session_management_show", true), ("/session", "session_show", false)]
        .into_iter()
        .map(|(path, name, anybody)| {
            let frame = with((authorize.clone(), anybody), show);
            Route::public(Uaa, Method::GET, path, name, Oauth, why, frame).answers(Answers::html())
        })
        .collect()
}

/// `anybody`: whether pages of every origin may have it, if they do not say whose they are.
async fn show((this, anybody): (Authorize, bool), _: Public, _: (), cx: &mut Ctx) -> Reply<Answer> {
    let around = if anybody && cx.query.is_empty() { "*".to_owned() } else { around(&this, cx).await? };
    this.pages.frame("check-session.js", &around, cx)
}

/// The origin of `messageOrigin`, if it is one of the client's.
async fn around(this: &Authorize, cx: &mut Ctx) -> Reply<String> {
    let query = pairs(&cx.query)?;
    let need = |name: &'static str| {
        some(&query, name).ok_or_else(|| invalid_request(format!("the parameter `{name}` is missing")))
    };
    let (client_id, origin) = (need("clientId")?, need("messageOrigin")?);
    let client = this.engine.client(cx.zone(), client_id).await?;
    let client = client.ok_or_else(|| invalid_request("there is no client of that `clientId`"))?;
    match is_origin_of(&client.redirect_uris, client.wildcards, origin) {
        true => Ok(origin.to_owned()),
        false => Err(invalid_request("`messageOrigin` is not the origin of a redirect URI of the client")),
    }
}

pub(crate) const PATH: &str = "/session_management";
