//! House rules that are visible in the text: file names, attributes, sizes, marks left behind.

use crate::report::Report;
use crate::scan::{Source, rust_files};
use crate::tree::Tree;
use std::path::Path;

/// House rule 11 aims at 400 and 60; past these a reader should ask why.
const FILE_LINES: usize = 450;
const FUNCTION_LINES: usize = 80;

/// Looks at every Rust file of every member and at every manifest.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for package in tree.members() {
        if !package.manifest().contains("[lints]\nworkspace = true") {
            report.problem("lints", format!("{} does not take the workspace's lints", package.name));
        }
        for path in rust_files(package.dir()) {
            file(&tree.shown(&path), &path, report);
        }
    }
}

fn file(shown: &str, path: &Path, report: &mut Report) {
    if path.file_name().is_some_and(|name| name == "mod.rs") {
        report.problem("mod.rs", format!("{shown}: name it after its folder, beside it"));
    }
    let source = Source::read(path);
    for line in allows(&source.code) {
        report.problem("allow", format!("{shown}:{line}: use `#[expect(lint, reason = \"...\")]`"));
    }
    for line in marks(&source.comments) {
        report.problem("marks", format!("{shown}:{line}: do it or take the note out"));
    }
    let lines = source.code.lines().count();
    if lines > FILE_LINES {
        report.note("long files", format!("{shown}: {lines} lines"));
    }
    for (line, length) in long_functions(&source.code) {
        report.note("long functions", format!("{shown}:{line}: {length} lines"));
    }
}

/// Lines with `#[allow(…)]`, also inside `cfg_attr`.
fn allows(code: &str) -> Vec<usize> {
    numbered(code)
        .filter(|(_, line)| {
            let attribute = line.trim_start();
            (attribute.starts_with("#[") || attribute.starts_with("#!["))
                && (line.contains("[allow(") || line.contains(", allow("))
        })
        .map(|(number, _)| number)
        .collect()
}

/// Lines whose comment says that something is missing.
fn marks(comments: &str) -> Vec<usize> {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    numbered(comments)
        .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
        .map(|(n, _)| n)
        .collect()
}

/// First lines and lengths of functions that are too long, by the indentation that rustfmt gives.
fn long_functions(code: &str) -> Vec<(usize, usize)> {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut long = Vec::new();
    for (number, line) in numbered(code) {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim_start();
        if words.starts_with("fn ") || (words.contains(" fn ") && !words.starts_with("//")) {
            open.push((indent, number));
        } else if words.starts_with('}')
            && let Some(at) = open.iter().position(|(column, _)| *column == indent)
        {
            let (_, start) = open[at];
            open.truncate(at);
            if number - start >= FUNCTION_LINES {
                long.push((start, number - start + 1));
            }
        }
    }
    long
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_is_found_where_it_is_an_attribute() {
        let text = "#[allow(dead_code)]\n#![cfg_attr(test, allow(unused))]\n#[expect(x, reason = \"y\")]\nallow(1);\n";
        assert_eq!(allows(text), [1, 2]);
    }

    #[test]
    fn marks_are_found_in_comments() {
        let mark = concat!("TO", "DO");
        assert_eq!(marks(&format!("a\n// {mark}: b\n")), [2]);
    }

    #[test]
    fn a_long_function_is_measured_and_a_short_one_is_not() {
        let body = "    x();\n".repeat(FUNCTION_LINES);
        assert_eq!(long_functions(&format!("fn a() {{\n{body}}}\n")), [(1, FUNCTION_LINES + 2)]);
        assert_eq!(long_functions("pub(crate) async fn a() {\n    x();\n}\n"), []);
    }
}
