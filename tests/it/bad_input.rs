//! Whatever comes in, the answer is the protocol's own error, never a 500.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tests::{Browser, Hallmark, said};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn forged_tokens_are_refused() {
    let server = Hallmark::start().await;
    let good = server.admin().await;
    let parts: Vec<&str> = good.split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let confused = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let long = "a".repeat(20_000);
    let forged = [
        "x".to_owned(),
        "..".to_owned(),
        format!("{none}.{}.", parts[1]),
        format!("{confused}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], "AAAA"),
        format!("{good}x"),
        long,
    ];
    let url = format!("{}/access/v1/explain?resource=zone:x&action=read", server.uaa());
    assert_eq!(server.ask(&good, "GET", &url, None).await.status, 200);
    for token in forged {
        let said = server.ask(&token, "GET", &url, None).await;
        assert_eq!((said.status, said.body["error"].as_str()), (401, Some("invalid_token")), "{token:.40}");
    }
    assert_eq!(server.ask("", "GET", &url, None).await.body["error"], "unauthorized");
}

/// Whoever looks at the answer sees a page; everybody else reads the protocol's own error, whatever the method.
#[tokio::test]
async fn an_address_that_is_nobodys() {
    let server = Hallmark::start().await;
    let mut browser = Browser::at(&server.uaa());
    for path in ["/nothing", "/nothing/at/all", "/error404", "/error500", "/oauth_error", "/rejected"] {
        let page = browser.open(&format!("/uaa{path}")).await;
        assert_eq!((page.status, page.text("h1").as_str()), (404, "There is no such page"), "{path}");
        assert!(page.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
        assert!(!page.has("a.button"), "nobody has signed in");
    }
    let page = browser.open("/uaa/login").await;
    crate::authorize::sign_in(&server, &mut browser, &page).await;
    let page = browser.open("/uaa/nothing?lang=ko").await;
    assert_eq!((page.status, page.headers["content-language"].to_str().unwrap()), (404, "ko"));
    let home = page.attribute("a.button", "href");
    assert_eq!(browser.open(&home).await.status, 200, "{home}");
    for (method, accept) in
        [("GET", "*/*"), ("GET", "application/json"), ("POST", "text/html"), ("PUT", "text/html")]
    {
        let url = format!("{}/nothing", server.uaa());
        let request = server.client().request(method.parse().unwrap(), url).header("accept", accept);
        let heard = said(request).await;
        assert_eq!(
            (heard.status, heard.body["error"].as_str()),
            (404, Some("not_found")),
            "{method} {accept}"
        );
    }
    // A page that is there is no page by another method, and the platform has no pages.
    let wrong =
        said(server.client().put(format!("{}/home", server.uaa())).header("accept", "text/html")).await;
    assert_eq!((wrong.status, wrong.body["error"].as_str()), (405, Some("method_not_allowed")));
    let api =
        said(server.client().get(format!("{}/v3/nothing", server.api())).header("accept", "text/html")).await;
    assert_eq!((api.status, api.body["errors"][0]["code"].as_i64()), (404, Some(10000)));
}

#[tokio::test]
async fn malformed_requests_get_their_own_error() {
    let server = Hallmark::start().await;
    let (http, url) = (reqwest::Client::new(), format!("{}/oauth/token", server.uaa()));
    let post = |body: Vec<u8>| {
        let request = http.post(&url).basic_auth("cf", Some("")).body(body);
        said(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    for body in [
        b"".to_vec(),
        b"grant_type=%ff".to_vec(),
        b"grant_type=password%00".to_vec(),
        b"\xff\xfe".to_vec(),
        b"grant_type=password".to_vec(),
        b"grant_type=password&grant_type=password".to_vec(),
    ] {
        let said = post(body.clone()).await;
        assert_eq!((said.status, said.body["error"].as_str()), (400, Some("invalid_request")), "{body:?}");
    }
    assert_eq!(announced(&server, "/uaa/oauth/token", "Basic Y2Y6", 2 << 20).await, "413");
    assert_eq!(server.ask("", "GET", &url, None).await.status, 405);
    assert_eq!(server.ask("", "GET", &format!("{}/nothing", server.uaa()), None).await.status, 404);
    let nothing = server.ask("", "GET", &format!("{}/v3/nothing", server.api()), None).await;
    assert_eq!((nothing.status, nothing.body["errors"][0]["code"].as_u64()), (404, Some(10000)));
    let token = server.admin().await;
    let ask = format!("{}/access/v1/evaluation", server.uaa());
    for body in [r#"{"#, r#"[]"#, r#"{"subject":1}"#, "\u{0}"] {
        let said = said(http.post(&ask).bearer_auth(&token).body(body)).await;
        assert_eq!(said.status, 400, "{body}");
    }
}

#[tokio::test]
async fn the_cloud_controller_answers_in_its_own_words() {
    let server = Hallmark::start().await;
    let (http, admin) = (reqwest::Client::new(), server.admin().await);
    let url = format!("{}/v3/organizations", server.api());
    let none = format!("{}.e30.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#));
    for token in ["x", "..", &none, &format!("{admin}x")] {
        let said = server.ask(token, "GET", &url, None).await;
        assert_eq!((said.status, said.body["errors"][0]["code"].as_u64()), (401, Some(1000)), "{token:.40}");
    }
    let nobody = server.ask("", "GET", &url, None).await;
    assert_eq!((nobody.status, nobody.body["errors"][0]["code"].as_u64()), (401, Some(10002)));
    for body in ["{", "\u{0}", "{\"name\":\"a\"", "nonsense"] {
        let said = said(http.post(&url).bearer_auth(&admin).body(body)).await;
        assert_eq!((said.status, said.body["errors"][0]["code"].as_u64()), (400, Some(1001)), "{body:?}");
    }
    let bearer = format!("bearer {admin}");
    assert_eq!(announced(&server, "/v3/organizations", &bearer, 8 << 20).await, "413");
    // Neither the end of the server nor its fault. 422, as typed reading stops at the first `[`, before the missing end.
    let deep = said(http.post(&url).bearer_auth(&admin).body("[".repeat(100_000))).await;
    assert_eq!(deep.status, 422);
    assert_eq!(server.ask(&admin, "GET", &url, None).await.status, 200);
}

/// The status of the answer to a body that is announced and never sent: the server closes after refusing one, and a client
/// that is still writing may see that before it sees the answer.
async fn announced(server: &Hallmark, path: &str, authorization: &str, length: usize) -> String {
    let host = server.api().replace("http://", "");
    let mut stream = TcpStream::connect(&host).await.expect("the server listens");
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: {authorization}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("the server reads");
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.expect("the server answers");
    String::from_utf8_lossy(&line).replace("HTTP/1.1 ", "")
}
