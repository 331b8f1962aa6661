//! The edge: what the outside says becomes facts before any route, and what nobody may believe goes no further.

mod forwarded;
mod request_id;
mod sites;

pub use forwarded::Proxies;
pub use request_id::RequestId;
pub use sites::{Links, Refused, Site, Sites, route_of};

use crate::health::Health;
use crate::metrics::Figures;
use axum::body::Body;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderName, X_CONTENT_TYPE_OPTIONS};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::Instant;
use tower::Service;
use tracing::Instrument;
use uaa_model::Ids;

/// Who is at the other end of the connection. The listener puts it into every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address of the connection: a client's, or that of a proxy in front.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// What is known of a request before any route. An extension of every request that passes the edge.
#[derive(Clone, Debug)]
pub struct Facts {
    /// `X-Vcap-Request-Id`, on the response too.
    pub request_id: RequestId,
    /// The client's address, proxies of ours taken away.
    pub client: IpAddr,
    /// Whether the client spoke TLS, to us or to a proxy of ours.
    pub secure: bool,
    /// The face it speaks to. The request's path is the one within it.
    pub site: Site,
}

/// What the edge works with.
pub struct Setup {
    /// The hosts that are answered for.
    pub sites: Sites,
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// Most headers of a request.
    pub header_count: usize,
    /// Makes request ids.
    pub ids: Ids,
    /// What `/readyz` says.
    pub health: Health,
    /// Where requests are counted, and who may read it.
    pub figures: Figures,
    /// The name of the route that answered, from the response's extensions.
    pub route_name: fn(&Extensions) -> Option<&'static str>,
}

/// A service behind the edge.
#[derive(Clone)]
pub struct Edge<S> {
    setup: Arc<Setup>,
    inner: S,
}

impl<S> Edge<S> {
    /// Puts the edge in front of a service.
    pub fn new(setup: Setup, inner: S) -> Self {
        Edge { setup: Arc::new(setup), inner }
    }
}

impl<S> Service<Request<Body>> for Edge<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The one that was asked for readiness serves; the clone waits its turn.
        let waiting = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, waiting);
        let setup = self.setup.clone();
        Box::pin(async move { Ok(setup.serve(inner, request).await) })
    }
}

