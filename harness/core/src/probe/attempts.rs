//! Steps of which the kernel's refusal is an answer like any other.

use super::control::{Probe, ProbeError};
use ptyproof_probe::{
    Bytes, Errno, FileCall, FileChange, FileStatus, IoctlName, LineCall, Opened, Reply, Request, Signal, Size,
    TerminalFacts, TermiosAction, TermiosFacts, Transfer,
};

/// Makes one method for each request: it asks, and takes the one kind of answer that belongs to it, or an errno.
macro_rules! attempts {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $answer:ty =
        $request:expr => $pattern:pat => $value:expr;)*) => {
        impl Probe {
            $($(#[$doc])*
            pub fn $name(
                &mut self,
                $($argument: $type),*
            ) -> Result<Result<$answer, Errno>, ProbeError> {
                match self.attempt(&$request)? {
                    Ok($pattern) => Ok(Ok($value)),
                    Ok(other) => Err(ProbeError::Protocol(format!("{other:?}"))),
                    Err(errno) => Ok(Err(errno)),
                }
            })*
        }
    };
}

attempts! {
    /// open(2).
    try_open(path: &str, flags: i32) -> Opened =
        Request::Open { path: path.to_owned(), flags } => Reply::Opened(opened) => opened;
    /// TIOCGPTPEER.
    try_open_peer(master: i32, flags: i32) -> Opened =
        Request::OpenPeer { master, flags } => Reply::Opened(opened) => opened;
    /// stat(2), following links.
    try_stat(path: &str) -> FileStatus =
        Request::Stat { path: path.to_owned(), follow: true } => Reply::Status(status) => status;
    /// One read(2) of at most 4096 bytes.
    try_read(descriptor: i32) -> Vec<u8> =
        Request::Read { descriptor, most: 4096 } => Reply::Read(bytes) => bytes.0;
    /// One read(2).
    try_read_most(descriptor: i32, most: usize) -> Vec<u8> =
        Request::Read { descriptor, most } => Reply::Read(bytes) => bytes.0;
    /// lseek(2) from the beginning.
    try_seek(descriptor: i32, offset: i64) -> i64 =
        Request::File(FileCall::Seek { descriptor, offset }) => Reply::Number(position) => position;
    /// pread(2).
    try_read_at(descriptor: i32, most: usize, offset: i64) -> Vec<u8> =
        Request::File(FileCall::ReadAt { descriptor, most, offset }) => Reply::Read(bytes) => bytes.0;
    /// ftruncate(2).
    try_set_length(descriptor: i32, length: i64) -> () =
        Request::File(FileCall::SetLength { descriptor, length }) => Reply::Done => ();
    /// truncate(2).
    try_set_length_of(path: &str, length: i64) -> () =
        Request::File(FileCall::SetLengthOf { path: path.to_owned(), length }) => Reply::Done => ();
    /// fsync(2).
    try_sync(descriptor: i32) -> () =
        Request::File(FileCall::Sync { descriptor }) => Reply::Done => ();
    /// read(2) into `memory` bytes behind which there is no memory.
    try_read_into_hole(descriptor: i32, most: usize, memory: usize) -> Vec<u8> =
        Request::File(FileCall::ReadIntoHole { descriptor, most, memory }) => Reply::Read(bytes) => bytes.0;
    /// TIOCSLCKTRMIOS: locks the settings whose bits are set.
    try_lock_settings(descriptor: i32, bits: TermiosFacts) -> () =
        Request::Line { descriptor, call: LineCall::Lock(bits) } => Reply::Done => ();
    /// One write(2); how many bytes were taken.
    try_write(descriptor: i32, bytes: &[u8]) -> i64 =
        Request::WriteOnce { descriptor, bytes: Bytes::from(bytes) } => Reply::Number(count) => count;
    /// An ioctl(2).
    try_ioctl(descriptor: i32, name: IoctlName, argument: i64) -> i64 =
        Request::Ioctl { descriptor, name, argument } => Reply::Number(number) => number;
    /// An ioctl(2) with a null pointer.
    try_ioctl_with_null(descriptor: i32, name: IoctlName) -> () =
        Request::IoctlWithNull { descriptor, name } => Reply::Done => ();
    /// tcgetattr(3).
    try_termios(descriptor: i32) -> TermiosFacts =
        Request::GetTermios { descriptor } => Reply::Termios(termios) => termios;
    /// tcsetattr(3).
    try_set_termios(descriptor: i32, action: TermiosAction, termios: TermiosFacts) -> () =
        Request::SetTermios { descriptor, action, termios } => Reply::Done => ();
    /// TIOCGWINSZ.
    try_size(descriptor: i32) -> Size =
        Request::GetSize { descriptor } => Reply::Size(size) => size;
    /// TIOCSWINSZ.
    try_set_size(descriptor: i32, size: Size) -> () =
        Request::SetSize { descriptor, size } => Reply::Done => ();
    /// tcsetpgrp(3).
    try_set_foreground(descriptor: i32, group: i32) -> () =
        Request::SetForeground { descriptor, group } => Reply::Done => ();
    /// What a descriptor says of itself as a terminal.
    try_terminal(descriptor: i32) -> TerminalFacts =
        Request::Terminal { descriptor } => Reply::Terminal(facts) => *facts;
    /// kill(2).
    try_kill(pid: i32, signal: Signal) -> () = Request::Kill { pid, signal } => Reply::Done => ();
    /// vhangup(2).
    try_hang_up() -> () = Request::HangUp => Reply::Done => ();
    /// setsid(2).
    try_new_session() -> i64 = Request::NewSession => Reply::Number(session) => session;
    /// mount(2) of a new filesystem.
    try_mount(kind: &str, target: &str, flags: u64, options: &str) -> () = Request::Mount {
        source: kind.to_owned(),
        target: target.to_owned(),
        kind: kind.to_owned(),
        flags,
        options: options.to_owned(),
    } => Reply::Done => ();
    /// mount(2) with `MS_BIND`.
    try_bind(source: &str, target: &str) -> () = Request::Mount {
        source: source.to_owned(),
        target: target.to_owned(),
        kind: String::new(),
        flags: nix::mount::MsFlags::MS_BIND.bits(),
        options: String::new(),
    } => Reply::Done => ();
    /// mount(2) with `MS_REMOUNT`: other options for the whole filesystem.
    try_remount(target: &str, options: &str) -> () = Request::Mount {
        source: String::new(),
        target: target.to_owned(),
        kind: String::new(),
        flags: nix::mount::MsFlags::MS_REMOUNT.bits(),
        options: options.to_owned(),
    } => Reply::Done => ();
    /// A change of the filesystem.
    try_change(change: FileChange) -> () = Request::Change(change) => Reply::Done => ();
    /// splice(2); how many bytes were moved.
    try_splice(from: i32, to: i32, most: usize) -> i64 =
        Request::Transfer(Transfer::Splice { from, to, most }) => Reply::Number(count) => count;
    /// sendfile(2); how many bytes were moved.
    try_send_file(from: i32, to: i32, most: usize) -> i64 =
        Request::Transfer(Transfer::SendFile { from, to, most }) => Reply::Number(count) => count;
    /// unshare(2): namespaces of its own, as `CLONE_NEW...`.
    try_unshare(namespaces: i32) -> () = Request::Unshare { namespaces } => Reply::Done => ();
    /// umount2(2).
    try_unmount(target: &str, flags: i32) -> () =
        Request::Unmount { target: target.to_owned(), flags } => Reply::Done => ();
}
