//! Targets that run programs at their caller's terminal: a tool that every machine has, and some that lie.

use super::said::ptyproof;
use std::fs;

pub const TESTS: &[(&str, fn())] = &[
    ("a_tool_of_the_machine_is_judged", a_tool_of_the_machine_is_judged),
    ("what_cannot_be_launched_is_refused", what_cannot_be_launched_is_refused),
    ("a_daemon_that_does_not_answer_is_no_failure", a_daemon_that_does_not_answer_is_no_failure),
    ("a_launcher_that_ends_early_fails", a_launcher_that_ends_early_fails),
    ("a_capability_that_is_not_there_is_found", a_capability_that_is_not_there_is_found),
];

/// A launcher of one's own, with these further lines.
fn profile(directory: &tempfile::TempDir, words: &str, more: &str) -> String {
    let path = directory.path().join("mine.toml");
    let text = format!("name = 'mine'\nprogram = 'env'\nroot = 'machine'\n{more}\n[verbs]\nforeground = [{words}]\n");
    fs::write(&path, text).expect("it can be written");
    path.to_str().expect("it is UTF-8").to_owned()
}

fn a_tool_of_the_machine_is_judged() {
    let said = ptyproof(&["run", "--target", "script", "foreground/a-line-each-way", "console/is-the-terminal"]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    assert!(said.output.contains("\n1 pass, 1 not-applicable; "), "{}", said.output);
}

fn what_cannot_be_launched_is_refused() {
    let said = ptyproof(&["run", "--target", "kernle"]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    assert!(said.error.starts_with("ptyproof: --target: no target is called kernle; there are "), "{}", said.error);
    let said = ptyproof(&["run", "--target", "script=/no/such/script"]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    assert!(said.error.starts_with("ptyproof: --target: /no/such/script: "), "{}", said.error);
}

fn a_daemon_that_does_not_answer_is_no_failure() {
    let directory = tempfile::tempdir().expect("a directory");
    let mine = profile(&directory, "'{program}'", "before = ['echo no daemon >&2; exit 7']");
    let said = ptyproof(&["run", "--target", &mine, "foreground/"]);
    assert_eq!(said.status, Some(3), "{}{}", said.output, said.error);
    let why = "what comes before a program of mine: exit status 7, standard error \"no daemon\"";
    assert!(said.output.contains(why), "{}", said.output);
    assert!(said.output.contains("foreground/simplest-program: error, and nothing else is tried"), "{}", said.output);
}

fn a_launcher_that_ends_early_fails() {
    let directory = tempfile::tempdir().expect("a directory");
    let mine = profile(&directory, "'false'", "");
    let said = ptyproof(&["run", "--target", &mine, "foreground/simplest-program"]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    assert!(said.output.contains("the container's process never reported: it ended first"), "{}", said.output);
}

fn a_capability_that_is_not_there_is_found() {
    let directory = tempfile::tempdir().expect("a directory");
    // It gives the program its caller's terminal, and says that it relays.
    let mine = profile(&directory, "'{program}'", "[offers]\ndevpts = false");
    let said = ptyproof(&["doctor", "--target", &mine]);
    assert_eq!(said.status, Some(3), "{}{}", said.output, said.error);
    assert!(said.output.contains("ok       foreground   works (foreground/simplest-program)"), "{}", said.output);
    assert!(said.output.contains("MISSING  relay        foreground/a-raw-program-leaves-"), "{}", said.output);
}
