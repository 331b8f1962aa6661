//! One request, as bytes for the wire and as a request inside this process.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::Arc;

/// A request that can be sent over and over.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Ask {
    pub(crate) fn get(path: impl Into<String>) -> Ask {
        Ask { method: "GET", path: path.into(), headers: vec![], body: String::new() }
    }

    pub(crate) fn delete(path: impl Into<String>) -> Ask {
        Ask { method: "DELETE", ..Ask::get(path) }
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Ask {
        let headers = vec![("content-type", "application/json".into())];
        Ask { method: "POST", path: path.into(), headers, body: body.to_string() }
    }

    pub(crate) fn form(path: impl Into<String>, body: impl Into<String>) -> Ask {
        let headers = vec![("content-type", "application/x-www-form-urlencoded".into())];
        Ask { method: "POST", path: path.into(), headers, body: body.into() }
    }

    pub(crate) fn bearer(self, token: &str) -> Ask {
        self.with("authorization", format!("bearer {token}"))
    }

    pub(crate) fn basic(self, client: &str, secret: &str) -> Ask {
        self.with("authorization", format!("Basic {}", STANDARD.encode(format!("{client}:{secret}"))))
    }

    pub(crate) fn with(mut self, name: &'static str, value: String) -> Ask {
        self.headers.push((name, value));
        self
    }

    /// As HTTP/1.1, to be kept alive.
    pub(crate) fn wire(&self) -> Arc<[u8]> {
        let mut text = format!("{} {} HTTP/1.1\r\nhost: 127.0.0.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        if self.method != "GET" {
            let _ = write!(text, "content-length: {}\r\n", self.body.len());
        }
        let _ = write!(text, "\r\n{}", self.body);
        text.into_bytes().into()
    }
}
