//! What is told, how much of it, and what is kept.

use super::said::{Said, program, ptyproof};
use super::{CASE, known_to_fail, path};
use ptyproof_report::{Report, Verdict};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

pub const TESTS: &[(&str, fn())] = &[
    ("verbose_tells_of_calls_and_quiet_of_nothing", verbose_tells_of_calls_and_quiet_of_nothing),
    ("calls_and_stops_are_in_the_report", calls_and_stops_are_in_the_report),
    (VALIDATES, reports_of_runs_are_as_the_schema_says),
    ("colour_is_as_it_is_asked_for", colour_is_as_it_is_asked_for),
    ("what_failed_is_kept_and_its_message_says_where", what_failed_is_kept_and_its_message_says_where),
    ("what_failed_is_recorded_and_replayed_from_the_report", what_failed_is_recorded_and_replayed_from_the_report),
    ("github_is_told_of_failures_and_of_no_command", github_is_told_of_failures_and_of_no_command),
];

/// Where there is a validator.
pub const VALIDATES: &str = "reports_of_runs_are_as_the_schema_says";

/// At a terminal in the foreground.
const TALKS: &str = "relay/newlines-are-translated-once";

/// A run in which the case is not as expected, for it passes.
fn unexpected(directory: &TempDir, case: &str, arguments: &[&str]) -> Said {
    let file = path(directory, "known.toml");
    fs::write(&file, known_to_fail(case)).expect("it can be written");
    let said = ptyproof(&[&["run", case, "--expect", &file], arguments].concat());
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    said
}

fn verbose_tells_of_calls_and_quiet_of_nothing() {
    let said = ptyproof(&["run", TALKS, "-v"]);
    let (_, calls) = said.output.split_once(&format!("pass    {TALKS} (")).expect("it passes");
    let call = calls.lines().nth(1).expect("below it stand its calls");
    assert!(
        call.contains(" ms  killed by the case ") && call.contains("/ptyrun ") && call.contains(" run "),
        "{calls}"
    );
    assert!(calls.contains(" delete --force "), "{calls}");
    let said = ptyproof(&["run", TALKS, "--quiet"]);
    assert_eq!((said.status, said.output.as_str(), said.error.as_str()), (Some(0), "", ""));
    let directory = tempfile::tempdir().expect("a directory");
    let said = unexpected(&directory, CASE, &["-q"]);
    assert!(
        said.output.contains(&format!("\nxpass {CASE}\n")) && said.output.contains("\n1 xpass; "),
        "{}",
        said.output
    );
}

/// Of a case that passes, too, where that is asked for.
fn calls_and_stops_are_in_the_report() {
    const STOPS: &str = "races/console-swapped-before-it-is-mounted";
    let said = ptyproof(&["run", STOPS, "-v", "--report", "json=-"]);
    let report = Report::from_json(&said.output).expect("it is a report");
    let [result] = &report.results[..] else { panic!("{}", said.output) };
    assert_eq!(result.verdict, Verdict::Pass, "{}", said.error);
    let create = result.calls.iter().find(|call| call.line.contains(" create ")).expect("it was called");
    assert!(create.at_ms >= 0.0 && create.took_ms > 0.0 && create.line.contains("/ptyrun "), "{create:?}");
    assert!(
        result.stopped.iter().any(|stop| stop.step == "mount" && stop.answer.starts_with("is held ")),
        "{result:?}"
    );
    let said = ptyproof(&["run", STOPS, "--report", "json=-"]);
    let report = Report::from_json(&said.output).expect("it is a report");
    assert!(report.results[0].calls.is_empty() && report.results[0].stopped.is_empty());
}

/// By a validator that is not ours; what fails, is kept and is told in full has every field.
fn reports_of_runs_are_as_the_schema_says() {
    let directory = tempfile::tempdir().expect("a directory");
    let [profile, keep, report] = ["bad.toml", "kept", "r.json"].map(|name| path(&directory, name));
    fs::write(&profile, "name = \"bad\"\nglobal = [\"--no-such-flag\"]\n").expect("it can be written");
    let to = format!("json={report}");
    for (arguments, status, count) in [
        (&["relay/", "-v", "--report", &to][..], 0, None),
        (&["--target", "kernel", "kernel-size/", "--report", &to], 0, None),
        (&[CASE, "--profile", &profile, "--keep", &keep, "--report", &to], 1, Some(1)),
    ] {
        let said = ptyproof(&[&["run"], arguments].concat());
        assert_eq!(said.status, Some(status), "{}{}", said.output, said.error);
        let text = fs::read_to_string(&report).expect("it was written");
        let of = Report::from_json(&text).expect("it is a report").results.len();
        assert!(count.is_none_or(|count| count == of) && of > 0);
        let mut validator = Command::new("python3");
        validator.args(["tests/validate-json.py", &report, &of.to_string()]);
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("report");
        let said = Said::from(validator.current_dir(place).output().expect("it is there"));
        assert_eq!(said.status, Some(0), "{arguments:?}: {}", said.error);
    }
}

fn colour_is_as_it_is_asked_for() {
    let coloured = |arguments: &[&str]| {
        let said = ptyproof(&[&["run", CASE], arguments].concat());
        assert_eq!(said.status, Some(0), "{}", said.error);
        said.output.contains("\x1b[32mpass")
    };
    assert!(coloured(&["--color", "always"]));
    assert!(!coloured(&["--color=never"]) && !coloured(&["--color=auto"]));
}

