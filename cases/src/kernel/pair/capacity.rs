//! How much a pair holds, and what happens when it is full.

use crate::{kernel::full::fill, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-full-pair-takes-nothing-more-and-loses-nothing",
        title: "in raw mode write into each side without a reader until EAGAIN, then read everything",
        requirement: "at least 4095 bytes are taken, and not more than a mebibyte; all of them are read, and then there is \
                      room again",
        why: "whoever relays a terminal relies on it: what write(2) has taken arrives, and a stuck reader cannot make the \
              kernel keep everything",
        references: &[manual("pty(7)"), manual("write(2)").at("EAGAIN")],
        covers: &["PT-27"],
        body: |t| {
            for towards_slave in [true, false] {
                let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
                actor.change_termios(pty.slave, TermiosFacts::raw)?;
                let (from, to, what) = if towards_slave {
                    (pty.master, pty.slave, "towards the slave")
                } else {
                    (pty.slave, pty.master, "towards the master")
                };
                let taken = fill(&mut actor, from)?;
                t.holds(&format!("how many bytes were taken {what}"), "at least 4095", &taken.len(), |count| {
                    *count >= 4095
                })?;
                actor.set_nonblocking(to, false)?;
                t.equal_bytes(&format!("what is read {what}"), &actor.read_count(to, taken.len())?, &taken)?;
                t.equal(&format!("a write after that, {what}"), actor.try_write(from, b"more")?, Ok(4))?;
                t.equal_bytes(&format!("what is read of it {what}"), &actor.read_count(to, 4)?, b"more")?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-writer-waits-for-its-reader",
        title: "in raw mode let a process write 200 KiB into each side, and read only when it waits",
        requirement: "the write waits; it ends once all is read, and every byte arrives",
        why: "a paste, or the output of `cat` on a big file, is larger than what a terminal holds",
        references: &[manual("pty(7)"), manual("write(2)")],
        covers: &["PT-27"],
        body: |t| {
            const COUNT: usize = 200 * 1024;
            let expected = Bytes::pattern(Lines::Unbroken, COUNT).0;
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.change_termios(pty.slave, TermiosFacts::raw)?;
            for (from, to) in [(pty.master, pty.slave), (pty.slave, pty.master)] {
                let mut writer = actor.fork(ChildGroup::Parents)?;
                let writing =
                    writer.begin(step::WritePattern { descriptor: from, lines: Lines::Unbroken, count: COUNT })?;
                t.equal("the writer waits", writing.sleeps()?, true)?;
                t.equal_bytes("what is read", &actor.read_count(to, COUNT)?, &expected)?;
                t.equal("the write", writing.answer()?, Ok(()))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-waiting-writer-is-always-woken",
        title: "16 times in each direction, let a process write 24 KiB until it waits, and read it in pieces of 1 to 4095 bytes",
        requirement: "the writer comes to its end every time, and every byte arrives",
        why: "where the kernel forgets to wake the writer, a paste into an editor hangs the terminal for good",
        references: &[issue(
            "Linux 6.5, tty: fix hang on tty device with no_room set",
            "https://git.kernel.org/linus/4903fde8047a",
        )],
        covers: &["PT-27"],
        body: |t| {
            const COUNT: usize = 24 * 1024;
            let expected = Bytes::pattern(Lines::Unbroken, COUNT).0;
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.change_termios(pty.slave, TermiosFacts::raw)?;
            let mut writer = actor.fork(ChildGroup::Parents)?;
            for round in 0..16 {
                // 1, 2, 3, 5, ... around the sizes at which the kernel wakes whoever waits for room.
                let piece = [1, 2, 127, 128, 129, 1000, 4094, 4095][round % 8];
                for (from, to) in [(pty.master, pty.slave), (pty.slave, pty.master)] {
                    let writing =
                        writer.begin(step::WritePattern { descriptor: from, lines: Lines::Unbroken, count: COUNT })?;
                    t.equal("the writer waits", writing.sleeps()?, true)?;
                    let mut read = Vec::new();
                    while read.len() < COUNT {
                        let most = piece.max(read.len() / 4).min(COUNT - read.len());
                        read.extend(actor.read_count(to, most)?);
                    }
                    t.equal_bytes("what is read", &read, &expected)?;
                    t.equal("the write", writing.answer()?, Ok(()))?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];
