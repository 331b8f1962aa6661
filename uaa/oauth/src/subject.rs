//! What clients call people and their sessions (OpenID Connect Core 1.0 section 8): by their own identifiers, or by names of the client's
//! sector alone, so that two applications cannot put together what they know of one person.

use crate::client::Known;
use crate::engine::Engine;
use uaa_model::{Fault, Reply};
use uaa_plugin::ZoneInfo;
use uaa_token::IdClaims;
use url::Url;
use uuid::Uuid;

impl Engine {
    /// What the client calls a person, or a session.
    pub(crate) fn called_by(&self, client: &Known, id: Uuid) -> Reply<Uuid> {
        let Some(sector) = &client.sector else { return Ok(id) };
        let name = self.pairwise.name(client.here.guid.into_bytes(), sector, id.into_bytes())?;
        Ok(Uuid::from_bytes(name))
    }

    /// Whom or which session it calls that. A name that it does not know gives an identifier of nothing.
    pub(crate) fn meant_by(&self, client: &Known, name: Uuid) -> Reply<Uuid> {
        let Some(sector) = &client.sector else { return Ok(name) };
        let id = self.pairwise.id(client.here.guid.into_bytes(), sector, name.into_bytes())?;
        Ok(Uuid::from_bytes(id))
    }

    /// The session, as an ID token of the client names it.
    pub(crate) fn sid(&self, client: &Known, session: &str) -> Reply<String> {
        let id = session.parse().map_err(|_| Fault::Internal("a session has no identifier".into()))?;
        self.called_by(client, id).map(|name| name.to_string())
    }

    /// The person that an ID token speaks of; `None` when its client is gone.
    pub(crate) async fn subject_of(&self, claims: &IdClaims<'_>, here: &ZoneInfo) -> Reply<Option<Uuid>> {
        let Some(client_id) = claims.aud.first() else { return Ok(None) };
        let Some(client) = self.client(here.guid, client_id).await? else { return Ok(None) };
        claims.sub.parse().ok().map(|name| self.meant_by(&client, name)).transpose()
    }
}

impl Known {
    /// Whether the client may be told something that tells one person from others, besides their name: by its scope, or because
    /// it is no stranger.
    pub(crate) fn may_name(&self, scopes: &[String], scope: &str) -> bool {
        self.sector.is_none() || scopes.iter().any(|one| one == scope)
    }
}

/// The sector of a client with pairwise names (section 8.1): the host of the document that lists its addresses, or of its addresses. A
/// client without any is a sector of its own.
pub(crate) fn sector(document: Option<&str>, redirects: &[String], client_id: &str) -> String {
    let host = |uri: &str| Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    let of_redirects = || redirects.first().and_then(|uri| host(uri));
    // No host has a space in it.
    document.map_or_else(of_redirects, host).unwrap_or_else(|| format!("client {client_id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sector_is_a_host() {
        let redirects = ["https://a.example:8443/cb".to_owned()];
        assert_eq!(sector(None, &redirects, "c"), "a.example");
        assert_eq!(sector(Some("https://s.example/all.json"), &redirects, "c"), "s.example");
        assert_eq!(sector(None, &[], "c"), "client c");
        assert_eq!(sector(None, &["com.example:/cb".into()], "c"), "client c");
    }
}
