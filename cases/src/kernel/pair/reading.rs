//! read(2) and write(2) at the edges: two readers, signals, bad memory, nothing at all.

use crate::kernel::events::{WRITABLE, events};
use crate::prelude::*;
use nix::libc::VMIN;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-second-reader-does-not-wait-for-the-first",
        title: "in raw mode let one process read and wait, set VMIN to 0, and read with O_NONBLOCK in another",
        requirement: "EAGAIN while the first waits, although VMIN 0 means that no read waits; 0 once it has its byte",
        why: "a program that looks whether a key was pressed must not hang because a child of its has the terminal, too",
        references: &[manual("termios(3)").at("VMIN"), manual("read(2)").at("EAGAIN")],
        covers: &["PT-32"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut settings = actor.change_termios(pty.slave, TermiosFacts::raw)?;
            let second = actor.open_slave(pty.master, O_RDWR | O_NOCTTY | O_NONBLOCK)?.descriptor;
            let mut first = actor.fork(ChildGroup::Parents)?;
            let reading = first.begin(step::Read { descriptor: pty.slave, most: 100 })?;
            t.equal("the first waits", reading.sleeps()?, true)?;
            settings.characters[VMIN] = 0;
            actor.set_termios(pty.slave, settings)?;
            t.equal("the second, while the first waits", actor.try_read(second)?, Err(Errno::EAGAIN))?;
            actor.write(pty.master, b"x")?;
            t.equal("the first", reading.answer()?, Ok(b"x".to_vec()))?;
            t.equal("the second, after that", actor.try_read(second)?, Ok(Vec::new()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-caught-signal-interrupts-a-read",
        title: "send a caught signal to a process that waits in a read of the slave, and in one of the master",
        requirement: "EINTR",
        why: "a shell's prompt returns at a trap, and an editor redraws at SIGWINCH, because the read ends",
        references: &[manual("signal(7)").at("Interruption of system calls"), POSIX_TERMINALS],
        covers: &["PT-33"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut reader = actor.fork(ChildGroup::Parents)?;
            let pid = reader.pid();
            reader.catch(&[Signal::USR1])?;
            for descriptor in [pty.slave, pty.master] {
                let reading = reader.begin(step::Read { descriptor, most: 100 })?;
                t.equal("the read waits", reading.sleeps()?, true)?;
                actor.kill(pid, Signal::USR1)?;
                t.equal("the read", reading.answer()?, Err(Errno::EINTR))?;
                t.equal("what was caught", reader.next_signals()?, vec![Signal::USR1])?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-read-goes-on-after-a-signal-with-sa-restart",
        title: "send a signal that is caught with SA_RESTART to a process that waits in a read, then type a line",
        requirement: "the read goes on to wait, and gets the line",
        why: "most programs install their handlers in this way and check no read for EINTR",
        references: &[manual("sigaction(2)").at("SA_RESTART"), manual("signal(7)")],
        covers: &["PT-33"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut reader = actor.fork(ChildGroup::Parents)?;
            let pid = reader.pid();
            reader.catch_and_restart(&[Signal::USR1])?;
            let reading = reader.begin(step::Read { descriptor: pty.slave, most: 100 })?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            actor.kill(pid, Signal::USR1)?;
            t.equal("the read waits again", reading.sleeps()?, true)?;
            actor.write(pty.master, b"typed\n")?;
            t.equal("the read", reading.answer()?, Ok(b"typed\n".to_vec()))?;
            t.equal("what was caught", reader.next_signals()?, vec![Signal::USR1])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-read-into-bad-memory",
        title: "read a line into memory of one byte behind which there is none, and another into none at all, each \
            followed by a read into good memory",
        requirement: "since Linux 5.12 the byte and then nothing, and EFAULT and then nothing; before, EFAULT and then the \
                      whole line both times",
        why: "a program with a wild pointer loses a line that its user typed: who looks for it must know where it went",
        references: &[
            manual("read(2)").at("EFAULT"),
            issue(
                "Linux 5.12, tty: convert tty_ldisc_ops 'read()' function to take a kernel pointer",
                "https://git.kernel.org/linus/3b830a9c34d5",
            ),
        ],
        covers: &["PT-34"],
        body: |t| {
            let line: Bytes = b"hello\n"[..].into();
            let one: Bytes = b"h"[..].into();
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            for (memory, new) in [(1, Ok(one)), (0, Err(Errno::EFAULT))] {
                actor.write(pty.master, &line.0)?;
                let first = actor.try_read_into_hole(pty.slave, 100, memory)?;
                let then = actor.try_read(pty.slave)?;
                t.shows(
                    &format!("a read into {memory} bytes of memory, and the next"),
                    (first.map(Bytes), then.map(Bytes)),
                    &[("new", (new, Err(Errno::EAGAIN))), ("old", (Err(Errno::EFAULT), Ok(line.clone())))],
                )?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/reading-and-writing-nothing-is-nothing",
        title: "with a line to read, read and write 0 bytes on both sides",
        requirement: "0 each time, and neither input nor output changes",
        why: "on a terminal a write of nothing must not be mistaken for end of file, which ^D is",
        references: &[manual("read(2)"), manual("write(2)")],
        covers: &["PT-35"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            actor.change_termios(pty.slave, TermiosFacts::without_echo)?;
            actor.write(pty.master, b"line\n")?;
            for (side, descriptor) in [("slave", pty.slave), ("master", pty.master)] {
                t.equal(&format!("a read of the {side}"), actor.try_read_most(descriptor, 0)?, Ok(Vec::new()))?;
                t.equal(&format!("a write to the {side}"), actor.try_write(descriptor, b"")?, Ok(0))?;
            }
            t.equal("the input", actor.try_read(pty.slave)?.map(Bytes), Ok(b"line\n"[..].into()))?;
            for (side, descriptor) in [("slave", pty.slave), ("master", pty.master)] {
                t.equal(&format!("poll of the {side}"), events(&mut actor, descriptor)?, WRITABLE)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/several-buffers-are-read-and-written-in-order",
        title: "read a line with readv(2) into buffers of 2, 3 and 10 bytes, and write one from three with writev(2)",
        requirement: "the buffers are filled one after another; the written line is translated as a whole",
        why: "the standard libraries of several languages write lines this way",
        references: &[manual("readv(2)")],
        covers: &["PT-35"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.change_termios(pty.slave, TermiosFacts::without_echo)?;
            actor.write(pty.master, b"hello\n")?;
            let parts = actor.read_parts(pty.slave, &[2, 3, 10])?;
            let expected: Vec<Bytes> = [&b"he"[..], b"llo", b"\n"].map(Bytes::from).to_vec();
            t.equal("what the buffers hold", parts, expected)?;
            t.equal("how many bytes are taken", actor.write_parts(pty.slave, &[b"ab\n", b"", b"cd\n"])?, 6)?;
            t.equal_bytes("what the master reads", &actor.read_count(pty.master, 8)?, b"ab\r\ncd\r\n")
        },
        ..Case::KERNEL
    },
];
