//! Runs that are ended from outside.

use crate::machine::{entries, eventually, processes_of};
use crate::{Bench, Test, text};
use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
use nix::sys::signal::{SigHandler, Signal, kill, signal as handle};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use rustix::process::{self, PidfdFlags, pidfd_open};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};

/// The tests of this file.
pub const TESTS: &[Test] = &[
    ("an_interrupted_run_reports_and_leaves_nothing", || ended_by(Signal::SIGINT)),
    ("a_terminated_run_reports_and_leaves_nothing", || ended_by(Signal::SIGTERM)),
    ("what_a_killed_run_leaves_the_next_one_removes", killed),
];

/// Any run puts back what one that was killed has changed on the machine, and tells it.
pub const ALONE: &[Test] = &[("what_a_killed_run_has_changed_the_next_one_puts_back", killed_while_disturbing)];

/// A run in the middle of a case: the runtime hangs in a cgroup of its own.
fn hanging(bench: &Bench) -> Child {
    let runtime = bench.install("hangs");
    let fifo = bench.programs.path().join("started");
    mkfifo(&fifo, Mode::S_IRWXU).expect("it can be made");
    // Without O_NONBLOCK this would wait for the other side for ever.
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let started = open(&fifo, flags, Mode::empty()).expect("it is there");
    let mut command = bench.command(&["console/is-the-terminal", "--timeout=60s"], &runtime);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("ptyproof can be started");
    let mut watched = [PollFd::new(started.as_fd(), PollFlags::POLLIN)];
    let came = poll(&mut watched, PollTimeout::from(30_000u16));
    assert_eq!(came, Ok(1), "the runtime was not called");
    child
}

fn signal(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).expect("it runs");
}

fn ended_by(how: Signal) {
    // Who is started by a shell in the background ignores interrupts, and so does all that it starts: ptyproof minds that.
    // SAFETY: the default action runs no code of this process.
    unsafe { handle(how, SigHandler::SigDfl) }.expect("it can be set");
    let bench = Bench::new();
    let child = hanging(&bench);
    signal(&child, how);
    let output = child.wait_with_output().expect("it ends");
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let last = said.lines().last().expect("there is a last line");
    assert!(last.starts_with("cut short after 0 of 1 cases: no result; "), "{said}");
    assert_eq!(text(&output.stderr), "");
    let report = bench.report().expect("it was written");
    assert!(report.interrupted && report.results.is_empty());
    bench.is_clean();
}

fn killed() {
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
    let output = bench.run(&bench.install("does-nothing"));
    assert_eq!(output.status.code(), Some(1));
    assert!(!left[0].exists());
}

/// A run that may change settings of the machine, stopped while it has written down what they were.
fn disturbing(bench: &Bench) -> Child {
    let devices = std::path::Path::new("/dev");
    let watch = Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).expect("the kernel has inotify");
    watch.add_watch(devices, AddWatchFlags::IN_MODIFY).expect("it is there");
    let record = devices.join("ptyproof-settings");
    let holds = || std::fs::read(&record).is_ok_and(|text| !text.is_empty());
    // One that was faster has put everything back, and the next one is tried.
    loop {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ptyproof"))
            .args(["run", "kernel-devpts/kernel-pty-max-is-for-the-machine", "--target", "kernel", "--disturb"])
            .env("TMPDIR", bench.temporary.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("ptyproof can be started");
        let end = pidfd_open(process::Pid::from_child(&child), PidfdFlags::empty()).expect("it is ours");
        while !holds() && child.try_wait().expect("it is ours").is_none() {
            let mut watched = [watch.as_fd(), end.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
            assert_ne!(poll(&mut watched, PollTimeout::from(60_000u16)), Ok(0), "nothing happens");
            // Whatever they say, the record is looked at again.
            let _ = watch.read_events();
        }
        if child.try_wait().expect("it is ours").is_none() {
            signal(&child, Signal::SIGSTOP);
            if holds() {
                return child;
            }
            signal(&child, Signal::SIGKILL);
            child.wait().expect("it ends");
        }
    }
}

fn killed_while_disturbing() {
    // A run of somebody else's may be the next one, and put it back instead; with so many neighbours nobody is lucky each time.
    const TRIES: usize = 20;
    assert!(
        (0..TRIES).any(|_| is_put_back_and_told()),
        "no run has told that it puts back what another one has changed"
    );
}

/// Kills a run amid a change, and makes another one. The setting must be as it was then; whether it was this run that says so.
fn is_put_back_and_told() -> bool {
    let bench = Bench::new();
    let setting = "/proc/sys/dev/tty/ldisc_autoload";
    let read = || std::fs::read_to_string(setting).expect("Linux 5.1 and later have it").trim_end().to_owned();
    let before = read();
    let other = if before == "1" { "0" } else { "1" };
    let mut child = disturbing(&bench);
    // In the place of its case, which may have put back already what it has changed itself.
    std::fs::write(setting, other).expect("root may");
    signal(&child, Signal::SIGKILL);
    child.wait().expect("it ends");
    for left in entries(bench.temporary.path()) {
        let run = left.file_name().expect("it has a name").to_owned();
        assert!(eventually(|| processes_of(run.as_ref()).is_empty() && cgroups_of(&run) == 0));
    }
    let output = bench.run(&bench.install("does-nothing"));
    assert_eq!(read(), before);
    let told = format!("ptyproof: of a run that was killed: {setting} was {before} and became {other}: put back\n");
    text(&output.stderr).ends_with(&told)
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
