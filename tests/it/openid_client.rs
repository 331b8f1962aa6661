//! `openid-client` of npm, unmodified, through the scripts of `tests/clients/openid-client`.

use crate::authorize::sign_in;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use tests::{Browser, Hallmark, node};

#[tokio::test]
async fn the_usual_flows() {
    runs("usual").await;
}

#[tokio::test]
async fn what_fapi_wants() {
    runs("strict").await;
}

#[tokio::test]
async fn what_is_encrypted() {
    runs("encrypted").await;
}

/// Runs a script. It asks for a browser with a line `open ADDRESS`, and is told where that ended.
async fn runs(name: &str) {
    let server = Hallmark::start().await;
    let mut run = node(&format!("openid-client/{name}.mjs"))
        .env("UAA", server.uaa())
        .env("ADMIN_SECRET", server.client_secret())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts: install Node 20 or newer (Debian: nodejs)");
    let (mut stdin, stdout) = (run.stdin.take().unwrap(), run.stdout.take().unwrap());
    let (mut browser, mut said) = (Browser::at(&server.uaa()), String::new());
    for line in BufReader::new(stdout).lines() {
        let line = line.unwrap();
        match line.strip_prefix("open ") {
            Some(url) => writeln!(stdin, "{}", ends(&server, &mut browser, url).await).unwrap(),
            None => said += &line,
        }
    }
    assert!(run.wait().unwrap().success() && said.contains(&format!("{name}: done")), "{said}");
}

/// Where a person's browser ends who signs in when asked, and agrees to everything.
pub(crate) async fn ends(server: &Hallmark, browser: &mut Browser, url: &str) -> String {
    let mut page = browser.open(url).await;
    if page.elsewhere.is_none() && page.text("h1") == "Sign in" {
        page = sign_in(server, browser, &page).await;
    }
    if page.elsewhere.is_none() && page.has("#user_code") {
        page = browser.send(&page, "user_code", &[]).await;
    }
    if page.elsewhere.is_none() && page.has("[name=decision]") {
        page = browser.send(&page, "decision", &[("decision", "allow")]).await;
    }
    page.elsewhere.unwrap_or(page.url).into()
}
