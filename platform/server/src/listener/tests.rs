use super::*;
use crate::config::Sources;
use crate::stop::Stopper;
use axum::Router;
use axum::extract::Extension;
use axum::routing::{get, post};
use futures::channel::oneshot;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

struct Server {
    address: SocketAddr,
    stopper: Stopper,
    health: Health,
    done: JoinHandle<()>,
}

fn config(variables: &[(&str, &str)]) -> Config {
    let mut all = vec![("HALLMARK_LISTEN_ADDRESS".to_owned(), "127.0.0.1:0".to_owned())];
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Config::load(&Sources { file: None, variables: all, arguments: Vec::new() }).unwrap()
}

async fn started(config: Config, router: Router, change: impl FnOnce(&mut Bounds)) -> Server {
    let mut listener = Listener::bind(&config).await.unwrap();
    change(&mut listener.bounds);
    let (address, health) = (listener.address(), Health::default());
    let (stopper, stop) = Stop::by_hand();
    let ready = health.clone();
    let done = tokio::spawn(async move { listener.serve(router, &ready, stop).await });
    Server { address, stopper, health, done }
}

fn hello() -> Router {
    let echo = |body: Result<String, _>| async move {
        let _: &Result<_, axum::extract::rejection::StringRejection> = &body;
        body.map_err(|_| "cut off")
    };
    let peer =
        |Extension(peer): Extension<Peer>| async move { format!("{} {}", peer.address.ip(), peer.tls) };
    Router::new().route("/", get(peer)).route("/echo", post(echo))
}

