//! The container's output on its way to the caller's standard output.

use super::stream;
use crate::syscall::{kind, repeated};
use nix::fcntl::{OFlag, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{MsgFlags, send};
use nix::sys::stat::{Mode, SFlag, fstat};
use nix::unistd::{isatty, write};
use nix::{errno::Errno, libc};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How much is held at most: enough for the container to go on while the caller takes its time, and fills its pipe.
const CAPACITY: usize = 256 * 1024;

/// Room in the buffer until half of that comes at once: what most programs write never does.
const AT_FIRST: usize = 4 * 1024;

/// How much is asked of a master at once: twice the kernel's N_TTY_BUF_SIZE, so that a read goes on while the kernel brings more.
const MOST_AT_ONCE: usize = 8 * 1024;

/// How much a write that could block is given once poll(2) says "writable": a pipe then takes PIPE_BUF, a terminal at
/// least its wake-up threshold of 256 bytes.
const BOUNDED: usize = 256;

/// Bytes read from the master and not yet taken by the caller.
#[derive(Debug)]
pub(super) struct Output {
    sink: Sink,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
}

/// How to write to the caller's stream without blocking and without marking it.
#[derive(Debug)]
enum Sink {
    /// A pipe or terminal, opened once more: O_NONBLOCK is then on an open file description of our own.
    Reopened(OwnedFd),
    /// A socket: each send says for itself that it must not block.
    Socket,
    /// A file: writing it does not wait for anybody. It is not reopened, its offset is shared with the caller.
    File,
    /// What could not be reopened, written in small pieces.
    Bounded,
}

/// What became of a read from the master.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pumped {
    /// The kernel says that nothing is left for now. It moves bytes from its flip buffers only when asked: a short read would
    /// be no proof.
    Drained,
    /// Something came, there is likely to be more.
    Some,
    /// Nobody has the slave open (EIO).
    HungUp,
}

impl Output {
    pub(super) fn to_stdout() -> Output {
        Output { sink: Sink::choose(), buffer: zeroes(AT_FIRST), start: 0, end: 0 }
    }

    /// The stream to poll for POLLOUT.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        match &self.sink {
            Sink::Reopened(own) => own.as_fd(),
            _ => stream(1),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether another read fits. As long as it does, the master is read, also while the caller takes its time: the container
    /// and the caller then work at the same time, rather than in turns.
    pub(super) fn has_room(&self) -> bool {
        self.len() + MOST_AT_ONCE <= CAPACITY
    }

    /// Reads once what `master` has. To be called when there is room. What came is best written at once: with more of it at a
    /// time, the container, the relay and the caller would work in turns (measured by ci/bench).
    pub(super) fn fill(
        &mut self,
        master: BorrowedFd<'_>,
        read: fn(BorrowedFd<'_>, &mut [u8]) -> Result<usize, Errno>,
    ) -> Pumped {
        if self.buffer.len() - self.end < MOST_AT_ONCE {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        }
        let asked = MOST_AT_ONCE.min(self.buffer.len() - self.end);
        match repeated(|| read(master, &mut self.buffer[self.end..][..asked])) {
            Ok(0) | Err(Errno::EIO) => Pumped::HungUp,
            Ok(length) => {
                self.end += length;
                if self.buffer.len() == AT_FIRST && self.end >= AT_FIRST / 2 {
                    self.grow();
                }
                Pumped::Some
            }
            Err(_) => Pumped::Drained,
        }
    }

    /// Gives the buffer twice the room of what is held at most, so that it moves to the front no more often than all of that has
    /// been passed on.
    fn grow(&mut self) {
        let mut full = zeroes(2 * CAPACITY);
        full[..self.end].copy_from_slice(&self.buffer[..self.end]);
        self.buffer = full;
    }

    /// Writes what the caller takes now. An error means that nobody will ever read again.
    pub(super) fn flush(&mut self) -> Result<(), Errno> {
        while !self.is_empty() {
            let rest = &self.buffer[self.start..self.end];
            let written = match &self.sink {
                Sink::Reopened(own) => write(own, rest),
                Sink::Socket => send(1, rest, MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL),
                Sink::File => write(stream(1), rest),
                Sink::Bounded if !is_writable(stream(1)) => return Ok(()),
                Sink::Bounded => write(stream(1), &rest[..rest.len().min(BOUNDED)]),
            };
            match written {
                Ok(length) => self.start += length,
                Err(Errno::EINTR) => continue,
                Err(Errno::EAGAIN) => break,
                Err(errno) => return Err(errno),
            }
        }
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
        }
        Ok(())
    }

    /// Forgets what was read: there is nobody to give it to.
    pub(super) fn discard(&mut self) {
        (self.start, self.end) = (0, 0);
    }
}

fn zeroes(count: usize) -> Box<[u8]> {
    vec![0; count].into_boxed_slice()
}

/// Whether a small write would not block right now.
fn is_writable(stream: BorrowedFd<'_>) -> bool {
    poll(&mut [PollFd::new(stream, PollFlags::POLLOUT)], PollTimeout::ZERO) == Ok(1)
}

impl Sink {
    fn choose() -> Sink {
        let stream = stream(1);
        let Ok(stat) = fstat(stream) else {
            return Sink::Bounded;
        };
        match kind(&stat) {
            SFlag::S_IFREG | SFlag::S_IFBLK => Sink::File,
            SFlag::S_IFSOCK => Sink::Socket,
            SFlag::S_IFIFO => Sink::reopen(),
            SFlag::S_IFCHR if isatty(stream).unwrap_or(false) => Sink::reopen(),
            SFlag::S_IFCHR if stat.st_rdev == libc::makedev(1, 3) => Sink::File, // /dev/null never waits
            _ => Sink::Bounded,
        }
    }

    fn reopen() -> Sink {
        let flags = OFlag::O_WRONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        open("/proc/self/fd/1", flags, Mode::empty()).map_or(Sink::Bounded, Sink::Reopened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::{pipe2, read};

    #[test]
    fn what_comes_in_pieces_to_a_caller_who_takes_its_time_stays_whole() {
        let (from, source) = pipe2(OFlag::O_NONBLOCK).unwrap();
        let (caller, sink) = pipe2(OFlag::O_NONBLOCK).unwrap();
        let mut output = Output { sink: Sink::Reopened(sink), buffer: zeroes(AT_FIRST), start: 0, end: 0 };
        let (mut sent, mut taken) = (Vec::<u8>::new(), Vec::<u8>::new());
        // The caller takes nothing for a while: more and more is held, by ones, by halves of the first room, and by all of it.
        for (round, size) in
            [1, 100, 1000, 1000, 2047, 1, 2048, 4096, 1, 60_000, 8192, 60_000, 3, 50_000].into_iter().enumerate()
        {
            let piece: Vec<u8> = (0..size).map(|index| (round + index * 7) as u8).collect();
            sent.extend(&piece);
            for part in piece.chunks(50_000) {
                assert_eq!(write(&source, part), Ok(part.len()));
                while output.has_room() && output.fill(from.as_fd(), |from, room| read(from, room)) == Pumped::Some {
                    if round % 2 == 1 {
                        output.flush().unwrap();
                    }
                }
            }
        }
        assert!(output.len() > 64 * 1024, "the caller's pipe is full");
        let mut some = [0; 70_000];
        while let Ok(count @ 1..) = read(&caller, &mut some) {
            taken.extend(&some[..count]);
            output.flush().unwrap();
        }
        assert!(output.is_empty());
        assert_eq!(taken, sent);
    }
}
