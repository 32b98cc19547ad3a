//! Each system call of ptyrun fails, each time that it is made: a thousand starts, and so only where it is asked for, by
//! `cargo test -p ptyproof-cases --test every_call -- --include-ignored`.

use libtest_mimic::{Arguments, Failed, Trial};
use ptyproof_cases::{EVERY_CALL, reference_runtime};
use ptyproof_harness::case::Case;
use ptyproof_harness::runner::{Settings, Supervisor, dispatch, run_one};
use ptyproof_harness::target::Target;
use ptyproof_report::Verdict;
use std::{process::ExitCode, sync::Arc, time::Duration};

/// A worker has four times as long, for dozens of containers.
const PATIENCE: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    dispatch(&EVERY_CALL.iter().collect::<Vec<_>>(), &[]);
    let arguments = Arguments::from_args();
    let trials = match prepare() {
        Ok((supervisor, target)) => {
            let supervisor = Arc::new(supervisor);
            let trial = |case| trial(Arc::clone(&supervisor), Arc::clone(&target), case);
            EVERY_CALL.iter().map(trial).collect()
        }
        Err(why) => vec![Trial::test("ptyrun_can_be_started", move || Err(why.into()))],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn prepare() -> Result<(Supervisor, Arc<dyn Target>), String> {
    let supervisor = Supervisor::begin().map_err(|error| error.to_string())?;
    let ptyrun =
        supervisor.run_directory().executable("ptyrun", reference_runtime()).map_err(|error| error.to_string())?;
    let runtime = supervisor.identify(&ptyrun, None, PATIENCE).map_err(|error| error.to_string())?;
    Ok((supervisor, Arc::new(runtime)))
}

fn trial(supervisor: Arc<Supervisor>, target: Arc<dyn Target>, case: &'static Case) -> Trial {
    Trial::test(case.id, move || -> Result<(), Failed> {
        let result = run_one(&supervisor, &target, case, &Settings::plain(PATIENCE));
        if result.verdict == Verdict::Pass && result.teardown.is_empty() {
            return Ok(());
        }
        let observed = result.observed.map(|observed| observed.to_string().replace("\", \"", "\n"));
        Err(format!("{}: {:?}\n{}\n{:?}", result.verdict, result.reason, observed.unwrap_or_default(), result.teardown)
            .into())
    })
    .with_ignored_flag(true)
}
