//! `ptyproof run`.

mod selection;
mod subject;
mod telling;

use super::task::{jobs, supervised};
use super::via;
use crate::arguments::Run;
use crate::exit::{Exit, Refusal, complain};
use crate::page;
use crate::report_request::{ReportRequest, check};
use ptyproof_harness::runner::{self, Outcome, Settings, Supervisor};
use ptyproof_report::data::{self, DataError};
use ptyproof_report::expectation::Expectations;
use ptyproof_report::matrix::Matrix;
use ptyproof_report::{Edition, Report, Verdict};
pub use selection::selected;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io::Write};
pub use subject::built_in as known;
use subject::{Identified, Kind, Subject, subjects};
use telling::{Kept, output, reporters};

/// Runs cases. All that can be wrong with the command line is told before anything is started.
pub fn run(arguments: &Run) -> Result<Exit, Refusal> {
    if arguments.retries.is_some() {
        return Err(Refusal::usage(RETRIES));
    }
    let previous = arguments.rerun.as_deref().map(Report::read).transpose();
    let previous = previous.map_err(|error| Refusal::usage(format!("--rerun: {error}")))?;
    let subjects = subjects(arguments, previous.as_ref())?;
    let mut plans = Vec::new();
    for subject in &subjects {
        plans.push((selected(subject.cases(), arguments, previous.as_ref())?, subject.check()?));
    }
    let several = subjects.len() > 1;
    let expected = expectations(arguments)?;
    let edition = arguments.edition.as_deref().map(edition).transpose()?;
    check(&arguments.report, several)?;
    if let Some(path) = &arguments.write_expectations {
        if several || subjects.iter().any(Subject::is_kernel) {
            return Err(Refusal::usage("--write-expectations: expected one runtime, of which they are"));
        }
        if path.exists() {
            return Err(Refusal::usage(DataError::of(path, "is there already; name a new file")));
        }
        data::can_replace(path).map_err(|error| Refusal::usage(format!("--write-expectations: {error}")))?;
    }
    if arguments.keep.is_some() && subjects.iter().any(|subject| matches!(subject.kind, Kind::Elsewhere(_))) {
        return Err(Refusal::usage("--keep: of a kernel elsewhere nothing can be kept; --record and --report work"));
    }
    let keep = arguments.keep.as_deref().map(new_directory).transpose()?;

    // A run that is all elsewhere needs nothing of this machine.
    let workers = OnceCell::new();
    let supervisor = || begun(&workers, arguments);
    let (mut taken, mut all) = (BTreeSet::new(), Vec::new());
    for (subject, (cases, profile)) in subjects.iter().zip(plans) {
        let identified = match &subject.kind {
            Kind::Elsewhere(via) => Identified::elsewhere(via, &expected, &mut taken),
            _ => subject.identify(profile, arguments, &expected, supervisor()?, &mut taken)?,
        };
        all.push((subject, cases, identified));
    }
    let (mut worst, mut reports) = (Exit::AsExpected, Vec::new());
    for (number, (subject, cases, identified)) in all.into_iter().enumerate() {
        if number > 0 && !arguments.quiet {
            let _ = writeln!(output(arguments));
        }
        let keep = keep.as_ref().map(|keep| if several { keep.join(&identified.name) } else { keep.clone() });
        let settings = Settings {
            // A case waits for about half of its time.
            jobs: arguments.jobs.map_or_else(|| 2 * jobs(None), usize::from),
            strict: arguments.strict,
            fail_fast: arguments.fail_fast,
            first: subject.first(),
            expectations: identified.known,
            edition: edition.clone(),
            shuffle: arguments.shuffle,
            keep,
            every_call: arguments.verbose,
            ..Settings::plain(arguments.timeout)
        };
        let mut reporters = reporters(arguments, subject, &identified.name, several)?;
        let kept = Kept::default();
        // All that was said on all terminals: kept in memory only where it is asked for once more.
        if several || arguments.check || arguments.report.iter().any(|request| request.page().is_some()) {
            reporters.push(Box::new(kept.clone()));
        }
        let outcome = match &subject.kind {
            Kind::Elsewhere(via) => via.run(&cases, arguments, &settings, &mut reporters)?,
            _ => runner::run(supervisor()?, &identified.target, &cases, &settings, &mut reporters),
        };
        for error in &outcome.reporter_errors {
            complain(error);
        }
        if !outcome.results.is_empty() && !outcome.results.iter().any(|result| result.verdict.says_something()) {
            complain("nothing was judged: every case was skipped, or is not applicable");
        }
        let mut exit = exit(&outcome, arguments);
        if let Some(report) = kept.take() {
            let checked = (PathBuf::from("--check"), report);
            if arguments.check && subject.is_kernel() && exit != Exit::Machine {
                exit = via::check(&checked, &mut output(arguments))?.unwrap_or(exit);
            }
            reports.push((PathBuf::from(format!("{}.json", identified.name)), checked.1));
        }
        worst = worst.worse(exit);
        if outcome.interrupted {
            break;
        }
        if arguments.fail_fast && exit != Exit::AsExpected && number + 1 < subjects.len() {
            let left = subjects.len() - number - 1;
            let left =
                if left == 1 { "1 further target was".to_owned() } else { format!("{left} further targets were") };
            complain(format!("--fail-fast: {left} not tried"));
            break;
        }
    }
    if let Some(keep) = &keep {
        remove_empty(keep);
    }
    let sides: Vec<(&Path, &Report)> = reports.iter().map(|(name, report)| (name.as_path(), report)).collect();
    for place in arguments.report.iter().filter_map(ReportRequest::page) {
        if let Err(error) = page::write(place, &sides) {
            complain(format!("writing {error}"));
            worst = worst.worse(Exit::Machine);
        }
    }
    if sides.len() > 1 && !arguments.quiet {
        let explanations = ptyproof_cases::explanations().map_err(Refusal::machine)?;
        let told = write!(output(arguments), "\n{}", Matrix::of(&sides, &explanations).text());
        told.map_err(|error| Refusal::machine(format!("writing to the screen: {error}")))?;
    }
    Ok(worst)
}

