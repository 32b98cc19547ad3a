//! The reference runtime, as the binary that the build script made.

/// ptyrun, a static binary.
pub fn reference_runtime() -> &'static [u8] {
    include_bytes!(env!("PTYPROOF_PTYRUN"))
}
