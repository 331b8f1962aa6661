//! The form of a JSON value, in a few words: it stands beside what writes the value, and `openapi.json` is written from it.

use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The form of a JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Whatever it is: somebody else's, passed on.
    Any,
    /// A string.
    Text,
    /// A UUID.
    Id,
    /// RFC 3339.
    Time,
    /// A whole number.
    Number,
    /// True or false.
    Flag,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// An array.
    List(Box<Shape>),
    /// An object whose members have any name.
    Map(Box<Shape>),
    /// An object whose members are these and no others.
    Object(Object),
    /// That, or null.
    OrNull(Box<Shape>),
    /// One of these.
    Either(Vec<Shape>),
}

/// [`Shape::Object`], made by [`object`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    name: Option<Cow<'static, str>>,
    members: Vec<Member>,
    /// What names of further members begin with, and those members.
    starting: Vec<(String, Shape)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Member {
    name: Cow<'static, str>,
    shape: Shape,
    always: bool,
}

/// [`Shape::Any`].
pub const ANY: Shape = Shape::Any;
/// [`Shape::Text`].
pub const TEXT: Shape = Shape::Text;
/// [`Shape::Id`].
pub const ID: Shape = Shape::Id;
/// [`Shape::Time`].
pub const TIME: Shape = Shape::Time;
/// [`Shape::Number`].
pub const NUMBER: Shape = Shape::Number;
/// [`Shape::Flag`].
pub const FLAG: Shape = Shape::Flag;

/// An object with these members, all of them there.
pub fn object<N: Into<Cow<'static, str>>>(members: impl IntoIterator<Item = (N, Shape)>) -> Shape {
    Shape::Object(Object::default()).and(members)
}

/// An array.
pub fn list(of: Shape) -> Shape {
    Shape::List(Box::new(of))
}

/// An object whose members have any name.
pub fn map(of: Shape) -> Shape {
    Shape::Map(Box::new(of))
}

impl Shape {
    /// That, or null.
    #[must_use]
    pub fn or_null(self) -> Shape {
        Shape::OrNull(Box::new(self))
    }

    /// An object with these members too.
    #[must_use]
    pub fn and<N: Into<Cow<'static, str>>>(self, members: impl IntoIterator<Item = (N, Shape)>) -> Shape {
        self.with(members, true)
    }

    /// An object with these members too, which are not always there.
    #[must_use]
    pub fn perhaps<N: Into<Cow<'static, str>>>(self, members: impl IntoIterator<Item = (N, Shape)>) -> Shape {
        self.with(members, false)
    }

    /// An object with members too whose names begin so.
    #[must_use]
    pub fn starting(self, members: impl IntoIterator<Item = (String, Shape)>) -> Shape {
        self.changed(|object| object.starting.extend(members))
    }

    /// An object that stands among the document's components under that name, the same wherever it is named.
    #[must_use]
    pub fn named(self, name: &'static str) -> Shape {
        self.changed(|object| object.name = Some(name.into()))
    }

    /// An object of which only a part may be there, because the caller chooses.
    #[must_use]
    pub fn part(self) -> Shape {
        self.changed(|object| {
            object.name = object.name.take().map(|name| format!("{name}.part").into());
            object.members.iter_mut().for_each(|member| member.always = false);
        })
    }

    fn with<N: Into<Cow<'static, str>>>(
        self,
        members: impl IntoIterator<Item = (N, Shape)>,
        always: bool,
    ) -> Shape {
        let members = members.into_iter().map(|(name, shape)| Member { name: name.into(), shape, always });
        // It is another one than the one that has the name.
        self.changed(|object| {
            object.name = None;
            object.members.extend(members);
        })
    }

    fn changed(mut self, change: impl FnOnce(&mut Object)) -> Shape {
        if let Shape::Object(object) = &mut self {
            change(object);
        }
        self
    }

    /// As a JSON schema. Objects that have a name go to `schemas`.
    pub(crate) fn schema(&self, schemas: &mut Map<String, Value>) -> Value {
        match self {
            Shape::Any => json!({}),
            Shape::Text => json!({"type": "string"}),
            Shape::Id => json!({"type": "string", "format": "uuid"}),
            Shape::Time => json!({"type": "string", "format": "date-time"}),
            Shape::Number => json!({"type": "integer"}),
            Shape::Flag => json!({"type": "boolean"}),
            Shape::Word(words) => json!({"type": "string", "enum": words}),
            Shape::List(of) => json!({"type": "array", "items": of.schema(schemas)}),
            Shape::Map(of) => json!({"type": "object", "additionalProperties": of.schema(schemas)}),
            Shape::Object(object) => object.schema(schemas),
            Shape::OrNull(of) => nullable(of.schema(schemas)),
            Shape::Either(all) => {
                json!({"anyOf": all.iter().map(|one| one.schema(schemas)).collect::<Vec<_>>()})
            }
        }
    }
}

