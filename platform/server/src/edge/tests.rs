use super::*;
use crate::config::{Config, Sources};
use crate::metrics::Vitals;
use axum::Router;
use axum::extract::Extension;
use axum::routing::any;
use http_body_util::BodyExt;
use tower::ServiceExt;
use uaa_model::{SystemRng, TestClock};

fn edge(variables: &[(&str, &str)]) -> Served {
    let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let config = Config::load(&Sources { file: None, variables, arguments: Vec::new() }).unwrap();
    let figures = Figures::new(["seen"], Box::new(|| async { Vitals::default() }.boxed())).unwrap();
    Edge {
        sites: Sites::new(&config, config.listen.address.0),
        proxies: Proxies::new(config.trusted_proxies.clone()),
        certificates: ClientCertificates::new(&config).unwrap(),
        header_count: 20,
        ids: Ids::new(TestClock::at(1_790_000_000_000_000), Arc::new(SystemRng)),
        health: Health::default(),
        figures,
        readers: config.metrics.allow.clone(),
        api: site("api"),
        uaa: site("uaa"),
        shelf: Shelf::default(),
    }
    .into_service()
}

fn site(name: &'static str) -> Router {
    let seen = move |Extension(caller): Extension<Caller>, request: Request<Body>| async move {
        let names: Vec<_> = request.headers().keys().map(HeaderName::as_str).collect();
        let zone = &caller.subdomain;
        let text = format!("{name}/{zone} {} {} [{}]", request.uri(), caller.address, names.join(" "));
        (Extension(Handled { route: "seen", statements: 2 }), text)
    };
    let panics = || async {
        if true {
            panic!("as planned")
        }
    };
    Router::new().route("/panic", any(panics)).fallback(any(seen))
}

type Headers<'a> = &'a [(&'static str, &'a str)];

struct Answer {
    status: u16,
    strict: bool,
    id: String,
    text: String,
}

