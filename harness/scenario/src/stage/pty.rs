//! A pty of the kernel, whoever is the program at its slave.

use super::program::{Program, flow, flush, set_termios, write};
use super::settle::Canary;
use super::{Seen, StageError};
use crate::modes::Change;
use crate::pattern::Pattern;
use crate::scenario::{Action, Look};
use nix::errno::Errno as SysErrno;
use ntty::{Read, Side, Size, Termios};
use ptyproof_harness::terminal::{Master, set_packet_mode, set_size};
use ptyproof_probe::Errno;
use std::os::fd::AsFd;
use std::rc::Rc;

/// Both ends of a pty: this process types and reads at the master, a program sits at the slave.
pub(super) struct Pty<P> {
    master: Master,
    program: P,
    canary: Rc<Canary>,
    termios: Termios,
    packet_mode: bool,
    typed: usize,
    buffer: Vec<u8>,
}

/// With less typed than this, the line discipline has room for all of it, also where each byte becomes three.
const ROOM: usize = 4096 / 3 - 1;

/// What the master reads at once: more than it can have at once.
const BUFFER: usize = 16 * 1024;

impl<P: Program> Pty<P> {
    pub(super) fn new(master: Master, program: P, canary: Rc<Canary>) -> Self {
        Self {
            master,
            program,
            canary,
            termios: Termios::default(),
            packet_mode: false,
            typed: 0,
            buffer: vec![0; BUFFER],
        }
    }

    /// Sets how the settings of a new terminal differ from the default.
    pub(super) fn set(&mut self, change: &Change) -> Result<(), StageError> {
        self.termios = change.of(&self.termios);
        if change.is_empty() {
            return Ok(());
        }
        self.program.set_termios(ntty::Action::Now, &self.termios)
    }

    fn act(&mut self, action: &Action) -> Result<Option<usize>, StageError> {
        match action {
            Action::Type(bytes) => {
                let taken =
                    write(self.master.as_fd(), bytes).map_err(StageError::call("typing"))?;
                self.typed += taken;
                self.settle()?;
                return Ok(Some(taken));
            }
            Action::Write(bytes) => return self.program.write(bytes).map(Some),
            Action::Set { change, when, on } => {
                self.termios = change.of(&self.termios);
                match on {
                    Side::Slave => self.program.set_termios(*when, &self.termios)?,
                    Side::Master => set_termios(self.master.as_fd(), *when, &self.termios)?,
                }
            }
            Action::Flush { queue, on } => match on {
                Side::Slave => self.program.flush(*queue)?,
                Side::Master => flush(self.master.as_fd(), *queue)?,
            },
            Action::Flow { flow: action, on } => match on {
                Side::Slave => self.program.flow(*action)?,
                Side::Master => {
                    flow(self.master.as_fd(), *action)?;
                    // The master sends a stop or start character, as if it were typed.
                    self.settle()?;
                }
            },
            Action::PacketMode(on) => self.set_packet_mode(*on)?,
            Action::Resize(size) => self.resize(*size)?,
        }
        Ok(None)
    }

    fn settle(&self) -> Result<(), StageError> {
        self.canary.settle(self.program.terminal())
    }

    /// What did not fit into the line discipline follows when something else makes room.
    fn settle_what_waits(&self) -> Result<(), StageError> {
        if self.typed > ROOM {
            self.settle()?;
        }
        Ok(())
    }

    fn set_packet_mode(&mut self, on: bool) -> Result<(), StageError> {
        self.packet_mode = on;
        set_packet_mode(&self.master, on).map_err(StageError::call("TIOCPKT"))
    }

    fn resize(&self, size: Size) -> Result<(), StageError> {
        let size = ptyproof_probe::Size {
            rows: size.rows,
            columns: size.columns,
            x_pixels: size.width_pixels,
            y_pixels: size.height_pixels,
        };
        set_size(&self.master, size).map_err(StageError::call("TIOCSWINSZ"))
    }

    /// Everything that the master can read: a read that finds nothing has waited for the worker.
    fn drain(&mut self) -> Result<(Vec<u8>, Vec<u8>), StageError> {
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

    /// Does something, waits until the terminal is quiet, and looks.
    pub(super) fn perform(
        &mut self,
        action: Option<&Action>,
        look: &Look,
    ) -> Result<Seen, StageError> {
        let taken = match action {
            Some(action) => self.act(action)?,
            None => None,
        };
        self.settle_what_waits()?;
        let (bytes, status) = self.drain()?;
        let mut seen = Seen {
            taken,
            echo: Pattern::certain(bytes),
            status,
            signals: self.program.take_signals()?,
            ..Seen::default()
        };
        if look.readable || look.writable {
            let (readable, writable) = self.program.ready()?;
            seen.readable = look.readable.then_some(readable);
            seen.writable = look.writable.then_some(writable);
        }
        if look.unread {
            seen.unread = Some(self.program.unread()?);
        }
        for _ in 0..look.reads {
            seen.reads.push(self.program.read(look.most)?);
            if seen.reads.last() == Some(&Read::WouldBlock) {
                break;
            }
            self.settle_what_waits()?;
        }
        Ok(seen)
    }
}
