//! The two sides of a pty: how they are opened, closed and told apart, and what belongs to both.

mod blocked;
mod capacity;
mod closed_master;
mod discipline;
mod draining;
mod exclusive;
mod hangup;
mod ioctls;
mod locked_settings;
mod locking;
mod opening;
mod reading;
mod settings;
mod sides;
mod times;
mod unopened_slave;

pub use blocked::CASES as BLOCKED;
pub use capacity::CASES as CAPACITY;
pub use closed_master::CASES as CLOSED_MASTER;
pub use discipline::CASES as DISCIPLINE;
pub use draining::CASES as DRAINING;
pub use exclusive::CASES as EXCLUSIVE;
pub use hangup::CASES as HANGUP;
pub use ioctls::CASES as IOCTLS;
pub use locked_settings::CASES as LOCKED_SETTINGS;
pub use locking::CASES as LOCKING;
pub use opening::CASES as OPENING;
pub use reading::CASES as READING;
pub use settings::CASES as SETTINGS;
pub use sides::CASES as SIDES;
pub use times::CASES as TIMES;
pub use unopened_slave::CASES as UNOPENED_SLAVE;

use nix::libc::{O_NOCTTY, O_NONBLOCK, O_RDWR};
use ptyproof_harness::probe::{Actor, ProbeError};
use ptyproof_probe::IoctlName;

/// A master as it is when it is new: locked, and its slave never opened. Calls on it never wait.
fn new_master(actor: &mut Actor) -> Result<i32, ProbeError> {
    let flags = O_RDWR | O_NOCTTY | O_NONBLOCK;
    Ok(actor.open("/dev/ptmx", flags)?.descriptor)
}

/// Where the slave of a master lies.
pub fn path_of_slave(actor: &mut Actor, master: i32) -> Result<String, ProbeError> {
    let number = actor.ioctl(master, IoctlName::Tiocgptn, 0)?;
    Ok(format!("/dev/pts/{number}"))
}
