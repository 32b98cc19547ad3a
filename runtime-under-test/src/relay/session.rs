use super::output::{Output, Pumped};
use super::signals::{Asked, Signals};
use super::{RelayError, hangup::HungUp, input::Input, stream};
use crate::{steps::Steps, syscall::process::PidFd, terminal::raw_mode::RawMode};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{getpgrp, isatty, tcgetpgrp};
use nix::{errno::Errno, sys::signal::Signal};
use std::os::fd::{AsFd, OwnedFd};

/// How long a container may take to end after its terminal was hung up because the caller's output broke.
const LAST_WORDS: u16 = 2000; // milliseconds

/// At the end at most this much is still fetched. The kernel holds less than that of a pty's output, so more can only be
/// a background process that goes on writing, and that must not delay the exit.
const TAIL: usize = 128 * 1024;

/// So many turns of reading and writing are made before signals, input and the end of the process are looked at again: well
/// below a millisecond.
const TURNS: usize = 16;

/// One foreground process and its terminal.
#[derive(Debug)]
pub struct Session<'a> {
    steps: &'a Steps,
    process: &'a PidFd,
    signals: &'a Signals,
    master: OwnedFd,
    hung_up: Option<HungUp>,
    raw: Option<RawMode>,
    input: Input,
    output: Output,
    stdin_is_terminal: bool,
}

