//! A container: its identity and state on disk, and the process it is made around.

pub mod ended;
mod error;
pub mod gate;
pub mod handshake;
mod id;
pub mod liveness;
pub mod record;
pub mod store;

pub(crate) mod agent;
pub(crate) mod birth;
mod child;
pub(crate) mod console;
mod id_maps;
mod launch;
pub mod launched;
mod members;
pub(crate) mod namespaces;
pub(crate) mod own_cgroup;
mod pause;
pub(crate) mod pidfd_socket;
pub(crate) mod program;
mod removal;
pub(crate) mod setup;
mod status;
mod trampoline;
mod update;

pub use ended::Ended;
pub use error::ContainerError;
pub use id::ContainerId;
pub use launch::{Launch, launch};
pub use launched::{Launched, Mode};
pub use members::processes;
pub use pause::{pause, resume};
pub use record::Record;
pub use removal::{clear, delete, kill, start};
pub use status::Status;
pub use store::Store;
pub use trampoline::{Call, Failure};
pub use update::update;
