//! The `ptyproof` command.
#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod exit;
mod filter;
mod page;
mod partition;
mod patience;
mod report_request;
mod screen;
mod suggestion;

use arguments::{Arguments, Command};
use clap::Parser;
use exit::{Exit, Refusal, complain};
use std::{io::Write, process::ExitCode};

fn main() -> ExitCode {
    commands::guest();
    commands::carried();
    ptyproof_cases::dispatch();
    let cases = ptyproof_cases::all();
    let arguments = Arguments::parse();
    screen::colour(arguments.color);
    let done = match arguments.command {
        Command::Run(arguments) => commands::run(&arguments),
        Command::Kernel(arguments) => commands::kernel(&arguments),
        Command::Fuzz(arguments) => commands::fuzz(&arguments),
        Command::Teeth(arguments) => commands::teeth(&arguments),
        Command::Perform(arguments) => commands::perform(&arguments),
        Command::Vectors(arguments) => commands::vectors(&arguments).and_then(print),
        Command::List(arguments) => commands::list(&arguments, cases).and_then(print),
        Command::Explain(arguments) => commands::explain(&arguments, &cases).and_then(print),
        Command::Compare(arguments) => commands::compare(&arguments).and_then(|(text, exit)| print(text).map(|_| exit)),
        Command::Report(arguments) => commands::report(&arguments).and_then(print),
        Command::Replay(arguments) => commands::replay(&arguments),
        Command::Certify(arguments) => commands::certify(&arguments),
        Command::Pack(arguments) => commands::pack(&arguments).map(|()| Exit::AsExpected),
        Command::Completions { shell } => print(commands::completions(shell)),
        Command::Man { dir: Some(directory), .. } => commands::man_pages(&directory).map(|()| Exit::AsExpected),
        Command::Man { command, .. } => commands::man(command.as_deref()).and_then(print),
        Command::Doctor(arguments) => commands::doctor(&arguments).and_then(|(text, exit)| print(text).map(|_| exit)),
    };
    let exit = done.unwrap_or_else(|Refusal { exit, message }| {
        complain(message);
        exit
    });
    exit.into()
}

/// Prints to somebody who may have read enough, such as `head`.
fn print(text: String) -> Result<Exit, Refusal> {
    let mut output = std::io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Refusal::machine(format!("writing to standard output: {error}")))
        }
        _ => Ok(Exit::AsExpected),
    }
}
