//! What one party alone can read: what is encrypted for a client (OpenID Connect Core 1.0 section 10.2, RFC 9701 section 5, JWT Secured
//! Authorization Response Mode section 2.2), and what clients encrypt to a zone.

use crate::client::Known;
use crate::engine::Engine;
use crate::fault::invalid_request;
use std::sync::Arc;
use uaa_model::{Fault, Reply};
use uaa_plugin::ZoneInfo;
use uaa_token::{Accepted, DecryptionKey, Encryption, PublicKeys};

/// What goes around something that a client gets.
#[derive(Clone, Debug)]
pub(crate) enum Envelope {
    /// Nothing: the client wants none.
    Open,
    /// What only the holder of one of these keys opens.
    Sealed(Arc<PublicKeys>, Encryption),
    /// The client wants one, and no key of it that fits can be had.
    Lacking,
}

impl Envelope {
    /// Whether there is what the client wants, to be asked before anything is given away.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn ready(&self) -> Reply<()> {
        match self {
            Envelope::Open | Envelope::Sealed(..) => Ok(()),
            Envelope::Lacking => Err(invalid_request(LACKING)),
        }
    }

    /// A signed token as the client takes it: nested, where it wants that (RFC 7519 section 5.2).
    ///
    /// # Errors
    /// As of [`Envelope::ready`].
    pub(crate) fn around(&self, token: String) -> Reply<String> {
        match self {
            Envelope::Open => Ok(token),
            Envelope::Sealed(keys, how) => encrypt(keys, *how, token.as_bytes(), Some("JWT")),
            Envelope::Lacking => Err(invalid_request(LACKING)),
        }
    }

    /// Claims that nobody signed; `None` where they are not to be encrypted either.
    ///
    /// # Errors
    /// As of [`Envelope::ready`].
    pub(crate) fn around_claims(&self, json: &str) -> Reply<Option<String>> {
        match self {
            Envelope::Open => Ok(None),
            Envelope::Sealed(keys, how) => encrypt(keys, *how, json.as_bytes(), None).map(Some),
            Envelope::Lacking => Err(invalid_request(LACKING)),
        }
    }
}

fn encrypt(keys: &PublicKeys, how: Encryption, plain: &[u8], cty: Option<&str>) -> Reply<String> {
    let key = keys.encryption(how.alg).ok_or_else(|| Fault::Internal("a key of a client is gone".into()))?;
    key.encrypt(how, plain, cty)
}

/// What the client learns that has to do something about it. At the authorization endpoint it is `temporarily_unavailable`.
pub(crate) const LACKING: &str =
    "the client wants this encrypted, and has no key that fits, or none that can be read now";

impl Engine {
    /// What goes around what that client gets, where it wants it encrypted like this. Asks other hosts, when the client publishes its
    /// keys: no connection is to be held.
    pub(crate) async fn envelope(&self, client: &Known, how: Option<Encryption>) -> Reply<Envelope> {
        let Some(how) = how else { return Ok(Envelope::Open) };
        // A client that publishes its keys may have one meanwhile.
        for again in [false, true] {
            let keys = match self.client_keys(client, again).await {
                Ok(keys) => keys,
                Err(Fault::Unavailable(_)) => None,
                Err(other) => return Err(other),
            };
            if let Some(keys) = keys.filter(|keys| keys.encryption(how.alg).is_some()) {
                return Ok(Envelope::Sealed(keys, how));
            }
        }
        Ok(Envelope::Lacking)
    }

    /// What was encrypted to the zone with a key that it publishes, or has published lately; `None` for whatever cannot be read.
    pub(crate) async fn decrypted(
        &self,
        text: &str,
        accepted: &Accepted<'_>,
        here: &Arc<ZoneInfo>,
    ) -> Reply<Option<String>> {
        let (now, named) = (self.clock.now(), DecryptionKey::named_by(text));
        let mut keys = self.keys(here).await?;
        if keys.decryption(named.as_deref(), now).is_none() {
            match self.newer_keys(here).await? {
                Some(newer) => keys = newer,
                None => return Ok(None),
            }
        }
        let plain = keys.decryption(named.as_deref(), now).and_then(|key| key.decrypt(text, accepted).ok());
        Ok(plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok()))
    }
}
