//! The command line, as users of runc and crun know it.

mod args;
mod commands;
mod events;
mod exec;
mod listing;
mod log;
mod making;
mod plumbing;
mod processes;
mod signal;
mod update;
mod user;

use crate::steps::Steps;
use args::Arguments;
use clap::{Parser, error::ErrorKind};
use log::Log;
use std::{ffi::OsString, process::ExitCode};

/// Runs the command that `arguments` (program name first) ask for and gives its exit status: that of the container's
/// process for foreground `run` and `exec`, 1 for an error of the runtime's, 255 where `exec` could not start its process.
pub fn main(arguments: impl IntoIterator<Item = OsString>, steps: &Steps) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match Arguments::try_parse_from(&arguments) {
        Ok(understood) => commands::run(&understood, steps),
        Err(error) => refuse(&arguments, &error),
    }
}

/// Tells the user, and the log, what is wrong with the command line, or prints the help that was asked for.
fn refuse(arguments: &[OsString], error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ExitCode::SUCCESS;
    }
    let told = error.render().to_string();
    let told = told.strip_prefix("error: ").unwrap_or(&told);
    // The rest is hints and usage.
    let mistake = told.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    Log::of_mistaken(arguments).note_mistake(&mistake);
    ExitCode::FAILURE
}
