//! `ptyproof certify`.

use super::target::{given, looks_like_a_runtime, profile, reference};
use super::task::{jobs, supervised};
use crate::arguments::Certify;
use crate::exit::{Exit, Refusal, complain};
use crate::screen::{is_coloured, is_watched, width};
use ptyproof_cases::container_cases;
use ptyproof_harness::case::{Case, CaseId, Need};
use ptyproof_harness::runner::{self, Settings};
use ptyproof_harness::target::{Target, quoted};
use ptyproof_report::{
    Again, Destination, Detail, FORMATS, FileReporter, Form, Progress, Reporter, Screen, Statement, data, printable,
};
use std::path::Path;
use std::{fs, io, sync::Arc};

const STATEMENT: &str = "statement.json";
const REPORT: &str = "report.json";
const BADGE: &str = "badge.svg";

/// Runs all that binds, and states what came of it; or checks what was stated.
pub fn certify(arguments: &Certify) -> Result<Exit, Refusal> {
    if let Some(statement) = &arguments.verify {
        return verify(statement);
    }
    if let Some(target) = &arguments.target {
        return Err(Refusal::usage(format!(
            "--target: what must hold is written of OCI runtimes, and {target} is none; `ptyproof run --target {target} --level \
             must` runs what of it is asked of such a target"
        )));
    }
    let profile = profile(arguments.profile.as_deref())?;
    if let Some(path) = &arguments.runtime {
        looks_like_a_runtime(path)?;
    }
    let directory = &arguments.output;
    fs::create_dir_all(directory)
        .map_err(|error| Refusal::usage(format!("--output: {}: {error}", directory.display())))?;
    for file in [STATEMENT, REPORT, BADGE] {
        data::can_replace(&directory.join(file)).map_err(|error| Refusal::usage(format!("--output: {error}")))?;
    }

    let supervisor = supervised()?.disturbing(arguments.disturb).saying(|what| eprintln!("ptyproof: {what}"));
    let runtime = match &arguments.runtime {
        Some(path) => given(path, profile, arguments.timeout, &supervisor)?,
        None => reference(profile, arguments.timeout, &supervisor)?,
    };
    let target: Arc<dyn Target> = Arc::new(runtime);
    let settings = Settings {
        jobs: arguments.jobs.map_or_else(|| 2 * jobs(None), usize::from),
        strict: true,
        first: container_cases().into_iter().find(|case| case.needs.contains(&Need::First)),
        ..Settings::plain(arguments.timeout)
    };
    let report = directory.join(REPORT);
    let mut reporters = reporters(arguments, &report);
    let outcome = runner::run(&supervisor, &target, &binding(), &settings, &mut reporters);
    if let Some(error) = outcome.reporter_errors.first() {
        return Err(Refusal::machine(error));
    }
    if outcome.interrupted {
        return Err(Refusal::machine("interrupted: nothing is stated"));
    }
    let statement = follows(&report)?;
    let text = statement.to_json().map_err(Refusal::machine)?;
    for (file, content) in [(STATEMENT, text), (BADGE, statement.badge())] {
        data::replace(&directory.join(file), content.as_bytes()).map_err(Refusal::machine)?;
    }
    let place = printable(&directory.to_string_lossy());
    println!("{}  written: {STATEMENT}, {BADGE} and {REPORT} in {place}", statement.text());
    Ok(if statement.certified { Exit::AsExpected } else { Exit::NotAsExpected })
}

/// The cases that have to pass.
fn binding() -> Vec<&'static Case> {
    container_cases().into_iter().filter(|case| case.level.binds()).collect()
}

fn follows(report: &Path) -> Result<Statement, Refusal> {
    let required: Vec<CaseId> = binding().iter().map(|case| case.id()).collect();
    Statement::of_file(report, &required).map_err(Refusal::usage)
}

fn reporters(arguments: &Certify, report: &Path) -> Vec<Box<dyn Reporter>> {
    let mut all: Vec<Box<dyn Reporter>> = Vec::new();
    let watched = is_watched(false);
    if watched {
        all.push(Box::new(Progress::default()));
    }
    let form =
        Form { detail: Detail::Quiet, colour: is_coloured(false), width: watched.then_some(width as fn() -> usize) };
    let mut after = Vec::new();
    let runtime = arguments.runtime.as_ref().map(|path| path.to_string_lossy().into_owned());
    for (flag, value) in [("--runtime", &runtime), ("--profile", &arguments.profile)] {
        after.extend(value.iter().map(|value| format!("{flag} {}", quoted(value))));
    }
    let again = Again { before: "ptyproof run".to_owned(), after: after.join(" ") };
    all.push(Box::new(Screen::new(Box::new(io::stdout()), form, again)));
    let json = FORMATS.iter().find(|format| format.name == "json");
    all.extend(
        json.map(|format| {
            Box::new(FileReporter::new(format, Destination::File(report.to_owned()))) as Box<dyn Reporter>
        }),
    );
    all
}

/// Whether a statement is what follows from the report beside it.
fn verify(path: &Path) -> Result<Exit, Refusal> {
    let refused = |error| Refusal::usage(format!("--verify: {error}"));
    let text = data::read(path).map_err(refused)?;
    let stated = Statement::parse(path, &text).map_err(refused)?;
    let own = env!("CARGO_PKG_VERSION");
    if stated.suite != own {
        return Err(Refusal::usage(format!(
            "--verify: {}: is of ptyproof {}, whose cases this one, {own}, does not know; verify it with that version",
            path.display(),
            stated.suite
        )));
    }
    let statement = follows(&path.with_file_name(REPORT))?;
    let mut differences = stated.differences(&statement);
    // Whoever reads it may see more in it than was read here.
    if differences.is_empty() && statement.to_json().map_err(Refusal::machine)? != text {
        differences.push("how it is written");
    }
    if differences.is_empty() {
        print!("{}", statement.text());
        println!("  statement and report agree");
        return Ok(Exit::AsExpected);
    }
    complain(format!(
        "{}: does not follow from {REPORT} beside it; what differs: {}; from the report follows",
        path.display(),
        differences.join(", ")
    ));
    print!("{}", statement.text());
    Ok(Exit::NotAsExpected)
}
