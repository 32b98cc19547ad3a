//! The process that runs one case.

use super::job::{CaseReport, Job, WorkerReport};
use super::teardown::{Before, Left};
use super::{
    examination::Examination, falsification::falsify_each, nursery, observation_store::ObservationStore,
    run_directory::name_of, sandbox, task::Task,
};
use crate::case::{Case, Machine, Stop, Trial};
use crate::target::{Kernel, Target};
use crate::{container::Workbench, probe::Falsifier};
use serde::Deserialize;
use serde_json::Value;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{os::fd::AsFd, os::unix::fs::MetadataExt, rc::Rc, sync::Arc};

/// First argument of a worker.
pub(super) const WORKER: &str = "__worker";

/// To be called first by every program that runs cases: where it was started as a worker, it does a worker's
/// job and exits. A worker is the same program, so that it knows the same cases.
pub fn dispatch(cases: &[&Case], tasks: &[Task]) {
    if std::env::args_os().nth(1).is_none_or(|argument| argument != WORKER) {
        return;
    }
    let run = std::env::args().nth(2).unwrap_or_default();
    nursery::serve(&run, || {
        // Standard input stays open behind the job: its closing is the order to end.
        let mut input = serde_json::Deserializer::from_reader(io::stdin());
        match Job::deserialize(&mut input) {
            Ok(job) => work(&job, cases, tasks),
            Err(error) => {
                eprintln!("worker: {error}");
                1
            }
        }
    });
}

fn work(job: &Job, cases: &[&Case], tasks: &[Task]) -> i32 {
    let run = match job {
        Job::Survey { run }
        | Job::Examine { run }
        | Job::Version { run, .. }
        | Job::Cases { run, .. }
        | Job::Falsify { run, .. }
        | Job::Task { run, .. } => run,
    };
    let scratch = run.join("w");
    let input = io::stdin();
    let inside = sandbox::run_inside(&scratch, Some(input.as_fd()), |machine| {
        let report = match job {
            Job::Survey { .. } => WorkerReport::Survey(machine),
            Job::Examine { .. } => WorkerReport::Examination(Examination::make(&scratch)),
            Job::Version { binary, patience, .. } => {
                WorkerReport::Version(binary.version(&scratch, *patience).map_err(|error| error.to_string()))
            }
            Job::Cases { cases: wanted, target, patience, falsified, .. } => {
                let mut reports = Vec::new();
                for (number, id) in wanted.iter().enumerate() {
                    let Some(case) = cases.iter().find(|known| known.id == id.as_str()) else {
                        return tell(&WorkerReport::Broken(format!("no case is called {id}")));
                    };
                    let scratch = scratch.join(number.to_string());
                    if let Err(error) = std::fs::create_dir(&scratch) {
                        let why = format!("making {}: {error}", scratch.display());
                        return tell(&WorkerReport::Broken(why));
                    }
                    let place = match Place::of(run, &scratch, machine, *patience, case.id) {
                        Ok(place) => place,
                        Err(broken) => return tell(&broken),
                    };
                    let falsifier = Falsifier::new(*falsified);
                    reports.push(run_case(case, target, run, place, falsifier));
                }
                WorkerReport::Cases(reports)
            }
            Job::Falsify { case: id, patience, .. } => {
                let Some(case) = cases.iter().find(|known| known.id == id.as_str()) else {
                    return tell(&WorkerReport::Broken(format!("no case is called {id}")));
                };
                match Place::of(run, &scratch, machine, *patience, case.id) {
                    Ok(place) => falsify_in(case, place),
                    Err(broken) => broken,
                }
            }
            Job::Task { name, input, target, patience, .. } => {
                let Some(task) = tasks.iter().find(|known| known.name == name) else {
                    return tell(&WorkerReport::Broken(format!("no task is called {name}")));
                };
                Place::of(run, &scratch, machine, *patience, task.name)
                    .map_or_else(|broken| broken, |place| run_task(task, input, target, place))
            }
        };
        tell(&report)
    });
    inside.unwrap_or_else(|error| tell(&WorkerReport::Broken(error.to_string())))
}

