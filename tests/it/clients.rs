//! Client libraries of the field, unmodified from their registries, through the scenario of `tests/clients`.

use std::path::Path;
use std::process::Command;
use tests::{Hallmark, java, output, python_with};

#[tokio::test]
async fn the_python_client() {
    let python = python_with(&[PYTHON_CLIENT]);
    let server = Hallmark::start().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/scenario.py");
    let mut run = Command::new(python);
    run.arg(script).args([&server.api(), "admin", &server.admin_password()]);
    let (ended, said) = output(&mut run);
    assert!(ended && said.contains("scenario: done"), "{said}");
}

#[tokio::test]
async fn the_java_client() {
    let classes = java("java");
    let server = Hallmark::start().await;
    let (_, port) = server.api().rsplit_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (password, secret) = (server.admin_password(), server.client_secret());
    let mut run = Command::new("java");
    run.arg("-cp").arg(classes).args(["Scenario", "127.0.0.1", &port, "admin", &password, "admin", &secret]);
    let (ended, said) = output(&mut run);
    assert!(ended && said.contains("scenario: done"), "{said}");
}

/// Of PyPI. Its scenario names what it needs of it.
const PYTHON_CLIENT: &str = "cloudfoundry-client==1.40.4";
