//! The listener and the edge of the real program: TLS, hosts, bounds, what strangers claim, and the end.

use crate::web_clients::{free_port, listens};
use reqwest::{Response, Version};
use serde_json::Value;
use std::fs::File;
use std::process::Stdio;
use std::time::Duration;
use tests::{Hallmark, hallmark};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_bare_address_serves_everything_by_path() {
    let server = Hallmark::start().await;
    let (api, uaa) = (server.api(), server.uaa());
    let links = get(&api, "/", &[]).await;
    assert_eq!(json(links).await["links"]["uaa"]["href"], *uaa);
    let document = json(get(&uaa, "/.well-known/openid-configuration", &[]).await).await;
    assert_eq!(document["issuer"], format!("{uaa}/oauth/token"));

    // What a stranger says of the host, the scheme or itself changes nothing.
    let plain = get(&api, "/", &[]).await.text().await.unwrap();
    let forged = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "10.0.0.1"),
        ("forwarded", "host=evil.example;proto=https"),
    ];
    assert_eq!(get(&api, "/", &forged).await.text().await.unwrap(), plain);
    let unknown = get(&api, "/", &[("host", "evil.example")]).await;
    assert_eq!(unknown.status(), 404);
    assert_eq!(json(unknown).await["error"], "unknown_host");

    assert_eq!(get(&api, "/healthz", &[("host", "evil.example")]).await.status(), 200);
    assert_eq!(get(&api, "/readyz", &[]).await.status(), 200);
    let figures = get(&api, "/metrics", &[]).await;
    assert_eq!(figures.status(), 200);
    assert!(figures.text().await.unwrap().contains("# TYPE "));
    // It came through a proxy that nobody named: whose it is, is not known.
    assert_eq!(get(&api, "/metrics", &[("x-forwarded-for", "127.0.0.1")]).await.status(), 404);

    let made = [request_id(&get(&api, "/", &[]).await), request_id(&get(&api, "/", &[]).await)];
    assert!(made[0] != made[1] && made[0].len() == 36, "{made:?}");
    let given = request_id(&get(&api, "/", &[("x-vcap-request-id", "mine-12345")]).await);
    assert!(given.starts_with("mine-12345::"), "a stranger's id gets a suffix: {given}");
}

#[tokio::test]
async fn a_domain_serves_each_site_under_its_host() {
    let server = Hallmark::start_with("domain: sys.test\nmetrics:\n  allow: [10.0.0.0/8]\n").await;
    let address = server.address();
    let port = address.rsplit(':').next().unwrap();
    let at = |host: &str| format!("{host}.sys.test:{port}");
    let (api, uaa, login) = (at("api"), at("uaa"), at("login"));

    let links = json(get(&server.api(), "/", &[("host", &api)]).await).await;
    assert_eq!(links["links"]["uaa"]["href"], format!("http://{uaa}"));
    assert_eq!(links["links"]["login"]["href"], format!("http://{login}"));
    let document = "/.well-known/openid-configuration";
    let found = json(get(&server.api(), document, &[("host", &uaa)]).await).await;
    assert_eq!(found["issuer"], format!("http://{uaa}/oauth/token"));
    // A browser keeps its session where the sign-in pages are.
    assert_eq!(found["authorization_endpoint"], format!("http://{login}/oauth/authorize"));
    assert_eq!(found["end_session_endpoint"], format!("http://{login}/logout.do"));
    assert_eq!(get(&server.api(), "/login", &[("host", &login)]).await.status(), 200);
    // Upper case and a dot at the end are the same name.
    assert_eq!(get(&server.api(), document, &[("host", "UAA.SYS.TEST.")]).await.status(), 200);

    let strange = ["sys.test", "other.sys.test", "api.sys.test.evil.example", "evil.example"];
    for host in strange {
        assert_eq!(get(&server.api(), "/", &[("host", host)]).await.status(), 404, "{host}");
    }
    assert_eq!(get(&server.api(), &format!("/uaa{document}"), &[("host", &api)]).await.status(), 404);
    // By address, as a load balancer or a first look does.
    assert_eq!(get(&server.uaa(), document, &[]).await.status(), 200);

    assert_eq!(get(&server.api(), "/metrics", &[]).await.status(), 404, "this address is not on the list");
    let forged = [("x-forwarded-for", "10.1.2.3")];
    assert_eq!(get(&server.api(), "/metrics", &forged).await.status(), 404, "a stranger said so");
}

