//! What a request that succeeds is answered, as data: said with the route, written into `openapi.json`, and held by the tests
//! against every answer that they get.

use crate::shape::Shape;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// One way in which a route answers a request that succeeds.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    status: StatusCode,
    body: Said,
    located: bool,
    tagged: bool,
}

#[derive(Clone, Copy, Debug)]
enum Said {
    Nothing,
    Json(fn() -> Shape),
    Media(&'static str),
}

impl Answers {
    /// 200 with JSON.
    pub const fn ok(shape: fn() -> Shape) -> Answers {
        Answers::of(StatusCode::OK, Said::Json(shape))
    }

    /// 201 with JSON.
    pub const fn created(shape: fn() -> Shape) -> Answers {
        Answers::of(StatusCode::CREATED, Said::Json(shape))
    }

    /// 202 and where to look.
    pub const fn job() -> Answers {
        Answers::of(StatusCode::ACCEPTED, Said::Nothing).located()
    }

    /// 204.
    pub const fn none() -> Answers {
        Answers::status(StatusCode::NO_CONTENT)
    }

    /// A status alone.
    pub const fn status(status: StatusCode) -> Answers {
        Answers::of(status, Said::Nothing)
    }

    /// 302: go there.
    pub const fn found() -> Answers {
        Answers::of(StatusCode::FOUND, Said::Nothing).located()
    }

    /// A page for people.
    pub const fn html() -> Answers {
        Answers::media(StatusCode::OK, HTML)
    }

    /// Any status and type that is no JSON.
    pub const fn media(status: StatusCode, media: &'static str) -> Answers {
        Answers::of(status, Said::Media(media))
    }

    /// With the header `Location`.
    #[must_use]
    pub const fn located(self) -> Answers {
        Answers { located: true, ..self }
    }

    /// With the header `ETag`.
    #[must_use]
    pub const fn tagged(self) -> Answers {
        Answers { tagged: true, ..self }
    }

    /// Whether it is for people, or leads them somewhere.
    pub(crate) fn is_for_browsers(&self) -> bool {
        matches!(self.body, Said::Media(HTML)) || self.status == StatusCode::FOUND
    }

    const fn of(status: StatusCode, body: Said) -> Answers {
        Answers { status, body, located: false, tagged: false }
    }
}

/// `responses` of an operation: how it succeeds, and the form of its dialect's errors. Pages say on a page what went wrong.
pub(crate) fn responses(all: &[Answers], error: &Value, schemas: &mut Map<String, Value>) -> Value {
    let mut responses = Map::new();
    let mut refused = json!({"application/json": {"schema": error}});
    for one in all {
        let status = one.status.as_str();
        let response =
            responses.entry(status).or_insert_with(|| json!({"description": described(one.status)}));
        for (name, _) in [("Location", one.located), ("ETag", one.tagged)].iter().filter(|(_, there)| *there)
        {
            response["headers"][name] = json!({"required": true, "schema": {"type": "string"}});
        }
        match one.body {
            Said::Nothing => {}
            Said::Json(shape) => {
                response["content"]["application/json"] = json!({"schema": shape().schema(schemas)});
            }
            Said::Media(media) => response["content"][media] = json!({"schema": {"type": "string"}}),
        }
        if matches!(one.body, Said::Media(HTML)) {
            refused[HTML] = json!({"schema": {"type": "string"}});
        }
    }
    responses.insert("default".into(), json!({"description": "refused or failed", "content": refused}));
    responses.into()
}

fn described(status: StatusCode) -> String {
    status.canonical_reason().unwrap_or("done").to_lowercase()
}

const HTML: &str = "text/html; charset=utf-8";
