//! What ptyrun and the container's process tell each other while the container is made.
//!
//! One message is one packet: a letter, then text, and for the master one descriptor. The process's end is
//! close-on-exec, so its closing without a word means that the program runs (or that the process died, which its pidfd
//! tells). Nothing here is trusted further than that: a process that has joined foreign namespaces may write anything.

use super::{ContainerError, Failure, trampoline};
use crate::cgroup::Freezer;
use crate::syscall::{held_by_descriptor, process::PidFd, repeated, signals::SignalNumbers, signals::asking_to_end};
use crate::terminal::{Handover, SENDING, TerminalError};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, sendmsg, socketpair,
};
use nix::{cmsg_space, errno::Errno};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// What the container's process says.
#[derive(Debug)]
pub enum Message {
    /// Its namespaces exist: what ptyrun has to do for it may be done now. It will wait for [`Channel::let_go_on`].
    Waiting,
    /// Here is the terminal's master.
    Master(OwnedFd),
    /// Here is what questions of its filter of system calls are answered by.
    Listener(OwnedFd),
    /// The environment stands.
    Ready,
    /// It was born through an intermediate and is this process.
    Born(i32),
    /// Something for the log.
    Warning(String),
    /// A call of its last ones failed.
    Stuck(Failure),
    /// It gives up.
    Failed(String),
    /// It has closed its end: the program was executed, or the process is gone.
    Closed,
}

/// One end.
#[derive(Debug)]
pub struct Channel(OwnedFd);

