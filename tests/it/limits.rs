//! What strangers may use up: nothing that one of them does keeps others out.

use crate::mail::Mailing;
use std::time::Duration;
use tests::{Browser, Hallmark};

/// As many parameters as a body has room for are no work for the server: what is asked of anybody is read in one go or not at all.
#[tokio::test]
async fn parameters_without_end_are_not_read() {
    let server = Hallmark::start().await;
    let many: String = (0..12_000).map(|n| format!("p{n}&")).collect();
    let client = reqwest::Client::new();
    for path in [
        "/oauth/token",
        "/oauth/authorize",
        "/oauth/par",
        "/oauth/device_authorization",
        "/oauth/revoke",
        "/introspect",
        "/logout.do",
        "/login.do",
        "/autologin",
        "/authenticate",
        "/device",
        "/forgot_password.do",
        "/create_account.do",
    ] {
        let begun = tokio::time::Instant::now();
        let sent = client.post(format!("{}{path}", server.uaa())).body(many.clone());
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let (status, took) = (sent.status().as_u16(), begun.elapsed());
        assert!((400..500).contains(&status) && took < Duration::from_secs(1), "{path}: {status} {took:?}");
    }
}

/// A body that comes a byte at a time is not waited for, however steadily it comes.
#[tokio::test]
async fn a_body_that_trickles_is_given_up() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let server = Hallmark::start_with("limits: {body_seconds: 1}\n").await;
    let uaa: reqwest::Url = server.uaa().parse().unwrap();
    let host = format!("{}:{}", uaa.host_str().unwrap(), uaa.port().unwrap());
    let (mut read, mut write) = tokio::net::TcpStream::connect(&host).await.unwrap().into_split();
    let head =
        format!("POST {}/oauth/token HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\n", uaa.path());
    write.write_all(head.as_bytes()).await.unwrap();
    let begun = tokio::time::Instant::now();
    let trickle = tokio::spawn(async move {
        while write.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    });
    let mut answer = [0; 12];
    let answered = tokio::time::timeout(Duration::from_secs(20), read.read_exact(&mut answer)).await;
    answered.expect("an answer in time").expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 400");
    assert!((4..9).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    trickle.abort();
    // What anybody may post is a form, and no larger than that.
    let large = reqwest::Client::new().post(format!("{}/login.do", server.uaa())).body("a".repeat(65 * 1024));
    assert_eq!(large.send().await.unwrap().status().as_u16(), 413);
}

/// What is no name of an account is counted apart from all of them: nobody locks a reset, a device or an address by a name.
#[tokio::test]
async fn failures_of_made_up_origins_lock_nothing_else() {
    let mut it = Mailing::start().await;
    it.user("mira", "mira@acme.example").await;
    for hint in [r#"{"origin":"forgot"}"#, r#"{"origin":"guess/forgot"}"#, r#"{"origin":"guess"}"#] {
        for username in ["mira", "forgot/mira"] {
            for _ in 0..6 {
                let form = [
                    ("grant_type", "password"),
                    ("username", username),
                    ("password", "a-wrong-one"),
                    ("login_hint", hint),
                ];
                it.server.token("cf", "", &form).await;
            }
        }
    }
    assert_eq!(it.forgot(&mut Browser::at(&it.server.uaa()), "mira").await.status, 200);
    assert_eq!(it.sink.caught().await.to, ["mira@acme.example"]);
}
