//! Programs of the field that are written in Java, from their registry.

use crate::output;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The class path of `tests/clients/FOLDER`: what its `pom.xml` names, and the one program in it, compiled. Fetched and compiled beside what
/// cargo builds, once for each text of the two.
///
/// # Panics
/// With what to do, when it cannot be fetched or compiled.
pub fn java(folder: &str) -> String {
    let given = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(folder);
    let target = crate::binary().ancestors().nth(2).map(Path::to_owned).unwrap_or_default();
    let home = target.join("clients").join(folder);
    std::fs::create_dir_all(&home).expect("there is a place for it");
    // Each test may run in a process of its own.
    let lock = std::fs::File::create(home.with_extension("lock")).expect("there is a place for it");
    lock.lock().expect("it can be waited for");
    let path = format!("{0}/lib/*:{0}/classes", home.display());
    let program = program(&given);
    let read = |file: &Path| std::fs::read_to_string(file).expect("it can be read");
    let (text, whole) = (read(&given.join("pom.xml")) + &read(&program), home.join("whole"));
    if std::fs::read_to_string(&whole).is_ok_and(|known| known == text) {
        return path;
    }
    let mut fetch = Command::new("mvn");
    fetch.args(["--quiet", "--batch-mode", "dependency:copy-dependencies", "--file"]);
    fetch.arg(given.join("pom.xml")).arg(format!("-DoutputDirectory={}/lib", home.display()));
    let (fetched, said) = output(&mut fetch);
    assert!(
        fetched,
        "`{folder}` could not be fetched: install Maven and a JDK (Debian: maven, default-jdk-headless). {said}"
    );
    let mut compile = Command::new("javac");
    compile.args(["-parameters", "-cp", &path, "-d"]).arg(home.join("classes")).arg(program);
    let (compiled, said) = output(&mut compile);
    assert!(compiled, "{said}");
    // Written last: what broke off is fetched anew.
    std::fs::write(&whole, text).expect("what was fetched can be written to");
    path
}

fn program(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).expect("the folder is there").filter_map(Result::ok);
    let mut programs =
        files.map(|file| file.path()).filter(|file| file.extension().is_some_and(|e| e == "java"));
    programs.next().expect("a program")
}