impl Object {
    fn schema(&self, schemas: &mut Map<String, Value>) -> Value {
        let always = self.members.iter().filter(|member| member.always);
        let required: Vec<&str> = always.map(|member| &*member.name).collect();
        let members = self.members.iter().map(|one| (one.name.to_string(), one.shape.schema(schemas)));
        let members: Map<String, Value> = members.collect();
        let mut schema = json!({"type": "object", "properties": members, "additionalProperties": false});
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        for (start, shape) in &self.starting {
            schema["patternProperties"][format!("^{start}")] = shape.schema(schemas);
        }
        let Some(name) = &self.name else { return schema };
        if *schemas.entry(name.to_string()).or_insert_with(|| schema.clone()) == schema {
            return json!({"$ref": format!("#/components/schemas/{name}")});
        }
        // Another one has the name already: said where it stands, and the golden test finds the title.
        schema["title"] = name.to_string().into();
        schema
    }
}

/// Null has a type of its own beside a simple one, and is an alternative to everything else.
fn nullable(mut schema: Value) -> Value {
    match schema["type"].take() {
        Value::String(kind) if schema.get("enum").is_none() => {
            schema["type"] = json!([kind, "null"]);
            schema
        }
        Value::Null => {
            if let Some(object) = schema.as_object_mut() {
                object.remove("type");
            }
            json!({"anyOf": [schema, {"type": "null"}]})
        }
        kind => {
            schema["type"] = kind;
            json!({"anyOf": [schema, {"type": "null"}]})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_with_a_name_is_said_once() {
        let mut schemas = Map::new();
        let thing = || object([("id", ID)]).perhaps([("left", NUMBER)]).named("thing");
        let said = object([("one", thing().or_null()), ("all", list(thing()))]).schema(&mut schemas);
        let to = json!({"$ref": "#/components/schemas/thing"});
        assert_eq!(said["properties"]["one"], json!({"anyOf": [to, {"type": "null"}]}));
        assert_eq!(said["properties"]["all"]["items"], to);
        let expected = json!({
            "type": "object",
            "properties": {"id": {"type": "string", "format": "uuid"}, "left": {"type": "integer"}},
            "required": ["id"],
            "additionalProperties": false,
        });
        assert_eq!(schemas["thing"], expected);
        assert_eq!(object([("x", TEXT)]).named("thing").schema(&mut schemas)["title"], "thing");
        assert!(thing().part().schema(&mut schemas)["$ref"].as_str().is_some_and(|to| to.ends_with(".part")));
        assert!(schemas["thing.part"].get("required").is_none());
    }

    #[test]
    fn null_is_a_type_or_an_alternative() {
        let mut schemas = Map::new();
        let mut of = |shape: Shape| shape.or_null().schema(&mut schemas);
        assert_eq!(of(TIME), json!({"type": ["string", "null"], "format": "date-time"}));
        let word = json!({"type": "string", "enum": ["a"]});
        assert_eq!(of(Shape::Word(&["a"])), json!({"anyOf": [word, {"type": "null"}]}));
    }
}
