//! Speaking to another zone with a token of the first one, as UAA's zone switch does.

use super::{ZoneInfo, Zones};
use crate::route::{Route, Site};
use axum::http::HeaderMap;
use std::sync::Arc;
use uaa_authz::{Actor, ScopeKey, scopes_of_zone};
use uaa_model::{Code, Fault, Reply};

impl Zones {
    /// The zone that the headers of a request name, or the one of its host when they name none.
    ///
    /// The token must carry a scope that speaks of that zone. It only opens the door: what the actor may do inside is decided
    /// there, by the roles it holds at that zone's place.
    ///
    /// # Errors
    /// In UAA's words: no such zone, or no such scope.
    pub(crate) fn switched(
        &self,
        route: &Route,
        headers: &HeaderMap,
        actor: &Actor,
        here: Arc<ZoneInfo>,
    ) -> Reply<Arc<ZoneInfo>> {
        // The platform belongs to the first zone, and what asks for no token has nobody who could switch.
        if route.site != Site::Uaa || route.public.is_some() {
            return Ok(here);
        }
        let text =
            |name| headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
        let (id, subdomain) = (text(ID), text(SUBDOMAIN));
        let there = match (id, subdomain) {
            (None, None) => return Ok(here),
            (Some(id), _) => self.named(id).filter(|zone| zone.active),
            (None, Some(subdomain)) => self.at(&subdomain.to_lowercase()),
        };
        let Some(there) = there else {
            let (id, subdomain) = (id.unwrap_or("null"), subdomain.unwrap_or("null"));
            let text = format!("Identity zone with id/subdomain {id}/{subdomain} does not exist");
            return Err(Fault::NotFound(text.into()));
        };
        let carries = |scope: String| actor.scopes.is_some() && actor.has_scope(ScopeKey::of(&scope));
        if here.is_first() && scopes_of_zone(&there.id).any(carries) {
            return Ok(there);
        }
        let text = format!("User is not authorized to switch to IdentityZone with id {}", there.id);
        Err(Fault::protocol(Code::new(403, "insufficient_scope"), text))
    }
}

const ID: &str = "x-identity-zone-id";
const SUBDOMAIN: &str = "x-identity-zone-subdomain";
