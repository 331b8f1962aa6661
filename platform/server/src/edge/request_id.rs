use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use uaa_model::Ids;

/// What ties the lines of one request together, over all components: `X-Vcap-Request-Id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The one that a proxy of ours gave the request, else a new one.
    pub(super) fn of(headers: &HeaderMap, proxied: bool, ids: &Ids) -> Self {
        let given = || headers.get(super::REQUEST_ID)?.to_str().ok().filter(|text| is_sane(text));
        let given = if proxied { given() } else { None };
        RequestId(given.map_or_else(|| ids.uuid().to_string().into(), Arc::from))
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

/// Letters, digits and what separates the parts of an id; nothing that would end a line or a field of a log.
fn is_sane(text: &str) -> bool {
    (8..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}
