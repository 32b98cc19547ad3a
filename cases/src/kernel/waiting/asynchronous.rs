//! Being told by SIGIO (`O_ASYNC`) instead of waiting.

use super::Line;
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::{kernel::full::fill, kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-waiting/sigio-tells-of-input",
        title: "set O_ASYNC at either end in raw mode, write at the other, read, write again, clear O_ASYNC, and write",
        requirement: "SIGIO comes with each write while O_ASYNC is set, and not afterwards",
        why: "a program that computes and lets itself be told of keys would be deaf, or ended by a SIGIO of nobody's",
        references: &[manual("fcntl(2)").at("O_ASYNC"), manual("signal(7)").at("SIGIO")],
        covers: &["PT-42"],
        body: |t| {
            for side in ["slave", "master"] {
                let (mut writer, pty) = t.actor_with_pty(0)?;
                writer.change_termios(pty.slave, TermiosFacts::raw)?;
                let mut reader = writer.fork(ChildGroup::Own)?;
                reader.catch(&[Signal::IO])?;
                let (from, to) = if side == "slave" { (pty.master, pty.slave) } else { (pty.slave, pty.master) };
                reader.set_async(to, true)?;
                t.equal(&format!("signals before anything comes to the {side}"), reader.signals_within(0)?, vec![])?;
                for _ in 0..2 {
                    writer.write(from, b"x")?;
                    t.equal(&format!("signals of input at the {side}"), reader.next_signals()?, vec![Signal::IO])?;
                    t.equal_bytes("what is read", &reader.read(to)?, b"x")?;
                }
                reader.set_async(to, false)?;
                writer.write(from, b"y")?;
                // The signal would be sent before anybody could read.
                t.equal_bytes("what is read without O_ASYNC", &reader.read(to)?, b"y")?;
                t.equal("signals without O_ASYNC", reader.signals_within(0)?, vec![])?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/sigio-tells-of-a-line-when-it-ends",
        title: "set O_ASYNC at a slave with lines, type half of one, and then its end",
        requirement: "no SIGIO until the line ends",
        why: "who is told too early reads, waits for the rest of the line, and does not do what it has to do meanwhile",
        references: &[manual("fcntl(2)").at("O_ASYNC"), POSIX_TERMINALS],
        covers: &["PT-42"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::with(t, |settings| settings)?;
            program.catch(&[Signal::IO])?;
            program.set_async(slave, true)?;
            typist.write(master, b"half")?;
            t.equal_bytes("echo", &typist.read_count(master, 4)?, b"half")?;
            t.equal("signals of half a line", program.signals_within(0)?, vec![])?;
            typist.write(master, b"\n")?;
            t.equal("signals of a line", program.next_signals()?, vec![Signal::IO])?;
            t.equal_bytes("the line", &program.read(slave)?, b"half\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/sigio-tells-of-room",
        title: "set O_ASYNC and O_NONBLOCK at either end in raw mode, write until nothing more is taken, and read at the other",
        requirement: "SIGIO when there is room again, and not before",
        why: "a program that lets itself be told when it may go on writing would never go on",
        references: &[manual("fcntl(2)").at("O_ASYNC"), manual("signal(7)").at("SIGIO")],
        covers: &["PT-42"],
        body: |t| {
            for side in ["slave", "master"] {
                let (mut reader, pty) = t.actor_with_pty(O_NONBLOCK)?;
                reader.change_termios(pty.slave, TermiosFacts::raw)?;
                let mut writer = reader.fork(ChildGroup::Own)?;
                writer.catch(&[Signal::IO])?;
                let (from, to) = if side == "slave" { (pty.slave, pty.master) } else { (pty.master, pty.slave) };
                writer.set_async(from, true)?;
                let taken = fill(&mut writer, from)?;
                t.equal(&format!("signals of a full {side}"), writer.signals_within(0)?, vec![])?;
                reader.set_nonblocking(to, false)?;
                t.equal_bytes("what is read", &reader.read_count(to, taken.len())?, &taken)?;
                t.equal(&format!("signals of room at the {side}"), writer.next_signals()?, vec![Signal::IO])?;
                t.equal("a write after that", writer.try_write(from, b"more")?, Ok(4))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/sigio-is-for-the-foreground",
        title: "set O_ASYNC at a slave in a background job, and type a line",
        requirement: "SIGIO goes to the group that has the terminal, and the job gets none",
        why: "a job that did not expect it and another than the one that asked may be ended by it: SIGIO ends a process",
        references: &[manual("fcntl(2)").at("O_ASYNC")],
        covers: &["PT-43"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            for actor in [&mut login.leader, &mut job] {
                actor.catch(&[Signal::IO])?;
            }
            job.set_async(login.slave, true)?;
            t.equal_bytes("echo", &login.types(b"a\n", b"a\r\n")?, b"a\r\n")?;
            t.equal("signals of the leader", login.leader.next_signals()?, vec![Signal::IO])?;
            t.equal("signals of the job", job.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/nothing-is-said-of-nothing",
        title: "at a master that does not wait: open the slave again and close it, write nothing, change settings and size, \
                type without echo, read that, flush, and read what was written",
        requirement: "after each of them poll(2) says that the master can be written to and nothing else, FIONREAD is 0, and \
                      a read is EAGAIN",
        why: "a terminal emulator that is told of input where there is none wakes for nothing, or takes it for the end",
        references: &[manual("poll(2)").at("POLLIN"), manual("read(2)").at("EAGAIN")],
        covers: &["PT-44"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let nothing = |what: &str, actor: &mut Actor| {
                t.equal(&format!("poll after {what}"), events(actor, pty.master)?, WRITABLE)?;
                t.equal(&format!("FIONREAD after {what}"), actor.ioctl(pty.master, IoctlName::Fionread, 0)?, 0)?;
                t.equal(&format!("read after {what}"), actor.try_read(pty.master)?, Err(Errno::EAGAIN))
            };
            nothing("the beginning", &mut actor)?;
            let again = actor.open_slave(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            actor.close(again)?;
            nothing("opening and closing the slave", &mut actor)?;
            t.equal("a write of nothing", actor.try_write(pty.slave, b"")?, Ok(0))?;
            nothing("a write of nothing", &mut actor)?;
            actor.change_termios(pty.slave, TermiosFacts::without_echo)?;
            nothing("new settings", &mut actor)?;
            actor.set_size(pty.slave, Size::new(30, 90))?;
            nothing("a new size", &mut actor)?;
            actor.write(pty.master, b"typed\n")?;
            t.equal("poll of the slave", events(&mut actor, pty.slave)?, READABLE | WRITABLE)?;
            nothing("typing without echo", &mut actor)?;
            t.equal("the slave's read", actor.try_read(pty.slave)?.map(Bytes), Ok(b"typed\n"[..].into()))?;
            nothing("a read of the slave", &mut actor)?;
            actor.ioctl(pty.slave, IoctlName::Tcflsh, TCIOFLUSH.into())?;
            nothing("a flush", &mut actor)?;
            actor.write(pty.slave, b"seen")?;
            t.equal("poll after a write", events(&mut actor, pty.master)?, READABLE | WRITABLE)?;
            t.equal("the master's read", actor.try_read(pty.master)?.map(Bytes), Ok(b"seen"[..].into()))?;
            nothing("reading it all", &mut actor)
        },
        ..Case::KERNEL
    },
];
