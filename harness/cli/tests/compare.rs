//! `ptyproof compare`: what it says of reports, and of files that are none; baselines from run to check.

mod said;

use ptyproof_harness::case::Case;
use ptyproof_report::{CaseResult, Environment, Record, Report, SCHEMA, Shown, Summary, Target};
use said::{Said, ptyproof};
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

fn compare(arguments: &[&str]) -> Said {
    ptyproof(&[&["compare"], arguments].concat())
}

/// A case that is of no kernel.
const OF_CONTAINERS: &str = "console/is-the-terminal";

/// Exit status 2, nothing on standard output, and this on standard error.
#[track_caller]
fn refuses(arguments: &[&str], message: &str) {
    let said = compare(arguments);
    assert_eq!(said.error, format!("ptyproof: {message}\n"));
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
}

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("it can be written");
        path
    }

    fn report(&self, name: &str, report: &Report) -> String {
        self.write(name, &report.to_json().expect("it can be written"))
    }
}

fn passed(id: &str) -> CaseResult {
    let case = Case { title: "does it", requirement: "it holds", ..Case::KERNEL };
    CaseResult { id: id.into(), ..CaseResult::from(&case) }
}

/// Shows a behaviour, and records a value.
fn shows(id: &str, behaviour: &str, value: &str) -> CaseResult {
    let what = "what it does".to_owned();
    CaseResult {
        shown: vec![Shown { what: what.clone(), behaviour: behaviour.to_owned(), value: "1".into() }],
        records: vec![Record { what, value: value.into() }],
        ..passed(id)
    }
}

/// A report of the bare kernel.
fn of_kernel(release: &str, results: Vec<CaseResult>) -> Report {
    Report {
        schema: SCHEMA,
        environment: Environment::of_kernel(release),
        target: Target::booted("vmlinuz".to_owned(), "5a".repeat(32), release.to_owned(), None),
        strict: false,
        selected: results.iter().map(|result| result.id.clone()).collect(),
        summary: Summary::of(&results, false, false),
        results,
        duration_ms: 10,
        interrupted: false,
    }
}

/// A report of all cases of the kernel, of which the first shows a behaviour, and of one of containers, as `ptyproof kernel`
/// makes it.
fn whole(release: &str, behaviour: &str) -> Report {
    let cases = ptyproof_cases::kernel_cases();
    let mut results: Vec<CaseResult> = cases.iter().map(|case| passed(case.id)).collect();
    results[0] = shows(cases[0].id, behaviour, "\u{1b}[31m");
    results.push(shows(OF_CONTAINERS, behaviour, release));
    of_kernel(release, results)
}

#[test]
fn a_difference_is_told_and_fails_only_where_it_is_asked_to() {
    let files = Files::new();
    let one = files.report("a.json", &of_kernel("6.1.0", vec![shows("a/b", "old", "1")]));
    let other = files.report("b.json", &of_kernel("6.2.0", vec![shows("a/b", "new", "1")]));
    let said = compare(&[&one, &other]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""));
    let difference = "\na/b\n  title        does it\n  requirement  it holds (kernel)\n  shows: what it does\n    \
                      6.1.0  old: 1\n    6.2.0  new: 1\n";
    assert!(said.output.contains(difference), "{}", said.output);
    assert!(said.output.starts_with("2 reports, 1 case in common: 1 difference\n"));
    assert_eq!(compare(&[&one, &other, "--fail-on-difference"]).status, Some(1));
    assert_eq!(compare(&[&one, &one, "--fail-on-difference"]).status, Some(0));
}

#[test]
fn for_programs_it_is_json_in_ascii() {
    let files = Files::new();
    let report = |value| of_kernel("6.1.0", vec![shows("a/b", "new", value)]);
    let one = files.report("a.json", &report("\u{1b}[31m\u{9b}"));
    let other = files.report("b.json", &report("2"));
    let said = compare(&[&one, &other, "--json", "--fail-on-difference"]);
    assert_eq!(said.status, Some(1));
    assert!(said.output.is_ascii() && !said.output.contains('\u{1b}'));
    let value: Value = serde_json::from_str(&said.output).expect("it is JSON");
    let point = &value["differences"][0]["points"][0];
    assert_eq!(point["aspect"]["records"], "what it does");
    assert_eq!(point["seen"][0]["recorded"], "\\u{1b}[31m\\u{9b}");
}

