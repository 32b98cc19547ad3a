//! Passing bytes on without the program's memory, and descriptors to another process.

use crate::step::files::{Opened, opened};
use crate::{answer::New, asking::steps, performer::borrow, values::Errno};
use nix::fcntl::{OFlag, SpliceFFlags, splice};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};
use nix::{cmsg_space, libc, sys::sendfile::sendfile};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{FromRawFd, IntoRawFd, OwnedFd, RawFd};

steps! {
    /// Steps with pipes and sockets.
    Passing;

    /// pipe2(2) with `O_CLOEXEC`: where it is read and where it is written.
    Pipe {} -> New<[i32; 2]>: pipe | try_pipe,
        "make a pipe" => { Ok(both(nix::unistd::pipe2(OFlag::O_CLOEXEC)?)) }

    /// splice(2) without offsets, where one of the two is a pipe; how many bytes were moved.
    Splice { from: i32, to: i32, most: usize } -> i64: splice | try_splice,
        "splice at most {most} bytes from descriptor {from} to {to}" => {
            Ok(splice(borrow(from), None, borrow(to), None, most, SpliceFFlags::empty())? as i64)
        }

    /// sendfile(2) from the file's current offset; how many bytes were moved.
    SendFile { from: i32, to: i32, most: usize } -> i64: send_file | try_send_file,
        "send at most {most} bytes from descriptor {from} to {to}" => {
            Ok(sendfile(borrow(to), borrow(from), None, most)? as i64)
        }

    /// socketpair(2): two Unix stream sockets.
    SocketPair {} -> New<[i32; 2]>: socket_pair | try_socket_pair,
        "make a pair of sockets" => {
            Ok(both(socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)?))
        }

    /// Sends a descriptor over a Unix socket, with one byte. unix(7) `SCM_RIGHTS`
    SendDescriptor { socket: i32, descriptor: i32 } -> (): send_descriptor | try_send_descriptor,
        "send descriptor {descriptor} over socket {socket}" => {
            let rights = [descriptor];
            let message = [ControlMessage::ScmRights(&rights)];
            sendmsg::<()>(socket, &[IoSlice::new(&[0])], &message, MsgFlags::empty(), None)?;
            Ok(())
        }

    /// Receives a descriptor over a Unix socket, waiting for it; `ENOMSG` where none came. unix(7) `SCM_RIGHTS`
    ReceiveDescriptor { socket: i32 } -> Opened: receive_descriptor | try_receive_descriptor,
        "receive a descriptor over socket {socket}" => { opened(received(socket)?) }
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

/// Both stay open for later steps.
fn both((one, other): (OwnedFd, OwnedFd)) -> New<[i32; 2]> {
    New([one.into_raw_fd(), other.into_raw_fd()])
}
