//! When a slave was last used, as its node in devpts tells.

use super::path_of_slave;
use crate::prelude::*;
use std::time::SystemTime;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/times-of-a-slave-move-in-steps-of-eight-seconds",
        title: "set the times of a slave's node to long ago, write to it and read from it; then set them to another second \
                of the same eight, and do so again",
        requirement: "writing moves st_mtime and reading st_atime, each to a whole second; the second time neither moves, \
                      unless eight seconds have begun anew",
        why: "w(1) tells from this for how long a user is idle; finer steps would tell everybody when another user types \
              each key of a password",
        level: Level::Security,
        references: &[
            manual("inode(7)"),
            issue("Linux 3.10, tty: fix atime/mtime regression", "https://git.kernel.org/linus/37b7f3c76595"),
        ],
        covers: &["PT-37"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            actor.set_times(&path, LONG_AGO)?;
            let began = seconds_of_now();
            actor.write(pty.slave, b"output")?;
            let written = actor.times(&path)?;
            t.equal("st_atime after a write", written.accessed, LONG_AGO.accessed)?;
            actor.write(pty.master, b"input\n")?;
            actor.read(pty.slave)?;
            let read = actor.times(&path)?;
            for (name, time) in [("st_mtime after a write", written.modified), ("st_atime after a read", read.accessed)]
            {
                t.holds(name, "a whole second of now", &time, |time| is_since(*time, began))?;
            }
            t.equal("st_mtime after a read", read.modified, written.modified)?;

            // Four seconds off, within the same eight.
            let shifted = |time: Moment| Moment::second(time.seconds ^ (STEP / 2));
            let before = FileTimes { accessed: shifted(read.accessed), modified: shifted(read.modified) };
            actor.set_times(&path, before)?;
            actor.write(pty.slave, b"output")?;
            actor.write(pty.master, b"input\n")?;
            actor.read(pty.slave)?;
            let after = actor.times(&path)?;
            for (name, before, after) in
                [("st_mtime", before.modified, after.modified), ("st_atime", before.accessed, after.accessed)]
            {
                t.holds(
                    &format!("{name} after the second time"),
                    &format!("{}, or a second of other eight", before.evidence()),
                    &after,
                    |after| *after == before || after.seconds / STEP != before.seconds / STEP,
                )?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/writing-through-dev-tty-moves-the-times-of-the-slave",
        title: "set the times of a slave's node to long ago, and write to it through /dev/tty",
        requirement: "since Linux 6.5 the node's st_mtime moves; before, it stays",
        why: "w(1) and logind tell a user idle who works in a program that uses /dev/tty, as ssh(1) and less(1) do",
        references: &[
            manual("tty(4)"),
            issue(
                "Linux 6.5, tty: tty_io: update timestamps on all device nodes",
                "https://git.kernel.org/linus/360c11e2258c",
            ),
        ],
        covers: &["PT-37"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            // By its path: it is the node of an open file that is told.
            let slave = actor.open(&path, O_RDWR | O_NOCTTY)?.descriptor;
            actor.ioctl(slave, IoctlName::Tiocsctty, 0)?;
            let tty = actor.open("/dev/tty", O_RDWR)?.descriptor;
            actor.set_times(&path, LONG_AGO)?;
            let began = seconds_of_now();
            actor.write(tty, b"output")?;
            let seen = match actor.times(&path)?.modified {
                time if time == LONG_AGO.modified => "what it was",
                time if is_since(time, began) => "now",
                _ => "neither what it was nor now",
            };
            t.shows("st_mtime", seen, &[("new", "now"), ("old", "what it was")])
        },
        ..Case::KERNEL
    },
];

/// Long ago.
const LONG_AGO: FileTimes =
    FileTimes { accessed: Moment::second(1_000_000_000), modified: Moment::second(1_000_000_000) };

/// Whether a time is a whole second since a second of the clock, and not one to come.
fn is_since(time: Moment, began: i64) -> bool {
    // The kernel's seconds may lag behind by the length of a tick.
    time.nanoseconds == 0 && (began - 1..=seconds_of_now()).contains(&time.seconds)
}

fn seconds_of_now() -> i64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs() as i64)
}

/// The kernel tells times of terminals in steps of so many seconds.
const STEP: i64 = 8;
