//! Running the cases of one worker, and what its report makes of each.

use super::job::{ANOTHER_QUESTION, CaseReport, Job, WorkerReport};
use super::supervisor::{Supervisor, WorkerFailure};
use super::{machine_settings::MachineSettings, settings::Settings};
use crate::case::{Case, Level, Machine, Stop};
use crate::target::{CommandError, Target};
use ptyproof_report::{CaseResult, Verdict};
use std::time::{Duration, Instant};
use std::{io, sync::Arc};

/// Why a case cannot be judged with this target on this machine.
pub fn unmet_need(case: &Case, target: &dyn Target, machine: Machine) -> Option<String> {
    unmet(case, target, machine).map(|why| why.to_string())
}

/// What no target of the kind does comes first: it holds on every machine.
fn unmet(case: &Case, target: &dyn Target, machine: Machine) -> Option<Stop> {
    let all = || case.needs.iter().filter_map(|need| need.unmet(target, machine));
    all().find(|why| matches!(why, Stop::NotApplicable(_))).or_else(|| all().next())
}

/// Runs one case and gives its verdict, in the light of what is known of the target.
pub fn run_one(supervisor: &Supervisor, target: &Arc<dyn Target>, case: &Case, settings: &Settings) -> CaseResult {
    let results = attempt(supervisor, target, &[case], settings).unwrap_or_default();
    results.into_iter().next().unwrap_or_else(|| {
        let reason = Some("the run was interrupted".to_owned());
        CaseResult { verdict: Verdict::Error, reason, ..CaseResult::from(case) }
    })
}

/// Runs cases in one worker, or where that does not report, in one each; no results where the run was interrupted
/// meanwhile.
pub(super) fn attempt(
    supervisor: &Supervisor,
    target: &Arc<dyn Target>,
    cases: &[&Case],
    settings: &Settings,
) -> Option<Vec<CaseResult>> {
    let mut results: Vec<CaseResult> = cases.iter().map(|&case| CaseResult::from(case)).collect();
    let mut tried = Vec::new();
    for (case, result) in cases.iter().zip(&mut results) {
        match unmet(case, &**target, supervisor.machine()) {
            Some(why) => {
                let applies = !matches!(why, Stop::NotApplicable(_));
                result.verdict = if applies { Verdict::Skip } else { Verdict::NotApplicable };
                result.reason = Some(why.to_string());
            }
            None => tried.push(result),
        }
    }
    if tried.is_empty() {
        return Some(results);
    }
    let alone = cases.iter().any(|case| case.is_alone());
    let turn = match supervisor.turn(alone) {
        Ok(turn) => turn,
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return None,
        Err(error) => {
            error_of(tried, &format!("waiting for its turn: {error}"));
            return Some(results);
        }
    };
    let began = Instant::now();
    let job = Job::Cases {
        cases: tried.iter().map(|result| result.id.clone()).collect(),
        target: target.clone(),
        run: supervisor.run_directory().path().to_owned(),
        patience: settings.timeout,
        falsified: settings.falsified,
        keep: settings.keep.clone(),
    };
    // What may disturb the machine is written down first, should nobody live to put it back.
    let machine = if alone { MachineSettings::keep() } else { MachineSettings::look() };
    let machine = match machine {
        Ok(machine) => machine,
        Err(error) => {
            error_of(tried, &format!("the machine's settings: {error}"));
            return Some(results);
        }
    };
    let reported = supervisor.work(&job, settings.deadline());
    let changed = machine.restore();
    drop(turn);
    if matches!(reported, Err(WorkerFailure::Command(CommandError::Interrupted { .. }))) {
        return None;
    }
    if cases.len() > 1 && !matches!(reported, Ok(WorkerReport::Cases(_))) {
        // One of them is to blame; with a worker for each, it is only that one.
        let mut apart = Vec::new();
        for case in cases {
            apart.extend(attempt(supervisor, target, &[case], settings)?);
        }
        blame(&mut apart, of_each(reported).next());
        return Some(apart);
    }
    let took = began.elapsed();
    for (result, report) in tried.into_iter().zip(of_each(reported)) {
        judge(result, report, took);
        mark_changed(result, &changed);
        settings.expectations.turn(result);
        if let Some(edition) = &settings.edition {
            edition.turn(result);
        }
        tidy(result, settings);
    }
    Some(results)
}

/// Of what is as expected, nothing is kept but what was asked for.
fn tidy(result: &mut CaseResult, settings: &Settings) {
    let of_interest = !result.is_as_expected(settings.strict);
    if !of_interest && !settings.every_call {
        (result.calls, result.stopped) = (Vec::new(), Vec::new());
    }
    let Some(directory) = &settings.keep else { return };
    let directory = directory.join(result.id.as_str());
    if of_interest {
        result.kept = Some(directory.display().to_string());
    } else {
        // Where it failed as was known, the worker has kept it. What is no longer there need not be removed.
        let _ = std::fs::remove_dir_all(directory);
    }
}

fn error_of(tried: Vec<&mut CaseResult>, why: &str) {
    for result in tried {
        (result.verdict, result.reason) = (Verdict::Error, Some(why.to_owned()));
    }
}

