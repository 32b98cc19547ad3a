//! Bad input gets a clear verdict, no run outlives its deadlines, and the machine is as before.

mod fake;
mod interrupted;
mod machine;
mod ordinary_user;
#[path = "../said/mod.rs"]
mod said;
mod verdicts;

use libtest_mimic::{Arguments, Completion, Trial};
use machine::Machine;
use nix::fcntl::{Flock, FlockArg};
use nix::sys::stat::Mode;
use ptyproof_report::Report;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::{fs::File, sync::RwLock};
use tempfile::TempDir;

fn main() -> ExitCode {
    if let Some(status) = fake::act() {
        std::process::exit(status);
    }
    // What the tests make is for runs to use, whatever the umask of who starts them.
    nix::sys::stat::umask(Mode::from_bits_truncate(0o022));
    // One process of this binary at a time, also where a test runner starts one for each test.
    let lock = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("machine.lock")).expect("there is room");
    let _lock = Flock::lock(lock, FlockArg::LockExclusive).expect("it can be locked");
    let before = Machine::look();
    let root = nix::unistd::geteuid().is_root();
    let together = [verdicts::TESTS, interrupted::TESTS].concat().into_iter().map(|test| (test, false));
    let alone =
        [verdicts::ALONE, interrupted::ALONE, ordinary_user::ALONE].concat().into_iter().map(|test| (test, true));
    let trials = together.chain(alone).map(|((name, test), alone)| {
        Trial::ignorable_test(name, move || {
            if !root {
                return Ok(Completion::ignored_with("it looks at the whole machine, which needs root"));
            }
            let _turn = if alone { (Some(TURN.write()), None) } else { (None, Some(TURN.read())) };
            test();
            Ok(Completion::Completed)
        })
    });
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
    before.is_now();
    conclusion.exit_code()
}

/// Tests run side by side, but for those that must be alone. Of one that has panicked the others know nothing.
static TURN: RwLock<()> = RwLock::new(());

/// One test: it fails by panicking.
type Test = (&'static str, fn());

/// A place for a run's files, and one for the runtimes that it is given.
struct Bench {
    temporary: TempDir,
    programs: TempDir,
}

impl Bench {
    fn new() -> Self {
        // Below the target directory: a hard link to this binary must be possible.
        let place = env!("CARGO_TARGET_TMPDIR");
        Self {
            temporary: tempfile::tempdir().expect("a directory"),
            programs: tempfile::tempdir_in(place).expect("a directory"),
        }
    }

    fn install(&self, fake: &str) -> PathBuf {
        fake::install(fake, self.programs.path())
    }

    /// `ptyproof run` with these arguments, and this runtime where it is one.
    fn command(&self, arguments: &[&str], runtime: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ptyproof"));
        command.arg("run").args(arguments).arg("--runtime").arg(runtime);
        command.arg(format!("--report=json={}", self.programs.path().join("report.json").display()));
        command.env("TMPDIR", self.temporary.path());
        command
    }

    /// What the last run has written, if it came to that.
    fn report(&self) -> Option<Report> {
        let text = std::fs::read_to_string(self.programs.path().join("report.json")).ok()?;
        Some(Report::from_json(&text).expect("it is whole"))
    }

    /// Runs a case with a deadline of two seconds, and looks whether it was kept and the machine is as before.
    fn run(&self, runtime: &Path) -> Output {
        let mut command = self.command(&["console/is-the-terminal", "--timeout=2s"], runtime);
        let output = command.output().expect("ptyproof can be started");
        // The case's own time, without its waiting for a turn while others on this machine test, too. It is ended from
        // outside after four times the deadline, and after 40 s where nobody has heard of a deadline.
        if let Some(report) = self.report() {
            assert!(report.results[0].duration_ms < 20_000, "{} ms", report.results[0].duration_ms);
        }
        self.is_clean();
        output
    }

    fn is_clean(&self) {
        machine::nothing_is_left(self.temporary.path(), self.programs.path());
    }
}

/// Standard output, which must hold nothing that a terminal obeys.
fn text(stream: &[u8]) -> String {
    let text = String::from_utf8(stream.to_vec()).expect("it is UTF-8");
    let obeyed = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(obeyed, None, "{text:?}");
    text
}
