//! The kernel's terminals without any container: devpts, ptys, controlling terminals, job control.
//!
//! Every answer that is judged comes from an actor, a process on the bare kernel; a test falsifies the answers one by
//! one and demands that the case notices.

mod calls;
mod console;
mod devpts;
mod events;
mod flow;
mod full;
mod hangup;
mod injection;
pub(crate) mod instance;
mod ioctl;
mod jobs;
mod login;
mod packets;
mod pair;
mod queues;
mod session;
mod setting;
mod size;
mod survival;
mod transfer;
mod waiting;

use ptyproof_harness::case::Case;

pub use survival::SURVIVAL;

/// The cases of the bare kernel, area by area.
pub const CASES: &[&[&[Case]]] = &[
    devpts::CASES,
    console::CASES,
    injection::CASES,
    &[transfer::CASES, calls::CASES, ioctl::CASES, size::CASES],
    pair::CASES,
    packets::CASES,
    &[flow::CASES],
    queues::CASES,
    session::CASES,
    jobs::CASES,
    hangup::CASES,
    waiting::CASES,
];
