//! The command line, as users of runc and crun know it.

mod args;
mod commands;
mod events;
mod exec;
mod grammar;
mod help;
mod listing;
mod log;
mod making;
mod mistake;
mod parse;
mod plumbing;
mod processes;
mod signal;
mod update;
mod user;

use crate::steps::Steps;
use args::{Arguments, PTYRUN};
use log::Log;
use mistake::Stop;
use std::ffi::OsString;
use std::io::{self, Write};

/// What ptyrun ends with. Rust's own `ExitCode` keeps its number to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus(pub u8);

impl ExitStatus {
    const SUCCESS: ExitStatus = ExitStatus(0);
    const FAILURE: ExitStatus = ExitStatus(1);
}

/// Runs the command that `arguments` (program name first) ask for and gives its exit status: that of the container's
/// process for foreground `run` and `exec`, 1 for an error of the runtime's, 255 where `exec` could not start its process.
pub fn main(arguments: impl IntoIterator<Item = OsString>, steps: &Steps) -> ExitStatus {
    let mut words = lexopt::Parser::from_iter(arguments);
    if words.try_raw_args().is_some_and(|words| words.as_slice().is_empty()) {
        print(io::stderr(), &Stop::Help(&PTYRUN));
        return ExitStatus::FAILURE;
    }
    let (given, read) = parse::parse(&PTYRUN, &mut words);
    match read.and_then(|()| Arguments::of(&given, &mut words)) {
        Ok(understood) => commands::run(&understood, steps),
        Err(Stop::Mistake(mistake)) => {
            Log::of_mistaken(&given).note_mistake(&mistake.message);
            print(io::stderr(), &Stop::Mistake(mistake));
            ExitStatus::FAILURE
        }
        Err(asked) => {
            print(io::stdout(), &asked);
            ExitStatus::SUCCESS
        }
    }
}

/// Prints to who may have gone already, and needs no answer then.
fn print(mut stream: impl Write, stop: &Stop) {
    let _ = stream.write_all(stop.text().as_bytes()).and_then(|()| stream.flush());
}
