//! An OCI runtime, by its command line.

use super::{Binary, BinaryError, CommandError, Profile, ProfileError, Running, Target};
use crate::case::{Need, Stop};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Why something is no runtime.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum RuntimeError {
    /// Its file cannot be one.
    #[error("{0}")]
    Binary(#[from] BinaryError),
    /// It cannot be started, or does not come to an end when asked for its version.
    #[error("{}: asked for its version, but {problem}; is it an OCI runtime?", path.display())]
    Version { path: PathBuf, problem: String },
    /// The profile asked for cannot be used.
    #[error("{0}")]
    Profile(#[from] ProfileError),
}

impl Binary {
    /// What it prints when asked for its version, without control characters. Empty where it prints nothing.
    ///
    /// To be called by a worker: nobody knows yet what it starts. `state` is where it may keep files; some make a
    /// directory for their state even to tell their version.
    pub(crate) fn version(&self, state: &Path, patience: Duration) -> Result<String, CommandError> {
        let mut command = self.command(state);
        command.arg("--version");
        let finished = Running::start(command)?.finish(patience)?;
        let version: String = String::from_utf8_lossy(&finished.stdout.bytes)
            .chars()
            .filter(|&c| !c.is_control() || c == '\n')
            .take(1000)
            .collect();
        Ok(version.trim_end().to_owned())
    }

    /// The environment is empty but for what every runtime needs, so that no case depends on the caller's.
    pub(super) fn command(&self, state: &Path) -> Command {
        let mut command = Command::new(&self.path);
        Self::clean(&mut command, state);
        command
    }

    /// The environment of a call of somebody else's program.
    pub(super) fn clean(command: &mut Command, state: &Path) {
        command.env_clear().env("PATH", SEARCH_PATH).env("XDG_RUNTIME_DIR", state).stdin(Stdio::null());
    }

    /// What reports say of it.
    pub(super) fn described(&self, version: &str, profile: &str) -> ptyproof_report::Target {
        ptyproof_report::Target {
            path: self.path.display().to_string(),
            file: (self.file != self.path).then(|| self.file.display().to_string()),
            sha256: self.sha256.clone(),
            version: version.to_owned(),
            profile: profile.to_owned(),
            with: None,
            called: None,
        }
    }
}

/// An OCI runtime under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runtime {
    /// Its file.
    pub binary: Binary,
    /// What `--version` printed, without control characters.
    pub version: String,
    /// How to call it.
    pub profile: Profile,
    /// Further arguments before the verb.
    pub arguments: Vec<String>,
}

/// Where a runtime finds programs such as newuidmap.
const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

impl Runtime {
    /// A runtime that says it is `version`; without `profile`, that tells its profile.
    pub(crate) fn new(binary: Binary, version: String, profile: Option<Profile>) -> Result<Self, RuntimeError> {
        let profile = match profile {
            Some(profile) => profile,
            None => Profile::recognise(&version)?,
        };
        Ok(Self { binary, version, profile, arguments: Vec::new() })
    }
}

#[typetag::serde(name = "runtime")]
impl Target for Runtime {
    fn described(&self) -> ptyproof_report::Target {
        self.binary.described(&self.version, &self.profile.name)
    }

    fn lacks(&self, need: Need) -> Option<Stop> {
        let profile = &self.profile;
        let can = &profile.capabilities;
        let (offered, what) = match need {
            Need::Terminal => (can.terminal, "terminal"),
            Need::Foreground => (can.foreground_terminal, "terminal in the foreground"),
            Need::Relay => (can.foreground_terminal && can.relay, "terminal of the container's own in the foreground"),
            Need::Detached | Need::DetachKeys | Need::Logs | Need::SecondProgram => {
                let why =
                    format!("profile {} says: an OCI runtime, which does that by create, start and exec", profile.name);
                return Some(Stop::NotApplicable(why));
            }
            Need::Exec => (can.exec, "exec"),
            Need::Cgroup => (can.cgroup, "cgroup for its containers"),
            Need::Checkpoint => (can.checkpoint, "checkpoint"),
            Need::ExecTerminalFlag => (profile.exec_terminal_flag.is_some(), "flag of exec for a terminal"),
            Need::PreserveDescriptors => {
                (profile.preserve_descriptors_flag.is_some(), "flag that passes descriptors on")
            }
            _ => (true, ""),
        };
        (!offered).then(|| Stop::Skip(format!("profile {} says: no {what}", profile.name)))
    }

    fn profile(&self) -> Option<&Profile> {
        Some(&self.profile)
    }

    fn command(&self, state: &Path, verb: &str) -> Option<Command> {
        let mut command = self.binary.command(state);
        command
            .envs(&self.profile.env)
            .args(&self.profile.global)
            .args(&self.arguments)
            .arg("--root")
            .arg(state)
            .arg(verb)
            .args(self.profile.arguments.of(verb));
        Some(command)
    }
}
