use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use uaa_model::{Fault, Reply};

/// What a handler answers.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// 200 with JSON.
    pub fn ok(value: &Value) -> Reply<Answer> {
        Answer::json(StatusCode::OK, value)
    }

    /// 201 with JSON.
    pub fn created(value: &Value) -> Reply<Answer> {
        Answer::json(StatusCode::CREATED, value)
    }

    /// Any status with JSON.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Reply<Answer> {
        let body = serde_json::to_vec(value).map_err(|why| Fault::Internal(format!("an answer: {why}")))?;
        Answer::text(status, "application/json", body)
    }

    /// Any status and type.
    pub fn text(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply<Answer> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Ok(Answer { status, headers, body: body.into() })
    }

    /// A status alone.
    pub fn status(status: StatusCode) -> Reply<Answer> {
        Ok(Answer { status, headers: HeaderMap::new(), body: Bytes::new() })
    }

    /// 204.
    pub fn none() -> Reply<Answer> {
        Answer::status(StatusCode::NO_CONTENT)
    }

    /// 202 and where to look: the Cloud Controller's way to hand over a job.
    pub fn job(location: &str) -> Reply<Answer> {
        Answer::status(StatusCode::ACCEPTED)?.with(header::LOCATION, location)
    }

    /// With one more header.
    pub fn with(mut self, name: HeaderName, value: &str) -> Reply<Answer> {
        let value = HeaderValue::from_str(value).map_err(|_| Fault::Internal(format!("header `{name}`")))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The same with a value that is one already.
    #[must_use]
    pub fn with_value(mut self, name: HeaderName, value: HeaderValue) -> Answer {
        self.headers.insert(name, value);
        self
    }

    /// With one more cookie: the value of a `Set-Cookie` header.
    pub fn cookie(mut self, cookie: &str) -> Reply<Answer> {
        let value = HeaderValue::from_str(cookie).map_err(|_| Fault::Internal("a cookie".into()))?;
        self.headers.append(header::SET_COOKIE, value);
        Ok(self)
    }

    /// With several.
    pub fn cookies(self, all: &[String]) -> Reply<Answer> {
        all.iter().try_fold(self, |answer, cookie| answer.cookie(cookie))
    }

    /// 302: go there.
    pub fn found(location: &str) -> Reply<Answer> {
        Answer::status(StatusCode::FOUND)?.with(header::LOCATION, location)
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
