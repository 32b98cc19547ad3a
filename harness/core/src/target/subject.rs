//! What a run is about.

use super::runtime::Runtime;
use crate::environment;
use ptyproof_report::Target;
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

impl From<&Subject> for Target {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Runtime(runtime) => Self::from(&**runtime),
            Subject::Kernel => Self {
                path: String::new(),
                sha256: String::new(),
                version: environment::look().kernel,
                profile: Self::KERNEL.to_owned(),
                with: None,
            },
        }
    }
}

impl From<&Runtime> for Target {
    fn from(runtime: &Runtime) -> Self {
        Self {
            path: runtime.path.display().to_string(),
            sha256: runtime.sha256.clone(),
            version: runtime.version.clone(),
            profile: runtime.profile.name.clone(),
            with: None,
        }
    }
}
