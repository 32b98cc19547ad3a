//! Running the program, and what it said.

use assert_cmd::Command;

/// What the program said.
pub struct Said {
    /// Exit status.
    pub status: i32,
    /// Standard output.
    pub output: String,
    /// Standard error.
    pub error: String,
}

/// Runs the program to its end.
pub fn ptyproof(arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_ptyproof")).args(arguments).output().expect("it can be started");
    let text = |stream| String::from_utf8(stream).expect("it is UTF-8");
    Said { status: output.status.code().expect("it exits"), output: text(output.stdout), error: text(output.stderr) }
}
