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

use crate::prelude::*;

pub const CASES: &[&[Case]] = &[
    blocked::CASES,
    capacity::CASES,
    closed_master::CASES,
    discipline::CASES,
    draining::CASES,
    exclusive::CASES,
    hangup::CASES,
    ioctls::CASES,
    locked_settings::CASES,
    locking::CASES,
    opening::CASES,
    reading::CASES,
    settings::CASES,
    sides::CASES,
    times::CASES,
    unopened_slave::CASES,
];

/// A master as it is when it is new: locked, and its slave never opened. Calls on it never wait.
fn new_master(actor: &mut Actor) -> Result<i32, ProbeError> {
    Ok(actor.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)?.descriptor)
}

/// Where the slave of a master lies.
pub fn path_of_slave(actor: &mut Actor, master: i32) -> Result<String, ProbeError> {
    let number = actor.ioctl(master, IoctlName::Tiocgptn, 0)?;
    Ok(format!("/dev/pts/{number}"))
}
