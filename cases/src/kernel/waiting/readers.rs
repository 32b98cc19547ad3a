//! Readers that wait for a line.

use super::{Line, read};
use crate::prelude::*;

pub const CASES: &[Case] = &[Case {
    id: "kernel-waiting/exactly-filled-read-is-no-end-of-file",
    title: "read 3, 64 and 128 bytes, type as many and ^D once the read waits, then read again and type a line",
    requirement: "the first read takes all bytes; the second waits for the line (new), or returns nothing at once, \
                      which looks like end of file (broken: Linux 5.17 and 5.18)",
    why: "a program that reads in blocks ends too early where the block is as long as what was typed",
    references: &[POSIX_TERMINALS, manual("termios(3)").at("VEOF")],
    covers: &["LC-06", "LC-07"],
    body: |t| {
        for size in [3, 64, 128] {
            let Line { mut typist, mut program, master, slave } = Line::with(t, |settings| settings.without_echo())?;
            let pushed = vec![b'x'; size];
            let reading = program.begin(read(slave, size))?;
            t.equal("whether it waits", reading.sleeps()?, true)?;
            typist.write(master, &[&pushed[..], b"\x04"].concat())?;
            t.equal(&format!("read of {size} bytes"), reading.answer()?, Ok(pushed))?;
            let reading = program.begin(read(slave, size))?;
            // Where it does not wait, its answer tells.
            reading.sleeps()?;
            typist.write(master, b"a\n")?;
            let known = [("new", &b"a\n"[..]), ("broken", b"")].map(|(name, bytes)| (name, Ok(bytes.to_vec())));
            t.shows(&format!("read after {size} bytes that filled the buffer"), reading.answer()?, &known)?;
        }
        Ok(())
    },
    ..Case::KERNEL
}];
