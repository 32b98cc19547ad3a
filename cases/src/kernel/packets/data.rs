//! How data comes in packets.

use super::{DATA_FOLLOWS, FLUSH_READ, STATUS_WAITS, packet_pty};
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-packets/data-has-a-header-for-the-master-only",
        title: "set packet mode with 5, write a line on each side, and end it with 0",
        requirement: "TIOCGPKT says 1; the master reads a zero byte and the line, the slave the line alone; then the master \
                      reads without header again",
        why: "rlogind(8), telnetd(8) and podman read the first byte of every packet: without it they lose one of the user's",
        references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
        covers: &["PK-01", "PK-11"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let settings = actor.termios(pty.slave)?.without_echo();
            // Translated output may come in several packets.
            actor.set_termios(pty.slave, settings.without_output_processing())?;
            let mode = actor.ioctl(pty.master, IoctlName::Tiocgpkt, 0)?;
            t.equal("TIOCGPKT of a new pty", mode, 0)?;
            for (argument, mode, expected) in [(5, 1, &b"\0hello\n"[..]), (0, 0, b"hello\n")] {
                actor.ioctl(pty.master, IoctlName::Tiocpkt, argument)?;
                let seen = actor.ioctl(pty.master, IoctlName::Tiocgpkt, 0)?;
                t.equal(&format!("TIOCGPKT after TIOCPKT {argument}"), seen, mode)?;
                actor.write(pty.slave, b"hello\n")?;
                t.equal_bytes("what the master reads", &actor.read(pty.master)?, expected)?;
                actor.write(pty.master, b"typed\n")?;
                t.equal_bytes("what the slave reads", &actor.read(pty.slave)?, b"typed\n")?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-packets/a-read-counts-the-header",
        title: "write 100 bytes on the slave, and read packets of at most 1, 1, 10 and 4096 bytes on the master",
        requirement: "two headers without data, which take nothing, then a header and 9 bytes, then a header and the rest",
        why: "a reader with a small buffer must not lose what the header has displaced",
        references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
        covers: &["PK-02"],
        body: |t| {
            let bytes = Bytes::pattern(Lines::Unbroken, 100).0;
            let mut actor = t.actor()?;
            let pty = packet_pty(&mut actor)?;
            actor.write(pty.slave, &bytes)?;
            let mut rest = bytes.as_slice();
            for most in [1, 1, 10, 4096] {
                let (now, later) = rest.split_at((most - 1).min(rest.len()));
                let expected = Bytes([&[DATA_FOLLOWS], now].concat());
                let seen = actor.try_read_most(pty.master, most)?.map(Bytes);
                t.equal(&format!("a read of at most {most}"), seen, Ok(expected))?;
                rest = later;
            }
            t.equal("a read after that", actor.try_read(pty.master)?, Err(Errno::EAGAIN))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-packets/a-status-comes-alone-and-before-data",
        title: "write on the slave, flush its input, poll the master, and read three times",
        requirement: "poll(2) says PRI beside readable; the first read is the status alone, after it PRI is gone, the second \
                      is the data, the third would wait",
        why: "a flush asks the reader to throw away what it has not shown yet: after the data it would come too late",
        references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("poll(2)").at("POLLPRI")],
        covers: &["PK-03"],
        body: |t| {
            let mut actor = t.actor()?;
            let pty = packet_pty(&mut actor)?;
            actor.write(pty.slave, b"data")?;
            t.equal("poll with data", events(&mut actor, pty.master)?, READABLE | WRITABLE)?;
            actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
            t.equal("poll with a status", events(&mut actor, pty.master)?, STATUS_WAITS | WRITABLE)?;
            t.equal("the first read", actor.try_read(pty.master)?, Ok(vec![FLUSH_READ]))?;
            t.equal("poll after it", events(&mut actor, pty.master)?, READABLE | WRITABLE)?;
            t.equal("the second read", actor.try_read(pty.master)?.map(Bytes), Ok(b"\0data"[..].into()))?;
            t.equal("the third read", actor.try_read(pty.master)?, Err(Errno::EAGAIN))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-packets/a-status-wakes-who-waits",
        title: "wait at the master in a read and in a poll(2) for PRI alone, in two processes, and flush the slave's input",
        requirement: "poll(2) says PRI, and the read has the status",
        why: "the loop of a relay sleeps here most of the time",
        references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("poll(2)").at("POLLPRI")],
        covers: &["PK-03"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.ioctl(pty.master, IoctlName::Tiocpkt, 1)?;
            let mut poller = actor.fork(ChildGroup::Parents)?;
            let events = PollFlags::POLLPRI.bits();
            let polling = poller.begin(step::Poll { descriptor: pty.master, events, milliseconds: u16::MAX })?;
            t.equal("poll waits", polling.sleeps()?, true)?;
            actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
            t.equal("poll", polling.answer()?, Ok(PollFlags::POLLPRI.bits()))?;
            t.equal("the status", actor.read(pty.master)?, vec![FLUSH_READ])?;

            let reading = poller.begin(step::Read { descriptor: pty.master, most: 100 })?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIFLUSH.into())?;
            t.equal("the read", reading.answer()?, Ok(vec![FLUSH_READ]))
        },
        ..Case::KERNEL
    },
];
