//! A slave whose master is closed.

use super::path_of_slave;
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-slave-without-a-master-is-dead",
        title: "type a line, close the master, and use the slave in every way",
        requirement: "poll(2) says everything at once, with ERR and HUP; reads are end of file although a line was there; \
                      writes and ioctls are EIO, and tcsetpgrp(3) is ENOTTY",
        why: "a program whose terminal has gone must notice wherever it stands: one that finds neither end nor error loops \
              for ever",
        references: &[manual("pty(7)"), manual("isatty(3)")],
        covers: &["PT-21"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            actor.write(pty.master, b"never read\n")?;
            t.equal("poll before", events(&mut actor, pty.slave)?, READABLE | WRITABLE)?;
            actor.close(pty.master)?;
            let all = READABLE | WRITABLE | PollFlags::POLLERR | PollFlags::POLLHUP;
            t.equal("poll", events(&mut actor, pty.slave)?, all)?;
            for _ in 0..2 {
                t.equal("a read", actor.try_read(pty.slave)?, Ok(Vec::new()))?;
            }
            t.equal("a write", actor.try_write(pty.slave, b"x")?, Err(Errno::EIO))?;
            t.equal("tcgetattr", actor.try_termios(pty.slave)?.map(|_| ()), Err(Errno::EIO))?;
            t.equal("TIOCGWINSZ", actor.try_size(pty.slave)?, Err(Errno::EIO))?;
            for name in [IoctlName::Fionread, IoctlName::Tcflsh, IoctlName::Tiocgsid] {
                let refused = actor.try_ioctl(pty.slave, name, 0)?;
                t.equal(&name.to_string(), refused, Err(Errno::EIO))?;
            }
            let group = actor.pid();
            t.equal("tcsetpgrp", actor.try_set_foreground(pty.slave, group)?, Err(Errno::ENOTTY))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-slave-without-a-master-has-no-name",
        title: "close the master while the slave is open, and look for the slave",
        requirement: "the path does not exist any more, the open file has no links and its link says deleted, and opening \
                      it through /proc is EIO",
        why: "the entry must not lead to another user's terminal that gets the same number later",
        references: &[manual("pts(4)"), manual("proc_pid_fd(5)")],
        covers: &["PT-22"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            actor.close(pty.slave)?;
            // By its path, so that its link is one.
            let slave = actor.open(&path, O_RDWR | O_NOCTTY)?;
            t.equal("links before", slave.status.links, 1)?;
            let slave = slave.descriptor;
            actor.close(pty.master)?;
            t.equal("stat of the path", actor.try_stat(&path)?.map(|_| ()), Err(Errno::ENOENT))?;
            t.equal("links of the open slave", actor.stat_descriptor(slave)?.links, 0)?;
            let link = actor.read_link(&format!("/proc/self/fd/{slave}"))?;
            t.equal_bytes("the link of the slave", &link, format!("{path} (deleted)").as_bytes())?;
            let opened = actor.open_terminal(&format!("/proc/self/fd/{slave}"))?;
            t.equal("opening it through /proc", opened.map(|_| ()), Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-copy-of-the-master-keeps-the-pair-alive",
        title: "duplicate the master, fork a child that has both copies, and close one after the other",
        requirement: "data passes until the last copy is closed, what was written stays, and only then the slave is dead",
        why: "a shim hands the master on and goes: the container's terminal must not notice; and a copy leaked into a child \
              keeps a terminal alive that should have ended",
        references: &[manual("dup(2)"), manual("fork(2)"), manual("pty(7)")],
        covers: &["PT-25"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let copy = actor.duplicate(pty.master)?;
            actor.write(pty.slave, b"before")?;
            let mut child = actor.fork(ChildGroup::Own)?;
            actor.close(pty.master)?;
            actor.close(copy)?;
            child.close(pty.master)?;
            actor.write(pty.slave, b", after\n")?;
            t.equal_bytes("what the child reads", &child.read_count(copy, 15)?, b"before, after\r\n")?;
            child.write(copy, b"typed\n")?;
            t.equal_bytes("what the slave reads", &actor.read(pty.slave)?, b"typed\n")?;
            child.close(pty.slave)?;
            child.close(copy)?;
            t.equal("a write once the last is closed", actor.try_write(pty.slave, b"x")?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
];
