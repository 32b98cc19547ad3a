//! Statuses of stopped output, and what becomes of them when nobody reads them.

use super::{FLUSH_READ, START, STATUS_WAITS, STOP, packet_pty};
use crate::kernel::events::{WRITABLE, events};
use crate::references::manual;
use nix::libc::{TCIFLUSH, TCOOFF, TCOON};
use ptyproof_harness::case::Case;
use ptyproof_probe::{Errno, IoctlName};

/// The cases of this file.
pub const CASES: &[Case] = &[BY_IOCTL, BY_KEY, LATEST, SWITCHED_OFF];

const BY_IOCTL: Case = Case {
    id: "kernel-packets/stopping-and-starting-output-is-told",
    title: "stop the slave's output twice and start it twice, with TCXONC",
    requirement: "the master reads 4 for the first stop, 8 for the first start, and nothing for the repetitions",
    why: "a remote terminal must stop what it has buffered at once, not when the buffer is empty",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("tcflow(3)")],
    covers: &["PK-05"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        for (action, status) in [(TCOOFF, STOP), (TCOON, START)] {
            actor.ioctl(pty.slave, IoctlName::Tcxonc, action.into())?;
            let seen = actor.try_read(pty.master)?;
            t.equal(&format!("after TCXONC {action}"), seen, Ok(vec![status]))?;
            actor.ioctl(pty.slave, IoctlName::Tcxonc, action.into())?;
            let seen = actor.try_read(pty.master)?;
            t.equal("after the same again", seen, Err(Errno::EAGAIN))?;
        }
        Ok(())
    },
    ..Case::KERNEL
};

const BY_KEY: Case = Case {
    id: "kernel-packets/stop-and-start-keys-are-told",
    title: "type ^S and ^Q at the master",
    requirement: "the master reads 4 and 8, and no echo",
    why: "the keys work in the kernel's line discipline: without the status the side that shows output would go on",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("termios(3)").at("IXON")],
    covers: &["PK-05"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        actor.set_nonblocking(pty.master, false)?;
        for (key, status) in [(0x13, STOP), (0x11, START)] {
            actor.write(pty.master, &[key])?;
            let seen = actor.read(pty.master)?;
            t.equal(&format!("after byte {key:#x}"), seen, vec![status])?;
        }
        let seen = events(&mut actor, pty.master)?;
        t.equal("poll after that", seen, WRITABLE)
    },
    ..Case::KERNEL
};

const LATEST: Case = Case {
    id: "kernel-packets/only-the-latest-of-stop-and-start-is-told",
    title: "stop and start the slave's output without a read between; then start, stop, start and stop it",
    requirement: "the master reads 8, and then 4",
    why: "a status is how things are, not a history: both at once would contradict each other",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
    covers: &["PK-05"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        for (actions, status) in [(&[TCOOFF, TCOON][..], START), (&[TCOOFF, TCOON, TCOOFF], STOP)] {
            for &action in actions {
                actor.ioctl(pty.slave, IoctlName::Tcxonc, action.into())?;
            }
            let seen = actor.try_read(pty.master)?;
            t.equal("the status", seen, Ok(vec![status]))?;
            let seen = actor.try_read(pty.master)?;
            t.equal("a read after it", seen, Err(Errno::EAGAIN))?;
        }
        Ok(())
    },
    ..Case::KERNEL
};

const SWITCHED_OFF: Case = Case {
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
        let seen = events(&mut actor, pty.master)?;
        t.equal("poll with a status", seen, STATUS_WAITS | WRITABLE)?;
        for mode in [0, 1] {
            actor.ioctl(pty.master, IoctlName::Tiocpkt, mode)?;
            let seen = events(&mut actor, pty.master)?;
            t.equal(&format!("poll after TIOCPKT {mode}"), seen, WRITABLE)?;
            let seen = actor.try_read(pty.master)?;
            t.equal("a read", seen, Err(Errno::EAGAIN))?;
        }
        actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
        let seen = actor.try_read(pty.master)?;
        t.equal("a new status", seen, Ok(vec![FLUSH_READ]))
    },
    ..Case::KERNEL
};
