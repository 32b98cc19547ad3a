//! Where a test runs `ptyproof kernel`, and what came of it.

pub use crate::said::{Said, program};
use crate::said::{entries, processes_of};
use crate::{fake, image::header};
use std::path::PathBuf;
use std::{ffi::OsStr, fs, process::Command, time::Duration};
use tempfile::TempDir;

/// The one case that is run where it does not matter which.
pub const CASE: &str = "kernel-size/starts-without-a-size";

/// No test takes nearly as long: then the command hangs.
const DEADLINE: Duration = Duration::from_secs(100);

/// A place for files of a test, and one for those of the command, in which it must leave none.
pub struct Bench {
    files: TempDir,
    temporary: TempDir,
}

impl Bench {
    pub fn new() -> Self {
        // Below the target directory: a hard link to this binary must be possible.
        let place = env!("CARGO_TARGET_TMPDIR");
        Self {
            files: tempfile::tempdir_in(place).expect("a directory"),
            temporary: tempfile::tempdir().expect("a directory"),
        }
    }

    /// A file of the test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Puts a file there.
    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("there is room");
        path
    }

    /// Puts the image of a kernel there that nobody can boot.
    pub fn image(&self) -> PathBuf {
        self.file("vmlinuz", &header())
    }

    /// `ptyproof kernel --accel tcg`, still without images. There is no other qemu than the fake one, if any.
    pub fn command(&self, fake: Option<&str>) -> Command {
        let mut command = self.ptyproof("kernel");
        command.args(["--accel", "tcg"]);
        if let Some(fake) = fake {
            command.env("PATH", fake::install(fake, self.files.path()));
        }
        command
    }

    /// The program with a command.
    pub fn ptyproof(&self, verb: &str) -> Command {
        let mut command = Command::new(program());
        command.arg(verb).env("TMPDIR", self.temporary.path());
        command
    }

    /// Runs one case in each of the images.
    pub fn run(&self, mut command: Command, images: &[impl AsRef<OsStr>]) -> Said {
        command.args(images).args(["--", CASE]);
        let said = self.finish(command);
        self.is_clean();
        said
    }

    /// Runs a command to its end.
    pub fn finish(&self, command: Command) -> Said {
        let output = assert_cmd::Command::from_std(command).timeout(DEADLINE).output().expect("it can be started");
        Said::from(output)
    }

    /// Fails unless nothing is left of the command: no file, and no process that has one of the test's in its
    /// command line.
    pub fn is_clean(&self) {
        assert_eq!(entries(self.temporary.path()), Vec::<PathBuf>::new());
        assert_eq!(processes_of(self.files.path()), Vec::<String>::new());
    }
}
