//! What the container's process is allowed to do and where it starts: limits, credentials, capabilities, program.

mod capability;
mod error;
mod executable;
mod home;
mod identity;
mod label;
mod limits;
mod personality;
mod scheduling;
mod seccomp;
mod sysctl;

pub use error::ProcessError;
pub use executable::find_executable;
pub use home::environment;
pub use identity::{Listening, become_user, enter_cwd, enter_cwd_as_ptyrun, load};
pub use label::{Label, require_modules};
pub use limits::{apply_limits, apply_limits_to};
pub use personality::imitate;
pub use scheduling::{run_anywhere, run_on, schedule};
pub use seccomp::Filter;
pub use sysctl::apply_sysctl;
