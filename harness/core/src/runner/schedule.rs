//! The way of one run: needs, workers side by side, verdicts, events.

use super::attempt::attempt;
use super::supervisor::Supervisor;
use crate::case::{Case, CaseId, Need};
use crate::environment;
use crate::target::Target;
use ptyproof_report::expectation::Expectations;
use ptyproof_report::{CaseResult, Event, Reporter, Summary};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// How a run is done.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Workers at a time.
    pub jobs: usize,
    /// The longest that one case may take.
    pub timeout: Duration,
    /// Whether a skip is a failure.
    pub strict: bool,
    /// Whether no further case begins after the first that is not as expected.
    pub fail_fast: bool,
    /// What is known of the target.
    pub expectations: Expectations,
    /// The observation that is falsified in every case, counted from 0, to see whether cases notice.
    pub falsified: Option<usize>,
}

impl Settings {
    /// A single wait gets half of a case's time, so that what was seen until then can still be reported.
    pub fn patience(&self) -> Duration {
        self.timeout / 2
    }
}

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

/// How often somebody who watches is told the time.
const TICK: Duration = Duration::from_millis(100);

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
    let cases: Vec<(&Arc<dyn Target>, &Case)> =
        selections.iter().flat_map(|selection| selection.cases.iter().map(|&case| (selection.target, case))).collect();
    let selected: Vec<CaseId> = cases.iter().map(|(_, case)| case.id()).collect();
    audience.tell(&Event::Began {
        environment: Cow::Owned(environment::look()),
        target: Cow::Borrowed(described),
        selected: Cow::Borrowed(&selected),
        strict: settings.strict,
    });
    let enough = AtomicBool::new(false);
    let mut results: Vec<Option<CaseResult>> = cases.iter().map(|_| None).collect();
    let (alone, together) = batches(selections);
    for (jobs, batches) in [(settings.jobs.max(1), together), (1, alone)] {
        let queue: Mutex<VecDeque<Vec<usize>>> = Mutex::new(batches.into());
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop_front().filter(|_| !supervisor.is_interrupted() && !enough.load(Ordering::Relaxed))
        };
        let (send, receive) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let (send, cases) = (send.clone(), &cases);
                scope.spawn(move || {
                    // The receiver stays until all senders are gone.
                    while let Some(batch) = next() {
                        let _ = send.send(Message::Began(batch[0]));
                        let target = cases[batch[0]].0;
                        let cases: Vec<&Case> = batch.iter().map(|&index| cases[index].1).collect();
                        let results = attempt(supervisor, target, &cases, settings);
                        let Some(results) = results else { return };
                        for (index, result) in batch.into_iter().zip(results) {
                            let _ = send.send(Message::Ended(index, Box::new(result)));
                        }
                    }
                });
            }
            drop(send);
            loop {
                match receive.recv_timeout(TICK) {
                    Ok(Message::Began(index)) => {
                        audience.tell(&Event::CaseBegan { id: Cow::Borrowed(&selected[index]) })
                    }
                    Ok(Message::Ended(index, result)) => {
                        audience.tell(&Event::CaseEnded(Cow::Borrowed(&result)));
                        if settings.fail_fast && !result.is_as_expected(settings.strict) {
                            enough.store(true, Ordering::Relaxed);
                        }
                        results[index] = Some(*result);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                audience.tell(&Event::Tick { elapsed: began.elapsed() });
            }
        });
    }
    let results: Vec<CaseResult> = results.into_iter().flatten().collect();
    let interrupted = results.len() < cases.len();
    let summary = Summary::of(&results, settings.strict, interrupted);
    audience.tell(&Event::Ended { summary: Cow::Borrowed(&summary), took: began.elapsed(), interrupted });
    Outcome { summary, results, interrupted, reporter_errors: audience.errors }
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
    target.profile().is_none() || case.needs.contains(&Need::SharedWorker)
}

/// The cases as they are given to workers, by their places: those that run alone, and the others. A worker has one
/// target.
fn batches(selections: &[Selection<'_>]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    let mut places = 0..;
    for selection in selections {
        let mut shared: Vec<usize> = Vec::new();
        for (case, place) in selection.cases.iter().zip(&mut places) {
            if case.needs.contains(&Need::Alone) {
                alone.push(vec![place]);
            } else if shares(&**selection.target, case) {
                shared.push(place);
            } else {
                together.push(vec![place]);
            }
        }
        together.extend(shared.chunks(SHARING).map(<[usize]>::to_vec));
    }
    (alone, together)
}
