//! The system calls that a process makes between ptyrun's last word and its program.

use crate::config::Process;
use nix::libc::{self, c_long, c_ulong};
use std::os::fd::{AsRawFd, BorrowedFd};

/// A system call with its arguments, and what its result means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    number: c_long,
    arguments: [u64; 3],
    result: Outcome,
}

/// What the result of a call means. The numbers stand in the code of the image as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
enum Outcome {
    /// An error ends the process.
    MustSucceed = 0,
    /// The next call is made, come what may.
    MayFail = 1,
    /// The caller reports the pid of the process that it made, and ends. The new one goes on.
    Forks = 2,
    /// Something was read into a place of the program's own. Nothing means that ptyrun is gone, and ends the process.
    Hears = 3,
    /// What was opened is what the next call is about that [`Outcome::Uses`] it.
    Opens = 4,
    /// The first argument is what was opened. An error ends the process.
    Uses = 5,
}

impl Call {
    /// How many bytes [`Call::encoded`] gives.
    pub(super) const SIZE: usize = 32;

    /// Starts a session of the process's own.
    pub const START_SESSION: Call = Call::new(libc::SYS_setsid, [0; 3]);

    /// Makes the terminal on standard input the controlling one. 0, or it would be taken from another session.
    pub const ACQUIRE_TERMINAL: Call = Call::new(libc::SYS_ioctl, [0, libc::TIOCSCTTY, 0]);

    /// Makes the process, a child of the caller's parent.
    pub(in crate::container) const FORK: Call =
        Call { result: Outcome::Forks, ..Call::new(libc::SYS_clone, [libc::CLONE_PARENT as u64, 0, 0]) };

    /// A call that must succeed.
    pub const fn new(number: c_long, arguments: [u64; 3]) -> Call {
        Call { number, arguments, result: Outcome::MustSucceed }
    }

    /// The same where its failure is no error.
    #[must_use]
    pub const fn if_possible(self) -> Call {
        Call { result: Outcome::MayFail, ..self }
    }

    /// Loads the filter of system calls whose sock_fprog is at that address of the program's own.
    pub(super) fn load_filter(flags: c_ulong, address: u64) -> Call {
        Call::new(libc::SYS_seccomp, [libc::SECCOMP_SET_MODE_FILTER.into(), flags, address])
    }

    /// Opens a file below a directory, by a name at that address of the program's own, to write to it.
    pub(super) fn open_below(directory: BorrowedFd<'_>, name: u64) -> Call {
        let flags = (libc::O_WRONLY | libc::O_CLOEXEC) as u64;
        let arguments = [directory.as_raw_fd() as u64, name, flags];
        Call { result: Outcome::Opens, ..Call::new(libc::SYS_openat, arguments) }
    }

    /// Writes what is at that address to what was opened.
    pub(super) fn write_opened(text: u64, length: usize) -> Call {
        Call { result: Outcome::Uses, ..Call::new(libc::SYS_write, [0, text, length as u64]) }
    }

    pub(super) fn close_on_exec(file: BorrowedFd<'_>) -> Call {
        Call::new(libc::SYS_fcntl, [file.as_raw_fd() as u64, libc::F_SETFD as u64, libc::FD_CLOEXEC as u64])
    }

    /// Waits for a word of ptyrun's.
    pub(in crate::container) fn hear(channel: BorrowedFd<'_>) -> Call {
        Call { result: Outcome::Hears, ..Call::new(libc::SYS_read, [channel.as_raw_fd() as u64, 0, 1]) }
    }

    /// As the program reads it.
    pub(super) fn encoded(self) -> [u8; Call::SIZE] {
        let mut bytes = [0; Call::SIZE];
        bytes[..4].copy_from_slice(&(self.number as u32).to_le_bytes());
        bytes[4..8].copy_from_slice(&(self.result as u32).to_le_bytes());
        for (place, argument) in bytes[8..].chunks_exact_mut(8).zip(self.arguments) {
            place.copy_from_slice(&argument.to_le_bytes());
        }
        bytes
    }
}

/// What the call of that number is for, in words.
pub(super) fn purpose(number: i32, process: &Process) -> String {
    let program = process.args.first().map_or("", String::as_str);
    let label = match &process.apparmor_profile {
        Some(profile) if !profile.is_empty() => format!("process.apparmorProfile {profile:?}"),
        _ => format!("process.selinuxLabel {:?}", process.selinux_label.as_deref().unwrap_or_default()),
    };
    match number.into() {
        libc::SYS_clone => "making the process".into(),
        libc::SYS_read => "waiting for ptyrun".into(),
        libc::SYS_openat => format!("opening the file in /proc for {label}"),
        libc::SYS_write => format!("asking for {label}"),
        libc::SYS_setsid => "starting a session".into(),
        libc::SYS_ioctl => "making the terminal the controlling one (TIOCSCTTY)".into(),
        libc::SYS_seccomp => "loading the filter of linux.seccomp".into(),
        libc::SYS_execve => format!("executing the program {program:?}"),
        other => format!("system call {other}"),
    }
}
