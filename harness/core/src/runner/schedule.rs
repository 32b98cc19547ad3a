//! The way of one run: needs, workers side by side, verdicts, events.

use super::{attempt::attempt, order::rank, pool::side_by_side, settings::Settings, supervisor::Supervisor};
use crate::case::{Case, CaseId, Need};
use crate::{environment, target::Target};
use ptyproof_report::{CaseResult, Event, Reporter, Summary, Verdict};
use std::sync::{Arc, Mutex, PoisonError};
use std::{borrow::Cow, collections::VecDeque, io, time::Instant};

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// A count for each verdict.
    pub summary: Summary,
    /// The results in the order of the cases; after an interruption, of those that had ended.
    pub results: Vec<CaseResult>,
    /// Whether the run was asked to end before all cases had.
    pub interrupted: bool,
    /// What reporters could not do. Each of them was told nothing more from then on.
    pub reporter_errors: Vec<io::Error>,
}

/// Cases, and what they are to be run against.
#[derive(Clone, Copy)]
pub struct Selection<'s> {
    /// What is under test.
    pub target: &'s Arc<dyn Target>,
    /// What is asked of it.
    pub cases: &'s [&'s Case],
}

/// Runs cases against one target, and tells every reporter every event.
pub fn run(
    supervisor: &Supervisor,
    target: &Arc<dyn Target>,
    cases: &[&Case],
    settings: &Settings,
    reporters: &mut [Box<dyn Reporter + '_>],
) -> Outcome {
    let selection = Selection { target, cases };
    run_all(supervisor, &target.described(), &[selection], settings, reporters)
}

/// Like [`run`], with several targets, in one report about what `described` says.
pub fn run_all(
    supervisor: &Supervisor,
    described: &ptyproof_report::Target,
    selections: &[Selection<'_>],
    settings: &Settings,
    reporters: &mut [Box<dyn Reporter + '_>],
) -> Outcome {
    let began = Instant::now();
    let mut audience = Audience::of(reporters);
    let mut cases: Vec<(&Arc<dyn Target>, &Case)> =
        selections.iter().flat_map(|selection| selection.cases.iter().map(|&case| (selection.target, case))).collect();
    let Batches { first, alone, together } = batches(selections, settings.shuffle);
    // What is not selected is told only where it fails.
    let broken = settings
        .first
        .filter(|_| first.is_empty() && cases.len() > 1 && cases[0].0.starts_programs())
        .and_then(|case| {
            let result = attempt(supervisor, cases[0].0, &[case], settings)?.pop()?;
            (!result.is_as_expected(settings.strict)).then(|| (case, blamed(result, supervisor, cases[0].0)))
        });
    if let Some((case, _)) = broken {
        cases.push((cases[0].0, case));
    }
    let selected: Vec<CaseId> = cases.iter().map(|(_, case)| case.id()).collect();
    audience.tell(&Event::Began {
        environment: Cow::Owned(environment::look()),
        target: Cow::Borrowed(described),
        selected: Cow::Borrowed(&selected),
        strict: settings.strict,
    });
    let mut results: Vec<Option<CaseResult>> = cases.iter().map(|_| None).collect();
    // Why what has not begun yet is not tried any more.
    let mut pointless = None;
    let over = |result: &CaseResult, why: &str| format!("{}: {}, and {why}", result.id, result.verdict.word());
    if let Some((_, result)) = broken {
        audience.tell(&Event::CaseBegan { id: Cow::Borrowed(&result.id) });
        audience.tell(&Event::CaseEnded(Cow::Borrowed(&result)));
        pointless = Some(over(&result, NOTHING_ELSE));
        *results.last_mut().expect("it was added last") = Some(result);
    }
    for (jobs, batches, is_first) in [(1, first, true), (settings.jobs.max(1), together, false), (1, alone, false)] {
        let queue: Mutex<VecDeque<Vec<usize>>> = Mutex::new(batches.into());
        let take = |given_up: bool| {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            if given_up {
                queue.clear();
            }
            queue.pop_front().filter(|_| !supervisor.is_interrupted())
        };
        if pointless.is_some() {
            break;
        }
        let work = |batch: Vec<usize>, tell: &dyn Fn(Message)| {
            tell(Message::Began(batch[0]));
            let target = cases[batch[0]].0;
            let cases: Vec<&Case> = batch.iter().map(|&index| cases[index].1).collect();
            let results = attempt(supervisor, target, &cases, settings).unwrap_or_default();
            for (index, result) in batch.into_iter().zip(results) {
                tell(Message::Ended(index, Box::new(result)));
            }
        };
        side_by_side(
            jobs,
            || take(false),
            work,
            |message| {
                match message {
                    Some(Message::Began(index)) => {
                        audience.tell(&Event::CaseBegan { id: Cow::Borrowed(&selected[index]) })
                    }
                    Some(Message::Ended(index, mut result)) => {
                        let ends_all = (is_first || settings.fail_fast) && !result.is_as_expected(settings.strict);
                        if is_first && ends_all {
                            *result = blamed(*result, supervisor, cases[index].0);
                        }
                        audience.tell(&Event::CaseEnded(Cow::Borrowed(&result)));
                        if ends_all {
                            let why = if is_first { NOTHING_ELSE } else { "--fail-fast ended the run" };
                            pointless.get_or_insert(over(&result, why));
                            take(true);
                        }
                        results[index] = Some(*result);
                    }
                    None => {}
                }
                audience.tell(&Event::Tick { elapsed: began.elapsed() });
            },
        );
    }
    if let Some(why) = pointless {
        for (result, (_, case)) in results.iter_mut().zip(&cases).filter(|(result, _)| result.is_none()) {
            let skipped = CaseResult { verdict: Verdict::Skip, reason: Some(why.clone()), ..CaseResult::from(*case) };
            audience.tell(&Event::CaseEnded(Cow::Borrowed(&skipped)));
            *result = Some(skipped);
        }
    }
    let results: Vec<CaseResult> = results.into_iter().flatten().collect();
    let interrupted = results.len() < cases.len();
    let summary = Summary::of(&results, settings.strict, interrupted);
    audience.tell(&Event::Ended { summary: Cow::Borrowed(&summary), took: began.elapsed(), interrupted });
    Outcome { summary, results, interrupted, reporter_errors: audience.errors }
}

const NOTHING_ELSE: &str = "nothing else is tried";

/// A runtime cannot do without what its profile says it requires: where the machine lacks that, the fault is not the
/// runtime's.
fn blamed(result: CaseResult, supervisor: &Supervisor, target: &Arc<dyn Target>) -> CaseResult {
    let Some(profile) = target.profile().filter(|profile| !profile.requires.is_empty()) else { return result };
    let lacking = match supervisor.examine() {
        Ok(examination) => profile.requires.iter().find_map(|what| examination.lacks(*what, supervisor.machine())),
        Err(error) => Some(error.to_string()),
    };
    let Some(what) = lacking else { return result };
    let reason = format!("the machine lacks what profile {} requires: {what}; see ptyproof doctor", profile.name);
    CaseResult { verdict: Verdict::Error, reason: Some(reason), ..result }
}

/// The reporters, of which one that fails leaves.
struct Audience<'r> {
    listening: Vec<&'r mut (dyn Reporter + 'r)>,
    errors: Vec<io::Error>,
}

impl<'r> Audience<'r> {
    fn of<'l: 'r>(reporters: &'r mut [Box<dyn Reporter + 'l>]) -> Self {
        let listening = reporters.iter_mut();
        Self { listening: listening.map(|reporter| &mut **reporter as _).collect(), errors: Vec::new() }
    }

    fn tell(&mut self, event: &Event<'_>) {
        self.listening.retain_mut(|reporter| match reporter.take(event) {
            Ok(()) => true,
            Err(error) => {
                self.errors.push(error);
                false
            }
        });
    }
}

