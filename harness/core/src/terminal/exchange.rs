//! Both directions of a terminal at once, and its settings as an event.

use super::dialogue::{Terminal, TerminalError, refused};
use super::ioctl;
use crate::deadline::Deadline;
use nix::libc::{ICANON, IXON};
use nix::poll::PollFlags;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

impl Terminal {
    /// Types bytes while the next bytes that come are exactly `expected`. What comes is only taken when no more can
    /// be typed, so that whoever is on the other side has to serve both directions. For a master of the harness's
    /// own, which does not block.
    pub fn exchanges(&mut self, typed: &[u8], expected: &[u8]) -> Result<(), TerminalError> {
        let deadline = Deadline::after(self.patience);
        let mut taken = 0;
        let mut received = Vec::with_capacity(expected.len());
        while taken < typed.len() || received.len() < expected.len() {
            let now = Deadline::after(Duration::ZERO);
            if taken < typed.len() && self.is_ready(PollFlags::POLLOUT, now)? {
                let some = self.session.get_stream_mut().write_once(&typed[taken..]);
                taken += some.map_err(refused("typing"))?;
                continue;
            }
            let mut events = PollFlags::POLLIN;
            events.set(PollFlags::POLLOUT, taken < typed.len());
            self.is_ready(events, deadline)?;
            let (before, more) = (received.len(), self.takes());
            received.extend(more);
            if !expected[before.min(expected.len())..].starts_with(&received[before..]) {
                let expected = expected.to_vec();
                return Err(TerminalError::Other { expected, received });
            }
            if self.hung_up() || deadline.is_over() {
                return Err(self.incomplete(typed, taken, expected, received));
            }
        }
        Ok(())
    }

    fn is_ready(&self, events: PollFlags, deadline: Deadline) -> Result<bool, TerminalError> {
        let ready = self.session.get_stream().wait(events, deadline);
        Ok(ready.map_err(refused("waiting for the master"))?.intersects(events))
    }

    fn incomplete(&self, typed: &[u8], taken: usize, expected: &[u8], received: Vec<u8>) -> TerminalError {
        let (typed, waited) = (typed.len(), self.patience);
        let described = format!("{} bytes", expected.len());
        if self.hung_up() {
            TerminalError::HungUp { expected: described, received }
        } else if taken < typed {
            TerminalError::NotTaken { typed, taken, waited }
        } else {
            TerminalError::TooLittle { expected: described, received, waited }
        }
    }

    /// What is there at the moment: a look, not a wait.
    pub(crate) fn takes(&mut self) -> Vec<u8> {
        self.unmatched()
    }

    /// Whether the last look met no open slave.
    pub(crate) fn hung_up(&self) -> bool {
        self.session.get_stream().hung_up()
    }

    /// Waits until somebody has put the slave into raw mode: no lines, no flow control. Whoever is to do so has ended where
    /// `end` is readable.
    ///
    /// The kernel tells of a change of flow control in packet mode (TIOCPKT, ioctl_tty(2)), so that this sleeps.
    pub fn turns_raw(&mut self, end: Option<BorrowedFd<'_>>) -> Result<(), TerminalError> {
        let (began, deadline) = (Instant::now(), Deadline::after(self.patience));
        loop {
            // Turning packet mode on forgets what was told before; looking afterwards misses nothing.
            ioctl::set_packet_mode(&*self, true).map_err(refused("TIOCPKT"))?;
            let settings = self.termios()?;
            let raw = settings.local & ICANON == 0 && settings.input & IXON == 0;
            let stream = self.session.get_stream();
            let told = if raw { Ok(PollFlags::empty()) } else { stream.wait_unless(end, PollFlags::POLLPRI, deadline) };
            // While it is on, reads bring a status byte first, and nobody expects that.
            ioctl::set_packet_mode(&*self, false).map_err(refused("TIOCPKT"))?;
            let told = told.map_err(refused("waiting for the master"))?;
            if raw {
                self.session.get_stream_mut().remark("raw mode");
                return Ok(());
            }
            if !told.contains(PollFlags::POLLPRI) {
                return Err(TerminalError::TooLittle {
                    expected: "that the terminal is put into raw mode".to_owned(),
                    received: Vec::new(),
                    waited: began.elapsed(),
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::Pair;
    use std::os::fd::{AsFd, OwnedFd};

    #[test]
    fn raw_mode_set_by_another_thread_is_noticed() {
        let Pair { master, slave } = Pair::open().expect("a pty");
        let mut terminal = Terminal::new(master, Duration::from_secs(5)).expect("a session");
        let slave = OwnedFd::from(slave);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut settings = ptyproof_probe::tty::termios(slave.as_fd()).expect("a terminal");
                settings.local &= !ICANON;
                settings.input &= !IXON;
                ioctl::set_termios(slave.as_fd(), &settings).expect("settings");
            });
            terminal.turns_raw(None).expect("the other thread does it");
        });
    }

    #[test]
    fn a_terminal_that_stays_cooked_is_not_called_raw() {
        let Pair { master, slave: _s } = Pair::open().expect("a pty");
        let mut terminal = Terminal::new(master, Duration::from_millis(50)).expect("a session");
        terminal.turns_raw(None).expect_err("nobody changes it");
    }

    #[test]
    fn a_long_paste_and_long_output_pass_each_other() {
        let Pair { master, slave } = Pair::open().expect("a pty");
        let mut terminal = Terminal::new(master, Duration::from_secs(5)).expect("a session");
        let slave = OwnedFd::from(slave);
        let mut settings = ptyproof_probe::tty::termios(&slave).expect("a terminal");
        settings.local = 0;
        ioctl::set_termios(&slave, &settings).expect("settings");
        let many = vec![b'x'; 200_000];
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut file = std::fs::File::from(slave.try_clone().expect("a descriptor"));
                std::io::Write::write_all(&mut file, &many).expect("room");
                let mut taken = vec![0; many.len()];
                std::io::Read::read_exact(&mut file, &mut taken).expect("input");
                assert!(taken == many);
            });
            terminal.exchanges(&many, &many).expect("both directions");
        });
    }
}
