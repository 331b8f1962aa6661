//! How an answer travels back through the browser (OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode).

use uaa_model::Reply;
use uaa_plugin::Answer;
use url::form_urlencoded::Serializer;

/// `response_mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Query,
    Fragment,
    FormPost,
}

impl Mode {
    pub(crate) fn parse(text: &str) -> Option<Mode> {
        match text {
            "query" => Some(Mode::Query),
            "fragment" => Some(Mode::Fragment),
            "form_post" => Some(Mode::FormPost),
            _ => None,
        }
    }
}

/// Where an answer goes, and what comes along with every one.
#[derive(Clone, Debug)]
pub(crate) struct Back {
    pub(crate) uri: String,
    pub(crate) mode: Mode,
    pub(crate) state: Option<String>,
    pub(crate) issuer: String,
    /// To whom, for the page that hands it over.
    pub(crate) client: uaa_look::Client,
}

impl Back {
    /// All parameters: those given, `state`, and `iss` (RFC 9207).
    pub(crate) fn all(&self, some: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        let state = self.state.clone().map(|state| ("state", state));
        some.into_iter().chain(state).chain([("iss", self.issuer.clone())]).collect()
    }

    /// The address with the answer in its query or fragment. The registered text stays as it is: parsing and writing it anew
    /// would make another one.
    pub(crate) fn location(&self, parameters: &[(&'static str, String)]) -> String {
        let text = Serializer::new(String::new()).extend_pairs(parameters).finish();
        let separator = match self.mode {
            Mode::Query | Mode::FormPost if self.uri.contains('?') => "&",
            Mode::Query | Mode::FormPost => "?",
            Mode::Fragment => "#",
        };
        format!("{}{separator}{text}", self.uri)
    }

    /// The answer as a redirect. A form that is posted is a page: see `pages.rs`.
    pub(crate) fn redirect(&self, parameters: &[(&'static str, String)]) -> Reply<Answer> {
        Answer::found(&self.location(parameters))?
            .with(axum::http::header::CACHE_CONTROL, "no-store")?
            // RFC 9700 section 4.2.4: the code is in the address of the next page, and in no Referer.
            .with(axum::http::header::REFERRER_POLICY, "no-referrer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registered_address_stays_as_it_is() {
        let back = |uri: &str, mode| Back {
            uri: uri.into(),
            mode,
            state: Some("a b&c".into()),
            issuer: "https://i".into(),
            client: uaa_look::Client::default(),
        };
        let all = back("https://a/cb", Mode::Query).all(vec![("code", "1".into())]);
        let said = back("https://a/cb", Mode::Query).location(&all);
        assert_eq!(said, "https://a/cb?code=1&state=a+b%26c&iss=https%3A%2F%2Fi");
        assert!(
            back("https://a/cb?x=%2f", Mode::Query).location(&all).starts_with("https://a/cb?x=%2f&code=1&")
        );
        assert!(back("app:/cb", Mode::Fragment).location(&all).starts_with("app:/cb#code=1&"));
    }
}
