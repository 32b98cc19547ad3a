//! Performing one request.

use crate::observe::{self, Start};
use crate::{capabilities, file_changes, files, mounts, process, pty, signals, terminal, transfers, watches};
use nix::errno::Errno as SysErrno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::time::ClockId;
use nix::unistd::{Gid, Pid, Uid};
use ptyproof_probe::{Bytes, Errno, Reply, Request, Timed, ioctl, line, tty};
use std::fs::File;
use std::os::fd::{BorrowedFd, IntoRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

/// Performs requests for one control socket.
pub struct Performer {
    start: Start,
    hidden: Vec<i32>,
}

impl Performer {
    /// Begins with what the first instructions saw.
    pub fn new(start: Start) -> Self {
        Self { start, hidden: Vec::new() }
    }

    /// Leaves a descriptor of the probe's own out of the facts.
    pub fn hide(&mut self, descriptor: i32) {
        self.hidden = vec![descriptor];
    }

    /// Performs one request that needs no second process.
    pub fn perform(&mut self, request: &Request) -> Result<Reply, Errno> {
        match request {
            Request::Observe => Ok(Reply::Facts(Box::new(observe::facts(&self.start, &self.hidden)?))),
            Request::Stat { path, follow } => Ok(Reply::Status(observe::path_status(path, *follow)?)),
            Request::List { path } => Ok(Reply::Entries(observe::directory(path)?)),
            Request::Open { path, flags } => open(path, *flags),
            Request::Close { descriptor } => done(nix::unistd::close(*descriptor)),
            Request::Read { descriptor, most } => read(borrow(*descriptor), *most),
            Request::Write { descriptor, bytes } => write(borrow(*descriptor), &bytes.0),
            Request::WriteOnce { descriptor, bytes } => {
                let count = nix::unistd::write(borrow(*descriptor), &bytes.0)?;
                Ok(Reply::Number(count as i64))
            }
            Request::ReadCount { descriptor, count } => read_count(borrow(*descriptor), *count),
            Request::WritePattern { descriptor, lines, count } => {
                write(borrow(*descriptor), &Bytes::pattern(*lines, *count).0)
            }
            Request::PollInput { descriptor, milliseconds } => {
                let mut watched = [PollFd::new(borrow(*descriptor), PollFlags::POLLIN)];
                Ok(Reply::Readable(poll(&mut watched, PollTimeout::from(*milliseconds))? > 0))
            }
            Request::Poll { descriptor, events, milliseconds } => {
                events_of(borrow(*descriptor), *events, *milliseconds)
            }
            Request::SetNonblocking { descriptor, on } => set_nonblocking(*descriptor, *on),
            Request::StatDescriptor { descriptor } => {
                Ok(Reply::Status(observe::status(&nix::sys::stat::fstat(borrow(*descriptor))?)))
            }
            Request::ReadLink { path } => {
                let link = std::fs::read_link(path)?;
                Ok(Reply::Read(Bytes::from(link.as_os_str().as_bytes())))
            }
            Request::Terminal { descriptor } => Ok(Reply::Terminal(Box::new(terminal::facts(borrow(*descriptor))?))),
            Request::Duplicate { descriptor } => {
                let copy = nix::unistd::dup(borrow(*descriptor))?;
                Ok(Reply::Number(i64::from(copy.into_raw_fd())))
            }
            Request::OpenPeer { master, flags } => {
                let flags = *flags | nix::libc::O_CLOEXEC;
                let peer = ioctl::open_peer(borrow(*master), flags)?;
                pty::opened(File::from(peer)).map(Reply::Opened)
            }
            Request::File(call) => files::perform(call),
            Request::Mount { .. } | Request::Unmount { .. } => mounts::perform(request),
            Request::GetTermios { descriptor } => Ok(Reply::Termios(tty::termios(borrow(*descriptor))?)),
            Request::SetTermios { descriptor, action, termios } => {
                tty::set_termios(borrow(*descriptor), *action, termios)?;
                Ok(Reply::Done)
            }
            Request::Line { descriptor, call } => line::perform(borrow(*descriptor), call),
            Request::GetSize { descriptor } => Ok(Reply::Size(tty::size(borrow(*descriptor))?)),
            Request::SetSize { descriptor, size } => {
                tty::set_size(borrow(*descriptor), *size)?;
                Ok(Reply::Done)
            }
            Request::Ioctl { descriptor, name, argument } => {
                Ok(Reply::Number(ioctl::ioctl(borrow(*descriptor), *name, *argument)?))
            }
            Request::IoctlWithNull { descriptor, name } => {
                ioctl::ioctl_with_null(borrow(*descriptor), *name)?;
                Ok(Reply::Done)
            }
            Request::SetForeground { descriptor, group } => {
                done(nix::unistd::tcsetpgrp(borrow(*descriptor), Pid::from_raw(*group)))
            }
            Request::OpenPty => Ok(Reply::Pty(pty::allocate()?)),
            Request::Wait { pid, stopped } => process::wait(*pid, *stopped).map(Reply::Child),
            Request::Catch { signals } => signals::catch(signals).map(|()| Reply::Done),
            Request::CatchAndRestart { signals } => signals::catch_and_restart(signals).map(|()| Reply::Done),
            Request::Ignore { signals } => signals::ignore(signals).map(|()| Reply::Done),
            Request::Block { signals } => signals::block(signals).map(|()| Reply::Done),
            Request::SetGroup { pid, group } => done(nix::unistd::setpgid(Pid::from_raw(*pid), Pid::from_raw(*group))),
            Request::TakeSignals { milliseconds } => Ok(Reply::Signals(signals::take(*milliseconds)?)),
            Request::Kill { pid, signal } => {
                let signal = nix::sys::signal::Signal::try_from(signal.0)?;
                done(nix::sys::signal::kill(Pid::from_raw(*pid), signal))
            }
            Request::MakeNode { path, kind, node } => file_changes::make_node(path, *kind, *node).map(|()| Reply::Done),
            Request::Change(change) => file_changes::perform(change).map(|()| Reply::Done),
            Request::Transfer(transfer) => transfers::perform(transfer),
            Request::Watch(watch) => watches::perform(watch),
            Request::FilesystemType { path } => Ok(Reply::Number(observe::filesystem_type(path)?)),
            Request::UseAsStandardStreams { descriptor } => {
                nix::unistd::dup2_stdin(borrow(*descriptor))?;
                nix::unistd::dup2_stdout(borrow(*descriptor))?;
                done(nix::unistd::dup2_stderr(borrow(*descriptor)))
            }
            Request::Unshare { namespaces } => {
                done(nix::sched::unshare(nix::sched::CloneFlags::from_bits_retain(*namespaces)))
            }
            Request::NewSession => Ok(Reply::Number(i64::from(nix::unistd::setsid()?.as_raw()))),
            Request::BecomeUser { user, group } => {
                let (user, group) = (Uid::from_raw(*user), Gid::from_raw(*group));
                nix::unistd::setgroups(&[])?;
                nix::unistd::setresgid(group, group, group)?;
                nix::unistd::setresuid(user, user, user)?;
                done(nix::sys::prctl::set_dumpable(true))
            }
            Request::KeepCapabilities { numbers } => capabilities::keep(numbers),
            Request::InTurn(steps) => {
                let mut last = Reply::Done;
                for step in steps {
                    last = self.perform(step)?;
                }
                Ok(last)
            }
            Request::Each(steps) => {
                let each = steps.iter().map(|step| self.perform(step).unwrap_or_else(Reply::Failed));
                Ok(Reply::Each(each.collect()))
            }
            Request::Timed(step) => self.timed(step).map(Reply::Timed),
            Request::HangUp => done(process::hang_up()),
            // These end, double or replace the conversation itself, so `control` and `main` take them first.
            Request::Fork { .. } | Request::End(_) | Request::Execute { .. } => Err(Errno(nix::libc::EINVAL)),
        }
    }

    fn timed(&mut self, step: &Request) -> Result<Timed, Errno> {
        let began = now()?;
        let reply = self.perform(step).unwrap_or_else(Reply::Failed);
        Ok(Timed { began, ended: now()?, reply: Box::new(reply) })
    }
}

/// clock_gettime(2).
fn now() -> Result<Duration, Errno> {
    Ok(nix::time::clock_gettime(ClockId::CLOCK_MONOTONIC)?.into())
}

/// A descriptor that a request names. Whether it is open is for the kernel to say (`EBADF`).
pub fn borrow(descriptor: i32) -> BorrowedFd<'static> {
    // SAFETY: the number is only handed to system calls, within one request, and the probe is
    // single-threaded, so nobody can close it in between. -1 is the one value that must not be borrowed.
    unsafe { BorrowedFd::borrow_raw(descriptor.max(0)) }
}

