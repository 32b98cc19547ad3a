//! One cgroup in each hierarchy, which is what a config with `linux.cgroupsPath` asks of a runtime. cgroups(7)

use std::path::{Path, PathBuf};
use std::{fs, io, process};

const MOUNT_POINT: &str = "/sys/fs/cgroup";

/// Makes them, below the roots of the hierarchies.
pub fn make() -> io::Result<Vec<PathBuf>> {
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
    Ok(made)
}

/// Moves the calling process into them.
pub fn join(cgroups: &[PathBuf]) -> io::Result<()> {
    cgroups.iter().try_for_each(|cgroup| fs::write(cgroup.join("cgroup.procs"), "0"))
}
