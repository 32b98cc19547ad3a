//! Bytes and descriptors on their way between files and processes, as they can be asked for.

use serde::{Deserialize, Serialize};

/// A step that moves bytes without the program's memory, or a descriptor to another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfer {
    /// pipe2(2) with `O_CLOEXEC`. Answer: the two descriptors.
    Pipe,
    /// splice(2) without offsets. Answer: how many bytes were moved, or the errno.
    Splice {
        /// Where they come from.
        from: i32,
        /// Where they go; one of the two is a pipe.
        to: i32,
        /// At most so many bytes.
        most: usize,
    },
    /// sendfile(2) from the file's current offset. Answer: how many bytes were moved, or the errno.
    SendFile {
        /// Where they come from.
        from: i32,
        /// Where they go.
        to: i32,
        /// At most so many bytes.
        most: usize,
    },
    /// socketpair(2) of Unix stream sockets. Answer: the two descriptors.
    SocketPair,
    /// Sends a descriptor with one byte, `SCM_RIGHTS`. unix(7). Answer: that it is done.
    SendDescriptor {
        /// The socket.
        socket: i32,
        /// What to send.
        descriptor: i32,
    },
    /// Receives a descriptor, `SCM_RIGHTS`. unix(7). Answer: what was opened, or `ENOMSG` where none came.
    ReceiveDescriptor {
        /// The socket.
        socket: i32,
    },
}
