//! The file of `--pid-file`, by which a runtime tells the id of a process.

use crate::{container::ContainerError, deadline::Deadline, pidfd::pidfd};
use nix::{errno::Errno, fcntl::OFlag, poll::PollFlags};
use ptyproof_report::escaped;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{fs::File, os::fd::OwnedFd, os::unix::fs::OpenOptionsExt, time::Duration};

/// The path of such a file. Whatever a runtime puts there is read as little as is needed to tell it from a number.
#[derive(Clone, Debug)]
pub(super) struct PidFile(PathBuf);

/// More than any process id needs.
const LONGEST: u64 = 64;

impl PidFile {
    pub fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The id of a process that is not the harness's own.
    pub fn pid(&self) -> Result<i32, ContainerError> {
        let found = |found: String| ContainerError::Wrong {
            what: "the file of --pid-file".to_owned(),
            expected: "a process id",
            observed: found,
        };
        let text = self.start().map_err(|error| found(error.to_string()))?;
        let digits = std::str::from_utf8(text.trim_ascii()).ok();
        let number = digits.and_then(|digits| digits.parse::<i32>().ok());
        let pid = number.filter(|&pid| pid > 0).ok_or_else(|| found(format!("\"{}\"", escaped(&text))))?;
        // The worker and the init of its PID namespace, which were there before the runtime was called.
        if pid == 1 || pid == nix::unistd::getpid().as_raw() {
            return Err(found(format!("{pid}, which is the process that called the runtime, or its parent")));
        }
        Ok(pid)
    }

    /// A FIFO in its place has nobody who writes, and must not be waited for.
    fn start(&self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        let file = File::options().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(&self.0)?;
        file.take(LONGEST).read_to_end(&mut text)?;
        Ok(text)
    }

    /// Becomes readable when the process ends. pidfd_open(2).
    pub fn end_event(&self) -> Result<OwnedFd, ContainerError> {
        let pid = self.pid()?;
        pidfd(pid).map_err(|errno| match errno {
            Errno::ESRCH => ContainerError::Ended { pid },
            errno => ContainerError::setup("watching the process of", &self.0)(errno),
        })
    }

    /// Waits until the process has ended; whether it did in time.
    pub fn ends(&self, patience: Duration) -> Result<bool, ContainerError> {
        let event = match self.end_event() {
            Ok(event) => event,
            Err(ContainerError::Ended { .. }) => return Ok(true),
            Err(error) => return Err(error),
        };
        Deadline::after(patience)
            .wait_for(event, PollFlags::POLLIN)
            .map_err(ContainerError::setup("waiting for the process of", &self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_process_id_is_told_as_it_is() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("pid");
        let said = |content: &[u8]| {
            std::fs::write(&path, content).expect("it can be written");
            PidFile::at(path.clone()).pid().map_err(|error| error.to_string())
        };
        assert_eq!(said(b" 4711\n"), Ok(4711));
        let own = nix::unistd::getpid().to_string();
        for wrong in ["", "0", "-1", "99999999999", "7 8", "\u{1b}[2J", "1", &own] {
            let told = said(wrong.as_bytes()).expect_err(wrong);
            assert!(told.starts_with("the file of --pid-file: expected a process id, observed "), "{told}");
            assert!(!told.contains('\u{1b}'), "{told}");
        }
        let told = said(&b"1".repeat(1 << 20)).expect_err("it is too long");
        assert!(told.len() < 200, "{told}");
        std::fs::remove_file(&path).expect("it was written");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRUSR).expect("a FIFO");
        assert!(PidFile::at(path.clone()).pid().is_err());
    }
}
