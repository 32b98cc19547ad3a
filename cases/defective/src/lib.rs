//! The reference runtime with its defects, as the binary that the build script made; and a small engine with its own.

/// ptyrun with its defects, chosen by `--defect NAME`. Only for showing that cases can fail.
pub fn runtime() -> &'static [u8] {
    include_bytes!(env!("PTYRUN_WITH_DEFECTS"))
}

/// Path of an engine in which each defect can be chosen by `--defect NAME`; the profile for calling it lies beside it. Only for
/// showing that cases can fail.
pub const ENGINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/engine");
