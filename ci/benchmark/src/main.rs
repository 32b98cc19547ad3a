//! How fast a runtime's terminal is: ptyrun beside whichever of crun and runc are installed.
//!
//! All runtimes take turns within one run, on the same bundle, so that what else the machine does falls on
//! all alike. The numbers are printed, never judged: a benchmark is no test.

mod crowd;
mod measure;
mod sample;
mod table;

use clap::Parser;
use measure::{MeasureError, Role, Subject};
use ptyproof_harness::runner::{RunDirectory, Supervisor, dispatch, run_apart};
use ptyproof_harness::{case::Machine, container::Workbench, probe::Falsifier, target::Runtime};
use sample::Sample;
use std::path::{Path, PathBuf};
use std::{collections::BTreeSet, process::ExitCode, rc::Rc, sync::Arc, time::Duration};

/// Compare the speed of terminals: start, relay, echo, memory.
#[derive(Parser)]
struct Arguments {
    /// Runtimes to compare with ptyrun; those installed of crun and runc unless given.
    #[arg(long, value_name = "PATH")]
    runtime: Vec<PathBuf>,
    /// How often a container is started for the start time.
    #[arg(long, default_value_t = 60)]
    starts: usize,
    /// How often 64 MiB are relayed: the scheduler has a fast way and a slow one, by container.
    #[arg(long, default_value_t = 21)]
    relays: usize,
    /// How many keys are typed.
    #[arg(long, default_value_t = 4000)]
    keys: usize,
    /// How many containers there are at once; 0 leaves this out.
    #[arg(long, default_value_t = 1000)]
    crowd: usize,
}

/// What starting a container takes at least, without and with a cgroup in each hierarchy.
const FLOOR: &[u8] = include_bytes!(env!("PTYPROOF_FLOOR"));
const FLOORS: [(&str, Role); 2] = [("floor", Role::Floor), ("floor-with-cgroups", Role::FloorWithCgroups)];

const PATIENCE: Duration = Duration::from_secs(60);

/// Keys are typed in so many containers in turn: where the scheduler puts their processes matters more than
/// anything that a relay does.
const KEY_ROUNDS: usize = 40;

fn main() -> ExitCode {
    dispatch(&[], &[]);
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
    let ptyrun = run.executable("ptyrun", ptyproof_cases::reference_runtime()).map_err(|e| text(&e))?;
    let mut paths = vec![ptyrun];
    rlimit::increase_nofile_limit(u64::MAX).map_err(|e| text(&e))?;
    if arguments.runtime.is_empty() {
        let installed = ["/usr/bin/crun", "/usr/sbin/runc", "/usr/bin/runc"];
        // The same runtime may have two names.
        let found = installed.iter().filter_map(|path| Path::new(path).canonicalize().ok());
        paths.extend(found.collect::<BTreeSet<_>>());
    } else {
        paths.extend(arguments.runtime.iter().cloned());
    }
    // The floor needs root, as it makes device nodes.
    if nix::unistd::geteuid().is_root() {
        for (name, _) in FLOORS {
            paths.push(run.executable(name, FLOOR).map_err(|e| text(&e))?);
        }
    }
    let runtimes = paths
        .iter()
        .map(|path| supervisor.identify(path, None, PATIENCE).map_err(|e| text(&e)))
        .collect::<Result<Vec<_>, _>>()?;
    let scratch = run.path().join("w");
    let status = run_apart(&scratch, |machine| match measure_all(arguments, runtimes, machine, run, &scratch) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("bench: {error}");
            3
        }
    })
    .map_err(|e| text(&e))?;
    if status == 0 { Ok(()) } else { Err(format!("measuring ended with status {status}")) }
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
        let cgroup = machine.root.then(|| format!("/{}-bench{index}", run.name()));
        let name = runtime.binary.path.file_name().unwrap_or_default().display().to_string();
        let version = runtime.version.lines().next().unwrap_or_default().to_owned();
        let bench = Workbench::new(
            Arc::new(runtime),
            machine,
            PATIENCE,
            &own,
            &run.path().join("probe"),
            cgroup,
            Falsifier::new(None),
        );
        let role = FLOORS.iter().find(|(floor, _)| *floor == name).map_or(Role::Runtime, |(_, role)| *role);
        subjects.push(Subject::new(name, version, role, Rc::new(bench)));
    }
    let mut bare = Sample::default();
    let text = |error: MeasureError| error.to_string();
    in_turns("warming up", 1, &mut subjects, Subject::warm_up).map_err(text)?;
    let starts = arguments.starts;
    in_turns("starts", starts, &mut subjects, Subject::time_starts).map_err(text)?;
    let floors = subjects.iter().position(|subject| subject.role != Role::Runtime).unwrap_or(subjects.len());
    let relaying = &mut subjects[..floors];
    for round in 0..arguments.relays {
        eprintln!("relay: round {} of {}", round + 1, arguments.relays);
        for turn in shuffled(relaying.len() + 1) {
            match relaying.get_mut(turn) {
                Some(subject) => subject.time_relay().map_err(text)?,
                None => bare.add(measure::bare_pair().map_err(text)?),
            }
        }
    }
    let keys = |subject: &mut Subject| subject.time_keys(arguments.keys / KEY_ROUNDS);
    in_turns("keys", KEY_ROUNDS, relaying, keys).map_err(text)?;
    if arguments.crowd > 0 {
        in_turns("crowd", 1, relaying, |subject| subject.gather_crowd(arguments.crowd)).map_err(text)?;
    }
    for subject in &subjects[..floors] {
        subject.clean();
    }
    print!("{}", table::render(&subjects, &bare));
    Ok(())
}

/// One measurement of each subject after the other, so many times.
fn in_turns(
    what: &str,
    rounds: usize,
    subjects: &mut [Subject],
    mut measure: impl FnMut(&mut Subject) -> Result<(), MeasureError>,
) -> Result<(), MeasureError> {
    eprintln!("{what}: {rounds} rounds");
    (0..rounds).try_for_each(|_| shuffled(subjects.len()).into_iter().try_for_each(|turn| measure(&mut subjects[turn])))
}

/// The numbers below `count`, in an order of their own each time: what one turn leaves to the kernel to clean up, and to the
/// scheduler to remember, falls on whoever comes next.
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).collect();
    fastrand::shuffle(&mut order);
    order
}
