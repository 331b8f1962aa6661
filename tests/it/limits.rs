//! What strangers may use up: nothing that one of them does keeps others out.

use std::time::Duration;
use tests::Hallmark;

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
        let begun = std::time::Instant::now();
        let sent = client.post(format!("{}{path}", server.uaa())).body(many.clone());
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
        let (status, took) = (sent.status().as_u16(), begun.elapsed());
        assert!((400..500).contains(&status) && took < Duration::from_secs(1), "{path}: {status} {took:?}");
    }
}
