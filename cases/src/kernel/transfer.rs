//! Moving much, and moving it without the program's memory.

use crate::prelude::*;
use nix::libc::IXON;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-transfer/splice-to-a-slave",
        title: "splice(2) two lines from a pipe to a slave",
        requirement: "all bytes are taken, and the master reads them with output processing applied",
        why: "cat and tee of some systems copy this way; on kernels where it failed, their output was lost",
        references: &[manual("splice(2)"), SPLICE_FIX],
        covers: &["MS-07"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let [read, write] = actor.pipe()?;
            actor.write(write, TEXT)?;
            let moved = actor.try_splice(read, pty.slave, 4096)?;
            arrives(t, &mut actor, pty, moved)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-transfer/sendfile-to-a-slave",
        title: "sendfile(2) two lines from a file to a slave",
        requirement: "all bytes are taken, and the master reads them with output processing applied",
        why: "pagers and web servers copy files this way without asking where to",
        references: &[manual("sendfile(2)"), SPLICE_FIX],
        covers: &["MS-07"],
        body: |t| {
            let path = t.directory()?.join("text").display().to_string();
            std::fs::write(&path, TEXT).map_err(|error| Stop::Error(format!("{path}: {error}")))?;
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let file = actor.open(&path, O_RDONLY)?.descriptor;
            let moved = actor.try_send_file(file, pty.slave, 4096)?;
            arrives(t, &mut actor, pty, moved)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-transfer/splice-from-a-slave",
        title: "type two lines, and splice(2) from the slave to a pipe",
        requirement: "one line is moved, as read(2) gives it",
        why: "a program that copies its terminal to a pipe this way must get lines, and an end of file where ^D was typed",
        references: &[manual("splice(2)"), SPLICE_FIX],
        covers: &["MS-07"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.write(pty.master, b"one\ntwo\n")?;
            spliced(t, &mut actor, pty.slave, b"one\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-transfer/splice-from-a-master",
        title: "write to the slave, and splice(2) from the master to a pipe",
        requirement: "the bytes are moved",
        why: "this is how a relay may pass a container's output on without copying it",
        references: &[manual("splice(2)"), SPLICE_FIX],
        covers: &["MS-07"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            // Without a newline, which output processing would hand over on its own.
            actor.write(pty.slave, b"one")?;
            spliced(t, &mut actor, pty.master, b"one")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-transfer/moving-at-a-dead-slave",
        title: "close the master; then splice(2) to and from the slave, and sendfile(2) to it",
        requirement: "EINVAL, and what was to be moved is still there: a dead terminal can only be read and written",
        why: "cat that copies this way then falls back to read(2) and write(2), which tell it of the hang-up",
        references: &[manual("splice(2)").at("EINVAL"), manual("sendfile(2)").at("EINVAL")],
        covers: &["MS-10"],
        body: |t| {
            let path = t.directory()?.join("text").display().to_string();
            std::fs::write(&path, TEXT).map_err(|error| Stop::Error(format!("{path}: {error}")))?;
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let file = actor.open(&path, O_RDONLY)?.descriptor;
            let [read, write] = actor.pipe()?;
            actor.write(write, TEXT)?;
            actor.close(pty.master)?;
            t.equal("splice to the slave", actor.try_splice(read, pty.slave, 4096)?, Err(Errno::EINVAL))?;
            t.equal_bytes("what is left in the pipe", &actor.read(read)?, TEXT)?;
            t.equal("sendfile to the slave", actor.try_send_file(file, pty.slave, 4096)?, Err(Errno::EINVAL))?;
            t.equal("splice from the slave", actor.try_splice(pty.slave, write, 4096)?, Err(Errno::EINVAL))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-transfer/paste-to-a-slow-reader",
        title: "type 64 KiB in pieces of 40 bytes on a raw terminal with IXON on; the slave reads 200 bytes whenever the \
                line discipline is full",
        requirement: "the slave reads exactly what was typed",
        why: "a long paste over a network into an editor that is slower; kernels 6.0 to 6.9 doubled or lost parts of it",
        references: &[LOOKAHEAD_FIX, POSIX_TERMINALS],
        covers: &["MS-08"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut termios = actor.termios(pty.slave)?.raw();
            termios.input |= IXON;
            actor.set_termios(pty.slave, termios)?;
            let paste = Bytes::pattern(Lines::Unbroken, PASTE).0;
            let mut pieces = paste.chunks(40);
            let (mut typed, mut read) = (0, Vec::new());
            while read.len() < PASTE {
                while typed < read.len() + ON_ITS_WAY
                    && let Some(piece) = pieces.next()
                {
                    actor.write(pty.master, piece)?;
                    typed += piece.len();
                }
                t.equal("there is something to read", actor.readable_within(pty.slave, 5000)?, true)?;
                match actor.try_read_most(pty.slave, 200)? {
                    Ok(piece) => read.extend(piece),
                    refused => return t.equal("reading", refused, Ok(Vec::new())),
                }
            }
            t.equal_bytes("what the slave reads", &read, &paste)?;
            t.equal("bytes that are left", actor.ioctl(pty.slave, IoctlName::Fionread, 0)?, 0)
        },
        ..Case::KERNEL
    },
];

/// Terminals could not be spliced to in 5.10 and 5.11.
const SPLICE_FIX: Reference = issue(
    "Linux commit 9bb48c82aced, tty: implement write_iter",
    "https://git.kernel.org/linus/9bb48c82aced07698a2d08ee0f1475a6c4f6b266",
);

/// Input garbled or doubled in 6.0 to 6.9.
const LOOKAHEAD_FIX: Reference = issue("kernel bug 218834", "https://bugzilla.kernel.org/show_bug.cgi?id=218834");

/// The bytes on the way, and as output processing makes them.
const TEXT: &[u8] = b"one\ntwo";
const PROCESSED: &[u8] = b"one\r\ntwo";

/// What came of moving [`TEXT`] to a slave, and that it arrived as output.
fn arrives(t: &mut Trial, actor: &mut Actor, pty: PtyDescriptors, moved: Result<i64, Errno>) -> Judgement {
    t.shows("bytes that were moved", moved, &[("new", Ok(TEXT.len() as i64)), ("broken", Err(Errno::EINVAL))])?;
    if moved.is_ok() {
        t.equal_bytes("what the master reads", &actor.read_count(pty.master, PROCESSED.len())?, PROCESSED)?;
    }
    Ok(())
}

/// Splices from one end what was written to the other, and reads it from the pipe.
fn spliced(t: &mut Trial, actor: &mut Actor, from: i32, expected: &[u8]) -> Judgement {
    let [read, write] = actor.pipe()?;
    // There before the look, so that one call moves all of it.
    t.equal("there is something to read", actor.readable_within(from, 5000)?, true)?;
    let moved = actor.try_splice(from, write, 4096)?;
    t.shows("bytes that were moved", moved, &[("new", Ok(expected.len() as i64)), ("broken", Err(Errno::EINVAL))])?;
    if moved.is_ok() {
        t.equal_bytes("what the pipe has", &actor.read(read)?, expected)?;
    }
    Ok(())
}

/// As much as is pasted.
const PASTE: usize = 64 * 1024;

/// As much as is on its way when the reader reads: a little more than the line discipline holds, so that the rest waits
/// before it, where it is looked through for ^S and ^Q.
const ON_ITS_WAY: usize = 4096 + 54;
