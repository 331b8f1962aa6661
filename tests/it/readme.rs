//! The tour of the README and the guide of command lines, run as they stand there.

use crate::openid_client::ends;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use tests::{Browser, Hallmark};

#[tokio::test]
async fn the_five_minutes_work() {
    let server = Hallmark::start().await;
    let tour = scripts(include_str!("../../README.md"), "```bash").remove(0);
    let data = server.data().display().to_string();
    let script = tour.replace("http://127.0.0.1:8080", &server.api()).replace("data/", &format!("{data}/"));
    let run = bash(&script).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    // Hidden from alice, and the administrator is told why.
    assert!(said.contains("CF-ResourceNotFound"), "{said}");
    assert!(said.contains(r#""allowed":false"#) && said.contains("no role binding"), "{said}");
}

/// Registered, signed in by a browser elsewhere, told who it is, and refreshed.
#[tokio::test]
async fn a_command_line_signs_in() {
    let server = Hallmark::start().await;
    let guide = include_str!("../../docs/guides/command-line.md");
    let token = server.token("admin", &server.client_secret(), &[("grant_type", "client_credentials")]).await;
    let steps = [scripts(guide, "```sh"), scripts(guide, "```bash")].concat().join("\n");
    let mut run = bash(&steps)
        .env("BASE", server.uaa())
        .env("TOKEN", token.body["access_token"].as_str().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(run.stdout.take().unwrap());
    let mut line = vec![];
    said.read_until(b'\n', &mut line).unwrap();
    let line = String::from_utf8_lossy(&line).into_owned();
    let (uri, code) =
        line.split_once("Open ").and_then(|(_, rest)| rest.split_once(" and type ")).expect(&line);
    let mut browser = Browser::at(&server.uaa());
    ends(&server, &mut browser, &format!("{uri}?user_code={}", code.trim())).await;
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert!(run.wait().unwrap().success() && rest.contains(r#""user_name":"admin""#), "{line}{rest}");
}

/// What stands between such a line and the end of its block, for each of them.
fn scripts(text: &str, begin: &str) -> Vec<String> {
    let begin = format!("{begin}\n");
    text.split(&begin).skip(1).map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

fn bash(script: &str) -> Command {
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", script]);
    bash
}
