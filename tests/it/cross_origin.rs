//! Scripts of other sites: what an application in the browser needs, and nothing that a cookie opens.

use reqwest::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap};
use reqwest::{Method, Response};
use tests::Hallmark;

async fn ask(url: &str, method: Method, wanted: &str) -> Response {
    let request = reqwest::Client::new().request(method, url).header("origin", "https://app.example");
    let request = request
        .header("access-control-request-method", wanted)
        .header("access-control-request-headers", "authorization, content-type, dpop");
    request.send().await.unwrap()
}

fn is_open(headers: &HeaderMap) -> bool {
    assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
    match headers.get(ACCESS_CONTROL_ALLOW_ORIGIN) {
        Some(origin) => origin == "*",
        None => false,
    }
}

/// RFC 9700 section 2.6: the token endpoint and its like for all, the authorization endpoint for none.
#[tokio::test]
async fn scripts_read_what_needs_no_cookie() {
    let server = Hallmark::start().await;
    let uaa = server.uaa();
    for (method, path) in [
        ("POST", "/oauth/token"),
        ("POST", "/oauth/revoke"),
        ("POST", "/oauth/par"),
        ("POST", "/oauth/device_authorization"),
        ("GET", "/userinfo"),
        ("POST", "/userinfo"),
        ("GET", "/token_keys"),
        ("GET", "/token_key"),
        ("GET", "/oauth/jwks"),
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/oauth/token/.well-known/openid-configuration"),
    ] {
        let url = format!("{uaa}{path}");
        let before = ask(&url, Method::OPTIONS, method).await;
        assert!(before.status().is_success() && is_open(before.headers()), "{path}: {before:?}");
        let allowed = before.headers()["access-control-allow-headers"].to_str().unwrap();
        assert!(
            ["authorization", "content-type", "dpop"].iter().all(|name| allowed.contains(name)),
            "{allowed}"
        );
        let answer = ask(&url, method.parse().unwrap(), method).await;
        assert!(is_open(answer.headers()), "{path}: {answer:?}");
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("www-authenticate") && exposed.contains("dpop-nonce"), "{exposed}");
    }
}

#[tokio::test]
async fn nothing_else_is_read_by_them() {
    let server = Hallmark::start().await;
    let (uaa, api) = (server.uaa(), server.api());
    for (method, url) in [
        ("GET", format!("{uaa}/oauth/authorize?client_id=cf&response_type=code")),
        ("POST", format!("{uaa}/oauth/authorize")),
        ("GET", format!("{uaa}/login")),
        ("POST", format!("{uaa}/login.do")),
        ("GET", format!("{uaa}/profile")),
        ("GET", format!("{uaa}/passcode")),
        ("GET", format!("{uaa}/Users")),
        ("POST", format!("{uaa}/oauth/clients")),
        ("POST", format!("{uaa}/introspect")),
        ("GET", format!("{uaa}/access/v1/sessions")),
        ("GET", format!("{api}/v3/organizations")),
    ] {
        let before = ask(&url, Method::OPTIONS, method).await;
        assert!(!before.status().is_success() && !is_open(before.headers()), "{url}: {before:?}");
        let answer = ask(&url, method.parse().unwrap(), method).await;
        assert!(!is_open(answer.headers()), "{url}: {answer:?}");
    }
}

/// Keys and metadata are answered from what lies ready; a request for the head of one goes the ordinary way.
#[tokio::test]
async fn what_lies_ready_is_what_the_ordinary_way_says() {
    let server = Hallmark::start().await;
    let head_of = |response: &Response| {
        let mut headers = response.headers().clone();
        for name in ["date", "x-vcap-request-id"] {
            assert!(headers.remove(name).is_some(), "{name}");
        }
        let mut all: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        all.sort();
        (response.status(), all)
    };
    for path in [
        "/uaa/token_keys",
        "/uaa/token_key",
        "/uaa/oauth/jwks",
        "/uaa/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/uaa/oauth/token",
    ] {
        let url = format!("{}{path}", server.uaa().trim_end_matches("/uaa"));
        let head = ask(&url, Method::HEAD, "GET").await;
        let got = ask(&url, Method::GET, "GET").await;
        assert_eq!(head_of(&got), head_of(&head), "{path}");
        assert!(got.status() == 200 && got.headers().contains_key("etag"), "{path}");
        assert!(!got.text().await.unwrap().is_empty());
    }
}
