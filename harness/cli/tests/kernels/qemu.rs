//! A qemu that is not there, or does not do its work.

use crate::bench::{Bench, Said};
use crate::interrupted::{Run, Signal};
use crate::{Body::Quick, Test};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("without_qemu_the_remedy_is_named", Quick(no_qemu)),
    ("a_qemu_that_dies_says_why", Quick(|| both_end("dies", &format!("qemu has ended: exit status 1, {REFUSAL}")))),
    (
        "a_qemu_that_is_killed_is_told_from_one_that_ends",
        Quick(|| {
            both_end("is-killed", "qemu has ended: killed by SIGKILL, standard error \"\"");
        }),
    ),
    (
        "a_qemu_that_prints_much_is_not_held_up",
        Quick(|| {
            // The first MiB is kept, and the end of that is shown.
            let left_out = 200 * 100_000 + "qemu-system-x86_64: the end\n".len() - (1 << 20);
            let shown = format!("\"...{}\" and {left_out} bytes more", "x".repeat(600));
            both_end("floods", &format!("qemu has ended: exit status 1, standard error {shown}"));
        }),
    ),
    ("a_panic_before_anything_else_is_a_verdict", Quick(panics)),
    ("github_is_told_of_all_kernels_together", Quick(github)),
    (
        "what_is_no_message_is_shown_escaped",
        Quick(|| {
            let error = "expected value at line 1 column 1";
            both_end("babbles", &format!("the guest said \"\\u{{1b}}[2J{{}}\", which is no message: {error}"));
        }),
    ),
    ("a_console_without_end_does_not_keep_a_run_from_ending", Quick(|| end("floods-console"))),
    ("a_silent_guest_does_not_keep_a_run_from_ending", Quick(|| end("hangs"))),
];

/// What a qemu says that dies.
pub const REFUSAL: &str = "standard error \"qemu-system-x86_64: -accel tcg: \\x1b[31mnot today\\x1b[m\"";

/// Runs two kernels in it: what happens to one must not keep the other.
fn run(fake: &str) -> Said {
    let bench = Bench::new();
    let image = bench.image();
    bench.run(bench.command(Some(fake)), &[&image, &image])
}

/// Until all are over, its runner obeys nothing.
fn github() {
    let bench = Bench::new();
    let image = bench.image();
    let mut command = bench.command(Some("panics"));
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", bench.path("summary.md"));
    let said = bench.run(command, &[&image, &image]);
    let (first, rest) = said.output.split_once('\n').expect("there are lines");
    let token = first.strip_prefix("::stop-commands::").expect("nothing is obeyed at first");
    let (before, told) = rest.split_once(&format!("\n::{token}::\n")).expect("and then again");
    assert!(!before.contains("\n::") && before.contains("survives-the-suite"), "{before}");
    let told: Vec<&str> = told.lines().collect();
    assert!(told.len() == 2 && told.iter().all(|line| line.starts_with("::error title=fail kernel-boot/")), "{told:?}");
    let summary = std::fs::read_to_string(bench.path("summary.md")).expect("it was written");
    assert_eq!(summary.matches("### ptyproof: ").count(), 2, "{summary}");
}

/// Without a path that leads to one.
fn no_qemu() {
    let bench = Bench::new();
    let mut command = bench.command(None);
    command.env("PATH", bench.path("nowhere"));
    bench.run(command, &[bench.image()]).refuses(
        3,
        "ptyproof: there is no qemu-system-x86_64 in the search path: install it (package qemu-system-x86, or \
         qemu-kvm); `ci/install-qemu` does so on Debian\n",
    );
}

/// Fails unless each of the two kernels ends with this.
#[track_caller]
fn both_end(fake: &str, how: &str) {
    let said = run(fake);
    // In any order.
    let mut lines: Vec<&str> = said.error.lines().collect();
    lines.sort_unstable();
    let mut expected = ["", "-2"].map(|number| format!("ptyproof: 0.0-fake{number}: {how}"));
    expected.sort_unstable();
    assert_eq!(lines, expected);
    assert_eq!(said.output, format!("0.0-fake    {how}\n0.0-fake-2  {how}\n"));
    assert_eq!(said.status, Some(3));
}

fn panics() {
    let said = run("panics");
    assert_eq!(said.error, "");
    for line in ["reason       the kernel panicked before the first case", "observed     fake"] {
        assert_eq!(said.output.matches(&format!("\n  {line}\n")).count(), 2, "{}", said.output);
    }
    assert_eq!(said.status, Some(1));
}

/// Ends a run while its qemu does that for ever.
fn end(fake: &str) {
    let bench = Bench::new();
    let image = bench.image();
    let mut command = bench.command(Some(fake));
    let said = Run::start(command.args([&image, &image]), 2).end(Signal::INT);
    let how = "the run was interrupted";
    for number in ["", "-2"] {
        assert!(said.error.contains(&format!("ptyproof: 0.0-fake{number}: {how}\n")), "{}", said.error);
    }
    assert_eq!(said.output, format!("0.0-fake    {how}\n0.0-fake-2  {how}\n"));
    assert_eq!(said.status, Some(3));
    bench.is_clean();
}
