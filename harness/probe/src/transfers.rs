//! Moving bytes without the program's memory, and descriptors between processes.

use crate::perform::borrow;
use crate::pty;
use nix::cmsg_space;
use nix::fcntl::{OFlag, SpliceFFlags, splice};
use nix::libc;
use nix::sys::sendfile::sendfile;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};
use ptyproof_probe::{Errno, Reply, Transfer};
use std::fs::File;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

/// Performs a transfer.
pub fn perform(transfer: &Transfer) -> Result<Reply, Errno> {
    Ok(match transfer {
        Transfer::Pipe => pair(nix::unistd::pipe2(OFlag::O_CLOEXEC)?),
        Transfer::Splice { from, to, most } => {
            let flags = SpliceFFlags::empty();
            number(splice(borrow(*from), None, borrow(*to), None, *most, flags)?)
        }
        Transfer::SendFile { from, to, most } => number(sendfile(borrow(*to), borrow(*from), None, *most)?),
        Transfer::SocketPair => pair(socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)?),
        Transfer::SendDescriptor { socket, descriptor } => {
            let rights = [*descriptor];
            let message = [ControlMessage::ScmRights(&rights)];
            sendmsg::<()>(*socket, &[IoSlice::new(&[0])], &message, MsgFlags::empty(), None)?;
            Reply::Done
        }
        Transfer::ReceiveDescriptor { socket } => Reply::Opened(pty::opened(File::from(received(*socket)?))?),
    })
}

fn received(socket: RawFd) -> Result<OwnedFd, Errno> {
    let mut byte = [0];
    let mut bytes = [IoSliceMut::new(&mut byte)];
    let mut space = cmsg_space!([RawFd; 1]);
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(socket, &mut bytes, Some(&mut space), flags)?;
    for part in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(descriptors) = part
            && let [descriptor] = descriptors[..]
        {
            // SAFETY: the kernel just made this descriptor for us, and nothing else owns it.
            return Ok(unsafe { OwnedFd::from_raw_fd(descriptor) });
        }
    }
    Err(Errno(libc::ENOMSG))
}

/// Both stay open for later requests.
fn pair((one, other): (OwnedFd, OwnedFd)) -> Reply {
    Reply::Descriptors([one.into_raw_fd(), other.into_raw_fd()])
}

fn number(count: usize) -> Reply {
    Reply::Number(count as i64)
}
