//! What a command prints.

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use ptyproof_report::escaped;
use std::fmt;
use std::os::fd::{AsFd, OwnedFd};

/// What came out of one stream of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stream {
    /// The first MiB.
    pub bytes: Vec<u8>,
    /// How much more there was.
    pub left_out: usize,
}

/// A runtime may print for ever; more than this is counted, not kept.
const MOST_KEPT: usize = 1 << 20;

/// In messages, only the end of what was printed is shown.
const SHOWN: usize = 600;

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail = &self.bytes[self.bytes.len().saturating_sub(SHOWN)..];
        let cut = if tail.len() < self.bytes.len() { "..." } else { "" };
        write!(f, "\"{cut}{}\"", escaped(tail.trim_ascii_end()))?;
        if self.left_out > 0 {
            write!(f, " and {} bytes more", self.left_out)?;
        }
        Ok(())
    }
}

/// The reading end of a stream, and what came out of it.
pub(crate) struct Output {
    pipe: Option<OwnedFd>,
    stream: Stream,
}

impl Output {
    /// Reads from `pipe`, if there is one.
    pub(crate) fn reading(pipe: Option<OwnedFd>) -> Self {
        Self { pipe, stream: Stream::default() }
    }

    /// Reads until nothing is there at the moment. poll(2) is asked each time, so the pipe needs no `O_NONBLOCK`.
    pub(crate) fn take_what_is_there(&mut self) {
        let mut buffer = [0; 16 * 1024];
        let mut budget = 64;
        while let Some(pipe) = &self.pipe
            && budget > 0
        {
            budget -= 1;
            let mut watched = [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)];
            if !matches!(poll(&mut watched, PollTimeout::ZERO), Ok(1)) {
                return;
            }
            match nix::unistd::read(pipe, &mut buffer) {
                Ok(0) | Err(_) => self.pipe = None,
                Ok(count) => {
                    let room = MOST_KEPT.saturating_sub(self.stream.bytes.len()).min(count);
                    self.stream.bytes.extend_from_slice(&buffer[..room]);
                    self.stream.left_out += count - room;
                }
            }
        }
    }

    /// What to wait for; nothing once it has ended.
    pub(crate) fn pipe(&self) -> Option<&OwnedFd> {
        self.pipe.as_ref()
    }

    /// What came until now.
    pub(crate) fn take_stream(&mut self) -> Stream {
        std::mem::take(&mut self.stream)
    }
}
