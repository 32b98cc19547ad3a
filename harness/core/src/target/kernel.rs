use super::{Profile, Target};
use crate::{
    case::{Need, Stop},
    environment,
};
use serde::{Deserialize, Serialize};
use std::{path::Path, process::Command, sync::Arc};

/// The kernel that runs, without any container.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Kernel;

impl Kernel {
    /// As a target.
    pub fn target() -> Arc<dyn Target> {
        Arc::new(Self)
    }
}

#[typetag::serde(name = "kernel")]
impl Target for Kernel {
    fn described(&self) -> ptyproof_report::Target {
        ptyproof_report::Target::booted(String::new(), String::new(), environment::look().kernel, None)
    }

    /// It has terminals of its own.
    fn lacks(&self, need: Need) -> Option<Stop> {
        (need != Need::Terminal).then(|| Stop::NotApplicable("the bare kernel makes no containers".to_owned()))
    }

    fn profile(&self) -> Option<&Profile> {
        None
    }

    fn command(&self, _: &Path, _: &str) -> Option<Command> {
        None
    }
}
