//! The reference runtime with its defects, as the binary that the build script made.

/// ptyrun with its defects, chosen by `--defect NAME`. Only for showing that cases can fail.
pub fn runtime() -> &'static [u8] {
    include_bytes!(env!("PTYRUN_WITH_DEFECTS"))
}