impl Channel {
    /// Both ends: ours, and the one for the container's process.
    pub fn pair() -> Result<(Channel, Channel), ContainerError> {
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)
            .map_err(ContainerError::call("making the handshake's sockets"))?;
        Ok((Channel(ours), Channel(theirs)))
    }

    /// Waits for the next message, as long as nobody asks ptyrun to end and no cgroup is frozen.
    pub fn receive(&self, freezer: &Freezer) -> Result<Message, ContainerError> {
        self.wait_for_word(freezer, None)?;
        self.take()
    }

    /// The same from a process that shares its end with others: its own end closes the channel.
    pub fn receive_from(&self, sender: &PidFd, freezer: &Freezer) -> Result<Message, ContainerError> {
        match self.wait_for_word(freezer, Some(sender))? {
            true => self.take(),
            false => Ok(Message::Closed),
        }
    }

    fn take(&self) -> Result<Message, ContainerError> {
        let failed = || ContainerError::call("hearing from the container's process");
        let mut text = [0; 4096];
        let mut control = cmsg_space!([RawFd; 1]);
        let (length, descriptor) = loop {
            let mut buffer = [IoSliceMut::new(&mut text)];
            let flags = MsgFlags::MSG_CMSG_CLOEXEC;
            match recvmsg::<()>(self.0.as_raw_fd(), &mut buffer, Some(&mut control), flags) {
                // Reset says once that the process ended without hearing all; what it said comes after that.
                Err(Errno::EINTR | Errno::ECONNRESET) => {}
                Err(errno) => return Err(failed()(errno)),
                Ok(message) => {
                    let mut descriptor = None;
                    for item in message.cmsgs().map_err(failed())? {
                        if let ControlMessageOwned::ScmRights(fds) = item {
                            // SAFETY: the kernel just installed these descriptors for us, nobody else owns them.
                            descriptor = fds.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).next_back();
                        }
                    }
                    break (message.bytes, descriptor);
                }
            }
        };
        let rest = || String::from_utf8_lossy(&text[1..length]).into_owned();
        Ok(match (length > 0).then(|| text[0]) {
            None => Message::Closed,
            Some(b'W') => Message::Waiting,
            Some(b'R') => Message::Ready,
            Some(b'N') => Message::Warning(rest()),
            Some(trampoline::BORN) => match text[1..length].try_into() {
                Ok(pid) => Message::Born(i32::from_ne_bytes(pid)),
                Err(_) => Message::Failed("the container's process has no pid".into()),
            },
            Some(b'M') => match descriptor {
                Some(master) => Message::Master(master),
                None => Message::Failed("the container's process sent no terminal".into()),
            },
            Some(b'L') => match descriptor {
                Some(listener) => Message::Listener(listener),
                None => Message::Failed("the container's process sent no listener".into()),
            },
            Some(_) => Failure::read(&text[..length]).map_or_else(|| Message::Failed(rest()), Message::Stuck),
        })
    }

    /// Whether there is one: `sender` may have ended without.
    fn wait_for_word(&self, freezer: &Freezer, sender: Option<&PidFd>) -> Result<bool, ContainerError> {
        let failed = || ContainerError::call("waiting for the container's process");
        let asked = asking_to_end().map_err(failed())?;
        let mut set = vec![PollFd::new(self.as_fd(), PollFlags::POLLIN), PollFd::new(asked.as_fd(), PollFlags::POLLIN)];
        let others = set.len() + freezer.descriptors().count();
        set.extend(freezer.descriptors().map(|events| PollFd::new(events, PollFlags::POLLPRI)));
        set.extend(sender.map(|sender| PollFd::new(sender.as_fd(), PollFlags::POLLIN)));
        let mut ended = false;
        loop {
            match poll(&mut set, PollTimeout::NONE) {
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(errno) => return Err(failed()(errno)),
            }
            let happened = |of: &PollFd<'_>| of.any() == Some(true);
            if happened(&set[0]) || ended {
                return Ok(happened(&set[0]));
            }
            if happened(&set[1]) {
                return Err(ContainerError::Interrupted("waiting for the container's process"));
            }
            // What it has said last may have come since.
            ended = set[others..].iter().any(happened);
            if set[2..others].iter().any(happened) && freezer.is_frozen() {
                return Err(ContainerError::Setup("the container was frozen before its process could run".into()));
            }
        }
    }

    /// Says that the container's process may go on: it is on record, and what it asked for is done ([`Message::Waiting`]). It
    /// hears as well which signals are ignored in ptyrun, and so in itself: asking for each takes as long as resetting it.
    pub fn let_go_on(&self) -> Result<(), ContainerError> {
        match self.say(&[&b"G"[..], &SignalNumbers::ignored().to_bytes()].concat(), None) {
            Err(Errno::EPIPE) => Ok(()), // it has given up already, and then says why
            said => said.map_err(ContainerError::call("telling the container's process to go on")),
        }
    }

    /// The process's side: asks for [`Channel::let_go_on`].
    pub fn ask_to_go_on(&self) -> Result<(), Errno> {
        self.say(b"W", None)
    }

    /// The process's side: waits for [`Channel::let_go_on`]. The signals that are ignored; None where ptyrun is gone.
    pub fn hear_to_go_on(&self) -> Result<Option<SignalNumbers>, Errno> {
        let mut word = [0; 9];
        let length = nix::unistd::read(&self.0, &mut word)?;
        Ok(word[1..length.max(1)].try_into().ok().map(SignalNumbers::from_bytes))
    }

    /// The process's side: whether ptyrun is gone.
    pub fn is_abandoned(&self) -> Result<bool, Errno> {
        let mut set = [PollFd::new(self.as_fd(), PollFlags::empty())]; // a hang-up is always told
        repeated(|| poll(&mut set, PollTimeout::ZERO)).map(|ready| ready > 0)
    }

    /// The process's side: the environment stands.
    pub fn report_ready(&self) -> Result<(), Errno> {
        self.say(b"R", None)
    }

    /// The process's side: gives the terminal's master away, to the console socket or to the ptyrun that relays.
    pub fn hand_over(&self, master: OwnedFd, to: Handover) -> Result<(), TerminalError> {
        match to {
            Handover::Socket(socket) => socket.send(&[master.as_fd()]),
            Handover::Foreground => self.say(b"M", Some(master.as_fd())).map_err(TerminalError::ioctl(SENDING)),
        }
    }

    /// The process's side: gives away what questions of its filter of system calls are answered by.
    pub fn hand_over_listener(&self, listener: BorrowedFd<'_>) -> Result<(), Errno> {
        self.say(b"L", Some(listener))
    }

    /// The intermediate's side: the container's process is `pid`.
    pub fn report_born(&self, pid: i32) -> Result<(), Errno> {
        self.say(&[&[trampoline::BORN][..], &pid.to_ne_bytes()].concat(), None)
    }

    /// The process's side: something for the log.
    pub fn report_warning(&self, text: &str) {
        self.tell(format!("N{text}"));
    }

    /// The process's side: why it gives up.
    pub fn report_failure(&self, why: &str) {
        self.tell(format!("E{why}"));
    }

    fn tell(&self, text: String) {
        let mut text = text.into_bytes();
        text.truncate(4096);
        let _ = self.say(&text, None);
    }

    fn say(&self, text: &[u8], descriptor: Option<BorrowedFd<'_>>) -> Result<(), Errno> {
        let raw: Vec<RawFd> = descriptor.iter().map(AsRawFd::as_raw_fd).collect();
        let rights = [ControlMessage::ScmRights(&raw)];
        let control = if raw.is_empty() { &rights[..0] } else { &rights[..] };
        let text = [IoSlice::new(text)];
        let send = || sendmsg::<()>(self.0.as_raw_fd(), &text, control, MsgFlags::MSG_NOSIGNAL, None);
        repeated(send).map(drop)
    }
}

held_by_descriptor!(Channel);
