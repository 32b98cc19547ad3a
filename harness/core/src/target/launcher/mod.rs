//! What runs a program at its caller's terminal, without bundles and console sockets: a sandbox, an engine, a tool of the system.

mod profile;
mod template;

pub use profile::{LauncherError, LauncherProfile, Root};
pub use template::Launch;

use super::{Binary, Target};
use crate::case::{Need, Stop};
use serde::{Deserialize, Serialize};
use std::{path::Path, process::Command};

/// A launcher under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launcher {
    /// Its file.
    pub binary: Binary,
    /// What `--version` printed, without control characters.
    pub version: String,
    /// How to call it.
    pub profile: LauncherProfile,
}

impl Launcher {
    /// What it is called with to do a verb, such as `foreground`; nothing where its profile does not say how.
    pub fn command(&self, verb: &str, launch: &Launch<'_>) -> Option<Command> {
        let words = self.profile.verb(verb)?;
        let mut command = self.bare(launch.state);
        command.args(template::filled(&self.profile.global, launch)).args(template::filled(words, launch));
        Some(command)
    }

    /// The lines of a shell that come before a program, or after it.
    pub fn lines<'l>(&'l self, lines: &'l [String], launch: &'l Launch<'_>) -> impl Iterator<Item = Command> + 'l {
        lines.iter().map(|line| {
            let words = [self.binary.path.to_string_lossy().into_owned()].into_iter();
            let call = template::line(words.chain(template::filled(&self.profile.global, launch)));
            let mut shell = self.environment(Command::new("/bin/sh"), launch.state);
            shell.arg("-c").arg(template::quoted(line, launch).replace("{call}", &call));
            shell
        })
    }

    fn bare(&self, state: &Path) -> Command {
        self.environment(self.binary.command(state), state)
    }

    fn environment(&self, mut command: Command, state: &Path) -> Command {
        Binary::clean(&mut command, state);
        let passed = self.profile.passes.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.envs(passed).env("HOME", state).env("TERM", "xterm");
        let state = state.to_string_lossy();
        let own = self.profile.env.iter().map(|(name, value)| (name, value.replace("{state}", &state)));
        command.envs(own);
        command
    }
}

#[typetag::serde(name = "launcher")]
impl Target for Launcher {
    fn described(&self) -> ptyproof_report::Target {
        self.binary.described(&self.version, &self.profile.name)
    }

    fn lacks(&self, need: Need) -> Option<Stop> {
        let offers = &self.profile.offers;
        let knows = |verb| self.profile.verbs.contains_key(verb);
        let (offered, what) = match need {
            Need::Relay => (offers.relay, "terminal of the program's own"),
            Need::Attended => (offers.attended, "attendance as container runtimes give it"),
            Need::ExitStatus => (offers.exit_status, "exit status of the program's"),
            Need::ControllingTerminal => (offers.session, "controlling terminal"),
            Need::OwnDevpts => (offers.devpts, "devpts instance of the program's own"),
            Need::Pipes => (offers.pipes, "streams of the caller's"),
            Need::Input => (offers.input, "input from the caller's terminal"),
            Need::Output => (offers.output, "output to the caller's terminal"),
            Need::EndsWithCaller => (offers.end, "end of a program whose caller goes away"),
            Need::Detached => (knows("detached"), "program that runs on without its caller"),
            Need::DetachKeys => (offers.detach_keys && knows("attach"), "keys by which an attached caller leaves"),
            Need::Logs => (knows("logs") && knows("wait"), "log of a program, nor its exit status"),
            Need::SecondProgram => (knows("exec"), "second program beside one that runs"),
            Need::Terminal => (false, "terminal that is handed out"),
            Need::Exec | Need::ExecTerminalFlag => (false, "exec of a process by a config of its own"),
            Need::Cgroup => (false, "cgroup by the word of its caller"),
            Need::Checkpoint => (false, "checkpoint"),
            Need::PreserveDescriptors => (false, "flag that passes descriptors on"),
            Need::Interventions => (false, "bundle with which its calls could be held"),
            _ => (true, ""),
        };
        (!offered).then(|| Stop::NotApplicable(format!("profile {} says: no {what}", self.profile.name)))
    }

    fn profile(&self) -> Option<&super::Profile> {
        None
    }

    fn command(&self, _: &Path, _: &str) -> Option<Command> {
        None
    }

    fn launcher(&self) -> Option<&Launcher> {
        Some(self)
    }
}
