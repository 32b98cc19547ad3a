//! Statuses of discarded queues.

use super::{FLUSH_READ, FLUSH_WRITE, Read, packet_pty};
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::references::manual;
use nix::libc::{NOFLSH, TCIFLUSH, TCIOFLUSH, TCOFLUSH};
use ptyproof_harness::case::Case;
use ptyproof_probe::{Errno, IoctlName};

/// The cases of this file.
pub const CASES: &[Case] = &[OF_THE_SLAVE, OF_THE_MASTER, INTERRUPT, INTERRUPT_WITHOUT_FLUSH];

const OF_THE_SLAVE: Case = Case {
    id: "kernel-packets/a-flush-by-the-slave-is-told",
    title: "discard the slave's input, its output, and both, with TCFLSH",
    requirement: "the master reads 1, 2 and 3",
    why: "rlogin(1) stops showing what the user has interrupted because of this",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
    covers: &["PK-04"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        for (queue, status) in [(TCIFLUSH, FLUSH_READ), (TCOFLUSH, FLUSH_WRITE), (TCIOFLUSH, FLUSH_READ | FLUSH_WRITE)]
        {
            actor.ioctl(pty.slave, IoctlName::Tcflsh, queue.into())?;
            let seen = actor.try_read(pty.master)?;
            t.equal(&format!("the status of TCFLSH {queue}"), seen, Ok(vec![status]))?;
        }
        // Unread, they come together.
        actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
        actor.ioctl(pty.slave, IoctlName::Tcflsh, TCOFLUSH.into())?;
        let seen = actor.try_read(pty.master)?;
        let both = Ok(vec![FLUSH_READ | FLUSH_WRITE]);
        t.equal("the status of one after the other", seen, both)?;
        let seen = actor.try_read(pty.master)?;
        t.equal("a read after that", seen, Err(Errno::EAGAIN))
    },
    ..Case::KERNEL
};

const OF_THE_MASTER: Case = Case {
    id: "kernel-packets/a-flush-by-the-master-is-not-told",
    title: "discard the master's own input, output and both, with TCFLSH",
    requirement: "there is no status to read",
    why: "who has flushed knows it: told again, it would throw away what came since",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
    covers: &["PK-04"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        for queue in [TCIFLUSH, TCOFLUSH, TCIOFLUSH] {
            actor.ioctl(pty.master, IoctlName::Tcflsh, queue.into())?;
            let seen = events(&mut actor, pty.master)?;
            t.equal(&format!("poll after TCFLSH {queue}"), seen, WRITABLE)?;
            let seen = actor.try_read(pty.master)?;
            t.equal("a read", seen, Err(Errno::EAGAIN))?;
        }
        Ok(())
    },
    ..Case::KERNEL
};

const INTERRUPT: Case = Case {
    id: "kernel-packets/an-interrupt-discards-both-queues",
    title: "type a line and then ^C",
    requirement: "the master reads status 3, and after it the echo of ^C; the line is gone",
    why: "a user who interrupts wants to see nothing more of what runs, also over a slow connection",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("termios(3)").at("NOFLSH")],
    covers: &["PK-08"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        let settings = actor.termios(pty.slave)?;
        actor.set_nonblocking(pty.master, false)?;
        actor.set_termios(pty.slave, settings.without_echo())?;
        actor.write(pty.master, b"gone\n")?;
        let seen = events(&mut actor, pty.slave)?;
        t.equal("poll of the slave", seen, READABLE | WRITABLE)?;
        actor.set_termios(pty.slave, settings)?;
        actor.write(pty.master, b"\x03")?;
        let expected = Read { status: FLUSH_READ | FLUSH_WRITE, data: b"^C"[..].into() };
        let seen = Read::until(&mut actor, pty.master, 2)?;
        t.equal("what the master reads", seen, expected)?;
        let seen = actor.try_read(pty.slave)?;
        t.equal("what the slave reads", seen, Err(Errno::EAGAIN))
    },
    ..Case::KERNEL
};

const INTERRUPT_WITHOUT_FLUSH: Case = Case {
    id: "kernel-packets/an-interrupt-with-noflsh-discards-nothing",
    title: "set NOFLSH, type a line, ^C and another line",
    requirement: "the master reads the echo and no status, the slave both lines",
    why: "a program that asks for NOFLSH, as a debugger may, wants to keep what was typed",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("termios(3)").at("NOFLSH")],
    covers: &["PK-08"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        let mut settings = actor.termios(pty.slave)?;
        settings.local |= NOFLSH;
        actor.set_termios(pty.slave, settings)?;
        actor.set_nonblocking(pty.slave, false)?;
        actor.write(pty.master, b"one\n\x03two\n")?;
        let seen = actor.read_count(pty.slave, 8)?;
        t.equal_bytes("what the slave reads", &seen, b"one\ntwo\n")?;
        actor.set_nonblocking(pty.master, false)?;
        let expected = Read { status: 0, data: b"one\r\n^Ctwo\r\n"[..].into() };
        let seen = Read::until(&mut actor, pty.master, 12)?;
        t.equal("what the master reads", seen, expected)?;
        let seen = events(&mut actor, pty.master)?;
        t.equal("poll of the master after that", seen, WRITABLE)
    },
    ..Case::KERNEL
};