#[test]
fn what_is_no_report_is_refused_with_what_was_expected() {
    let files = Files::new();
    let good = files.report("good.json", &of_kernel("6.1.0", vec![passed("a/b")]));
    let expected = "; expected a report that `ptyproof run --report json=FILE` wrote";
    refuses(&[&good, "/no/such"], &format!("/no/such: No such file or directory (os error 2){expected}"));
    refuses(&[&good, "/"], &format!("/: is a directory; expected a file{expected}"));
    let tap = files.write("report.tap", "TAP version 14\n");
    refuses(&[&tap, &good], &format!("{tap}:1:1: expected value{expected}"));
    let other = files.write("other.json", "{\"schema\": 2}");
    refuses(&[&good, &other], &format!("{other}:1:13: missing field `environment`{expected}"));
    let newer = files.write("newer.json", "{\"schema\": 3, \"cases\": []}");
    refuses(
        &[&good, &newer],
        &format!("{newer}: is a report of schema 3; expected schema 2, which this ptyproof writes"),
    );
}

#[test]
fn fewer_than_two_reports_and_reports_with_nothing_in_common_are_refused() {
    let files = Files::new();
    let one = files.report("a.json", &of_kernel("6.1.0", vec![passed("a/b")]));
    let other = files.report("b.json", &of_kernel("6.1.0", vec![passed("a/c")]));
    refuses(&[&one], &format!("{one}: is one report; expected two or more, or --check"));
    refuses(
        &[&one, &other],
        &format!("{one}, {other}: no case is in two of them; expected reports of the same kind of target"),
    );
    let said = compare(&[]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    assert!(said.error.contains("<REPORT>..."), "{}", said.error);
    for flags in [["--check", "--fail-on-difference"], ["--baselines", "/"], ["--check", "--write-baselines=/"]] {
        let said = compare(&[&[one.as_str()], &flags[..]].concat());
        assert_eq!((said.status, said.output.as_str()), (Some(2), ""), "{flags:?}");
    }
}

#[test]
fn a_baseline_is_written_and_a_kernel_is_checked_with_it() {
    let files = Files::new();
    let directory = files.path("");
    let old = files.report("old.json", &whole("5.10.0-33-cloud-amd64", "old"));
    let new = files.report("new.json", &whole("6.12.1-cloud-amd64", "new"));
    // One after the other: what is there already stays.
    for (report, name) in [(&old, "linux-5.10-cloud.toml"), (&new, "linux-6.12-cloud.toml")] {
        let said = compare(&[report, "--write-baselines", &directory]);
        assert_eq!((said.status, said.error.as_str()), (Some(0), ""));
        assert_eq!(said.output, format!("{name}\n"));
    }
    let page = fs::read_to_string(files.path("KERNELS.md")).expect("it was written");
    let row = |behaviour: &str, kernels: &str| {
        let case = ptyproof_cases::kernel_cases()[0].id;
        format!("\n| `{case}` | `what it does` | `{behaviour}` | {kernels} |")
    };
    let history = row("old", "until 5.10-cloud") + &row("new", "since 6.12-cloud");
    assert!(page.contains(&history), "{page}");

    // What containers do there is no matter of the kernel's.
    let baseline = fs::read_to_string(files.path("linux-6.12-cloud.toml")).expect("it was written");
    assert!(!page.contains(OF_CONTAINERS) && !baseline.contains(OF_CONTAINERS), "{page}{baseline}");

    let check = |release, behaviour| {
        let report = files.report("run.json", &whole(release, behaviour));
        compare(&[&report, "--check", "--baselines", &directory])
    };
    assert_eq!(check("6.12.99-cloud-amd64", "new").status, Some(0));
    let changed = check("6.12.99-cloud-amd64", "old");
    assert_eq!(changed.status, Some(1));
    assert!(changed.output.contains("\n    baseline  new\n    this run  old: 1\n"), "{}", changed.output);
    let unknown = check("7.0.0", "old");
    assert_eq!(unknown.status, Some(0));
    assert!(unknown.output.contains("\n    6.12-cloud  new\n    this run    old: 1\n"), "{}", unknown.output);
}

#[test]
fn a_baseline_of_a_runtime_is_written_beside_those_of_kernels() {
    let files = Files::new();
    let directory = files.path("");
    let report = |version: &str, value: &str| {
        let cases = ptyproof_cases::container_cases();
        let mut results: Vec<CaseResult> = cases.iter().map(|case| passed(case.id)).collect();
        results[0] = shows(cases[0].id, "new", value);
        let mut report = of_kernel("6.1.0", results);
        report.target.profile = "default".to_owned();
        report.target.version = format!("some version {version}\nspec: 1.2");
        files.report(&format!("{version}.json"), &report)
    };
    let (old, new) = (report("1.9", "1"), report("1.10", "2"));
    let kernel = files.report("kernel.json", &whole("6.12.1-cloud-amd64", "new"));
    let said = compare(&[&old, &kernel, "--write-baselines", &directory]);
    assert_eq!((said.status, said.error.as_str()), (Some(0), ""));
    assert_eq!(said.output, "linux-6.12-cloud.toml\nruntimes/some-1.9.toml\n");
    assert_eq!(compare(&[&new, "--write-baselines", &directory]).output, "runtimes/some-1.10.toml\n");
    let page = fs::read_to_string(files.path("RUNTIMES.md")).expect("it was written");
    let case = ptyproof_cases::container_cases()[0].id;
    for row in ["`1` | until 1.9 |", "`2` | since 1.10 |"] {
        let row = format!("\n| `{case}` | `what it does` | {row}");
        assert!(page.contains(&row), "{page}");
    }
    let error = format!("{old} and {old}: are both of some 1.9; expected one report for each version");
    refuses(&[&old, &old, "--write-baselines", &directory], &error);
}

#[test]
fn what_makes_no_baseline_is_refused_and_nothing_is_written() {
    let files = Files::new();
    let directory = files.path("baselines");
    let good = files.report("good.json", &whole("6.1.0", "new"));
    refuses(&[&good, "--write-baselines", &directory], &format!("{directory}: No such file or directory (os error 2)"));
    fs::create_dir(&directory).expect("it can be made");
    let again = files.report("again.json", &whole("6.1.9", "new"));
    refuses(
        &[&good, &again, "--write-baselines", &directory],
        &format!("{good} and {again}: are both of Linux 6.1; expected one report for each kernel"),
    );
    let mut part = whole("6.1.0", "new");
    let left_out = part.selected.remove(0);
    let part = files.report("part.json", &part);
    refuses(
        &[&part, "--write-baselines", &directory],
        &format!("{part}: {left_out} was not selected; expected a report of all cases of the kernel"),
    );
    let mut runtime = whole("6.1.0", "new");
    runtime.target.path = "/bin/runtime".to_owned();
    runtime.target.profile = "default".to_owned();
    runtime.target.version = "runtime \u{1b}c1.0".to_owned();
    let runtime = files.report("runtime.json", &runtime);
    let message = format!(
        "{runtime}: tested was runtime \\u{{1b}}c1.0; expected a report of the bare kernel (run --target kernel)"
    );
    refuses(&[&runtime, "--check"], &message);
    let case = ptyproof_cases::container_cases()[0].id;
    let message = format!("{runtime}: {case} was not selected; expected a report of all cases of containers");
    refuses(&[&good, &runtime, "--write-baselines", &directory], &message);
    assert_eq!(fs::read_dir(&directory).expect("it is there").count(), 0);
}

#[test]
fn a_baseline_that_cannot_be_used_is_refused() {
    let files = Files::new();
    let report = files.report("a.json", &whole("6.1.0", "new"));
    let broken = files.write("linux-6.1.toml", "release = 1\n");
    let said = compare(&[&report, "--check", "--baselines", &files.path("")]);
    assert_eq!((said.status, said.output.as_str()), (Some(2), ""));
    let expected = format!("ptyproof: {broken}:1:11: invalid type");
    assert!(said.error.starts_with(&expected), "{}", said.error);
}
