//! The console socket: how the master leaves the container.

mod address;
mod descriptor;
mod message;
mod receiver;

use ptyproof_harness::case::Case;

pub const CASES: &[&[Case]] = &[message::CASES, descriptor::CASES, address::CASES, receiver::CASES];
