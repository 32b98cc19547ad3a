//! What the caller types or pipes, on its way into the container's terminal.

use super::stream;
use crate::defect::{Defect, active, faults};
use nix::errno::Errno;
use nix::unistd::{read, write};
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

    /// Reads once, after poll(2) said that it will not block. The end of the input is not passed on as ^D: a pipe that
    /// ends is not a person who ends a line, and a program in raw mode would see a stray byte.
    pub(super) fn fill(&mut self) {
        match read(stream(0), &mut self.buffer) {
            Ok(0) => self.ended = true,
            Ok(length) if active(Defect::RelayInputLost) => (self.start, self.end) = (0, length - 1),
            Ok(length) => (self.start, self.end) = (0, length),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(_) => self.ended = true,
        }
    }

    /// Writes what the terminal takes now. Without a reader it takes a buffer's worth, then says EAGAIN.
    pub(super) fn flush(&mut self, master: BorrowedFd<'_>) {
        while !self.is_empty() {
            match write(master, &self.buffer[self.start..self.end]) {
                Ok(length) => self.start += length,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) if active(Defect::RelayBlocksOnInput) => {
                    faults::await_room(master);
                }
                Err(Errno::EAGAIN) => return,
                Err(_) => self.start = self.end, // hung up: there is nobody to type to
            }
        }
    }
}
