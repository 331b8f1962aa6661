//! Documents that lie ready: keys, metadata. Programs fetch them over and over, and nothing about an answer hangs on who asks.

use crate::answer::Answer;
use crate::dispatch::{EXPOSED, Handled};
use crate::route::{Route, Site};
use crate::zone::{ZoneInfo, Zones};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use std::collections::HashMap;
use std::sync::Arc;
use uaa_model::Reply;

/// What says a document of a zone that is in memory. `None`: it is not there, and the route has to fetch it.
pub type Lying = Arc<dyn Fn(&Arc<ZoneInfo>, &HeaderMap) -> Option<Reply<Answer>> + Send + Sync>;

/// The documents of all routes that [have some](Route::lying). What is not here the route itself answers, as [`crate::router`] has it.
#[derive(Default)]
pub struct Shelf {
    zones: Option<Arc<Zones>>,
    api: HashMap<&'static str, Document>,
    uaa: HashMap<&'static str, Document>,
}

struct Document {
    name: &'static str,
    /// For scripts of any site: what they may read, as the ordinary way says it.
    exposed: Option<HeaderValue>,
    lying: Lying,
}

impl Shelf {
    /// Of these routes.
    pub fn new(zones: Arc<Zones>, routes: &[Route]) -> Shelf {
        let exposed = HeaderValue::from_str(&EXPOSED.map(|name| name.to_string()).join(",")).ok();
        let of = |site| {
            let there = routes.iter().filter(|route| route.site == site && route.method == Method::GET);
            let lying = there.filter_map(|route| {
                let exposed = exposed.clone().filter(|_| route.any_origin);
                Some((route.path, Document { name: route.name, exposed, lying: route.lying.clone()? }))
            });
            lying.collect()
        };
        Shelf { zones: Some(zones), api: of(Site::Api), uaa: of(Site::Uaa) }
    }

    /// The document at that path of a site, for a request that only gets it. `subdomain`: the zone that the host names.
    pub fn answer(
        &self,
        site: Site,
        subdomain: &str,
        path: &str,
        headers: &HeaderMap,
    ) -> Option<Response<Body>> {
        let documents = match site {
            Site::Api => &self.api,
            Site::Uaa => &self.uaa,
        };
        let document = documents.get(path)?;
        let zones = self.zones.as_ref()?;
        let here = if subdomain.is_empty() { zones.first() } else { zones.at(subdomain)? };
        let mut response = (document.lying)(&here, headers)?.ok()?.into_response();
        if let Some(exposed) = &document.exposed {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
        }
        response.extensions_mut().insert(Handled { route: document.name, statements: 0 });
        Some(response)
    }
}
