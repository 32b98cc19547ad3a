//! Falsifying one observation, to show that the case which made it would notice.

use ptyproof_probe::{Bytes, ChildStatus, DirectoryEvent, Errno, FileStatus, Reply, Request, Signal, Transfer, Watch};
use std::cell::Cell;

/// Counts the observations of a case, and falsifies one of them when told to.
///
/// An observation is an answer that carries a value, or an errno where the case takes that as an answer. What only
/// prepares (a new process, a new session) is none.
#[derive(Debug, Default)]
pub struct Doctor {
    falsified: Option<usize>,
    seen: Cell<usize>,
}

impl Doctor {
    /// Falsifies the observation of that number, counted from 0; with `None`, only counts.
    pub fn new(falsified: Option<usize>) -> Self {
        Self { falsified, seen: Cell::new(0) }
    }

    /// How many observations were made.
    pub fn seen(&self) -> usize {
        self.seen.get()
    }

    /// Whether a request only prepares, so that its success is no observation.
    pub(super) fn prepares(request: &Request) -> bool {
        matches!(
            request,
            Request::Fork { .. }
                | Request::NewSession
                | Request::Duplicate { .. }
                | Request::Transfer(Transfer::Pipe | Transfer::SocketPair)
                | Request::Watch(Watch::Begin { .. })
        )
    }

    /// What the case is told.
    pub(super) fn answer(&self, prepares: bool, reply: Reply) -> Reply {
        if prepares && !matches!(reply, Reply::Failed(_)) {
            return reply;
        }
        let number = self.seen.replace(self.seen.get() + 1);
        if self.falsified == Some(number) { falsify(reply) } else { reply }
    }
}

/// Something near that is not so.
fn falsify(reply: Reply) -> Reply {
    match reply {
        Reply::Done => Reply::Failed(Errno(nix::libc::EIO)),
        Reply::Failed(Errno(nix::libc::EIO)) => Reply::Failed(Errno(nix::libc::EPERM)),
        Reply::Failed(_) => Reply::Failed(Errno(nix::libc::EIO)),
        Reply::Facts(mut facts) => {
            facts.process.session += 1;
            facts.process.terminal.minor ^= 1;
            for descriptor in &mut facts.descriptors {
                descriptor.flags ^= nix::libc::O_NONBLOCK;
                descriptor.status = other_file(descriptor.status.clone());
            }
            facts.process.foreground_group ^= 1;
            facts.controlling_terminal = match facts.controlling_terminal {
                Ok(_) => Err(Errno(nix::libc::EIO)),
                Err(_) => Err(Errno(nix::libc::EPERM)),
            };
            facts.mounts.clear();
            Reply::Facts(facts)
        }
        Reply::Status(status) => Reply::Status(other_file(status)),
        Reply::Entries(mut entries) => {
            entries.pop();
            Reply::Entries(entries)
        }
        Reply::Read(Bytes(mut bytes)) => {
            match bytes.first_mut() {
                Some(first) => *first ^= 1,
                None => bytes.push(b'?'),
            }
            Reply::Read(Bytes(bytes))
        }
        Reply::Parts(mut parts) => {
            parts.pop();
            Reply::Parts(parts)
        }
        Reply::Times(mut times) => {
            times.accessed.seconds += 1_000_000;
            times.modified.seconds += 1_000_000;
            Reply::Times(times)
        }
        Reply::Speeds(mut speeds) => {
            speeds.code ^= 1;
            Reply::Speeds(speeds)
        }
        Reply::Readable(readable) => Reply::Readable(!readable),
        Reply::Termios(mut termios) => {
            termios.local ^= nix::libc::ECHO;
            termios.input ^= nix::libc::ICRNL;
            termios.output ^= nix::libc::ONLCR;
            termios.control ^= nix::libc::CSTOPB;
            termios.line ^= 1;
            termios.characters[nix::libc::VINTR] ^= 1;
            termios.speeds.0 ^= 1;
            termios.speeds.1 ^= 1;
            Reply::Termios(termios)
        }
        Reply::Size(mut size) => {
            size.rows ^= 1;
            Reply::Size(size)
        }
        Reply::Terminal(mut facts) => {
            facts.name = Ok(facts.name.unwrap_or_default() + "?");
            facts.session = other_number(facts.session);
            facts.foreground_group = other_number(facts.foreground_group);
            facts.size.rows ^= 1;
            Reply::Terminal(facts)
        }
        Reply::Number(number) => Reply::Number(number ^ 1),
        Reply::Opened(mut opened) => {
            opened.status = other_file(opened.status);
            Reply::Opened(opened)
        }
        Reply::Pty(mut pty) => {
            pty.number += 1;
            pty.name.push('?');
            pty.master.status = other_file(pty.master.status);
            Reply::Pty(pty)
        }
        Reply::Timed(mut timed) => {
            timed.ended = timed.began;
            timed.reply = Box::new(falsify(*timed.reply));
            Reply::Timed(timed)
        }
        Reply::Child(ChildStatus::Exited(status)) => Reply::Child(ChildStatus::Exited(status ^ 1)),
        Reply::Child(_) => Reply::Child(ChildStatus::Exited(0)),
        Reply::Each(mut each) => {
            each.pop();
            Reply::Each(each)
        }
        Reply::Signals(signals) if signals.is_empty() => Reply::Signals(vec![Signal::HUP]),
        Reply::Signals(mut signals) => {
            signals.pop();
            Reply::Signals(signals)
        }
        Reply::Events(mut events) => {
            if events.pop().is_none() {
                events.push(DirectoryEvent { mask: nix::libc::IN_DELETE_SELF, name: None });
            }
            Reply::Events(events)
        }
        // New descriptors are never observed, only used.
        Reply::Descriptors(pair) => Reply::Descriptors(pair),
    }
}

fn other_number(number: Result<i32, Errno>) -> Result<i32, Errno> {
    match number {
        Ok(number) => Ok(number ^ 1),
        Err(_) => Ok(0),
    }
}

fn other_file(mut status: FileStatus) -> FileStatus {
    status.mode ^= 0o111;
    status.inode += 1;
    status.user ^= 1;
    status.group ^= 1;
    status.node.minor ^= 1;
    status.device.minor ^= 1;
    status
}
