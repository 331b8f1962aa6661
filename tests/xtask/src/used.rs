//! Every dependency is in use: a name in `Cargo.toml` that the code never says is taken out.

use crate::report::Report;
use crate::scan::{Source, rust_files};
use crate::tree::{Dependency, Package, Tree};

const RULE: &str = "unused dependency";

/// Looks for the name of each dependency in the code of its package.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    for package in tree.members() {
        let code = code(package);
        for dependency in &package.dependencies {
            if !names(dependency, &code) && !excused(package, dependency) {
                report.problem(RULE, format!("{} never says {}", package.name, dependency.name));
            }
        }
    }
}

fn code(package: &Package) -> String {
    rust_files(package.dir()).iter().map(|path| Source::read(path).code).collect()
}

fn names(dependency: &Dependency, code: &str) -> bool {
    let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
    code.match_indices(&name).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        edge(code[..at].chars().next_back()) && edge(code[at + name.len()..].chars().next())
    })
}

/// A dependency that is there for its features alone says so in a comment on its line: `# features only`.
fn excused(package: &Package, dependency: &Dependency) -> bool {
    package
        .manifest()
        .lines()
        .any(|line| line.trim_start().starts_with(&dependency.name) && line.contains("# features only"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_word() {
        let dependency = Dependency { name: "aws-lc-rs".to_owned(), rename: None };
        assert!(names(&dependency, "use aws_lc_rs::digest;"));
        assert!(!names(&dependency, "use my_aws_lc_rs2;"));
    }

    #[test]
    fn a_renamed_one_is_looked_for_by_its_new_name() {
        let dependency = Dependency { name: "a".to_owned(), rename: Some("b-c".to_owned()) };
        assert!(names(&dependency, "b_c::x()") && !names(&dependency, "a::x()"));
    }
}
