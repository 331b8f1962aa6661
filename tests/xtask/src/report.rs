//! What the checks found, and how it is said.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

/// Collects what is wrong (`problem`) and what is worth a look (`note`); only the first kind fails the run.
#[derive(Default)]
pub(crate) struct Report {
    problems: BTreeMap<&'static str, Vec<String>>,
    notes: BTreeMap<&'static str, Vec<String>>,
}

impl Report {
    /// Something against a rule; `rule` groups the lines.
    pub(crate) fn problem(&mut self, rule: &'static str, text: impl Into<String>) {
        self.problems.entry(rule).or_default().push(text.into());
    }

    /// Something that a reader may want to see and that fails nothing.
    pub(crate) fn note(&mut self, rule: &'static str, text: impl Into<String>) {
        self.notes.entry(rule).or_default().push(text.into());
    }

    /// Prints all of it; the exit code says whether anything is against a rule.
    pub(crate) fn finish(&self, task: &str) -> ExitCode {
        let text = self.text(task);
        let written = std::io::stdout().write_all(text.as_bytes());
        if self.problems.is_empty() && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn text(&self, task: &str) -> String {
        let mut out = String::new();
        for (label, groups) in [("note", &self.notes), ("wrong", &self.problems)] {
            for (rule, lines) in groups {
                let _ = writeln!(out, "{label}: {rule}: {}", lines.len());
                for line in lines {
                    let _ = writeln!(out, "  {line}");
                }
            }
        }
        let wrong: usize = self.problems.values().map(Vec::len).sum();
        let _ = writeln!(out, "xtask {task}: {wrong} problem{}", if wrong == 1 { "" } else { "s" });
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_do_not_fail() {
        let mut report = Report::default();
        report.note("size", "a.rs: 401 lines");
        assert_eq!(report.text("check"), "note: size: 1\n  a.rs: 401 lines\nxtask check: 0 problems\n");
    }

    #[test]
    fn problems_are_counted() {
        let mut report = Report::default();
        report.problem("floors", "a -> b");
        assert!(report.text("check").ends_with("wrong: floors: 1\n  a -> b\nxtask check: 1 problem\n"));
    }
}
