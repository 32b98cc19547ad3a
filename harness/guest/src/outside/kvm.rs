//! The processor's own way to execute guests. Linux, virt/kvm/api.rst

use nix::unistd::geteuid;
use std::{fs::File, io};

/// Why the processor cannot be asked to execute guests.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the messages say what the fields are")]
pub enum KvmError {
    /// The device is not there.
    #[error("/dev/kvm is not there: the processor does not offer it, or module kvm_intel or kvm_amd is not loaded")]
    Missing,
    /// Others may use it.
    #[error("user {user} may not open /dev/kvm: its group may (most often kvm)")]
    Forbidden { user: u32 },
    /// It cannot be opened for another reason.
    #[error("/dev/kvm: {0}")]
    Unusable(io::Error),
}

/// Whether `/dev/kvm` can be opened. It may still not work.
pub fn open_kvm() -> Result<(), KvmError> {
    let opened = File::options().read(true).write(true).open("/dev/kvm");
    opened.map(drop).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => KvmError::Missing,
        io::ErrorKind::PermissionDenied => KvmError::Forbidden { user: geteuid().as_raw() },
        _ => KvmError::Unusable(error),
    })
}
