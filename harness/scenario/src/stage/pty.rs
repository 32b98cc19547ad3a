//! A pty of the kernel, whoever is the program at its slave.

use super::{Model, Seen, Stage, StageError, calls, program::Program, settle::Canary};
use crate::scenario::{Action, Look};
use crate::{change::Change, pattern::Pattern};
use nix::{errno::Errno as SysErrno, poll::PollFlags};
use ntty::{Read, Side, Signal, Size, Termios};
use ptyproof_harness::deadline::Deadline;
use ptyproof_harness::terminal::{set_packet_mode, set_size, unread};
use ptyproof_probe::{Errno, IoctlName};
use std::{os::fd::AsFd, rc::Rc, time::Duration};

/// Both ends of a pty: this process types and reads at the master, a program sits at the slave.
pub(super) struct Pty<M, P> {
    /// It is non-blocking.
    pub(super) master: M,
    pub(super) program: P,
    canary: Rc<Canary>,
    termios: Termios,
    pub(super) packet_mode: bool,
    typed: usize,
    buffer: Vec<u8>,
    foresight: Option<Model>,
}

/// What has arrived of a step so far.
#[derive(Default)]
struct Arrived {
    bytes: Vec<u8>,
    status: Vec<u8>,
    signals: Vec<Signal>,
}

impl Arrived {
    fn add_signals(&mut self, signals: &[Signal]) {
        self.signals.extend(signals);
        self.signals.sort();
        self.signals.dedup();
    }
}

/// How long what the model foresees may take to come, on a machine that has other things to do.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// With less typed than this, the line discipline has room for all of it, also where each byte becomes three.
const ROOM: usize = 4096 / 3 - 1;

/// What the master reads at once: more than it can have at once.
const BUFFER: usize = 16 * 1024;

impl<M: AsFd, P: Program> Pty<M, P> {
    /// A new pty, or one that is as good as new.
    pub(super) fn new(master: M, program: P, canary: Rc<Canary>) -> Self {
        Self {
            master,
            program,
            canary,
            termios: Termios::default(),
            packet_mode: false,
            typed: 0,
            buffer: vec![0; BUFFER],
            foresight: None,
        }
    }

    /// Sets how the settings differ from the default; to be called while they do not.
    pub(super) fn begin(&mut self, change: &Change) -> Result<(), StageError> {
        self.typed = 0;
        self.foresight.insert(Model::new()).begin(change)?;
        self.termios = change.of(&Termios::default());
        if change.is_empty() {
            return Ok(());
        }
        self.program.set_termios(ntty::Action::Now, &self.termios)
    }

    /// Does something, waits until the terminal is quiet, and looks.
    pub(super) fn perform(&mut self, action: Option<&Action>, look: &Look) -> Result<Seen, StageError> {
        let foreseen = self.foresee(action, look);
        let taken = match action {
            Some(action) => self.act(action)?,
            None => None,
        };
        self.settle_what_waits()?;
        let mut arrived = Arrived::default();
        self.take_into(&mut arrived, look)?;
        if let Some(foreseen) = &foreseen {
            self.await_what_is_foreseen(foreseen, &mut arrived, look)?;
        }
        let seen = if self.typed > ROOM && look.reads > 0 {
            let foreseen = foreseen.map_or(Vec::new(), |foreseen| foreseen.reads);
            self.look_with_care(look, &foreseen)?
        } else {
            self.program.look(look)?
        };
        arrived.add_signals(&seen.signals);
        Ok(Seen {
            taken,
            echo: Pattern::certain(arrived.bytes),
            status: arrived.status,
            signals: arrived.signals,
            ..seen
        })
    }

    /// What the model says of a step. It knows nothing of a kernel that does something else, so from the first
    /// difference on there is no foresight.
    fn foresee(&mut self, action: Option<&Action>, look: &Look) -> Option<Seen> {
        let look = Look { unread: true, writable: true, ..look.clone() };
        self.foresight.as_mut().map(|model| model.foresee(action, &look))
    }

    fn writable(&self) -> Result<bool, StageError> {
        Ok(calls::ready(self.program.terminal())?.contains(PollFlags::POLLOUT))
    }

    fn unread(&self) -> Result<i32, StageError> {
        unread(self.program.terminal()).map_err(StageError::ioctl(IoctlName::Fionread))
    }

    /// Takes what has reached the master, unless that is to stay there.
    fn take_into(&mut self, arrived: &mut Arrived, look: &Look) -> Result<(), StageError> {
        if look.hold {
            return self.canary.settle(self.master.as_fd());
        }
        let (bytes, status) = self.drain()?;
        arrived.bytes.extend(bytes);
        arrived.status.extend(status);
        Ok(())
    }

