//! ptyrun, wrong on purpose: `--defect NAME`, before everything else, or the environment variable `PTYRUN_DEFECT` makes it
//! take one step of the design wrongly. That shows that a case of the suite can fail. `--list-defects` prints every name
//! with its sentence, and `root only` behind those that the kernel lets nobody else have.
//!
//! To add a defect, write its name, its sentence and its steps into the file of the part that it is about.

#[macro_use]
mod defect;
mod caller;
mod config;
mod console;
mod devices;
mod exec;
mod failures;
mod handover;
mod paths;
mod process;
mod pty;
mod relay;
mod session;
mod state;
mod streams;

use defect::Defect;
use ptyrun::{DESIGN, steps::Steps};
use std::io::{self, Write};
use std::{env, ffi::OsString, process::ExitCode};

/// All defects, in the order of the design.
const PARTS: &[&[Defect]] = &[
    session::DEFECTS,
    config::DEFECTS,
    devices::DEFECTS,
    pty::DEFECTS,
    console::DEFECTS,
    handover::DEFECTS,
    streams::DEFECTS,
    relay::DEFECTS,
    caller::DEFECTS,
    exec::DEFECTS,
    state::DEFECTS,
    failures::DEFECTS,
    paths::DEFECTS,
];

fn defects() -> impl Iterator<Item = &'static Defect> {
    PARTS.iter().copied().flatten()
}

fn main() -> ExitCode {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    let mut name = env::var("PTYRUN_DEFECT").ok().filter(|name| !name.is_empty());
    match arguments.get(1).and_then(|first| first.to_str()) {
        Some("--list-defects") => return list(),
        Some("--defect") if arguments.len() > 2 => {
            name = arguments.drain(1..3).next_back().map(|name| name.to_string_lossy().into_owned());
        }
        _ => {}
    }
    let Some(name) = name else { return run(arguments, &DESIGN) };
    match defects().find(|defect| defect.name == name) {
        Some(defect) => run(arguments, &defect.steps),
        None => {
            eprintln!("ptyrun: defect {name:?} is unknown: see --list-defects");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<OsString>, steps: &Steps) -> ExitCode {
    ExitCode::from(ptyrun::cli::main(arguments, steps).0)
}

fn list() -> ExitCode {
    let line = |defect: &Defect| {
        let mark = if defect.root_only { "\troot only" } else { "" };
        format!("{}\t{}{mark}\n", defect.name, defect.what)
    };
    match io::stdout().write_all(defects().map(line).collect::<String>().as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::defects;

    #[test]
    fn names_are_unique_and_every_defect_is_explained() {
        for (place, defect) in defects().enumerate() {
            let (name, what) = (defect.name, defect.what);
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{name}");
            assert!(what.ends_with('.') && what.len() > 20, "{name}: {what}");
            assert!(defects().take(place).all(|earlier| earlier.name != name), "{name} twice");
        }
    }
}
