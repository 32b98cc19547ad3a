//! Descriptors that travel through a socket. unix(7), `SCM_RIGHTS`

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::{mem::MaybeUninit, os::unix::net::UnixStream};

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

/// More descriptors than the kernel lets anybody send at once (`SCM_MAX_FD`).
const MOST_DESCRIPTORS: usize = 253;

/// Receives one message; nothing where the other side has ended the connection.
pub(crate) fn receive(stream: &UnixStream) -> io::Result<Option<Message>> {
    let mut payload = vec![0; 4096];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(stream, &mut [IoSliceMut::new(&mut payload)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let mut descriptors = Vec::new();
    for part in control.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = part {
            descriptors.extend(received);
        }
    }
    let truncated = received.flags.contains(ReturnFlags::CTRUNC);
    payload.truncate(received.bytes);
    let ended = payload.is_empty() && descriptors.is_empty();
    Ok((!ended).then_some(Message { payload, descriptors, truncated }))
}

/// Sends one message with descriptors.
pub(crate) fn send(stream: &UnixStream, payload: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(descriptors));
    sendmsg(stream, &[IoSlice::new(payload)], &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}
