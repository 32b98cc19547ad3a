//! Typing, and expecting what comes back, byte for byte.

use super::ioctl;
use super::master::{Master, MasterFacts};
use crate::deadline::Deadline;
use expectrl::{Any, Error as ExpectError, Expect, Needle, Session};
use humantime::format_duration;
use ptyproof_probe::{Errno, Size, TermiosFacts, tty};
use ptyproof_report::{Entry, escaped};
use std::os::fd::{AsFd, BorrowedFd};
use std::{io, time::Duration};

/// Why an expectation of a terminal was not met.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum TerminalError {
    /// Other bytes came; `received` are those up to the first that differs.
    #[error("expected \"{}\", received \"{}\"", escaped(.expected), escaped(.received))]
    Other { expected: Vec<u8>, received: Vec<u8> },
    /// Too little came in time.
    #[error("expected {expected} within {}, received \"{}\"", format_duration(*.waited), escaped(.received))]
    TooLittle { expected: String, received: Vec<u8>, waited: Duration },
    /// The terminal hung up first.
    #[error("expected {expected}, received \"{}\" and a hang-up", escaped(.received))]
    HungUp { expected: String, received: Vec<u8> },
    /// The terminal did not take what was typed.
    #[error("typed {typed} bytes, {taken} were taken within {}", format_duration(*.waited))]
    NotTaken { typed: usize, taken: usize, waited: Duration },
    /// The kernel refused.
    #[error("{what}: {errno}")]
    Refused { what: &'static str, errno: Errno },
}

/// For `map_err`: what was tried.
pub(super) fn refused<E: Into<Errno>>(what: &'static str) -> impl FnOnce(E) -> TerminalError {
    move |error| TerminalError::Refused { what, errno: error.into() }
}

/// A terminal under test: its master, driven by expectations.
pub struct Terminal {
    pub(super) session: Session<(), Master>,
    pub(super) patience: Duration,
}

impl Terminal {
    /// Drives `master`; no single wait is longer than `patience`.
    pub fn new(master: Master, patience: Duration) -> Result<Self, TerminalError> {
        Ok(Self { session: Session::new((), master).map_err(refused("opening a session"))?, patience })
    }

    /// Types bytes.
    pub fn types(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), TerminalError> {
        let bytes = bytes.as_ref();
        let deadline = Deadline::after(self.patience);
        let taken = self.session.get_stream_mut().write_by(bytes, deadline).map_err(refused("typing"))?;
        if taken < bytes.len() {
            return Err(TerminalError::NotTaken { typed: bytes.len(), taken, waited: self.patience });
        }
        Ok(())
    }

    /// The next bytes are exactly these. The first byte that differs ends the wait.
    pub fn receives(&mut self, expected: impl AsRef<[u8]>) -> Result<(), TerminalError> {
        let expected = expected.as_ref();
        let described = format!("\"{}\"", escaped(expected));
        let mut received = Vec::with_capacity(expected.len());
        let wait = Wait::begin(self.patience);
        while received.len() < expected.len() {
            let chunk = largest_chunk(expected.len() - received.len());
            let more = self.next(chunk, &described, &received, &wait)?;
            received.extend_from_slice(&more);
            if !expected.starts_with(&received) {
                received.extend_from_slice(&self.unmatched());
                return Err(TerminalError::Other { expected: expected.to_vec(), received });
            }
        }
        Ok(())
    }

    /// Everything that comes until the hang-up.
    pub fn receives_rest(&mut self) -> Result<Vec<u8>, TerminalError> {
        self.next(expectrl::Eof, "a hang-up", &[], &Wait::begin(self.patience))
    }

    /// One expectation. `before` was received for it already and belongs into a complaint.
    fn next<N: Needle>(
        &mut self,
        needle: N,
        expected: &str,
        before: &[u8],
        wait: &Wait,
    ) -> Result<Vec<u8>, TerminalError> {
        self.session.get_stream_mut().begin(wait.deadline);
        self.session.set_expect_timeout(Some(wait.deadline.remaining()));
        let error = match self.session.expect(needle) {
            Ok(captures) => return Ok(captures.as_bytes().to_vec()),
            Err(error) => error,
        };
        let mut received = before.to_vec();
        received.extend_from_slice(&self.unmatched());
        let expected = expected.to_owned();
        Err(match error {
            ExpectError::ExpectTimeout => TerminalError::TooLittle { expected, received, waited: wait.patience },
            ExpectError::Eof => TerminalError::HungUp { expected, received },
            ExpectError::IO(error) => TerminalError::Refused { what: "reading the master", errno: error.into() },
            other => TerminalError::Refused { what: "matching", errno: io::Error::other(other.to_string()).into() },
        })
    }

