//! A container: its identity and state on disk, and the process it is made around.

pub mod ended;
mod error;
pub mod gate;
pub mod handshake;
mod id;
pub mod liveness;
pub mod record;
pub mod store;

pub(crate) mod birth;
mod child;
mod id_maps;
pub(crate) mod launch;
mod launched;
mod members;
pub(crate) mod namespaces;
pub(crate) mod own_cgroup;
pub(crate) mod program;
mod removal;
mod trampoline;

pub(crate) use child::become_root_of_namespace;
pub use ended::Ended;
pub use error::ContainerError;
pub use id::ContainerId;
pub use launch::{Launch, Mode, launch};
pub use launched::Launched;
pub use record::{Record, Status};
pub use removal::{delete, kill, start};
pub use store::Store;
