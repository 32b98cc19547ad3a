//! The machine of a run.

use ptyproof_report::Environment;
use std::{fs, path::Path};

/// Looks at this machine, as far as it bears on terminals. What cannot be read is empty.
pub fn look() -> Environment {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim_end().to_owned();
    let name = nix::sys::utsname::uname().ok();
    let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.display().to_string()).unwrap_or_default();
    Environment {
        ptyproof: env!("CARGO_PKG_VERSION").to_owned(),
        kernel: text(name.as_ref().map(|name| name.release())),
        architecture: text(name.as_ref().map(|name| name.machine())),
        cmdline: read("/proc/cmdline"),
        distribution: read("/etc/os-release")
            .lines()
            .find_map(|line| line.strip_prefix("PRETTY_NAME="))
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned(),
        cgroup_mode: cgroup_mode().to_owned(),
        sysctls: Environment::SYSCTLS
            .iter()
            .filter_map(|name| {
                let path = format!("/proc/sys/{}", name.replace('.', "/"));
                let value = fs::read_to_string(path).ok()?;
                Some(((*name).to_owned(), value.trim_end().to_owned()))
            })
            .collect(),
        user: nix::unistd::geteuid().as_raw(),
    }
}

fn cgroup_mode() -> &'static str {
    let root = Path::new("/sys/fs/cgroup");
    if root.join("cgroup.controllers").exists() {
        "v2"
    } else if root.join("unified/cgroup.controllers").exists() {
        "hybrid"
    } else if fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) {
        "v1"
    } else {
        "none"
    }
}