impl Setup {
    async fn serve<S>(&self, inner: S, request: Request<Body>) -> Response<Body>
    where
        S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    {
        let begun = Instant::now();
        let (mut parts, body) = request.into_parts();
        let peer = parts.extensions.get::<Peer>().copied().unwrap_or(NOBODY);
        let client = self.proxies.client(peer.address, peer.tls, &parts.headers);
        let request_id = RequestId::of(&parts.headers, client.proxied, &self.ids);
        let span = tracing::info_span!("request", id = request_id.as_str());
        let seen = Seen { method: parts.method.clone(), path: shortened(parts.uri.path()), client: client.address };
        let work = async {
            if let Some(response) = self.own(&parts, client.address, client.proxied) {
                return (response, true);
            }
            let site = match self.place(&mut parts) {
                Ok(site) => site,
                Err(response) => return (response, true),
            };
            let facts = Facts { request_id: request_id.clone(), client: client.address, secure: client.secure, site };
            cleaned(&mut parts.headers, client.proxied);
            parts.extensions.insert(facts);
            (answered(inner, Request::from_parts(parts, body)).await, false)
        };
        let (mut response, own) = self.figures.during(work).instrument(span.clone()).await;
        let route = if own { "edge" } else { (self.route_name)(response.extensions()).unwrap_or("none") };
        self.figures.count(route, response.status(), begun.elapsed());
        span.in_scope(|| seen.log(route, response.status(), begun));
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, request_id.into());
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // Answers about people and their rights are nobody's to keep, unless the route knows better.
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }

    /// What the process itself answers, under every host: a load balancer knows addresses only.
    fn own(&self, parts: &Parts, client: IpAddr, proxied: bool) -> Option<Response<Body>> {
        let path = parts.uri.path();
        if !matches!(path, "/healthz" | "/readyz" | "/metrics") || parts.method != Method::GET {
            return None;
        }
        let (status, text) = match path {
            "/healthz" => (StatusCode::OK, "ok".to_owned()),
            "/readyz" => self.health.report(),
            // A proxy that we do not know stands in front: everybody would look like its address.
            _ if !proxied && FORWARDED.iter().any(|name| parts.headers.contains_key(*name)) => return None,
            _ if !self.figures.may_read(client) => return None,
            _ => (StatusCode::OK, self.figures.text()),
        };
        let mut response = Response::new(text.into());
        *response.status_mut() = status;
        let kind = if path == "/metrics" { "text/plain; version=0.0.4" } else { "text/plain" };
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        Some(response)
    }

    /// Finds the site, and leaves nothing of the request's host but that.
    fn place(&self, parts: &mut Parts) -> Result<Site, Response<Body>> {
        if parts.headers.len() > self.header_count {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return Err(refusal(status, "too_many_headers", "the request has too many headers"));
        }
        let host = authority(parts).ok_or_else(|| refused(Refused::BadHost))?;
        let (site, path) = route_of(host, parts.uri.path(), &self.sites).map_err(refused)?;
        parts.uri = within(&parts.uri, path).ok_or_else(|| refused(Refused::BadPath))?;
        Ok(site)
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

/// Takes away what is in [`Facts`] now. What is not there cannot be believed by mistake.
fn cleaned(headers: &mut HeaderMap, proxied: bool) {
    headers.remove(HOST);
    for name in FORWARDED {
        headers.remove(name);
    }
    if !proxied {
        headers.remove(CLIENT_CERTIFICATE);
    }
}

/// The inner service's answer; a panic in it ends this request alone.
async fn answered<S>(mut inner: S, request: Request<Body>) -> Response<Body>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let work = AssertUnwindSafe(async move { inner.call(request).await }).catch_unwind().await;
    match work {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => {
            tracing::error!("a handler panicked");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "the server made a mistake")
        }
    }
}

fn refused(why: Refused) -> Response<Body> {
    match why {
        Refused::BadHost => refusal(StatusCode::BAD_REQUEST, "bad_host", "the request names no host, two, or none that is valid"),
        Refused::BadPath => refusal(
            StatusCode::BAD_REQUEST,
            "bad_path",
            "the path has an empty or dot segment, an encoded slash or a control character",
        ),
        Refused::UnknownHost => refusal(
            StatusCode::NOT_FOUND,
            "unknown_host",
            "nothing is served under this host; an operator sets `domain` or `public_url`",
        ),
    }
}

fn refusal(status: StatusCode, error: &str, text: &str) -> Response<Body> {
    let body = serde_json::json!({ "error": error, "error_description": text });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What a line of the log says of a request. No query and no header: they carry codes, tokens and cookies.
struct Seen {
    method: Method,
    path: String,
    client: IpAddr,
}

impl Seen {
    fn log(&self, route: &str, status: StatusCode, begun: Instant) {
        let Seen { method, path, client } = self;
        let (status, millis) = (status.as_u16(), begun.elapsed().as_millis());
        if status >= 500 {
            tracing::warn!(target: ACCESS, %method, path, route, status, millis, %client, "failed");
        } else {
            tracing::debug!(target: ACCESS, %method, path, route, status, millis, %client, "answered");
        }
    }
}

fn shortened(path: &str) -> String {
    path.chars().take(200).collect()
}

const ACCESS: &str = "hallmark::access";
const NOBODY: Peer = Peer { address: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0), tls: false };
const REQUEST_ID: HeaderName = HeaderName::from_static("x-vcap-request-id");
const CLIENT_CERTIFICATE: &str = "x-forwarded-client-cert";
const FORWARDED: [&str; 7] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-real-ip",
];

#[cfg(test)]
mod tests;
