//! What the container's process is allowed to do and where it starts: limits, credentials, capabilities, program.

mod capability;
mod executable;
mod identity;
mod limits;
mod sysctl;

pub use capability::CapabilityError;
pub use executable::{ExecutableError, find_executable};
pub use identity::{CwdError, IdentityError, become_user, enter_cwd};
pub use limits::{LimitError, apply_limits, resource_named};
pub use sysctl::{SysctlError, apply_sysctl};
