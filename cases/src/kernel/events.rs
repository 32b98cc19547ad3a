//! What poll(2) says of a terminal.

use crate::prelude::*;

/// Everything that poll(2) can tell of a terminal.
const ALL: PollFlags = PollFlags::POLLIN
    .union(PollFlags::POLLPRI)
    .union(PollFlags::POLLOUT)
    .union(PollFlags::POLLRDNORM)
    .union(PollFlags::POLLWRNORM);

/// It takes output: what is always said of one that is not full.
pub const WRITABLE: PollFlags = PollFlags::POLLOUT.union(PollFlags::POLLWRNORM);

/// There is input.
pub const READABLE: PollFlags = PollFlags::POLLIN.union(PollFlags::POLLRDNORM);

/// The events of a terminal that there are now. Where nothing can be read yet, the kernel first hands over what is
/// on its way.
pub fn events(actor: &mut Actor, descriptor: i32) -> Result<PollFlags, ProbeError> {
    Ok(PollFlags::from_bits_retain(actor.poll_now(descriptor, ALL.bits())?))
}
