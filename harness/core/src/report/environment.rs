//! Where a run happened, and against what.

use crate::target::{KERNEL, Runtime, Subject};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Path of the binary, or of the image of a kernel that was booted for this; empty for the kernel that runs.
    pub path: String,
    /// SHA-256 of that file, in hexadecimal.
    pub sha256: String,
    /// What `--version` printed; of the bare kernel, its release.
    pub version: String,
    /// Name of the profile.
    pub profile: String,
    /// What made the containers, where a kernel was tested with containers, too: the version of a runtime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
}

impl From<&Subject> for Target {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Runtime(runtime) => Self::from(&**runtime),
            Subject::Kernel => Self {
                path: String::new(),
                sha256: String::new(),
                version: Environment::look().kernel,
                profile: KERNEL.to_owned(),
                with: None,
            },
        }
    }
}

impl Target {
    /// A kernel whose image was booted: the path of the image and its hash, its release, and the version of the
    /// runtime that made the containers, if there were any.
    pub fn booted(path: String, sha256: String, release: String, with: Option<String>) -> Self {
        Self { path, sha256, version: release, profile: KERNEL.to_owned(), with }
    }

    /// Whether it is a kernel.
    pub fn is_kernel(&self) -> bool {
        self.profile == KERNEL
    }
}

impl From<&Runtime> for Target {
    fn from(runtime: &Runtime) -> Self {
        Self {
            path: runtime.path.display().to_string(),
            sha256: runtime.sha256.clone(),
            version: runtime.version.clone(),
            profile: runtime.profile.name.clone(),
            with: None,
        }
    }
}

/// The machine of a run, as far as it bears on terminals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Version of ptyproof.
    pub ptyproof: String,
    /// `uname -r`.
    pub kernel: String,
    /// `uname -m`.
    pub architecture: String,
    /// The kernel's command line.
    pub cmdline: String,
    /// `PRETTY_NAME` of os-release(5).
    pub distribution: String,
    /// How cgroups are mounted: `v2`, `v1`, `hybrid` or `none`.
    pub cgroup_mode: String,
    /// Values of `kernel.pty.*`, `dev.tty.*` and `kernel.tainted`; those that this kernel has.
    pub sysctls: BTreeMap<String, String>,
    /// Effective user id of the run.
    pub user: u32,
}

impl Environment {
    /// The sysctls that are looked at.
    pub const SYSCTLS: &[&str] = &[
        "kernel.pty.max",
        "kernel.pty.nr",
        "kernel.pty.reserve",
        "kernel.tainted",
        "dev.tty.ldisc_autoload",
        "dev.tty.legacy_tiocsti",
    ];

    /// Of a kernel of which nothing but its release is known, because it never said a word.
    pub fn of_kernel(release: &str) -> Self {
        Self {
            ptyproof: env!("CARGO_PKG_VERSION").to_owned(),
            kernel: release.to_owned(),
            architecture: std::env::consts::ARCH.to_owned(),
            cmdline: String::new(),
            distribution: String::new(),
            cgroup_mode: String::new(),
            sysctls: BTreeMap::new(),
            user: 0,
        }
    }

    /// Looks at this machine. What cannot be read is empty.
    pub fn look() -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim_end().to_owned();
        let name = nix::sys::utsname::uname().ok();
        let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.display().to_string()).unwrap_or_default();
        Self {
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
            sysctls: Self::SYSCTLS
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
