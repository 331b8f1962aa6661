//! What must not compile does not: `tests/compile-fail`, case by case, with the compiler's own error codes.

use crate::golden;
use crate::report::Report;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const RULE: &str = "compile-fail";

/// The case that shows the proofs used as they are meant.
const PROPER: &str = "proper";

/// A line of the compiler's output.
#[derive(Deserialize)]
struct Line {
    reason: String,
    target: Option<Target>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    code: Option<Code>,
    message: String,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

/// Checks every case once and holds the codes against `golden/compile-fail.txt`.
///
/// `cargo check` on examples, because it reuses what clippy has checked already; a harness that builds each case apart takes
/// minutes.
pub(crate) fn check(report: &mut Report) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let words =
        ["check", "-p", "compile-fail", "--features", "cases", "--examples", "--keep-going", "--quiet"];
    let run = Command::new(cargo).args(words).args(["--message-format", "json"]).output();
    let run = run.map_err(|e| format!("cargo does not run: {e}"))?;
    let (mut codes, mut compiled) = (BTreeMap::<String, BTreeSet<String>>::new(), BTreeSet::new());
    for line in String::from_utf8_lossy(&run.stdout).lines() {
        let Ok(Line { reason, target: Some(target), message }) = serde_json::from_str(line) else { continue };
        if target.kind != ["example"] {
            continue;
        }
        match (reason.as_str(), message) {
            ("compiler-artifact", _) => drop(compiled.insert(target.name)),
            ("compiler-message", Some(said)) if said.level == "error" => {
                let code = said.code.map_or(said.message, |c| c.code);
                codes.entry(target.name).or_default().insert(code);
            }
            _ => {}
        }
    }
    if !compiled.contains(PROPER) {
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        report.problem(RULE, format!("`{PROPER}` does not compile, so that no case proves anything: {said}"));
    }
    for case in compiled.iter().filter(|case| *case != PROPER) {
        report.problem(RULE, format!("`{case}` compiles"));
    }
    let text: String = codes
        .into_iter()
        .map(|(case, codes)| format!("{case:24} {}\n", codes.into_iter().collect::<Vec<_>>().join(" ")))
        .collect();
    golden::hold(RULE, "compile-fail", "compile-fail.txt", &text, report);
    Ok(())
}
