//! What others publish, in memory for a while: keys of clients (`jwks_uri`), and of issuers that vouch for clients.

use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uaa_directory::client_metadata::keys::jwks_uri;
use uaa_model::{Fault, Micros, Reply};
use uaa_plugin::Fetch;
use uaa_token::PublicKeys;

/// What was read at each address, and when.
#[derive(Default)]
pub(crate) struct Published {
    outside: Option<Arc<dyn Fetch>>,
    keys: Remembered<PublicKeys>,
    /// What issuers say of themselves.
    documents: Remembered<Document>,
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0 section 3), as far as it is used.
pub(crate) struct Document {
    /// Whose tokens speak for it.
    pub(crate) issuer: String,
    /// Where its keys are.
    jwks_uri: String,
}

impl Published {
    pub(crate) fn new(outside: Arc<dyn Fetch>) -> Published {
        Published { outside: Some(outside), ..Published::default() }
    }

    /// The keys at that address. `again`: what is in memory lacked the key that was looked for, and may be old.
    pub(crate) async fn keys(&self, url: &str, again: bool, now: Micros) -> Reply<Option<Arc<PublicKeys>>> {
        let outside = self.outside()?;
        let read = async {
            match outside.json(url).await {
                Ok(set) => PublicKeys::from_json(&set).ok(),
                Err(fault) => {
                    tracing::warn!(url, ?fault, "published keys cannot be read");
                    None
                }
            }
        };
        Ok(self.keys.get(url, again, now, read).await)
    }

    /// The keys of an issuer, wherever it says that they are (OpenID Connect Discovery 1.0 section 4). `again` as above.
    pub(crate) async fn keys_of_issuer(
        &self,
        issuer: &str,
        again: bool,
        now: Micros,
    ) -> Reply<Option<Arc<PublicKeys>>> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        self.keys_by_document(&url, issuer, again, now).await
    }

    /// The same where the issuer's document is at another place.
    pub(crate) async fn keys_by_document(
        &self,
        url: &str,
        issuer: &str,
        again: bool,
        now: Micros,
    ) -> Reply<Option<Arc<PublicKeys>>> {
        let Some(document) = self.issuer_at(url, again, now).await? else { return Ok(None) };
        // Section 4.3: to the letter, or somebody else's keys would speak for it.
        if document.issuer != issuer {
            tracing::warn!(issuer, says = document.issuer, "an issuer says that it is another");
            return Ok(None);
        }
        self.keys(&document.jwks_uri, again, now).await
    }

    /// What the issuer at that address says of itself. `again` as above.
    pub(crate) async fn issuer_at(
        &self,
        url: &str,
        again: bool,
        now: Micros,
    ) -> Reply<Option<Arc<Document>>> {
        let outside = self.outside()?;
        let read = async {
            let said = outside.json(url).await;
            let said =
                said.inspect_err(|fault| tracing::warn!(url, ?fault, "an issuer cannot be read")).ok()?;
            let jwks_uri = said["jwks_uri"].as_str().and_then(|uri| jwks_uri(uri).ok())?;
            Some(Document { issuer: said["issuer"].as_str()?.to_owned(), jwks_uri })
        };
        Ok(self.documents.get(url, again, now, read).await)
    }

    /// What stands at an address that a client has registered for its requests. `None`: nothing that can be read.
    pub(crate) async fn text(&self, url: &str) -> Reply<Option<String>> {
        match self.outside()?.text(url).await {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(fault) => {
                tracing::warn!(url, ?fault, "the request of a client cannot be read");
                Ok(None)
            }
        }
    }

    /// A document of somebody who registers something, read now.
    pub(crate) async fn document(&self, url: &str) -> Reply<Value> {
        self.outside()?.json(url).await
    }

    /// Sends a form to somebody who has registered to get it.
    pub(crate) async fn post(&self, url: &str, form: &[(String, String)]) -> Reply<()> {
        self.outside()?.form(url, form).await
    }

    fn outside(&self) -> Reply<&Arc<dyn Fetch>> {
        self.outside.as_ref().ok_or_else(|| Fault::Unavailable("no way outside".into()))
    }
}

/// What was read, by where it was read.
struct Remembered<T>(Mutex<HashMap<String, Arc<Place<T>>>>);

/// Whoever reads holds it, and others wait for what comes of it.
struct Place<T>(tokio::sync::Mutex<Option<Read<T>>>);

struct Read<T> {
    /// `None`: nothing usable was there.
    found: Option<Arc<T>>,
    at: Micros,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Remembered(Mutex::default())
    }
}

impl<T> Remembered<T> {
    /// What is there, as it was read lately, or read now. `again`: what is in memory is known to be too old.
    ///
    /// Whoever names a client makes us ask its address, whether or not they are that client: so it is asked seldom, by one at a
    /// time, and what was not there is not asked for again at once.
    async fn get(
        &self,
        name: &str,
        again: bool,
        now: Micros,
        read: impl Future<Output = Option<T>>,
    ) -> Option<Arc<T>> {
        let place = self.place(name)?;
        let mut known = place.0.lock().await;
        if let Some(known) = &*known {
            let long = if again || known.found.is_none() { SELDOM } else { A_WHILE };
            if now - known.at < long {
                return known.found.clone();
            }
        }
        let found = read.await.map(Arc::new);
        *known = Some(Read { found: found.clone(), at: now });
        found
    }

    /// `None` when there are too many to keep one more.
    fn place(&self, name: &str) -> Option<Arc<Place<T>>> {
        let mut all = self.0.lock().ok()?;
        if let Some(place) = all.get(name) {
            return Some(place.clone());
        }
        if all.len() >= MOST {
            // Those at which nobody asks just now.
            all.retain(|_, place| Arc::strong_count(place) > 1);
        }
        if all.len() >= MOST {
            return None;
        }
        let place = Arc::new(Place(tokio::sync::Mutex::default()));
        all.insert(name.to_owned(), place.clone());
        Some(place)
    }
}

/// How long something is used without a look whether it is still there.
const A_WHILE: Micros = 600_000_000;
/// How often an address is asked at most.
const SELDOM: Micros = 30_000_000;
const MOST: usize = 10_000;
