//! `config.json`: what the bundle asks for, typed and checked before anything is created.
//!
//! Only what the runtime acts on has a type here. Every other field that the runtime-spec knows stands in
//! `fields`, so that a request which ptyrun cannot honour is refused by name instead of being dropped; a field that
//! the spec does not know is ignored, as the spec asks ("Extensibility" in config.md).

#[macro_use]
mod words;
mod capability;
mod clock;
mod error;
mod fields;
mod hooks;
mod linux;
mod mount;
mod personality;
mod process;
mod resources;
mod scheduling;
mod seccomp;
mod validate;

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) use capability::names as capability_names;
pub use capability::{Capabilities, NamedSet};
pub use clock::{Clock, ClockOffset};
pub use error::ConfigError;
pub use hooks::{Hook, Hooks};
pub use linux::{Device, DeviceKind, DeviceRule, IdMapping, Linux, Namespace, NamespaceKind, Propagation};
pub use mount::Mount;
pub use personality::{Domain, Personality};
pub use process::{ConsoleSize, Process, Rlimit, User};
pub use resources::{BlockIo, Cpu, Limit, Memory, Pids, Rdma, Resources};
pub use scheduling::{Affinity, IoClass, IoPriority, Policy, Processors, Scheduler, SchedulerFlag};
pub use seccomp::{Action, Architecture, Argument, Flag, Operator, Rule, Seccomp};

/// The configuration of one container, as read from a bundle.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// The version of the runtime-spec that the bundle complies with; always 1.x.
    pub oci_version: String,
    /// The process to run.
    pub process: Box<Process>,
    /// The root filesystem.
    pub root: Root,
    /// Host name to set in the container's UTS namespace.
    pub hostname: Option<String>,
    /// NIS domain name to set in the container's UTS namespace.
    pub domainname: Option<String>,
    /// Mounts to make, in this order.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub mounts: Vec<Mount>,
    /// Programs to run at points of the container's life.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub hooks: Hooks,
    /// Free-form metadata; handed on in the state.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub annotations: BTreeMap<String, String>,
    /// The Linux part.
    pub linux: Box<Linux>,
    /// What was asked for and is not enforced, one sentence each, for the log.
    #[serde(skip)]
    pub warnings: Vec<String>,
}

/// The container's root filesystem.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Root {
    /// Absolute, or relative to the bundle; after [`Config::load`] it is joined with the bundle and exists.
    pub path: PathBuf,
    /// Whether the root is made read-only once everything has been placed in it.
    #[serde(default, deserialize_with = "fields::or_default")]
    pub readonly: bool,
    /// Whether it becomes `/` by a move rather than by pivot_root(2), as the caller of ptyrun says.
    #[serde(skip)]
    pub no_pivot: bool,
}

impl Config {
    /// Reads and checks `config.json` of `bundle`. Fails where the file cannot be read, is not JSON of the right shape
    /// (with line and column), holds a value that makes no sense (with the field's path), or asks for something that
    /// ptyrun does not do (with the field's path).
    pub fn load(bundle: &Path) -> Result<Self, ConfigError> {
        let path = bundle.join("config.json");
        let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Read(path.clone(), source))?;
        Self::from_text(&path, &text, bundle)
    }

    /// As [`Config::load`], from the `text` of a `config.json` that was read before; `path` is for messages only, and
    /// `root.path` is relative to `bundle`.
    pub fn from_text(path: &Path, text: &str, bundle: &Path) -> Result<Self, ConfigError> {
        let mut config = Self::parse(path, text)?;
        config.root.path = bundle.join(&config.root.path);
        validate::root(path, &config.root.path)?;
        Ok(config)
    }

    /// Checks everything but the existence of `root.path`; `path` is only for messages.
    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut config: Self = fields::read(path, text, fields::REQUIRED_OF_CONFIG, "")?;
        validate::config(path, &config)?;
        config.warnings.extend(config.process.capabilities.warnings());
        Ok(config)
    }

    /// The entry for one kind of namespace; none means that the container stays in the caller's.
    pub fn namespace(&self, kind: NamespaceKind) -> Option<&Namespace> {
        self.linux.namespaces.iter().find(|n| n.kind == kind)
    }
}

impl Process {
    /// Reads and checks a process description, as `exec --process FILE` takes it. Fails as [`Config::load`]; fields are
    /// named as in the file (`args`, `consoleSize.height`).
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read(path.to_owned(), source))?;
        let process: Self = fields::read(path, &text, fields::REQUIRED_OF_PROCESS, "process")?;
        validate::process(path, "", &process)?;
        Ok(process)
    }
}

#[cfg(test)]
mod tests;
