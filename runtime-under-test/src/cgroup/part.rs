//! Cgroups that a container has made below its own, for `exec --cgroup`.

use super::{Cgroup, place::Place};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;

/// A cgroup below the container's: in all hierarchies, or in those of some controllers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// None for all.
    controllers: Option<Vec<String>>,
    path: PathBuf,
}

impl FromStr for Part {
    type Err = &'static str;

    /// `[CONTROLLER[,CONTROLLER...]:]PATH`
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (controllers, path) = match text.split_once(':') {
            Some((controllers, path)) => (Some(controllers.split(',').map(str::to_owned).collect()), path),
            None => (None, text),
        };
        let inside = |part: Component<'_>| !matches!(part, Component::ParentDir);
        match !path.contains(':') && Path::new(path).components().all(inside) {
            true => Ok(Part { controllers, path: path.trim_start_matches('/').into() }),
            false => Err("expected a cgroup below the container's, such as memory:work or work"),
        }
    }
}

impl Part {
    fn is_about(&self, place: &Place) -> bool {
        let Some(controllers) = &self.controllers else { return true };
        controllers.iter().any(|controller| place.has_v1(controller))
    }
}

impl Cgroup {
    /// This cgroup with each directory replaced that one of `parts` is about; the error is one that is about none.
    pub fn part<'a>(&self, parts: &'a [Part]) -> Result<Cgroup, &'a Path> {
        if let Some(lost) = parts.iter().find(|part| !self.places.iter().any(|it| part.is_about(it))) {
            return Err(&lost.path);
        }
        let below = |place: &Place| {
            let part = parts.iter().find(|part| part.is_about(place));
            let mut place = place.clone();
            if let Some(part) = part {
                place.directory.push(&part.path);
            }
            place
        };
        Ok(Cgroup { places: self.places.iter().map(below).collect(), created: Vec::new(), scope: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::{Hierarchy, Layout, MOUNT_POINT};

    #[test]
    fn a_part_is_of_the_hierarchies_that_it_names() {
        let hierarchy = |controllers: &str| Hierarchy { controllers: controllers.into(), path: "/".into() };
        let place = |controllers| Place::of(hierarchy(controllers), Layout::PerController, Path::new("c"));
        let cgroup = Cgroup { places: ["cpu,cpuacct", "memory"].map(place).to_vec(), created: Vec::new(), scope: None };
        let parts = |texts: &[&str]| texts.iter().map(|text| text.parse::<Part>().unwrap()).collect::<Vec<_>>();
        let joined = |texts: &[&str]| {
            let joined = cgroup.part(&parts(texts)).ok()?;
            let below = |it: &Path| it.strip_prefix(MOUNT_POINT).unwrap().display().to_string();
            Some(joined.places.iter().map(|place| below(&place.directory)).collect::<Vec<_>>())
        };
        assert_eq!(joined(&["x"]).unwrap(), ["cpu,cpuacct/c/x", "memory/c/x"]);
        assert_eq!(joined(&["cpu:/x"]).unwrap(), ["cpu,cpuacct/c/x", "memory/c"]);
        assert_eq!(joined(&["pids:x"]), None);
        for wrong in ["../x", "a:b:c", "cpu:x/../y"] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }
}
