//! The container's cgroup (cgroups(7)).
//!
//! What ptyrun needs a cgroup for is little: to be where the config says, to restrict devices, and to
//! find every process of a container that has no PID namespace. Moving a process between cgroups takes a lock that every
//! fork on the machine shares, so none is made where none of these asks for it.

mod device_program;
mod devices;
mod freezer;
mod layout;
mod remove;

use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

pub use freezer::Freezer;
pub use layout::{Hierarchy, Layout, MOUNT_POINT};

use crate::config::{Config, NamespaceKind};

/// Why something about the container's cgroup could not be done.
#[derive(Debug, thiserror::Error)]
#[error("cannot {doing} {}: {source}", path.display())]
pub struct CgroupError {
    /// What was tried.
    pub doing: &'static str,
    /// The cgroup's directory, or a file of it.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl CgroupError {
    fn new(doing: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self { doing, path, source }
    }
}

/// The cgroup of one container: a directory in each hierarchy that it takes part in, possibly none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cgroup {
    /// One per hierarchy.
    directories: Vec<PathBuf>,
    /// What was made, outermost first; the directories themselves and their missing ancestors.
    created: Vec<PathBuf>,
    #[serde(skip)]
    warnings: Vec<String>,
}

impl Cgroup {
    /// Makes the cgroup that `config` asks for, `linux.cgroupsPath` or `/ptyrun-ID-PID` with the caller's pid
    /// (another `--root` may have a container of the same id), and applies its device rules.
    ///
    /// Without `linux.cgroupsPath` only those hierarchies are used that something depends on, and none where the caller
    /// may not make cgroups. Limits that cannot be enforced become [`Self::warnings`].
    ///
    /// What may be made is written to the file `notes` first, for whoever cleans up after a ptyrun that is killed amid
    /// this. The error names the directory or file; what was made until then is removed.
    pub fn create(config: &Config, id: &str, notes: &Path) -> Result<Self, CgroupError> {
        let mut cgroup = Self::default();
        match cgroup.build(config, id, notes) {
            Ok(()) => Ok(cgroup),
            Err(error) => {
                cgroup.remove_created();
                Err(error)
            }
        }
    }

