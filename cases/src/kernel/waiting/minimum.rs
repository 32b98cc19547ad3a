//! `VMIN` without `VTIME`: reads that wait for a number of bytes.

use super::{Line, is_readable, read};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-waiting/minimum-0-never-waits",
        title: "with MIN 0 and TIME 0, read with and without O_NONBLOCK before and after two bytes are typed",
        requirement: "no bytes both times, not EAGAIN; then the two bytes",
        why: "games and editors look for a key in this way; the absence of one is neither an error nor the end",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN == 0, TIME == 0")],
        covers: &["LV-01"],
        body: |t| {
            let mut line = Line::raw(t, 0, 0)?;
            let slave = line.slave;
            for (how, on) in [("with", true), ("without", false)] {
                line.program.set_nonblocking(slave, on)?;
                t.equal(&format!("read {how} O_NONBLOCK"), line.program.try_read(slave)?, Ok(vec![]))?;
            }
            line.types(b"ab")?;
            t.equal("whether there is input", line.is_readable()?, true)?;
            t.equal("read of what was typed", line.program.try_read(slave)?, Ok(b"ab".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/minimum-is-waited-for",
        title: "with MIN 3 and TIME 0, read, type two bytes, and then a third",
        requirement: "the read still waits after two bytes, and takes all three",
        why: "a program that reads messages of a known length gets them whole with one call",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME == 0")],
        covers: &["LV-03"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 3, 0)?;
            let reading = program.begin(read(slave, 4096))?;
            t.equal("whether it waits for the first byte", reading.sleeps()?, true)?;
            typist.write(master, b"ab")?;
            t.equal("poll below the minimum", is_readable(&mut typist, slave)?, false)?;
            t.equal("whether it waits for the third byte", reading.sleeps()?, true)?;
            typist.write(master, b"c")?;
            t.equal("what it reads", reading.answer()?, Ok(b"abc".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/full-buffer-ends-the-wait",
        title: "with MIN 10 and TIME 0, read at most 3 bytes, type five, and read at most 2",
        requirement: "each read returns when its buffer is full",
        why: "a read for fewer bytes than MIN must not wait for what it has no room for",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME == 0")],
        covers: &["LV-05"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 10, 0)?;
            let reading = program.begin(read(slave, 3))?;
            t.equal("whether it waits", reading.sleeps()?, true)?;
            typist.write(master, b"abcde")?;
            t.equal("what it reads", reading.answer()?, Ok(b"abc".to_vec()))?;
            t.equal("the next read", program.try_read_most(slave, 2)?, Ok(b"de".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/nonblocking-read-ignores-the-minimum",
        title: "with MIN 5 and TIME 0, type two bytes, and read twice with O_NONBLOCK",
        requirement: "the two bytes, then EAGAIN",
        why: "an event loop reads what is there; it must not lose bytes below the minimum, nor wait for more",
        references: &[POSIX_TERMINALS, manual("read(2)").at("EAGAIN")],
        covers: &["LV-06"],
        body: |t| {
            let mut line = Line::raw(t, 5, 0)?;
            let slave = line.slave;
            line.program.set_nonblocking(slave, true)?;
            line.types(b"ab")?;
            t.equal("the first read", line.program.try_read(slave)?, Ok(b"ab".to_vec()))?;
            t.equal("the second read", line.program.try_read(slave)?, Err(Errno::EAGAIN))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/poll-knows-the-minimum",
        title: "poll a slave before and after each of three bytes, with MIN and TIME 3 and 0, 3 and 1, 0 and 0",
        requirement: "with 3 and 0 there is input after the third byte, otherwise after the first, and never before",
        why: "a program that polls and then reads would hang in read(2), or not be woken for a key",
        references: &[manual("termios(3)").at("MIN"), manual("poll(2)")],
        covers: &["LV-07"],
        body: |t| {
            for (minimum, tenths, enough) in [(3, 0, 3), (3, 1, 1), (0, 0, 1)] {
                let mut line = Line::raw(t, minimum, tenths)?;
                let mut seen = vec![line.is_readable()?];
                for _ in 0..3 {
                    line.types(b"x")?;
                    seen.push(line.is_readable()?);
                }
                let expected = (0..=3).map(|typed| typed >= enough);
                t.equal(&format!("input with MIN {minimum} and TIME {tenths}"), seen, expected.collect())?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/minimum-above-64",
        title: "with MIN 100 and TIME 0, type 80 bytes, read at most 200, and type 20 more",
        requirement: "64 bytes since Linux 5.12 (new), because the kernel reads in pieces of 64; all 100 before (old)",
        why: "POSIX has the read wait for 100: a program that relies on it sees a short read on newer kernels",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME == 0")],
        covers: &["LV-08"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 100, 0)?;
            typist.write(master, &[b'x'; 80])?;
            t.equal("poll below the minimum", is_readable(&mut typist, slave)?, false)?;
            let reading = program.begin(read(slave, 200))?;
            reading.sleeps()?;
            typist.write(master, &[b'y'; 20])?;
            let all = [[b'x'; 80].as_slice(), &[b'y'; 20]].concat();
            let known = [("new", &all[..64]), ("old", &all[..])].map(|(name, bytes)| (name, Ok(bytes.to_vec())));
            t.shows("read with a minimum of 100", reading.answer()?, &known)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/minimum-of-64",
        title: "with MIN 64 and TIME 0, type 63 bytes, read at most 200, and type the last",
        requirement: "the read waits for the 64th byte, on every kernel",
        why: "it is the largest minimum that all kernels keep to",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME == 0")],
        covers: &["LV-08"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 64, 0)?;
            typist.write(master, &[b'x'; 63])?;
            t.equal("poll below the minimum", is_readable(&mut typist, slave)?, false)?;
            let reading = program.begin(read(slave, 200))?;
            t.equal("whether it waits", reading.sleeps()?, true)?;
            typist.write(master, b"x")?;
            t.equal("what it reads", reading.answer()?, Ok(vec![b'x'; 64]))
        },
        ..Case::KERNEL
    },
];
