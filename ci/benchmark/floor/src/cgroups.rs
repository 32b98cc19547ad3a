//! One cgroup in each hierarchy, which is what a config with `linux.cgroupsPath` asks of a runtime. cgroups(7)

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::{io, process};

const MOUNT_POINT: &str = "/sys/fs/cgroup";

/// One for each hierarchy.
#[derive(Default)]
pub struct Cgroups {
    made: Vec<PathBuf>,
    /// That of a machine with version 2 only, which a process can be born in (clone(2), CLONE_INTO_CGROUP): moving it there
    /// takes longer than all else.
    pub unified: Option<File>,
}

/// Makes them, below the roots of the hierarchies.
pub fn make() -> io::Result<Cgroups> {
    let text = fs::read_to_string("/proc/self/cgroup")?;
    let pure = Path::new(MOUNT_POINT).join("cgroup.procs").exists();
    let hierarchies = text.lines().filter_map(|line| line.split(':').nth(1)).map(|controllers| match controllers {
        "" if pure => PathBuf::from(MOUNT_POINT),
        "" => Path::new(MOUNT_POINT).join("unified"),
        named => Path::new(MOUNT_POINT).join(named.trim_start_matches("name=")),
    });
    let mut made = Vec::new();
    for hierarchy in hierarchies.filter(|hierarchy| hierarchy.exists()) {
        let own = hierarchy.join(format!("ptyproof-floor-{}", process::id()));
        fs::create_dir(&own)?;
        for file in ["cpuset.cpus", "cpuset.mems"] {
            // No process can join a cpuset that is empty. cpuset(7)
            if let (false, Ok(value)) = (pure, fs::read(hierarchy.join(file))) {
                fs::write(own.join(file), value)?;
            }
        }
        made.push(own);
    }
    let unified = made.first().filter(|_| pure).map(File::open).transpose()?;
    Ok(Cgroups { made, unified })
}

impl Cgroups {
    /// Moves the calling process into them, unless it was born there.
    pub fn join(&self) -> io::Result<()> {
        if self.unified.is_some() {
            return Ok(());
        }
        self.made.iter().try_for_each(|cgroup| fs::write(cgroup.join("cgroup.procs"), "0"))
    }

    /// Removes them.
    pub fn remove(&self) -> io::Result<()> {
        self.made.iter().try_for_each(fs::remove_dir)
    }
}
