//! The vocabulary of the cases: what a case is, the containers and processes that it drives, what they answer, and the
//! documents that it cites. What only some areas need, a file names itself.

pub use crate::references::*;
pub use nix::libc::{ECHO, TCIFLUSH, TCIOFLUSH, TCOFLUSH, TCOOFF, TCOON, TOSTOP};
pub use nix::libc::{O_NOCTTY, O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY};
pub use nix::poll::PollFlags;
pub use ptyproof_harness::probe::{Actor, Probe, ProbeError};
pub use ptyproof_harness::{case::*, container::*};
pub use ptyproof_probe::*;
