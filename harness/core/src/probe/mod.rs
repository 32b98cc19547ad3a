//! Processes that do as they are told: the probe in a container, and on the bare kernel.

mod actor;
mod control;
mod falsifier;
mod tape;

pub use actor::Actor;
pub(crate) use actor::ControlSockets;
pub use control::{ControlSocket, Conversation, Manner, Pending, Probe, ProbeError};
pub use falsifier::Falsifier;
pub use ptyproof_probe::PtyDescriptors;
pub use tape::Heard;
