//! Making the cgroup of a new container.

use super::limits::Setting;
use super::place::{Place, located};
use super::remove::{is_directory, processes};
use super::systemd::Placeholder;
use super::{Cgroup, CgroupError, Layout, controllers, device_program, devices, limits};
use crate::config::{Config, NamespaceKind, Resources};
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

/// Who makes the container's cgroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driver {
    /// ptyrun, in the filesystem that cgroups are.
    Cgroupfs,
    /// systemd, asked by D-Bus.
    Systemd,
}

impl Cgroup {
    /// Makes the cgroup that `config` asks for, `linux.cgroupsPath` or `/ptyrun-ID-PID` with the caller's pid
    /// (another `--root` may have a container of the same id), with its limits and device rules.
    ///
    /// Without `linux.cgroupsPath` only those hierarchies are used that something depends on. What the config asks for and
    /// the machine does not have is an error; so is a cgroup that has processes already. Device rules are for root of the
    /// machine: nobody else can make a node of a device, or open one that the machine does not let him open.
    ///
    /// What may be made is written to the file `notes` first, for whoever cleans up after a ptyrun that is killed amid
    /// this. The error names the field, directory or file; what was made until then is removed. What comes beside the cgroup
    /// keeps it until a process is in it.
    pub fn create(
        config: &Config,
        id: &str,
        notes: &Path,
        driver: Driver,
    ) -> Result<(Self, Option<Placeholder>), CgroupError> {
        let mut cgroup = Self::default();
        let built = match driver {
            Driver::Cgroupfs => cgroup.build(config, id, notes).map(|()| None),
            Driver::Systemd => cgroup.build_scope(config, id, notes).map(Some),
        };
        match built {
            Ok(placeholder) => Ok((cgroup, placeholder)),
            Err(error) => {
                cgroup.remove_created();
                Err(error)
            }
        }
    }

    fn build(&mut self, config: &Config, id: &str, notes: &Path) -> Result<(), CgroupError> {
        let resources = &config.linux.resources;
        let asked = asked(config);
        let own_pids = config.namespace(NamespaceKind::Pid).is_some_and(|namespace| namespace.path.is_none());
        if asked.is_none() && own_pids && *resources == Resources::default() {
            return Ok(());
        }
        let layout = Layout::detect();
        let name = asked.map_or_else(|| PathBuf::from(format!("ptyrun-{id}-{}", std::process::id())), below_root);
        let hierarchies = layout.hierarchies()?;
        let places: Vec<_> = hierarchies.into_iter().map(|hierarchy| Place::of(hierarchy, layout, &name)).collect();
        let settings = limits::settings(resources, &places[..])?;
        let settings = located(&places, settings, "no cgroup hierarchy of this machine")?;
        let restricts = places.iter().position(|it| it.has_v1("devices")).or(places.iter().position(Place::is_v2));
        let restricts = restricts.map(|index| &places[index]).filter(|_| !resources.devices.is_empty());
        if restricts.is_none() && !resources.devices.is_empty() && is_root_of_the_machine() {
            return Err(CgroupError::NoDeviceController);
        }
        let limited = |place: &Place| settings.iter().find(|(other, _)| *other == place).map(|(_, setting)| setting);
        let finds_processes = |place: &Place| !own_pids && place.is_v2();
        let used = |place: &&Place| {
            asked.is_some() || restricts == Some(*place) || finds_processes(place) || limited(place).is_some()
        };
        let used: Vec<&Place> = places.iter().filter(used).collect();
        let created = used.iter().flat_map(|place| missing(&place.directory)).collect();
        Self { places: used.iter().copied().cloned().collect(), created, scope: None }.note(notes)?;
        for place in used {
            match self.settle(place) {
                Ok(()) => self.places.push(place.clone()),
                Err(error) if !error.is_refusal() => return Err(error),
                Err(error) => match needed_by(limited(place), restricts == Some(place)) {
                    Some(field) => return Err(error.needed_by(field)),
                    None if asked.is_some() && layout == Layout::Unified => return Err(error),
                    // Not the caller's to write, or not mounted, and nothing depends on it.
                    None => continue,
                },
            }
            if restricts == Some(place) {
                self.restrict(place, resources)?;
            }
        }
        if let Some(path) = asked.filter(|_| self.places.is_empty()) {
            let refused = io::Error::other("no cgroup hierarchy is mounted and writable");
            return Err(CgroupError::new("make linux.cgroupsPath", path, refused));
        }
        super::set(&settings)?;
        Ok(())
    }

