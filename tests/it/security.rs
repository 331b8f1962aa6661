//! `docs/security.md` names tests that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_row_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut there = BTreeSet::new();
    for part in ["uaa", "scim", "platform", "tests/it"] {
        tests_below(&root.join(part), &mut there);
    }
    let document = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let named: Vec<&str> = document
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|text| text.rsplit_once("::"))
        .map(|(_, n)| n)
        .collect();
    assert!(named.len() > 30, "the rows name their tests: {named:?}");
    let missing: Vec<_> = named.into_iter().filter(|name| !there.contains(*name)).collect();
    assert!(missing.is_empty(), "docs/security.md names tests that do not exist: {missing:?}");
}

/// Names of functions, which is what a test is.
fn tests_below(folder: &Path, there: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_below(&path, there);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let names = text.split("fn ").skip(1).filter_map(|rest| rest.split('(').next());
            there.extend(names.map(str::to_owned));
        }
    }
}
