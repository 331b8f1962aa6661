//! Programs of the field that are written in Python, from their registry.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A Python that has that package (`name==version`): an environment of its own beside what cargo builds, made once for each
/// version.
///
/// # Panics
/// With what to do, when it cannot be made.
pub fn python_with(packages: &[&str]) -> PathBuf {
    let target = crate::binary().ancestors().nth(2).map(Path::to_owned).unwrap_or_default();
    let home = target.join("clients").join(packages.join("+").replace("==", "-"));
    let python = home.join("bin/python");
    let whole = home.join("whole");
    // Several tests need the same one, and each may run in a process of its own.
    let lock = home.with_extension("lock");
    std::fs::create_dir_all(target.join("clients")).expect("there is a place for it");
    let lock = std::fs::File::create(lock).expect("there is a place for it");
    lock.lock().expect("it can be waited for");
    if whole.exists() {
        return python;
    }
    let (made, said) = output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home));
    assert!(
        made,
        "no environment for Python could be made: install python3 with its module venv (Debian: python3-venv). {said}"
    );
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    let (installed, said) = output(&mut install);
    assert!(
        installed,
        "{packages:?} could not be installed: pip needs its registry (PyPI, or a mirror named by PIP_INDEX_URL). {said}"
    );
    // Written last: an environment that broke off is made anew.
    std::fs::write(&whole, "").expect("the environment can be written to");
    python
}

/// Whether a program ended well, and all that it said.
pub fn output(command: &mut Command) -> (bool, String) {
    match command.output() {
        Ok(run) => {
            let said = [run.stdout, run.stderr].map(|b| String::from_utf8_lossy(&b).into_owned()).concat();
            (run.status.success(), said)
        }
        Err(error) => (false, error.to_string()),
    }
}
