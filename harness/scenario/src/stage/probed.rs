//! A probe as the program, wherever it runs.

use super::program::{Program, action, facts};
use super::{Seen, StageError};
use crate::scenario::Look;
use nix::libc;
use ntty::{Flow, Queue, Read, Signal, Termios};
use ptyproof_harness::probe::{Probe, ProbeError};
use ptyproof_harness::terminal::Slave;
use ptyproof_probe::{Bytes, Errno, IoctlName, Reply, Request};
use std::os::fd::{AsFd, BorrowedFd};

/// A probe, at a terminal that is its standard input and its controlling terminal.
pub(super) struct Probed<'c> {
    probe: &'c mut Probe,
    /// The probe's descriptor of it, which does not block.
    descriptor: i32,
    /// Ours.
    slave: Slave,
}

/// The signals that actions send.
const SIGNALS: [(ptyproof_probe::Signal, Signal); 4] = [
    (ptyproof_probe::Signal::INT, Signal::Interrupt),
    (ptyproof_probe::Signal::QUIT, Signal::Quit),
    (ptyproof_probe::Signal::TSTP, Signal::Stop),
    (ptyproof_probe::Signal::WINCH, Signal::WindowChange),
];

impl<'c> Probed<'c> {
    /// From now on the probe catches the signals of its terminal.
    pub(super) fn new(probe: &'c mut Probe, slave: Slave) -> Result<Self, StageError> {
        // What it was given may be shared, and `O_NONBLOCK` with it. This is another open file.
        let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_NONBLOCK;
        let descriptor = probe.open("/proc/self/fd/0", flags)?.descriptor;
        probe.catch(&SIGNALS.map(|(signal, _)| signal))?;
        Ok(Self { probe, descriptor, slave })
    }

    /// Makes the terminal like a new one, but for what waits for the master, its size and the signals.
    pub(super) fn renew(&mut self) -> Result<(), StageError> {
        let usual = Termios::default();
        // With these, turning ICANON on is a change, and it forgets what a line in the making has left behind.
        let raw = Termios { iflag: 0, lflag: 0, ..usual.clone() };
        self.ask(Request::InTurn(vec![
            // TCOOFF makes of any stop one that TCOON ends.
            self.ioctl(IoctlName::Tcxonc, libc::TCOOFF),
            self.ioctl(IoctlName::Tcxonc, libc::TCOON),
            self.ioctl(IoctlName::Tcflsh, libc::TCIOFLUSH),
            self.setting(ntty::Action::Flush, &raw),
            self.setting(ntty::Action::Now, &usual),
            // Echo that is held comes out before this, and then the cursor is in column 0.
            self.writing(b"\r"),
        ]))?;
        Ok(())
    }

    fn ask(&mut self, request: Request) -> Result<Reply, StageError> {
        Ok(self.probe.ask(&request)?)
    }

    fn ioctl(&self, name: IoctlName, argument: i32) -> Request {
        Request::Ioctl { descriptor: self.descriptor, name, argument: argument.into() }
    }

    fn setting(&self, when: ntty::Action, termios: &Termios) -> Request {
        Request::SetTermios { descriptor: self.descriptor, action: action(when), termios: facts(termios) }
    }

    fn writing(&self, bytes: &[u8]) -> Request {
        Request::WriteOnce { descriptor: self.descriptor, bytes: Bytes::from(bytes) }
    }

    fn reading(&self, most: usize) -> Request {
        Request::Read { descriptor: self.descriptor, most }
    }
}

impl Program for Probed<'_> {
    fn terminal(&self) -> BorrowedFd<'_> {
        self.slave.as_fd()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StageError> {
        match self.probe.attempt(&self.writing(bytes))? {
            Ok(Reply::Number(taken)) => Ok(usize::try_from(taken).unwrap_or(0)),
            Err(Errno(libc::EAGAIN)) => Ok(0),
            Err(errno) => Err(StageError::call("write")(errno)),
            Ok(other) => Err(unexpected(&other)),
        }
    }

    fn set_termios(&mut self, when: ntty::Action, termios: &Termios) -> Result<(), StageError> {
        self.ask(self.setting(when, termios)).map(drop)
    }

    fn flush(&mut self, queue: Queue) -> Result<(), StageError> {
        let queue = match queue {
            Queue::Input => libc::TCIFLUSH,
            Queue::Output => libc::TCOFLUSH,
            Queue::Both => libc::TCIOFLUSH,
        };
        self.ask(self.ioctl(IoctlName::Tcflsh, queue)).map(drop)
    }

    fn flow(&mut self, flow: Flow) -> Result<(), StageError> {
        let flow = match flow {
            Flow::OutputOff => libc::TCOOFF,
            Flow::OutputOn => libc::TCOON,
            Flow::InputOff => libc::TCIOFF,
            Flow::InputOn => libc::TCION,
        };
        self.ask(self.ioctl(IoctlName::Tcxonc, flow)).map(drop)
    }

    fn look(&mut self, look: &Look) -> Result<Seen, StageError> {
        let descriptor = self.descriptor;
        let mut requests = vec![Request::TakeSignals { milliseconds: 0 }];
        if look.readable || look.writable {
            requests.push(Request::Poll { descriptor, events: libc::POLLIN | libc::POLLOUT, milliseconds: 0 });
        }
        if look.unread {
            requests.push(self.ioctl(IoctlName::Fionread, 0));
        }
        requests.extend((0..look.reads).map(|_| self.reading(look.most)));
        let Reply::Each(replies) = self.ask(Request::Each(requests.clone()))? else {
            return Err(unexpected(&Reply::Done));
        };
        let mut seen = Seen::default();
        for (request, reply) in requests.iter().zip(replies) {
            match (request, reply) {
                (_, Reply::Signals(signals)) => seen.signals = known(&signals)?,
                (Request::Poll { .. }, Reply::Number(ready)) => {
                    let says = |event: i16| ready as i16 & event != 0;
                    seen.readable = look.readable.then(|| says(libc::POLLIN));
                    seen.writable = look.writable.then(|| says(libc::POLLOUT));
                }
                (_, Reply::Number(count)) => seen.unread = Some(count as i32),
                (_, reply) if seen.reads.last() != Some(&Read::WouldBlock) => {
                    seen.reads.push(read(reply)?);
                }
                // After a read that would block the others would as well.
                _ => {}
            }
        }
        Ok(seen)
    }

    fn read(&mut self, most: usize) -> Result<Read, StageError> {
        let reply = self.probe.attempt(&self.reading(most))?;
        read(reply.unwrap_or_else(Reply::Failed))
    }
}

fn read(reply: Reply) -> Result<Read, StageError> {
    match reply {
        Reply::Read(bytes) => Ok(Read::Bytes(bytes.0)),
        Reply::Failed(Errno(libc::EAGAIN)) => Ok(Read::WouldBlock),
        Reply::Failed(errno) => Err(StageError::call("reading the slave")(errno)),
        other => Err(unexpected(&other)),
    }
}

fn known(signals: &[ptyproof_probe::Signal]) -> Result<Vec<Signal>, StageError> {
    let one = |signal: &ptyproof_probe::Signal| {
        let mut expected = SIGNALS.iter();
        expected
            .find(|(known, _)| known == signal)
            .map(|(_, meant)| *meant)
            .ok_or(StageError::StraySignal { signal: *signal })
    };
    let mut all = signals.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    all.sort_unstable();
    Ok(all)
}

fn unexpected(reply: &Reply) -> StageError {
    StageError::Probe(ProbeError::Protocol(format!("{reply:?}")))
}
