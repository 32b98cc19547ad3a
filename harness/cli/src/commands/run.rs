use super::target::{given, looks_like_a_runtime, profile, reference};
use super::task::{jobs, supervised};
use crate::arguments::{DEFAULT_TIMEOUT, Run, TargetKind};
use crate::exit::{Exit, Refusal, complain};
use crate::screen::{is_watched, width};
use crate::{filter::select, patience, report_request::check};
use ptyproof_cases::{container_cases, kernel_cases};
use ptyproof_harness::case::{Case, Need};
use ptyproof_harness::runner::{self, Outcome, Settings};
use ptyproof_harness::target::{Kernel, Profile, Target, quoted};
use ptyproof_report::data::{self, DataError};
use ptyproof_report::expectation::{self, Expectations};
use ptyproof_report::{Again, Destination, Edition, FileReporter, Form, Progress, Reporter, Screen, Verdict};
use std::io::{self, Write};
use std::sync::Arc;

/// Runs cases. All that can be wrong with the command line is told before anything is started.
pub fn run(arguments: &Run) -> Result<Exit, Refusal> {
    let cases = select(cases(arguments)?, &arguments.filters, arguments.level)?;
    let profile = profile(arguments.profile.as_deref())?;
    if let Some(path) = &arguments.runtime {
        looks_like_a_runtime(path)?;
    }
    let mut expected = Expectations::default();
    for file in &arguments.expect {
        let more = Expectations::read(file, ptyproof_cases::exists)
            .map_err(|error| Refusal::usage(format!("--expect: {error}")))?;
        expected = expected.overridden_by(more);
    }
    let edition = arguments.edition.as_deref().map(edition).transpose()?;
    check(&arguments.report)?;
    if let Some(path) = &arguments.write_expectations {
        if path.exists() {
            return Err(Refusal::usage(DataError::of(path, "is there already; name a new file")));
        }
        data::can_replace(path).map_err(|error| Refusal::usage(format!("--write-expectations: {error}")))?;
    }

    let supervisor = supervised()?.disturbing(arguments.disturb).saying(|what| eprintln!("ptyproof: {what}"));
    let (target, built_in): (Arc<dyn Target>, _) = match arguments.target {
        TargetKind::Kernel => (Arc::new(Kernel), Expectations::default()),
        TargetKind::Runtime => {
            let timeout = arguments.timeout;
            let runtime = match &arguments.runtime {
                Some(path) => given(path, profile, timeout, &supervisor)?,
                None => reference(profile, timeout, &supervisor)?,
            };
            let known = built_in(&runtime.profile)?.known_of(&runtime.version);
            expected = expected.known_of(&runtime.version);
            (Arc::new(runtime), known)
        }
    };
    let settings = Settings {
        // A case waits for about half of its time.
        jobs: arguments.jobs.map_or_else(|| 2 * jobs(None), usize::from),
        timeout: arguments.timeout,
        strict: arguments.strict,
        fail_fast: arguments.fail_fast,
        first: container_cases().into_iter().find(|case| case.needs.contains(&Need::First)),
        expectations: built_in.overridden_by(expected),
        edition,
        falsified: None,
    };
    let mut reporters = reporters(arguments);
    let outcome = runner::run(&supervisor, &target, &cases, &settings, &mut reporters);
    for error in &outcome.reporter_errors {
        complain(error);
    }
    if !outcome.results.is_empty() && !outcome.results.iter().any(|result| result.verdict.says_something()) {
        complain("nothing was judged: every case was skipped, or is not applicable");
    }
    Ok(exit(&outcome, arguments))
}

/// The bare kernel has neither a binary nor a way of calling it.
fn cases(arguments: &Run) -> Result<Vec<&'static Case>, Refusal> {
    match arguments.target {
        TargetKind::Runtime => Ok(container_cases()),
        TargetKind::Kernel if arguments.runtime.is_some() => {
            Err(Refusal::usage("--target kernel tests no runtime: leave --runtime out, or --target"))
        }
        TargetKind::Kernel if arguments.profile.is_some() => {
            Err(Refusal::usage("--target kernel calls no runtime: leave --profile out, or --target"))
        }
        TargetKind::Kernel => Ok(kernel_cases()),
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

fn built_in(profile: &Profile) -> Result<Expectations, Refusal> {
    match ptyproof_cases::expectations(&profile.name) {
        None => Ok(Expectations::default()),
        Some((origin, text)) => Expectations::parse(origin, text, ptyproof_cases::exists)
            .map_err(|error| Refusal::machine(format!("built in: {error}"))),
    }
}

fn reporters(arguments: &Run) -> Vec<Box<dyn Reporter>> {
    let mut all: Vec<Box<dyn Reporter>> = Vec::new();
    let requests = &arguments.report;
    let taken = requests.iter().any(|request| request.is_standard_output());
    let output: Box<dyn Write> = if taken { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
    let form = if is_watched(taken) {
        all.push(Box::new(Progress::default()));
        Form::Terminal { width }
    } else {
        Form::Plain
    };
    let again = Again { before: "ptyproof run".to_owned(), after: flags(arguments) };
    all.push(Box::new(Screen::new(output, form, again)));
    for request in requests {
        all.push(request.reporter());
    }
    if let Some(path) = &arguments.write_expectations {
        all.push(Box::new(FileReporter::new(&expectation::FIRST, Destination::File(path.clone()))));
    }
    all
}

/// What has to follow `ptyproof run ID` for the same way of running.
fn flags(arguments: &Run) -> String {
    let mut words = Vec::new();
    let mut flag = |name: &str, value: &str| words.push(format!("{name} {}", quoted(value)));
    if let Some(path) = &arguments.runtime {
        flag("--runtime", &path.to_string_lossy());
    }
    if arguments.target == TargetKind::Kernel {
        flag("--target", "kernel");
    }
    if let Some(profile) = &arguments.profile {
        flag("--profile", profile);
    }
    let timeout = patience::show(arguments.timeout);
    if timeout != DEFAULT_TIMEOUT {
        flag("--timeout", &timeout);
    }
    for file in &arguments.expect {
        flag("--expect", &file.to_string_lossy());
    }
    if let Some(name) = &arguments.edition {
        flag("--edition", name);
    }
    for (given, word) in [(arguments.strict, "--strict"), (arguments.disturb, "--disturb")] {
        if given {
            words.push(word.to_owned());
        }
    }
    words.join(" ")
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
