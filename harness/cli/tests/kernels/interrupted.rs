//! Runs that are ended from outside, in the middle.

use crate::bench::{Bench, Said};
use crate::{Body::Boots, Test};
use crate::{boots::places, comparison::json_of, fake::QEMU, image::Kernel};
use nix::poll::PollFlags;
use ptyproof_harness::{deadline::Deadline, runner::clean_start};
use ptyproof_report::Report;
pub use rustix::process::Signal;
use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::{fs, os::fd::OwnedFd, os::unix::process::CommandExt, time::Duration};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("a_killed_run_leaves_nothing", Boots(killed)),
    ("an_interrupted_run_says_so_and_leaves_nothing", Boots(interrupted)),
    ("a_run_terminated_between_cases_tells_of_the_first_ones", Boots(terminated)),
];

/// What is waited for takes a second at most where nothing is wrong. Shorter than any deadline of the runs, which would
/// end them, too.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often it is looked whether there are processes: the kernel gives no event for that.
const LOOK: Duration = Duration::from_millis(20);

/// A run that goes on, and the machines in it.
pub struct Run {
    child: Child,
    own: OwnedFd,
    machines: Vec<OwnedFd>,
}

impl Run {
    /// Starts one, and waits until so many machines run.
    pub fn start(command: &mut Command, machines: usize) -> Self {
        // SAFETY: clean_start is async-signal-safe. Who runs in the background ignores SIGINT, which would be minded.
        let command = unsafe { command.pre_exec(clean_start) };
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started");
        let own = watch(child.id()).expect("it has just been started");
        let mut run = Self { child, own, machines: Vec::new() };
        let deadline = Deadline::after(PATIENCE);
        while run.machines.len() < machines {
            assert!(!deadline.is_over(), "{} machines run", run.machines.len());
            let ended = Deadline::after(LOOK).wait_for(&run.own, PollFlags::POLLIN);
            assert_eq!(ended, Ok(false), "it ends before its machines run");
            run.machines = machines_of(run.child.id());
        }
        run
    }

    /// Ends it by a signal. Fails unless it ends soon, and its machines with it.
    pub fn end(mut self, signal: Signal) -> Said {
        pidfd_send_signal(&self.own, signal).expect("it runs");
        ends(&self.own, "the run");
        for machine in &self.machines {
            ends(machine, "a machine");
        }
        let mut said = Said {
            status: self.child.wait().as_ref().ok().and_then(ExitStatus::code),
            output: String::new(),
            error: String::new(),
        };
        let streams = (self.child.stdout.take(), self.child.stderr.take());
        if let (Some(mut output), Some(mut error)) = streams {
            output.read_to_string(&mut said.output).expect("it is UTF-8");
            error.read_to_string(&mut said.error).expect("it is UTF-8");
        }
        said
    }
}

/// Nothing is left of a test that fails.
impl Drop for Run {
    fn drop(&mut self) {
        // Both can only fail for a process that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        for machine in &self.machines {
            let _ = pidfd_send_signal(machine, Signal::KILL);
        }
    }
}

/// Becomes readable when the process has ended, even if nobody waits for it.
fn watch(process: u32) -> Option<OwnedFd> {
    let process = Pid::from_raw(process.try_into().ok()?)?;
    pidfd_open(process, PidfdFlags::empty()).ok()
}

#[track_caller]
fn ends(process: &OwnedFd, what: &str) {
    let ended = Deadline::after(PATIENCE).wait_for(process, PollFlags::POLLIN);
    assert_eq!(ended, Ok(true), "{what} has not ended");
}

/// The children of a process that are called qemu by now.
fn machines_of(parent: u32) -> Vec<OwnedFd> {
    let processes = fs::read_dir("/proc").expect("the kernel has processes");
    let children = processes.flatten().filter_map(|entry| {
        let process = entry.file_name().into_string().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name in front may hold anything. proc_pid_stat(5)
        let (_, rest) = stat.rsplit_once(") ")?;
        let its_parent = rest.split(' ').nth(1)?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let program = line.split(|&byte| byte == 0).next()?;
        let is_machine = its_parent == parent.to_string() && program.ends_with(QEMU.as_bytes());
        is_machine.then(|| watch(process.parse().ok()?))?
    });
    children.collect()
}

/// Starts a run in so many guests.
fn start(bench: &Bench, kernel: &Kernel, guests: usize, arguments: &[&str]) -> Run {
    let mut command = bench.command(None);
    command.arg("--modules").arg(&kernel.modules).args(arguments);
    command.args(vec![&kernel.image; guests]).args(["--", "kernel-*"]);
    Run::start(&mut command, guests)
}

fn killed(kernel: &Kernel) {
    let bench = Bench::new();
    let _guests = places(2);
    let said = start(&bench, kernel, 2, &[]).end(Signal::KILL);
    assert_eq!((said.status, said.output, said.error), (None, String::new(), String::new()));
    // A run in guests has no directory on this machine, so there is nothing for the next one to remove.
    bench.is_clean();
}

fn interrupted(kernel: &Kernel) {
    let bench = Bench::new();
    let _guests = places(2);
    let said = start(&bench, kernel, 2, &[]).end(Signal::INT);
    assert_eq!(said.error.matches(": the run was interrupted\n").count(), 2, "{}", said.error);
    assert_eq!(said.output.matches("  the run was interrupted\n").count(), 2, "{}", said.output);
    assert_eq!(said.output.lines().count(), 2, "{}", said.output);
    assert_eq!(said.status, Some(3));
    bench.is_clean();
}

fn terminated(kernel: &Kernel) {
    let bench = Bench::new();
    let _guests = places(1);
    let reports = bench.path("reports");
    let mut run = start(&bench, kernel, 1, &["--reports", reports.to_str().expect("it is UTF-8")]);
    let mut output = BufReader::new(run.child.stdout.take().expect("it is a pipe"));
    // The title, and the first result.
    let mut said = String::new();
    for _ in 0..2 {
        output.read_line(&mut said).expect("it is UTF-8");
    }
    let end = run.end(Signal::TERM);
    output.read_to_string(&mut said).expect("it is UTF-8");
    assert_eq!(end.error, "");
    let last = said.lines().last().unwrap_or_default();
    assert!(last.starts_with("cut short after ") && last.contains(" pass; "), "{said}");
    assert_eq!(end.status, Some(3), "{said}");
    let report = Report::read(&json_of(&reports).expect("it was written")).expect("it is whole");
    assert!(report.interrupted && !report.results.is_empty(), "{said}");
    bench.is_clean();
}
