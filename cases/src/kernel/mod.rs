//! The kernel's terminals without any container: devpts, ptys, controlling terminals, job control.
//!
//! Every answer that is judged comes from an actor, a process on the bare kernel; a test falsifies the answers one by
//! one and demands that the case notices.

pub mod console;
pub mod devpts;
mod events;
mod full;
mod instance;
pub mod pair;
mod setting;
mod size;

pub use size::CASES as SIZE;
