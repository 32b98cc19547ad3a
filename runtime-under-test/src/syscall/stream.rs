//! Sockets of the caller's, to hand a descriptor over: unix(7).

use super::repeated;
use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::sys::socket::{
    AddressFamily, ControlMessage, MsgFlags, SockFlag, SockType, UnixAddr, connect as connect_to, sendmsg, setsockopt,
    socket, sockopt,
};
use nix::sys::stat::Mode;
use nix::sys::time::{TimeVal, TimeValLike};
use std::io::IoSlice;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::Path;

/// Connects to the AF_UNIX stream socket at `path`, relative to the caller's working directory. A listener that never
/// accepts ends in an error, not in a hang.
pub fn connect(path: &Path) -> Result<OwnedFd, Errno> {
    let stream = socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    setsockopt(&stream, sockopt::SendTimeout, &TimeVal::seconds(10))?;
    // sun_path holds 107 bytes. A longer path is opened first and reached through its descriptor.
    let (held, address) = match UnixAddr::new(path) {
        Err(Errno::ENAMETOOLONG) => {
            let held = open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?;
            let link = format!("/proc/self/fd/{}", held.as_raw_fd());
            (Some(held), UnixAddr::new(link.as_str())?)
        }
        address => (None, address?),
    };
    connect_to(stream.as_raw_fd(), &address)?;
    drop(held);
    Ok(stream)
}

/// Sends `descriptors` and `text` as one SCM_RIGHTS message.
pub fn send(stream: BorrowedFd<'_>, text: &[u8], descriptors: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let raw: Vec<_> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let rights = [ControlMessage::ScmRights(&raw)];
    let text = [IoSlice::new(text)];
    let flags = MsgFlags::from_bits_retain(libc::MSG_NOSIGNAL);
    repeated(|| sendmsg::<()>(stream.as_raw_fd(), &text, &rights, flags, None)).map(drop)
}
