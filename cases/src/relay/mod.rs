//! A runtime in the foreground relays between its caller's terminal and the container's.

mod attended;
mod caller;
mod circumstances;
mod ending;
mod gone;
mod input;
mod output;
mod people;
mod signals;
mod streams;

use crate::prelude::*;

/// What one terminal mostly does not hold, and two can. One holds 11776 bytes, or 9728 when it has been used before, where they come
/// in pieces of 2048 or more, and 18048 where they come in thousands.
const BEYOND_ONE: usize = 19_000;

/// Lets a process write more than the caller's terminal holds, while nobody reads there: what it has written. It does not wait
/// for room, since the kernel wakes a writer who waits only when nearly all has been read that came before, and a relay whose
/// own terminal is full reads no further: there may be room of which the writer never hears.
pub(crate) fn writes_beyond_one(run: &Foreground, probe: &mut Probe) -> Result<Bytes, Stop> {
    let mut pattern = Bytes::pattern(Lines::Unbroken, BEYOND_ONE);
    probe.set_nonblocking(1, true)?;
    let (mut written, mut rested) = (0, false);
    while written < BEYOND_ONE {
        match probe.try_write(1, &pattern.0[written..])? {
            Ok(count) => {
                written += usize::try_from(count).unwrap_or_default();
                rested = false;
            }
            Err(Errno::EAGAIN) if rested => break,
            Err(Errno::EAGAIN) => {
                run.rests()?;
                rested = true;
            }
            Err(errno) => return Err(Stop::fail("writing to the terminal", "success", errno.to_string())),
        }
    }
    pattern.0.truncate(written);
    Ok(pattern)
}

pub const CASES: &[&[Case]] = &[
    caller::CASES,
    circumstances::CASES,
    ending::CASES,
    gone::CASES,
    input::CASES,
    output::CASES,
    people::CASES,
    signals::CASES,
    streams::CASES,
];
