//! What a run is about.

use super::runtime::Runtime;
use serde::{Deserialize, Serialize};

/// What a run is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// An OCI runtime.
    Runtime(Box<Runtime>),
    /// The kernel that runs, without any container.
    Kernel,
}

impl From<Runtime> for Subject {
    fn from(runtime: Runtime) -> Self {
        Self::Runtime(Box::new(runtime))
    }
}
