//! Where a container's cgroup is, hierarchy by hierarchy.

use super::limits::{Controller, LimitError, Setting, Surroundings, Version};
use super::{Hierarchy, Layout};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The container's directory in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    /// The hierarchy's controllers, as `/proc/self/cgroup` has them: none for v2.
    controllers: String,
    /// Where the hierarchy is mounted.
    pub(super) mount_point: PathBuf,
    /// The cgroup's directory.
    pub(super) directory: PathBuf,
}

impl Place {
    /// The cgroup `name` of a hierarchy, whether it exists or not.
    pub(super) fn of(hierarchy: Hierarchy, layout: Layout, name: &Path) -> Place {
        let mount_point = hierarchy.mount_point(layout);
        Place { directory: mount_point.join(name), mount_point, controllers: hierarchy.controllers }
    }

    /// Whether this is a v2 hierarchy.
    pub(super) fn is_v2(&self) -> bool {
        self.controllers.is_empty()
    }

    /// Whether it is a v1 hierarchy with this controller.
    pub(super) fn has_v1(&self, controller: &str) -> bool {
        self.controllers.split(',').any(|own| own == controller)
    }

    /// Whether the setting is for a file of this hierarchy.
    pub(super) fn takes(&self, setting: &Setting) -> bool {
        match (setting.version, &setting.controller) {
            (Version::V1, Some(controller)) => self.has_v1(controller.v1_name()),
            (Version::V1, None) => false,
            (Version::V2, _) => self.is_v2(),
        }
    }

    /// Whether the v2 hierarchy has this controller at all.
    fn offers(&self, controller: &Controller) -> bool {
        let offered = fs::read_to_string(self.mount_point.join("cgroup.controllers")).unwrap_or_default();
        offered.split_whitespace().any(|name| name == controller.name())
    }
}

impl Surroundings for [Place] {
    fn version(&self, controller: &Controller) -> Option<Version> {
        if self.iter().any(|place| place.has_v1(controller.v1_name())) {
            return Some(Version::V1);
        }
        self.iter().any(|place| place.is_v2() && place.offers(controller)).then_some(Version::V2)
    }

    fn read(&self, controller: &Controller, file: &str) -> Option<String> {
        let own = |place: &&Place| place.is_v2() || place.has_v1(controller.v1_name());
        self.iter().filter(own).find_map(|place| fs::read_to_string(place.directory.join(file)).ok())
    }
}

/// Finds for each setting the place whose file it is for. `lack` is who has none where there is none.
pub(super) fn located<'a>(
    places: &'a [Place],
    settings: Vec<Setting>,
    lack: &'static str,
) -> Result<Vec<(&'a Place, Setting)>, LimitError> {
    let locate = |setting: Setting| match places.iter().find(|place| place.takes(&setting)) {
        Some(place) => Ok((place, setting)),
        None => Err(match setting.controller {
            Some(controller) => LimitError::NoController { field: setting.field, reason: lack, controller },
            None => LimitError::Impossible { field: setting.field, reason: "there is no hierarchy of v2".to_owned() },
        }),
    };
    settings.into_iter().map(locate).collect()
}
