//! Reads and writes that wait: for a number of bytes, for a time, for a line, for room.

mod asynchronous;
mod concurrent;
mod minimum;
mod polling;
mod readers;
mod stopped;
mod timer;
mod writers;

use crate::kernel::events::{READABLE, events};
use crate::prelude::*;

pub const CASES: &[&[Case]] = &[
    asynchronous::CASES,
    concurrent::CASES,
    minimum::CASES,
    polling::CASES,
    readers::CASES,
    stopped::CASES,
    timer::CASES,
    writers::CASES,
];

/// A pty between two processes of which each can wait without the other. Job control does not apply to them: the
/// terminal belongs to no session.
struct Line {
    /// Has the master, and the slave, too, to set it up and to look.
    typist: Actor,
    /// Has the slave.
    program: Actor,
    master: i32,
    slave: i32,
}

impl Line {
    /// A new pty with changed settings.
    fn with(t: &Trial, change: impl FnOnce(TermiosFacts) -> TermiosFacts) -> Result<Self, Stop> {
        let (mut typist, pty) = t.actor_with_pty(0)?;
        let settings = typist.termios(pty.slave)?;
        typist.set_termios(pty.slave, change(settings))?;
        let mut program = typist.fork(ChildGroup::Own)?;
        program.close(pty.master)?;
        Ok(Self { typist, program, master: pty.master, slave: pty.slave })
    }

    /// A new pty without lines, whose reads wait for so many bytes and so many tenths of a second.
    fn raw(t: &Trial, minimum: u8, tenths: u8) -> Result<Self, Stop> {
        Self::with(t, |settings| settings.raw().waiting_for(minimum, tenths))
    }

    fn types(&mut self, keys: &[u8]) -> Result<(), ProbeError> {
        self.typist.write(self.master, keys)
    }

    /// Whether poll(2) says of the slave that there is input.
    fn is_readable(&mut self) -> Result<bool, ProbeError> {
        is_readable(&mut self.typist, self.slave)
    }
}

/// Whether poll(2) says that there is input. Where there is none yet, the kernel first hands over what is on its way.
fn is_readable(actor: &mut Actor, terminal: i32) -> Result<bool, ProbeError> {
    Ok(events(actor, terminal)?.contains(READABLE))
}

/// One read(2), which may wait.
fn read(descriptor: i32, most: usize) -> step::Read {
    step::Read { descriptor, most }
}