impl<'a> Session<'a> {
    /// Is to relay `master`.
    pub fn new(steps: &'a Steps, process: &'a PidFd, signals: &'a Signals, master: OwnedFd) -> Session<'a> {
        Session {
            steps,
            process,
            signals,
            master,
            hung_up: None,
            raw: None,
            input: Input::new(),
            output: Output::to_stdout(),
            stdin_is_terminal: false,
        }
    }

    /// Relays until the process is gone and everything it wrote has been handed to the caller. Where that cannot be, nobody
    /// attends the container: it ends.
    pub fn run(mut self) -> Result<(), RelayError> {
        let outcome = self.relay();
        if outcome.is_err() {
            self.hang_up();
        }
        outcome
    }

    fn relay(&mut self) -> Result<(), RelayError> {
        self.stdin_is_terminal = match isatty(stream(0)) {
            Err(Errno::EIO) => return Err(RelayError::Raw(Errno::EIO)), // one that was hung up
            answer => answer.unwrap_or(false),
        };
        // The master is ours alone: the flag disturbs nobody.
        fcntl(&self.master, FcntlArg::F_SETFL(OFlag::O_RDWR | OFlag::O_NONBLOCK)).map_err(RelayError::Master)?;
        self.follow_foreground()?;
        loop {
            let ready = self.wait()?;
            if ready.ended {
                return self.drain();
            }
            if ready.signal {
                self.handle_signals()?;
            }
            if ready.input {
                self.input.fill();
                if self.input.has_ended() {
                    (self.steps.end_input)(&mut self.master);
                }
            }
            if ready.input || ready.master {
                self.input.flush(self.master.as_fd(), self.steps.write_input);
            }
            if ready.hang_up && !self.output.has_room() {
                self.input.discard(); // a hung-up terminal is never writable: waiting for that would spin
            }
            if ready.master {
                self.pass_on()?;
            }
            self.flush_output()?;
        }
    }

    /// Reads and writes by turns, without asking in between what else there is to do. While the caller takes its time, what
    /// there is room for is read all the same.
    fn pass_on(&mut self) -> Result<(), RelayError> {
        for _ in 0..TURNS {
            if !self.output.has_room() || self.read_master()? != Pumped::Some {
                break;
            }
            self.flush_output()?;
        }
        Ok(())
    }

    fn flush_output(&mut self) -> Result<(), RelayError> {
        self.output.flush().or_else(|errno| {
            self.output.discard();
            (self.steps.break_output)(errno)
        })
    }

    fn read_master(&mut self) -> Result<Pumped, RelayError> {
        match &self.hung_up {
            Some(hung_up) if !hung_up.is_over() => return Ok(Pumped::HungUp),
            _ => self.hung_up = None,
        }
        let pumped = self.output.fill(self.master.as_fd(), self.steps.read_output);
        if pumped == Pumped::HungUp {
            self.input.discard(); // nobody to type to
            let hung_up = (self.steps.hang_up)(self.master.as_fd())?;
            if !hung_up.is_over() {
                self.hung_up = Some(hung_up);
            }
        }
        Ok(pumped)
    }

    /// Waits until something can be done.
    fn wait(&self) -> Result<Ready, RelayError> {
        let mut master = PollFlags::empty();
        master.set(PollFlags::POLLIN, self.output.has_room());
        master.set(PollFlags::POLLOUT, !self.input.is_empty());
        let mut set = Vec::with_capacity(5);
        set.extend([
            PollFd::new(self.process.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
        ]);
        // Only what is wanted is in the set: poll(2) reports a hang-up even of what nobody waits for.
        let mut add = |wanted: bool, fd, flags| {
            wanted.then(|| {
                set.push(PollFd::new(fd, flags));
                set.len() - 1
            })
        };
        let input = add(self.input.wants_more() && self.may_read(), stream(0), PollFlags::POLLIN);
        add(!self.output.is_empty(), self.output.fd(), PollFlags::POLLOUT);
        let terminal = match &self.hung_up {
            Some(hung_up) => add(self.output.has_room(), hung_up.as_fd(), PollFlags::POLLIN),
            None => add(!master.is_empty(), self.master.as_fd(), master),
        };
        match poll(&mut set, PollTimeout::NONE) {
            Ok(_) => {}
            Err(Errno::EINTR) => return Ok(Ready::default()),
            Err(errno) => return Err(RelayError::Master(errno)),
        }
        let events = |index: usize| set[index].revents().unwrap_or(PollFlags::empty());
        let happened = |index| !events(index).is_empty();
        Ok(Ready {
            ended: happened(0),
            signal: happened(1),
            input: input.is_some_and(happened),
            master: terminal.is_some_and(happened),
            hang_up: terminal.is_some_and(|index| events(index).contains(PollFlags::POLLHUP)),
        })
    }

    fn handle_signals(&mut self) -> Result<(), RelayError> {
        while let Some(asked) = self.signals.next() {
            match asked {
                Asked::Resize => (self.steps.copy_size)(&self.master),
                Asked::Continued => {
                    match self.follow_foreground() {
                        Err(RelayError::Raw(Errno::EIO)) => {} // a hang-up continues who is stopped, and SIGHUP tells of it
                        followed => followed?,
                    }
                    (self.steps.forward)(self.process, Signal::SIGCONT as i32);
                }
                Asked::Forward(number) => (self.steps.forward)(self.process, number),
            }
        }
        Ok(())
    }

    /// Raw mode is for the foreground only: a background job that touched its terminal would disturb, or be stopped by,
    /// the one in front. With `fg` comes SIGCONT, and with that we look again.
    fn follow_foreground(&mut self) -> Result<(), RelayError> {
        self.raw = None; // what a shell set meanwhile is what to restore in the end
        if self.stdin_is_terminal && in_foreground() {
            self.raw = Some((self.steps.enter_raw)().map_err(RelayError::Raw)?);
        }
        Ok(())
    }

    fn may_read(&self) -> bool {
        !self.stdin_is_terminal || self.raw.is_some()
    }

    /// Fetches and hands on what the process left in its terminal, without waiting for more.
    fn drain(&mut self) -> Result<(), RelayError> {
        let mut fetched = 0;
        loop {
            self.deliver()?;
            let pumped = self.output.fill(self.master.as_fd(), self.steps.read_tail);
            fetched += self.output.len();
            if pumped != Pumped::Some || fetched > TAIL {
                return self.deliver();
            }
        }
    }

    /// Waits until the caller has taken all output, or a signal says that there is no point any more.
    fn deliver(&mut self) -> Result<(), RelayError> {
        loop {
            self.flush_output()?;
            if self.output.is_empty() {
                return Ok(());
            }
            if !(self.steps.awaits_reader)() {
                self.output.discard();
                return Ok(());
            }
            let mut set = [
                PollFd::new(self.output.fd(), PollFlags::POLLOUT),
                PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut set, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(errno) => return Err(RelayError::Master(errno)),
            }
            while let Some(asked) = self.signals.next() {
                if let Asked::Forward(_) = asked {
                    self.output.discard();
                }
            }
        }
    }

    /// Nobody attends the terminal any more: hangs up the terminal and makes sure that no container stays behind.
    fn hang_up(self) {
        let Session { steps, process, signals, master, .. } = self;
        drop(master); // the session leader gets SIGHUP, every read and write of the terminal ends
        let _ = process.send(Signal::SIGHUP as i32);
        let ended = |timeout: PollTimeout| {
            let mut set = [PollFd::new(process.as_fd(), PollFlags::POLLIN)];
            poll(&mut set, timeout) == Ok(1)
        };
        if !ended(PollTimeout::from(LAST_WORDS)) {
            process.kill();
            ended(PollTimeout::NONE);
        }
        signals.forward_all(steps, process);
    }
}

/// What [`Session::wait`] found.
#[derive(Clone, Copy, Debug, Default)]
struct Ready {
    ended: bool,
    signal: bool,
    input: bool,
    master: bool,
    hang_up: bool,
}

/// Whether ptyrun is in the foreground of its terminal. On a terminal that is not its controlling one there is no such
/// thing, and nothing to stop it.
fn in_foreground() -> bool {
    tcgetpgrp(stream(0)).map_or(true, |group| group == getpgrp())
}
