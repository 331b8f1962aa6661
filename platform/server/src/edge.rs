//! The edge: what the outside says becomes facts before any route, and what nobody may believe goes no further.

mod forwarded;
mod request_id;
mod sites;

use forwarded::Client;
pub use forwarded::Proxies;
pub use request_id::RequestId;
pub use sites::{Refused, Sites, Target, route_of};

use crate::certificates::ClientCertificates;
use crate::config::Cidr;
use crate::health::Health;
use crate::metrics::{Figures, NO_ROUTE};
use axum::Router;
use axum::body::Body;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::header::{
    self, CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderName, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::Instant;
use tower::Service;
use tracing::{Instrument, Span};
use uaa_model::Ids;
use uaa_plugin::{Caller, Handled, Shelf, ShownCertificate, Site};

/// Who is at the other end of the connection. The listener puts it into every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address of the connection: a client's, or that of a proxy in front.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// The certificate that it showed: a client's, or that of a proxy in front.
    pub certificate: Option<Arc<ShownCertificate>>,
}

/// What the edge works with, and what stands behind it.
pub struct Edge {
    /// The hosts that are answered for.
    pub sites: Sites,
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// What reads the certificates of clients that a proxy writes down.
    pub certificates: ClientCertificates,
    /// Most headers of a request.
    pub header_count: usize,
    /// Makes request ids.
    pub ids: Ids,
    /// What `/readyz` says.
    pub health: Health,
    /// Where requests are counted.
    pub figures: Figures,
    /// The networks that may read `/metrics`.
    pub readers: Vec<Cidr>,
    /// The Cloud Controller.
    pub api: Router,
    /// UAA and the sign-in pages.
    pub uaa: Router,
    /// What lies ready of both.
    pub shelf: Shelf,
}

/// The edge as a service: what the listener gives its requests to.
#[derive(Clone)]
pub struct Served(Arc<Edge>);

impl Service<Request<Body>> for Served {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let edge = self.0.clone();
        Box::pin(async move { Ok(edge.serve(request).await) })
    }
}

impl Edge {
    /// As a service.
    pub fn into_service(self) -> Served {
        Served(Arc::new(self))
    }

    async fn serve(&self, request: Request<Body>) -> Response<Body> {
        let begun = Instant::now();
        let _flight = self.figures.in_flight();
        let (parts, body) = request.into_parts();
        let peer = parts.extensions.get::<Peer>().cloned().unwrap_or(NOBODY);
        let client = self.proxies.client(peer.address, &parts.headers);
        let request_id = RequestId::of(&parts.headers, client.proxied, &self.ids);
        // For whoever looks closer; at other times it would cost as much as reading the request, and the few lines that are
        // written then name the request themselves.
        let span = tracing::debug_span!("request", id = request_id.as_str());
        let seen = Seen { method: parts.method.clone(), uri: parts.uri.clone(), client: client.address };
        let mut response = match self.own(&parts, client).await {
            Some(response) => response,
            None => self.routed(parts, body, (client, peer), &request_id).instrument(span.clone()).await,
        };
        let handled = response
            .extensions()
            .get::<Handled>()
            .copied()
            .unwrap_or(Handled { route: NO_ROUTE, statements: 0 });
        self.figures.count(handled, response.status(), begun.elapsed());
        seen.log(&span, &request_id, handled, response.status(), begun);
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, request_id.into());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // A proxy may have ended TLS. A browser passes over one that came without (RFC 6797 section 8.1).
        if self.sites.by_tls_alone() {
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(ONE_YEAR));
        }
        // Answers about people and their rights are nobody's to keep, unless the route knows better.
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }

    /// What a site answers.
    async fn routed(
        &self,
        mut parts: Parts,
        body: Body,
        (client, peer): (Client, Peer),
        id: &RequestId,
    ) -> Response<Body> {
        let Target { site, subdomain, path, beside_login } = match self.place(&parts) {
            Ok(found) => found,
            Err(refusal) => return refusal.response(),
        };
        if parts.method == Method::GET
            && let Some(response) = self.shelf.answer(site, &subdomain, path, &parts.headers)
        {
            return response;
        }
        let Some(uri) = within(&parts.uri, path) else { return Refusal::from(Refused::BadPath).response() };
        parts.uri = uri;
        // A proxy has ended the client's connection: what it shows itself is nobody's who asks.
        let certificate = match client.proxied {
            true => self.certificates.forwarded(&parts.headers),
            false => peer.certificate,
        };
        self.certificates.clean(&mut parts.headers);
        cleaned(&mut parts.headers);
        let (address, subdomain) = (client.address.to_string().into(), subdomain.into());
        parts.extensions.insert(Caller {
            request: id.shared(),
            address,
            subdomain,
            beside_login,
            certificate,
        });
        let router = match site {
            Site::Api => &self.api,
            Site::Uaa => &self.uaa,
        };
        answered(router.clone(), Request::from_parts(parts, body), id).await
    }

    /// What the process itself answers, under every host: a load balancer knows addresses only.
    async fn own(&self, parts: &Parts, client: Client) -> Option<Response<Body>> {
        let Client { address, proxied } = client;
        let path = parts.uri.path();
        if !matches!(path, "/healthz" | "/readyz" | "/metrics") || parts.method != Method::GET {
            return None;
        }
        let (status, text) = match path {
            "/healthz" => (StatusCode::OK, "ok".to_owned()),
            "/readyz" => self.health.report(),
            // A proxy that we do not know stands in front: everybody would look like its address.
            _ if !proxied && FORWARDED.iter().any(|name| parts.headers.contains_key(*name)) => return None,
            _ if !self.readers.iter().any(|network| network.contains(address)) => return None,
            _ => (StatusCode::OK, self.figures.text().await),
        };
        let mut response = Response::new(text.into());
        *response.status_mut() = status;
        let kind = if path == "/metrics" { "text/plain; version=0.0.4" } else { "text/plain" };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Some(response)
    }

    /// Finds the site, which is all that counts of the request's host.
    fn place<'p>(&self, parts: &'p Parts) -> Result<Target<'p>, Refusal> {
        if parts.headers.len() > self.header_count {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return Err(Refusal(status, "too_many_headers", "the request has too many headers"));
        }
        let host = authority(parts).ok_or(Refused::BadHost)?;
        Ok(route_of(host, parts.uri.path(), &self.sites)?)
    }
}

