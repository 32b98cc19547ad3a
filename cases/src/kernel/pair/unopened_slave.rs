//! A master whose slave nobody has open: not yet, or not any more.

use super::new_master;
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-slave-never-opened-is-no-hang-up",
        title: "poll, read and write a master whose slave was never opened, then open it",
        requirement: "poll(2) says writable and nothing else, a read would wait, a write is taken and echoed, and the slave \
                      reads it later",
        why: "whoever starts a program on a terminal polls the master before the program has opened the slave, and must \
              not take that for its end",
        references: &[manual("pty(7)"), manual("poll(2)")],
        covers: &["PT-15"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = new_master(&mut actor)?;
            actor.ioctl(master, IoctlName::Tiocsptlck, 0)?;
            t.equal("poll", events(&mut actor, master)?, WRITABLE)?;
            t.equal("a read", actor.try_read(master)?, Err(Errno::EAGAIN))?;
            t.equal("a write", actor.try_write(master, b"early\n")?, Ok(6))?;
            actor.set_nonblocking(master, false)?;
            t.equal_bytes("the echo", &actor.read_count(master, 7)?, b"early\r\n")?;
            let slave = actor.open_slave(master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal_bytes("what the slave reads", &actor.read(slave)?, b"early\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/the-last-close-of-the-slave-is-a-hang-up",
        title: "open a slave twice, close it once, write, and close it again",
        requirement: "the first close is no event; after the second poll(2) says HUP, and a read is EIO",
        why: "this is how every terminal emulator and runtime learns that the last program has gone, and that one of \
              several has not",
        references: &[manual("pty(7)"), manual("poll(2)").at("POLLHUP")],
        covers: &["PT-16", "PT-20"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let second = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            actor.close(pty.slave)?;
            t.equal("poll with one slave left", events(&mut actor, pty.master)?, WRITABLE)?;
            actor.write(second, b"still here")?;
            t.equal("a read", actor.try_read(pty.master)?, Ok(b"still here".to_vec()))?;
            t.equal("another", actor.try_read(pty.master)?, Err(Errno::EAGAIN))?;
            actor.close(second)?;
            t.equal("poll with no slave left", events(&mut actor, pty.master)?, WRITABLE | PollFlags::POLLHUP)?;
            t.equal("a read with no slave left", actor.try_read(pty.master)?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/output-comes-before-the-hang-up",
        title: "let a process write 6000 bytes, close the slave and end, then read the master without waiting, 25 times",
        requirement: "poll(2) says readable and HUP, reads return all bytes, and only then EIO; never EAGAIN",
        why: "sshd(8) and script(1) read once more when the child has ended; where that finds nothing, the last output \
              of the program is lost",
        references: &[
            manual("pty(7)"),
            issue("Linux 4.7, tty: Fix OpenSSH pty regression on close", "https://git.kernel.org/linus/0f40fbbcc34e"),
        ],
        covers: &["PT-17"],
        body: |t| {
            let output = Bytes::pattern(Lines::Unbroken, 6000).0;
            let mut actor = t.actor()?;
            for round in 1..=25 {
                let pty = actor.new_pty(O_NONBLOCK)?;
                let mut writer = actor.fork(ChildGroup::Parents)?;
                actor.close(pty.slave)?;
                writer.close(pty.master)?;
                writer.set_nonblocking(pty.slave, false)?;
                writer.write(pty.slave, &output)?;
                writer.end(Ending::Exit(0))?;
                actor.wait_for_end(writer.pid())?;

                let seen = events(&mut actor, pty.master)?;
                t.equal(&format!("poll, round {round}"), seen, READABLE | WRITABLE | PollFlags::POLLHUP)?;
                let mut received = Vec::new();
                let end = loop {
                    match actor.try_read(pty.master)? {
                        Ok(bytes) if !bytes.is_empty() => received.extend(bytes),
                        end => break end,
                    }
                };
                t.equal_bytes(&format!("what the master reads, round {round}"), &received, &output)?;
                t.equal("the end of it", end, Err(Errno::EIO))?;
                actor.close(pty.master)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/what-is-typed-while-no-slave-is-open-is-kept",
        title: "close the slave, write a line to the master, and open the slave again",
        requirement: "the write is taken, the slave reads the line, and the master its echo",
        why: "what a user types between two programs that open the terminal one after the other must not be lost",
        references: &[manual("pty(7)")],
        covers: &["PT-18"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.close(pty.slave)?;
            t.equal("the write", actor.try_write(pty.master, b"ahead\n")?, Ok(6))?;
            let slave = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal_bytes("what the slave reads", &actor.read(slave)?, b"ahead\n")?;
            t.equal_bytes("what the master reads", &actor.read_count(pty.master, 7)?, b"ahead\r\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/opening-the-slave-again-ends-the-hang-up",
        title: "change settings and size, close the slave, see the hang-up, and open it again",
        requirement: "the hang-up is over, and settings and size are as they were",
        why: "getty(8) and expect(1) keep a master and give the same terminal to one program after another",
        references: &[manual("pty(7)")],
        covers: &["PT-19"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let mut slave = pty.slave;
            let settings = actor.termios(slave)?.raw();
            let size = Size::new(33, 101);
            actor.set_termios(slave, settings)?;
            actor.set_size(slave, size)?;
            for _ in 0..3 {
                actor.close(slave)?;
                t.equal("a read of the master", actor.try_read(pty.master)?, Err(Errno::EIO))?;
                slave = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
                t.equal("poll of the master", events(&mut actor, pty.master)?, WRITABLE)?;
                t.equal("a read of the master", actor.try_read(pty.master)?, Err(Errno::EAGAIN))?;
                t.equal("settings", actor.termios(slave)?, settings)?;
                t.equal("size", actor.size(slave)?, size)?;
            }
            actor.write(slave, b"back")?;
            t.equal("what the master reads", actor.try_read(pty.master)?, Ok(b"back".to_vec()))
        },
        ..Case::KERNEL
    },
];
