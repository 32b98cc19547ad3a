//! The process that runs one case.

use super::job::{CaseReport, Job, WorkerReport};
use super::keep::keep_files;
use super::sandbox::Files;
use super::teardown::{Before, Left};
use super::{
    examination::Examination, falsification::falsify_each, nursery, observation_store::ObservationStore,
    run_directory::name_of, sandbox, task::Task,
};
use crate::case::{Case, CaseId, Machine, Need, Stop, Trial};
use crate::target::{Kernel, Target};
use crate::{container::Workbench, ledger, probe::Falsifier};
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
    let files = job.files();
    let scratch = match files {
        Files::OfTheWorker => run.join("w"),
        // Several workers would meet there.
        Files::OfTheMachine => match tempfile::Builder::new().prefix("w").tempdir_in(run) {
            Ok(directory) => directory.keep(),
            Err(error) => return tell(&WorkerReport::Broken(format!("a directory for a worker: {error}"))),
        },
    };
    let input = io::stdin();
    let known = |id: &CaseId| {
        let case = cases.iter().find(|known| known.id == id.as_str());
        case.ok_or_else(|| format!("no case is called {id}"))
    };
    let report = |machine| -> Result<WorkerReport, String> {
        Ok(match job {
            Job::Survey { .. } => WorkerReport::Survey(machine),
            Job::Examine { .. } => WorkerReport::Examination(Examination::make(&scratch)),
            Job::Version { binary, patience, .. } => {
                WorkerReport::Version(binary.version(&scratch, *patience).map_err(|error| error.to_string()))
            }
            Job::Cases { cases: wanted, target, patience, falsified, keep, .. } => {
                let mut reports = Vec::new();
                for (number, id) in wanted.iter().enumerate() {
                    let (case, scratch) = (known(id)?, scratch.join(number.to_string()));
                    std::fs::create_dir(&scratch).map_err(|error| format!("making {}: {error}", scratch.display()))?;
                    let place = Place::of(run, &scratch, machine, *patience, case.id)?;
                    let keep = keep.as_deref().map(|directory| directory.join(case.id));
                    let mut report = run_case(case, target, run, place, Falsifier::new(*falsified), keep.as_deref());
                    let of_kernel = !target.starts_programs();
                    report.judgement = report.judgement.map_err(|stop| match of_kernel {
                        true => stop.unless_unknown_and_judged_by(|call| judging(cases, call, of_kernel)),
                        false => stop.unless_judged_by(|call| judging(cases, call, of_kernel)),
                    });
                    reports.push(report);
                }
                WorkerReport::Cases(reports)
            }
            Job::Falsify { case, patience, .. } => {
                let case = known(case)?;
                falsify_in(case, Place::of(run, &scratch, machine, *patience, case.id)?)
            }
            Job::Task { name, input, target, patience, .. } => {
                let task = tasks.iter().find(|known| known.name == name);
                let task = task.ok_or_else(|| format!("no task is called {name}"))?;
                run_task(task, input, target, Place::of(run, &scratch, machine, *patience, task.name)?)
            }
        })
    };
    let inside = sandbox::run_inside((&scratch, files), Some(input.as_fd()), |machine| {
        tell(&report(machine).unwrap_or_else(WorkerReport::Broken))
    });
    inside.unwrap_or_else(|error| tell(&WorkerReport::Broken(error.to_string())))
}

/// The case that judges whether a terminal takes a call, of the bare kernel or of a runtime, if there is one: its name ends
/// with that.
fn judging<'c>(cases: &[&'c Case], call: &str, of_kernel: bool) -> Option<&'c str> {
    let takes = format!("takes-{}", call.to_lowercase());
    let ids = cases.iter().map(|case| case.id).filter(|id| id.starts_with("kernel-") == of_kernel);
    ids.filter(|id| id.ends_with(&takes)).min_by_key(|id| id.len())
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
    fn of(run: &Path, scratch: &Path, machine: Machine, patience: Duration, name: &str) -> Result<Self, String> {
        let name = own_cgroup(run, name);
        let before = Before::look(scratch, &Path::new("/sys/fs/cgroup").join(&name))
            .map_err(|error| format!("looking at the machine before a case: {error}"))?;
        // An ordinary user may not make cgroups, so its containers ask for none.
        let cgroup = machine.root.then(|| format!("/{name}"));
        let (scratch, probe) = (scratch.to_owned(), run.join("probe"));
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

fn run_case(
    case: &Case,
    target: &Arc<dyn Target>,
    run: &Path,
    place: Place,
    falsifier: Falsifier,
    keep: Option<&Path>,
) -> CaseReport {
    let began = Instant::now();
    ledger::open();
    let bench = place.bench(target, falsifier);
    let store = ObservationStore::at(&run.join("observations"), &**target);
    let mut trial = Trial::new(case.id(), Rc::clone(&bench), store);
    let body = std::panic::AssertUnwindSafe(|| {
        if case.needs.contains(&Need::Interventions) {
            trial.can_intervene()?;
        }
        (case.body)(&mut trial)
    });
    let judgement = std::panic::catch_unwind(body).map_err(panicked).flatten();
    // Before it is cleaned up, for the target's own files are of interest, too.
    let mut kept = keep.filter(|_| judgement.is_err()).map(|directory| keep_files(&place.scratch, directory));
    let (judgement, left) = match place.before.clean(&bench) {
        Ok(left) => (judgement, left),
        Err(error) => (judgement.and(Err(Stop::Error(format!("looking at what is left: {error}")))), Left::default()),
    };
    if kept.is_none() && !(left.behind.is_empty() && left.changed.is_empty()) {
        kept = keep.map(|directory| keep_files(&place.scratch, directory));
    }
    let not_kept = kept.and_then(Result::err).map(|error| format!("the case's files could not be kept: {error}"));
    let judgement = not_kept.map_or(judgement, |why| Err(Stop::Error(why)));
    let observations = bench.observations();
    let (records, shown) = trial.into_findings();
    let transcripts = bench.transcripts();
    let starting = bench.starting();
    // What is let go of now is killed, and told of as such.
    drop(bench);
    let (calls, stopped) = ledger::close();
    CaseReport {
        judgement,
        records,
        shown,
        observations,
        teardown: left.behind,
        changed: left.changed,
        transcripts,
        calls,
        stopped,
        duration: began.elapsed(),
        starting,
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

/// The name of the cgroup below which a case's containers get theirs.
///
/// Several workers of a run may have the same case, with different defects of the runtime: what tells them, and keeps
/// one from killing the containers of another, is the inode of their PID namespace. namespaces(7)
fn own_cgroup(run: &Path, name: &str) -> String {
    let worker = std::fs::metadata("/proc/self/ns/pid").map_or(0, |status| status.ino());
    format!("{}-{}-{worker}", name_of(run), name.replace('/', "-"))
}
