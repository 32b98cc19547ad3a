//! Tests that take minutes, or need more than a kernel with terminals, of the program that `cargo build --package ptyproof`
//! has built. `.ci/run` runs them.
