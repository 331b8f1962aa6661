//! House rule 6: no SQL above `uaa-store`.

use crate::floors::floor;
use crate::golden;
use crate::report::Report;
use crate::scan::{Source, rust_files};
use crate::tree::{Package, Tree};

const RULE: &str = "sql";

/// The floor of `uaa-store`, the last one that may speak to a database.
const STORE: u8 = 2;

/// The floor of tests, which ask the database themselves to see what a server left there.
const TESTS: u8 = 7;

/// Crates with which a package could speak to a database past the store.
const CLIENTS: [&str; 6] =
    ["sqlx", "sea-query", "sea-query-sqlx", "rusqlite", "tokio-postgres", "mysql_async"];

/// Holds dependencies and string literals of every floor above the store against the rule.
///
/// A `Raw` constant is the way out (`uaa_store::Raw`): each of them stands in `golden/raw-sql.txt`.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    let mut raw = vec![];
    for package in tree.members().filter(|package| bound(package)) {
        for dependency in package.dependencies.iter().filter(|d| CLIENTS.contains(&d.name.as_str())) {
            report.problem(
                RULE,
                format!("{} depends on {}: only uaa-store may", package.name, dependency.name),
            );
        }
        for path in rust_files(package.dir()) {
            let file = std::fs::read_to_string(&path).unwrap_or_default();
            // A file that holds `Raw` constants builds their texts too; all of them are listed.
            let holds_raw = file.contains(": Raw = Raw {");
            for (line, text) in Source::read(&path).strings {
                if is_statement(&text) && holds_raw {
                    let words: Vec<&str> = text.split_whitespace().filter(|w| *w != "\\").collect();
                    raw.push(format!("{}: {}", tree.shown(&path), words.join(" ")));
                } else if is_statement(&text) {
                    let start: String = text.split_whitespace().take(4).collect::<Vec<_>>().join(" ");
                    report.problem(RULE, format!("{}:{line}: `{start} …`", tree.shown(&path)));
                }
            }
        }
    }
    hold(raw, report);
}

/// Statements above the store, as reviewed.
fn hold(mut raw: Vec<String>, report: &mut Report) {
    raw.sort();
    let text = raw.join("\n") + "\n";
    golden::hold(RULE, "check", "raw-sql.txt", &text, report);
}

fn bound(package: &Package) -> bool {
    floor(&package.name).is_some_and(|floor| floor > STORE && floor < TESTS)
}

/// Whether a literal is a statement: a verb of SQL in capitals or lower case, and the word that goes with it.
fn is_statement(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let words: Vec<&str> = upper.split_whitespace().collect();
    let has = |word: &str| words.contains(&word);
    match words.as_slice() {
        ["SELECT", _, ..] => has("FROM"),
        ["INSERT" | "REPLACE", "INTO", ..] | ["DELETE", "FROM", ..] => true,
        ["UPDATE", _, "SET", ..] => true,
        ["WITH", ..] => has("AS") && has("SELECT"),
        ["CREATE" | "ALTER" | "DROP" | "TRUNCATE", kind, ..] => {
            ["TABLE", "INDEX", "UNIQUE", "VIEW", "TRIGGER", "DATABASE"].contains(kind)
        }
        ["BEGIN", "IMMEDIATE", ..] | ["PRAGMA", ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_seen() {
        for text in [
            "SELECT a FROM b",
            "select count(*)\n from x",
            "INSERT INTO a VALUES (1)",
            "update place set x = 1",
            "DELETE FROM a",
            "WITH r AS (SELECT 1) SELECT * FROM r",
            "CREATE TABLE a (b INT)",
            "PRAGMA foreign_keys",
        ] {
            assert!(is_statement(text), "{text}");
        }
    }

    #[test]
    fn sentences_are_not() {
        for text in
            ["select an org", "update failed", "delete the space", "create table", "with", "insert coin", ""]
        {
            let expected = text == "create table";
            assert_eq!(is_statement(text), expected, "{text}");
        }
    }
}
