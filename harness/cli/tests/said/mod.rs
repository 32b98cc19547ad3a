//! Running the program, what it said, and what is left of it.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

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

/// A place for files of a test, and one for those of the command, in which it must leave none.
pub struct Bench {
    pub files: TempDir,
    pub temporary: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        let directory = || tempfile::tempdir().expect("a directory");
        Self { files: directory(), temporary: directory() }
    }

    /// Fails unless nothing is left.
    #[track_caller]
    pub fn is_clean(&self) {
        assert_eq!(entries(self.temporary.path()), Vec::<PathBuf>::new());
        assert_eq!(processes_of(self.files.path()), Vec::<String>::new());
        assert_eq!(processes_of(self.temporary.path()), Vec::<String>::new());
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
    // What it tells a runner of CI is looked at by tests of its own.
    let mut command = Command::new(program());
    command.args(arguments).env_remove("GITHUB_ACTIONS").output().expect("it can be started").into()
}

/// What is in a directory.
pub fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it is there");
    entries.flatten().map(|entry| entry.path()).collect()
}

/// Processes that execute a program in that directory, or name one in their command line.
pub fn processes_of(directory: &Path) -> Vec<String> {
    let own = std::process::id().to_string();
    let entries = fs::read_dir("/proc").expect("the kernel has processes");
    let processes = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        (name != own && name.bytes().all(|byte| byte.is_ascii_digit())).then(|| entry.path())
    });
    let theirs = processes.filter_map(|path| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).into_owned();
        let program = fs::read_link(path.join("exe")).unwrap_or_default();
        let directory_name = directory.to_str().expect("it is UTF-8");
        (program.starts_with(directory) || line.contains(directory_name)).then(|| format!("{}: {line}", path.display()))
    });
    theirs.collect()
}