async fn ask(edge: &Served, peer: &str, uri: &str, headers: &[(&'static str, &str)]) -> Answer {
    let mut request = Request::builder().uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(Peer { address: peer.parse().unwrap(), tls: false, certificate: None });
    let response = edge.clone().oneshot(request).await.unwrap();
    let (status, id) =
        (response.status().as_u16(), response.headers()["x-vcap-request-id"].to_str().unwrap().to_owned());
    let strict = response.headers().contains_key(STRICT_TRANSPORT_SECURITY);
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, strict, id, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

const ME: &str = "127.0.0.1:4711";
const PROXY: &str = "10.0.0.1:4711";

fn proxied() -> Served {
    edge(&[("HALLMARK_DOMAIN", "sys.example"), ("HALLMARK_TRUSTED_PROXIES", "10.0.0.0/8")])
}

#[tokio::test]
async fn routes_get_facts_and_nothing_to_be_fooled_by() {
    let edge = proxied();
    let headers = [
        ("host", "acme.uaa.sys.example"),
        ("x-forwarded-for", "203.0.113.9"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "for=evil"),
        ("x-forwarded-client-cert", "MII"),
        ("x-vcap-request-id", "from-the-router-1"),
        ("accept", "*/*"),
    ];
    let answer = ask(&edge, PROXY, "/oauth/token?a=b", &headers).await;
    let expected = "uaa/acme /oauth/token?a=b 203.0.113.9 [accept x-vcap-request-id]";
    assert_eq!(answer.text, expected);
    assert_eq!(answer.id, "from-the-router-1");

    let answer = ask(&edge, "192.0.2.1:1", "/x", &headers).await;
    assert_eq!(answer.text, "uaa/acme /x 192.0.2.1 [accept x-vcap-request-id]");
    // A stranger's id is recognized in the logs, and is nobody else's.
    let suffix = answer.id.strip_prefix("from-the-router-1::").unwrap();
    assert_eq!(suffix.len(), 36);
}

#[tokio::test]
async fn browsers_are_told_to_come_by_tls() {
    let host = [("host", "uaa.sys.example")];
    let (plain, tls) = (
        proxied(),
        edge(&[("HALLMARK_DOMAIN", "sys.example"), ("HALLMARK_PUBLIC_URL", "https://sys.example")]),
    );
    assert!(ask(&tls, ME, "/login", &host).await.strict);
    assert!(!ask(&plain, ME, "/login", &host).await.strict);
}

#[tokio::test]
async fn odd_request_ids_are_replaced() {
    let edge = proxied();
    for odd in ["", "short", "with space and more", "with\"quote-and-more", &"x".repeat(81)] {
        let answer =
            ask(&edge, PROXY, "/x", &[("host", "api.sys.example"), ("x-vcap-request-id", odd)]).await;
        assert_eq!(answer.id.len(), 36, "{odd}");
    }
}

#[tokio::test]
async fn uaa_below_a_path_loses_its_prefix() {
    let edge = edge(&[]);
    let host = [("host", "127.0.0.1:8080")];
    let table = [
        ("/uaa/oauth/token?x=/uaa", "uaa/ /oauth/token?x=/uaa "),
        ("/uaa", "uaa/ / "),
        ("/uaa?x", "uaa/ /?x "),
        ("/v3/spaces", "api/ /v3/spaces "),
        // The absolute form (RFC 9112 section 3.2.2) loses its host.
        ("http://127.0.0.1:8080/uaa/x?y", "uaa/ /x?y "),
        ("http://127.0.0.1:8080/v3?y", "api/ /v3?y "),
    ];
    for (uri, start) in table {
        let answer = ask(&edge, ME, uri, &host).await;
        assert!(answer.text.starts_with(start), "{uri}: {}", answer.text);
    }
}

#[tokio::test]
async fn requests_of_no_clear_host_or_path_end_here() {
    let edge = proxied();
    let good = ("host", "api.sys.example");
    let evil = ("host", "evil.example");
    let many: Vec<_> = std::iter::repeat_n(("x-a", "b"), 30).chain([good]).collect();
    let table: [(&str, Headers<'_>, u16); 10] = [
        ("/x", &[good], 200),
        ("/x", &[], 400),
        ("/x", &[good, good], 400),
        ("/x", &[good, evil], 400),
        ("/x", &[evil], 404),
        // The target wins over the header.
        ("http://api.sys.example/x", &[evil], 200),
        ("http://evil.example/x", &[good], 404),
        ("http://user@api.sys.example/x", &[good], 400),
        ("/a/../x", &[good], 400),
        ("/x", &many, 431),
    ];
    for (uri, headers, status) in table {
        let answer = ask(&edge, ME, uri, headers).await;
        assert_eq!(answer.status, status, "{uri} {headers:?} {}", answer.text);
        if status != 200 {
            let body: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
            assert!(body["error"].is_string() && body["error_description"].is_string());
        }
    }
}

#[test]
fn http2_wants_both_hosts_alike() {
    let parts = |uri: &str, host: &str| {
        let request = Request::builder().version(Version::HTTP_2).uri(uri).header("host", host);
        request.body(()).unwrap().into_parts().0
    };
    assert_eq!(authority(&parts("https://a.example/", "A.example")), Some("a.example"));
    assert_eq!(authority(&parts("https://a.example/", "b.example")), None);
}

#[tokio::test]
async fn a_panic_ends_one_request() {
    let edge = edge(&[]);
    let answer = ask(&edge, ME, "/panic", &[("host", "localhost")]).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.text.contains("as planned"));
    assert_eq!(ask(&edge, ME, "/x", &[("host", "localhost")]).await.status, 200);
}

#[tokio::test]
async fn the_process_answers_for_itself_under_every_host() {
    let edge = proxied();
    assert_eq!(ask(&edge, ME, "/healthz", &[("host", "10.1.1.1")]).await.text, "ok");
    let answer = ask(&edge, ME, "/readyz", &[]).await;
    assert_eq!((answer.status, &*answer.text), (503, "process: starting"));
    edge.0.health.ready(crate::health::STARTING);
    edge.0.health.not_ready("database", "away");
    assert_eq!(ask(&edge, ME, "/readyz", &[]).await.text, "database: away");
    edge.0.health.ready("database");
    assert_eq!(ask(&edge, ME, "/readyz", &[]).await.status, 200);
}

#[tokio::test]
async fn figures_are_for_those_who_may_read_them() {
    let edge = proxied();
    ask(&edge, ME, "/x", &[("host", "api.sys.example")]).await;
    let answer = ask(&edge, ME, "/metrics", &[]).await;
    assert!(
        answer.text.contains("hallmark_requests_total{class=\"2xx\",route=\"seen\"} 1"),
        "{}",
        answer.text
    );

    let table: [(&str, Headers<'_>, bool); 4] = [
        ("192.0.2.1:1", &[], false),
        (PROXY, &[("x-forwarded-for", "203.0.113.9")], false),
        (PROXY, &[("x-forwarded-for", "127.0.0.1")], true),
        // Through a proxy on this machine that nobody named: everybody would be this machine.
        (ME, &[("x-forwarded-for", "203.0.113.9")], false),
    ];
    for (peer, headers, allowed) in table {
        let all: Vec<_> = headers.iter().copied().chain([("host", "api.sys.example")]).collect();
        let answer = ask(&edge, peer, "/metrics", &all).await;
        assert_eq!(answer.text.contains("hallmark_requests_in_flight"), allowed, "{peer} {headers:?}");
    }
}
