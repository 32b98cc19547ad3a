//! Processes that do as they are told: the probe in a container, and on the bare kernel.

mod actor;
mod attempts;
mod control;
mod doctor;
mod requests;

pub use actor::Actor;
pub(crate) use actor::Stage;
pub use control::{ControlSocket, Manner, Pending, Probe, ProbeError};
pub use doctor::Doctor;
pub use requests::PtyDescriptors;
