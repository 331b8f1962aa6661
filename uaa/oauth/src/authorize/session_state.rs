//! `session_state`: what an application's page hands to our frame to hear whether the session is still the same (OpenID Connect
//! Session Management 1.0 sections 2 and 3).

use super::request::Asked;
use crate::engine::Engine;
use uaa_directory::{Live, browser_state, corrected, hex};
use uaa_plugin::Ctx;
use uaa_token::digest;
use url::{Origin, Url};

/// What an answer says of the browser's session.
#[derive(Clone, Debug)]
pub(crate) struct SessionState {
    pub(super) text: String,
    /// The header by which the browser holds what the text is compared with, if it does not yet.
    pub(super) cookie: Option<String>,
}

impl SessionState {
    /// For applications that sign people in, and for whoever asks without a page, as in UAA: an application without an origin has no
    /// page that could ask a frame.
    pub(super) fn of(engine: &Engine, asked: &Asked, live: Option<&Live>, cx: &Ctx) -> Option<SessionState> {
        let signs_in = asked.scope.as_deref().is_none_or(|scope| scope.split(' ').any(|one| one == "openid"));
        if !signs_in && !asked.prompt.none {
            return None;
        }
        let state = live.map_or_else(String::new, |_| browser_state(cx));
        let text = calculated(&asked.client.client_id, &asked.back.uri, &state, &engine.ids.hex32())?;
        Some(SessionState { text, cookie: corrected(live, cx) })
    }
}

/// Section 4.2, as UAA writes it: hexadecimal. `None` for an address without an origin.
fn calculated(client_id: &str, redirect_uri: &str, state: &str, salt: &str) -> Option<String> {
    let origin = Url::parse(redirect_uri).ok()?.origin();
    let Origin::Tuple(..) = origin else { return None };
    let text = format!("{client_id} {} {state} {salt}", origin.ascii_serialization());
    Some(format!("{}.{salt}", hex(&digest(&text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_client_origin_and_state() {
        let said = |uri: &str| calculated("app", uri, "s", "5a");
        // printf 'app https://app.example s 5a' | sha256sum
        let known = "46f1177eb88dcce62a3a7af5ce441c499e7186190cb2587b27700d25991c4ef6.5a";
        assert_eq!(said("https://app.example/cb?x").as_deref(), Some(known));
        assert_eq!(said("https://APP.example:443/other").as_deref(), Some(known));
        assert_ne!(said("https://app.example:444/cb").as_deref(), Some(known));
        assert_eq!(said("com.example.app:/cb"), None);
    }
}
