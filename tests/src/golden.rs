//! Reviewed files: a change in one is seen by whoever reads the diff (house rule 19).

use std::path::Path;

/// Holds a text against the file of that name under `tests/golden`. `UPDATE_GOLDEN=1` writes the file anew.
///
/// # Panics
/// When they differ, with the first line that does.
pub fn hold(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).expect("the golden file can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = known.lines().zip(text.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or_else(|| known.lines().count().min(text.lines().count()));
    assert!(
        known == text,
        "tests/golden/{name} is out of date from line {}:\n  it says  {}\n  it is    {}\n\
         UPDATE_GOLDEN=1 bin/test golden writes it anew; read the diff, it is a review",
        line + 1,
        known.lines().nth(line).unwrap_or("(nothing)"),
        text.lines().nth(line).unwrap_or("(nothing)"),
    );
}