fn done(result: Result<(), SysErrno>) -> Result<Reply, Errno> {
    result?;
    Ok(Reply::Done)
}

fn open(path: &str, flags: i32) -> Result<Reply, Errno> {
    let write = flags & nix::libc::O_ACCMODE != nix::libc::O_RDONLY;
    let read = flags & nix::libc::O_ACCMODE != nix::libc::O_WRONLY;
    let file = File::options().read(read).write(write).custom_flags(flags).open(path)?;
    pty::opened(file).map(Reply::Opened)
}

fn read(descriptor: BorrowedFd<'_>, most: usize) -> Result<Reply, Errno> {
    let mut bytes = vec![0; most];
    let count = nix::unistd::read(descriptor, &mut bytes)?;
    bytes.truncate(count);
    Ok(Reply::Read(Bytes(bytes)))
}

fn read_count(descriptor: BorrowedFd<'_>, count: usize) -> Result<Reply, Errno> {
    let mut bytes = vec![0; count];
    let mut filled = 0;
    while filled < count {
        match nix::unistd::read(descriptor, &mut bytes[filled..])? {
            0 => break,
            more => filled += more,
        }
    }
    bytes.truncate(filled);
    Ok(Reply::Read(Bytes(bytes)))
}

fn write(descriptor: BorrowedFd<'_>, mut bytes: &[u8]) -> Result<Reply, Errno> {
    while !bytes.is_empty() {
        match nix::unistd::write(descriptor, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(SysErrno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(Reply::Done)
}

/// poll(2) for one descriptor.
fn events_of(descriptor: BorrowedFd<'_>, events: i16, wait: u16) -> Result<Reply, Errno> {
    let events = PollFlags::from_bits_retain(events);
    let mut watched = [PollFd::new(descriptor, events)];
    poll(&mut watched, PollTimeout::from(wait))?;
    let seen = watched[0].revents().unwrap_or(PollFlags::empty());
    Ok(Reply::Number(i64::from(seen.bits())))
}

fn set_nonblocking(descriptor: i32, on: bool) -> Result<Reply, Errno> {
    use nix::fcntl::{FcntlArg, OFlag, fcntl};
    let mut flags = OFlag::from_bits_retain(fcntl(borrow(descriptor), FcntlArg::F_GETFL)?);
    flags.set(OFlag::O_NONBLOCK, on);
    fcntl(borrow(descriptor), FcntlArg::F_SETFL(flags))?;
    Ok(Reply::Done)
}
