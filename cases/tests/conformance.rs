//! Every case is a test of its own, against ptyrun or against the runtime that `PTYPROOF_RUNTIME` names.

mod together;
mod words;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::{container_cases, dispatch};
use ptyproof_harness::case::Case;
use ptyproof_harness::runner::{Settings, Supervisor, unmet_need};
use ptyproof_harness::target::{Profile, Target};
use ptyproof_report::{CaseResult, Evidence, expectation::Expectations};
use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use together::Together;

fn main() -> ExitCode {
    dispatch();
    let cases = container_cases();
    let arguments = Arguments::from_args();
    let trials = match Bench::prepare() {
        Ok(bench) => {
            let bench = Arc::new(bench);
            cases.into_iter().map(|case| trial(&bench, case)).collect()
        }
        Err(why) => nothing_can_run(&cases, &why),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// What the tests are about.
struct Bench {
    supervisor: Supervisor,
    target: Arc<dyn Target>,
    settings: Settings,
    together: Together,
}

impl Bench {
    fn prepare() -> Result<Self, String> {
        let supervisor = Supervisor::begin().map_err(|error| error.to_string())?;
        let path = match std::env::var_os("PTYPROOF_RUNTIME") {
            Some(path) => PathBuf::from(path),
            None => supervisor
                .run_directory()
                .executable("ptyrun", ptyproof_cases::reference_runtime())
                .map_err(|error| error.to_string())?,
        };
        let profile = std::env::var("PTYPROOF_PROFILE").ok();
        let timeout = Duration::from_secs(5);
        let profile =
            profile.as_deref().map(Profile::load).transpose().map_err(|error| format!("PTYPROOF_PROFILE: {error}"))?;
        let runtime =
            supervisor.identify(&path, profile, timeout).map_err(|error| format!("PTYPROOF_RUNTIME: {error}"))?;
        let expectations = ptyproof_cases::expectations(&runtime.profile.name)
            .map(|(origin, text)| Expectations::parse(origin, text, ptyproof_cases::exists))
            .transpose()
            .map_err(|error| error.to_string())?
            .unwrap_or_default()
            .known_of(&runtime.version);
        let settings = Settings { expectations, ..Settings::plain(timeout) };
        Ok(Self { supervisor, target: Arc::new(runtime), settings, together: Together::default() })
    }
}

/// A need that is known beforehand makes an ignored test, because that is what test runners show as skipped.
fn trial(bench: &Arc<Bench>, case: &'static Case) -> Trial {
    let unmet = unmet_need(case, &*bench.target, bench.supervisor.machine());
    let bench = Arc::clone(bench);
    Trial::ignorable_test(case.id.replace('/', "::").replace('-', "_"), move || {
        if let Some(reason) = unmet_need(case, &*bench.target, bench.supervisor.machine()) {
            return Ok(Completion::ignored_with(reason));
        }
        let cases = container_cases();
        judge(&bench.together.result(case, &cases, (&bench.supervisor, &bench.target, &bench.settings)))
    })
    .with_ignored_flag(unmet.is_some())
}

fn judge(result: &CaseResult) -> Result<Completion, Failed> {
    if let Some(text) = words::debug_text(result) {
        return Err(text.into());
    }
    if !result.verdict.says_something() {
        return Ok(Completion::ignored_with(result.reason.clone().unwrap_or_default()));
    }
    if result.is_as_expected(false) {
        return Ok(Completion::Completed);
    }
    let line = |name: &str, words: Option<&str>| words.map(|words| format!("{name}: {words}\n")).unwrap_or_default();
    Err(format!(
        "{}: {}\nrequirement: {}\n{}{}{}{}",
        result.verdict,
        result.title,
        result.requirement,
        line("what", result.reason.as_deref()),
        line("expected", result.expected.as_ref().map(Evidence::as_words)),
        line("observed", result.observed.as_ref().map(Evidence::as_words)),
        result.teardown.iter().map(|left| format!("left behind: {left}\n")).collect::<String>(),
    )
    .into())
}

/// Where no case can run, each is listed as ignored with the reason, and one test fails and says so.
fn nothing_can_run(cases: &[&'static Case], why: &str) -> Vec<Trial> {
    let reason = why.to_owned();
    let loud = Trial::test("the_machine_can_run_the_cases", move || Err(format!("no case was run: {reason}").into()));
    let ignored = cases.iter().map(|case| {
        let reason = why.to_owned();
        Trial::ignorable_test(case.id.replace('/', "::").replace('-', "_"), move || {
            Ok(Completion::ignored_with(reason))
        })
        .with_ignored_flag(true)
    });
    std::iter::once(loud).chain(ignored).collect()
}
