//! The checks of the tree that no compiler does: `cargo xtask check`, and `cargo xtask compile-fail`.
//!
//! Every check reads files and `cargo metadata`, writes nothing, and says where to look.

mod compile_fail;
mod deny;
mod floors;
mod golden;
mod report;
mod scan;
mod spdx;
mod sql;
mod style;
mod tree;
mod used;

use crate::report::Report;
use std::process::ExitCode;

fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    let mut report = Report::default();
    let ran = match name.as_str() {
        "check" => check(&mut report),
        "compile-fail" => compile_fail::check(&mut report),
        _ => Err(format!("unknown task `{name}`: say one of check, compile-fail")),
    };
    if let Err(text) = ran {
        report.problem("xtask", text);
    }
    report.finish(&name)
}

/// The house rules that a program can hold, and the licences, bans and sources of `deny.toml`.
fn check(report: &mut Report) -> Result<(), String> {
    let tree = tree::Tree::read()?;
    floors::check(&tree, report);
    style::check(&tree, report);
    sql::check(&tree, report);
    used::check(&tree, report);
    deny::check(&tree, report)
}
