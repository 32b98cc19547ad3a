//! Baselines from report to file to check to page.

use super::*;
use crate::comparison::test_reports::{ended, injection, kernel, passed, recorded, runtime, shows, with};
use crate::comparison::{Aspect, Explanations};
use crate::{CaseResult, test_results::golden};

const LINE: &str = "read after an exactly filled line";

fn line(behaviour: &str) -> CaseResult {
    shows("kernel-line/exactly-filled", LINE, behaviour, "Ok(0)")
}

fn most(value: &str) -> CaseResult {
    recorded("kernel-limit/most", "most | bytes", value)
}

fn report(release: &str, behaviour: &str, most_bytes: &str, injected: CaseResult) -> Report {
    let results = [line(behaviour), most(most_bytes), injected, passed("kernel-size/none")];
    with(kernel(release), &results)
}

fn good() -> CaseResult {
    injection(Verdict::Pass, "")
}

fn bad() -> CaseResult {
    injection(Verdict::Fail, "Err(EIO)\u{1b}[31m")
}

fn known() -> Baselines {
    let mut all = Baselines::default();
    for report in [
        report("5.10.209-1-cloud-amd64", "old", "4095", good()),
        report("5.18.0", "broken", "4095", good()),
        report("6.2.1", "new", "4096", bad()),
        report("6.18.44", "new", "4096", good()),
    ] {
        all.add(Baseline::of(&report).expect("a baseline")).expect("a name");
    }
    all
}

fn check(report: &Report) -> Check {
    let explanations = r#"
        [[explains]]
        setting = "dev.tty.legacy_tiocsti"
        covers = ["MS-02"]
        because = "where it is 0, TIOCSTI is refused"
    "#;
    let explanations = Explanations::parse("x", explanations).expect("well-formed");
    known().check(report, &explanations).expect("it is one of a kernel")
}

#[test]
fn golden_file() {
    let files = known().files().expect("they can be written");
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["linux-5.10-cloud.toml", "linux-5.18.toml", "linux-6.2.toml", "linux-6.18.toml", "KERNELS.md"]);
    golden("baseline.toml", &files[2].1);
}

#[test]
fn golden_page() {
    golden("kernels.md", &known().page());
}

#[test]
fn what_is_written_is_read_and_nothing_else_is_left() {
    let directory = tempfile::tempdir().expect("a directory");
    known().write(directory.path()).expect("it can be written");
    assert_eq!(Baselines::read(directory.path()).expect("they are well-formed"), known());
    let entries = std::fs::read_dir(directory.path()).expect("it can be listed");
    assert_eq!(entries.count(), 5);
}

#[test]
fn a_known_kernel_that_is_as_before_passes_whatever_its_build() {
    let check = check(&report("6.18.50", "new", "4096", good()));
    assert_eq!((check.fails(), check.against.as_ref()), (false, Some(&Against::Itself)));
    assert_eq!(check.text(), "Linux 6.18: 4 cases, all as its baseline says\n");
}

#[test]
fn a_known_failure_of_a_known_kernel_is_as_before() {
    assert_eq!(check(&report("6.2.9", "new", "4096", bad())).differences, []);
    let other = injection(Verdict::Fail, "Err(EPERM)");
    assert!(check(&report("6.2.9", "new", "4096", other)).fails());
}

#[test]
fn a_known_kernel_that_shows_something_else_fails_with_the_differences() {
    let mut report = report("6.18.50", "broken", "2048", bad());
    for (name, value) in [("dev.tty.legacy_tiocsti", "0"), ("kernel.pty.max", "64")] {
        let sysctls = &mut report.environment.sysctls;
        sysctls.insert(name.to_owned(), value.to_owned());
    }
    let check = check(&report);
    assert!(check.fails());
    golden("check-that-fails.txt", &check.text());
}

#[test]
fn a_case_that_the_baseline_says_nothing_of_passes_and_shows_nothing() {
    let mut results = vec![passed("kernel-new/passes")];
    let as_before = with(kernel("6.18.44"), &results);
    assert_eq!(check(&as_before).differences, []);
    results.push(shows("kernel-new/shows", "what", "new", "1"));
    results.push(ended("kernel-new/fails", Verdict::Fail, "what", "1"));
    let check = check(&with(kernel("6.18.44"), &results));
    let aspects = check.differences.iter().flat_map(|one| &one.points);
    let aspects: Vec<&Aspect> = aspects.map(|point| &point.aspect).collect();
    assert_eq!(aspects, [&Aspect::Shows("what".to_owned()), &Aspect::Verdict]);
}

#[test]
fn a_recorded_value_that_is_gone_is_a_difference_and_a_case_that_was_not_selected_is_none() {
    let gone = with(kernel("6.18.44"), &[passed("kernel-limit/most")]);
    assert_eq!(check(&gone).differences.len(), 1);
    assert_eq!(check(&with(kernel("6.18.44"), &[])).differences.len(), 0);
}

