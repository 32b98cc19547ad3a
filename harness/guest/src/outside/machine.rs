//! A machine: qemu, and the channels to it.

use super::{console::Console, monitor::Monitor};
use crate::order::{GUEST, PORT, PROGRAM};
use nix::libc;
use ptyproof_harness::runner::clean_start;
use ptyproof_harness::target::{CommandError, Running};
use std::path::{Path, PathBuf};
use std::{fs::File, io, os::fd::AsRawFd, os::unix::net::UnixStream, os::unix::process::CommandExt, process::Command};

/// Why there is no machine.
#[derive(Debug, thiserror::Error)]
pub enum MachineError {
    /// The program that makes one is not there.
    #[error(
        "there is no {QEMU} in the search path: install it (package qemu-system-x86, or qemu-kvm); \
         `ci/install-qemu` does so on Debian"
    )]
    NoQemu,
    /// It cannot be started.
    #[error("{0}")]
    NotStarted(#[from] CommandError),
    /// The channels to it cannot be made.
    #[error("channels to the guest: {0}")]
    Channels(#[from] io::Error),
}

/// The name of the program.
const QEMU: &str = "qemu-system-x86_64";

/// Where it is.
pub fn find_qemu() -> Result<PathBuf, MachineError> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&search)
        .map(|directory| directory.join(QEMU))
        .find(|path| path.is_file())
        .ok_or(MachineError::NoQemu)
}

/// Who executes the instructions of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// The processor. Needs `/dev/kvm`.
    Kvm,
    /// qemu itself, translating them: some twenty times slower.
    Tcg,
}

/// A machine to be started.
pub struct Machine<'m> {
    /// The program that makes it.
    pub qemu: &'m Path,
    /// The kernel's image.
    pub image: &'m Path,
    /// The archive that the guest starts with.
    pub initramfs: &'m File,
    /// Environment of the program in the guest.
    pub environment: &'m [(&'m str, &'m str)],
    /// Further parameters of the kernel; the last one of a name wins. kernel-parameters.txt
    pub parameters: &'m str,
    /// Who executes its instructions.
    pub accelerator: Accelerator,
}

/// Memory of a guest in MiB.
const MEMORY: &str = "512";

/// What the kernel is told: to be heard from, to say warnings, and to end where it panics.
const PARAMETERS: &str = "console=ttyS0 quiet loglevel=5 panic=-1";

/// A machine that runs.
pub struct Started {
    /// The process.
    pub running: Running,
    /// The serial console.
    pub console: Console,
    /// What qemu says.
    pub monitor: Monitor,
    /// What the program in the guest says.
    pub messages: UnixStream,
}

impl Machine<'_> {
    /// Starts it. It ends with its [`Started`], and with the thread that has called this.
    pub fn start(&self) -> Result<Started, MachineError> {
        let (console, console_inside) = UnixStream::pair()?;
        let (monitor, monitor_inside) = UnixStream::pair()?;
        let (messages, messages_inside) = UnixStream::pair()?;
        messages.set_nonblocking(true)?;
        let mut command = Command::new(self.qemu);
        command.args(["-nodefaults", "-no-user-config", "-no-reboot"]);
        command.args(["-display", "none", "-m", MEMORY, "-smp", "1"]);
        command.args(match self.accelerator {
            Accelerator::Kvm => ["-accel", "kvm", "-cpu", "host"],
            Accelerator::Tcg => ["-accel", "tcg", "-cpu", "max"],
        });
        command.arg("-kernel").arg(self.image);
        let initramfs = self.initramfs.as_raw_fd();
        command.args(["-initrd", &format!("/proc/self/fd/{initramfs}")]);
        command.args(["-append", &self.command_line()]);
        for (name, socket) in
            [("console", &console_inside), ("monitor", &monitor_inside), ("messages", &messages_inside)]
        {
            let socket = format!("socket,id={name},fd={}", socket.as_raw_fd());
            command.args(["-chardev", &socket]);
        }
        command.args(["-serial", "chardev:console"]);
        command.args(["-mon", "chardev=monitor,mode=control"]);
        let port = format!("virtserialport,chardev=messages,name={PORT}");
        command.args(["-device", "virtio-serial-pci", "-device", &port]);
        let inherited =
            [initramfs, console_inside.as_raw_fd(), monitor_inside.as_raw_fd(), messages_inside.as_raw_fd()];
        // SAFETY: clean_start and fcntl are async-signal-safe; the descriptors are open until the command has started.
        unsafe {
            command.pre_exec(move || {
                clean_start()?;
                for descriptor in inherited {
                    if libc::fcntl(descriptor, libc::F_SETFD, 0) < 0 {
                        return Err(io::Error::last_os_error());
                    }
                }
                Ok(())
            });
        }
        Ok(Started {
            running: Running::start(command)?,
            console: Console::begin(console)?,
            monitor: Monitor::begin(monitor)?,
            messages,
        })
    }

    /// What stands in front of `--` is for the kernel, what follows for the first process.
    fn command_line(&self) -> String {
        let environment = self.environment.iter();
        let environment: String = environment.map(|(name, value)| format!(" {name}={value}")).collect();
        let parameters = self.parameters;
        format!("{PARAMETERS} rdinit={PROGRAM}{environment} {parameters} -- {GUEST}")
    }
}
