//! Whoever calls a runtime in the foreground: a terminal, three standard streams, and how both look.

use crate::terminal::{Slave, size, termios};
use crate::{container::ContainerError, container::pipe::GivenStreams};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::uio::pwrite;
use ptyproof_probe::{Errno, Size, TermiosFacts};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// The terminal and streams of whoever calls the runtime.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// The size of the caller's terminal.
    pub size: Size,
    /// Whether the terminal is the caller's controlling terminal; if not, the caller has none.
    pub controlling: bool,
    /// Standard input.
    pub stdin: CallerStream,
    /// Standard output.
    pub stdout: CallerStream,
    /// Standard error.
    pub stderr: CallerStream,
    /// Whether the runtime is a background job of the terminal: a shell is in the foreground, and waits for it.
    pub background: bool,
    /// What is typed on the terminal before the runtime is called.
    pub typed_ahead: &'static [u8],
}

/// What one standard stream of the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerStream {
    /// The caller's terminal.
    Terminal,
    /// A pipe.
    Pipe,
    /// `/dev/null`.
    Null,
    /// `/dev/full`: every write fails with ENOSPC. full(4)
    Full,
    /// A regular file that the caller uses as well. Of standard input it has read [`CallerStream::BEFORE`], and
    /// [`CallerStream::AFTER`] is left; to the others it has written the one, and writes the other when the runtime has returned.
    File,
    /// None at all: the descriptor is closed.
    Closed,
}

impl CallerStream {
    /// What of a file of the caller's lies behind it when the runtime is called.
    pub const BEFORE: &[u8] = b"before\n";

    /// What comes then.
    pub const AFTER: &[u8] = b"after\n";
}

impl Caller {
    /// Somebody at a terminal of 24 rows and 80 columns.
    pub fn at_a_terminal() -> Self {
        Self { size: Size::new(24, 80), controlling: true, ..Self::with(CallerStream::Terminal) }
    }

    /// A script: no terminal at all, the streams are pipes.
    pub fn without_terminal() -> Self {
        Self::with(CallerStream::Pipe)
    }

    /// Whether input comes from the caller's terminal.
    pub(super) fn is_at_a_terminal(&self) -> bool {
        self.stdin == CallerStream::Terminal
    }

    fn with(stream: CallerStream) -> Self {
        let (size, controlling) = (Size::default(), false);
        Self { size, controlling, stdin: stream, stdout: stream, stderr: stream, background: false, typed_ahead: b"" }
    }

    /// With another size.
    pub fn sized(self, size: Size) -> Self {
        Self { size, ..self }
    }

    /// With another standard input.
    pub fn stdin(self, stdin: CallerStream) -> Self {
        Self { stdin, ..self }
    }

    /// With another standard output.
    pub fn stdout(self, stdout: CallerStream) -> Self {
        Self { stdout, ..self }
    }

    /// With another standard error.
    pub fn stderr(self, stderr: CallerStream) -> Self {
        Self { stderr, ..self }
    }

    /// As a background job.
    pub fn in_background(self) -> Self {
        Self { background: true, ..self }
    }

    /// Having typed this already, while the terminal still collects lines and echoes.
    pub fn typing_ahead(self, typed_ahead: &'static [u8]) -> Self {
        Self { typed_ahead, ..self }
    }
}

fn write(file: OwnedFd, bytes: &[u8]) -> Result<OwnedFd, ContainerError> {
    let mut file = File::from(file);
    file.write_all(bytes).map_err(|error| setup(error.into()))?;
    Ok(file.into())
}

/// What a runtime shares with its caller and must leave as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallerState {
    /// Status flags and access mode of the open files that are the runtime's standard streams. fcntl(2), `F_GETFL`.
    pub flags: [OFlag; 3],
    /// Settings of the caller's terminal.
    pub termios: TermiosFacts,
    /// Size of the caller's terminal.
    pub size: Size,
    /// User, group and permission bits of the caller's terminal.
    pub ownership: (u32, u32, u32),
}

/// The caller's side of terminal and streams, which a caller keeps open while it waits for the runtime.
#[derive(Debug)]
pub(super) struct CallerSide {
    kinds: [CallerStream; 3],
    terminal: Slave,
    streams: [OwnedFd; 3],
}

