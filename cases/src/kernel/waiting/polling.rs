//! Who is woken in poll(2).

use super::Line;
use crate::prelude::*;

pub const CASES: &[Case] = &[Case {
    id: "kernel-waiting/poll-for-normal-data-alone",
    title: "stop the output, wait for OUT in one process and for WRNORM alone in another, and start it; then the same with \
                IN and RDNORM, and type",
    requirement: "poll(2) for OUT and IN returns at once; whether those for WRNORM and RDNORM alone are woken with it, \
                      kernels differ in",
    why: "poll(2) calls both the same as OUT and IN; a program that believes it may wait until its timeout",
    references: &[manual("poll(2)").at("POLLWRNORM")],
    covers: &["PT-41"],
    body: |t| {
        let kinds = [
            ("WRNORM", PollFlags::POLLOUT, PollFlags::POLLWRNORM),
            ("RDNORM", PollFlags::POLLIN, PollFlags::POLLRDNORM),
        ];
        for (name, usual, normal) in kinds {
            let Line { mut typist, mut program, master, slave } = Line::raw(t, 1, 0)?;
            let mut other = typist.fork(ChildGroup::Own)?;
            other.close(master)?;
            typist.ioctl(slave, IoctlName::Tcxonc, TCOOFF.into())?;
            let request =
                |events: PollFlags| step::Poll { descriptor: slave, events: events.bits(), milliseconds: u16::MAX };
            let polling = program.begin(request(usual))?;
            t.equal("poll waits", polling.sleeps()?, true)?;
            // Who came last is woken first.
            let polling_for_normal = other.begin(request(normal))?;
            t.equal("poll for the other name waits", polling_for_normal.sleeps()?, true)?;
            match usual {
                PollFlags::POLLOUT => drop(typist.ioctl(slave, IoctlName::Tcxonc, TCOON.into())?),
                _ => typist.write(master, b"x")?,
            }
            t.equal("poll", polling.answer()?, Ok(usual.bits()))?;
            let woken = !polling_for_normal.sleeps()?;
            t.shows(&format!("poll for {name} alone is woken"), woken, &[("woken", true), ("not-woken", false)])?;
            // A hang-up wakes everybody. It comes in two steps, of which only the second is an error, too.
            let none = PollFlags::empty();
            let (gone, late) = if woken { (none, none) } else { (PollFlags::POLLHUP, PollFlags::POLLERR) };
            if !woken {
                typist.close(master)?;
            }
            t.holds(
                "what it says",
                "its own event, and a hang-up where it had to wait",
                &polling_for_normal.answer()?,
                |said| said.is_ok_and(|events| events & !late.bits() == (normal | gone).bits()),
            )?;
        }
        Ok(())
    },
    ..Case::KERNEL
}];
