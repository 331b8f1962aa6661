//! Programs of the field that are written for Node, from their registry.

use crate::python::output;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A script of `tests/clients`, with the packages of its lock file beside what cargo builds: fetched once for each text of the file.
///
/// # Panics
/// With what to do, when they cannot be had.
pub fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    // A package is looked for beside the link to the script, not beside the script.
    command
        .args(["--preserve-symlinks", "--preserve-symlinks-main"])
        .arg(packages().join("clients").join(script));
    command
}

fn packages() -> PathBuf {
    let given = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let home =
        crate::binary().ancestors().nth(2).map(Path::to_owned).unwrap_or_default().join("clients/node");
    std::fs::create_dir_all(&home).expect("there is a place for it");
    // Several tests need the same ones, and each may run in a process of its own.
    let lock = std::fs::File::create(home.with_extension("lock")).expect("there is a place for it");
    lock.lock().expect("it can be waited for");
    let names = ["package.json", "package-lock.json"];
    let text = names.map(|name| std::fs::read_to_string(given.join(name)).expect("it is in the tree"));
    let whole = home.join("whole");
    if std::fs::read_to_string(&whole).is_ok_and(|known| known == text.concat()) {
        return home;
    }
    for (name, text) in names.iter().zip(&text) {
        std::fs::write(home.join(name), text).expect("there is a place for it");
    }
    let (fetched, said) = output(
        Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&home),
    );
    assert!(
        fetched,
        "the packages of tests/clients/package.json could not be fetched: install Node 20 or newer with npm (Debian: nodejs, npm); \
         npm needs its registry, or a mirror named by npm_config_registry. {said}"
    );
    let link = home.join("clients");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink(given, link).expect("a link can be made");
    // Written last: what broke off is fetched anew.
    std::fs::write(&whole, text.concat()).expect("there is a place for it");
    home
}
