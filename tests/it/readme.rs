//! The tour of the README, run as it stands there.

use std::process::Command;
use tests::Hallmark;

#[tokio::test]
async fn the_five_minutes_work() {
    let server = Hallmark::start().await;
    let readme = include_str!("../../README.md");
    let tour = readme.split("```bash\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let data = server.data().display().to_string();
    let script = tour.replace("http://127.0.0.1:8080", &server.api()).replace("data/", &format!("{data}/"));
    let run = Command::new("bash").args(["-euo", "pipefail", "-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    // Hidden from alice, and the administrator is told why.
    assert!(said.contains("CF-ResourceNotFound"), "{said}");
    assert!(said.contains(r#""allowed":false"#) && said.contains("no role binding"), "{said}");
}
