//! How the command ends.

use ptyproof_report::printable;
use std::process::ExitCode;

/// The exit statuses, which scripts may rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All as expected.
    AsExpected = 0,
    /// A case was not as expected.
    NotAsExpected = 1,
    /// The command line, or a file that it names, cannot be used.
    Usage = 2,
    /// The machine or the harness is at fault.
    Machine = 3,
    /// No case was selected.
    NothingSelected = 4,
}

impl Exit {
    /// Of two, the one that says more against going on: what could not be judged, before what is not as expected.
    pub fn worse(self, other: Self) -> Self {
        if other as u8 > self as u8 { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Says on standard error what is wrong. What comes from files, programs and paths is in it, so no line of it is obeyed by
/// a terminal.
pub fn complain(what: impl ToString) {
    let lines: Vec<String> = what.to_string().lines().map(printable).collect();
    eprintln!("ptyproof: {}", lines.join("\n"));
}

/// Why a command did not do its work: the status, and a message that names the thing and the remedy.
#[derive(Debug)]
pub struct Refusal {
    /// How the command ends.
    pub exit: Exit,
    /// What is told on standard error: what was tried, and what to do.
    pub message: String,
}

impl Refusal {
    /// The command line, or a file that it names, cannot be used.
    pub fn usage(why: impl ToString) -> Self {
        Self { exit: Exit::Usage, message: why.to_string() }
    }

    /// The machine or the harness is at fault.
    pub fn machine(why: impl ToString) -> Self {
        Self { exit: Exit::Machine, message: why.to_string() }
    }

    /// No case was selected.
    pub fn nothing_selected(why: impl ToString) -> Self {
        Self { exit: Exit::NothingSelected, message: why.to_string() }
    }
}
