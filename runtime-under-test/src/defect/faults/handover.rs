use super::failed;
use crate::container::handshake::Channel;
use crate::defect::{Defect, active};
use crate::relay;
use crate::syscall::descriptors::{close_from_except, set_inherited};
use crate::syscall::process::{Forked, PidFd, fork_into};
use crate::terminal::{Handover, TerminalError, ioctl};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::libc;
use nix::poll::{PollTimeout, poll};
use nix::sched::CloneFlags;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};
use nix::sys::stat::Mode;
use nix::unistd::{pipe2, read};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

/// The defects that let the program inherit what is not its own.
pub fn leak_descriptors(master: &OwnedFd) -> Result<(), TerminalError> {
    if active(Defect::MasterLeaked) {
        leak(master)?;
    }
    if active(Defect::CallerTerminalLeaked) {
        leak(relay::stream(2))?;
    }
    Ok(())
}

/// [`Defect::SocketSendsSlave`].
pub fn peer(master: &OwnedFd) -> Result<OwnedFd, TerminalError> {
    ioctl::open_peer(master).map_err(failed)
}

fn leak(file: impl AsFd) -> Result<(), TerminalError> {
    // SAFETY: F_DUPFD returns a new descriptor that nobody owns; it is to be leaked.
    let copy = fcntl(file, FcntlArg::F_DUPFD(3)).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    mem::forget(copy.map_err(failed)?);
    Ok(())
}

/// [`Defect::HostDescriptorLeaked`].
pub fn leak_root() {
    if let Ok(root) = open("/", OFlag::O_RDONLY | OFlag::O_DIRECTORY, Mode::empty()) {
        let _ = set_inherited(&root, true);
        mem::forget(root);
    }
}

/// [`Defect::SocketConnectsTwice`]. The connection lives as long as the process.
pub fn connect_once_more(address: &UnixAddr) {
    if let Ok(stream) = socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None) {
        let _ = connect(stream.as_raw_fd(), address);
        mem::forget(stream);
    }
}

/// [`Defect::SocketAfterStart`]: a helper process waits for the execve of this one, which closes a pipe.
pub fn hand_over_after_exec(channel: &Channel, master: OwnedFd, to: Handover) -> Result<(), TerminalError> {
    let (ended, ends) = pipe2(OFlag::O_CLOEXEC).map_err(failed)?;
    if matches!(fork_into(CloneFlags::empty(), None, false), Ok(Forked::Child)) {
        drop(ends);
        let _ = read(ended, &mut [0]);
        let sent = channel.hand_over_now(master, to);
        std::process::exit(sent.is_err().into());
    }
    mem::forget(ends);
    Ok(())
}

/// [`Defect::PtyNotReleased`]: a process outside the container holds what `process` has as standard input.
pub fn hold_terminal_of(process: &PidFd) {
    const HALF_A_MINUTE: u16 = 30_000;
    // SAFETY: takes no pointers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_fd().as_raw_fd(), 0, 0) };
    let Ok(fd) = Errno::result(fd) else { return };
    // SAFETY: the kernel just made this descriptor for us alone.
    let terminal = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    if matches!(fork_into(CloneFlags::empty(), None, false), Ok(Forked::Child)) {
        let _ = close_from_except(0, &[terminal.as_fd()]);
        let _ = poll(&mut [], PollTimeout::from(HALF_A_MINUTE));
        std::process::exit(0);
    }
}
