//! The checks of the tree.
fn main() {}
