//! `If-Match` and `ETag`: SCIM's optimistic locking.

use axum::http::{HeaderMap, header};
use uaa_model::{Code, Fault, Reply};
use uaa_plugin::Answer;
use uaa_plugin::shape::{NUMBER, Shape, TIME, object};

/// Whether the caller speaks of the version that is stored.
///
/// # Errors
/// 400 without the header or with one that is no version, 409 when somebody else was first.
pub(crate) fn required(headers: &HeaderMap, stored: i64) -> Reply<()> {
    if headers.contains_key(header::IF_MATCH) {
        optional(headers, stored)
    } else {
        Err(Fault::protocol(Code::new(400, "scim"), "Missing If-Match for a change"))
    }
}

/// The same, for requests that may come without the header.
pub(crate) fn optional(headers: &HeaderMap, stored: i64) -> Reply<()> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(()) };
    let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    match text.parse::<i64>() {
        _ if text == "*" => Ok(()),
        Ok(version) if version == stored => Ok(()),
        Ok(version) => Err(Fault::Conflict(
            format!("Attempt to change wrong version: expected={stored} but found={version}").into(),
        )),
        Err(_) => Err(Fault::protocol(Code::new(400, "scim"), "Invalid If-Match")),
    }
}

/// The answer with the version it shows.
pub(crate) fn tagged(answer: Answer, version: i64) -> Reply<Answer> {
    answer.with(header::ETAG, &format!("\"{version}\""))
}

/// What `meta` looks like.
pub(crate) fn meta() -> Shape {
    object([("version", NUMBER), ("created", TIME), ("lastModified", TIME)]).named("meta")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stored_version_or_any() {
        let with = |value: &'static str| {
            HeaderMap::from_iter([(header::IF_MATCH, axum::http::HeaderValue::from_static(value))])
        };
        assert!(required(&with("*"), 7).is_ok());
        assert!(required(&with("7"), 7).is_ok());
        assert!(required(&with("\"7\""), 7).is_ok());
        assert!(matches!(required(&with("6"), 7), Err(Fault::Conflict(_))));
        assert!(matches!(required(&with("seven"), 7), Err(Fault::Protocol(..))));
        assert!(matches!(required(&HeaderMap::new(), 7), Err(Fault::Protocol(..))));
        assert!(optional(&HeaderMap::new(), 7).is_ok());
    }
}
