//! `Public` is a proof that nothing is needed; only a public route makes one.

use compile_fail::*;

fn main() {
    let _ = Public(());
}
