//! Cgroups that containers of a run got, and their removal. cgroups(7).

use ptyproof_probe::Mount;
use std::fs;
use std::path::{Path, PathBuf};

/// Removes every cgroup whose name begins with `name`, in all hierarchies that are mounted here.
pub fn remove_all(name: &str) {
    for mount in mounted() {
        for path in directories(Path::new(&mount)) {
            if path
                .file_name()
                .is_some_and(|found| found.to_string_lossy().starts_with(name))
            {
                remove(&path);
            }
        }
    }
}

/// Kills what is in a cgroup, and removes it with all below. What is left of it, if anything.
pub fn remove(path: &Path) -> Vec<PathBuf> {
    // Only cgroup2 since Linux 5.14 has the file; elsewhere the processes were killed by other means.
    let _ = fs::write(path.join("cgroup.kill"), "1");
    let mut left: Vec<PathBuf> = directories(path)
        .iter()
        .flat_map(|below| remove(below))
        .collect();
    if path.exists() && fs::remove_dir(path).is_err() {
        left.push(path.to_owned());
    }
    left
}

/// The cgroups below one, all levels.
pub fn below(path: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for directory in directories(path) {
        all.extend(below(&directory));
        all.push(directory);
    }
    all
}

fn directories(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}

fn mounted() -> Vec<String> {
    Mount::parse_all(&fs::read_to_string("/proc/self/mountinfo").unwrap_or_default())
        .into_iter()
        .filter(|mount| mount.filesystem == "cgroup2" || mount.filesystem == "cgroup")
        .map(|mount| mount.point)
        .collect()
}
