//! What a case needs of the target and of the machine.

use super::Stop;
use crate::target::Target;
use serde::{Deserialize, Serialize};

/// A condition without which a case says nothing; unmet, the case is skipped with the reason, or is not applicable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The target can give a container a terminal through a console socket.
    Terminal,
    /// The target can run a container in the foreground, with the terminal of its caller.
    Foreground,
    /// The target can start another process in a running container.
    Exec,
    /// The target's `exec` has a flag for a terminal.
    ExecTerminalFlag,
    /// The target has a flag that passes further descriptors on to the container.
    PreserveDescriptors,
    /// The target can write a container to files, and make it anew of them.
    Checkpoint,
    /// The runtime can be held at its system calls. A look at the standard container tells, once for a run.
    Interventions,
    /// Several user and group ids can be used in a container, among them 1000 and 5.
    ManyIds,
    /// Device nodes can be made and any filesystem mounted: root of the machine.
    MachineRoot,
    /// Nothing else runs at the same time, because the case looks at a number of the whole machine.
    Alone,
    /// It changes something of the whole machine for a while, such as kernel.pty.max: nothing else runs meanwhile, and
    /// it only runs where that is allowed.
    Disturbs,
    /// It comes before all others, which say nothing where it fails.
    First,
    /// No worker of its own: it leaves nothing behind that could matter to another such case, and takes less time
    /// than a worker does, so that many are judged in one.
    SharedWorker,
}

/// What the machine offers to the workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The run is done by root of the machine, not of a user namespace.
    pub root: bool,
    /// More than one id is mapped.
    pub many_ids: bool,
    /// The run may change settings of the whole machine for a while.
    pub may_disturb: bool,
}

impl Need {
    /// The name in lists and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Foreground => "foreground",
            Self::Exec => "exec",
            Self::ExecTerminalFlag => "exec-terminal-flag",
            Self::PreserveDescriptors => "preserve-descriptors",
            Self::Checkpoint => "checkpoint",
            Self::Interventions => "interventions",
            Self::ManyIds => "many-ids",
            Self::MachineRoot => "machine-root",
            Self::Alone => "alone",
            Self::Disturbs => "disturbs",
            Self::First => "first",
            Self::SharedWorker => "shared-worker",
        }
    }

    /// Why it is not met, if so.
    pub fn unmet(self, target: &dyn Target, machine: Machine) -> Option<Stop> {
        let unless = |met: bool, why: &str| (!met).then(|| Stop::Skip(why.to_owned()));
        match self {
            Self::ManyIds => unless(
                machine.many_ids,
                "only one user id is mapped: run as root, or give the user a range in /etc/subuid and \
                 /etc/subgid and install newuidmap",
            ),
            Self::MachineRoot => unless(machine.root, "needs root of the machine"),
            Self::Disturbs => unless(
                machine.may_disturb,
                "changes a setting of the whole machine: run it in a guest (ptyproof kernel), or with --disturb",
            ),
            Self::Alone | Self::First | Self::SharedWorker | Self::Interventions => None,
            _ => target.lacks(self),
        }
    }
}
