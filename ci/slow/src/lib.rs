//! Tests that take minutes, or need more than a kernel with terminals, of the program that `cargo build --package ptyproof`
//! has built. `.ci/run` runs them.

use std::path::PathBuf;

/// That program, which lies beside the tests.
///
/// # Panics
///
/// Where it was not built.
#[must_use]
pub fn program() -> PathBuf {
    let own = std::env::current_exe().expect("this binary has a path");
    let program = own.ancestors().nth(2).expect("it is in a directory of the target's").join("ptyproof");
    assert!(program.is_file(), "{} is missing: cargo build --package ptyproof builds it", program.display());
    program
}
