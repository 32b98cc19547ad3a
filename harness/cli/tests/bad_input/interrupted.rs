//! Runs that are ended from outside.

use crate::fake::Fake;
use crate::machine::{entries, eventually, processes_of};
use crate::{Bench, Test, text};
use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, Signal, kill, signal as handle};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use ptyproof_report::Report;
use serial_test::file_serial;
use std::os::fd::AsFd;
use std::process::{Child, Stdio};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("an_interrupted_run_reports_and_leaves_nothing", an_interrupted_run_reports_and_leaves_nothing),
    ("a_terminated_run_reports_and_leaves_nothing", a_terminated_run_reports_and_leaves_nothing),
    ("what_a_killed_run_leaves_the_next_one_removes", what_a_killed_run_leaves_the_next_one_removes),
];

/// A run in the middle of a case: the runtime hangs in a cgroup of its own.
fn hanging(bench: &Bench) -> Child {
    let runtime = bench.install(Fake::Hangs);
    let fifo = bench.programs.path().join("started");
    mkfifo(&fifo, Mode::S_IRWXU).expect("it can be made");
    // Without O_NONBLOCK this would wait for the other side for ever.
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let started = open(&fifo, flags, Mode::empty()).expect("it is there");
    let report = bench.programs.path().join("report.json");
    let child = bench
        .command(&runtime)
        .args(["--timeout", "60s", "--report"])
        .arg(format!("json={}", report.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("ptyproof can be started");
    let mut watched = [PollFd::new(started.as_fd(), PollFlags::POLLIN)];
    let came = poll(&mut watched, PollTimeout::from(30_000u16));
    assert_eq!(came, Ok(1), "the runtime was not called");
    child
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).expect("it runs");
}

/// Who is started by a shell in the background ignores interrupts, and so does all that it starts: ptyproof minds that.
fn heed(how: Signal) {
    // SAFETY: the default action runs no code of this process.
    unsafe { handle(how, SigHandler::SigDfl) }.expect("it can be set");
}

fn ended_by(how: Signal) {
    heed(how);
    let bench = Bench::new();
    let child = hanging(&bench);
    signal(&child, how);
    let output = child.wait_with_output().expect("it ends");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let last = said.lines().last().expect("there is a last line");
    assert!(last.starts_with("cut short after 0 of 1 cases: no result; "), "{said}");
    assert_eq!(text(&output.stderr), "");
    let report = std::fs::read_to_string(bench.programs.path().join("report.json"));
    let report = Report::from_json(&report.expect("it was written")).expect("it is whole");
    assert!(report.interrupted && report.results.is_empty());
    bench.is_clean();
}

#[file_serial(machine)]
fn an_interrupted_run_reports_and_leaves_nothing() {
    ended_by(Signal::SIGINT);
}

#[file_serial(machine)]
fn a_terminated_run_reports_and_leaves_nothing() {
    ended_by(Signal::SIGTERM);
}

#[file_serial(machine)]
fn what_a_killed_run_leaves_the_next_one_removes() {
    let bench = Bench::new();
    let mut child = hanging(&bench);
    signal(&child, Signal::SIGKILL);
    child.wait().expect("it ends");
    // Its processes die with it, all by themselves.
    assert!(eventually(|| processes_of(bench.programs.path()).is_empty()));
    let left = entries(bench.temporary.path());
    assert_eq!(left.len(), 1, "a run directory is left");
    let name = left[0].file_name().expect("it has a name").to_owned();
    assert!(eventually(|| cgroups_of(&name) == 0), "cgroups are left");
    std::fs::remove_file(bench.programs.path().join("started")).expect("it is there");
    let output = bench.run(&bench.install(Fake::DoesNothing));
    assert_eq!(output.status.code(), Some(1));
    assert!(!left[0].exists());
}

/// Cgroups of the run of that name, in whichever hierarchy they are mounted here.
fn cgroups_of(run: &std::ffi::OsStr) -> usize {
    let run = run.to_string_lossy().into_owned();
    let root = std::path::Path::new("/sys/fs/cgroup");
    let places = [root.to_owned(), root.join("unified")];
    let places = places.iter().filter(|place| place.is_dir());
    let found = places.flat_map(|place| entries(place));
    found.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&run))).count()
}