fn what_failed_is_kept_and_its_message_says_where() {
    let directory = tempfile::tempdir().expect("a directory");
    let [profile, keep] = ["bad.toml", "kept"].map(|name| path(&directory, name));
    fs::write(&profile, "name = \"bad\"\nglobal = [\"--no-such-flag\"]\n").expect("it can be written");
    let said = ptyproof(&["run", CASE, TALKS, "--profile", &profile, "--keep", &keep]);
    assert_eq!(said.status, Some(1), "{}{}", said.output, said.error);
    let place = Path::new(&keep).join("lifecycle/simplest-container");
    assert!(said.output.contains(&format!("  kept         {}\n", place.display())), "{}", said.output);
    let read = |name: &str| fs::read_to_string(place.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(read("calls.txt").contains("ptyrun --no-such-flag "), "{}", read("calls.txt"));
    assert!(read("calls.txt").contains("\n        2> "), "{}", read("calls.txt"));
    assert!(
        read("files.txt").contains("c2/config.json  0644 0:0 file of ") || read("files.txt").contains("/config.json  ")
    );
    assert!(read("result.json").contains("\"verdict\": \"fail\""));
    let bundles = super::said::entries(&place.join("files"));
    assert!(bundles.iter().any(|bundle| bundle.join("config.json").is_file()), "{bundles:?}");
    // What fails as is known, or passes, leaves nothing there.
    let [known, keep] = ["known.toml", "of-known"].map(|name| path(&directory, name));
    let content = known_to_fail(CASE).replace("observed = \"y\"", "observed = { pattern = '.*' }");
    fs::write(&known, content).expect("it can be written");
    let said = ptyproof(&["run", CASE, "--profile", &profile, "--expect", &known, "--keep", &keep]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    assert!(said.output.contains(" 1 xfail; ") || said.output.contains("\n1 xfail; "), "{}", said.output);
    assert!(super::said::entries(keep.as_ref()).is_empty());
    let keep = path(&directory, "nothing");
    assert_eq!(ptyproof(&["run", CASE, "--keep", &keep]).status, Some(0));
    assert!(super::said::entries(keep.as_ref()).is_empty());
}

fn what_failed_is_recorded_and_replayed_from_the_report() {
    let directory = tempfile::tempdir().expect("a directory");
    let [record, report, cast] = ["casts", "r.json", "one.cast"].map(|name| path(&directory, name));
    unexpected(&directory, TALKS, &["--record", &record, "--report", &format!("json={report}")]);
    let recorded = fs::read_to_string(format!("{record}/{TALKS}.cast")).expect("it is recorded");
    assert!(recorded.starts_with("{\"height\":24,"), "{recorded}");
    let said = ptyproof(&["replay", &report, TALKS, "--output", &cast]);
    assert_eq!(said.status, Some(0), "{}", said.error);
    assert_eq!(fs::read_to_string(&cast).expect("it was written"), recorded);
    let said = ptyproof(&["replay", &report, TALKS]);
    assert!(said.output.contains("--- the caller's terminal (") && said.output.contains("\\r\\n\n"), "{}", said.output);
    for (id, why) in [("relay/nothing", "has no case \"relay/nothing\""), (CASE, "has no case")] {
        let said = ptyproof(&["replay", &report, id]);
        assert_eq!((said.status, said.output.as_str()), (Some(4), ""));
        assert!(said.error.contains(why), "{}", said.error);
    }
    let said = ptyproof(&["replay", &report, TALKS, "--step"]);
    assert_eq!(said.status, Some(2));
    assert!(said.error.contains("--step: there is nobody to press a key"), "{}", said.error);
    // What passes is recorded where that is asked for.
    let other = path(&directory, "all");
    assert_eq!(ptyproof(&["run", TALKS, "--record", &other]).status, Some(0));
    assert!(!Path::new(&other).exists());
    assert_eq!(ptyproof(&["run", TALKS, "--record", &other, "--record-all"]).status, Some(0));
    assert!(Path::new(&format!("{other}/{TALKS}.cast")).is_file());
}

fn github_is_told_of_failures_and_of_no_command() {
    let directory = tempfile::tempdir().expect("a directory");
    let [file, summary] = ["known.toml", "summary.md"].map(|name| path(&directory, name));
    fs::write(&file, known_to_fail(CASE)).expect("it can be written");
    let mut command = Command::new(program());
    command.args(["run", CASE, "--expect", &file]).env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary);
    let said = Said::from(command.output().expect("it can be started"));
    assert_eq!(said.status, Some(1), "{}", said.error);
    let lines: Vec<&str> = said.output.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").expect("nothing is obeyed at first");
    let place = lines.iter().position(|line| *line == format!("::{token}::")).expect("and then again");
    let told = &lines[place + 1..];
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with(&format!("::error title=xpass {CASE}::target: ptyrun version 0.1.0%0Arequirement: ")),
        "{told:?}"
    );
    let page = fs::read_to_string(&summary).expect("it was written");
    assert!(page.starts_with("### ptyproof: 1 xpass\n") && page.contains(&format!("| xpass | {CASE} | ")), "{page}");
}
