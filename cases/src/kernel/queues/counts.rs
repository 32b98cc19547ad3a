//! How many bytes wait on each side.

use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;
use nix::libc::EXTPROC;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-queues/each-side-counts-what-it-can-read",
        title: "type a line and a half, write six bytes, and look at FIONREAD of both sides, before and after ICANON is \
                cleared, and after a read",
        requirement: "the master counts the six bytes; the slave counts the line, then all that was typed, then what is left",
        why: "programs size their buffers by it, and libraries take 0 after poll(2) for the end",
        references: &[manual("ioctl_tty(2)").at("FIONREAD")],
        covers: &["LQ-07"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let settings = actor.change_termios(pty.slave, TermiosFacts::without_echo)?;
            actor.write(pty.master, b"line\nhalf")?;
            t.equal("poll of the slave", events(&mut actor, pty.slave)?, READABLE | WRITABLE)?;
            let count = |actor: &mut Actor, side| actor.ioctl(side, IoctlName::Fionread, 0);
            t.equal("at the slave, canonical", count(&mut actor, pty.slave)?, 5)?;
            actor.set_termios(pty.slave, settings.raw())?;
            t.equal("at the slave, raw", count(&mut actor, pty.slave)?, 9)?;
            t.equal("what the slave reads", actor.try_read_most(pty.slave, 7)?.map(Bytes), Ok(b"line\nha"[..].into()))?;
            t.equal("at the slave after it", count(&mut actor, pty.slave)?, 2)?;
            actor.write(pty.slave, b"output")?;
            t.equal("poll of the master", events(&mut actor, pty.master)?, READABLE | WRITABLE)?;
            t.equal("at the master", count(&mut actor, pty.master)?, 6)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-queues/counting-comes-to-an-end-with-extproc",
        title: "set EXTPROC and keep ICANON, type bytes without a line end, and ask for FIONREAD",
        requirement: "it answers, with the number of bytes, and they are read",
        why: "before 4.15 the kernel searched for ever for a line end that was not there: any user could take a CPU",
        level: Level::Security,
        references: &[issue(
            "CVE-2018-18386, n_tty: fix EXTPROC vs ICANON interaction with TIOCINQ",
            "https://git.kernel.org/linus/966031f340185eddd05affcf72b740549f056348",
        )],
        covers: &["LQ-07"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            actor.change_termios(pty.slave, |settings| TermiosFacts { local: settings.local | EXTPROC, ..settings })?;
            actor.write(pty.master, b"abc")?;
            t.equal("poll of the slave", events(&mut actor, pty.slave)?, READABLE | WRITABLE)?;
            t.equal("FIONREAD", actor.ioctl(pty.slave, IoctlName::Fionread, 0)?, 3)?;
            t.equal("what the slave reads", actor.try_read(pty.slave)?.map(Bytes), Ok(b"abc"[..].into()))
        },
        ..Case::KERNEL
    },
];
