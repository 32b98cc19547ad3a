//! Who types faster than the program reads: backlog, and keys that are stuck behind it.

use super::Line;
use crate::{kernel::login::Login, prelude::*};
use nix::libc::POLLPRI;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-waiting/writer-waits-for-the-reader",
        title: "type a line and 200000 bytes of another with one write, read the first line, and then the second",
        requirement: "the write waits until the first line is read; the second line has 4095 bytes and its end",
        why: "a paste must wait for a program that is busy, and go on when it reads",
        references: &[POSIX_TERMINALS, manual("write(2)")],
        covers: &["LB-05"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::with(t, |settings| settings.without_echo())?;
            let paste = [b"line\n".as_slice(), &[b'x'; 200_000], b"\n"].concat();
            let writing = typist.begin(step::Write { descriptor: master, bytes: Bytes(paste) })?;
            t.equal("whether the write waits", writing.sleeps()?, true)?;
            t.equal_bytes("the first line", &program.read(slave)?, b"line\n")?;
            t.equal("the write", writing.answer()?, Ok(()))?;
            let second = [[b'x'; 4095].as_slice(), b"\n"].concat();
            t.equal_bytes("the second line", &program.read(slave)?, &second)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/interrupt-waits-behind-a-backlog",
        title: "type a line, more than fits behind it, and ^C; then read the line",
        requirement: "only what fits is echoed, and SIGINT comes when the line is read, not before",
        why: "^C seems dead while a program that was pasted to does not read",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("ISIG")],
        covers: &["LB-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(&[Signal::INT])?;
            login.emulator.write(login.master, &backlog())?;
            login.emulator.write(login.master, b"\x03")?;
            // The room is 4095 bytes, of which the first line takes 5. What is processed is echoed, so once all that fits
            // was echoed, the kernel has looked as far as it can.
            let echo = [b"line\r\n".as_slice(), &[b'x'; 4090]].concat();
            t.equal_bytes("echo", &login.emulator.read_count(login.master, echo.len())?, &echo)?;
            t.equal("signals before the read", login.leader.signals_within(0)?, vec![])?;
            t.equal_bytes("the line", &login.leader.read(login.slave)?, b"line\n")?;
            t.equal("signals after the read", login.leader.next_signals()?, vec![Signal::INT])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/flow-control-behind-a-backlog",
        title: "type a line, more than fits behind it, and ^S; then write in the program",
        requirement: "since Linux 6.0 the output is stopped at once, and ^Q lets it go on (new); before, ^S waits with the \
                      rest, and the write passes (old)",
        why: "^S has to stop a flood of output although the program that makes it does not read",
        references: &[manual("termios(3)").at("IXON"), manual("ioctl_tty(2)").at("TIOCPKT")],
        covers: &["LB-06"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::with(t, |settings| settings.without_echo())?;
            program.set_nonblocking(slave, true)?;
            // In packet mode the master is told when output is stopped.
            typist.ioctl(master, IoctlName::Tiocpkt, 1)?;
            typist.write(master, &backlog())?;
            typist.write(master, b"\x13")?;
            let wait = u16::try_from((t.patience() / 2).as_millis()).unwrap_or(u16::MAX);
            let told = typist.poll_within(master, POLLPRI, wait)? & POLLPRI;
            let written = program.try_write(slave, b"out")?;
            let known = [("new", (POLLPRI, Err(Errno::EAGAIN))), ("old", (0, Ok(3)))];
            t.shows("status and write after ^S", (told, written), &known)?;
            if told == 0 {
                return Ok(());
            }
            t.equal_bytes("status after ^S", &typist.read(master)?, &[TIOCPKT_STOP])?;
            typist.write(master, b"\x11")?;
            t.equal_bytes("status after ^Q", &typist.read(master)?, &[TIOCPKT_START])?;
            t.equal("write after ^Q", program.try_write(slave, b"out")?, Ok(3))
        },
        ..Case::KERNEL
    },
];

/// Output is stopped: the first byte of a read in packet mode. ioctl_tty(2)
const TIOCPKT_STOP: u8 = 4;

/// Output goes on.
const TIOCPKT_START: u8 = 8;

/// A line and more than fits behind it: while the line is unread, there is room for 4095 bytes in all.
fn backlog() -> Vec<u8> {
    [b"line\n".as_slice(), &[b'x'; 5000]].concat()
}