/// The one host that a request names.
///
/// The target wins over the header (RFC 9112 section 3.2.2). In HTTP/2 both must say the same (RFC 9113 section 8.3.1).
/// None or two of the header are an error (RFC 9112 section 3.2).
fn authority(parts: &Parts) -> Option<&str> {
    let mut lines = parts.headers.get_all(HOST).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return None;
    }
    let header = first.map(|value| value.to_str().ok()).unwrap_or_default();
    let target = parts.uri.authority().map(|a| a.as_str());
    match (target, header) {
        (Some(target), Some(header)) if parts.version == Version::HTTP_2 => {
            target.eq_ignore_ascii_case(header).then_some(target)
        }
        (Some(target), _) => Some(target),
        (None, header) => header,
    }
}

/// The target within a site: a path and a query, no host.
fn within(uri: &Uri, path: &str) -> Option<Uri> {
    let whole = uri.path_and_query()?;
    if path.len() == whole.path().len() {
        return Some(if uri.authority().is_some() { whole.clone().into() } else { uri.clone() });
    }
    let text = match whole.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    PathAndQuery::try_from(text).ok().map(Uri::from)
}

/// Takes away what the edge has read. What is not there cannot be believed by mistake.
fn cleaned(headers: &mut HeaderMap) {
    headers.remove(HOST);
    // Most requests have none of them, and their names are read sooner than each of these is looked for.
    if !headers.keys().any(|name| name.as_str().starts_with("x-") || name == header::FORWARDED) {
        return;
    }
    for name in FORWARDED {
        headers.remove(name);
    }
}

/// The inner service's answer; a panic in it ends this request alone.
async fn answered(mut router: Router, request: Request<Body>, id: &RequestId) -> Response<Body> {
    let work = AssertUnwindSafe(async move { router.call(request).await }).catch_unwind().await;
    match work {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => {
            tracing::error!(request = id.as_str(), "a handler panicked");
            Refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the server made a mistake").response()
        }
    }
}

/// The edge's own answer: status, name and words. Which site it was meant for is not known yet, so the body says it in the
/// words of both: `error` for OAuth and SCIM, `errors` for the Cloud Controller.
struct Refusal(StatusCode, &'static str, &'static str);

impl Refusal {
    fn response(self) -> Response<Body> {
        let Refusal(status, error, text) = self;
        let (code, title) = match status {
            StatusCode::NOT_FOUND => (10000, "CF-NotFound"),
            StatusCode::INTERNAL_SERVER_ERROR => (10001, "UnknownError"),
            _ => (1004, "CF-BadRequest"),
        };
        let body = serde_json::json!({
            "error": error,
            "error_description": text,
            "errors": [{"code": code, "title": title, "detail": text}],
        });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

impl From<Refused> for Refusal {
    fn from(why: Refused) -> Self {
        match why {
            Refused::BadHost => Refusal(
                StatusCode::BAD_REQUEST,
                "bad_host",
                "the request names no host, two, or none that is valid",
            ),
            Refused::BadPath => Refusal(
                StatusCode::BAD_REQUEST,
                "bad_path",
                "the path has an empty or dot segment, an encoded slash, a control character, or what is no UTF-8",
            ),
            Refused::UnknownHost => Refusal(
                StatusCode::NOT_FOUND,
                "unknown_host",
                "nothing is served under this host; an operator sets `domain` or `public_url`",
            ),
        }
    }
}

/// What a line of the log says of a request. No query and no header: they carry codes, tokens and cookies.
struct Seen {
    method: Method,
    uri: Uri,
    client: IpAddr,
}

impl Seen {
    fn log(&self, span: &Span, id: &RequestId, handled: Handled, status: StatusCode, begun: Instant) {
        if status.as_u16() < 500 && !tracing::enabled!(target: ACCESS, tracing::Level::DEBUG) {
            return;
        }
        let _in = span.enter();
        let Seen { method, uri, client } = self;
        let Handled { route, statements } = handled;
        let (status, millis) = (status.as_u16(), begun.elapsed().as_millis());
        let path = || shortened(uri.path());
        if status >= 500 {
            tracing::warn!(target: ACCESS, request = id.as_str(), %method, path = path(), route, status, millis, statements, %client, "failed");
        } else {
            tracing::debug!(target: ACCESS, request = id.as_str(), %method, path = path(), route, status, millis, statements, %client, "answered");
        }
    }
}

fn shortened(path: &str) -> &str {
    path.char_indices().nth(200).map_or(path, |(end, _)| &path[..end])
}

const ACCESS: &str = "hallmark::access";
/// UAA's. Nothing is said of names below: on the platform's domain they are applications'.
const ONE_YEAR: &str = "max-age=31536000";
const NOBODY: Peer =
    Peer { address: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0), tls: false, certificate: None };
const REQUEST_ID: HeaderName = HeaderName::from_static("x-vcap-request-id");
const FORWARDED: [&str; 8] = [
    "forwarded",
    "x-forwarded-client-cert",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-real-ip",
];

#[cfg(test)]
mod tests;
