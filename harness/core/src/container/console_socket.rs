//! The console socket: where a runtime sends the master. runc's docs/terminals.md describes the protocol.

use crate::{container::ContainerError, passing::receive, terminal::Master};
use nix::errno::Errno as SysErrno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::{EfdFlags, EventFd};
use ptyproof_report::escaped;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::{io, sync::Arc, thread::JoinHandle};

pub use crate::passing::Message;

/// A listening console socket.
pub struct ConsoleSocket {
    path: PathBuf,
    stop: Arc<EventFd>,
    thread: JoinHandle<io::Result<Reception>>,
}

/// All that came over a console socket.
#[derive(Debug, Default)]
pub struct Reception {
    /// Connections in the order of their coming.
    pub connections: Vec<Connection>,
}

/// One connection.
#[derive(Debug, Default)]
pub struct Connection {
    /// Messages in the order of their coming.
    pub messages: Vec<Message>,
    /// Whether more came than anybody keeps; it was closed then.
    pub flooded: bool,
}

/// A runtime may send for ever. Of connections, and of messages on each, no more than this are taken.
const MOST_KEPT: usize = 64;

impl ConsoleSocket {
    /// Listens at `path`, and receives in the background until [`finish`](Self::finish): the runtime may wait
    /// for its message to be taken.
    pub fn listen(path: &Path) -> Result<Self, ContainerError> {
        let setup = |error| ContainerError::Setup { what: "listening at", path: path.to_owned(), error };
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(setup)?;
        }
        let listener = bind(path).map_err(setup)?;
        listener.set_nonblocking(true).map_err(setup)?;
        let stop = EventFd::from_flags(EfdFlags::EFD_CLOEXEC).map_err(|e| setup(e.into()))?;
        let stop = Arc::new(stop);
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || receive_until(&listener, &told));
        Ok(Self { path: path.to_owned(), stop, thread })
    }

    /// Takes what has come. To be called when the runtime has ended: what it sent before is then there.
    pub fn finish(self) -> Result<Reception, ContainerError> {
        let setup = ContainerError::setup::<io::Error>("receiving at", &self.path);
        if let Err(errno) = self.stop.write(1) {
            return Err(setup(errno.into()));
        }
        match self.thread.join() {
            Ok(reception) => reception.map_err(setup),
            Err(_) => Err(setup(io::Error::other("the receiving thread panicked"))),
        }
    }
}

/// bind(2) at a path of any length. A socket's address holds 107 bytes (unix(7)), so the directory is opened and
/// named by its descriptor, and the socket gets its name afterwards.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let parent = std::fs::File::open(path.parent().unwrap_or(Path::new("/")))?;
    let directory = Path::new("/proc/self/fd").join(parent.as_raw_fd().to_string());
    let unnamed = directory.join("unnamed-socket");
    let listener = UnixListener::bind(&unnamed)?;
    std::fs::rename(unnamed, path)?;
    Ok(listener)
}

fn receive_until(listener: &UnixListener, stop: &EventFd) -> io::Result<Reception> {
    let mut streams: Vec<Option<UnixStream>> = Vec::new();
    let mut reception = Reception::default();
    loop {
        let mut watched = vec![PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
        if reception.connections.len() < MOST_KEPT {
            watched.push(PollFd::new(listener.as_fd(), PollFlags::POLLIN));
        }
        let open = streams.iter().flatten();
        watched.extend(open.map(|stream| PollFd::new(stream.as_fd(), PollFlags::POLLIN)));
        match poll(&mut watched, PollTimeout::NONE) {
            Ok(_) | Err(SysErrno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        let stopping = watched[0].any().unwrap_or(false);
        while reception.connections.len() < MOST_KEPT
            && let Ok((stream, _)) = listener.accept()
        {
            stream.set_nonblocking(true)?;
            streams.push(Some(stream));
            reception.connections.push(Connection::default());
        }
        for (slot, connection) in streams.iter_mut().zip(&mut reception.connections) {
            receive_all(slot, connection)?;
        }
        if stopping {
            return Ok(reception);
        }
    }
}

/// Takes all messages that are there; a connection that has ended leaves its slot.
fn receive_all(slot: &mut Option<UnixStream>, connection: &mut Connection) -> io::Result<()> {
    while let Some(stream) = slot {
        match receive(stream) {
            Ok(Some(_)) if connection.messages.len() == MOST_KEPT => {
                connection.flooded = true;
                *slot = None;
            }
            Ok(Some(message)) => connection.messages.push(message),
            Ok(None) => *slot = None,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            // A peer that resets the connection has ended it, too.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => *slot = None,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Reception {
    /// What came, in words: connections, messages, payloads, and what the descriptors are.
    pub fn describe(&self) -> String {
        if self.connections.is_empty() {
            return "no connection".to_owned();
        }
        let connections: Vec<String> = self
            .connections
            .iter()
            .map(|connection| {
                let mut messages: Vec<String> = connection.messages.iter().map(describe).collect();
                if connection.flooded {
                    messages.push("and more".to_owned());
                }
                format!("a connection with [{}]", messages.join("; "))
            })
            .collect();
        connections.join(", ")
    }

    /// The first descriptor as a master.
    pub fn into_master(self) -> Result<Master, ContainerError> {
        let wrong = |observed| ContainerError::Wrong {
            what: "the console socket".to_owned(),
            expected: "one message with one descriptor, a pty master",
            observed,
        };
        let received = self.describe();
        let messages = self.connections.into_iter().flat_map(|connection| connection.messages);
        match messages.flat_map(|message| message.descriptors).next() {
            Some(fd) => Master::new(fd).map_err(|error| wrong(format!("{received}; {error}"))),
            None => Err(wrong(received)),
        }
    }
}

/// A message in words.
fn describe(message: &Message) -> String {
    let Message { payload, descriptors, truncated } = message;
    let each: Vec<String> = descriptors.iter().map(describe_descriptor).collect();
    format!(
        "payload \"{}\", {} descriptors: {}{}",
        escaped(payload),
        descriptors.len(),
        each.join(", "),
        if *truncated { ", and more were lost" } else { "" }
    )
}

fn describe_descriptor(fd: &OwnedFd) -> String {
    let link = std::fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd()));
    let link = link.map_or_else(|error| error.to_string(), |link| link.display().to_string());
    let nonblocking =
        fcntl(fd, FcntlArg::F_GETFL).is_ok_and(|flags| OFlag::from_bits_truncate(flags).contains(OFlag::O_NONBLOCK));
    format!("{}{}", escaped(link.as_bytes()), if nonblocking { " (O_NONBLOCK)" } else { "" })
}