    /// Makes the directory, or takes one that is there, as the spec has it, where it is not in use.
    fn settle(&mut self, place: &Place) -> Result<(), CgroupError> {
        let before = self.created.len();
        self.make(&place.directory, place)?;
        if self.created.len() == before {
            let processes = processes_below(&place.directory);
            if processes > 0 {
                return Err(CgroupError::Occupied { directory: place.directory.clone(), processes });
            }
        } else if place.is_v2() {
            controllers::pass_on(place, &self.created);
        }
        Ok(())
    }

    /// Makes a directory and its missing ancestors.
    fn make(&mut self, directory: &Path, place: &Place) -> Result<(), CgroupError> {
        let failed = |source| CgroupError::new("make the cgroup", directory, source);
        match fs::create_dir(directory) {
            Ok(()) => self.created.push(directory.to_owned()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let parent = directory.parent().filter(|parent| parent.starts_with(&place.mount_point));
                self.make(parent.ok_or_else(|| failed(error))?, place)?;
                fs::create_dir(directory).map_err(failed)?;
                self.created.push(directory.to_owned());
            }
            Err(error) => return Err(failed(error)),
        }
        if place.has_v1("cpuset") && directory != place.mount_point {
            inherit_cpuset(directory, &place.mount_point)
        } else {
            Ok(())
        }
    }

    pub(super) fn restrict(&self, place: &Place, resources: &Resources) -> Result<(), CgroupError> {
        let rules = devices::with_defaults(&resources.devices);
        if !place.is_v2() {
            return devices::apply(&place.directory, &rules);
        }
        let reused = !self.created.contains(&place.directory);
        match device_program::attach(&place.directory, &rules, reused) {
            Err(error) if error.is_refusal() && !is_root_of_the_machine() => Ok(()),
            attached => attached,
        }
    }
}

/// Where the config wants it.
pub(super) fn asked(config: &Config) -> Option<&Path> {
    config.linux.cgroups_path.as_deref().filter(|path| !path.as_os_str().is_empty())
}

/// Which field cannot be without the cgroup.
fn needed_by(limit: Option<&Setting>, restricts: bool) -> Option<String> {
    match limit {
        Some(setting) => Some(format!("linux.resources.{}", setting.field)),
        None => (restricts && is_root_of_the_machine()).then(|| "linux.resources.devices".to_owned()),
    }
}

/// A new cpuset of v1 is empty, and no process can join it until it is not (cpuset(7)). Those above may be empty, too, where
/// somebody has made them and not used them.
fn inherit_cpuset(directory: &Path, root: &Path) -> Result<(), CgroupError> {
    let read = |file: &Path| fs::read(file).map_err(|source| CgroupError::new("read", file, source));
    for file in ["cpuset.cpus", "cpuset.mems"] {
        let own = directory.join(file);
        let Some(parent) = directory.parent().filter(|_| directory != root) else { continue };
        if read(&own)?.trim_ascii().is_empty() {
            inherit_cpuset(parent, root)?;
            let value = read(&parent.join(file))?;
            fs::write(&own, value).map_err(|source| CgroupError::new("write", &own, source))?;
        }
    }
    Ok(())
}

/// How many processes are in a cgroup and those below it.
fn processes_below(directory: &Path) -> usize {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let below = entries.filter(is_directory);
    processes(directory).map_or(0, |own| own.len()) + below.map(|entry| processes_below(&entry.path())).sum::<usize>()
}

/// Whether this is root, and not of a user namespace.
pub(super) fn is_root_of_the_machine() -> bool {
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
