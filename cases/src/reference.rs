//! The reference runtime, as the binary that the build script made.

/// ptyrun, a static binary.
pub fn reference_runtime() -> &'static [u8] {
    include_bytes!(env!("PTYPROOF_PTYRUN"))
}

/// ptyrun with its defects compiled in, chosen by `--defect NAME`. Only for showing that cases can fail.
pub fn defective_runtime() -> &'static [u8] {
    include_bytes!(env!("PTYPROOF_PTYRUN_WITH_DEFECTS"))
}
