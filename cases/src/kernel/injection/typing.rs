//! What faked input does.

use super::{TIOCSTI, acquire, fake, fake_all};
use crate::{kernel::instance::carries, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-injection/faked-bytes-are-edited-and-echoed",
        title: "fake `ab`, the erase character, `c` and a newline on one's own controlling terminal",
        requirement: "the master sees their echo, the slave reads the edited line, as if they had been typed",
        why: "what is faked is taken by the next program that reads: this is how a sandboxed program types into the shell \
              that started it",
        references: &[TIOCSTI],
        covers: &["MS-01"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            acquire(&mut actor, pty.slave)?;
            fake_all(&mut actor, pty.slave, b"ab\x7fc\n")?;
            t.equal_bytes("the echo", &actor.read_count(pty.master, 8)?, b"ab\x08 \x08c\r\n")?;
            t.equal_bytes("what the slave reads", &actor.read(pty.slave)?, b"ac\n")?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-injection/faked-interrupt-is-a-signal",
        title: "fake ^C on one's own controlling terminal",
        requirement: "the foreground process group gets SIGINT, the master sees ^C, and nothing is left to read",
        why: "a program that fakes ^C ends its neighbours on the terminal",
        references: &[TIOCSTI],
        covers: &["MS-01"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            acquire(&mut actor, pty.slave)?;
            let mut neighbour = actor.fork(ChildGroup::Parents)?;
            for process in [&mut actor, &mut neighbour] {
                process.catch(&[Signal::INT])?;
            }
            fake_all(&mut actor, pty.slave, b"\x03")?;
            for process in [&mut actor, &mut neighbour] {
                t.equal("signals", process.next_signals()?, vec![Signal::INT])?;
            }
            t.equal_bytes("the echo", &actor.read_count(pty.master, 2)?, b"^C")?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-injection/faking-in-the-background-is-not-stopped",
        title: "fake a line from a background process group, with TOSTOP set",
        requirement: "it is taken, and neither SIGTTOU nor SIGTTIN comes, although writing to the terminal brings SIGTTOU",
        why: "job control does not protect the foreground program from what a background job types for it",
        references: &[TIOCSTI, POSIX_TERMINALS],
        covers: &["MS-05"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            acquire(&mut actor, pty.slave)?;
            actor.change_termios(pty.slave, |settings| TermiosFacts { local: settings.local | TOSTOP, ..settings })?;
            let mut background = actor.fork(ChildGroup::Own)?;
            background.catch(&[Signal::TTIN, Signal::TTOU])?;
            fake_all(&mut background, pty.slave, b"x\n")?;
            t.equal("signals of TIOCSTI", background.signals_within(0)?, vec![])?;
            t.equal_bytes("what the foreground reads", &actor.read(pty.slave)?, b"x\n")?;
            t.equal("writing in the background", background.try_write(pty.slave, b"y")?, Err(Errno::EINTR))?;
            t.equal("signals of writing", background.signals_within(0)?, vec![Signal::TTOU])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-injection/faked-on-a-master-is-read-by-the-master",
        title: "fake a byte on a master",
        requirement: "the master reads it, as if the slave had written it; the slave gets nothing",
        why: "an engine that holds a container's master cannot type into the container this way, and the other way round a \
              privileged program can put words into the container's mouth",
        references: &[TIOCSTI],
        covers: &["MS-04"],
        // A master is nobody's controlling terminal, so that it takes CAP_SYS_ADMIN in the first user namespace.
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            fake_all(&mut actor, pty.master, b"x")?;
            t.equal_bytes("what the master reads", &actor.read(pty.master)?, b"x")?;
            t.equal("faking on the slave", fake(&mut actor, pty.slave, b'y')?, Ok(0))?;
            actor.write(pty.master, b"\n")?;
            t.equal_bytes("what the slave reads", &actor.read(pty.slave)?, b"y\n")
        },
        ..Case::KERNEL
    },
];
