//! A proof is not copied: one permission, one use.

use compile_fail::*;

fn twice(space: Granted<Delete, Space>) -> (Granted<Delete, Space>, Granted<Delete, Space>) {
    (space.clone(), space)
}

fn main() {
    let _ = twice;
}
