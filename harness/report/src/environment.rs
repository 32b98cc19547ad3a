//! Where a run happened, and against what.

use crate::printable;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Path of the binary, or of the image of a kernel that was booted for this; the command that starts programs on a kernel
    /// elsewhere; empty for the kernel that runs.
    pub path: String,
    /// What that path leads to, where it is a symbolic link or goes through one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// SHA-256 of that file, in hexadecimal.
    pub sha256: String,
    /// What `--version` printed; of the bare kernel, its release.
    pub version: String,
    /// Name of the profile.
    pub profile: String,
    /// What made the containers, where a kernel was tested with containers, too: the version of a runtime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// What a kernel is called that is no Linux, or another one than its release says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
}

impl Target {
    /// Stands for the profile in reports about a kernel.
    pub const KERNEL: &str = "kernel";

    /// A kernel whose image was booted: the path of the image and its hash, its release, and the version of the
    /// runtime that made the containers, if there were any.
    pub fn booted(path: String, sha256: String, release: String, with: Option<String>) -> Self {
        Self { path, file: None, sha256, version: release, profile: Self::KERNEL.to_owned(), with, called: None }
    }

    /// Where it is, for people: its path, and what that leads to.
    pub fn place(&self) -> String {
        let file = self.file.iter().map(|file| format!(" -> {}", printable(file)));
        std::iter::once(printable(&self.path)).chain(file).collect()
    }

    /// Whether it is a kernel.
    pub fn is_kernel(&self) -> bool {
        self.profile == Self::KERNEL
    }
}

/// The machine of a run, as far as it bears on terminals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
            ..Self::default()
        }
    }
}