#[tokio::test]
async fn tls_speaks_http_2_and_a_known_proxy_is_believed() {
    let yaml = "listen:\n  tls:\n    self_signed: true\ntrusted_proxies: [127.0.0.1]\nmetrics:\n  allow: [10.0.0.0/8]\n";
    let server = Hallmark::start_with(yaml).await;
    let client = server.client();
    let api = server.api();
    let answer = client.get(format!("{api}/")).send().await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    assert_eq!(json(answer).await["links"]["uaa"]["href"], *server.uaa());
    assert!(reqwest::get(&api).await.is_err(), "a client that does not know the certificate turns away");
    // Plain HTTP on this port gets no answer.
    let mut plain = TcpStream::connect(server.address()).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut said = vec![];
    let _ = plain.read_to_end(&mut said).await;
    assert!(!said.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&said));

    let figures =
        |of: &'static str| client.get(format!("{api}/metrics")).header("x-forwarded-for", of).send();
    assert_eq!(figures("10.1.2.3").await.unwrap().status(), 200);
    assert_eq!(figures("10.1.2.3, 192.0.2.7").await.unwrap().status(), 404, "the proxy saw the last one");
    let request =
        client.get(&api).header("x-forwarded-for", "10.1.2.3").header("x-vcap-request-id", "of-the-router");
    assert_eq!(request_id(&request.send().await.unwrap()), "of-the-router");
}

#[tokio::test]
async fn what_is_too_large_is_told_so() {
    let server = Hallmark::start().await;
    let large = format!("x-large: {}\r\n", "a".repeat(40_000));
    let many: String = (0..120).map(|n| format!("x-{n}: a\r\n")).collect();
    for headers in [large, many] {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        assert!(first_line(&mut stream).await.starts_with("HTTP/1.1 431 "));
    }
    // Sent in full before the answer is read: the connection must not be reset while it is under way.
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let body = format!("grant_type={}", "a".repeat(3 << 20));
    stream.write_all(token_request(body.len(), "").as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    assert!(first_line(&mut stream).await.starts_with("HTTP/1.1 413 "));
}

/// SIGTERM while a request is half sent: no new connections, this one is answered, and the end is a good one.
#[tokio::test]
async fn what_runs_is_finished_before_the_end() {
    let mut server = Hallmark::start().await;
    let secret = server.client_secret();
    let form = format!("grant_type=client_credentials&client_id=admin&client_secret={secret}");
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let head = token_request(form.len(), "expect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server waits for the body: the request has begun.
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    server.terminate();
    let mut tries = 0;
    while TcpStream::connect(server.address()).await.is_ok() {
        tries += 1;
        assert!(tries < 500, "it goes on taking connections");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stream.write_all(form.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 ") && said.contains("\"access_token\""), "{said}");
    assert_eq!(server.exit_code().await, Some(0));
    assert!(server.verify().0, "what was written last is sealed");
}

/// The reference on a page is that of a line, as the log is by itself.
#[tokio::test]
async fn what_a_page_refers_to_is_in_the_log() {
    let data = tempfile::tempdir().unwrap();
    let (file, port) = (data.path().join("log"), free_port());
    let mut server = hallmark()
        .args(["up", "--listen", &format!("127.0.0.1:{port}"), "--data"])
        .arg(data.path())
        .stdout(Stdio::null())
        .stderr(File::create(&file).unwrap())
        .spawn()
        .unwrap();
    assert!(listens(&mut server, port).await, "it does not come up");
    let site = format!("http://127.0.0.1:{port}/uaa");
    let page = get(&site, "/oauth/authorize?client_id=nobody", &[("accept", "text/html")]).await;
    let id = request_id(&page);
    assert!(page.text().await.unwrap().contains(&id));
    server.kill().unwrap();
    server.wait().unwrap();
    let log = std::fs::read_to_string(file).unwrap();
    let line = log.lines().find(|line| line.contains(&id)).unwrap_or_else(|| panic!("no `{id}` in {log}"));
    assert!(line.contains("invalid_client") && line.contains("/oauth/authorize"), "{line}");
    assert!(!line.contains("nobody"), "what was sent is in no line: {line}");
}

async fn get(site: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = reqwest::Client::new().get(format!("{site}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

async fn json(answer: Response) -> Value {
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn request_id(answer: &Response) -> String {
    answer.headers()["x-vcap-request-id"].to_str().unwrap().to_owned()
}

fn token_request(length: usize, headers: &str) -> String {
    format!(
        "POST /uaa/oauth/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {length}\r\n{headers}\r\n"
    )
}

async fn first_line(stream: &mut TcpStream) -> String {
    let mut said = vec![];
    while !said.contains(&b'\n') {
        let mut some = [0; 512];
        let read = stream.read(&mut some).await.unwrap();
        assert_ne!(read, 0, "closed without an answer: {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&some[..read]);
    }
    String::from_utf8_lossy(&said).lines().next().unwrap_or_default().to_owned()
}
