//! The front: what the outside says becomes facts before any route, and one address serves both sites.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;
use uaa_model::Ids;
use uaa_plugin::{Caller, Site};

/// Both sites behind one address.
#[derive(Clone)]
pub struct Front {
    /// The Cloud Controller's site.
    pub api: Router,
    /// UAA's.
    pub uaa: Router,
    /// Makes request ids.
    pub ids: Ids,
    /// `api.DOMAIN` and so on, when the configuration names a domain.
    pub domain: Option<Arc<str>>,
}

impl Front {
    /// As one service.
    pub fn into_router(self) -> Router {
        let front = Arc::new(self);
        Router::new().fallback(move |request: Request| {
            let front = front.clone();
            async move { front.serve(request).await }
        })
    }

    async fn serve(&self, mut request: Request) -> Response<Body> {
        let id = self.ids.uuid().to_string();
        let address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string());
        let caller = Caller { request: id.as_str().into(), address: address.unwrap_or_default().into() };
        let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let mut response = match route_of(host, &path, self.domain.as_deref()) {
            Some((Site::Api, _)) if path == "/healthz" => "ok".into_response(),
            Some((site, rest)) => {
                request.extensions_mut().insert(caller);
                match with_path(request.uri(), &rest) {
                    Some(uri) => *request.uri_mut() = uri,
                    None => return not_found(),
                }
                let router = if site == Site::Api { &self.api } else { &self.uaa };
                router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
            }
            None => not_found(),
        };
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&id) {
            headers.insert("x-vcap-request-id", id);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        // The path without the query: tokens and passwords travel there with old clients.
        tracing::info!(request = id, %method, path, status = response.status().as_u16(), "answered");
        response
    }
}

/// Which site an address means, and the path there: by host when there is a domain, by path for a bare address.
pub fn route_of(host: &str, path: &str, domain: Option<&str>) -> Option<(Site, String)> {
    let name =
        host.rsplit_once(':').map_or(host, |(name, port)| if port.contains(']') { host } else { name });
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let bare = domain.is_none()
        || name.parse::<std::net::IpAddr>().is_ok()
        || name.starts_with('[')
        || name == "localhost";
    if bare {
        return Some(match path.strip_prefix("/uaa") {
            Some("") => (Site::Uaa, "/".into()),
            Some(rest) if rest.starts_with('/') => (Site::Uaa, rest.into()),
            Some(_) | None => (Site::Api, path.into()),
        });
    }
    let part = name.strip_suffix(domain?)?.strip_suffix('.')?;
    match part {
        "api" => Some((Site::Api, path.into())),
        "uaa" | "login" => Some((Site::Uaa, path.into())),
        _ => None,
    }
}

fn with_path(uri: &Uri, path: &str) -> Option<Uri> {
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    text.parse().ok()
}

fn not_found() -> Response<Body> {
    let body = r#"{"error":"not_found","error_description":"nothing is served under this host"}"#;
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_path_on_a_bare_address() {
        let of = |path| route_of("127.0.0.1:8080", path, None);
        assert_eq!(of("/v3"), Some((Site::Api, "/v3".into())));
        assert_eq!(of("/uaa"), Some((Site::Uaa, "/".into())));
        assert_eq!(of("/uaa/oauth/token"), Some((Site::Uaa, "/oauth/token".into())));
        assert_eq!(of("/uaax"), Some((Site::Api, "/uaax".into())));
    }

    #[test]
    fn by_host_with_a_domain() {
        let of = |host| route_of(host, "/x", Some("example.com"));
        assert_eq!(of("api.example.com:443"), Some((Site::Api, "/x".into())));
        assert_eq!(of("LOGIN.example.com."), Some((Site::Uaa, "/x".into())));
        assert_eq!(of("127.0.0.1:8080"), Some((Site::Api, "/x".into())));
        assert_eq!(of("[::1]:8080"), Some((Site::Api, "/x".into())));
        for stray in [
            "example.com",
            "evil.com",
            "api.example.com.evil.com",
            "xapi.example.com",
            "api.evilexample.com",
            "",
        ] {
            assert_eq!(of(stray), None, "{stray}");
        }
    }
}