    /// The cgroup that [`Self::create`] was about to make when it wrote `notes`; none where it did not come to that.
    pub fn noted(notes: &Path) -> Self {
        let text = fs::read(notes).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn build(&mut self, config: &Config, id: &str, notes: &Path) -> Result<(), CgroupError> {
        let rules = &config.linux.resources.devices;
        let asked = config.linux.cgroups_path.as_deref().filter(|path| !path.as_os_str().is_empty());
        let own_pids = config.namespace(NamespaceKind::Pid).is_some_and(|namespace| namespace.path.is_none());
        if asked.is_none() && own_pids && rules.is_empty() {
            return Ok(());
        }
        let layout = Layout::detect();
        let unenforced = "linux.resources.devices is not enforced";
        if !rules.is_empty() && layout == Layout::None {
            self.warnings.push(format!("{unenforced}: no cgroup hierarchy is mounted"));
            if asked.is_none() && own_pids {
                return Ok(());
            }
        }
        let name = asked.map_or_else(|| PathBuf::from(format!("ptyrun-{id}-{}", std::process::id())), below_root);
        let unified = layout == Layout::Unified;
        let has_rules = |hierarchy: &Hierarchy| (unified || hierarchy.has("devices")) && !rules.is_empty();
        let finds_processes = |hierarchy: &Hierarchy| !own_pids && hierarchy.controllers.is_empty();
        let mut hierarchies = layout.hierarchies()?;
        hierarchies.retain(|each| asked.is_some() || has_rules(each) || finds_processes(each));
        let directories: Vec<_> = hierarchies.iter().map(|each| each.mount_point(layout).join(&name)).collect();
        let created = directories.iter().flat_map(|directory| missing(directory)).collect();
        let planned = Self { directories: directories.clone(), created, warnings: Vec::new() };
        let noted = serde_json::to_vec(&planned).map_err(io::Error::from).and_then(|text| fs::write(notes, text));
        noted.map_err(|source| CgroupError::new("write", notes, source))?;
        for (hierarchy, directory) in hierarchies.into_iter().zip(directories) {
            let has_rules = has_rules(&hierarchy);
            match self.make(&directory, &hierarchy) {
                Ok(()) => {}
                // Not ours to write; an ordinary user has no cgroups and needs none for what was asked.
                Err(error) if asked.is_none() && is_refusal(&error.source) => {
                    if has_rules {
                        self.warnings.push(format!("{unenforced}: {error}"));
                    }
                    continue;
                }
                // Hierarchies that the kernel has and the host has not mounted or does not give to the caller.
                Err(error) if layout == Layout::PerController && is_refusal(&error.source) => {
                    self.warnings.push(error.to_string());
                    continue;
                }
                Err(error) => return Err(error),
            }
            self.directories.push(directory.clone());
            if has_rules && unified {
                match device_program::attach(&directory, &devices::with_defaults(rules)) {
                    // Only root of the machine may; others can neither make device nodes nor open what the host denies.
                    Err(error) if is_refusal(&error.source) && !is_root_of_the_machine() => {
                        self.warnings.push(format!("{unenforced}: {error}"));
                    }
                    attached => attached?,
                }
            } else if has_rules {
                devices::apply(&directory, &devices::with_defaults(rules))?;
            }
        }
        if let Some(path) = asked.filter(|_| self.directories.is_empty()) {
            let refused = io::Error::other("no cgroup hierarchy is mounted and writable");
            return Err(CgroupError::new("make linux.cgroupsPath", path, refused));
        }
        Ok(())
    }

    /// Makes a directory and its missing ancestors. One that exists is used as it is, as the spec has it.
    fn make(&mut self, directory: &Path, hierarchy: &Hierarchy) -> Result<(), CgroupError> {
        let failed = |source| CgroupError::new("make the cgroup", directory, source);
        match fs::create_dir(directory) {
            Ok(()) => self.created.push(directory.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = directory.parent().filter(|parent| *parent != Path::new(MOUNT_POINT));
                let Some(parent) = parent else {
                    return Err(failed(error));
                };
                self.make(parent, hierarchy)?;
                fs::create_dir(directory).map_err(failed)?;
                self.created.push(directory.to_owned());
            }
            Err(error) => return Err(failed(error)),
        }
        if hierarchy.has("cpuset") {
            // A new cpuset of v1 is empty, and no process can join it until it is not (cpuset(7)).
            for file in ["cpuset.cpus", "cpuset.mems"] {
                let parent = directory.parent().unwrap_or(directory).join(file);
                let value = fs::read(&parent).map_err(|source| CgroupError::new("read", &parent, source))?;
                let own = directory.join(file);
                fs::write(&own, value).map_err(|source| CgroupError::new("write", &own, source))?;
            }
        }
        Ok(())
    }

    /// Moves a process, by its id in the caller's PID namespace, into the cgroup; [`Pid::from_raw`]`(0)` is the caller.
    /// The error names the `cgroup.procs` that could not be written.
    pub fn join(&self, pid: Pid) -> Result<(), CgroupError> {
        for directory in &self.directories {
            let file = directory.join("cgroup.procs");
            fs::write(&file, pid.to_string()).map_err(|source| CgroupError::new("write", &file, source))?;
        }
        Ok(())
    }

    /// The directories, one per hierarchy.
    pub fn directories(&self) -> &[PathBuf] {
        &self.directories
    }

    /// Every directory that was made, outermost first.
    pub fn created(&self) -> &[PathBuf] {
        &self.created
    }

    /// What was asked for and is not enforced, for the log.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

/// Whether the error means that the caller may not, or that there is nothing to write in.
fn is_refusal(error: &io::Error) -> bool {
    use io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem | NotFound)
}

/// Whether this is root, and not of a user namespace.
fn is_root_of_the_machine() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    nix::unistd::geteuid().is_root() && map.split_ascii_whitespace().eq(["0", "0", "4294967295"])
}

/// What of a directory and its ancestors is not there, outermost first.
fn missing(directory: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<_> = directory.ancestors().take_while(|path| !path.exists()).map(Path::to_owned).collect();
    missing.reverse();
    missing
}

/// `path` as it counts from the root of a hierarchy; `..` leads nowhere.
fn below_root(path: &Path) -> PathBuf {
    path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cgroups_path_stays_in_its_hierarchy() {
        assert_eq!(below_root(Path::new("/a/../../b//c/.")), Path::new("a/b/c"));
    }
}
