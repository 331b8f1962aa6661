//! Client libraries of the field, unmodified from their registries, through the scenario of `tests/clients`.

use std::path::{Path, PathBuf};
use std::process::Command;
use tests::Hallmark;

#[tokio::test]
async fn the_python_client() {
    let python = python_client();
    let server = Hallmark::start().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/scenario.py");
    let mut run = Command::new(python);
    run.arg(script).args([&server.api(), "admin", &server.admin_password()]);
    let (ended, said) = output(&mut run);
    assert!(ended && said.contains("scenario: done"), "{said}");
}

/// The Python that has the client: an environment of its own beside what cargo builds, made once for each version.
fn python_client() -> PathBuf {
    let target = tests::binary().ancestors().nth(2).map(Path::to_owned).unwrap_or_default();
    let home = target.join("clients").join(PYTHON_CLIENT.replace("==", "-"));
    let python = home.join("bin/python");
    let whole = home.join("whole");
    if whole.exists() {
        return python;
    }
    let (made, said) = output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
    assert!(
        made,
        "no environment for Python could be made: install python3 with its module venv (Debian: python3-venv). {said}"
    );
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYTHON_CLIENT];
    let (installed, said) = output(Command::new(&python).args(pip));
    assert!(
        installed,
        "`{PYTHON_CLIENT}` could not be installed: pip needs its registry (PyPI, or a mirror named by PIP_INDEX_URL). {said}"
    );
    // Written last: an environment that broke off is made anew.
    std::fs::write(&whole, "").expect("the environment can be written to");
    python
}

fn output(command: &mut Command) -> (bool, String) {
    match command.output() {
        Ok(run) => {
            let said = [run.stdout, run.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
            (run.status.success(), said)
        }
        Err(error) => (false, error.to_string()),
    }
}

/// Of PyPI. Its scenario names what it needs of it.
const PYTHON_CLIENT: &str = "cloudfoundry-client==1.40.4";
