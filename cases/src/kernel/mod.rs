//! The kernel's terminals without any container: devpts, ptys, controlling terminals, job control.
//!
//! Every answer that is judged comes from an actor, a process on the bare kernel; a test falsifies the answers one by
//! one and demands that the case notices.

mod events;
mod full;
pub mod hangup;
pub mod jobs;
mod login;
pub mod pair;
pub mod session;
mod setting;
mod size;
pub mod waiting;

pub use size::CASES as SIZE;
