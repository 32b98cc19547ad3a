//! Faked input, `TIOCSTI`.

mod permission;
mod typing;

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[permission::CASES, typing::CASES];

const TIOCSTI: Reference = manual("ioctl_tty(2)").at("TIOCSTI");

/// Whether TIOCSTI is for everybody. proc_sys(5), ioctl_tty(2): Linux 6.2.
const LEGACY_TIOCSTI: &str = "/proc/sys/dev/tty/legacy_tiocsti";

/// Makes a slave the controlling terminal of the actor, which leads its session.
fn acquire(actor: &mut Actor, slave: i32) -> Result<(), Stop> {
    actor.ioctl(slave, IoctlName::Tiocsctty, 0)?;
    Ok(())
}

/// What ioctl(2) returns.
type Outcome = Result<i64, Errno>;

/// TIOCSTI with one byte.
fn fake(probe: &mut Probe, terminal: i32, byte: u8) -> Result<Outcome, Stop> {
    Ok(probe.try_ioctl(terminal, IoctlName::Tiocsti, byte.into())?)
}

/// TIOCSTI with byte after byte on a terminal of the process's own; a reason to skip where the machine has turned that
/// off.
fn fake_all(probe: &mut Probe, terminal: i32, bytes: &[u8]) -> Result<(), Stop> {
    for &byte in bytes {
        match fake(probe, terminal, byte)? {
            Ok(0) => {}
            Err(Errno::EIO) if is_off() => {
                return Err(Stop::Skip(format!("{LEGACY_TIOCSTI} is 0 here")));
            }
            other => {
                let what = format!("TIOCSTI with the byte {byte:#04x}");
                return Err(Stop::fail(what, 0.evidence(), other.evidence()));
            }
        }
    }
    Ok(())
}

fn is_off() -> bool {
    std::fs::read_to_string(LEGACY_TIOCSTI).is_ok_and(|value| value.trim() == "0")
}
