//! The command line, as users of runc and crun know it.

mod args;
mod commands;
#[cfg(feature = "defects")]
mod defects;
mod exec;
mod listing;
mod log;
mod signal;

use args::Arguments;
use clap::Parser;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command that `arguments` (program name first) ask for and gives its exit status: that of the container's
/// process for foreground `run` and `exec`, 1 for an error of the runtime's, 255 where `exec` could not start its process.
#[must_use]
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    #[cfg(feature = "defects")]
    if arguments.iter().any(|argument| argument == "--list-defects") {
        return defects::list();
    }
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { ExitCode::SUCCESS } else { ExitCode::FAILURE };
        }
    };
    #[cfg(feature = "defects")]
    if let Err(error) = defects::select(arguments.global.defect.as_deref()) {
        eprintln!("ptyrun: {error}");
        return ExitCode::FAILURE;
    }
    commands::run(&arguments)
}
