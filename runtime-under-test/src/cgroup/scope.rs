//! A container's cgroup that systemd makes.

use super::create::{asked, is_root_of_the_machine};
use super::place::{Place, located};
use super::systemd::{Placeholder, Plan, SystemdError};
use super::{Cgroup, CgroupError, Hierarchy, Layout, MOUNT_POINT, limits};
use crate::config::Config;
use std::path::{Path, PathBuf};

impl Cgroup {
    /// As [`Cgroup::create`], by systemd: its own for root of the machine, the user's for everybody else.
    pub(super) fn build_scope(&mut self, config: &Config, id: &str, notes: &Path) -> Result<Placeholder, CgroupError> {
        let plan = Plan::new(asked(config), id, !is_root_of_the_machine())?;
        if Layout::detect() != Layout::Unified {
            return Err(SystemdError::NotUnified(MOUNT_POINT.into()).into());
        }
        // Where it will be is systemd's to say.
        let hierarchy = Hierarchy { controllers: String::new(), path: PathBuf::new() };
        let mut place = Place::of(hierarchy, Layout::Unified, Path::new(plan.scope.unit()));
        let settings = limits::settings(&config.linux.resources, std::slice::from_ref(&place))?;
        self.scope = Some(plan.scope.clone());
        self.note(notes)?;
        let (path, placeholder) = plan.start(&settings.iter().collect::<Vec<_>>())?;
        place.directory = place.mount_point.join(path);
        self.places.push(place.clone());
        if !config.linux.resources.devices.is_empty() {
            self.restrict(&place, &config.linux.resources)?;
        }
        super::set(&located(&self.places, settings, "no cgroup hierarchy of this machine")?)?;
        Ok(placeholder)
    }

    /// Tells systemd of limits that have been changed; it takes them back to its own otherwise.
    pub(super) fn tell_systemd(&self, settings: &[&limits::Setting]) -> Result<(), CgroupError> {
        self.scope.as_ref().map_or(Ok(()), |scope| Ok(scope.change(settings)?))
    }
}
