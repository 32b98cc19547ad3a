//! The model, the vectors' format and the fuzzer on a kernel.
//!
//! A terminal of a kernel needs a process that leads a session, and signals that reach no other thread. So each test
//! runs in a process of its own: this program, started again with the test's name.

use libtest_mimic::{Arguments, Failed, Trial};
use std::panic::catch_unwind;
use std::process::{Command, ExitCode};

mod container;
mod fuzzing;
mod performing;

/// One test: it fails by panicking.
type Test = (&'static str, fn());

/// Tests, each with its own name.
macro_rules! tests {
    ($($test:ident),* $(,)?) => { &[$((stringify!($test), $test)),*] };
}
use tests;

/// Names the test that a process is to run.
const CHOICE: &str = "PTYPROOF_SCENARIO_TEST";

fn main() -> ExitCode {
    let tests = [performing::TESTS, fuzzing::TESTS, container::TESTS].concat();
    if let Some(name) = std::env::var_os(CHOICE) {
        let chosen = tests.into_iter().find(|(test, _)| *test == name);
        let (_, test) = chosen.expect("a test that there is");
        return match catch_unwind(test) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let trial = |(name, _): Test| Trial::test(name, move || in_its_own_process(name));
    libtest_mimic::run(&Arguments::from_args(), tests.into_iter().map(trial).collect()).exit_code()
}

fn in_its_own_process(name: &str) -> Result<(), Failed> {
    let output = Command::new(std::env::current_exe()?).env(CHOICE, name).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into()),
    }
}
