use crate::form::pairs;
use bytes::Bytes;
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
}

/// How a handler's second argument is read: parse at the door (house rule 13).
pub trait Input: Sized {
    /// Its name in `routes.txt`.
    const NAME: &'static str;
    /// Parses it.
    fn read(raw: &Raw) -> Reply<Self>;
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

impl<T: DeserializeOwned> Input for Json<T> {
    const NAME: &'static str = "json";
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
}

/// serde's sentence without the position, which means nothing to a caller of an API.
fn shown(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
