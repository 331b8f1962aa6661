//! What bodies have in common: how they are read, relationships, names.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Value, json};
use std::borrow::Cow;
use uaa_authz::Resource;
use uaa_model::{Fault, Id, Reply};
use uaa_plugin::{Input, Raw, Reads, Within};

/// A JSON body whose mistakes are said in the Cloud Controller's words.
#[derive(Debug)]
pub(crate) struct Doc<T> {
    /// What it says.
    pub(crate) it: T,
    /// As it was sent, for the audit event.
    pub(crate) sent: Value,
}

impl<T: DeserializeOwned + JsonSchema> Input for Doc<T> {
    const NAME: &'static str = "json";
    fn reads() -> Reads {
        Reads::json::<T>()
    }
    fn read(raw: &Raw) -> Reply<Self> {
        let said = |error: serde_json::Error| match error.classify() {
            Category::Data => Fault::invalid(said(&error.to_string())),
            Category::Syntax | Category::Eof | Category::Io => Fault::Parse("invalid request body".into()),
        };
        let it = serde_json::from_slice(&raw.body).map_err(said)?;
        let sent: Value = serde_json::from_slice(&raw.body).map_err(said)?;
        if !sent.is_object() {
            return Err(Fault::invalid("The request body must be an object"));
        }
        if holds_nul(&sent) {
            return Err(Fault::invalid("The request body must not contain NUL characters"));
        }
        Ok(Doc { it, sent })
    }
}

impl<R: Resource, T: Within<R>> Within<R> for Doc<T> {
    fn parent(&self, zone: Id<uaa_authz::Zone>) -> Id<R::Parent> {
        self.it.parent(zone)
    }

    fn hidden(parent: Id<R::Parent>) -> Fault {
        T::hidden(parent)
    }
}

/// PostgreSQL neither stores such a text nor compares with one.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(holds_nul),
        Value::Object(all) => all.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
    }
}

/// The parser's sentence, without the position, as the field's clients know it.
fn said(text: &str) -> String {
    let text = text.split(" at line ").next().unwrap_or_default();
    let quoted = || text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        return format!("Unknown field(s): '{}'", quoted());
    }
    if text.starts_with("missing field") {
        return format!("{} can't be blank", capital(quoted()));
    }
    text.to_owned()
}

/// A field's name at the head of a sentence.
pub(crate) fn capital(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// `{"data": {"guid": …}}`.
#[derive(Debug, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(crate) struct One<K> {
    pub(crate) data: Guid<K>,
}

#[derive(Debug, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(crate) struct Guid<K> {
    pub(crate) guid: Id<K>,
}

/// `{"data": [{"guid": …}]}`.
#[derive(Debug, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub(crate) struct Many<K> {
    data: Vec<Guid<K>>,
}

impl<K> Default for Many<K> {
    fn default() -> Self {
        Many { data: vec![] }
    }
}

impl<K> Many<K> {
    pub(crate) fn ids(&self) -> Vec<Id<K>> {
        self.data.iter().map(|one| one.guid).collect()
    }
}

impl<K> JsonSchema for One<K> {
    fn schema_name() -> Cow<'static, str> {
        "One".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        tie(&guid())
    }
}

impl<K> JsonSchema for Many<K> {
    fn schema_name() -> Cow<'static, str> {
        "Many".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        tie(&json!({"type": "array", "items": guid()}))
    }
}

fn tie(data: &Value) -> Schema {
    json_schema!({"type": "object", "required": ["data"], "additionalProperties": false, "properties": {"data": data}})
}

/// Which kind an id is of does not show on the wire.
fn guid() -> Value {
    json!({"type": "object", "required": ["guid"], "additionalProperties": false,
        "properties": {"guid": {"type": "string", "format": "uuid"}}})
}

/// A name of 1 to so many printable characters.
pub(crate) fn name(text: &str, most: usize) -> Reply<()> {
    if text.trim().is_empty() {
        return Err(Fault::invalid("Name can't be blank"));
    }
    if text.chars().count() > most {
        return Err(Fault::invalid(format!("Name is too long (maximum is {most} characters)")));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::invalid("Name must not contain escaped characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read by the parser")]
    struct Named {
        name: String,
    }

    fn read(body: &'static str) -> Reply<Doc<Named>> {
        Doc::read(&Raw::new("", body))
    }

    #[test]
    fn mistakes_are_said_in_the_fields_words() {
        for (body, text) in [
            (r#"{"name": "a", "x": 1}"#, "Unknown field(s): 'x'"),
            ("{}", "Name can't be blank"),
            (r#"{"name": 1}"#, "invalid type: integer `1`, expected a string"),
            (r#"{"name": "a\u0000"}"#, "The request body must not contain NUL characters"),
        ] {
            let fault = read(body).map(|_| ()).unwrap_err();
            assert!(matches!(&fault, Fault::Invalid(said) if said[0] == text), "{fault:?}");
        }
        for body in ["{", ""] {
            assert!(matches!(read(body), Err(Fault::Parse(_))), "{body} was taken");
        }
        for body in [r#"["a"]"#, "1"] {
            assert!(matches!(read(body), Err(Fault::Invalid(_))), "{body} was taken");
        }
    }

    #[test]
    fn names_have_a_length() {
        assert!(name("x", 255).is_ok() && name(&"é".repeat(255), 255).is_ok());
        assert!(name("  ", 255).is_err() && name(&"x".repeat(256), 255).is_err() && name("a\nb", 9).is_err());
    }
}