fn tell(report: &WorkerReport) -> i32 {
    let told = serde_json::to_writer(io::stdout(), report).map_err(io::Error::from);
    match told.and_then(|()| io::stdout().flush()) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("worker: {error}");
            1
        }
    }
}

/// Where a case or a task happens.
struct Place {
    scratch: PathBuf,
    probe: PathBuf,
    machine: Machine,
    patience: Duration,
    cgroup: Option<String>,
    before: Before,
}

impl Place {
    fn of(run: &Path, scratch: &Path, machine: Machine, patience: Duration, name: &str) -> Result<Self, WorkerReport> {
        let cgroup = own_cgroup(run, name, machine);
        let before = Before::look(scratch, &cgroup.directory)
            .map_err(|error| WorkerReport::Broken(format!("looking at the machine before a case: {error}")))?;
        let (scratch, probe, cgroup) = (scratch.to_owned(), run.join("probe"), cgroup.path);
        Ok(Self { scratch, probe, machine, patience, before, cgroup })
    }

    fn bench(&self, target: &Arc<dyn Target>, falsifier: Falsifier) -> Rc<Workbench> {
        Rc::new(Workbench::new(
            target.clone(),
            self.machine,
            self.patience,
            &self.scratch,
            &self.probe,
            self.cgroup.clone(),
            falsifier,
        ))
    }
}

fn panicked<P>(_: P) -> Stop {
    Stop::Error("the case panicked; see standard error".to_owned())
}

fn run_case(case: &Case, target: &Arc<dyn Target>, run: &Path, place: Place, falsifier: Falsifier) -> CaseReport {
    let began = Instant::now();
    let bench = place.bench(target, falsifier);
    let store = ObservationStore::at(&run.join("observations"), &**target);
    let mut trial = Trial::new(case.id(), Rc::clone(&bench), store);
    let body = std::panic::AssertUnwindSafe(|| (case.body)(&mut trial));
    let judgement = std::panic::catch_unwind(body).map_err(panicked).flatten();
    let (judgement, left) = match place.before.clean(&bench) {
        Ok(left) => (judgement, left),
        Err(error) => (judgement.and(Err(Stop::Error(format!("looking at what is left: {error}")))), Left::default()),
    };
    let observations = bench.observations();
    let (records, shown) = trial.into_findings();
    CaseReport {
        judgement,
        records,
        shown,
        observations,
        teardown: left.behind,
        changed: left.changed,
        transcripts: bench.transcripts(),
        duration: began.elapsed(),
    }
}

fn falsify_in(case: &Case, place: Place) -> WorkerReport {
    let bench = place.bench(&Kernel::target(), Falsifier::new(None));
    let answers = falsify_each(case, &bench);
    // What is left behind ends with the worker; that there is nothing of it is shown where the case is run.
    let _ = place.before.clean(&bench);
    WorkerReport::Falsified(answers)
}

fn run_task(task: &Task, input: &Value, target: &Arc<dyn Target>, place: Place) -> WorkerReport {
    let bench = place.bench(target, Falsifier::new(None));
    let body = std::panic::AssertUnwindSafe(|| (task.body)(&bench, input));
    let answer = std::panic::catch_unwind(body).map_err(panicked).flatten();
    // What a task leaves behind ends with its worker.
    let cleaned = place.before.clean(&bench).map_err(|error| Stop::Error(format!("looking at what is left: {error}")));
    WorkerReport::Task(answer.and_then(|answer| cleaned.map(|_| answer)))
}

/// The cgroup below which a case's containers get theirs.
struct OwnCgroup {
    directory: PathBuf,
    path: Option<String>,
}

/// An ordinary user may not make cgroups, so its containers ask for none.
///
/// Several workers of a run may have the same case, with different defects of the runtime: what tells them, and
/// keeps one from killing the containers of another, is the inode of their PID namespace. namespaces(7)
fn own_cgroup(run: &Path, name: &str, machine: Machine) -> OwnCgroup {
    let worker = std::fs::metadata("/proc/self/ns/pid").map_or(0, |status| status.ino());
    let name = name.replace('/', "-");
    let name = format!("{}-{name}-{worker}", name_of(run));
    let directory = Path::new("/sys/fs/cgroup").join(&name);
    OwnCgroup { directory, path: machine.root.then(|| format!("/{name}")) }
}
