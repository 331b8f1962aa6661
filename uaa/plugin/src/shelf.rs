//! Documents that lie ready: keys, metadata. Programs fetch them over and over, and nothing about an answer hangs on who asks.

use crate::answer::Answer;
use crate::dispatch::Handled;
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
    any_origin: bool,
    lying: Lying,
}

impl Shelf {
    /// Of these routes.
    pub fn new(zones: Arc<Zones>, routes: &[Route]) -> Shelf {
        let of = |site| {
            let documents = routes.iter().filter(|route| route.site == site && route.method == Method::GET);
            let lying = documents.filter_map(|route| Some((route, route.lying.clone()?)));
            lying
                .map(|(route, lying)| {
                    (route.path, Document { name: route.name, any_origin: route.any_origin, lying })
                })
                .collect()
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
        if document.any_origin {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
        response.extensions_mut().insert(Handled { route: document.name, statements: 0 });
        Some(response)
    }
}

/// As the ordinary way has it.
const EXPOSED: &str = "www-authenticate,etag,dpop-nonce";
