//! Opening, reading and writing.

use crate::asking::{Ask, Probe, steps, values};
use crate::values::{Bytes, Errno, Lines};
use crate::{answer::New, facts::FileStatus, falsify::Falsify, performer::borrow};
use nix::errno::Errno as SysErrno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::libc::{self, O_CLOEXEC, O_NOCTTY, O_RDWR};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{Mode, fstat};
use nix::sys::uio::{pread, readv, writev};
use nix::unistd::Whence;
use serde::{Deserialize, Serialize};
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
use std::path::Path;

steps! {
    /// Steps with open files.
    Files;

    /// open(2) with these flags and no others: without `O_CLOEXEC`, unless it is asked for.
    Open { path: String, flags: i32 } -> Opened: open_exactly | try_open_exactly,
        "open {path} {}", access(*flags) => {
            opened(nix::fcntl::open(Path::new(&path), OFlag::from_bits_retain(flags), Mode::empty())?)
        }
        also
        /// open(2) with `O_CLOEXEC`.
        open | try_open(path: &str, flags: i32) = Open { path: path.to_owned(), flags: flags | O_CLOEXEC };

    /// close(2).
    Close { descriptor: i32 } -> (): close | try_close,
        "close descriptor {descriptor}" => { Ok(nix::unistd::close(descriptor)?) }

    /// One blocking read(2) of at most so many bytes; none is end of file.
    Read { descriptor: i32, most: usize } -> Bytes: read_most | try_read_most,
        "read at most {most} bytes from descriptor {descriptor}" => {
            let mut bytes = vec![0; most];
            let count = nix::unistd::read(borrow(descriptor), &mut bytes)?;
            bytes.truncate(count);
            Ok(Bytes(bytes))
        }
        also
        /// One blocking read(2) of at most 4096 bytes; none is end of file.
        read | try_read(descriptor: i32) = Read { descriptor, most: 4096 };

    /// read(2) until so many bytes have come, or end of file.
    ReadCount { descriptor: i32, count: usize } -> Bytes: read_count | try_read_count,
        "read {count} bytes from descriptor {descriptor}" => {
            read_all(descriptor, count, count)
        }

    /// The same with reads of at most so many bytes each.
    ReadPieces { descriptor: i32, count: usize, most: usize } -> Bytes: read_pieces | try_read_pieces,
        "read {count} bytes from descriptor {descriptor}, at most {most} at a time" => {
            read_all(descriptor, count, most)
        }

    /// write(2) until all is written.
    Write { descriptor: i32, bytes: Bytes } -> (): write | try_write_all,
        "write {} bytes to descriptor {descriptor}", bytes.0.len() => { write_all(descriptor, &bytes.0) }

    /// One write(2); how many bytes were taken.
    WriteOnce { descriptor: i32, bytes: Bytes } -> i64: write_once | try_write,
        "write once {} bytes to descriptor {descriptor}", bytes.0.len() => {
            Ok(nix::unistd::write(borrow(descriptor), &bytes.0)? as i64)
        }

    /// Writes the first `count` bytes of [`Bytes::pattern`].
    WritePattern { descriptor: i32, lines: Lines, count: usize } -> (): write_pattern | try_write_pattern,
        "write a pattern of {count} bytes to descriptor {descriptor}" => {
            write_all(descriptor, &Bytes::pattern(lines, count).0)
        }

    /// Whether input, or a hang-up, is there within so many milliseconds. poll(2)
    PollInput { descriptor: i32, milliseconds: u16 } -> bool: readable_within | try_readable_within,
        "poll descriptor {descriptor} for input, {milliseconds} ms at most" => {
            let mut polled = [PollFd::new(borrow(descriptor), PollFlags::POLLIN)];
            Ok(poll(&mut polled, PollTimeout::from(milliseconds))? > 0)
        }

    /// The events of poll(2) that there are, as `POLL...` bits, waiting so many milliseconds for the first; `POLLERR`
    /// and `POLLHUP` are always told.
    Poll { descriptor: i32, events: i16, milliseconds: u16 } -> i16: poll_within | try_poll_within,
        "poll descriptor {descriptor}, {milliseconds} ms at most" => {
            let mut polled = [PollFd::new(borrow(descriptor), PollFlags::from_bits_retain(events))];
            poll(&mut polled, PollTimeout::from(milliseconds))?;
            Ok(polled[0].revents().unwrap_or(PollFlags::empty()).bits())
        }
        also
        /// The events of poll(2) that there are now, as `POLL...` bits.
        poll_now | try_poll_now(descriptor: i32, events: i16) = Poll { descriptor, events, milliseconds: 0 };

    /// Sets or clears `O_NONBLOCK` of the open file.
    SetNonblocking { descriptor: i32, on: bool } -> (): set_nonblocking | try_set_nonblocking,
        "set O_NONBLOCK of descriptor {descriptor} to {on}" => { set_flag(descriptor, OFlag::O_NONBLOCK, on) }

    /// Sets or clears `O_ASYNC` of the open file: SIGIO tells when there is input, or room for output again.
    SetAsync { descriptor: i32, on: bool } -> (): set_async | try_set_async,
        "set O_ASYNC of descriptor {descriptor} to {on}" => { set_flag(descriptor, OFlag::O_ASYNC, on) }

    /// The flags of open(2) that an open file has, with `O_CLOEXEC` where the descriptor has it. fcntl(2)
    Flags { descriptor: i32 } -> i32: flags | try_flags,
        "look at the flags of descriptor {descriptor}" => {
            let mut flags = OFlag::from_bits_retain(fcntl(borrow(descriptor), FcntlArg::F_GETFL)?);
            let own = FdFlag::from_bits_retain(fcntl(borrow(descriptor), FcntlArg::F_GETFD)?);
            flags.set(OFlag::O_CLOEXEC, own.contains(FdFlag::FD_CLOEXEC));
            Ok(flags.bits())
        }

    /// The seals of a memfd, as `F_SEAL_...` bits; `EINVAL` for other files. F_GET_SEALS(2const)
    Seals { descriptor: i32 } -> i32: seals | try_seals,
        "look at the seals of descriptor {descriptor}" => { Ok(fcntl(borrow(descriptor), FcntlArg::F_GET_SEALS)?) }

    /// dup(2): another descriptor of the same open file.
    Duplicate { descriptor: i32 } -> New<i32>: duplicate | try_duplicate,
        "duplicate descriptor {descriptor}" => {
            Ok(New(nix::unistd::dup(borrow(descriptor))?.into_raw_fd()))
        }

    /// dup2(2) onto descriptors 0, 1 and 2.
    UseAsStandardStreams { descriptor: i32 } -> (): use_as_standard_streams | try_use_as_standard_streams,
        "use descriptor {descriptor} as standard streams" => {
            nix::unistd::dup2_stdin(borrow(descriptor))?;
            nix::unistd::dup2_stdout(borrow(descriptor))?;
            Ok(nix::unistd::dup2_stderr(borrow(descriptor))?)
        }

    /// lseek(2) from the beginning; the new position.
    Seek { descriptor: i32, offset: i64 } -> i64: seek | try_seek,
        "seek descriptor {descriptor} to {offset}" => {
            Ok(nix::unistd::lseek(borrow(descriptor), offset, Whence::SeekSet)?)
        }

    /// pread(2).
    ReadAt { descriptor: i32, most: usize, offset: i64 } -> Bytes: read_at | try_read_at,
        "read at most {most} bytes at {offset} of descriptor {descriptor}" => {
            let mut bytes = vec![0; most];
            let count = pread(borrow(descriptor), &mut bytes, offset)?;
            bytes.truncate(count);
            Ok(Bytes(bytes))
        }

    /// ftruncate(2).
    SetLength { descriptor: i32, length: i64 } -> (): set_length | try_set_length,
        "truncate descriptor {descriptor} to {length} bytes" => {
            Ok(nix::unistd::ftruncate(borrow(descriptor), length)?)
        }

    /// truncate(2).
    SetLengthOf { path: String, length: i64 } -> (): set_length_of | try_set_length_of,
        "truncate {path} to {length} bytes" => { Ok(nix::unistd::truncate(Path::new(&path), length)?) }

    /// fsync(2).
    Sync { descriptor: i32 } -> (): sync | try_sync,
        "fsync descriptor {descriptor}" => { Ok(nix::unistd::fsync(borrow(descriptor))?) }

    /// readv(2): what each buffer got.
    ReadParts { descriptor: i32, lengths: Vec<usize> } -> Vec<Bytes>: read_parts | try_read_parts,
        "read from descriptor {descriptor} into {} buffers", lengths.len() => {
            let mut parts: Vec<Vec<u8>> = lengths.iter().map(|&length| vec![0; length]).collect();
            let mut slices: Vec<IoSliceMut<'_>> = parts.iter_mut().map(|part| IoSliceMut::new(part)).collect();
            let mut left = readv(borrow(descriptor), &mut slices)?;
            for part in &mut parts {
                part.truncate(left);
                left -= part.len();
            }
            Ok(parts.into_iter().map(Bytes).collect())
        }

    /// writev(2): how many bytes were taken.
    WriteParts { descriptor: i32, parts: Vec<Bytes> } -> i64: write_parts | try_write_parts,
        "write {} buffers to descriptor {descriptor}", parts.len() => {
            let parts: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(&part.0)).collect();
            Ok(writev(borrow(descriptor), &parts)? as i64)
        }

    /// read(2) into `memory` bytes, at most a page, behind which there is no memory.
    ReadIntoHole { descriptor: i32, most: usize, memory: usize } -> Bytes: read_into_hole | try_read_into_hole,
        "read at most {most} bytes from descriptor {descriptor} into {memory} bytes of memory" => {
            Edge::new()?.read(descriptor, most, memory)
        }
}

