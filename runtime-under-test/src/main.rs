//! The `ptyrun` command.
fn main() {}
