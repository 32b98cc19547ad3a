//! The cases of the bare kernel, each a test of its own; and each shown able to fail, by falsifying what it observes.

mod together;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use ptyproof_cases::{dispatch, kernel_cases, told_by_mutants};
use ptyproof_harness::case::{Case, Level};
use ptyproof_harness::runner::{Settings, Supervisor, run_one, unmet_need};
use ptyproof_harness::target::Kernel;
use ptyproof_report::{CaseResult, Verdict};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use together::Together;

fn main() -> ExitCode {
    dispatch();
    let cases = kernel_cases();
    let arguments = Arguments::from_args();
    let trials = match Supervisor::begin() {
        Ok(supervisor) => {
            let bench = Arc::new(Bench { supervisor, together: Together::default() });
            let pairs = cases.into_iter().flat_map(|case| trials(&bench, case));
            pairs.collect()
        }
        Err(why) => {
            vec![Trial::test("the_machine_can_run_the_cases", move || Err(format!("no case was run: {why}").into()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

struct Bench {
    supervisor: Supervisor,
    together: Together,
}

impl Bench {
    fn run(&self, case: &Case, falsified: Option<usize>) -> CaseResult {
        run_one(&self.supervisor, &Kernel::target(), case, &settings(falsified))
    }
}

fn settings(falsified: Option<usize>) -> Settings {
    Settings {
        jobs: 1,
        timeout: Duration::from_secs(10),
        strict: false,
        fail_fast: false,
        expectations: Default::default(),
        falsified,
    }
}

fn trials(bench: &Arc<Bench>, case: &'static Case) -> Vec<Trial> {
    let name = case.id.replace('/', "::").replace('-', "_");
    let unmet = unmet_need(case, &Kernel, bench.supervisor.machine());
    let test = |name: String, body: fn(&Bench, &Case) -> Result<Completion, Failed>| {
        let (bench, reason) = (Arc::clone(bench), unmet.clone());
        Trial::ignorable_test(name, move || match &reason {
            Some(reason) => Ok(Completion::ignored_with(reason.clone())),
            None => body(&bench, case),
        })
        .with_ignored_flag(unmet.is_some())
    };
    let mut trials = vec![test(name.clone(), passes)];
    // What is only recorded is not judged, and so cannot fail. Vectors and scripts are shown to fail by mutants of the model.
    if case.level != Level::Info && !told_by_mutants(case) {
        trials.push(test(format!("{name}::notices_a_falsified_observation"), notices));
    }
    trials
}

fn passes(bench: &Bench, case: &Case) -> Result<Completion, Failed> {
    let cases = kernel_cases();
    let place = (&bench.supervisor, &Kernel::target(), &settings(None));
    let result = bench.together.result(case, &cases, place);
    match result.verdict {
        Verdict::Pass | Verdict::Info if result.teardown.is_empty() => Ok(Completion::Completed),
        Verdict::Skip => Ok(Completion::ignored_with(result.reason.unwrap_or_default())),
        _ => Err(format!("{result:#?}").into()),
    }
}

/// The last observations are the most likely to be judged, so they are falsified first.
fn notices(bench: &Bench, case: &Case) -> Result<Completion, Failed> {
    let result = bench.run(case, None);
    if result.verdict == Verdict::Skip {
        return Ok(Completion::ignored_with(result.reason.unwrap_or_default()));
    }
    let verdicts = (0..result.observations).rev().map(|number| bench.run(case, Some(number)).verdict);
    let mut noticed = verdicts.filter(|&verdict| matches!(verdict, Verdict::Fail | Verdict::Warn));
    match noticed.next() {
        Some(_) => Ok(Completion::Completed),
        None => {
            Err(format!("{} makes {} observations, and none of them could turn it red", case.id, result.observations)
                .into())
        }
    }
}
