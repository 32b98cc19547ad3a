//! How fast a runtime's terminal is: ptyrun beside whichever of crun and runc are installed.
//!
//! All runtimes take turns within one run, on the same bundle, so that what else the machine does falls on
//! all alike. The numbers are printed, never judged: a benchmark is no test.

mod measure;
mod sample;
mod table;

use clap::Parser;
use measure::Subject;
use ptyproof_harness::case::Machine;
use ptyproof_harness::container::Workbench;
use ptyproof_harness::runner::{RunDirectory, Supervisor, dispatch, run_inside};
use ptyproof_harness::target::Runtime;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

/// Compare the speed of terminals: start, relay, echo, memory.
#[derive(Parser)]
struct Arguments {
    /// Runtimes to compare with ptyrun; those installed of crun and runc unless given.
    #[arg(long, value_name = "PATH")]
    runtime: Vec<PathBuf>,
    /// How often a container is started for the start time.
    #[arg(long, default_value_t = 60)]
    starts: usize,
    /// How often 64 MiB are relayed.
    #[arg(long, default_value_t = 3)]
    relays: usize,
    /// How many keys are typed.
    #[arg(long, default_value_t = 2000)]
    keys: usize,
}

const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    dispatch(&[]);
    match compare(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::from(3)
        }
    }
}

fn compare(arguments: &Arguments) -> Result<(), String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let supervisor = Supervisor::begin().map_err(|e| text(&e))?;
    let run = supervisor.run_directory();
    let ptyrun = run
        .executable("ptyrun", ptyproof_cases::reference_runtime())
        .map_err(|e| text(&e))?;
    let mut paths = vec![ptyrun];
    if arguments.runtime.is_empty() {
        let installed = ["/usr/bin/crun", "/usr/sbin/runc", "/usr/bin/runc"];
        paths.extend(
            installed
                .map(PathBuf::from)
                .into_iter()
                .filter(|path| path.exists()),
        );
    } else {
        paths.extend(arguments.runtime.iter().cloned());
    }
    let runtimes = paths
        .iter()
        .map(|path| {
            supervisor
                .identify(path, None, PATIENCE)
                .map_err(|e| text(&e))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let scratch = run.path().join("w");
    let status = run_inside(&scratch, None, |machine| {
        match measure_all(arguments, runtimes, machine, run, &scratch) {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("bench: {error}");
                3
            }
        }
    })
    .map_err(|e| text(&e))?;
    if status == 0 {
        Ok(())
    } else {
        Err(format!("measuring ended with status {status}"))
    }
}

fn measure_all(
    arguments: &Arguments,
    runtimes: Vec<Runtime>,
    machine: Machine,
    run: &RunDirectory,
    scratch: &Path,
) -> Result<(), String> {
    let mut subjects = Vec::new();
    for (index, runtime) in runtimes.into_iter().enumerate() {
        let own = scratch.join(index.to_string());
        std::fs::create_dir(&own).map_err(|error| error.to_string())?;
        let cgroup = machine
            .root
            .then(|| format!("/{}-bench{index}", run.name()));
        let name = runtime
            .path
            .file_name()
            .unwrap_or_default()
            .display()
            .to_string();
        let version = runtime
            .version
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        let bench = Workbench::new(
            runtime,
            machine,
            PATIENCE,
            &own,
            &run.path().join("probe"),
            cgroup,
        );
        subjects.push(Subject::new(name, version, Rc::new(bench)));
    }
    let bare = measure::bare_pair(arguments.relays).map_err(|error| error.to_string())?;
    for subject in &mut subjects {
        subject.warm_up().map_err(|error| error.to_string())?;
    }
    for round in 0..arguments.starts {
        eprint!("\rstarts {}/{} ", round + 1, arguments.starts);
        for subject in &mut subjects {
            subject.time_start().map_err(|error| error.to_string())?;
        }
    }
    for round in 0..arguments.relays {
        eprint!("\rrelay of 64 MiB {}/{} ", round + 1, arguments.relays);
        for subject in &mut subjects {
            subject.time_relay().map_err(|error| error.to_string())?;
        }
    }
    eprintln!("\rkeys                      ");
    for subject in &mut subjects {
        subject
            .time_keys(arguments.keys)
            .map_err(|error| error.to_string())?;
    }
    for subject in &subjects {
        subject.clean();
    }
    print!("{}", table::render(&subjects, &bare));
    Ok(())
}