#[test]
fn an_unknown_kernel_is_compared_with_its_nearest_neighbour_and_does_not_fail() {
    let neighbour = |release: &str| {
        let check = check(&report(release, "new", "4095", good()));
        assert!(!check.fails());
        match check.against {
            Some(Against::Neighbour(name)) => name,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(neighbour("7.0.1"), "6.18");
    assert_eq!(neighbour("6.3.1"), "6.2");
    assert_eq!(neighbour("2.6.32"), "5.10-cloud");
    // As far from 5.18 as from 6.2.
    assert_eq!(neighbour("6.0.1"), "5.18");
    // The same version of another distribution.
    assert_eq!(neighbour("6.18.44-generic"), "6.18");
    let check = check(&report("6.19.0", "new", "4095", good()));
    assert!(
        check.text().starts_with(
            "Linux 6.19: 4 cases; it has no baseline, 1 difference from its neighbour 6.18\n\nkernel-limit/most\n"
        ),
        "{}",
        check.text()
    );
}

#[test]
fn of_two_neighbours_the_one_of_the_same_flavour_is_nearer() {
    let mut all = known();
    let cloud = report("5.18.0-1-cloud-amd64", "new", "1", good());
    all.add(Baseline::of(&cloud).expect("a baseline")).expect("a name");
    let unknown = with(kernel("5.17.0-3-cloud-amd64"), &[]);
    let check = all.check(&unknown, &Explanations::default()).expect("a kernel");
    assert_eq!(check.against, Some(Against::Neighbour("5.18-cloud".to_owned())));
}

#[test]
fn a_kernel_that_is_called_something_else_is_nobodys_neighbour_and_none_of_a_series() {
    let mut all = known();
    let mut other = report("5.17.0", "new", "1", good());
    other.target.called = Some("other".to_owned());
    let of = |all: &Baselines, report: &Report| all.check(report, &Explanations::default()).expect("a kernel").against;
    assert_eq!(of(&all, &other), Some(Against::Neighbour("5.18".to_owned())));
    all.add(Baseline::of(&other).expect("a baseline")).expect("a name");
    assert_eq!(of(&all, &other), Some(Against::Itself));
    let unknown = with(kernel("5.17.0"), &[]);
    assert_eq!(of(&all, &unknown), Some(Against::Neighbour("5.18".to_owned())));
    let page = all.page();
    assert!(page.contains("| `1` | other-5.17 |\n"), "{page}");
    assert!(!page.contains("until other-5.17") && !page.contains("since other-5.17"), "{page}");
}

#[test]
fn without_any_baseline_that_is_said() {
    let report = report("6.18.44", "new", "1", good());
    let check = Baselines::default().check(&report, &Explanations::default()).expect("a kernel");
    assert!(!check.fails());
    assert_eq!(check.text(), "Linux 6.18: there is no baseline to compare 4 cases with\n");
}

#[test]
fn what_makes_no_baseline_is_refused() {
    let refused = |report: &Report| Baseline::of(report).expect_err("it is refused").to_string();
    assert_eq!(
        refused(&runtime("some 1.0 \u{9b}31m\nmore", "6.1.0")),
        "tested was some 1.0 \\u{9b}31m; expected a report of the bare kernel (run --target kernel)"
    );
    let mut of_a_machine = kernel("6.1.0");
    of_a_machine.target.sha256 = String::new();
    assert_eq!(
        refused(&of_a_machine),
        "tested was the kernel of a machine; expected one that was booted for it (ptyproof kernel IMAGE), or that has a name \
         (run --target kernel --via COMMAND --as NAME)"
    );
    of_a_machine.target.called = Some("gvisor".to_owned());
    assert_eq!(Baseline::of(&of_a_machine).expect("a baseline").name().expect("a name").file(), "gvisor-6.1.toml");
    let mut interrupted = kernel("6.1.0");
    interrupted.interrupted = true;
    assert_eq!(refused(&interrupted), "the run was interrupted; expected a report of all cases");
    assert_eq!(
        refused(&kernel("\u{1b}c")),
        "the kernel's release is \"\\u{1b}c\"; expected one that begins with MAJOR.MINOR"
    );
}

#[test]
fn a_page_cannot_be_broken_by_what_is_in_a_baseline() {
    let mut all = Baselines::default();
    let hostile = report("6.18.44-`x", "``\n| x |\n# y<script>", "`", good());
    all.add(Baseline::of(&hostile).expect("a baseline")).expect("a name");
    let page = all.page();
    let row = "\n| `kernel-line/exactly-filled` | `read after an exactly filled line` | \
               ``` ``\\n\\| x \\|\\n# y<script> ``` | all |\n";
    assert!(page.contains(row), "{page}");
    assert!(page.contains("| `` ` `` | all |\n"), "{page}");
    assert!(page.contains("\n| 6.18-x | `` 6.18.44-`x `` | `x86_64` |\n"), "{page}");
}

#[test]
fn a_file_that_is_no_baseline_is_named() {
    let error = |name: &str, text: &str| {
        let error = Baselines::parse([(name, text)]).expect_err("it is none");
        error.to_string()
    };
    assert_eq!(
        error("x/linux-6.1.toml", &FILE.replace("6.2.1", "6.3.1")),
        "x/linux-6.1.toml: is of Linux 6.3.1; expected its name to be linux-6.3.toml"
    );
    let unknown = error("a.toml", &format!("colour = 1\n{FILE}"));
    assert!(unknown.starts_with("a.toml:1:1: "), "{unknown}");
    assert!(unknown.contains("unknown field `colour`"), "{unknown}");
}

const FILE: &str = include_str!("../../tests/golden/baseline.toml");
