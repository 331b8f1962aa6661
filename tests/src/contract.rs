//! `openapi.json` as a promise: whatever a request that succeeds is answered must be what the document says of its route.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use uaa_model::parse_rfc3339;
use uaa_plugin::Route;

/// The document, by operation, and which of its answers were heard.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    responses: BTreeMap<String, Value>,
    heard: Mutex<BTreeSet<(String, u16)>>,
}

/// An answer that succeeded.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// Its status.
    pub status: u16,
    /// The header `Content-Type`.
    pub media: Option<&'a str>,
    /// Names of headers that it has.
    pub headers: &'a BTreeSet<&'a str>,
    /// Its body.
    pub body: &'a [u8],
}

impl Contract {
    /// Of these routes.
    pub fn of(routes: &[Route]) -> Contract {
        let document = uaa_plugin::document(routes, "0");
        let items = document["paths"].as_object().into_iter().flat_map(Map::values);
        let all = items.filter_map(Value::as_object).flat_map(Map::values);
        let name = |one: &Value| one["operationId"].as_str().unwrap_or_default().to_owned();
        let responses = all.map(|one| (name(one), one["responses"].clone())).collect();
        Contract { document, responses, heard: Mutex::default() }
    }

    /// Holds an answer of the operation of that name against the document.
    ///
    /// # Panics
    /// When the document does not say that the answer is so.
    pub fn hold(&self, name: &str, answered: &Answered<'_>) {
        // A page that is not there is no operation.
        let Some(responses) = self.responses.get(name) else { return };
        let Answered { status, .. } = *answered;
        if let Err(why) = self.is_kept(&responses[status.to_string()], answered) {
            let body = String::from_utf8_lossy(answered.body);
            panic!("`{name}` answers {status} in a way that its route does not declare: {why}\n{body:.2000}");
        }
        self.heard.lock().expect("nobody panicked").insert((name.to_owned(), status));
    }

    /// Which answers with JSON the document has that were not heard, of those operations that `wanted` takes.
    ///
    /// # Panics
    /// When another thread panicked.
    pub fn unheard(&self, wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let heard = self.heard.lock().expect("nobody panicked");
        let all = self.responses.iter().filter(|(name, _)| wanted(name)).flat_map(|(name, responses)| {
            let with_json = |(status, one): (&String, &Value)| {
                let status = status.parse::<u16>().ok()?;
                one["content"]["application/json"].is_object().then(|| (name.clone(), status))
            };
            responses.as_object().into_iter().flatten().filter_map(with_json)
        });
        all.filter(|one| !heard.contains(one)).map(|(name, status)| format!("{name} {status}")).collect()
    }

    fn is_kept(&self, response: &Value, answered: &Answered<'_>) -> Result<(), String> {
        if response.is_null() {
            return Err("the status".into());
        }
        for name in ["location", "etag"] {
            let header = if name == "etag" { "ETag" } else { "Location" };
            let (declared, there) =
                (response["headers"][header].is_object(), answered.headers.contains(name));
            if declared && !there || there && !declared && name == "location" {
                return Err(format!("the header {header}"));
            }
        }
        let contents = response["content"].as_object();
        let Some(media) = answered.media.filter(|_| !answered.body.is_empty()) else {
            return if contents.is_none() { Ok(()) } else { Err("no body".into()) };
        };
        let content = contents.and_then(|all| all.get(media).or_else(|| all.get("*/*")));
        let content = content.ok_or_else(|| format!("the type {media}"))?;
        if media != "application/json" {
            return Ok(());
        }
        let body: Value = serde_json::from_slice(answered.body).map_err(|error| error.to_string())?;
        fits(&self.document, &content["schema"], &body, "body")
    }
}

