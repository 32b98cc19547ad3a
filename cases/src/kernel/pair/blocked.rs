//! Calls that wait on one side while the other is closed.

use crate::{kernel::full::FAR_TOO_MUCH, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/who-waits-at-the-master-learns-of-the-hang-up",
        title: "read and poll the master in two processes that wait, then close the slave",
        requirement: "the read ends with EIO, poll(2) with HUP",
        why: "the loop of every terminal emulator sleeps here: unnoticed, the window stays open when the shell has gone",
        references: &[manual("pty(7)"), manual("poll(2)").at("POLLHUP")],
        covers: &["PT-16"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut reader = actor.fork(ChildGroup::Parents)?;
            let mut poller = actor.fork(ChildGroup::Parents)?;
            reader.close(pty.slave)?;
            poller.close(pty.slave)?;
            let reading = reader.begin(step::Read { descriptor: pty.master, most: 100 })?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            let events = PollFlags::POLLIN.bits();
            let polling = poller.begin(step::Poll { descriptor: pty.master, events, milliseconds: u16::MAX })?;
            t.equal("poll waits", polling.sleeps()?, true)?;
            actor.close(pty.slave)?;
            t.equal("the read", reading.answer()?, Err(Errno::EIO))?;
            t.equal("poll", polling.answer()?, Ok(PollFlags::POLLHUP.bits()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-read-that-waits-when-the-master-is-closed",
        title: "read the slave in a process that waits, then close the master",
        requirement: "the read ends with EIO; every later one is end of file",
        why: "a shell that waits for its next command must end when its window is closed, also where it ignores SIGHUP",
        references: &[manual("pty(7)"), POSIX_TERMINALS.at("#tag_11_01_10")],
        covers: &["PT-23"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut reader = actor.fork(ChildGroup::Parents)?;
            reader.close(pty.master)?;
            let reading = reader.begin(step::Read { descriptor: pty.slave, most: 100 })?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            actor.close(pty.master)?;
            t.equal("the read", reading.answer()?, Err(Errno::EIO))?;
            t.equal("a later one", reader.try_read(pty.slave)?, Ok(Vec::new()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-write-that-waits-when-the-master-is-closed",
        title: "write to the slave without a reader until a write waits, then close the master",
        requirement: "the writer gets EIO",
        why: "a program that prints more than anybody reads must not hang for ever once its terminal has gone",
        references: &[manual("pty(7)"), POSIX_TERMINALS.at("#tag_11_01_10")],
        covers: &["PT-23"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut writer = actor.fork(ChildGroup::Parents)?;
            writer.close(pty.master)?;
            // It writes on until all is written: what waits is the first write that finds no room, and what fails is
            // this one, or the next where a part of this one was taken.
            let (lines, count) = (Lines::Unbroken, FAR_TOO_MUCH);
            let writing = writer.begin(step::WritePattern { descriptor: pty.slave, lines, count })?;
            t.equal("the writer waits", writing.sleeps()?, true)?;
            actor.close(pty.master)?;
            t.equal("the writer", writing.answer()?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
];
