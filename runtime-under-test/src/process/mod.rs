//! What the container's process is allowed to do and where it starts: limits, credentials, capabilities, program.

mod capability;
mod error;
mod executable;
mod identity;
mod limits;
mod seccomp;
mod sysctl;

pub use error::ProcessError;
pub use executable::find_executable;
pub use identity::{become_user, enter_cwd};
pub use limits::apply_limits;
pub use seccomp::Filter;
pub use sysctl::apply_sysctl;
