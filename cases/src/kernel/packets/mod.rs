//! Packet mode: the master reads in packets, and learns what happens to the slave's queues and settings.
//!
//! ioctl_tty(2), `TIOCPKT`.

mod data;
mod ending;
mod statuses;

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[data::CASES, ending::CASES, statuses::CASES];

/// The first byte of a packet with data.
const DATA_FOLLOWS: u8 = 0;
/// The slave's input was discarded.
const FLUSH_READ: u8 = 1;

/// What poll(2) adds where a status waits to be read.
const STATUS_WAITS: PollFlags = PollFlags::POLLPRI.union(PollFlags::POLLIN).union(PollFlags::POLLRDNORM);

/// A pty in packet mode on which no call waits.
fn packet_pty(actor: &mut Actor) -> Result<PtyDescriptors, ProbeError> {
    let pty = actor.new_pty(O_NONBLOCK)?;
    actor.ioctl(pty.master, IoctlName::Tiocpkt, 1)?;
    Ok(pty)
}
