//! `VTIME`: reads that wait for a time.
//!
//! Only that a wait is not too short is judged by a clock, the program's own around its read(2). That it ends at all is
//! judged by the patience of the run, so nothing here depends on how busy the machine is.

use super::{Line, is_readable, read};
use crate::prelude::*;
use nix::libc::{VEOF, VEOL};
use std::time::Duration;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-waiting/timer-limits-the-wait",
        title: "with MIN 0 and TIME 2, read where nothing is typed, without and with O_NONBLOCK",
        requirement: "no bytes after two tenths of a second; with O_NONBLOCK EAGAIN",
        why: "programs tell the escape key from the sequence of an arrow key by such a wait",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN == 0, TIME > 0")],
        covers: &["LV-02"],
        body: |t| {
            let mut line = Line::raw(t, 0, 2)?;
            let slave = line.slave;
            let timed = line.program.timed(read(slave, 4096))?;
            t.equal("what it reads", timed.answer.clone(), Ok(b"".to_vec()))?;
            took(t, "how long it waits", &timed, tenths(2))?;
            line.program.set_nonblocking(slave, true)?;
            t.equal("read with O_NONBLOCK", line.program.try_read(slave)?, Err(Errno::EAGAIN))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/first-byte-ends-the-wait",
        title: "with MIN 0 and the longest TIME of 25.5 seconds, read, and type a byte once the read waits",
        requirement: "the read returns the byte without waiting for the rest of the time",
        why: "TIME is the longest wait with MIN 0, and no delay",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN == 0, TIME > 0")],
        covers: &["LV-02"],
        body: |t| {
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 0, 255)?;
            let reading = program.begin(step::InTime(read(slave, 4096)))?;
            t.equal("whether it waits", reading.sleeps()?, true)?;
            typist.write(master, b"a")?;
            t.equal("what it reads", reading.finish()?.answer.clone(), Ok(b"a".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/timer-runs-after-the-first-byte",
        title: "with MIN 2 and TIME 2, type one byte, and read",
        requirement: "the byte, after two tenths of a second",
        why: "a program waits a little for the rest of a sequence, and then takes what there is",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME > 0")],
        covers: &["LV-04"],
        body: |t| {
            let mut line = Line::raw(t, 2, 2)?;
            line.types(b"a")?;
            t.equal("whether there is input", line.is_readable()?, true)?;
            let timed = line.program.timed(read(line.slave, 4096))?;
            t.equal("what it reads", timed.answer.clone(), Ok(b"a".to_vec()))?;
            took(t, "how long it waits", &timed, tenths(2))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/timer-does-not-run-before-the-first-byte",
        title: "with MIN 2 and TIME 1, read, let three tenths of a second pass at another terminal, and type a byte",
        requirement: "the read still waits after that time, and returns the byte in the end",
        why: "otherwise a program would see an end of file whenever its user thinks",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME > 0")],
        covers: &["LV-04"],
        body: |t| {
            let mut clock = Clock::start(t, 3)?;
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 2, 1)?;
            let reading = program.begin(read(slave, 4096))?;
            t.equal("whether it waits", reading.sleeps()?, true)?;
            clock.runs_out()?;
            t.equal("whether it waits later on", reading.sleeps()?, true)?;
            typist.write(master, b"a")?;
            t.equal("what it reads", reading.answer()?, Ok(b"a".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/timer-starts-anew-after-every-byte",
        title: "with MIN 3 and TIME 3, read one byte, and type a second a tenth of a second later",
        requirement: "both bytes, three tenths of a second after the second was typed",
        why: "TIME limits the gap between bytes: a slow line must not cut a message that still comes",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("MIN > 0, TIME > 0")],
        covers: &["LV-04"],
        body: |t| {
            // On a busy machine the second byte may come too late for a short timer, which says nothing of the kernel.
            for number in [3, 10, 20] {
                let (typed, timed) = second_byte_in_time(t, number)?;
                if number < 20 && timed.answer == Ok(b"a".to_vec()) {
                    continue;
                }
                t.equal("what it reads", timed.answer.clone(), Ok(b"ab".to_vec()))?;
                let gap = timed.ended.saturating_sub(typed.began);
                return t.holds(
                    "how long it waits after the second byte",
                    &format!("at least {} less a tick", tenths(number).evidence()),
                    &gap,
                    |gap| *gap + TICK >= tenths(number),
                );
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-waiting/lines-know-neither-minimum-nor-timer",
        title: "with ICANON, MIN 0 and TIME 1, read, wait 0.3 s, type a line, then ^D after half a line",
        requirement: "the read waits for the line; with O_NONBLOCK it is EAGAIN, not end of file; ^D still ends input",
        why: "a shell must not see an end of file because the program before it left another MIN",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("Canonical and noncanonical mode")],
        covers: &["LV-09"],
        body: |t| {
            let mut clock = Clock::start(t, 3)?;
            let settings = |mut settings: TermiosFacts| {
                settings.local &= !ECHO;
                settings.waiting_for(0, 1)
            };
            let Line { mut typist, mut program, master, slave } = Line::with(t, settings)?;
            let characters = typist.termios(slave)?.characters;
            t.equal("VEOF and VEOL", (characters[VEOF], characters[VEOL]), (4, 0))?;
            let reading = program.begin(read(slave, 4096))?;
            t.equal("whether it waits", reading.sleeps()?, true)?;
            clock.runs_out()?;
            t.equal("whether it waits later on", reading.sleeps()?, true)?;
            typist.write(master, b"a line\n")?;
            t.equal("what it reads", reading.answer()?, Ok(b"a line\n".to_vec()))?;
            program.set_nonblocking(slave, true)?;
            t.equal("read with O_NONBLOCK", program.try_read(slave)?, Err(Errno::EAGAIN))?;
            typist.write(master, b"half\x04")?;
            t.equal("what ^D ends", program.try_read(slave)?, Ok(b"half".to_vec()))
        },
        ..Case::KERNEL
    },
];

/// The kernel counts in ticks of its clock, of which the first may be over at once; none is longer than this.
const TICK: Duration = Duration::from_millis(10);

const fn tenths(number: u8) -> Duration {
    Duration::from_millis(number as u64 * 100)
}

/// `timed` took at least so long.
fn took(t: &Trial, what: &str, timed: &Timed<Vec<u8>>, least: Duration) -> Judgement {
    t.holds(what, &format!("at least {} less a tick", least.evidence()), &timed.took(), |took| *took + TICK >= least)
}

/// A process that can let a time pass: it reads from a terminal of its own at which nobody types.
struct Clock {
    actor: Actor,
    slave: i32,
}

impl Clock {
    fn start(t: &Trial, number: u8) -> Result<Self, Stop> {
        let (mut actor, pty) = t.actor_with_pty(0)?;
        actor.change_termios(pty.slave, |settings| settings.raw().waiting_for(0, number))?;
        let slave = pty.slave;
        Ok(Self { actor, slave })
    }

    /// Returns when the timer has run out.
    fn runs_out(&mut self) -> Result<(), ProbeError> {
        self.actor.read(self.slave).map(drop)
    }
}

/// The time of the second byte, and the times and the answer of the read that it is typed into: the timer runs for
/// `number` tenths, and a tenth passes between the two bytes.
fn second_byte_in_time(t: &Trial, number: u8) -> Result<(Timed<i64>, Timed<Vec<u8>>), Stop> {
    let mut clock = Clock::start(t, 1)?;
    let Line { mut typist, mut program, master, slave } = Line::raw(t, 3, number)?;
    typist.write(master, b"a")?;
    t.equal("whether there is input", is_readable(&mut typist, slave)?, true)?;
    let reading = program.begin(step::InTime(read(slave, 4096)))?;
    reading.sleeps()?;
    clock.runs_out()?;
    let typed = typist.timed(step::WriteOnce { descriptor: master, bytes: Bytes::from(&b"b"[..]) })?;
    Ok((typed, reading.finish()?))
}
