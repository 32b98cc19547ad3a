//! The queues of both sides: what flushing drops and leaves, whom it wakes, and what is counted.

mod counts;
mod flushes;
mod waiting;

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[counts::CASES, flushes::CASES, waiting::CASES];

/// A pty in raw mode on which no call waits.
fn raw_pty(actor: &mut Actor) -> Result<PtyDescriptors, Stop> {
    let pty = actor.new_pty(O_NONBLOCK)?;
    actor.change_termios(pty.slave, TermiosFacts::raw)?;
    Ok(pty)
}
