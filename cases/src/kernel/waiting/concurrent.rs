//! Several processes at one terminal, and little room.

use super::{Line, read};
use crate::kernel::pair::path_of_slave;
use crate::prelude::*;
use nix::libc::{ONLCR, OPOST};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-waiting/opening-does-not-disturb-a-reader",
        title: "while a process waits in a read of the slave, open the slave in another by path and by TIOCGPTPEER, close \
                both, and type a line",
        requirement: "both opens succeed, the reader goes on waiting, and gets the line",
        why: "ps, w and mesg open the terminals of others, whose shells wait for keys: an open that waits for the reader \
              hangs, and a reader that is woken sees an end of file",
        references: &[manual("open(2)"), manual("pty(7)")],
        covers: &["PT-45"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::with(t, |settings| settings)?;
            let path = path_of_slave(&mut typist, master)?;
            typist.close(slave)?;
            let reading = program.begin(read(slave, 100))?;
            t.equal("the read waits", reading.sleeps()?, true)?;
            for how in ["by path", "by TIOCGPTPEER"] {
                let opened = match how {
                    "by path" => typist.open_terminal(&path)?,
                    _ => typist.try_open_peer(master, O_RDWR | O_NOCTTY)?,
                };
                let opened =
                    opened.map_err(|errno| Stop::fail(format!("opening {how}"), "success", errno.to_string()))?;
                t.equal(&format!("the read waits after opening {how}"), reading.sleeps()?, true)?;
                typist.close(opened.descriptor)?;
                t.equal(&format!("the read waits after closing what was opened {how}"), reading.sleeps()?, true)?;
            }
            typist.write(master, b"a line\n")?;
            t.equal("the read", reading.answer()?, Ok(b"a line\n".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/writes-do-not-mix",
        title: "at either end in raw mode let a process wait in a large write(2), three more in writes of 1 to 2048 bytes, and \
                read everything",
        requirement: "each write is taken whole, and comes out in one piece, in the order in which they began to wait",
        why: "make -j and its compilers share a terminal: their messages, and escape sequences above all, must not mix",
        references: &[manual("write(2)"), manual("pipe(7)").at("PIPE_BUF")],
        covers: &["PT-46"],
        body: |t| {
            for towards_slave in [false, true] {
                for size in [1, 2047, 2048] {
                    let (mut actor, pty) = t.actor_with_pty(0)?;
                    actor.change_termios(pty.slave, TermiosFacts::raw)?;
                    let (from, to) = if towards_slave { (pty.master, pty.slave) } else { (pty.slave, pty.master) };
                    let writes = [
                        Bytes::pattern(Lines::Unbroken, LARGE).0,
                        vec![b'a'; size],
                        vec![b'b'; size],
                        vec![b'c'; size],
                    ];
                    let mut writers =
                        [(); 4].map(|()| actor.fork(ChildGroup::Parents)).into_iter().collect::<Result<Vec<_>, _>>()?;
                    let mut writing = Vec::new();
                    for (writer, bytes) in writers.iter_mut().zip(&writes) {
                        let bytes = Bytes(bytes.clone());
                        writing.push(writer.begin(step::WriteOnce { descriptor: from, bytes })?);
                        t.equal("the writer waits", writing[writing.len() - 1].sleeps()?, true)?;
                    }
                    let everything = writes.concat();
                    t.equal_bytes("what is read", &actor.read_count(to, everything.len())?, &everything)?;
                    for (writing, bytes) in writing.into_iter().zip(&writes) {
                        t.equal("a write", writing.answer()?, Ok(bytes.len() as i64))?;
                    }
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/newline-is-doubled-whole",
        title: "fill the slave with newlines that ONLCR doubles, behind an even and an odd number of bytes; then read so many \
                bytes, 1 to 4095, and write as many newlines as are taken, again and again",
        requirement: "every newline that is taken comes out as a return and a newline, and there is nothing else",
        why: "with room for one byte, half of a new line would go out, or go missing: a staircase on the screen",
        references: &[manual("termios(3)").at("ONLCR"), manual("write(2)").at("EAGAIN")],
        covers: &["LO-12"],
        body: |t| {
            let sizes = [1, 2, 3, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 2047, 2048, 4094, 4095];
            for before in [0, 1] {
                let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
                actor.change_termios(pty.slave, |settings| {
                    let raw = settings.raw();
                    TermiosFacts { output: raw.output | OPOST | ONLCR, ..raw }
                })?;
                let mut expected = vec![b'x'; before];
                actor.write(pty.slave, &expected)?;
                let mut read = Vec::new();
                for size in [0].iter().chain(&sizes) {
                    read.extend(actor.read_count(pty.master, *size)?);
                    // Many at once, and where there is no room for many, one: it has two bytes.
                    for most in [255, 1] {
                        let refused = loop {
                            match actor.try_write(pty.slave, &vec![b'\n'; most])? {
                                Ok(taken) => expected.extend(b"\r\n".repeat(usize::try_from(taken).unwrap_or(0))),
                                Err(errno) => break errno,
                            }
                        };
                        t.equal("a write without room", refused, Errno::EAGAIN)?;
                    }
                }
                read.extend(actor.read_count(pty.master, expected.len() - read.len())?);
                t.equal_bytes("what the master reads", &read, &expected)?;
                t.equal("a read after that", actor.try_read(pty.master)?, Err(Errno::EAGAIN))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// More than a terminal holds.
const LARGE: usize = 32 * 1024;
