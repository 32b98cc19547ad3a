//! The way of one run: needs, workers side by side, verdicts, events.

use super::job::{Job, WorkerReport};
use super::supervisor::{Supervisor, WorkerFailure};
use super::turn::Turn;
use crate::case::{Case, Level, Machine, Need, Stop};
use crate::expectation::Expectations;
use crate::report::{CaseResult, Environment, Event, Reporter, Summary, Target, Verdict};
use crate::target::{CommandError, Runtime};
use std::collections::VecDeque;
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
}

impl Settings {
    /// A single wait gets half of a case's time, so that what was seen until then can still be reported.
    pub fn patience(&self) -> Duration {
        self.timeout / 2
    }
}

/// Runs cases and tells every reporter every event. Results come in the order of `cases`.
pub fn run(
    supervisor: &Supervisor,
    runtime: &Runtime,
    cases: &[&Case],
    settings: &Settings,
    reporters: &mut [Box<dyn Reporter>],
) -> std::io::Result<(Summary, Vec<CaseResult>)> {
    let began = Instant::now();
    let environment = Environment::look();
    let target = Target::from(runtime);
    let mut tell = |event: &Event<'_>| -> std::io::Result<()> {
        reporters
            .iter_mut()
            .try_for_each(|reporter| reporter.take(event))
    };
    tell(&Event::Began {
        environment: &environment,
        target: &target,
        selected: cases.len(),
    })?;
    let mut results: Vec<Option<CaseResult>> = cases.iter().map(|_| None).collect();
    let alone = |case: &Case| case.needs.contains(&Need::Alone);
    for (jobs, wanted) in [(settings.jobs.max(1), false), (1, true)] {
        let batch = (0..cases.len())
            .filter(|&index| alone(cases[index]) == wanted)
            .collect();
        let queue: Mutex<VecDeque<usize>> = Mutex::new(batch);
        let next = || {
            queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front()
        };
        let (send, receive) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..jobs {
                let send = send.clone();
                scope.spawn(move || {
                    while let Some(index) = next() {
                        let case = cases[index];
                        let (begin, end) = (Message::Began(index), |result| {
                            Message::Ended(index, Box::new(result))
                        });
                        // The receiver only goes away when a reporter failed, and then the run is over.
                        if send.send(begin).is_err() {
                            return;
                        }
                        let result = run_one(supervisor, runtime, case, settings);
                        if send.send(end(result)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(send);
            for message in &receive {
                match message {
                    Message::Began(index) => tell(&Event::CaseBegan {
                        id: &cases[index].id(),
                    })?,
                    Message::Ended(index, result) => {
                        tell(&Event::CaseEnded(&result))?;
                        results[index] = Some(*result);
                    }
                }
            }
            drop(receive);
            Ok::<(), std::io::Error>(())
        })?;
    }
    let results: Vec<CaseResult> = results.into_iter().flatten().collect();
    let summary = Summary::of(&results, settings.strict);
    tell(&Event::Ended {
        summary: &summary,
        took: began.elapsed(),
    })?;
    Ok((summary, results))
}

enum Message {
    Began(usize),
    Ended(usize, Box<CaseResult>),
}

/// Why a case cannot be judged with this target on this machine.
pub fn unmet_need(case: &Case, runtime: &Runtime, machine: Machine) -> Option<String> {
    case.needs
        .iter()
        .find_map(|need| need.unmet(&runtime.profile, machine))
}

/// Runs one case and gives its verdict, in the light of what is known of the target.
pub fn run_one(
    supervisor: &Supervisor,
    runtime: &Runtime,
    case: &Case,
    settings: &Settings,
) -> CaseResult {
    let mut result = CaseResult {
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
        teardown: Vec::new(),
        duration_ms: 0,
        transcript: Vec::new(),
    };
    if let Some(reason) = unmet_need(case, runtime, supervisor.machine()) {
        result.verdict = Verdict::Skip;
        result.reason = Some(reason);
        return result;
    }
    let turn = match Turn::take(case.needs.contains(&Need::Alone)) {
        Ok(turn) => turn,
        Err(error) => {
            result.verdict = Verdict::Error;
            result.reason = Some(format!("waiting for its turn: {error}"));
            return result;
        }
    };
    let began = Instant::now();
    let job = Job::Case {
        case: case.id(),
        runtime: Box::new(runtime.clone()),
        run: supervisor.run_directory().path().to_owned(),
        patience: settings.patience(),
    };
    // The worker's own waits end first; this deadline is for a worker that hangs outside of them.
    let reported = supervisor.work(&job, settings.timeout * 2);
    drop(turn);
    result.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    judge(&mut result, reported);
    if let Some(expectation) = settings.expectations.of(&result.id) {
        result.verdict = expectation.turns(result.verdict);
        result.link = Some(expectation.link.clone());
        if result.verdict == Verdict::Xpass {
            let reason = "an expectation says that this fails; remove it if it is out of date";
            result.reason = Some(reason.to_owned());
        }
    }
    result
}

fn judge(result: &mut CaseResult, reported: Result<WorkerReport, WorkerFailure>) {
    let (verdict, reason) = match reported {
        Ok(WorkerReport::Case {
            judgement,
            records,
            teardown,
            transcripts,
        }) => {
            result.records = records;
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
        Ok(WorkerReport::Survey(_)) => (
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
