//! People at a real browser: Chromium, driven by the stories of `tests/clients/browser`.

use serde_json::json;
use std::path::Path;
use std::process::Stdio;
use tests::{Engine, Hallmark, MailSink, node};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn sign_in() {
    tell("sign_in", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn application() {
    tell("application", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn two_windows() {
    tell("two_windows", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn second_factor() {
    tell("second_factor", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn accounts() {
    tell("accounts", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn check_session() {
    tell("check_session", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn passkey() {
    tell("passkey", &Hallmark::start_named(Engine::Sqlite).await, None).await;
}

#[tokio::test]
async fn device() {
    tell("device", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn profile() {
    tell("profile", &Hallmark::start().await, None).await;
}

#[tokio::test]
async fn mail() {
    with_mail("mail").await;
}

#[tokio::test]
async fn without_javascript() {
    with_mail("without_javascript").await;
}

async fn with_mail(name: &str) {
    let mut mail = MailSink::start().await;
    let server = Hallmark::start_with(&mail.config()).await;
    tell(name, &server, Some(&mut mail)).await;
}

/// Runs a story. It asks for a message that came by mail with a line `mail`.
async fn tell(name: &str, server: &Hallmark, mut mail: Option<&mut MailSink>) {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = tests::binary().ancestors().nth(2).unwrap().to_owned();
    let mut command = Command::from(node(&format!("browser/{name}.mjs")));
    command
        .env("STORY", name)
        .env("UAA", server.uaa())
        .env("ADMIN_PASSWORD", server.admin_password())
        .env("ADMIN_SECRET", server.client_secret())
        .env("LOCALES", tests.join("../uaa/look/locales"))
        .env("SCREENSHOTS", target.join("screenshots"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut run = command.spawn().expect("node starts: install Node 20 or newer (Debian: nodejs)");
    let (mut stdin, stdout) = (run.stdin.take().unwrap(), run.stdout.take().unwrap());
    let (mut lines, mut said) = (BufReader::new(stdout).lines(), String::new());
    while let Some(line) = lines.next_line().await.unwrap() {
        if line != "mail" {
            said += &line;
            said += "\n";
            continue;
        }
        let caught = mail.as_deref_mut().expect("this story has a mail server").caught().await;
        let link = caught.text.contains("code=").then(|| caught.link());
        let told = json!({"to": caught.to, "text": caught.text, "link": link});
        stdin.write_all(format!("{told}\n").as_bytes()).await.unwrap();
    }
    assert!(run.wait().await.unwrap().success() && said.contains("story: done"), "{said}");
}