/// A descriptor that the probe opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its number in the probe.
    pub descriptor: i32,
    /// fstat(2).
    pub status: FileStatus,
}

impl Falsify for Opened {
    fn falsify(&mut self) {
        self.status.falsify();
    }
}

/// Leaves a file open for later steps.
pub(super) fn opened(file: OwnedFd) -> Result<Opened, Errno> {
    let status = FileStatus::of(&fstat(&file)?);
    Ok(Opened { descriptor: file.into_raw_fd(), status })
}

values! { Lines }

impl<C: Ask> Probe<C> {
    /// open(2) of a terminal the way programs do it, with `O_RDWR | O_NOCTTY`; a refusal of the kernel is an answer.
    pub fn open_terminal(&mut self, path: &str) -> Result<Result<Opened, Errno>, C::Error> {
        self.try_open(path, O_RDWR | O_NOCTTY)
    }
}

/// The flags of open(2) in words.
pub(super) fn access(flags: i32) -> String {
    let access = match flags & libc::O_ACCMODE {
        libc::O_RDONLY => "for reading",
        libc::O_WRONLY => "for writing",
        _ => "for reading and writing",
    };
    let others = OFlag::from_bits_retain(flags & !libc::O_ACCMODE & !O_CLOEXEC);
    let others: Vec<&str> = others.iter_names().map(|(name, _)| name).filter(|name| *name != "O_RDONLY").collect();
    if others.is_empty() { access.to_owned() } else { format!("{access}, {}", others.join(" | ")) }
}

