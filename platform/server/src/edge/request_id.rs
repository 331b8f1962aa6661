use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use uaa_model::Ids;

/// What ties the lines of one request together, over all components: `X-Vcap-Request-Id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The one that the request brought, else a new one. A stranger's is made unlike any other by a suffix, as the Cloud
    /// Controller does it: nobody can make two requests look like one in the logs.
    pub(super) fn of(headers: &HeaderMap, proxied: bool, ids: &Ids) -> Self {
        let given =
            headers.get(super::REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|t| is_sane(t));
        RequestId(match given {
            Some(given) if proxied => given.into(),
            Some(given) => format!("{given}::{}", ids.uuid()).into(),
            None => (&*ids.uuid().hyphenated().encode_lower(&mut [0; 36])).into(),
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text to keep.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

impl From<RequestId> for HeaderValue {
    fn from(id: RequestId) -> Self {
        HeaderValue::from_str(&id.0).unwrap_or(HeaderValue::from_static("unknown"))
    }
}

/// Letters, digits and what separates the parts of an id; nothing that would end a line or a field of a log. With a suffix
/// it fits the 128 characters that the audit log keeps.
fn is_sane(text: &str) -> bool {
    (8..=80).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}
