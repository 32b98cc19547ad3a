//! What a case did to its target, as it can be told afterwards: the command lines, and the calls at which it was stopped.

use super::escape;
use serde::{Deserialize, Serialize};

/// One call of the target's command line, or of another program that the case called beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Milliseconds from the beginning of the case to that of the call.
    pub at_ms: f64,
    /// The command line, as it would be typed to a shell; nothing in it is obeyed by a terminal.
    pub line: String,
    /// How it ended: `exit status 1`, `killed by SIGKILL`.
    pub ended: String,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
    /// What it printed to its standard output, as far as that was a pipe of the harness's: at most the last 16 KiB.
    #[serde(default, with = "escape::text", skip_serializing_if = "Vec::is_empty")]
    pub stdout: Vec<u8>,
    /// The same of its standard error.
    #[serde(default, with = "escape::text", skip_serializing_if = "Vec::is_empty")]
    pub stderr: Vec<u8>,
}

/// One system call of the target at which a case stopped it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stopped {
    /// Milliseconds from the beginning of the case.
    pub at_ms: f64,
    /// The process, as the harness sees it.
    pub pid: i32,
    /// The step, by its purpose: `open-slave`.
    pub step: String,
    /// The system call with what it is about: `ioctl(0x5441, ...) on /dev/pts/ptmx`.
    pub call: String,
    /// What became of it: `goes on`, `fails with EIO`, `is held, and goes on then`.
    pub answer: String,
}
