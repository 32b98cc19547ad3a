//! Descriptors that travel through a socket. unix(7), `SCM_RIGHTS`

use nix::cmsg_space;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

/// One message of recvmsg(2).
#[derive(Debug)]
pub struct Message {
    /// The data.
    pub payload: Vec<u8>,
    /// The descriptors that came along.
    pub descriptors: Vec<OwnedFd>,
    /// Whether the kernel had to drop some (`MSG_CTRUNC`).
    pub truncated: bool,
}

/// More descriptors than any honest runtime sends.
const MOST_DESCRIPTORS: usize = 32;

/// Receives one message; nothing where the other side has ended the connection.
pub(crate) fn receive(stream: &UnixStream) -> io::Result<Option<Message>> {
    let mut payload = vec![0; 4096];
    let mut space = cmsg_space!([RawFd; MOST_DESCRIPTORS]);
    let mut parts = [IoSliceMut::new(&mut payload)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let received = recvmsg::<()>(stream.as_raw_fd(), &mut parts, Some(&mut space), flags)?;
    let mut descriptors = Vec::new();
    for control in received.cmsgs()? {
        if let ControlMessageOwned::ScmRights(numbers) = control {
            // SAFETY: the kernel just installed these descriptors for this message, and nothing else owns
            // them.
            descriptors.extend(numbers.into_iter().map(|number| unsafe { OwnedFd::from_raw_fd(number) }));
        }
    }
    let truncated = received.flags.contains(MsgFlags::MSG_CTRUNC);
    let count = received.bytes;
    payload.truncate(count);
    let ended = count == 0 && descriptors.is_empty();
    Ok((!ended).then_some(Message { payload, descriptors, truncated }))
}

/// Sends one message with descriptors.
pub(crate) fn send(stream: &UnixStream, payload: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let numbers: Vec<RawFd> = descriptors.iter().map(AsRawFd::as_raw_fd).collect();
    let control = [ControlMessage::ScmRights(&numbers)];
    let parts = [IoSlice::new(payload)];
    let flags = MsgFlags::MSG_NOSIGNAL;
    sendmsg::<()>(stream.as_raw_fd(), &parts, &control, flags, None)?;
    Ok(())
}
