//! UAA's additional attributes of a token (`az_attr`): what a client says of its own in the parameter `authorities`.
//!
//! They are the client's word and nobody checks them: a resource server that goes by them trusts every client that it takes tokens
//! of, public ones too.

use crate::fault::invalid_request;
use serde_json::{Map, Value};
use uaa_model::Reply;

/// Reads `authorities={"az_attr":{…}}`. Plain values become texts, as UAA's parser has it; what is no such object is none (UAA).
///
/// # Errors
/// `invalid_request` when they are too large for a token.
pub(super) fn read(authorities: Option<&str>) -> Reply<Option<Map<String, Value>>> {
    let Some(text) = authorities else { return Ok(None) };
    if text.len() > LONGEST {
        return Err(invalid_request(format!("the parameter `authorities` is larger than {LONGEST} bytes")));
    }
    let Ok(Value::Object(mut all)) = serde_json::from_str(text) else { return Ok(None) };
    let Some(Value::Object(attributes)) = all.remove("az_attr") else { return Ok(None) };
    let as_text = |value: Value| match value {
        Value::Null | Value::String(_) => Some(value),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        Value::Array(_) | Value::Object(_) => None,
    };
    Ok(attributes.into_iter().map(|(name, value)| Some((name, as_text(value)?))).collect())
}

/// Every request with the token carries them.
const LONGEST: usize = 2_000;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_values_are_texts_and_nothing_else_is_taken() {
        let read = |text: &str| read(Some(text)).unwrap().map(Value::Object);
        let good = r#"{"az_attr":{"external_group":"domain\\group1","is":true,"n":12}}"#;
        assert_eq!(read(good), Some(json!({"external_group": "domain\\group1", "is": "true", "n": "12"})));
        for none in ["", "x", "[]", "{}", r#"{"az_attr":null}"#, r#"{"az_attr":{"a":{"b":1}}}"#] {
            assert_eq!(read(none), None, "{none}");
        }
        assert!(super::read(Some(&"x".repeat(LONGEST + 1))).is_err());
    }
}
