//! House rule 1: dependencies go strictly down a floor.

use crate::report::Report;
use crate::tree::{Package, Tree};

const RULE: &str = "floors";

/// Holds every edge between two of our packages against the ground plan.
pub(crate) fn check(tree: &Tree, report: &mut Report) {
    let ours: Vec<&Package> = tree.members().collect();
    for package in &ours {
        let Some(own) = floor(&package.name) else {
            report.problem(RULE, format!("{} has no floor: give it one in xtask's floors.rs", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            if !ours.iter().any(|other| other.name == dependency.name) {
                continue;
            }
            if floor(&dependency.name).is_some_and(|other| other >= own) {
                report.problem(RULE, upward(&package.name, own, &dependency.name));
            }
        }
    }
}

/// The floor of one of our packages; 2 is the only one with a database.
pub(crate) fn floor(name: &str) -> Option<u8> {
    Some(match name {
        "uaa-model" => 0,
        "uaa-authz" | "uaa-token" => 1,
        "uaa-store" => 2,
        "uaa-plugin" | "uaa-look" => 3,
        "uaa-directory" => 4,
        "uaa-oauth" | "uaa-saml" | "uaa-ldap" | "uaa-login" | "scim" => 5,
        "platform-server" => 6,
        "tests" | "bench" | "xtask" | "compile-fail" | "fuzz" => 7,
        _ if name.starts_with("platform-") => 5,
        _ => return None,
    })
}

fn upward(from: &str, floor_of: u8, to: &str) -> String {
    format!(
        "{from} (floor {floor_of}) uses {to}, which is not below it: move the shared part down or add a port"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ground_plan() {
        assert_eq!(floor("uaa-model"), Some(0));
        assert_eq!(floor("platform-server"), Some(6));
        assert_eq!(floor("platform-diego"), Some(5));
        assert_eq!(floor("uaa-look"), floor("uaa-plugin"));
        assert_eq!(floor("scim"), floor("uaa-oauth"));
        assert_eq!(floor("somebody"), None);
    }
}
