//! A secret is not serialized.

use compile_fail::*;

fn main() {
    let _ = serde_json::to_value(Secret::default());
}