    /// What was received and matched nothing yet.
    pub(super) fn unmatched(&mut self) -> Vec<u8> {
        self.session.get_stream_mut().begin(Deadline::after(Duration::ZERO));
        let mut all = Vec::new();
        // In pieces, as a regular expression for everything would be compiled for each piece of a relay's output.
        while let Ok(found) = self.session.check(largest_chunk(1 << 16))
            && !found.as_bytes().is_empty()
        {
            all.extend_from_slice(found.as_bytes());
        }
        all
    }

    /// Window size, asked of the master.
    pub fn size(&self) -> Result<Size, TerminalError> {
        tty::size(self).map_err(refused("TIOCGWINSZ on the master"))
    }

    /// Changes the window size on the master.
    pub fn resize(&mut self, size: Size) -> Result<(), TerminalError> {
        self.session.get_stream_mut().remark(&format!("size set to {size}"));
        tty::set_size(&*self, size).map_err(refused("TIOCSWINSZ on the master"))
    }

    /// Settings of the slave, asked of the master.
    pub fn termios(&self) -> Result<TermiosFacts, TerminalError> {
        tty::termios(self).map_err(refused("tcgetattr on the master"))
    }

    /// Changes the settings of the slave through the master.
    pub fn set_termios(&mut self, termios: &TermiosFacts) -> Result<(), TerminalError> {
        ioctl::set_termios(&*self, termios).map_err(refused("tcsetattr on the master"))
    }

    /// What the master looks like.
    pub fn facts(&self) -> Result<MasterFacts, TerminalError> {
        self.session.get_stream().facts().map_err(refused("looking at the master"))
    }

    /// What was said so far.
    pub fn transcript(&self) -> Vec<Entry> {
        self.session.get_stream().transcript().borrow().entries()
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.session.get_stream().as_fd()
    }
}

/// One wait, which may take several reads.
struct Wait {
    patience: Duration,
    deadline: Deadline,
}

impl Wait {
    fn begin(patience: Duration) -> Self {
        Self { patience, deadline: Deadline::after(patience) }
    }
}

/// Matches as many bytes as are there, up to `most`, in steps of halves: a difference shows as soon as it
/// arrives, and a long match needs few looks.
fn largest_chunk(most: usize) -> Any<Vec<Box<dyn Needle>>> {
    let sizes = std::iter::successors(Some(most), |&size| (size > 1).then_some(size / 2));
    Any::boxed(sizes.map(|size| Box::new(expectrl::NBytes(size)) as Box<dyn Needle>).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Pair;
    use std::io::Write;

    fn dialogue() -> (Terminal, std::fs::File) {
        let Pair { master, slave } = Pair::open().expect("a pty");
        let terminal = Terminal::new(master, Duration::from_millis(300)).expect("a session");
        (terminal, std::fs::File::from(std::os::fd::OwnedFd::from(slave)))
    }

    #[test]
    fn output_is_received_byte_for_byte() {
        let (mut terminal, mut slave) = dialogue();
        slave.write_all(b"one\ntwo").expect("room");
        terminal.receives(b"one\r\n").expect("ONLCR adds the carriage return");
        terminal.receives(b"two").expect("the rest");
    }

    #[test]
    fn a_byte_that_differs_ends_the_wait_and_is_shown() {
        let (mut terminal, mut slave) = dialogue();
        slave.write_all(b"ab").expect("room");
        let error = terminal.receives(b"ac and much more").expect_err("b is not c");
        assert_eq!(error.to_string(), r#"expected "ac and much more", received "ab""#);
    }

    #[test]
    fn too_little_in_time_says_what_did_come() {
        let (mut terminal, mut slave) = dialogue();
        slave.write_all(b"ab").expect("room");
        let error = terminal.receives(b"abc").expect_err("c never comes");
        assert_eq!(error.to_string(), r#"expected "abc" within 300ms, received "ab""#);
    }

    #[test]
    fn a_hang_up_is_told_from_silence_and_pending_output_comes_first() {
        let (mut terminal, mut slave) = dialogue();
        slave.write_all(b"last").expect("room");
        drop(slave);
        assert_eq!(terminal.receives_rest().expect("a hang-up"), b"last");
        let error = terminal.receives(b"x").expect_err("nobody is there");
        assert_eq!(error.to_string(), r#"expected "x", received "" and a hang-up"#);
    }

    #[test]
    fn typing_is_echoed_and_kept_in_the_transcript() {
        let (mut terminal, _slave) = dialogue();
        terminal.types(b"hi\n").expect("room");
        terminal.receives(b"hi\r\n").expect("echo");
        let said: Vec<u8> = terminal.transcript().into_iter().flat_map(|e| e.bytes).collect();
        assert_eq!(said, b"hi\nhi\r\n");
    }
}
