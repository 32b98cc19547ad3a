//! What is true of a kernel as a whole.

use ptyproof_harness::case::{Case, Reference, Stop};

/// What makes a kernel admit that something is wrong with it.
const TAINTED: Reference = Reference::document(
    "Linux, admin-guide/tainted-kernels.rst",
    "https://docs.kernel.org/admin-guide/tainted-kernels.html",
);

/// The verdict on a kernel that was booted for the suite. Only who has booted it can tell.
pub const SURVIVAL: Case = Case {
    id: "kernel-boot/survives-the-suite",
    title: "boot the kernel, run all that is selected in it, and turn it off",
    requirement: "no panic, no reset, no silence, and no taint that was not there before",
    why: "a kernel that warns, dies or hangs where terminals are used takes everything along that runs on it",
    references: &[TAINTED],
    covers: &[],
    body: |_| Err(Stop::Skip("only `ptyproof kernel` can judge it, which boots a kernel of its own".to_owned())),
    ..Case::KERNEL
};
