//! The documents that cases cite.

use ptyproof_harness::case::Reference;

/// OCI runtime specification, Linux configuration.
pub const SPEC_LINUX: Reference = Reference::document(
    "OCI runtime-spec, config-linux.md",
    "https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config-linux.md",
);

/// OCI runtime specification, configuration.
pub const SPEC_CONFIG: Reference = Reference::document(
    "OCI runtime-spec, config.md",
    "https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md",
);

/// OCI runtime specification, Linux runtime.
pub const SPEC_RUNTIME_LINUX: Reference = Reference::document(
    "OCI runtime-spec, runtime-linux.md",
    "https://github.com/opencontainers/runtime-spec/blob/v1.2.0/runtime-linux.md",
);

/// OCI runtime specification, lifecycle and operations.
pub const SPEC_RUNTIME: Reference = Reference::document(
    "OCI runtime-spec, runtime.md",
    "https://github.com/opencontainers/runtime-spec/blob/v1.2.0/runtime.md",
);

/// Terminal modes and the console socket, as the runtimes do them.
pub const TERMINALS: Reference = Reference::document(
    "runc, docs/terminals.md",
    "https://github.com/opencontainers/runc/blob/main/docs/terminals.md",
);

/// The kernel's description of devpts.
pub const DEVPTS: Reference =
    Reference::document("Linux, filesystems/devpts.rst", "https://docs.kernel.org/filesystems/devpts.html");

/// The config.json that `runc spec` writes, from which most bundles descend.
pub const RUNC_EXAMPLE: Reference = Reference::document(
    "runc, libcontainer/specconv/example.go",
    "https://github.com/opencontainers/runc/blob/main/libcontainer/specconv/example.go",
);

/// How runc sets up `/dev/ptmx`.
pub const RUNC_ROOTFS: Reference = Reference::document(
    "runc, libcontainer/rootfs_linux.go",
    "https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go",
);

/// How runc gives the terminal to the process's user.
pub const RUNC_INIT: Reference = Reference::document(
    "runc, libcontainer/init_linux.go",
    "https://github.com/opencontainers/runc/blob/main/libcontainer/init_linux.go",
);

/// How crun sets up devices and terminals.
pub const CRUN_LINUX: Reference = Reference::document(
    "crun, src/libcrun/linux.c",
    "https://github.com/containers/crun/blob/main/src/libcrun/linux.c",
);

/// How crun sets up a terminal and puts its caller's into raw mode.
pub const CRUN_TERMINAL: Reference = Reference::document(
    "crun, src/libcrun/terminal.c",
    "https://github.com/containers/crun/blob/1.8.1/src/libcrun/terminal.c",
);

/// How runc relays for a container in the foreground.
pub const RUNC_TTY: Reference =
    Reference::document("runc, tty.go", "https://github.com/opencontainers/runc/blob/v1.1.5/tty.go");

/// How processes are held still.
pub const CGROUP_FREEZE: Reference =
    Reference::document("Linux, admin-guide/cgroup-v2.rst", "https://docs.kernel.org/admin-guide/cgroup-v2.html")
        .at("#core-interface-files");

/// Which signals runc passes on.
pub const RUNC_SIGNALS: Reference =
    Reference::document("runc, signals.go", "https://github.com/opencontainers/runc/blob/v1.1.5/signals.go");

/// Which signals crun passes on.
pub const CRUN_SIGNALS: Reference = Reference::document(
    "crun, src/libcrun/container.c",
    "https://github.com/containers/crun/blob/1.8.1/src/libcrun/container.c",
);

/// How POSIX describes terminals: canonical input, special characters, modes.
pub const POSIX_TERMINALS: Reference = Reference::document(
    "POSIX.1-2024, General Terminal Interface",
    "https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap11.html",
);

/// An issue or a change in a project's tracker.
pub const fn issue(name: &'static str, address: &'static str) -> Reference {
    Reference::document(name, address)
}

/// Runtimes that follow what an image puts at the console's place (CVE-2025-52565).
pub const ADVISORY_CONSOLE: Reference = Reference::document(
    "CVE-2025-52565, container escape with /dev/console",
    "https://github.com/opencontainers/runc/security/advisories/GHSA-qw9x-cqr3-wc7r",
);

/// Runtimes that mask paths with what an image puts at the place of `/dev/null` (CVE-2025-31133).
pub const ADVISORY_MASKED: Reference = Reference::document(
    "CVE-2025-31133, container escape with masked paths",
    "https://github.com/opencontainers/runc/security/advisories/GHSA-9493-h29p-rfm2",
);

/// A manual page.
pub const fn manual(page: &'static str) -> Reference {
    Reference::document(page, "")
}
