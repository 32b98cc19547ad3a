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
    /// It gives a program in the foreground a terminal of its own, and relays between that and its caller's.
    Relay,
    /// It stays with a program in the foreground as container runtimes and engines do, by the terms of runc's docs/terminals.md:
    /// passes signals on, minds being in the background, keeps the caller's streams and the program's apart.
    Attended,
    /// The exit status of a program in the foreground becomes the target's.
    ExitStatus,
    /// A program in the foreground has a controlling terminal.
    ControllingTerminal,
    /// A program in the foreground has an instance of devpts of its own.
    OwnDevpts,
    /// The streams of a program in the foreground that asks for no terminal are the caller's.
    Pipes,
    /// What is typed at its caller's terminal reaches a program in the foreground.
    Input,
    /// What a program in the foreground writes comes on its caller's terminal.
    Output,
    /// A program in the foreground does not live on where its caller goes away.
    EndsWithCaller,
    /// The target can run a program without its caller, who may come back to it.
    Detached,
    /// Who has come to a program leaves it by keys.
    DetachKeys,
    /// What a program that runs without its caller writes and how it ends can be asked for afterwards.
    Logs,
    /// The target can run a second program beside one that it runs, at a terminal of its own.
    SecondProgram,
    /// The target can start another process in a running container.
    Exec,
    /// The target's `exec` has a flag for a terminal.
    ExecTerminalFlag,
    /// The target has a flag that passes further descriptors on to the container.
    PreserveDescriptors,
    /// The target puts a container into the cgroup that its configuration names.
    Cgroup,
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
    /// It comes before all others where the target does nothing but run programs for its caller.
    FirstInForeground,
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
            Self::Relay => "relay",
            Self::Attended => "attended",
            Self::ExitStatus => "exit-status",
            Self::ControllingTerminal => "controlling-terminal",
            Self::OwnDevpts => "own-devpts",
            Self::Pipes => "pipes",
            Self::Input => "input",
            Self::Output => "output",
            Self::EndsWithCaller => "ends-with-caller",
            Self::Detached => "detached",
            Self::DetachKeys => "detach-keys",
            Self::Logs => "logs",
            Self::SecondProgram => "second-program",
            Self::Exec => "exec",
            Self::ExecTerminalFlag => "exec-terminal-flag",
            Self::PreserveDescriptors => "preserve-descriptors",
            Self::Cgroup => "cgroup",
            Self::Checkpoint => "checkpoint",
            Self::Interventions => "interventions",
            Self::ManyIds => "many-ids",
            Self::MachineRoot => "machine-root",
            Self::Alone => "alone",
            Self::Disturbs => "disturbs",
            Self::First => "first",
            Self::FirstInForeground => "first-in-foreground",
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
            Self::Alone | Self::First | Self::FirstInForeground | Self::SharedWorker => None,
            Self::Interventions if target.profile().is_some() => None,
            _ => target.lacks(self),
        }
    }
}
