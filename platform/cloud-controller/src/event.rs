//! The field's names of what was written, for `/v3/audit_events`.

use serde_json::{Value, json};
use uaa_store::Annotation;

/// An event about the thing that was written last, without more to say.
pub(crate) fn event(event: &str, name: &str) -> Annotation {
    Annotation { event: event.into(), target_name: name.into(), ..Annotation::default() }
}

/// The same with the request that led to it, as it was sent. Nothing in it may be a secret.
pub(crate) fn requested(name: &str, target: &str, request: &Value) -> Annotation {
    Annotation { data: json!({ "request": request }), ..event(name, target) }
}
