//! What becomes of a status that nobody reads.

use super::{FLUSH_READ, STATUS_WAITS, packet_pty};
use crate::kernel::events::{WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[Case {
    id: "kernel-packets/a-status-is-hidden-and-forgotten",
    title: "flush the slave's input, end packet mode before the status is read, and begin it again",
    requirement: "poll(2) says PRI at first, and neither without packet mode nor when it is on again",
    why: "a status of long ago must not be taken for one of now",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
    covers: &["PK-09"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
        t.equal("poll with a status", events(&mut actor, pty.master)?, STATUS_WAITS | WRITABLE)?;
        for mode in [0, 1] {
            actor.ioctl(pty.master, IoctlName::Tiocpkt, mode)?;
            t.equal(&format!("poll after TIOCPKT {mode}"), events(&mut actor, pty.master)?, WRITABLE)?;
            t.equal("a read", actor.try_read(pty.master)?, Err(Errno::EAGAIN))?;
        }
        actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
        t.equal("a new status", actor.try_read(pty.master)?, Ok(vec![FLUSH_READ]))
    },
    ..Case::KERNEL
}];
