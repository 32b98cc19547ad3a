//! Filling a terminal until it takes nothing more.

use crate::prelude::*;

/// More than any kernel keeps for one direction of a pty.
pub const FAR_TOO_MUCH: usize = 1 << 20;

/// Writes the pattern [`Bytes::pattern`] without waiting until nothing more is taken, and returns what was.
/// The descriptor must be non-blocking, and nothing that is written may be translated.
pub fn fill(actor: &mut Actor, descriptor: i32) -> Result<Vec<u8>, Stop> {
    let mut bytes = Bytes::pattern(Lines::Unbroken, FAR_TOO_MUCH).0;
    let mut taken = 0;
    let mut most = 4096;
    while taken + most <= bytes.len() {
        match actor.try_write(descriptor, &bytes[taken..taken + most])? {
            Ok(count) => taken += usize::try_from(count).unwrap_or(0),
            // Where there is no room for many bytes there may be some for one.
            Err(Errno::EAGAIN) if most > 1 => most = 1,
            Err(Errno::EAGAIN) => {
                bytes.truncate(taken);
                return Ok(bytes);
            }
            Err(errno) => {
                return Err(Stop::fail("writing without a reader", "EAGAIN in the end", errno.to_string()));
            }
        }
    }
    Err(Stop::fail("writing without a reader", "EAGAIN in the end", format!("{taken} bytes were taken")))
}
