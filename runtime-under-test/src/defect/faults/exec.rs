use super::{failed, stay_with};
use crate::config::ConsoleSize;
use crate::defect::{Defect, active};
use crate::rootfs::RootDir;
use crate::syscall::descriptors::set_inherited;
use crate::syscall::process::{Forked, fork_into};
use crate::terminal::{Instance, Pty, Slave, TerminalError, become_streams, ioctl};
use nix::fcntl::{OFlag, ResolveFlag};
use nix::libc;
use nix::sched::CloneFlags;
use nix::sys::stat::fstat;
use nix::unistd::Uid;
use std::mem;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// The terminal of the container's first process.
pub fn init_terminal(root: &RootDir) -> Result<Slave, TerminalError> {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY;
    root.open_below(Path::new("/dev/pts/0"), flags, ResolveFlag::empty()).map(Slave::from).map_err(failed)
}

/// [`Defect::ExecChangesInitSize`].
pub fn resize_init(root: &RootDir, size: Option<ConsoleSize>) {
    if !active(Defect::ExecChangesInitSize) {
        return;
    }
    if let Ok(terminal) = init_terminal(root) {
        resize(terminal, size);
    }
}

/// Gives `terminal` a size at the wrong moment.
pub fn resize(terminal: impl AsFd, size: Option<ConsoleSize>) {
    if let Some(size) = size {
        let size = libc::winsize { ws_row: size.height, ws_col: size.width, ws_xpixel: 0, ws_ypixel: 0 };
        let _ = ioctl::set_window_size(terminal, &size);
    }
}

/// [`Defect::ExecEntryStays`]: a process of the container's holds `master`, and with it the terminal.
pub fn hold(master: &OwnedFd) {
    if active(Defect::ExecEntryStays) && matches!(fork_into(CloneFlags::empty(), None, false), Ok(Forked::Child)) {
        stay_with(master);
    }
}

/// [`Defect::ExecOwnerIsContainers`]. Where the first process has no terminal, the right one.
pub fn owner(root: &RootDir, right: Uid) -> Uid {
    if !active(Defect::ExecOwnerIsContainers) {
        return right;
    }
    let first = init_terminal(root).ok();
    let stat = first.and_then(|terminal| fstat(&terminal).ok());
    stat.map_or(right, |stat| Uid::from_raw(stat.st_uid))
}

/// [`Defect::ExecWithoutTtyGetsTerminal`] and [`Defect::TerminalAlthoughFalse`]: a terminal whose master the program itself holds.
pub fn unasked_terminal(root: &RootDir) -> Result<(), TerminalError> {
    let pty = Pty::open(&Instance::open(root)?)?;
    set_inherited(&pty.master, true).map_err(failed)?;
    mem::forget(pty.master);
    become_streams(pty.slave)
}