enum Message {
    Began(usize),
    Ended(usize, Box<CaseResult>),
}

/// Of the cases that need no worker of their own, so many share one.
const SHARING: usize = 40;

/// Whether a case needs no worker of its own. What is done on the bare kernel is done by processes that end with
/// their case; what a runtime does may stay.
fn shares(target: &dyn Target, case: &Case) -> bool {
    !target.starts_programs() || case.needs.contains(&Need::SharedWorker)
}

/// Whether every other case of such a target builds on it.
fn comes_first(target: &dyn Target, case: &Case) -> bool {
    let first = if target.launcher().is_some() { Need::FirstInForeground } else { Need::First };
    case.needs.contains(&first)
}

/// The cases as they are given to workers, by their places.
#[derive(Default)]
struct Batches {
    /// What every other case builds on.
    first: Vec<Vec<usize>>,
    /// Those that run while nothing else does.
    alone: Vec<Vec<usize>>,
    /// The others. A worker has one target.
    together: Vec<Vec<usize>>,
}

fn batches(selections: &[Selection<'_>], shuffle: Option<u64>) -> Batches {
    let mut batches = Batches::default();
    let ids: Vec<CaseId> = selections.iter().flat_map(|selection| selection.cases).map(|case| case.id()).collect();
    let mut places = 0..;
    for selection in selections {
        let mut shared: Vec<usize> = Vec::new();
        for (case, place) in selection.cases.iter().zip(&mut places) {
            if comes_first(&**selection.target, case) {
                batches.first.push(vec![place]);
            } else if case.is_alone() {
                batches.alone.push(vec![place]);
            } else if shares(&**selection.target, case) {
                shared.push(place);
            } else {
                batches.together.push(vec![place]);
            }
        }
        if let Some(seed) = shuffle {
            shared.sort_by_key(|place| rank(seed, &ids[*place]));
        }
        batches.together.extend(shared.chunks(SHARING).map(<[usize]>::to_vec));
    }
    if let Some(seed) = shuffle {
        let Batches { alone, together, .. } = &mut batches;
        for batches in [alone, together] {
            batches.sort_by_key(|batch| rank(seed, &ids[batch[0]]));
        }
    }
    batches
}
