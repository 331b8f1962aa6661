//! Client libraries of the field, unmodified from their registries, through the scenario of `tests/clients`.

use std::path::Path;
use std::process::Command;
use tests::{Hallmark, output, python_with};

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
    let classes = java_client();
    let server = Hallmark::start().await;
    let (_, port) = server.api().rsplit_once(':').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let (password, secret) = (server.admin_password(), server.client_secret());
    let mut run = Command::new("java");
    run.arg("-cp").arg(classes).args(["Scenario", "127.0.0.1", &port, "admin", &password, "admin", &secret]);
    let (ended, said) = output(&mut run);
    assert!(ended && said.contains("scenario: done"), "{said}");
}

/// The class path of the Java client and its scenario: fetched and compiled once for each text of the scenario.
fn java_client() -> String {
    let given = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/java");
    let target = tests::binary().ancestors().nth(2).map(Path::to_owned).unwrap_or_default();
    let home = target.join("clients/java");
    let path = format!("{0}/lib/*:{0}/classes", home.display());
    let text = ["pom.xml", "Scenario.java"].map(|name| std::fs::read_to_string(given.join(name)).unwrap());
    let (text, whole) = (text.concat(), home.join("whole"));
    if std::fs::read_to_string(&whole).is_ok_and(|known| known == text) {
        return path;
    }
    let (fetched, said) =
        output(Command::new("mvn").args(["--quiet", "--batch-mode", "dependency:copy-dependencies"]).args([
            "--file".into(),
            given.join("pom.xml"),
            format!("-DoutputDirectory={}/lib", home.display()).into(),
        ]));
    assert!(
        fetched,
        "the Java client could not be fetched: install Maven and a JDK (Debian: maven, default-jdk-headless). {said}"
    );
    let mut compile = Command::new("javac");
    compile.arg("-cp").arg(&path).arg("-d").arg(home.join("classes")).arg(given.join("Scenario.java"));
    let (compiled, said) = output(&mut compile);
    assert!(compiled, "{said}");
    std::fs::write(&whole, text).expect("what was fetched can be written to");
    path
}

/// Of PyPI. Its scenario names what it needs of it.
const PYTHON_CLIENT: &str = "cloudfoundry-client==1.40.4";
