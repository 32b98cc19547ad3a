//! Which cases are run, in which order, against what.

use super::said::{Said, ptyproof};
use super::{CASE, known_to_fail, path};
use ptyproof_report::Report;
use std::collections::BTreeSet;
use std::fs;

pub const TESTS: &[(&str, fn())] = &[
    ("only_what_was_not_as_expected_is_run_again", only_what_was_not_as_expected_is_run_again),
    ("slices_together_are_all", slices_together_are_all),
    ("a_shuffled_run_begins_in_another_order", a_shuffled_run_begins_in_another_order),
    ("several_targets_end_with_the_matrix", several_targets_end_with_the_matrix),
    ("the_first_target_that_fails_ends_a_fast_run", the_first_target_that_fails_ends_a_fast_run),
];

/// On the kernel and in containers alike.
const BOTH: &str = "line-discipline/line-read-byte-by-byte";

fn report(path: &str) -> Report {
    Report::from_json(&fs::read_to_string(path).expect("it was written")).expect("it is a report")
}

fn selected(path: &str) -> Vec<String> {
    report(path).selected.iter().map(ToString::to_string).collect()
}

fn only_what_was_not_as_expected_is_run_again() {
    let directory = tempfile::tempdir().expect("a directory");
    let [file, first, second] = ["known.toml", "1.json", "2.json"].map(|name| path(&directory, name));
    fs::write(&file, known_to_fail(BOTH)).expect("it can be written");
    let kernel = ["run", "--target", "kernel", "line-discipline/line-*"];
    let to = format!("json={first}");
    let said = ptyproof(&[&kernel[..], &["--expect", &file, "--report", &to]].concat());
    assert_eq!(said.status, Some(1), "{}", said.output);
    assert!(selected(&first).len() > 1);
    // Of the kernel again, though nothing says so.
    let to = format!("json={second}");
    let said = ptyproof(&["run", "--rerun", &first, "--report", &to]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    assert_eq!(selected(&second), [BOTH]);
    assert!(report(&second).target.is_kernel());
    let mut booted = report(&first);
    (booted.target.path, booted.target.sha256) = ("boot/vmlinuz".to_owned(), "5a".repeat(32));
    let third = path(&directory, "3.json");
    fs::write(&third, booted.to_json().expect("it can be written")).expect("it can be written");
    let said = ptyproof(&["run", "--rerun", &third]);
    assert_eq!(said.status, Some(2));
    assert!(
        said.error.contains("is a report of the kernel that boot/vmlinuz is or reaches; add --target kernel --via,")
    );
    let said = ptyproof(&["run", "--rerun", &second]);
    assert_eq!((said.status, said.output.as_str()), (Some(4), ""));
    assert!(said.error.contains("2.json: nothing of what is selected was other than expected there"), "{}", said.error);
}

fn slices_together_are_all() {
    let directory = tempfile::tempdir().expect("a directory");
    let slice = |partition: &[&str]| {
        let to = path(&directory, "r.json");
        let report = format!("json={to}");
        let said =
            ptyproof(&[&["run", "--target", "kernel", "kernel-ioctl/", "--report", &report], partition].concat());
        assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
        selected(&to)
    };
    let all = slice(&[]);
    let slices = [slice(&["--partition", "1/2"]), slice(&["--partition=2/2"])];
    assert!(slices.iter().all(|slice| !slice.is_empty() && slice.len() < all.len()));
    assert_eq!(slices[0].len() + slices[1].len(), all.len());
    assert_eq!(slices.concat().iter().collect::<BTreeSet<_>>(), all.iter().collect());
}

fn a_shuffled_run_begins_in_another_order() {
    let order = |arguments: &[&str]| {
        let Said { status, output, error } =
            ptyproof(&[&["run", "console/", "--jobs", "1", "--report", "json=-"], arguments].concat());
        assert_eq!(status, Some(0), "{error}");
        let lines = error.lines().filter_map(|line| Some(line.strip_prefix("pass    ")?.split_once(' ')?.0.to_owned()));
        let report = Report::from_json(&output).expect("it is a report");
        let ids: Vec<String> = report.results.iter().map(|result| result.id.to_string()).collect();
        (lines.collect::<Vec<_>>(), ids)
    };
    let (plain, (one, reported), (same, _)) = (order(&[]), order(&["--shuffle", "7"]), order(&["--shuffle=7"]));
    assert_ne!(plain.0, one);
    assert_eq!(one, same);
    // Whatever the order, a report has that of the suite.
    assert_eq!(plain.1, reported);
}

fn several_targets_end_with_the_matrix() {
    let directory = tempfile::tempdir().expect("a directory");
    let reports = path(&directory, "new") + "/";
    let page = path(&directory, "page.html");
    let to = format!("json={reports},html={page}");
    let said = ptyproof(&["run", BOTH, "--target", "runtime", "--target=kernel", "--report", &to]);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    let mut names: Vec<_> = super::said::entries(reports.as_ref());
    names.sort();
    let of: Vec<Report> = names.iter().map(|path| report(path.to_str().expect("UTF-8"))).collect();
    assert_eq!(of.iter().map(|report| report.target.is_kernel()).collect::<Vec<_>>(), [true, false]);
    assert!(names[1].ends_with("ptyrun-0.1.0.json"), "{names:?}");
    // Of all of them, there is one page.
    assert!(fs::read_to_string(page).expect("it was written").contains("ptyrun 0.1.0"));
    assert_eq!(said.output.matches(&format!("pass    {BOTH}")).count(), 2, "{}", said.output);
    let (_, matrix) = said.output.split_once("\n2 targets by 1 area\n").expect("it ends with the matrix");
    assert!(matrix.contains("line-discipline     1"), "{matrix}");
}

fn the_first_target_that_fails_ends_a_fast_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = path(&directory, "known.toml");
    fs::write(&file, known_to_fail(CASE)).expect("it can be written");
    let said = ptyproof(&["run", CASE, "--fail-fast", "--expect", &file, "--target", "runtime"]);
    assert_eq!((said.status, said.error.as_str()), (Some(1), ""));
    fs::write(&file, known_to_fail(BOTH)).expect("it can be written");
    let said = ptyproof(&["run", BOTH, "--fail-fast", "--expect", &file, "--target=runtime", "--target=kernel"]);
    assert_eq!(
        (said.status, said.error.as_str()),
        (Some(1), "ptyproof: --fail-fast: 1 further target was not tried\n")
    );
}
