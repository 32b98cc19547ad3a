//! What the container's process is allowed to do and where it starts: limits, credentials, capabilities, program.

mod limits;

pub use limits::{LimitError, apply_limits, resource_named};
