//! Running the program, and what it said.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// What the program said.
pub struct Said {
    /// Exit status, unless a signal has ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub error: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |stream| String::from_utf8(stream).expect("it is UTF-8");
        Self { status: output.status.code(), output: text(output.stdout), error: text(output.stderr) }
    }
}

impl Said {
    /// Fails unless the program has ended like that, has said this and nothing else to its standard error, and nothing
    /// to its standard output.
    #[track_caller]
    pub fn refuses(&self, status: i32, error: &str) {
        assert_eq!(self.error, error);
        assert_eq!((self.output.as_str(), self.status), ("", Some(status)));
    }
}

/// The program: this package's own, or for the slow tests the one that was built before them.
pub fn program() -> PathBuf {
    option_env!("CARGO_BIN_EXE_ptyproof").map_or_else(beside, PathBuf::from)
}

fn beside() -> PathBuf {
    let own = std::env::current_exe().expect("this binary has a path");
    let program = own.ancestors().nth(2).expect("it is in a directory of the target's").join("ptyproof");
    assert!(program.is_file(), "{} is missing: cargo build --package ptyproof builds it", program.display());
    program
}

/// Runs the program to its end.
pub fn ptyproof(arguments: &[&str]) -> Said {
    Command::new(program()).args(arguments).output().expect("it can be started").into()
}
