//! The way of one run: needs, workers side by side, verdicts, events.

use super::job::{Job, WorkerReport};
use super::supervisor::{Supervisor, WorkerFailure};
use super::turn::Turn;
use crate::case::{Case, CaseId, Level, Machine, Need, Stop};
use crate::expectation::Expectations;
use crate::report::{CaseResult, Environment, Event, Reporter, Summary, Target, Verdict};
use crate::target::{CommandError, Subject};
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
    let alone = |case: &Case| case.needs.contains(&Need::Alone);
    for (jobs, wanted) in [(settings.jobs.max(1), false), (1, true)] {
        let batch = (0..cases.len())
            .filter(|&index| alone(cases[index]) == wanted)
            .collect();
        let queue: Mutex<VecDeque<usize>> = Mutex::new(batch);
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
                    while let Some(index) = next() {
                        let _ = send.send(Message::Began(index));
                        let result = attempt(supervisor, subject, cases[index], settings);
                        let Some(result) = result else { return };
                        let _ = send.send(Message::Ended(index, Box::new(result)));
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

/// Why a case cannot be judged with this target on this machine.
pub fn unmet_need(case: &Case, subject: &Subject, machine: Machine) -> Option<String> {
    case.needs
        .iter()
        .find_map(|need| need.unmet(subject, machine))
}

/// Runs one case and gives its verdict, in the light of what is known of the target.
pub fn run_one(
    supervisor: &Supervisor,
    subject: &Subject,
    case: &Case,
    settings: &Settings,
) -> CaseResult {
    attempt(supervisor, subject, case, settings).unwrap_or_else(|| {
        let mut result = not_run(case);
        result.verdict = Verdict::Error;
        result.reason = Some("the run was interrupted".to_owned());
        result
    })
}

fn not_run(case: &Case) -> CaseResult {
    CaseResult {
        id: case.id(),
        title: case.title.to_owned(),
        requirement: case.requirement.to_owned(),
        level: case.level,
        references: case.references.iter().map(ToString::to_string).collect(),
        covers: case.covers.iter().map(|&id| id.to_owned()).collect(),
        verdict: Verdict::Pass,
        reason: None,
        expected: None,
        observed: None,
        link: None,
        records: Vec::new(),
        shown: Vec::new(),
        observations: 0,
        teardown: Vec::new(),
        duration_ms: 0,
        transcript: Vec::new(),
    }
}

/// Runs one case; no result where the run was interrupted meanwhile.
fn attempt(
    supervisor: &Supervisor,
    subject: &Subject,
    case: &Case,
    settings: &Settings,
) -> Option<CaseResult> {
    let mut result = not_run(case);
    if let Some(reason) = unmet_need(case, subject, supervisor.machine()) {
        result.verdict = Verdict::Skip;
        result.reason = Some(reason);
        return Some(result);
    }
    let turn = match Turn::take(case.needs.contains(&Need::Alone), supervisor.interrupt()) {
        Ok(turn) => turn,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return None,
        Err(error) => {
            result.verdict = Verdict::Error;
            result.reason = Some(format!("waiting for its turn: {error}"));
            return Some(result);
        }
    };
    let began = Instant::now();
    let job = Job::Case {
        case: case.id(),
        subject: subject.clone(),
        run: supervisor.run_directory().path().to_owned(),
        patience: settings.patience(),
        falsified: settings.falsified,
    };
    // The worker's own waits end first; this deadline is for a worker that hangs outside of them.
    let reported = supervisor.work(&job, settings.timeout * 2);
    drop(turn);
    result.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    if matches!(
        reported,
        Err(WorkerFailure::Command(CommandError::Interrupted { .. }))
    ) {
        return None;
    }
    judge(&mut result, reported);
    if let Some(expectation) = settings.expectations.of(&result.id) {
        result.verdict = expectation.turns(result.verdict);
        result.link = Some(expectation.link.clone());
        if result.verdict == Verdict::Xpass {
            let reason = "an expectation says that this fails; remove it if it is out of date";
            result.reason = Some(reason.to_owned());
        }
    }
    Some(result)
}

fn judge(result: &mut CaseResult, reported: Result<WorkerReport, WorkerFailure>) {
    let (verdict, reason) = match reported {
        Ok(WorkerReport::Case {
            judgement,
            records,
            shown,
            observations,
            teardown,
            transcripts,
        }) => {
            result.records = records;
            result.shown = shown;
            result.observations = observations;
            result.teardown = teardown;
            result.transcript = transcripts;
            match judgement {
                Ok(()) if result.level == Level::Info => (Verdict::Info, None),
                Ok(()) => (Verdict::Pass, None),
                Err(Stop::Fail(finding)) => {
                    result.expected = Some(finding.expected);
                    result.observed = Some(finding.observed);
                    let verdict = if result.level == Level::Should {
                        Verdict::Warn
                    } else {
                        Verdict::Fail
                    };
                    (verdict, Some(finding.what))
                }
                Err(Stop::Skip(why)) => (Verdict::Skip, Some(why)),
                Err(Stop::Timeout(why)) => (Verdict::Timeout, Some(why)),
                Err(Stop::Error(why)) => (Verdict::Error, Some(why)),
            }
        }
        Ok(WorkerReport::Broken(why)) => (Verdict::Error, Some(why)),
        Ok(
            WorkerReport::Survey(_)
            | WorkerReport::Examination(_)
            | WorkerReport::Version(_)
            | WorkerReport::Task(_),
        ) => (
            Verdict::Error,
            Some("the worker answered another question".to_owned()),
        ),
        Err(WorkerFailure::Command(CommandError::Unfinished { waited, .. })) => (
            Verdict::Timeout,
            Some(format!("the case did not end within {waited:?}")),
        ),
        Err(failure) => (Verdict::Error, Some(failure.describe())),
    };
    result.verdict = verdict;
    result.reason = reason;
}
