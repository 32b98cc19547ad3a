//! The `ptyproof` command.
fn main() {}
