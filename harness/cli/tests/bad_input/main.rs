//! Bad input gets a clear verdict, no run outlives its deadlines, and the machine is as before.

mod fake;
mod interrupted;
mod machine;
mod ordinary_user;
mod verdicts;

use fake::Fake;
use libtest_mimic::{Arguments, Completion, Trial};
use machine::Before;
use ptyproof_report::Report;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::Instant;
use tempfile::TempDir;

fn main() -> ExitCode {
    if let Some(fake) = Fake::of_this_process() {
        std::process::exit(fake.act());
    }
    let root = nix::unistd::geteuid().is_root();
    let tests = [verdicts::TESTS, interrupted::TESTS, ordinary_user::TESTS].concat();
    let trials = tests.into_iter().map(|(name, test)| {
        Trial::ignorable_test(name, move || {
            if !root {
                return Ok(Completion::ignored_with("it looks at the whole machine, which needs root"));
            }
            test();
            Ok(Completion::Completed)
        })
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// One test: it fails by panicking.
type Test = (&'static str, fn());

/// A place for a run's files, and one for the runtimes that it is given.
struct Bench {
    before: Before,
    temporary: TempDir,
    programs: TempDir,
}

impl Bench {
    fn new() -> Self {
        // Below the target directory: a hard link to this binary must be possible.
        let place = env!("CARGO_TARGET_TMPDIR");
        Self {
            before: Before::look(),
            temporary: tempfile::tempdir().expect("a directory"),
            programs: tempfile::tempdir_in(place).expect("a directory"),
        }
    }

    fn install(&self, fake: Fake) -> PathBuf {
        fake.install(self.programs.path())
    }

    /// `ptyproof run console/is-the-terminal --runtime PATH`, still without further flags.
    fn command(&self, runtime: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ptyproof"));
        command.args(["run", "console/is-the-terminal", "--runtime"]).arg(runtime).env("TMPDIR", self.temporary.path());
        command
    }

    /// Runs with a deadline of two seconds, and looks whether it was kept and the machine is as before.
    fn run(&self, runtime: &Path) -> Output {
        let path = self.programs.path().join("report.json");
        let began = Instant::now();
        let output = self
            .command(runtime)
            .args(["--timeout", "2s", "--report"])
            .arg(format!("json={}", path.display()))
            .output()
            .expect("ptyproof can be started");
        // The case's own time, without its waiting for a turn while others on this machine test, too; twice the
        // time when it is ended from outside, and some for ending what it started.
        let took = match std::fs::read_to_string(&path) {
            Ok(text) => Report::from_json(&text).expect("it is whole").results[0].duration_ms,
            Err(_) => began.elapsed().as_millis().try_into().expect("it is short"),
        };
        assert!(took < 9_000, "{took} ms");
        self.is_clean();
        output
    }

    fn is_clean(&self) {
        self.before.is_now(self.temporary.path(), self.programs.path());
    }
}

/// Standard output, which must hold nothing that a terminal obeys.
fn text(stream: &[u8]) -> String {
    let text = String::from_utf8(stream.to_vec()).expect("it is UTF-8");
    let obeyed = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(obeyed, None, "{text:?}");
    text
}
