//! Which cgroup hierarchies there are and where.

use super::CgroupError;
use nix::errno::Errno;
use nix::sys::statfs::{CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, TMPFS_MAGIC, statfs};
use std::fs;
use std::path::{Path, PathBuf};

/// Where hierarchies are mounted on every distribution.
pub const MOUNT_POINT: &str = "/sys/fs/cgroup";

/// Where the v2 hierarchy is mounted beside v1 hierarchies, below [`MOUNT_POINT`].
const HYBRID_DIRECTORY: &str = "unified";

/// What is mounted at [`MOUNT_POINT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The v2 hierarchy.
    Unified,
    /// A tmpfs with a directory per v1 hierarchy, and perhaps one for the v2 hierarchy (hybrid).
    PerController,
    /// Nothing that is a cgroup.
    None,
}

impl Layout {
    /// Looks at the filesystem's type.
    pub fn detect() -> Self {
        match statfs(MOUNT_POINT).map(|seen| seen.filesystem_type()) {
            Ok(CGROUP2_SUPER_MAGIC) => Self::Unified,
            Ok(TMPFS_MAGIC) => Self::PerController,
            _ => Self::None,
        }
    }

    /// The hierarchies that can be used.
    pub(super) fn hierarchies(self) -> Result<Vec<Hierarchy>, CgroupError> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Unified => Ok(vec![Hierarchy { controllers: String::new(), path: PathBuf::from("/") }]),
            Self::PerController => Hierarchy::of_this_process()
                .map_err(|errno| CgroupError::new("read", Path::new("/proc/self/cgroup"), errno.into())),
        }
    }
}

/// A hierarchy and a process's place in it: a line of `/proc/PID/cgroup` (cgroups(7)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hierarchy {
    /// As the kernel writes them: `cpu,cpuacct`, `name=systemd`, and empty for v2.
    pub controllers: String,
    /// The process's cgroup, from the hierarchy's root as the process's cgroup namespace has it.
    pub path: PathBuf,
}

impl Hierarchy {
    /// Those that the calling process is in and that are mounted where they belong. A hierarchy that is not, somebody's own,
    /// would be an ordinary directory there, which holds nothing and restricts nothing. Fails as reading `/proc/self/cgroup`.
    pub fn of_this_process() -> Result<Vec<Self>, Errno> {
        let text = fs::read_to_string("/proc/self/cgroup")
            .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(nix::libc::EIO)))?;
        let mut hierarchies = parse(&text);
        hierarchies.retain(Self::is_mounted);
        Ok(hierarchies)
    }

    fn is_mounted(&self) -> bool {
        let directory = self.mount_point(Layout::PerController);
        let seen = statfs(&directory).map(|seen| seen.filesystem_type());
        matches!(seen, Ok(CGROUP_SUPER_MAGIC | CGROUP2_SUPER_MAGIC))
    }

    /// The name of its directory beside other hierarchies.
    pub fn directory(&self) -> String {
        match self.controllers.as_str() {
            "" => HYBRID_DIRECTORY.to_owned(),
            controllers => controllers.strip_prefix("name=").unwrap_or(controllers).to_owned(),
        }
    }

    /// Names that have to lead to the directory as well: each controller, where it has several.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        let several = self.controllers.contains(',');
        self.controllers.split(',').filter(move |_| several)
    }

    /// Whether it has the controller.
    pub fn has(&self, controller: &str) -> bool {
        self.controllers.split(',').any(|own| own == controller)
    }

    /// Where it is mounted.
    pub(super) fn mount_point(&self, layout: Layout) -> PathBuf {
        match layout {
            Layout::Unified => PathBuf::from(MOUNT_POINT),
            Layout::PerController | Layout::None => Path::new(MOUNT_POINT).join(self.directory()),
        }
    }
}

fn parse(text: &str) -> Vec<Hierarchy> {
    text.lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            Some(Hierarchy { controllers: fields.next()?.to_owned(), path: PathBuf::from(fields.next()?) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hierarchy_that_is_not_mounted_is_left_out() {
        let somebodys = parse("10:name=of-somebody:/\n");
        assert_eq!(somebodys[0].mount_point(Layout::PerController), Path::new("/sys/fs/cgroup/of-somebody"));
        assert!(!somebodys[0].is_mounted());
        assert!(Hierarchy::of_this_process().unwrap().iter().all(Hierarchy::is_mounted));
    }

    #[test]
    fn a_hybrid_list_is_understood() {
        let found = parse("9:name=systemd:/\n3:cpu,cpuacct:/a:b\n0::/user.slice\n");
        let seen: Vec<_> = found.iter().map(|h| (h.directory(), h.path.to_str().unwrap())).collect();
        assert_eq!(
            seen,
            [("systemd".to_owned(), "/"), ("cpu,cpuacct".to_owned(), "/a:b"), ("unified".to_owned(), "/user.slice")]
        );
        assert_eq!(found[1].links().collect::<Vec<_>>(), ["cpu", "cpuacct"]);
        assert_eq!(found[0].links().count(), 0);
        assert!(found[1].has("cpu") && !found[1].has("cp") && !found[2].has("cpu"));
    }
}
