//! Stopping and starting, where somebody waits for it.

use super::events::{WRITABLE, events};
use crate::prelude::*;
use nix::libc::{TCIOFF, TCION};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-flow/stopped-output-holds-the-writer",
        title: "stop the slave's output with TCOOFF, write on the slave, and start it with TCOON",
        requirement: "the write waits for the start, and then arrives",
        why: "a program that pauses the terminal must not lose what others print meanwhile",
        references: &[manual("tcflow(3)").at("TCOOFF")],
        covers: &["LF-01"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let write = Write { from: pty.slave, to: pty.master, bytes: b"held" };
            let (stop, start) = (tcflow(pty.slave, TCOOFF), tcflow(pty.slave, TCOON));
            holds_a_write(t, &mut actor, &write, stop, start)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-flow/the-stop-key-holds-the-writer",
        title: "type ^S at the master, write on the slave, and type ^Q",
        requirement: "the write waits for ^Q, and then arrives; neither key is echoed",
        why: "users stop a scrolling screen by this; and who presses ^S by mistake finds the terminal hanging",
        references: &[manual("termios(3)").at("IXON")],
        covers: &["LF-01", "LI-06"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let write = Write { from: pty.slave, to: pty.master, bytes: b"held" };
            holds_a_write(t, &mut actor, &write, types(pty, STOP), types(pty, START))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-flow/the-master-holds-the-slaves-writer",
        title: "turn the master's input off with TCIOFF, write on the slave, and turn it on with TCION",
        requirement: "the write waits until the input is on, and then arrives",
        why: "a terminal emulator that cannot follow asks for a pause in this way, as a terminal on a line does",
        references: &[manual("tcflow(3)").at("TCIOFF")],
        covers: &["LF-03"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let write = Write { from: pty.slave, to: pty.master, bytes: b"held" };
            let stop = |actor: &mut Actor| {
                tcflow(pty.master, TCIOFF)(actor)?;
                // The worker is done with what the master has sent.
                events(actor, pty.slave)?;
                Ok(())
            };
            holds_a_write(t, &mut actor, &write, stop, tcflow(pty.master, TCION))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-flow/stopped-output-of-the-master-holds-who-types",
        title: "stop the master's own output with TCOOFF, write on the master, and start it with TCOON",
        requirement: "the write waits for the start, and then arrives; the slave's output goes on all the time",
        why: "each side has its own state: a relay that pauses one direction must not stop the other",
        references: &[manual("tcflow(3)").at("TCOOFF")],
        covers: &["LF-04"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.change_termios(pty.slave, TermiosFacts::without_echo)?;
            let write = Write { from: pty.master, to: pty.slave, bytes: b"typed\n" };
            let stop = |actor: &mut Actor| {
                tcflow(pty.master, TCOOFF)(actor)?;
                actor.write(pty.slave, b"output")?;
                t.equal_bytes("the slave's output meanwhile", &actor.read_count(pty.master, 6)?, b"output")
            };
            holds_a_write(t, &mut actor, &write, stop, tcflow(pty.master, TCOON))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-flow/the-start-key-does-not-undo-tcooff",
        title: "stop the slave's output with TCOOFF, type ^Q, ^S and ^Q, and start it with TCOON",
        requirement: "until TCOON the slave is not writable and a write is EAGAIN",
        why: "a program that has stopped its terminal itself relies on it, whatever keys its user presses",
        references: &[manual("tcflow(3)").at("TCOOFF")],
        covers: &["LF-01"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            actor.ioctl(pty.slave, IoctlName::Tcxonc, TCOOFF.into())?;
            for key in [START, STOP, START] {
                types(pty, key)(&mut actor)?;
                let seen = events(&mut actor, pty.slave)?;
                t.equal(&format!("poll of the slave after byte {key:#x}"), seen, PollFlags::empty())?;
                t.equal("a write", actor.try_write(pty.slave, b"x")?, Err(Errno::EAGAIN))?;
            }
            actor.ioctl(pty.slave, IoctlName::Tcxonc, TCOON.into())?;
            t.equal("poll of the slave after TCOON", events(&mut actor, pty.slave)?, WRITABLE)?;
            t.equal("a write", actor.try_write(pty.slave, b"x")?, Ok(1))?;
            t.equal("what the master reads", actor.try_read(pty.master)?, Ok(b"x".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-flow/an-unknown-action-is-refused",
        title: "ask both sides for TCXONC with 4, 255 and -1",
        requirement: "EINVAL, and output goes on",
        why: "a wrong constant must not stop the terminal for ever",
        references: &[manual("tcflow(3)").at("EINVAL")],
        covers: &["LF-05"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            for (side, descriptor) in [("slave", pty.slave), ("master", pty.master)] {
                for action in [4, 255, -1] {
                    let refused = actor.try_ioctl(descriptor, IoctlName::Tcxonc, action)?;
                    t.equal(&format!("TCXONC {action} of the {side}"), refused, Err(Errno::EINVAL))?;
                }
                t.equal(&format!("poll of the {side}"), events(&mut actor, descriptor)?, WRITABLE)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// The key that stops output, VSTOP.
const STOP: u8 = 0x13;
/// The key that lets it go on, VSTART.
const START: u8 = 0x11;

/// A write of another process.
struct Write {
    from: i32,
    to: i32,
    bytes: &'static [u8],
}

/// After `stop` a write waits, and after `start` it goes on and its bytes arrive.
fn holds_a_write(
    t: &Trial,
    actor: &mut Actor,
    write: &Write,
    stop: impl FnOnce(&mut Actor) -> Judgement,
    start: impl FnOnce(&mut Actor) -> Judgement,
) -> Judgement {
    let mut writer = actor.fork(ChildGroup::Parents)?;
    stop(actor)?;
    let writing = writer.begin(step::WriteOnce { descriptor: write.from, bytes: Bytes::from(write.bytes) })?;
    t.equal("the write waits", writing.sleeps()?, true)?;
    start(actor)?;
    let all = write.bytes.len() as i64;
    t.equal("the write", writing.answer()?, Ok(all))?;
    t.equal_bytes("what arrives", &actor.read_count(write.to, write.bytes.len())?, write.bytes)
}

/// TCXONC of one side.
fn tcflow(descriptor: i32, action: i32) -> impl FnOnce(&mut Actor) -> Judgement {
    move |actor| {
        actor.ioctl(descriptor, IoctlName::Tcxonc, action.into())?;
        Ok(())
    }
}

/// A key typed at the master, and the kernel's worker done with it.
fn types(pty: PtyDescriptors, key: u8) -> impl FnOnce(&mut Actor) -> Judgement {
    move |actor| {
        actor.write(pty.master, &[key])?;
        events(actor, pty.slave)?;
        Ok(())
    }
}
