//! A secret is not displayed.

use compile_fail::*;

fn main() {
    let _ = format!("{}", Secret::default());
}
