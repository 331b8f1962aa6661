//! Whether the process should get requests.

use http::StatusCode;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Whether the process should get requests: what `/readyz` says. Clones share it.
///
/// It begins as not ready, because of [`STARTING`]; each part of the process may say why it is not.
#[derive(Clone, Debug)]
pub struct Health(Arc<Mutex<BTreeMap<&'static str, String>>>);

/// The part that stands in the way until [`Health::ready`] takes it out.
pub const STARTING: &str = "process";

impl Default for Health {
    fn default() -> Self {
        Health(Arc::new(Mutex::new(BTreeMap::from([(STARTING, "starting".to_owned())]))))
    }
}

impl Health {
    /// This part works (again).
    pub fn ready(&self, part: &'static str) {
        self.parts(|parts| drop(parts.remove(part)));
    }

    /// This part cannot work, and why. The reason is shown to anybody: no secrets.
    pub fn not_ready(&self, part: &'static str, why: &str) {
        self.parts(|parts| drop(parts.insert(part, why.to_owned())));
    }

    /// Whether nothing stands in the way.
    pub fn is_ready(&self) -> bool {
        self.parts(|parts| parts.is_empty())
    }

    /// The answer of `/readyz`.
    pub(crate) fn report(&self) -> (StatusCode, String) {
        self.parts(|parts| {
            if parts.is_empty() {
                return (StatusCode::OK, "ok".to_owned());
            }
            let lines: Vec<_> = parts.iter().map(|(part, why)| format!("{part}: {why}")).collect();
            (StatusCode::SERVICE_UNAVAILABLE, lines.join("\n"))
        })
    }

    fn parts<T>(&self, look: impl FnOnce(&mut BTreeMap<&'static str, String>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
