//! What a guest is to do.

use ptyproof_harness::case::CaseId;
use ptyproof_report::Target;
use serde::{Deserialize, Serialize};
use std::{path::PathBuf, time::Duration};

/// Where the guest finds its order, in its initramfs.
pub const ORDER: &str = "/ptyproof/order.json";

/// Where the program itself lies there.
pub const PROGRAM: &str = "/ptyproof/ptyproof";

/// Where modules lie there.
pub const MODULES: &str = "/ptyproof/modules";

/// Name of the virtio port that messages go through.
pub const PORT: &str = "ptyproof";

/// First argument of the program when it is the first process of a guest.
pub const GUEST: &str = "__guest";

/// What a guest is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Kernel modules to load first, in this order.
    pub modules: Vec<PathBuf>,
    /// Settings below `/proc/sys` to write then.
    pub settings: Vec<Setting>,
    /// What to do then.
    pub task: Task,
}

/// A kernel setting. sysctl(8)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name with dots: `kernel.pty.max`.
    pub name: String,
    /// What to write.
    pub value: String,
}

/// What to do in a guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Say hello and end, to see whether guests run here at all.
    Greet,
    /// Run cases.
    Run(Box<Suite>),
}

/// Cases to be run in a guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suite {
    /// What the report is about; the guest adds the version of the runtime.
    pub target: Target,
    /// Those about the bare kernel.
    pub kernel: Vec<CaseId>,
    /// Those about containers, which the reference runtime makes.
    pub containers: Vec<CaseId>,
    /// The longest that one case may take.
    pub timeout: Duration,
    /// Whether a skip is a failure.
    pub strict: bool,
}
