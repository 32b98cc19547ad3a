//! What flushing drops, and what it leaves.

use super::raw_pty;
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-queues/flushing-input-drops-all-that-was-sent",
        title: "in raw mode write 6000 bytes to each side, flush the other side's input with TCIFLUSH, and write one more",
        requirement: "only the one that came later is read",
        why: "a prompt flushes so that nothing typed before it counts as its answer: more than fits into the line \
              discipline must be dropped, too",
        references: &[manual("tcflush(3)").at("TCIFLUSH")],
        covers: &["LQ-01", "LQ-02"],
        body: |t| {
            let before = Bytes::pattern(Lines::Unbroken, 6000).0;
            let mut actor = t.actor()?;
            let pty = raw_pty(&mut actor)?;
            for (from, to) in [(pty.master, pty.slave), (pty.slave, pty.master)] {
                actor.write(from, &before)?;
                t.equal("poll before the flush", events(&mut actor, to)?, READABLE | WRITABLE)?;
                actor.ioctl(to, IoctlName::Tcflsh, TCIFLUSH.into())?;
                t.equal("poll after the flush", events(&mut actor, to)?, WRITABLE)?;
                actor.write(from, b"!")?;
                t.equal("what is read", actor.try_read(to)?.map(Bytes), Ok(b"!"[..].into()))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-queues/flushing-output-on-its-way-drops-all-of-it-or-nothing",
        title: "200 times write `abc` to the slave, flush its output at once with TCOFLUSH, and write `!`",
        requirement: "the master reads `!`, and before it `abc` or nothing",
        why: "output that is flushed is dropped only while the kernel has not handed it over: half of an escape sequence \
              would spoil the screen",
        references: &[manual("tcflush(3)").at("TCOFLUSH")],
        covers: &["LQ-03"],
        body: |t| {
            let mut actor = t.actor()?;
            let pty = raw_pty(&mut actor)?;
            actor.set_nonblocking(pty.master, false)?;
            let write = |bytes: &'static [u8]| step::Write { descriptor: pty.slave, bytes: bytes.into() };
            let flush = step::Ioctl { descriptor: pty.slave, name: IoctlName::Tcflsh, argument: TCOFLUSH.into() };
            let steps = step::InTurn(vec![write(b"abc").into(), flush.into()], write(b"!"));
            for _ in 0..200 {
                actor.ask(steps.clone())?;
                let mut seen = Vec::new();
                while !seen.ends_with(b"!") {
                    seen.extend(actor.read(pty.master)?);
                }
                // How often it is dropped is a race with the kernel's worker, and no property of the kernel.
                if seen != b"!" {
                    t.equal_bytes("what the master reads", &seen, b"abc!")?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-queues/flushing-output-leaves-what-has-arrived",
        title: "write to each side, wait until the other can read it, and flush with TCOFLUSH where it was written",
        requirement: "it is read all the same",
        why: "it has been sent: gVisor drops it here, and a screen that has shown it already cannot",
        references: &[manual("tcflush(3)").at("TCOFLUSH")],
        covers: &["LQ-04", "LQ-05"],
        body: |t| {
            let mut actor = t.actor()?;
            let pty = raw_pty(&mut actor)?;
            for (from, to) in [(pty.slave, pty.master), (pty.master, pty.slave)] {
                actor.write(from, b"sent")?;
                t.equal("poll before the flush", events(&mut actor, to)?, READABLE | WRITABLE)?;
                t.equal("FIONREAD before the flush", actor.ioctl(to, IoctlName::Fionread, 0)?, 4)?;
                actor.ioctl(from, IoctlName::Tcflsh, TCOFLUSH.into())?;
                t.equal("what is read", actor.try_read(to)?.map(Bytes), Ok(b"sent"[..].into()))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-queues/an-unknown-queue-is-refused",
        title: "type on the master and write on the slave, and ask both sides for TCFLSH with 3, 255 and -1",
        requirement: "EINVAL, and nothing is dropped",
        why: "a wrong constant must not lose what a user has typed",
        references: &[manual("tcflush(3)").at("EINVAL")],
        covers: &["LQ-05"],
        body: |t| {
            let mut actor = t.actor()?;
            let pty = raw_pty(&mut actor)?;
            actor.write(pty.master, b"input")?;
            actor.write(pty.slave, b"output")?;
            for (side, descriptor) in [("slave", pty.slave), ("master", pty.master)] {
                for queue in [3, 255, -1] {
                    let refused = actor.try_ioctl(descriptor, IoctlName::Tcflsh, queue)?;
                    t.equal(&format!("TCFLSH {queue} of the {side}"), refused, Err(Errno::EINVAL))?;
                }
            }
            t.equal("what the slave reads", actor.try_read(pty.slave)?.map(Bytes), Ok(b"input"[..].into()))?;
            t.equal("what the master reads", actor.try_read(pty.master)?.map(Bytes), Ok(b"output"[..].into()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-queues/flushing-with-new-settings-lets-a-waiting-line-in",
        title: "ten times: type a line and as much as fits behind it, and a line that does not fit; then clear ECHO with \
                TCSAFLUSH",
        requirement: "the line that did not fit is read whole, and nothing else; it is echoed whole or not at all",
        why: "what is typed before a prompt for a password counts as the password, and may show, but not in pieces",
        references: &[manual("tcsetattr(3)").at("TCSAFLUSH")],
        covers: &["LM-10"],
        body: |t| {
            for _ in 0..10 {
                let (mut actor, pty) = t.actor_with_pty(0)?;
                let full = [b"a\n".as_slice(), &[b'x'; 4093]].concat();
                actor.write(pty.master, &full)?;
                let echo = [b"a\r\n".as_slice(), &[b'x'; 4093]].concat();
                t.equal_bytes("echo of what fits", &actor.read_count(pty.master, echo.len())?, &echo)?;
                actor.write(pty.master, b"b\n")?;
                t.equal("poll of the master before the flush", events(&mut actor, pty.master)?, WRITABLE)?;
                let silent = actor.termios(pty.slave)?.without_echo();
                actor.set_termios_when(pty.slave, TermiosAction::Flush, silent)?;
                t.equal_bytes("what is read", &actor.read(pty.slave)?, b"b\n")?;
                // The end of this shows where the echo ends.
                actor.write(pty.slave, b".")?;
                let mut shown = Vec::new();
                while !shown.ends_with(b".") {
                    shown.extend(actor.read(pty.master)?);
                }
                // Which comes first, the kernel's worker or the new settings, is a race on every kernel, and no property.
                if shown != b"." {
                    t.equal_bytes("what the master reads", &shown, b"b\r\n.")?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];
