//! Calls on files beyond the plain open(2), read(2) and write(2).

use crate::values::Bytes;
use serde::{Deserialize, Serialize};

/// A call on an open file, or on a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileCall {
    /// open(2) with these flags and no others. Answer: [`Reply::Opened`](crate::Reply::Opened).
    Open {
        /// The path.
        path: String,
        /// Flags of open(2).
        flags: i32,
    },
    /// TIOCGPTPEER with these flags and no others. Answer: [`Reply::Opened`](crate::Reply::Opened).
    OpenPeer {
        /// The master.
        master: i32,
        /// Flags of open(2).
        flags: i32,
    },
    /// fcntl(2): `F_GETFL`, with `O_CLOEXEC` where `F_GETFD` has it. Answer:
    /// [`Reply::Number`](crate::Reply::Number).
    Flags {
        /// The descriptor.
        descriptor: i32,
    },
    /// lseek(2) from the beginning. Answer: [`Reply::Number`](crate::Reply::Number), the new position.
    Seek {
        /// The descriptor.
        descriptor: i32,
        /// Bytes from the beginning.
        offset: i64,
    },
    /// pread(2). Answer: [`Reply::Read`](crate::Reply::Read).
    ReadAt {
        /// The descriptor.
        descriptor: i32,
        /// At most so many bytes.
        most: usize,
        /// Bytes from the beginning.
        offset: i64,
    },
    /// ftruncate(2). Answer: [`Reply::Done`](crate::Reply::Done).
    SetLength {
        /// The descriptor.
        descriptor: i32,
        /// The new length in bytes.
        length: i64,
    },
    /// truncate(2). Answer: [`Reply::Done`](crate::Reply::Done).
    SetLengthOf {
        /// The path.
        path: String,
        /// The new length in bytes.
        length: i64,
    },
    /// fsync(2). Answer: [`Reply::Done`](crate::Reply::Done).
    Sync {
        /// The descriptor.
        descriptor: i32,
    },
    /// readv(2). Answer: [`Reply::Parts`](crate::Reply::Parts), what each buffer got.
    ReadParts {
        /// The descriptor.
        descriptor: i32,
        /// The length of each buffer in bytes.
        lengths: Vec<usize>,
    },
    /// writev(2). Answer: [`Reply::Number`](crate::Reply::Number), how many bytes were taken.
    WriteParts {
        /// The descriptor.
        descriptor: i32,
        /// The buffers.
        parts: Vec<Bytes>,
    },
    /// read(2) into memory behind whose first bytes there is none. Answer: [`Reply::Read`](crate::Reply::Read), or
    /// `EFAULT`.
    ReadIntoHole {
        /// The descriptor.
        descriptor: i32,
        /// At most so many bytes.
        most: usize,
        /// How many bytes of memory there are; at most a page.
        memory: usize,
    },
    /// When the file was read and written, by stat(2). Answer: [`Reply::Times`](crate::Reply::Times).
    Times {
        /// The path.
        path: String,
    },
    /// utimensat(2). Answer: [`Reply::Done`](crate::Reply::Done).
    SetTimes {
        /// The path.
        path: String,
        /// The new times.
        times: FileTimes,
    },
}

/// When a file was last read and written, as inode(7) has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTimes {
    /// `st_atim`.
    pub accessed: Moment,
    /// `st_mtim`.
    pub modified: Moment,
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Seconds since 1970.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanoseconds: i64,
}

impl Moment {
    /// The beginning of a second.
    pub const fn second(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0 }
    }
}
