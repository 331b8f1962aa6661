//! How an answer travels back through the browser (OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode).

use super::session_state::SessionState;
use crate::client::Known;
use crate::encrypted::Envelope;
use crate::engine::Engine;
use serde_json::{Map, Value};
use std::sync::Arc;
use uaa_model::Reply;
use uaa_plugin::Answer;
use uaa_token::epoch_seconds;
use url::form_urlencoded::Serializer;

/// `response_mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Query,
    Fragment,
    FormPost,
}

impl Mode {
    /// How, and whether signed (JWT Secured Authorization Response Mode section 2.3): `jwt` alone leaves open how.
    pub(crate) fn parse(text: &str) -> Option<(Option<Mode>, bool)> {
        let (mode, signed) = match text.strip_suffix(".jwt") {
            Some(mode) => (mode, true),
            None => (text, false),
        };
        match mode {
            "query" => Some((Some(Mode::Query), signed)),
            "fragment" => Some((Some(Mode::Fragment), signed)),
            "form_post" => Some((Some(Mode::FormPost), signed)),
            "jwt" if !signed => Some((None, true)),
            _ => None,
        }
    }
}

/// Where an answer goes, and what comes along with every one.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    pub(crate) uri: String,
    pub(crate) mode: Mode,
    /// Whether it is signed (JWT Secured Authorization Response Mode).
    pub(crate) signed: bool,
    pub(crate) state: Option<String>,
    pub(crate) issuer: String,
    /// Whether the issuer is named beside the answer (RFC 9207). Not to a program that asks by a token and reads the redirect itself: no other
    /// server's answer can come in between, and UAA's clients cut that address to pieces.
    pub(crate) named: bool,
    /// What is said of the browser's session.
    pub(crate) session: Option<SessionState>,
    /// What goes around it, when it is signed.
    pub(crate) envelope: Envelope,
    /// To whom.
    pub(crate) client: Arc<Known>,
}

impl Back {
    /// All parameters: those given, `state`, `session_state`, and mostly `iss` (RFC 9207).
    pub(crate) fn all(&self, some: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        let state = self.state.clone().map(|state| ("state", state));
        let session = self.session.as_ref().map(|session| ("session_state", session.text.clone()));
        let issuer = self.named.then(|| ("iss", self.issuer.clone()));
        some.into_iter().chain(state).chain(session).chain(issuer).collect()
    }

    /// The same as one parameter that nobody between can read as another answer (JWT Secured Authorization Response Mode
    /// section 2.1).
    pub(crate) fn sealed(
        &self,
        engine: &Engine,
        parameters: &[(&'static str, String)],
    ) -> Reply<Vec<(&'static str, String)>> {
        if !self.signed {
            return Ok(parameters.to_vec());
        }
        let said = parameters.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())));
        let mut claims: Map<String, Value> = said.collect();
        claims.insert("iss".into(), self.issuer.as_str().into());
        claims.insert("aud".into(), self.client.client_id.as_str().into());
        claims.insert("exp".into(), (epoch_seconds(engine.clock.now()) + SECONDS).into());
        let keys = engine.keys_of(&self.client)?;
        let token = keys.encoder_with(self.client.policy.answer_algorithm).encode(&claims)?;
        Ok(vec![("response", self.envelope.around(token)?)])
    }

    /// The answer as a redirect. A form that is posted is a page: see `pages.rs`.
    pub(crate) fn redirect(&self, parameters: &[(&'static str, String)]) -> Reply<Answer> {
        Answer::found(&location(&self.uri, self.mode, parameters))?
            .with(axum::http::header::CACHE_CONTROL, "no-store")?
            // RFC 9700 section 4.2.4: the code is in the address of the next page, and in no Referer.
            .with(axum::http::header::REFERRER_POLICY, "no-referrer")
    }
}

/// The address with the answer in its query or fragment. The registered text stays as it is: parsing and writing it anew would
/// make another one.
fn location(uri: &str, mode: Mode, parameters: &[(&'static str, String)]) -> String {
    let text = Serializer::new(String::new()).extend_pairs(parameters).finish();
    let separator = match mode {
        Mode::Query | Mode::FormPost if uri.contains('?') => "&",
        Mode::Query | Mode::FormPost => "?",
        Mode::Fragment => "#",
    };
    format!("{uri}{separator}{text}")
}

/// How long a signed answer is good: for a redirect.
const SECONDS: i64 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registered_address_stays_as_it_is() {
        let all = [("code", "1".to_owned()), ("state", "a b&c".into()), ("iss", "https://i".into())];
        let said = location("https://a/cb", Mode::Query, &all);
        assert_eq!(said, "https://a/cb?code=1&state=a+b%26c&iss=https%3A%2F%2Fi");
        assert!(location("https://a/cb?x=%2f", Mode::Query, &all).starts_with("https://a/cb?x=%2f&code=1&"));
        assert!(location("app:/cb", Mode::Fragment, &all).starts_with("app:/cb#code=1&"));
    }

    #[test]
    fn each_mode_alone_and_signed() {
        assert_eq!(Mode::parse("query"), Some((Some(Mode::Query), false)));
        assert_eq!(Mode::parse("form_post.jwt"), Some((Some(Mode::FormPost), true)));
        assert_eq!(Mode::parse("jwt"), Some((None, true)));
        for none in ["", "jwt.jwt", ".jwt", "Query", "query.jwt.jwt", "query "] {
            assert_eq!(Mode::parse(none), None, "{none}");
        }
    }
}
