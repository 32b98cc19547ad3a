//! Falsifying every answer that a case gets from its processes, to see which of them it judges.
//!
//! The case is run once, and what it hears is recorded. Then its body is tried again for each answer with that one
//! falsified and everything else as recorded: without processes and without the kernel, in a thousandth of the time.

use super::job::{Job, WorkerReport};
use super::{
    machine_settings::MachineSettings, observation_store::ObservationStore, settings::Settings, supervisor::Supervisor,
};
use crate::case::{Case, Judgement, Stop, Trial};
use crate::{container::Workbench, probe::Falsifier, target::Kernel};
use ptyproof_report::Shown;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{path::Path, rc::Rc};

/// What a case makes of an answer that is not so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Noticed {
    /// It fails, or sees another of the behaviours that are accepted.
    Judged,
    /// It goes another way than with the true answer: asks for something else, waits for more, or gives up. So it looks
    /// at the answer, and what the kernel would say from there on nobody knows.
    Followed,
    /// It passes all the same.
    Unjudged,
}

/// An answer, and what the case makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FalsifiedAnswer {
    /// Its place among all that the case looks at.
    pub number: usize,
    /// The step that it answers.
    pub step: String,
    /// What the case makes of it.
    pub noticed: Noticed,
}

/// Runs a case of the kernel in a worker, and falsifies each of its answers; or why that was not possible.
pub fn falsify(supervisor: &Supervisor, case: &Case, settings: &Settings) -> Result<Vec<FalsifiedAnswer>, Stop> {
    let alone = case.is_alone();
    let turn = supervisor.turn(alone).map_err(|error| Stop::Error(format!("its turn: {error}")))?;
    let machine = if alone { MachineSettings::keep() } else { MachineSettings::look() };
    let machine = machine.map_err(|error| Stop::Error(format!("the machine's settings: {error}")))?;
    let run = supervisor.run_directory().path().to_owned();
    let job = Job::Falsify { case: case.id(), run, patience: settings.timeout };
    let answers = supervisor.ask(&job, settings.deadline(), |report| match report {
        WorkerReport::Falsified(answers) => Some(answers),
        _ => None,
    });
    machine.restore();
    drop(turn);
    answers.map_err(Stop::Error)?
}

/// Runs a case on the bench, and tries it again with each answer falsified.
pub(super) fn falsify_each(case: &Case, bench: &Workbench) -> Result<Vec<FalsifiedAnswer>, Stop> {
    let live = bench.again(Falsifier::recording());
    let (judgement, seen) = judge(case, &live);
    judgement?;
    let heard = live.falsifier().recorded();
    let steps = live.falsifier().seen();
    let answers = chosen(&steps).into_iter().map(|number| {
        let played = bench.again(Falsifier::playing(Rc::clone(&heard), number));
        let (judgement, shown) = judge(case, &played);
        let noticed = match judgement {
            _ if played.falsifier().has_deviated() => Noticed::Followed,
            Ok(()) if shown == seen => Noticed::Unjudged,
            Ok(()) | Err(Stop::Fail(_)) => Noticed::Judged,
            Err(_) => Noticed::Followed,
        };
        FalsifiedAnswer { number, step: steps[number].to_owned(), noticed }
    });
    Ok(answers.collect())
}

/// Answers of one step beyond these come from loops: then only so many are falsified, from the first to the last.
const MANY: usize = 40;

fn chosen(steps: &[&'static str]) -> BTreeSet<usize> {
    let mut by_step: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, step) in steps.iter().enumerate() {
        by_step.entry(step).or_default().push(number);
    }
    let some = |numbers: Vec<usize>| match numbers.len() {
        count if count <= MANY => numbers,
        count => (0..MANY).map(|place| numbers[place * (count - 1) / (MANY - 1)]).collect(),
    };
    by_step.into_values().flat_map(some).collect()
}

/// The judgement, and which of several behaviours the case has seen: to see another one is to notice.
fn judge(case: &Case, bench: &Rc<Workbench>) -> (Judgement, Vec<Shown>) {
    let store = ObservationStore::at(Path::new("/nonexistent"), &Kernel);
    let mut trial = Trial::new(case.id(), Rc::clone(bench), store);
    let body = AssertUnwindSafe(|| (case.body)(&mut trial));
    let judgement = catch_unwind(body).unwrap_or_else(|_| Err(Stop::Error("the case panicked".to_owned())));
    (judgement, trial.into_findings().1)
}
