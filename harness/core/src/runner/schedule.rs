//! The way of one run: needs, workers side by side, verdicts, events.

use super::attempt::attempt;
use super::supervisor::Supervisor;
use crate::case::{Case, CaseId, Need};
use crate::expectation::Expectations;
use crate::report::{CaseResult, Environment, Event, Reporter, Summary, Target};
use crate::target::Subject;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Mutex, PoisonError, mpsc};
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

/// Runs cases and tells every reporter every event.
pub fn run(
    supervisor: &Supervisor,
    subject: &Subject,
    cases: &[&Case],
    settings: &Settings,
    reporters: &mut [Box<dyn Reporter>],
) -> Outcome {
    let began = Instant::now();
    let mut audience = Audience::of(reporters);
    let selected: Vec<CaseId> = cases.iter().map(|case| case.id()).collect();
    audience.tell(&Event::Began {
        environment: &Environment::look(),
        target: &Target::from(subject),
        selected: &selected,
        strict: settings.strict,
    });
    let mut results: Vec<Option<CaseResult>> = cases.iter().map(|_| None).collect();
    let (alone, together) = batches(cases);
    for (jobs, batches) in [(settings.jobs.max(1), together), (1, alone)] {
        let queue: Mutex<VecDeque<Vec<usize>>> = Mutex::new(batches.into());
        let next = || {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.pop_front().filter(|_| !supervisor.is_interrupted())
        };
        let (send, receive) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let send = send.clone();
                scope.spawn(move || {
                    // The receiver stays until all senders are gone.
                    while let Some(batch) = next() {
                        let _ = send.send(Message::Began(batch[0]));
                        let cases: Vec<&Case> = batch.iter().map(|&index| cases[index]).collect();
                        let results = attempt(supervisor, subject, &cases, settings);
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
                    Ok(Message::Began(index)) => audience.tell(&Event::CaseBegan {
                        id: &selected[index],
                    }),
                    Ok(Message::Ended(index, result)) => {
                        audience.tell(&Event::CaseEnded(&result));
                        results[index] = Some(*result);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                audience.tell(&Event::Tick {
                    elapsed: began.elapsed(),
                });
            }
        });
    }
    let results: Vec<CaseResult> = results.into_iter().flatten().collect();
    let interrupted = results.len() < cases.len();
    let summary = Summary::of(&results, settings.strict, interrupted);
    audience.tell(&Event::Ended {
        summary: &summary,
        took: began.elapsed(),
        interrupted,
    });
    Outcome {
        summary,
        results,
        interrupted,
        reporter_errors: audience.errors,
    }
}

/// The reporters, of which one that fails leaves.
struct Audience<'r> {
    listening: Vec<&'r mut Box<dyn Reporter>>,
    errors: Vec<io::Error>,
}

impl<'r> Audience<'r> {
    fn of(reporters: &'r mut [Box<dyn Reporter>]) -> Self {
        Self {
            listening: reporters.iter_mut().collect(),
            errors: Vec::new(),
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        self.listening
            .retain_mut(|reporter| match reporter.take(event) {
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

/// Most cases have a worker each; of those that need none of their own, so many share one.
const SHARING: usize = 40;

/// The cases as they are given to workers, by their places: those that run alone, and the others.
fn batches(cases: &[&Case]) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    let mut shared: Vec<usize> = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        if case.needs.contains(&Need::Alone) {
            alone.push(vec![index]);
        } else if case.needs.contains(&Need::SharedWorker) {
            shared.push(index);
        } else {
            together.push(vec![index]);
        }
    }
    together.extend(shared.chunks(SHARING).map(<[usize]>::to_vec));
    (alone, together)
}
