//! Every mutant fails a case: the cases run once for each, in a process of their own.

use crate::Mutant;
use std::process::{Command, Stdio};

const CHOICE: &str = "NTTY_MUTANT";

/// The mutant that the cases are to run on.
pub(super) fn chosen() -> Option<Mutant> {
    let name = std::env::var(CHOICE).ok()?;
    let found = Mutant::ALL.iter().find(|mutant| mutant.name() == name);
    Some(*found.unwrap_or_else(|| panic!("{name} is no mutant")))
}

#[test]
fn every_mutant_fails_a_case() {
    let cases = || {
        let mut cases = Command::new(std::env::current_exe().unwrap());
        cases.env("RUST_BACKTRACE", "0");
        cases.args(["--skip", "every_mutant_fails_a_case"]).stdout(Stdio::null()).stderr(Stdio::null());
        cases
    };
    assert!(cases().status().unwrap().success(), "without a mutant all cases hold");
    let survivors: Vec<_> = Mutant::ALL
        .iter()
        .map(|mutant| mutant.name())
        .filter(|name| cases().env(CHOICE, name).status().unwrap().success())
        .collect();
    assert_eq!(survivors, [""; 0]);
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = Mutant::ALL.iter().map(|mutant| mutant.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Mutant::ALL.len());
}
