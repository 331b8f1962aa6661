//! Keys that clients publish themselves (`jwks_uri`), in memory for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uaa_model::{Fault, Micros, Reply};
use uaa_plugin::Fetch;
use uaa_token::PublicKeys;

/// What was read at each address, and when.
#[derive(Default)]
pub(crate) struct Published {
    outside: Option<Arc<dyn Fetch>>,
    read: Mutex<HashMap<String, Arc<Place>>>,
}

/// An address. Whoever asks holds it, and others wait for the answer.
#[derive(Default)]
struct Place(tokio::sync::Mutex<Option<Read>>);

#[derive(Clone)]
struct Read {
    /// `None`: nothing usable was there.
    keys: Option<Arc<PublicKeys>>,
    at: Micros,
}

impl Published {
    pub(crate) fn new(outside: Arc<dyn Fetch>) -> Published {
        Published { outside: Some(outside), read: Mutex::default() }
    }

    /// The keys at that address. `again`: what is in memory lacked the key that was looked for, and may be old.
    ///
    /// Whoever names a client makes us ask its address, whether or not they are that client: so it is asked seldom, by one at a
    /// time, and what was not there is not asked for again at once.
    pub(crate) async fn keys(&self, url: &str, again: bool, now: Micros) -> Reply<Option<Arc<PublicKeys>>> {
        let outside = self.outside.as_ref().ok_or_else(|| Fault::Unavailable("no way outside".into()))?;
        let Some(place) = self.place(url) else { return Ok(None) };
        let mut read = place.0.lock().await;
        if let Some(read) = &*read {
            let long = if again || read.keys.is_none() { SELDOM } else { A_WHILE };
            if now - read.at < long {
                return Ok(read.keys.clone());
            }
        }
        let keys = match outside.json(url).await {
            Ok(set) => PublicKeys::from_jwks(&set).ok().map(Arc::new),
            Err(fault) => {
                tracing::warn!(url, ?fault, "the keys of a client cannot be read");
                None
            }
        };
        *read = Some(Read { keys: keys.clone(), at: now });
        Ok(keys)
    }

    /// What stands at an address that a client has registered for its requests. `None`: nothing that can be read.
    pub(crate) async fn text(&self, url: &str) -> Reply<Option<String>> {
        let outside = self.outside.as_ref().ok_or_else(|| Fault::Unavailable("no way outside".into()))?;
        match outside.text(url).await {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(fault) => {
                tracing::warn!(url, ?fault, "the request of a client cannot be read");
                Ok(None)
            }
        }
    }

    /// A document of somebody who registers something, read now.
    pub(crate) async fn document(&self, url: &str) -> Reply<serde_json::Value> {
        let outside = self.outside.as_ref().ok_or_else(|| Fault::Unavailable("no way outside".into()))?;
        outside.json(url).await
    }

    /// Sends a form to somebody who has registered to get it.
    pub(crate) async fn post(&self, url: &str, form: &[(String, String)]) -> Reply<()> {
        let outside = self.outside.as_ref().ok_or_else(|| Fault::Unavailable("no way outside".into()))?;
        outside.form(url, form).await
    }

    /// `None` when there are too many addresses to keep one more.
    fn place(&self, url: &str) -> Option<Arc<Place>> {
        let mut all = self.read.lock().ok()?;
        if let Some(place) = all.get(url) {
            return Some(place.clone());
        }
        if all.len() >= MOST {
            // Those at which nobody asks just now.
            all.retain(|_, place| Arc::strong_count(place) > 1);
        }
        let place = Arc::new(Place::default());
        if all.len() >= MOST {
            return None;
        }
        all.insert(url.to_owned(), place.clone());
        Some(place)
    }
}

/// How long keys are used without a look whether they are still there.
const A_WHILE: Micros = 600_000_000;
/// How often an address is asked at most.
const SELDOM: Micros = 30_000_000;
const MOST: usize = 10_000;
