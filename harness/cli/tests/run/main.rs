//! Runs of a case against the reference runtime, and their reports.

mod launchers;
mod picking;
#[path = "../said/mod.rs"]
mod said;
mod stating;
mod telling;

use libtest_mimic::{Arguments, Completion, Trial};
use ptyproof_harness::intervention::refuse;
use ptyproof_report::{Report, Verdict};
use said::{Said, program, ptyproof};
use std::fs;
use std::process::{Command, ExitCode};
use tempfile::TempDir;

const CASE: &str = "console/is-the-terminal";

fn run(arguments: &[&str]) -> Said {
    ptyproof(&[&["run", CASE], arguments].concat())
}

fn main() -> ExitCode {
    let said = ptyproof(&["doctor"]).output;
    let can_run = ["workers", "devpts"].iter().all(|what| said.contains(&format!("ok       {what}")));
    let reason = (!can_run).then(|| format!("this machine cannot run cases:\n{said}"));
    let own: &[(&str, fn())] = &[
        ("every_report_is_written", every_report_is_written),
        ("a_report_to_standard_output_is_alone_there", a_report_to_standard_output_is_alone_there),
        ("a_report_that_fails_costs_nothing_but_itself", a_report_that_fails_costs_nothing_but_itself),
        ("an_expected_failure_that_passes_fails_the_run", an_expected_failure_that_passes_fails_the_run),
        ("a_run_in_which_nothing_was_judged_says_so_and_is_no_success", nothing_was_judged),
        ("a_runtime_that_leaves_cgroups_alone_is_asked_nothing_of_frozen_ones", no_cgroup),
        ("packet_mode_that_is_refused_is_one_failure", packet_mode_that_is_refused_is_one_failure),
    ];
    let tests = [own, launchers::TESTS, picking::TESTS, telling::TESTS, stating::TESTS].concat();
    let not_root = || (!nix::unistd::geteuid().is_root()).then(|| "only root can have a call refused".to_owned());
    let trials = tests.into_iter().map(|(name, test)| {
        let refuses = name.starts_with("packet_mode_that_is_refused");
        let validates = name == telling::VALIDATES;
        let reason = reason.clone().or_else(|| refuses.then(not_root).flatten());
        let reason = reason.or_else(|| validates.then(no_validator).flatten());
        Trial::ignorable_test(name, move || match reason {
            Some(reason) => Ok(Completion::ignored_with(reason)),
            None => {
                test();
                Ok(Completion::Completed)
            }
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// python3-jsonschema, which `ci/formats` gets.
fn no_validator() -> Option<String> {
    let there =
        Command::new("python3").args(["-c", "import jsonschema"]).output().is_ok_and(|said| said.status.success());
    (!there).then(|| "there is no jsonschema for python3".to_owned())
}

fn path(directory: &TempDir, name: &str) -> String {
    directory.path().join(name).display().to_string()
}

/// An expectation file that says of a case that it fails.
fn known_to_fail(case: &str) -> String {
    format!("[[expect]]\ncase = \"{case}\"\nbecause = \"x\"\nobserved = \"y\"\nlink = \"https://example.org/1\"\n")
}

fn every_report_is_written() {
    let directory = tempfile::tempdir().expect("a directory");
    let reports = ["json", "tap", "junit", "ktap"].map(|kind| path(&directory, kind));
    let flag = format!("json={},tap={},junit={},ktap={}", reports[0], reports[1], reports[2], reports[3]);
    let Said { status, output, error } = run(&["--report", &flag]);
    assert_eq!((status, error.as_str()), (Some(0), ""), "{output}");
    assert!(!output.contains('\u{1b}') && !output.contains('\r'), "{output:?}");
    let [json, tap, junit, ktap] = reports.map(|path| fs::read_to_string(path).expect("it was written"));
    let report = Report::from_json(&json).expect("it is a report");
    assert_eq!(report.results[0].id.as_str(), CASE);
    assert_eq!(report.results[0].verdict, Verdict::Pass);
    assert_eq!(report.summary.counts["pass"], 1);
    assert!(report.summary.as_expected);
    assert_eq!(report.target.profile, "ptyrun");
    assert!(tap.starts_with("TAP version 13\n1..1\n"), "{tap}");
    assert!(tap.contains(&format!("\nok 1 {CASE}\n")), "{tap}");
    assert!(ktap.contains(&format!("\n  ok 1 {CASE}\n")), "{ktap}");
    assert!(junit.contains(&format!("<testcase name=\"{CASE}\"")), "{junit}");
}

fn a_report_to_standard_output_is_alone_there() {
    let said = run(&["--report", "json=-"]);
    assert_eq!(said.status, Some(0));
    Report::from_json(&said.output).expect("it is a report and nothing else");
    assert!(said.error.contains("1 pass; "));
}

fn a_report_that_fails_costs_nothing_but_itself() {
    let directory = tempfile::tempdir().expect("a directory");
    let tap = path(&directory, "report.tap");
    // Everything that is written to /dev/full fails.
    let full = fs::File::options().write(true).open("/dev/full").expect("it is there");
    let mut command = Command::new(program());
    command.args(["run", CASE, "--report", &format!("json=-,tap={tap}")]).stdout(full);
    let Said { status, error, .. } = command.output().expect("it can be started").into();
    assert_eq!(status, Some(3));
    assert!(error.ends_with("ptyproof: writing standard output: No space left on device (os error 28)\n"), "{error}");
    assert!(error.contains("1 pass; "));
    assert!(fs::read_to_string(tap).expect("it was written").contains("\nok 1 "));
}

/// The whole run is refused it: the harness holds the masters.
fn packet_mode_that_is_refused_is_one_failure() {
    const TAKES: &str = "line-discipline/takes-tiocpkt";
    let mut command = Command::new(program());
    command.args(["run", TAKES, "line-discipline/flush-is-reported", "line-discipline/flush-of-both-queues-keeps-*"]);
    refuse(command.args(["--report", "json=-"]), nix::libc::TIOCPKT as u32, nix::libc::EPERM);
    let said = Said::from(command.output().expect("it can be started"));
    let report = Report::from_json(&said.output).expect("it is a report");
    for result in &report.results {
        let reason = result.reason.as_deref().unwrap_or_default();
        let (verdict, named) = match result.id.as_str() {
            TAKES => (Verdict::Fail, false),
            "line-discipline/flush-is-reported" => (Verdict::Skip, true),
            _ => (Verdict::Pass, false),
        };
        assert_eq!((result.verdict, reason.contains(TAKES)), (verdict, named), "{}: {reason}", result.id);
    }
    assert_eq!((report.results.len(), said.status), (3, Some(1)));
}

fn an_expected_failure_that_passes_fails_the_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = path(&directory, "expectations.toml");
    fs::write(&file, known_to_fail(CASE)).expect("it can be written");
    let Said { status, output: text, .. } = run(&["--expect", &file]);
    assert_eq!(status, Some(1));
    assert!(text.contains("\nxpass console/is-the-terminal\n"), "{text}");
    assert!(text.contains("  known        x <https://example.org/1>\n"), "{text}");
    let again = format!("  again        ptyproof run {CASE} --expect {file}\n");
    assert!(text.contains(&again), "{text}");
    let Said { status, output: text, .. } = run(&["console/", "--expect", &file, "--fail-fast", "--jobs", "1"]);
    assert_eq!(status, Some(1));
    assert!(text.contains("--fail-fast ended the run") && text.contains(" 1 xpass"), "{text}");
}

fn nothing_was_judged() {
    let directory = tempfile::tempdir().expect("a directory");
    let profile = path(&directory, "bare.toml");
    fs::write(&profile, "name = \"bare\"\n[capabilities]\nterminal = false\n").expect("it can be written");
    let said = run(&["--profile", &profile]);
    assert_eq!(said.status, Some(3));
    assert_eq!(said.error, "ptyproof: nothing was judged: every case was skipped, or is not applicable\n");
    assert_eq!(run(&["--profile", &profile, "--strict"]).status, Some(1));
}

/// Of a runtime that leaves cgroups alone, no case may ask what it does in a frozen one.
fn no_cgroup() {
    let directory = tempfile::tempdir().expect("a directory");
    let profile = path(&directory, "bare.toml");
    fs::write(&profile, "name = \"bare\"\n[capabilities]\ncgroup = false\n").expect("it can be written");
    let said = run(&["--profile", &profile, "frozen/"]);
    let cases = ptyproof(&["list", "frozen/"]).output.lines().filter(|line| line.starts_with("frozen/")).count();
    let skipped = said.output.matches("profile bare says: no cgroup for its containers\n").count();
    assert!(cases > 0 && skipped == cases, "{cases} cases: {}", said.output);
}