const RETRIES: &str = "--retries: there is none. Each case decides its races by itself, so one that fails once and passes \
                       then has found something: a fault of the target, or one of the suite, which is to be mended. To see \
                       both outcomes, keep the report and run what failed again with --rerun";

/// Those who start workers, from the first time on that they are asked for.
fn begun<'s>(workers: &'s OnceCell<Supervisor>, arguments: &Run) -> Result<&'s Supervisor, Refusal> {
    if let Some(supervisor) = workers.get() {
        return Ok(supervisor);
    }
    let supervisor = supervised()?.disturbing(arguments.disturb).saying(|what| eprintln!("ptyproof: {what}"));
    Ok(workers.get_or_init(|| supervisor))
}

fn expectations(arguments: &Run) -> Result<Expectations, Refusal> {
    let mut expected = Expectations::default();
    for file in &arguments.expect {
        let more = Expectations::read(file, ptyproof_cases::exists)
            .map_err(|error| Refusal::usage(format!("--expect: {error}")))?;
        expected = expected.overridden_by(more);
    }
    Ok(expected)
}

/// Makes the directory of `--keep`. Cases write and remove there, so nothing of anybody else's may be in it.
fn new_directory(path: &Path) -> Result<PathBuf, Refusal> {
    let failed = |error| Refusal::usage(format!("--keep: {}: {error}", path.display()));
    fs::create_dir_all(path).map_err(failed)?;
    if fs::read_dir(path).map_err(failed)?.next().is_some() {
        return Err(Refusal::usage(format!("--keep: {}: is not empty; name a new directory", path.display())));
    }
    path.canonicalize().map_err(failed)
}

/// Of areas in which all failed as was known, only empty directories are left: of one target, or below its name.
fn remove_empty(directory: &Path) {
    for depth in [2, 1] {
        let mut places = vec![directory.to_owned()];
        for _ in 0..depth {
            let entries = places.iter().flat_map(fs::read_dir).flatten().flatten();
            places = entries.map(|entry| entry.path()).collect();
        }
        // What is not empty, or no directory, stays.
        places.iter().for_each(|place| drop(fs::remove_dir(place)));
    }
}

/// What is not frozen yet is no edition.
const NEXT: &str = "next";

fn edition(name: &str) -> Result<Edition, Refusal> {
    let mut known = ptyproof_cases::editions().map_err(Refusal::machine)?;
    known.retain(|edition| edition.name != NEXT);
    let names: Vec<String> = known.iter().map(|edition| edition.name.clone()).collect();
    let found = known.into_iter().find(|edition| edition.name == name);
    found.ok_or_else(|| Refusal::usage(format!("--edition: {name:?} is none; there are {}", names.join(", "))))
}

/// A definite failure of the target says more than an error beside it; a run that is not whole, or whose reports
/// are not, says nothing definite.
fn exit(outcome: &Outcome, arguments: &Run) -> Exit {
    let not_as_expected = |verdict: Verdict| verdict != Verdict::Error;
    let mut unexpected = outcome.results.iter().filter(|result| !result.is_as_expected(arguments.strict));
    let failed = unexpected.clone().any(|result| not_as_expected(result.verdict));
    if outcome.interrupted || !outcome.reporter_errors.is_empty() {
        Exit::Machine
    } else if failed {
        Exit::NotAsExpected
    } else if unexpected.next().is_some() || !outcome.summary.as_expected {
        Exit::Machine
    } else {
        Exit::AsExpected
    }
}
