use super::{Clock, ClockOffset, Personality};
use super::{fields::or_default, resources::Resources, seccomp::Seccomp};
use nix::sched::CloneFlags;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, path::PathBuf};

/// The `linux` part of a config.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Linux {
    /// Namespaces to make or to join; each kind at most once.
    #[serde(default, deserialize_with = "or_default")]
    pub namespaces: Vec<Namespace>,
    /// User ids of a new user namespace.
    #[serde(default, deserialize_with = "or_default")]
    pub uid_mappings: Vec<IdMapping>,
    /// Group ids of a new user namespace.
    #[serde(default, deserialize_with = "or_default")]
    pub gid_mappings: Vec<IdMapping>,
    /// By how much the clocks of a new time namespace differ from the machine's.
    #[serde(default, deserialize_with = "or_default")]
    pub time_offsets: BTreeMap<Clock, ClockOffset>,
    /// How the kernel appears to the container.
    pub personality: Option<Personality>,
    /// Device nodes beside the default ones.
    #[serde(default, deserialize_with = "or_default")]
    pub devices: Vec<Device>,
    /// Where in the hierarchy the container's cgroup is; absolute, or relative to a place of the runtime's choice.
    pub cgroups_path: Option<PathBuf>,
    /// What it may use.
    #[serde(default, deserialize_with = "or_default")]
    pub resources: Resources,
    /// Propagation of mount events through the root; `rprivate` where the config says nothing.
    pub rootfs_propagation: Option<Propagation>,
    /// Paths that the container must not see the contents of.
    #[serde(default, deserialize_with = "or_default")]
    pub masked_paths: Vec<PathBuf>,
    /// Paths that the container must not write.
    #[serde(default, deserialize_with = "or_default")]
    pub readonly_paths: Vec<PathBuf>,
    /// Kernel parameters of the container's namespaces.
    #[serde(default, deserialize_with = "or_default")]
    pub sysctl: BTreeMap<String, String>,
    /// Which system calls the container may make.
    #[serde(default, deserialize_with = "or_default")]
    pub seccomp: Seccomp,
}

/// A namespace to make, or to join where a path is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    /// Which resource it isolates.
    #[serde(rename = "type")]
    pub kind: NamespaceKind,
    /// File of an existing namespace; absolute.
    #[serde(default, deserialize_with = "path_or_none")]
    pub path: Option<PathBuf>,
}

/// The kinds of namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum NamespaceKind {
    /// Users, groups and capabilities.
    User,
    /// Process ids.
    Pid,
    /// Network.
    Network,
    /// Mounts.
    Mount,
    /// System V IPC and POSIX message queues.
    Ipc,
    /// Host and domain name.
    Uts,
    /// The root of the cgroup hierarchies.
    Cgroup,
    /// What the monotonic clocks show.
    Time,
}

impl NamespaceKind {
    /// The flag of clone(2), unshare(2) and setns(2).
    pub const fn flag(self) -> CloneFlags {
        match self {
            Self::User => CloneFlags::CLONE_NEWUSER,
            Self::Pid => CloneFlags::CLONE_NEWPID,
            Self::Network => CloneFlags::CLONE_NEWNET,
            Self::Mount => CloneFlags::CLONE_NEWNS,
            Self::Ipc => CloneFlags::CLONE_NEWIPC,
            Self::Uts => CloneFlags::CLONE_NEWUTS,
            Self::Cgroup => CloneFlags::CLONE_NEWCGROUP,
            Self::Time => CloneFlags::from_bits_retain(nix::libc::CLONE_NEWTIME), // nix has no name for it
        }
    }
}

/// A range of ids of a new user namespace (user_namespaces(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct IdMapping {
    /// First id inside.
    #[serde(rename = "containerID")]
    pub container_id: u32,
    /// First id outside.
    #[serde(rename = "hostID")]
    pub host_id: u32,
    /// How many.
    pub size: u32,
}

/// As the kernel reads it.
impl fmt::Display for IdMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.container_id, self.host_id, self.size)
    }
}

/// Propagation of mount events (mount_namespaces(7)); the `r` kinds also change every mount below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Propagation {
    Private,
    RPrivate,
    Slave,
    RSlave,
    Shared,
    RShared,
    Unbindable,
    RUnbindable,
}

/// A device node to make.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Where, as the container sees it; absolute.
    pub path: PathBuf,
    /// What kind of node.
    #[serde(rename = "type")]
    pub kind: DeviceKind,
    /// Major number; meaningless for a FIFO.
    pub major: Option<u32>,
    /// Minor number; meaningless for a FIFO.
    pub minor: Option<u32>,
    /// Permission bits.
    pub file_mode: Option<u32>,
    /// Owner.
    pub uid: Option<u32>,
    /// Group.
    pub gid: Option<u32>,
}

/// The kinds of device nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub enum DeviceKind {
    #[serde(rename = "c", alias = "u")]
    Character,
    #[serde(rename = "b")]
    Block,
    #[serde(rename = "p")]
    Fifo,
}

/// One rule about device nodes (devices.allow and devices.deny of cgroup v1).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceRule {
    /// Whether it permits.
    pub allow: bool,
    /// `a` (all), `c` or `b`; all where it is left out.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Major number; all where it is left out.
    pub major: Option<i64>,
    /// Minor number; all where it is left out.
    pub minor: Option<i64>,
    /// Any of `r`, `w`, `m`.
    pub access: Option<String>,
}

fn path_or_none<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = Option::<PathBuf>::deserialize(deserializer)?;
    Ok(path.filter(|path| !path.as_os_str().is_empty()))
}