/// Who changes the machine has failed, whatever else was well.
fn mark_changed(result: &mut CaseResult, changed: &[String]) {
    if changed.is_empty() || !matches!(result.verdict, Verdict::Pass | Verdict::Info | Verdict::Warn) {
        result.teardown.extend_from_slice(changed);
        return;
    }
    result.verdict = Verdict::Fail;
    result.reason = Some("what has changed on the machine".to_owned());
    result.expected = Some("nothing".into());
    result.observed = Some(changed.join("; ").into());
}

/// What went wrong in a worker with several cases must not be lost, should each of them do well alone. But that together
/// they took too long says only that the machine is slow.
fn blame(apart: &mut [CaseResult], together: Option<Result<CaseReport, (Verdict, String)>>) {
    let shown = |result: &CaseResult| matches!(result.verdict, Verdict::Error | Verdict::Timeout);
    let Some(Err((Verdict::Error, why))) = together else {
        return;
    };
    let others = apart.len().saturating_sub(1);
    if !apart.iter().any(shown)
        && let Some(first) = apart.first_mut()
    {
        let alone = "though each of them reports when it runs alone";
        let why = format!("a worker that ran this case and {others} others ended without a report, {alone}: {why}");
        (first.verdict, first.reason) = (Verdict::Error, Some(why));
    }
}

/// What a worker says of each of its cases; what it says of none is true of all.
fn of_each(
    reported: Result<WorkerReport, WorkerFailure>,
) -> Box<dyn Iterator<Item = Result<CaseReport, (Verdict, String)>>> {
    let failure = match reported {
        Ok(WorkerReport::Cases(reports)) => {
            let missing = (Verdict::Error, "the worker did not report this case".to_owned());
            let missing = std::iter::repeat_with(move || Err(missing.clone()));
            return Box::new(reports.into_iter().map(Ok).chain(missing));
        }
        Ok(WorkerReport::Broken(why)) => (Verdict::Error, why),
        Ok(_) => (Verdict::Error, ANOTHER_QUESTION.to_owned()),
        Err(WorkerFailure::Command(CommandError::Unfinished { waited, .. })) => {
            (Verdict::Timeout, format!("the case did not end within {}", humantime::format_duration(waited)))
        }
        Err(failure) => (Verdict::Error, failure.to_string()),
    };
    Box::new(std::iter::repeat_with(move || Err(failure.clone())))
}

fn judge(result: &mut CaseResult, report: Result<CaseReport, (Verdict, String)>, took: Duration) {
    let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let report = match report {
        Ok(report) => report,
        Err((verdict, why)) => {
            result.duration_ms = milliseconds(took);
            (result.verdict, result.reason) = (verdict, Some(why));
            return;
        }
    };
    result.duration_ms = milliseconds(report.duration);
    result.starting_us = u64::try_from(report.starting.as_micros()).unwrap_or(u64::MAX);
    result.records = report.records;
    result.shown = report.shown;
    result.observations = report.observations;
    result.teardown = report.teardown;
    let changed = report.changed;
    result.transcript = report.transcripts;
    (result.calls, result.stopped) = (report.calls, report.stopped);
    (result.verdict, result.reason) = match report.judgement {
        Ok(()) if result.level == Level::Info => (Verdict::Info, None),
        Ok(()) => (Verdict::Pass, None),
        // What is only recorded cannot fail.
        Err(stop @ Stop::Fail(_)) if result.level == Level::Info => {
            (Verdict::Skip, Some(format!("not recorded: {stop}")))
        }
        Err(Stop::Fail(finding)) => {
            result.expected = Some(finding.expected);
            result.observed = Some(finding.observed);
            let verdict = if result.level == Level::Should { Verdict::Warn } else { Verdict::Fail };
            (verdict, Some(finding.what))
        }
        Err(Stop::NotApplicable(why)) => (Verdict::NotApplicable, Some(why)),
        Err(Stop::Skip(why)) => (Verdict::Skip, Some(why)),
        Err(Stop::Timeout(why)) => (Verdict::Timeout, Some(why)),
        Err(Stop::Error(why)) => (Verdict::Error, Some(why)),
    };
    mark_changed(result, &changed);
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: Case = Case { id: "area/name", body: |_| Ok(()), ..Case::KERNEL };

    /// The verdicts of cases that alone came to these, after they failed together.
    fn blamed(alone: &[Verdict], together: Verdict) -> Vec<Verdict> {
        let result = |&verdict: &Verdict| CaseResult { verdict, ..CaseResult::from(&CASE) };
        let mut apart: Vec<CaseResult> = alone.iter().map(result).collect();
        blame(&mut apart, Some(Err((together, "it died".to_owned()))));
        apart.iter().map(|result| result.verdict).collect()
    }

    #[test]
    fn what_goes_wrong_only_together_is_an_error() {
        use Verdict::{Error, Fail, Pass, Timeout};
        assert_eq!(blamed(&[Pass, Fail], Error), [Error, Fail]);
        assert_eq!(blamed(&[Pass, Error], Error), [Pass, Error]);
        assert_eq!(blamed(&[Pass, Timeout], Error), [Pass, Timeout]);
        assert_eq!(blamed(&[Pass, Pass], Timeout), [Pass, Pass]);
    }
}
