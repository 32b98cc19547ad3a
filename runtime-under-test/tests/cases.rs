//! ptyproof's suite as one test of ptyrun's, for cargo-mutants, which knows cargo's tests only (`ci/mutants`). The command
//! that `PTYPROOF` names runs it, built beforehand, so that a change of ptyrun costs a build of nothing else.

use libtest_mimic::{Arguments, Completion, Trial};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let trial = Trial::ignorable_test("every_case_passes", || {
        let Some(ptyproof) = std::env::var_os("PTYPROOF") else {
            return Ok(Completion::ignored_with("PTYPROOF names no ptyproof to run"));
        };
        let runtime = env!("CARGO_BIN_EXE_ptyrun");
        let suite = ["run", "--runtime", runtime, "--profile", "ptyrun", "--fail-fast"];
        let status = Command::new(ptyproof).args(suite).status()?;
        if !status.success() {
            return Err(format!("ptyproof found ptyrun wrong: {status}").into());
        }
        Ok(Completion::Completed)
    });
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
}
