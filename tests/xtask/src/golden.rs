//! Reviewed files: a change in one is seen by whoever reads the diff (house rule 19).

use crate::report::Report;

/// Holds a text against the file under `tests/golden`. `UPDATE_GOLDEN=1` writes the file anew.
pub(crate) fn hold(rule: &'static str, task: &str, name: &str, text: &str, report: &mut Report) {
    let path = format!("tests/golden/{name}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() && std::fs::write(&path, text).is_err() {
        report.problem(rule, format!("{path} cannot be written"));
    }
    if std::fs::read_to_string(&path).unwrap_or_default() != text {
        report.problem(
            rule,
            format!("{path} is out of date: UPDATE_GOLDEN=1 cargo xtask {task}, and read the diff"),
        );
    }
}