    /// The canary's word is good, but no proof where the worker is interrupted between two pieces of what was
    /// typed. So what the model foresees is waited for; what comes instead is what counts.
    fn await_what_is_foreseen(
        &mut self,
        foreseen: &Seen,
        arrived: &mut Arrived,
        look: &Look,
    ) -> Result<(), StageError> {
        let deadline = Deadline::after(PATIENCE);
        loop {
            let mut as_foreseen = foreseen.echo.fits(&arrived.bytes)
                && foreseen.status == arrived.status
                && foreseen.unread == Some(self.unread()?)
                && foreseen.writable == Some(self.writable()?);
            if as_foreseen && !foreseen.signals.is_empty() {
                arrived.add_signals(&self.program.look(&Look::default())?.signals);
                as_foreseen = foreseen.signals == arrived.signals;
            }
            if as_foreseen {
                return Ok(());
            }
            if deadline.is_over() {
                self.foresight = None;
                return Ok(());
            }
            self.settle()?;
            let soon = Deadline::after(Duration::from_millis(1));
            soon.wait_for(&self.master, PollFlags::POLLIN).map_err(StageError::call("poll of the master"))?;
            self.take_into(arrived, look)?;
        }
    }

    /// Each read may let in what had no room.
    fn look_with_care(&mut self, look: &Look, foreseen: &[Read]) -> Result<Seen, StageError> {
        let (reads, most) = (look.reads, look.most);
        let mut seen = self.program.look(&Look { reads: 0, ..look.clone() })?;
        while seen.reads.len() < reads && seen.reads.last() != Some(&Read::WouldBlock) {
            if let Some(Read::Bytes(bytes)) = foreseen.get(seen.reads.len()) {
                self.await_unread(bytes.len())?;
            }
            seen.reads.push(self.program.read(most)?);
            self.settle_what_waits()?;
        }
        Ok(seen)
    }

    /// Waits until so many bytes can be read, which the model foresees.
    fn await_unread(&mut self, bytes: usize) -> Result<(), StageError> {
        let deadline = Deadline::after(PATIENCE);
        while self.foresight.is_some() && (self.unread()? as isize) < bytes as isize {
            if deadline.is_over() {
                self.foresight = None;
            }
            self.settle()?;
        }
        Ok(())
    }

    fn act(&mut self, action: &Action) -> Result<Option<usize>, StageError> {
        match action {
            Action::Type(bytes) => {
                let taken = calls::write(&self.master, bytes)?;
                self.typed += taken;
                self.settle()?;
                return Ok(Some(taken));
            }
            Action::Write(bytes) => return self.program.write(bytes).map(Some),
            Action::Set { change, when, on } => {
                self.termios = change.of(&self.termios);
                match on {
                    Side::Slave => self.program.set_termios(*when, &self.termios)?,
                    Side::Master => calls::set_termios(&self.master, *when, &self.termios)?,
                }
            }
            Action::Flush { queue, on } => match on {
                Side::Slave => self.program.flush(*queue)?,
                Side::Master => calls::flush(&self.master, *queue)?,
            },
            Action::Flow { flow, on } => match on {
                Side::Slave => self.program.flow(*flow)?,
                Side::Master => {
                    calls::flow(&self.master, *flow)?;
                    // The master sends a stop or start character, as if it were typed.
                    self.settle()?;
                }
            },
            Action::PacketMode(on) => self.set_packet_mode(*on)?,
            Action::Resize(size) => self.resize(*size)?,
        }
        Ok(None)
    }

    pub(super) fn settle(&self) -> Result<(), StageError> {
        self.canary.settle(self.program.terminal())
    }

    /// What did not fit into the line discipline follows when something else makes room.
    fn settle_what_waits(&self) -> Result<(), StageError> {
        if self.typed > ROOM {
            self.settle()?;
        }
        Ok(())
    }

    pub(super) fn set_packet_mode(&mut self, on: bool) -> Result<(), StageError> {
        set_packet_mode(&self.master, on).map_err(StageError::ioctl(IoctlName::Tiocpkt))?;
        self.packet_mode = on;
        Ok(())
    }

    pub(super) fn resize(&self, size: Size) -> Result<(), StageError> {
        let size = ptyproof_probe::Size {
            rows: size.rows,
            columns: size.columns,
            x_pixels: size.width_pixels,
            y_pixels: size.height_pixels,
        };
        set_size(&self.master, size).map_err(StageError::ioctl(IoctlName::Tiocswinsz))
    }

    /// Everything that the master can read, and the statuses of packet mode: a read that finds nothing has waited
    /// for the worker.
    pub(super) fn drain(&mut self) -> Result<(Vec<u8>, Vec<u8>), StageError> {
        let (mut bytes, mut status) = (Vec::new(), Vec::new());
        loop {
            match nix::unistd::read(&self.master, &mut self.buffer) {
                Ok(count) if !self.packet_mode => bytes.extend(&self.buffer[..count]),
                Ok(count) => match self.buffer[..count] {
                    [0, ref data @ ..] => bytes.extend(data),
                    [one] => status.push(one),
                    _ => {
                        let errno = Errno(nix::libc::EPROTO);
                        let what = "reading the master in packet mode";
                        return Err(StageError::Call { what, errno });
                    }
                },
                Err(SysErrno::EAGAIN) => return Ok((bytes, status)),
                Err(errno) => return Err(StageError::call("reading the master")(errno)),
            }
        }
    }
}
