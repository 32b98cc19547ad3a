//! Whom flushing wakes.

use super::raw_pty;
use crate::{kernel::full::fill, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-queues/flushing-wakes-who-waits-to-write",
        title: "in raw mode fill each side until a write waits, flush the other side's input, and read",
        requirement: "the write goes on, and what it wrote is the only thing that is read",
        why: "a program that hangs because nobody reads is set free by whoever flushes the terminal",
        references: &[manual("tcflush(3)").at("TCIFLUSH")],
        covers: &["LQ-08"],
        body: |t| {
            let mut actor = t.actor()?;
            for (towards_slave, queue) in [(true, TCIFLUSH), (false, TCIFLUSH), (true, TCIOFLUSH)] {
                let pty = raw_pty(&mut actor)?;
                let (from, to) = if towards_slave { (pty.master, pty.slave) } else { (pty.slave, pty.master) };
                let mut writer = actor.fork(ChildGroup::Parents)?;
                fill(&mut writer, from)?;
                writer.set_nonblocking(from, false)?;
                let late = step::WriteOnce { descriptor: from, bytes: b"!"[..].into() };
                // The kernel's worker may make a little room still.
                let writing = loop {
                    let writing = writer.begin(late.clone())?;
                    if writing.sleeps()? {
                        break writing;
                    }
                    writing.finish()?;
                };
                actor.ioctl(to, IoctlName::Tcflsh, queue.into())?;
                t.equal("the write", writing.answer()?, Ok(1))?;
                t.equal("what is read", actor.try_read(to)?.map(Bytes), Ok(b"!"[..].into()))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-queues/flushing-wakes-who-polls-for-room",
        title: "in raw mode fill each side until it is not writable, wait for POLLOUT, and flush the other side's input",
        requirement: "poll(2) says OUT",
        why: "event loops wait for room in this way: unwoken, they hang with the terminal free",
        references: &[manual("tcflush(3)").at("TCIFLUSH"), manual("poll(2)").at("POLLOUT")],
        covers: &["LQ-08"],
        body: |t| {
            let mut actor = t.actor()?;
            for towards_slave in [true, false] {
                let pty = raw_pty(&mut actor)?;
                let (from, to) = if towards_slave { (pty.master, pty.slave) } else { (pty.slave, pty.master) };
                let mut poller = actor.fork(ChildGroup::Parents)?;
                let request =
                    step::Poll { descriptor: from, events: PollFlags::POLLOUT.bits(), milliseconds: u16::MAX };
                // The kernel's worker may make a little room still.
                let polling = loop {
                    fill(&mut actor, from)?;
                    let polling = poller.begin(request.clone())?;
                    if polling.sleeps()? {
                        break polling;
                    }
                    polling.finish()?;
                };
                actor.ioctl(to, IoctlName::Tcflsh, TCIFLUSH.into())?;
                t.equal("poll", polling.answer()?, Ok(PollFlags::POLLOUT.bits()))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];