/// Whether a value is as a JSON schema says, one of those that [`uaa_plugin::shape`] writes. `at`: where the value stands.
///
/// # Errors
/// Where it is not, and what was expected.
///
/// # Panics
/// On a word of JSON Schema that is not among those.
pub fn fits(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let empty = Map::new();
    let words = schema.as_object().unwrap_or(&empty);
    for (word, said) in words {
        match word.as_str() {
            "$ref" => {
                let to =
                    said.as_str().and_then(|to| to.strip_prefix('#')).and_then(|to| document.pointer(to));
                fits(document, to.expect("it refers to something"), value, at)?;
            }
            "type" => {
                is_of(said, value).then_some(()).ok_or_else(|| format!("{at}: {value} is no {said}"))?
            }
            "format" => is_written(said, value)
                .then_some(())
                .ok_or_else(|| format!("{at}: {value} is not written as {said}"))?,
            "enum" => {
                let known = said.as_array().is_some_and(|all| all.contains(value));
                known.then_some(()).ok_or_else(|| format!("{at}: {value} is none of {said}"))?;
            }
            "anyOf" => {
                let tried = said.as_array().into_iter().flatten().map(|one| fits(document, one, value, at));
                let wrong: Vec<String> = tried.map(Result::err).collect::<Option<_>>().unwrap_or_default();
                wrong.is_empty().then_some(()).ok_or_else(|| wrong.join("; or "))?;
            }
            "items" => {
                for (i, one) in value.as_array().into_iter().flatten().enumerate() {
                    fits(document, said, one, &format!("{at}[{i}]"))?;
                }
            }
            "required" => {
                let names = said.as_array().into_iter().flatten().filter_map(Value::as_str);
                let mut missing = names.filter(|name| value.is_object() && value.get(name).is_none());
                missing.next().map_or(Ok(()), |name| Err(format!("{at}.{name} is missing")))?;
            }
            "properties" | "patternProperties" | "additionalProperties" => {}
            other => panic!("`{other}` is not a word that schemas of answers use"),
        }
    }
    for (name, one) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        let starts = |(pattern, _): &(&String, &Value)| name.starts_with(pattern.trim_start_matches('^'));
        let patterns = words.get("patternProperties").and_then(Value::as_object);
        let started = patterns.and_then(|all| all.iter().find(starts)).map(|(_, said)| said);
        let own = words.get("properties").and_then(|all| all.get(name)).or(started);
        match (own, words.get("additionalProperties")) {
            (Some(own), _) => fits(document, own, one, &at)?,
            (None, Some(Value::Bool(false))) => return Err(format!("{at} is not declared")),
            (None, Some(any)) => fits(document, any, one, &at)?,
            (None, None) => {}
        }
    }
    Ok(())
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some(other) => panic!("`{other}` is no type that schemas of answers use"),
        None => kind.as_array().is_some_and(|all| all.iter().any(|kind| is_of(kind, value))),
    }
}

fn is_written(format: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match format.as_str() {
        Some("uuid") => text.parse::<uuid::Uuid>().is_ok(),
        Some("date-time") => parse_rfc3339(text).is_some(),
        other => panic!("{other:?} is no format that schemas of answers use"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_does_not_fit_is_named() {
        let thing = json!({
            "type": "object", "additionalProperties": false, "required": ["id"],
            "properties": {"id": {"type": "string", "format": "uuid"}, "at": {"type": ["string", "null"], "format": "date-time"}},
        });
        let document = json!({"thing": thing});
        let all = json!({"type": "array", "items": {"anyOf": [{"$ref": "#/thing"}, {"type": "null"}]}});
        let id = "00000000-0000-0000-0000-000000000001";
        let said = |value: Value| fits(&document, &all, &value, "body");
        assert_eq!(
            said(json!([{"id": id, "at": null}, {"id": id, "at": "2026-01-01T00:00:00Z"}, null])),
            Ok(())
        );
        for (value, why) in [
            (json!([{}]), "body[0].id is missing"),
            (json!([{"id": "1"}]), "body[0].id: \"1\" is not written as \"uuid\""),
            (json!([{"id": id, "x": 1}]), "body[0].x is not declared"),
            (json!([{"id": id, "at": 1}]), "body[0].at: 1 is no [\"string\",\"null\"]"),
            (json!({}), "body: {} is no \"array\""),
        ] {
            assert!(said(value.clone()).is_err_and(|said| said.starts_with(why)), "{:?}", said(value));
        }
    }
}