fn set_flag(descriptor: i32, flag: OFlag, on: bool) -> Result<(), Errno> {
    let mut flags = OFlag::from_bits_retain(fcntl(borrow(descriptor), FcntlArg::F_GETFL)?);
    flags.set(flag, on);
    fcntl(borrow(descriptor), FcntlArg::F_SETFL(flags))?;
    Ok(())
}

fn read_all(descriptor: i32, count: usize, most: usize) -> Result<Bytes, Errno> {
    let mut bytes = vec![0; count];
    let mut filled = 0;
    while filled < count {
        let rest = &mut bytes[filled..];
        let piece = rest.len().min(most);
        match nix::unistd::read(borrow(descriptor), &mut rest[..piece])? {
            0 => break,
            more => filled += more,
        }
    }
    bytes.truncate(filled);
    Ok(Bytes(bytes))
}

fn write_all(descriptor: i32, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match nix::unistd::write(borrow(descriptor), bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(SysErrno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Two pages of memory of which only the first may be touched. It ends with the value.
struct Edge {
    start: *mut libc::c_void,
    page: usize,
}

impl Edge {
    fn new() -> Result<Self, Errno> {
        // SAFETY: sysconf only returns a number.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).map_err(|_| Errno::EINVAL)?;
        // SAFETY: a new private mapping at a place of the kernel's choice touches no memory of ours.
        let start = unsafe {
            let (access, kind) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            libc::mmap(std::ptr::null_mut(), 2 * page, access, kind, -1, 0)
        };
        if start == libc::MAP_FAILED {
            return Err(SysErrno::last().into());
        }
        let edge = Self { start, page };
        // SAFETY: the second page belongs to the mapping that was just made, and nobody points to it.
        let result = unsafe { libc::mprotect(start.byte_add(page), page, libc::PROT_NONE) };
        SysErrno::result(result)?;
        Ok(edge)
    }

    fn read(&self, descriptor: i32, most: usize, memory: usize) -> Result<Bytes, Errno> {
        let memory = memory.min(self.page);
        // SAFETY: this many bytes before the second page lie in the first.
        let buffer = unsafe { self.start.byte_add(self.page - memory) };
        // SAFETY: the kernel checks where it writes. It may fill what there is of the first page, and whatever lies
        // behind: at most `most` bytes, of which the second page takes none.
        let count = unsafe { libc::read(borrow(descriptor).as_raw_fd(), buffer, most.min(self.page)) };
        let count = SysErrno::result(count)?.unsigned_abs().min(memory);
        // SAFETY: these bytes lie in the first page, which is initialised, and nobody writes to it meanwhile.
        Ok(Bytes::from(unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), count) }))
    }
}

impl Drop for Edge {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and nothing borrows it any more.
        unsafe { libc::munmap(self.start, 2 * self.page) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::Request;

    #[test]
    fn a_step_has_words_for_people() {
        let words = |flags| Open { path: "/dev/stdout".to_owned(), flags }.to_string();
        assert_eq!(words(libc::O_WRONLY | O_CLOEXEC), "open /dev/stdout for writing");
        assert_eq!(words(O_RDWR | O_NOCTTY), "open /dev/stdout for reading and writing, O_NOCTTY");
    }

    #[test]
    fn a_step_survives_its_line_of_json() {
        let step = Request::from(Write { descriptor: 1, bytes: Bytes(vec![0, 0xff, b'\n']) });
        let line = serde_json::to_string(&step).expect("a step is JSON");
        assert_eq!(line, r#"{"Files":{"Write":{"descriptor":1,"bytes":"00ff0a"}}}"#);
        assert_eq!(serde_json::from_str::<Request>(&line).expect("it reads back"), step);
    }
}
