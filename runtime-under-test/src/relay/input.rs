//! What the caller types or pipes, on its way into the container's terminal.

use super::stream;
use nix::{errno::Errno, unistd::read};
use std::os::fd::BorrowedFd;

const CAPACITY: usize = 4096;

/// Bytes read from the caller's standard input that the terminal has not taken yet.
#[derive(Debug)]
pub(super) struct Input {
    buffer: [u8; CAPACITY],
    start: usize,
    end: usize,
    ended: bool,
}

impl Input {
    pub(super) fn new() -> Input {
        Input { buffer: [0; CAPACITY], start: 0, end: 0, ended: false }
    }

    /// Whether standard input is to be polled: not at its end, and nothing in hand.
    pub(super) fn wants_more(&self) -> bool {
        !self.ended && self.is_empty()
    }

    /// Whether standard input has come to its end.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Forgets what was read.
    pub(super) fn discard(&mut self) {
        self.start = self.end;
    }

    /// Reads once, after poll(2) said that it will not block.
    pub(super) fn fill(&mut self) {
        match read(stream(0), &mut self.buffer) {
            Ok(0) => self.ended = true,
            Ok(length) => (self.start, self.end) = (0, length),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(_) => self.ended = true,
        }
    }

    /// Writes what the terminal takes now. Without a reader it takes a buffer's worth, then says EAGAIN.
    pub(super) fn flush(&mut self, master: BorrowedFd<'_>, write: fn(BorrowedFd<'_>, &[u8]) -> Result<usize, Errno>) {
        while !self.is_empty() {
            match write(master, &self.buffer[self.start..self.end]) {
                Ok(length) => self.start += length,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return,
                Err(_) => self.start = self.end, // hung up: there is nobody to type to
            }
        }
    }
}
