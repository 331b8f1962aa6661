use crate::ahead::Parcel;
use crate::form::pairs;
use bytes::Bytes;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use uaa_model::{Fault, Reply};

/// A request's query and body, read whole before the transaction begins.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// The query, undecoded.
    pub query: Arc<str>,
    /// The body.
    pub body: Bytes,
    pub(crate) ahead: Option<Parcel>,
}

impl Raw {
    /// A request's query, undecoded, and its body.
    pub fn new(query: impl Into<Arc<str>>, body: impl Into<Bytes>) -> Raw {
        Raw { query: query.into(), body: body.into(), ahead: None }
    }
}

/// How a handler's second argument is read: parse at the door (house rule 13).
pub trait Input: Sized {
    /// Its name in `routes.txt`.
    const NAME: &'static str;
    /// Parses it.
    fn read(raw: &Raw) -> Reply<Self>;
    /// What it understands, for `openapi.json`.
    fn reads() -> Reads {
        Reads::default()
    }
}

/// What a route reads beside its path, as data.
#[derive(Clone, Debug, Default)]
pub struct Reads {
    /// The body.
    pub body: Option<Content>,
    /// Parameters of the query.
    pub query: Vec<Param>,
}

/// A body: its media type and its JSON schema.
#[derive(Clone, Debug)]
pub struct Content {
    /// `application/json`, …
    pub media: &'static str,
    /// The schema.
    pub schema: serde_json::Value,
}

/// A parameter of the query.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Whether the request is refused without it.
    pub required: bool,
}

impl Reads {
    /// A JSON body that is parsed into this type.
    pub fn json<T: JsonSchema>() -> Reads {
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
        Reads { body: Some(Content { media: "application/json", schema: schema.into() }), query: vec![] }
    }

    /// Parameters that may be left out.
    pub fn query(names: impl IntoIterator<Item = &'static str>) -> Reads {
        let query = names.into_iter().map(|name| Param { name, required: false }).collect();
        Reads { body: None, query }
    }
}

impl Input for () {
    const NAME: &'static str = "-";
    fn read(_: &Raw) -> Reply<Self> {
        Ok(())
    }
}

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + JsonSchema> Input for Json<T> {
    const NAME: &'static str = "json";
    fn reads() -> Reads {
        Reads::json::<T>()
    }
    fn read(raw: &Raw) -> Reply<Self> {
        serde_json::from_slice(&raw.body).map(Json).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Fault::invalid(shown(&error)),
            serde_json::error::Category::Io
            | serde_json::error::Category::Syntax
            | serde_json::error::Category::Eof => Fault::Parse("invalid request body".into()),
        })
    }
}

/// A query as pairs, in their order.
#[derive(Debug)]
pub struct Form(pub Vec<(String, String)>);

impl Input for Form {
    const NAME: &'static str = "query";
    fn read(raw: &Raw) -> Reply<Self> {
        pairs(&raw.query).map(Form)
    }
}

/// The body as it came.
#[derive(Debug)]
pub struct Body(pub Bytes);

impl Input for Body {
    const NAME: &'static str = "body";
    fn read(raw: &Raw) -> Reply<Self> {
        Ok(Body(raw.body.clone()))
    }
    fn reads() -> Reads {
        let schema = serde_json::json!({"type": "object", "additionalProperties": {"type": "string"}});
        Reads { body: Some(Content { media: "application/x-www-form-urlencoded", schema }), query: vec![] }
    }
}

/// The body as it came: JSON, which the handler reads itself because what is wrong with it has a form of its own.
#[derive(Debug)]
pub struct Document(pub Bytes);

impl Input for Document {
    const NAME: &'static str = "json";
    fn read(raw: &Raw) -> Reply<Self> {
        Ok(Document(raw.body.clone()))
    }
    fn reads() -> Reads {
        let schema = serde_json::json!({"type": "object"});
        Reads { body: Some(Content { media: "application/json", schema }), query: vec![] }
    }
}

/// serde's sentence without the position, which means nothing to a caller of an API.
fn shown(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
