//! Output that waits: for ^Q, for the master, or for nobody because a key discards it.

use super::Line;
use crate::{kernel::full::fill, kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-waiting/signal-key-restarts-stopped-output",
        title: "type ^S, write in a background job, and type ^C; the same with ^\\ and with ^Z",
        requirement: "the write waits until the key, and then its bytes come out of the master",
        why: "who has stopped the output by mistake can still interrupt, and sees what the program says to that",
        references: &[manual("termios(3)").at("IXON"), manual("termios(3)").at("ISIG")],
        covers: &["LS-06"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.change_termios(login.slave, TermiosFacts::without_echo)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            login.leader.catch(&[Signal::INT, Signal::QUIT, Signal::TSTP])?;
            for (key, signal) in [(b"\x03", Signal::INT), (b"\x1c", Signal::QUIT), (b"\x1a", Signal::TSTP)] {
                login.emulator.write(login.master, b"\x13go\n")?;
                // Keys are taken in their order, so by now the output is stopped.
                t.equal_bytes("a line after ^S", &login.leader.read(login.slave)?, b"go\n")?;
                let writing =
                    job.begin(step::WriteOnce { descriptor: login.slave, bytes: Bytes::from(&b"out"[..]) })?;
                t.equal("whether the write waits", writing.sleeps()?, true)?;
                login.emulator.write(login.master, key)?;
                t.equal("the write", writing.answer()?, Ok(3))?;
                t.equal_bytes("what the master reads", &login.emulator.read_count(login.master, 3)?, b"out")?;
                t.equal("signals of the leader", login.leader.signals_within(0)?, vec![signal])?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/signal-key-discards-output-on-its-way",
        title: "write until the terminal takes no more while the master reads nothing, type ^C and a line, and write again",
        requirement: "the master reads what had been delivered to it before ^C, and then what was written after it; what \
                      was on its way between is gone",
        why: "^C during a flood of output has to end the flood, not only the program",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("NOFLSH")],
        covers: &["LS-07"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } =
                Line::with(t, |settings| settings.without_echo().without_output_processing())?;
            program.set_nonblocking(slave, true)?;
            let flood = fill(&mut program, slave)?;
            let delivered = typist.ioctl(master, IoctlName::Fionread, 0)? as usize;
            program.set_nonblocking(slave, false)?;
            typist.write(master, b"\x03go\n")?;
            // Keys are taken in their order, so by now ^C has done its work.
            t.equal_bytes("a line after ^C", &program.read(slave)?, b"go\n")?;
            program.write(slave, b"end")?;
            let mut received = Vec::new();
            while !received.ends_with(b"end") {
                received.extend(typist.read(master)?);
            }
            let before = &received[..received.len() - 3];
            // More may have been delivered between the question and ^C, but never all: there is no room for it.
            let expected = format!("{delivered} bytes or more, and fewer than {}", flood.len());
            t.holds("bytes from before ^C", &expected, &before.len(), |count| {
                (delivered..flood.len()).contains(count)
            })?;
            t.equal_bytes("what they are", before, &flood[..before.len()])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/echo-of-a-control-character-stays-whole",
        title: "write 65536 bytes in a program while 1000 control characters are typed, and read it all at the master",
        requirement: "each of the 1000 is echoed as ^A with nothing in between, and every byte of the program comes out",
        why: "a lone ^ or A in a program's output is a corrupted display, and in an escape sequence a command",
        references: &[manual("termios(3)").at("ECHOCTL")],
        covers: &["LE-17"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::with(t, |settings| settings)?;
            let mut emulator = typist.fork(ChildGroup::Own)?;
            let writing = program.begin(step::Write { descriptor: slave, bytes: Bytes(vec![b'x'; 65536]) })?;
            let typing = typist.begin(step::Write { descriptor: master, bytes: Bytes(vec![1; 1000]) })?;
            let mut received = emulator.read_count(master, 65536)?;
            t.equal("the program's write", writing.answer()?, Ok(()))?;
            t.equal("the typing", typing.answer()?, Ok(()))?;
            // What could not be echoed for want of room is echoed before the next write.
            program.write(slave, b"end")?;
            received.extend(emulator.read_count(master, 2003)?);
            let text = String::from_utf8_lossy(&received);
            t.equal("echoes", text.matches("^A").count(), 1000)?;
            let rest = text.replace("^A", "");
            let output = [[b'x'; 65536].as_slice(), b"end"].concat();
            t.equal_bytes("the output without them", rest.as_bytes(), &output)
        },
        ..Case::KERNEL
    },
];
