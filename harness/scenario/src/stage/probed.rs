//! A probe as the program, wherever it runs.

use super::program::{Program, action, facts};
use super::{Seen, StageError};
use crate::scenario::Look;
use nix::libc;
use ntty::{Flow, Queue, Read, Signal, Termios};
use ptyproof_harness::{probe::Probe, terminal::Slave};
use ptyproof_probe::{Bytes, Errno, IoctlName, step};
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
        let descriptor = probe.open("/proc/self/fd/0", libc::O_RDWR | libc::O_NOCTTY | libc::O_NONBLOCK)?.descriptor;
        probe.catch(&SIGNALS.map(|(signal, _)| signal))?;
        Ok(Self { probe, descriptor, slave })
    }

    /// Makes the terminal like a new one, but for what waits for the master, its size and the signals.
    pub(super) fn renew(&mut self) -> Result<(), StageError> {
        let usual = Termios::default();
        // With these, turning ICANON on is a change, and it forgets what a line in the making has left behind.
        let raw = Termios { iflag: 0, lflag: 0, ..usual.clone() };
        let before = vec![
            // TCOOFF makes of any stop one that TCOON ends.
            self.ioctl(IoctlName::Tcxonc, libc::TCOOFF).into(),
            self.ioctl(IoctlName::Tcxonc, libc::TCOON).into(),
            self.ioctl(IoctlName::Tcflsh, libc::TCIOFLUSH).into(),
            self.setting(ntty::Action::Flush, &raw).into(),
            self.setting(ntty::Action::Now, &usual).into(),
        ];
        // Echo that is held comes out before this, and then the cursor is in column 0.
        let carriage_return = step::WriteOnce { descriptor: self.descriptor, bytes: Bytes::from(&b"\r"[..]) };
        self.probe.ask(step::InTurn(before, carriage_return))?;
        Ok(())
    }

    fn ioctl(&self, name: IoctlName, argument: i32) -> step::Ioctl {
        step::Ioctl { descriptor: self.descriptor, name, argument: argument.into() }
    }

    fn setting(&self, when: ntty::Action, termios: &Termios) -> step::SetTermios {
        step::SetTermios { descriptor: self.descriptor, action: action(when), termios: facts(termios) }
    }
}

impl Program for Probed<'_> {
    fn terminal(&self) -> BorrowedFd<'_> {
        self.slave.as_fd()
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, StageError> {
        match self.probe.try_write(self.descriptor, bytes)? {
            Ok(taken) => Ok(usize::try_from(taken).unwrap_or(0)),
            Err(Errno::EAGAIN) => Ok(0),
            Err(errno) => Err(StageError::call("write")(errno)),
        }
    }

    fn set_termios(&mut self, when: ntty::Action, termios: &Termios) -> Result<(), StageError> {
        Ok(self.probe.ask(self.setting(when, termios))?)
    }

    fn flush(&mut self, queue: Queue) -> Result<(), StageError> {
        let queue = match queue {
            Queue::Input => libc::TCIFLUSH,
            Queue::Output => libc::TCOFLUSH,
            Queue::Both => libc::TCIOFLUSH,
        };
        self.probe.ioctl(self.descriptor, IoctlName::Tcflsh, queue.into())?;
        Ok(())
    }

    fn flow(&mut self, flow: Flow) -> Result<(), StageError> {
        let flow = match flow {
            Flow::OutputOff => libc::TCOOFF,
            Flow::OutputOn => libc::TCOON,
            Flow::InputOff => libc::TCIOFF,
            Flow::InputOn => libc::TCION,
        };
        self.probe.ioctl(self.descriptor, IoctlName::Tcxonc, flow.into())?;
        Ok(())
    }

    fn look(&mut self, look: &Look) -> Result<Seen, StageError> {
        let found = self.probe.ask(step::LookAtTerminal {
            descriptor: self.descriptor,
            poll: look.readable || look.writable,
            unread: look.unread,
            reads: look.reads,
            most: look.most,
        })?;
        let says = |event: i16| found.events.map(|events| events & event != 0);
        let mut seen = Seen {
            signals: known(&found.signals)?,
            readable: says(libc::POLLIN).filter(|_| look.readable),
            writable: says(libc::POLLOUT).filter(|_| look.writable),
            unread: found.unread.map(|count| count as i32),
            ..Seen::default()
        };
        for got in found.reads {
            seen.reads.push(read(got.map(|bytes| bytes.0))?);
            // After a read that would block the others would as well.
            if seen.reads.last() == Some(&Read::WouldBlock) {
                break;
            }
        }
        Ok(seen)
    }

    fn read(&mut self, most: usize) -> Result<Read, StageError> {
        read(self.probe.try_read_most(self.descriptor, most)?)
    }
}

fn read(got: Result<Vec<u8>, Errno>) -> Result<Read, StageError> {
    match got {
        Ok(bytes) => Ok(Read::Bytes(bytes)),
        Err(Errno::EAGAIN) => Ok(Read::WouldBlock),
        Err(errno) => Err(StageError::call("reading the slave")(errno)),
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
