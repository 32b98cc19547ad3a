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
pub const DEVPTS: Reference = Reference::document(
    "Linux, filesystems/devpts.rst",
    "https://docs.kernel.org/filesystems/devpts.html",
);

/// Runtimes that follow what an image puts at the console's place (CVE-2025-52565).
pub const ADVISORY_CONSOLE: Reference = Reference::document(
    "CVE-2025-52565, container escape with /dev/console",
    "https://github.com/opencontainers/runc/security/advisories/GHSA-qw9x-cqr3-wc7r",
);

/// A manual page.
pub const fn manual(page: &'static str) -> Reference {
    Reference::document(page, "")
}