impl CallerSide {
    /// Chooses the streams that `caller` asks for.
    pub fn new(caller: &Caller, terminal: Slave, pipes: GivenStreams) -> Result<Self, ContainerError> {
        let device = |path: &str| {
            let opened = File::options().read(true).write(true).open(path);
            opened.map(OwnedFd::from).map_err(ContainerError::setup("opening", Path::new(path)))
        };
        let stream = |kind, pipe| -> Result<OwnedFd, ContainerError> {
            match kind {
                CallerStream::Terminal => terminal.duplicate().map_err(setup),
                CallerStream::Pipe => Ok(pipe),
                CallerStream::Null | CallerStream::Closed => device("/dev/null"),
                CallerStream::Full => device("/dev/full"),
                CallerStream::File => {
                    let file = memfd_create("standard-stream", MFdFlags::MFD_CLOEXEC);
                    let file = file.map_err(|errno| setup(errno.into()))?;
                    write(file, CallerStream::BEFORE)
                }
            }
        };
        let kinds = [caller.stdin, caller.stdout, caller.stderr];
        let streams = [
            stream(caller.stdin, pipes.stdin)?,
            stream(caller.stdout, pipes.stdout)?,
            stream(caller.stderr, pipes.stderr)?,
        ];
        if caller.stdin == CallerStream::File {
            let left = pwrite(&streams[0], CallerStream::AFTER, CallerStream::BEFORE.len() as i64);
            left.map_err(|errno| setup(errno.into()))?;
        }
        Ok(Self { kinds, terminal, streams })
    }

    /// The terminal.
    pub fn terminal(&self) -> &Slave {
        &self.terminal
    }

    /// Makes the streams those of a command: the same open files, as a shell's child has them.
    pub fn give_to(&self, command: &mut Command) -> Result<(), ContainerError> {
        let stream = |number: usize| -> Result<Stdio, ContainerError> {
            let copy = self.streams[number].try_clone();
            let copy = copy.map_err(|error| setup(Errno::from(error)))?;
            Ok(copy.into())
        };
        command.stdin(stream(0)?);
        command.stdout(stream(1)?);
        command.stderr(stream(2)?);
        let closed = [0, 1, 2].map(|number| self.kinds[number] == CallerStream::Closed);
        // SAFETY: close is async-signal-safe, and nothing owns these numbers in the child.
        unsafe {
            command.pre_exec(move || {
                for number in (0..3).filter(|&number| closed[number]) {
                    nix::libc::close(number as i32);
                }
                Ok(())
            });
        }
        Ok(())
    }

    /// What a stream holds, where that is a file, when the caller has written on there.
    pub fn written(&self, number: usize) -> Result<Option<Vec<u8>>, ContainerError> {
        if self.kinds[number] != CallerStream::File {
            return Ok(None);
        }
        let mut content = Vec::new();
        let file = self.streams[number].try_clone().map_err(|error| setup(error.into()))?;
        let mut file = File::from(write(file, CallerStream::AFTER)?);
        let read = file.rewind().and_then(|()| file.read_to_end(&mut content));
        read.map(|_| Some(content)).map_err(|error| setup(error.into()))
    }

    /// How it looks now.
    pub fn look(&self) -> Result<CallerState, ContainerError> {
        let mut flags = [OFlag::empty(); 3];
        for (flags, stream) in flags.iter_mut().zip(&self.streams) {
            let raw = fcntl(stream, FcntlArg::F_GETFL).map_err(|errno| setup(errno.into()))?;
            *flags = OFlag::from_bits_retain(raw);
        }
        let status = nix::sys::stat::fstat(&self.terminal).map_err(|errno| setup(errno.into()))?;
        Ok(CallerState {
            flags,
            ownership: (status.st_uid, status.st_gid, status.st_mode & 0o7777),
            termios: termios(self.terminal.as_fd()).map_err(setup)?,
            size: size(self.terminal.as_fd()).map_err(setup)?,
        })
    }
}

/// Trouble with the caller's side, which is the harness's own.
pub(super) fn setup(errno: Errno) -> ContainerError {
    ContainerError::Setup {
        what: "preparing",
        path: Path::new("the caller's terminal and streams").to_owned(),
        error: std::io::Error::from_raw_os_error(errno.0),
    }
}