/// Sends text and reads until the server closes.
async fn exchange(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

const SHORT: Duration = Duration::from_millis(100);

#[tokio::test]
async fn the_peer_is_known_and_the_end_is_clean() {
    let server = started(config(&[]), hello(), |_| {}).await;
    let answer = exchange(server.address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.ends_with("127.0.0.1 false"), "{answer}");
    assert!(server.health.is_ready());
    server.stopper.reach(Phase::Draining);
    server.done.await.unwrap();
    assert!(!server.health.is_ready());
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_request_that_runs_may_finish() {
    let (entered, is_in) = oneshot::channel();
    let (release, released) = oneshot::channel();
    let gates = Mutex::new(Some((entered, released)));
    let slow = move || {
        let gates = gates.lock().unwrap().take();
        async move {
            let (entered, released): (oneshot::Sender<()>, oneshot::Receiver<()>) = gates.unwrap();
            let _ = entered.send(());
            let _ = released.await;
            "finished"
        }
    };
    let slow = Arc::new(slow);
    let router = Router::new().route("/", get(move || slow()));
    let server = started(config(&[]), router, |_| {}).await;
    let client = tokio::spawn(exchange(server.address, "GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
    is_in.await.unwrap();
    server.stopper.reach(Phase::Draining);
    // The port is closed first; only then is the request let go.
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    release.send(()).unwrap();
    let answer = client.await.unwrap();
    assert!(answer.contains("connection: close") && answer.ends_with("finished"), "{answer}");
    server.done.await.unwrap();
}

#[tokio::test]
async fn what_never_finishes_is_cut_off() {
    let entered = Arc::new(tokio::sync::Notify::new());
    let enters = entered.clone();
    let stuck = move || {
        enters.notify_one();
        std::future::pending::<()>()
    };
    let router = Router::new().route("/", get(stuck));
    for at_once in [false, true] {
        let server = started(config(&[]), router.clone(), |bounds| {
            bounds.drain = if at_once { Duration::from_secs(3600) } else { SHORT };
        });
        let server = server.await;
        let client = tokio::spawn(exchange(server.address, "GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
        entered.notified().await;
        server.stopper.reach(Phase::Draining);
        if at_once {
            server.stopper.reach(Phase::AtOnce);
        }
        server.done.await.unwrap();
        assert_eq!(client.await.unwrap(), "");
    }
}

#[tokio::test]
async fn readiness_goes_before_the_port_does() {
    let server = started(config(&[]), hello(), |bounds| bounds.linger = Duration::from_secs(3600)).await;
    exchange(server.address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    server.stopper.reach(Phase::Draining);
    while server.health.is_ready() {
        tokio::task::yield_now().await;
    }
    let answer = exchange(server.address, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.stopper.reach(Phase::AtOnce);
    server.done.await.unwrap();
}

#[tokio::test]
async fn slow_and_silent_clients_are_closed() {
    let server = started(config(&[]), hello(), |bounds| {
        (bounds.head, bounds.idle, bounds.body) = (SHORT, SHORT, SHORT);
    });
    let server = server.await;
    // Nothing, a head that never ends, a second head that never ends, nothing after a request: each ends by itself.
    let first = "GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    assert_eq!(exchange(server.address, "").await, "");
    assert_eq!(exchange(server.address, "GET / HTTP/1.1\r\nhost: x\r\nx: ").await, "");
    for text in [first.to_owned(), format!("{first}GET / HTTP/1.1\r\nx")] {
        let answer = exchange(server.address, &text).await;
        assert_eq!(answer.matches("HTTP/1.1 200").count(), 1, "{text} {answer}");
    }
    // A body that stands still fails in the handler.
    let answer =
        exchange(server.address, "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc").await;
    assert!(answer.ends_with("cut off"), "{answer}");
}

#[tokio::test]
async fn a_trickled_head_is_no_way_around() {
    let server = started(config(&[]), hello(), |bounds| bounds.head = SHORT).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut turn = tokio::time::interval(Duration::from_millis(5));
    // Each byte is progress; the head as a whole is late all the same.
    while stream.write_all(b"x").await.is_ok() {
        turn.tick().await;
    }
}

#[tokio::test]
async fn heads_have_a_size_and_a_number() {
    let server = started(config(&[("HALLMARK_LIMITS_HEADER_BYTES", "8192")]), hello(), |bounds| {
        bounds.head_count = 20;
    });
    let server = server.await;
    let head = |lines: String| format!("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{lines}\r\n");
    let many = (0..30).map(|n| format!("x-{n}: y\r\n")).collect();
    let long = format!("x: {}\r\n", "y".repeat(9000));
    for lines in [many, long] {
        let answer = exchange(server.address, &head(lines)).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
    let fine = (0..10).map(|n| format!("x-{n}: y\r\n")).collect();
    assert!(exchange(server.address, &head(fine)).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn no_more_connections_than_allowed() {
    let server = started(config(&[]), hello(), |bounds| bounds.connections = 1).await;
    let first = TcpStream::connect(server.address).await.unwrap();
    let request = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let second = tokio::spawn(exchange(server.address, request));
    let waits = timeout(SHORT, async {
        while !second.is_finished() {
            tokio::task::yield_now().await
        }
    })
    .await;
    assert!(waits.is_err(), "the second connection was served beside the first");
    drop(first);
    assert!(second.await.unwrap().starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn tls_with_a_certificate_of_its_own() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let config = config(&[("HALLMARK_LISTEN_TLS_SELF_SIGNED", "true"), ("HALLMARK_DATA_DIR", folder)]);
    let server = started(config, hello(), |_| {}).await;
    let pem = std::fs::read(data.path().join("tls/certificate.pem")).unwrap();
    let trusted = reqwest::Certificate::from_pem(&pem).unwrap();
    // Whoever opens TLS first in a process installs the provider; here that may be another test.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder().tls_certs_only([trusted]).build().unwrap();
    let url = format!("https://localhost:{}/", server.address.port());
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.version(), Version::HTTP_2);
    assert_eq!(answer.text().await.unwrap(), "127.0.0.1 true");
    // A stranger to the certificate turns away.
    assert!(reqwest::Client::new().get(&url).send().await.is_err());
    server.stopper.reach(Phase::Draining);
    server.done.await.unwrap();
}

#[tokio::test]
async fn errors_of_the_start_say_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut wanted = config(&[]);
    wanted.listen.address = address.parse().unwrap();
    let failure = Listener::bind(&wanted).await.err().unwrap();
    assert!(failure.text.contains(&address) && failure.text.contains("`--listen`"), "{failure}");

    let files =
        [("HALLMARK_LISTEN_TLS_CERTIFICATE", "/nonexistent.pem"), ("HALLMARK_LISTEN_TLS_KEY", "/n.pem")];
    let failure = Listener::bind(&config(&files)).await.err().unwrap();
    assert!(failure.text.starts_with("`listen.tls.certificate`: `/nonexistent.pem`"), "{failure}");
}
