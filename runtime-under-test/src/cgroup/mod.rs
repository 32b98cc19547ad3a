//! The container's cgroup (cgroups(7)).
//!
//! What ptyrun itself needs a cgroup for is little: to be where the config says, to restrict devices, and to
//! find every process of a container that has no PID namespace. Moving a process between cgroups takes a lock that every
//! fork on the machine shares, so none is made where neither these nor a limit ask for it.

mod controllers;
mod create;
mod device_program;
mod devices;
mod error;
mod freezer;
mod layout;
mod limits;
mod part;
mod place;
mod remove;
mod scope;
mod shortage;
mod systemd;
mod usage;

use nix::unistd::Pid;
use place::Place;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::{fs, io};

pub use create::Driver;
pub use error::CgroupError;
pub use freezer::Freezer;
pub use layout::{Hierarchy, Layout, MOUNT_POINT};
pub use limits::LimitError;
pub use part::Part;
pub use shortage::Shortage;
pub use systemd::{Placeholder, SystemdError};
pub use usage::Usage;

use crate::config::Resources;

/// The cgroup of one container: a directory in each hierarchy that it takes part in, possibly none.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cgroup {
    /// One per hierarchy.
    places: Vec<Place>,
    /// What was made, outermost first; the directories themselves and their missing ancestors.
    created: Vec<PathBuf>,
    /// Where systemd has made it.
    #[serde(default)]
    scope: Option<systemd::Scope>,
}

impl Cgroup {
    /// Writes down what is about to be made.
    fn note(&self, notes: &Path) -> Result<(), CgroupError> {
        let noted = serde_json::to_vec(self).map_err(io::Error::from).and_then(|text| fs::write(notes, text));
        noted.map_err(|source| CgroupError::new("write", notes, source))
    }

    /// The cgroup that [`Self::create`] was about to make when it wrote `notes`; none where it did not come to that.
    pub fn noted(notes: &Path) -> Self {
        let text = fs::read(notes).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Moves a process, by its id in the caller's PID namespace, into the cgroup; [`Pid::from_raw`]`(0)` is the caller.
    /// The error names the `cgroup.procs` that could not be written.
    pub fn join(&self, pid: Pid) -> Result<(), CgroupError> {
        for directory in self.directories() {
            let file = directory.join("cgroup.procs");
            fs::write(&file, pid.to_string()).map_err(|source| CgroupError::new("write", &file, source))?;
        }
        Ok(())
    }

    /// Changes limits, all that `resources` asks for or none. Rules about devices stay as they are.
    pub fn update(&self, resources: &Resources) -> Result<(), CgroupError> {
        let settings = limits::settings(resources, &self.places[..])?;
        let located = place::located(&self.places, settings, "no cgroup of the container")?;
        let undo = set(&located)?;
        let told = self.tell_systemd(&located.iter().map(|(_, setting)| setting).collect::<Vec<_>>());
        if told.is_err() {
            undo.take_back();
        } else if self.scope.is_some() {
            set(&located)?; // exactly: systemd rounds
        }
        told
    }

    /// Whether it is made and removed by systemd.
    pub fn is_scope(&self) -> bool {
        self.scope.is_some()
    }

    /// The directories, one per hierarchy.
    pub fn directories(&self) -> Vec<&Path> {
        self.places.iter().map(|place| place.directory.as_path()).collect()
    }

    /// Every directory that was made, outermost first.
    pub fn created(&self) -> &[PathBuf] {
        &self.created
    }
}

/// Sets limits in cgroups that exist.
fn set(located: &[(&Place, limits::Setting)]) -> Result<limits::Undo, LimitError> {
    for (place, setting) in located.iter().filter(|(place, _)| place.is_v2()) {
        if let Some(controller) = &setting.controller {
            controllers::enable(place, &setting.field, controller)?;
        }
    }
    let settings: Vec<_> = located.iter().map(|(place, setting)| (&*place.directory, setting.clone())).collect();
    limits::apply(&settings)
}
