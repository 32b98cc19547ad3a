//! The command line, as users of runc and crun know it.

mod args;
mod commands;
mod events;
mod exec;
mod listing;
mod log;
mod plumbing;
mod processes;
mod signal;
mod update;

use crate::steps::Steps;
use args::Arguments;
use clap::{Parser, error::ErrorKind};
use std::{ffi::OsString, process::ExitCode};

/// Runs the command that `arguments` (program name first) ask for and gives its exit status: that of the container's
/// process for foreground `run` and `exec`, 1 for an error of the runtime's, 255 where `exec` could not start its process.
pub fn main(arguments: impl IntoIterator<Item = OsString>, steps: &Steps) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    commands::run(&arguments, steps)
}
