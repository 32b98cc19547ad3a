//! The cases of checkpoint and restore can fail: each answer that they get is falsified, one at a time, while a runtime that
//! writes containers to files is asked. ptyrun does not, so that there are no defects for them.
//!
//! The runtime is the one that `PTYPROOF_RUNTIME` names, or runc; CRIU is the one that `PTYPROOF_CRIU` names, or the machine's.

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::{container_cases, dispatch};
use ptyproof_harness::case::{Case, Need};
use ptyproof_harness::runner::{Settings, Supervisor, run_one, unmet_need};
use ptyproof_harness::target::Target;
use ptyproof_report::{CaseResult, Verdict};
use std::path::PathBuf;
use std::{process::ExitCode, sync::Arc, time::Duration};

fn main() -> ExitCode {
    dispatch();
    let cases = container_cases().into_iter().filter(|case| case.needs.contains(&Need::Checkpoint));
    let trials = match Bench::prepare() {
        Ok(bench) => {
            let bench = Arc::new(bench);
            cases.map(|case| trial(&bench, case)).collect()
        }
        Err(why) => cases
            .map(|case| {
                let why = why.clone();
                Trial::ignorable_test(name(case), move || Ok(Completion::ignored_with(why.clone())))
                    .with_ignored_flag(true)
            })
            .collect(),
    };
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

struct Bench {
    supervisor: Supervisor,
    target: Arc<dyn Target>,
}

impl Bench {
    fn prepare() -> Result<Self, String> {
        let named = std::env::var_os("PTYPROOF_RUNTIME").map(PathBuf::from);
        let installed = ["/usr/sbin/runc", "/usr/bin/runc"].map(PathBuf::from).into_iter().filter(|path| path.exists());
        let path = named.into_iter().chain(installed).next().ok_or("there is no runc, and no PTYPROOF_RUNTIME")?;
        let supervisor = Supervisor::begin().map_err(|error| error.to_string())?;
        let runtime = supervisor.identify(&path, None, PATIENCE).map_err(|error| error.to_string())?;
        Ok(Self { supervisor, target: Arc::new(runtime) })
    }

    fn run(&self, case: &Case, falsified: Option<usize>) -> CaseResult {
        run_one(&self.supervisor, &self.target, case, &Settings { falsified, ..Settings::plain(PATIENCE) })
    }
}

const PATIENCE: Duration = Duration::from_secs(5);

fn name(case: &Case) -> String {
    format!("{}::judges_what_it_is_told", case.id.replace('/', "::").replace('-', "_"))
}

fn trial(bench: &Arc<Bench>, case: &'static Case) -> Trial {
    let unmet = unmet_need(case, &*bench.target, bench.supervisor.machine());
    let (ignored, bench) = (unmet.is_some(), Arc::clone(bench));
    Trial::ignorable_test(name(case), move || match &unmet {
        Some(why) => Ok(Completion::ignored_with(why.clone())),
        None => judges(&bench, case),
    })
    .with_ignored_flag(ignored)
}

/// Every answer turns the case red when it is false. Their number is that of the first that nobody gets.
fn judges(bench: &Bench, case: &Case) -> Result<Completion, Failed> {
    const BEYOND: usize = 2;
    let honest = bench.run(case, None);
    match honest.verdict {
        Verdict::Pass => {}
        Verdict::Skip => return Ok(Completion::ignored_with(honest.reason.unwrap_or_default())),
        _ => return Err(format!("{honest:#?}").into()),
    }
    let is_red = |number: usize| bench.run(case, Some(number)).verdict == Verdict::Fail;
    let answers = (0..).take_while(|number| is_red(*number)).count();
    match (1..=BEYOND).find(|beyond| is_red(answers + beyond)) {
        None if answers > 0 => Ok(Completion::Completed),
        None => Err("it judges no answer".into()),
        Some(_) => Err(format!("it does not notice that answer {answers} is false").into()),
    }
}
