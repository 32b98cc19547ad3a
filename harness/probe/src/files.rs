//! Performing calls on files.

use crate::perform::borrow;
use crate::pty;
use nix::errno::Errno as SysErrno;
use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::libc;
use nix::sys::stat::{Mode, UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;
use nix::sys::uio::{pread, readv, writev};
use nix::unistd::Whence;
use ptyproof_probe::{Bytes, Errno, FileCall, FileTimes, Moment, Reply, ioctl};
use std::fs::File;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::path::Path;

/// Performs one call.
pub fn perform(call: &FileCall) -> Result<Reply, Errno> {
    match call {
        FileCall::Open { path, flags } => {
            let flags = OFlag::from_bits_retain(*flags);
            let file = nix::fcntl::open(Path::new(path), flags, Mode::empty())?;
            pty::opened(File::from(file)).map(Reply::Opened)
        }
        FileCall::OpenPeer { master, flags } => {
            let peer = ioctl::open_peer(borrow(*master), *flags)?;
            pty::opened(File::from(peer)).map(Reply::Opened)
        }
        FileCall::Flags { descriptor } => flags(borrow(*descriptor)),
        FileCall::Seek { descriptor, offset } => {
            let position = nix::unistd::lseek(borrow(*descriptor), *offset, Whence::SeekSet)?;
            Ok(Reply::Number(position))
        }
        FileCall::ReadAt { descriptor, most, offset } => {
            let mut bytes = vec![0; *most];
            let count = pread(borrow(*descriptor), &mut bytes, *offset)?;
            bytes.truncate(count);
            Ok(Reply::Read(Bytes(bytes)))
        }
        FileCall::SetLength { descriptor, length } => {
            nix::unistd::ftruncate(borrow(*descriptor), *length)?;
            Ok(Reply::Done)
        }
        FileCall::SetLengthOf { path, length } => {
            nix::unistd::truncate(Path::new(path), *length)?;
            Ok(Reply::Done)
        }
        FileCall::Sync { descriptor } => {
            nix::unistd::fsync(borrow(*descriptor))?;
            Ok(Reply::Done)
        }
        FileCall::ReadParts { descriptor, lengths } => read_parts(borrow(*descriptor), lengths),
        FileCall::WriteParts { descriptor, parts } => {
            let parts: Vec<IoSlice<'_>> = parts.iter().map(|part| IoSlice::new(&part.0)).collect();
            let count = writev(borrow(*descriptor), &parts)?;
            Ok(Reply::Number(count as i64))
        }
        FileCall::ReadIntoHole { descriptor, most, memory } => read_into_hole(borrow(*descriptor), *most, *memory),
        FileCall::Times { path } => {
            let found = nix::sys::stat::stat(Path::new(path))?;
            Ok(Reply::Times(FileTimes {
                accessed: moment(found.st_atime, found.st_atime_nsec),
                modified: moment(found.st_mtime, found.st_mtime_nsec),
            }))
        }
        FileCall::SetTimes { path, times } => {
            let spec = |moment: Moment| TimeSpec::new(moment.seconds, moment.nanoseconds);
            utimensat(
                nix::fcntl::AT_FDCWD,
                Path::new(path),
                &spec(times.accessed),
                &spec(times.modified),
                UtimensatFlags::FollowSymlink,
            )?;
            Ok(Reply::Done)
        }
    }
}

fn flags(descriptor: BorrowedFd<'_>) -> Result<Reply, Errno> {
    let mut flags = OFlag::from_bits_retain(fcntl(descriptor, FcntlArg::F_GETFL)?);
    let own = FdFlag::from_bits_retain(fcntl(descriptor, FcntlArg::F_GETFD)?);
    flags.set(OFlag::O_CLOEXEC, own.contains(FdFlag::FD_CLOEXEC));
    Ok(Reply::Number(flags.bits().into()))
}

fn moment(seconds: i64, nanoseconds: i64) -> Moment {
    Moment { seconds, nanoseconds }
}

fn read_parts(descriptor: BorrowedFd<'_>, lengths: &[usize]) -> Result<Reply, Errno> {
    let mut parts: Vec<Vec<u8>> = lengths.iter().map(|&length| vec![0; length]).collect();
    let mut slices: Vec<IoSliceMut<'_>> = parts.iter_mut().map(|part| IoSliceMut::new(part)).collect();
    let mut left = readv(descriptor, &mut slices)?;
    for part in &mut parts {
        part.truncate(left);
        left -= part.len();
    }
    Ok(Reply::Parts(parts.into_iter().map(Bytes).collect()))
}

/// Two pages of memory of which only the first may be touched. It ends with the value.
struct Edge {
    start: *mut libc::c_void,
    page: usize,
}

impl Edge {
    fn new() -> Result<Self, Errno> {
        // SAFETY: sysconf only returns a number.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).map_err(|_| Errno(libc::EINVAL))?;
        // SAFETY: a new private mapping at a place of the kernel's choice touches no memory of ours.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                2 * page,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
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
}

impl Drop for Edge {
    fn drop(&mut self) {
        // SAFETY: the mapping is this value's own, and nothing borrows it any more.
        unsafe { libc::munmap(self.start, 2 * self.page) };
    }
}

fn read_into_hole(descriptor: BorrowedFd<'_>, most: usize, memory: usize) -> Result<Reply, Errno> {
    let edge = Edge::new()?;
    let memory = memory.min(edge.page);
    // SAFETY: this many bytes before the second page lie in the first.
    let buffer = unsafe { edge.start.byte_add(edge.page - memory) };
    // SAFETY: the kernel checks where it writes. It may fill what there is of the first page, and whatever lies
    // behind: at most `most` bytes, of which the second page takes none.
    let count = unsafe { libc::read(descriptor.as_raw_fd(), buffer, most.min(edge.page)) };
    let count = SysErrno::result(count)?.unsigned_abs().min(memory);
    // SAFETY: these bytes lie in the first page, which is initialised, and nobody writes to it meanwhile.
    let bytes = unsafe { std::slice::from_raw_parts(buffer.cast::<u8>(), count) };
    Ok(Reply::Read(Bytes::from(bytes)))
}
