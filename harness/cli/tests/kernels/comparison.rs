//! A change of a kernel's terminals would be seen: one kernel is booted twice, once with a sysctl that changes what its
//! terminals do, and the comparison shows exactly that; so does its baseline.

use crate::{Body::Boots, Test};
use crate::{bench::Bench, boots::places, image::Kernel};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("a_sysctl_that_changes_terminals_is_all_that_differs_between_two_boots", Boots(only_the_sysctl_differs)),
    ("a_kernel_that_does_something_else_than_its_baseline_has_failed", Boots(the_baseline_differs)),
];

/// One that shows whether TIOCSTI is there for those who lack CAP_SYS_ADMIN, and others that do not.
const CASES: &[&str] = &[
    "kernel-devpts/root-of-a-user-namespace-has-no-power-over-terminals",
    "kernel-jobs/background-fakes-input-without-a-signal",
    "kernel-size/*",
    "kernel-packets/*",
];

/// The report of a boot with that value, in which only a few cases are run.
fn report(bench: &Bench, kernel: &Kernel, value: &str) -> PathBuf {
    let reports = bench.path(value);
    let mut command = bench.command(None);
    command.arg("--modules").arg(&kernel.modules).arg("--reports").arg(&reports);
    command.args(["--sysctl", &format!("dev.tty.legacy_tiocsti={value}")]).arg(&kernel.image).arg("--").args(CASES);
    let guest = places(1);
    let said = bench.finish(command);
    drop(guest);
    assert_eq!(said.status, Some(0), "{}{}", said.output, said.error);
    json_of(&reports).expect("it was written")
}

/// The report for programs in a directory of reports.
pub fn json_of(reports: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(reports).ok()?;
    let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    files.find(|path| path.extension().is_some_and(|kind| kind == "json"))
}

fn only_the_sysctl_differs(kernel: &Kernel) {
    let bench = Bench::new();
    let (on, off) = std::thread::scope(|scope| {
        let on = scope.spawn(|| report(&bench, kernel, "1"));
        let off = report(&bench, kernel, "0");
        (on.join().expect("it does not panic"), off)
    });
    let mut command = bench.ptyproof("compare");
    command.args(["--json", "--fail-on-difference"]);
    command.args([on, off]);
    let said = bench.finish(command);
    let json: Value = serde_json::from_str(&said.output).expect("it is JSON");
    let differences = json["differences"].as_array().expect("a list");
    let cases: Vec<&Value> = differences.iter().map(|one| &one["case"]).collect();
    assert_eq!(cases, [&json!(CASES[0])], "{json:#}");
    assert_eq!(said.status, Some(1));
    bench.is_clean();
}

fn the_baseline_differs(kernel: &Kernel) {
    let bench = Bench::new();
    let mut command = bench.command(None);
    command.arg("--modules").arg(&kernel.modules);
    command.args(["--check", "--sysctl", "dev.tty.legacy_tiocsti=1"]);
    command.arg(&kernel.image).arg("--").args(CASES);
    let guest = places(1);
    let said = bench.finish(command);
    drop(guest);
    // An image of one's own may have no baseline, and then cannot fail; what differs is shown even so.
    let known = said.output.contains(", 1 difference from its baseline\n");
    let neighbour = said.output.contains(", 1 difference from its neighbour ");
    assert!(known || neighbour, "{}", said.output);
    let shown = "\n  explained by dev.tty.legacy_tiocsti: ";
    assert!(said.output.contains(shown), "{}", said.output);
    assert_eq!(said.status, Some(i32::from(known)), "{}", said.error);
    bench.is_clean();
}
