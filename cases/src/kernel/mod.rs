//! The kernel's terminals without any container: devpts, ptys, controlling terminals, job control.
//!
//! Every answer that is judged comes from an actor, a process on the bare kernel; a test falsifies the answers one by
//! one and demands that the case notices.

pub mod console;
pub mod devpts;
mod events;
mod flow;
mod full;
pub mod hangup;
pub mod injection;
mod instance;
mod ioctl;
pub mod jobs;
mod login;
pub mod packets;
pub mod pair;
pub mod queues;
pub mod session;
mod setting;
mod size;
mod survival;
mod transfer;
pub mod waiting;

pub use flow::CASES as FLOW;
pub use ioctl::CASES as IOCTL;
pub use size::CASES as SIZE;
pub use survival::SURVIVAL;
pub use transfer::CASES as TRANSFER;
