//! The container's terminal, steps 3 to 8 of the design: everything between "the mounts are there" and "the process
//! has it on 0, 1 and 2 and as its controlling terminal".
//!
//! All of it runs in the container's process, after pivot_root: a hostile rootfs can then only point at itself. Names
//! are still resolved once, without magic links, and from there on only descriptors are used.

mod console;
mod device_directory;
mod error;
mod handover;
pub mod ioctl;
mod ptmx;
mod pty;
pub mod raw_mode;
mod stdio;

pub use console::bind_console;
pub use device_directory::{DeviceDirectory, Instance};
pub use error::TerminalError;
pub(crate) use handover::SENDING;
pub use handover::{ConsoleSocket, Handover};
pub use ptmx::place_ptmx;
pub use pty::{Pty, Slave};
pub use stdio::{acquire, keep_streams, place_streams};
