//! A session on a terminal, as a terminal emulator and a shell make one.

use crate::prelude::*;

/// What a terminal, or the end of a process on it, may send.
pub const TERMINAL_SIGNALS: &[Signal] =
    &[Signal::HUP, Signal::INT, Signal::QUIT, Signal::CONT, Signal::TSTP, Signal::TTIN, Signal::TTOU, Signal::WINCH];

/// A terminal emulator and the leader of the session on its terminal.
pub struct Login {
    /// Has the only descriptor of the master. It is in a session of its own, without a terminal.
    pub emulator: Actor,
    /// Leads the session whose controlling terminal the slave is: the emulator's child, like a shell.
    pub leader: Actor,
    /// The master, in the emulator.
    pub master: i32,
    /// The slave, in the leader and its children.
    pub slave: i32,
}

impl Login {
    /// A new pty, and a new session on it.
    pub fn begin(t: &Trial) -> Result<Self, Stop> {
        let (mut emulator, pty) = t.actor_with_pty(0)?;
        let mut leader = emulator.fork(ChildGroup::OwnSession)?;
        leader.close(pty.master)?;
        leader.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
        emulator.close(pty.slave)?;
        Ok(Self { emulator, leader, master: pty.master, slave: pty.slave })
    }

    /// Gives the terminal to a process group. The leader ignores SIGTTOU from now on, as every shell does, to be able
    /// to take the terminal back.
    pub fn bring_forward(&mut self, group: i32) -> Result<(), ProbeError> {
        self.leader.ignore(&[Signal::TTOU])?;
        self.leader.set_foreground(self.slave, group)
    }

    /// A child of the leader in a process group of its own that has the terminal.
    pub fn foreground_job(&mut self) -> Result<Actor, ProbeError> {
        let job = self.leader.fork(ChildGroup::Own)?;
        self.bring_forward(job.pid())?;
        Ok(job)
    }

    /// A child of the leader in the process group of another child.
    pub fn mate_of(&mut self, job: &Actor) -> Result<Actor, ProbeError> {
        let mate = self.leader.fork(ChildGroup::Own)?;
        self.leader.set_group(mate.pid(), job.pid())?;
        Ok(mate)
    }

    /// A process in a background group that nobody of the session could continue, because its parent has ended:
    /// an orphaned process group. setpgid(2)
    pub fn orphan(&mut self) -> Result<Actor, ProbeError> {
        let mut parent = self.leader.fork(ChildGroup::Own)?;
        let orphan = parent.fork(ChildGroup::Own)?;
        parent.end(Ending::Exit(0))?;
        self.leader.wait_for_end(parent.pid())?;
        Ok(orphan)
    }

    /// Types, and waits for the whole echo. By then the terminal has done with the keys, and sent what signals they
    /// send.
    pub fn types(&mut self, keys: &[u8], echo: &[u8]) -> Result<Vec<u8>, ProbeError> {
        self.emulator.write(self.master, keys)?;
        self.emulator.read_count(self.master, echo.len())
    }
}

/// The device number of a process's controlling terminal, or why `/dev/tty` cannot be opened.
pub fn controlling_terminal(actor: &mut Actor) -> Result<Result<i64, Errno>, ProbeError> {
    Ok(match actor.try_open("/dev/tty", O_RDWR | O_NOCTTY)? {
        Ok(tty) => {
            let device = device(actor, tty.descriptor)?;
            actor.close(tty.descriptor)?;
            Ok(device)
        }
        Err(errno) => Err(errno),
    })
}

/// Whether a process's controlling terminal is the one that it has open as `slave`.
pub fn has_terminal(t: &Trial, who: &str, actor: &mut Actor, slave: i32) -> Judgement {
    let slave = device(actor, slave)?;
    t.equal(&format!("{who}'s terminal"), controlling_terminal(actor)?, Ok(slave))
}

/// Whether a process has no controlling terminal.
pub fn has_no_terminal(t: &Trial, who: &str, actor: &mut Actor) -> Judgement {
    t.equal(&format!("{who}'s terminal"), controlling_terminal(actor)?, Err(Errno::ENXIO))
}

/// Whether a process leads the session of a terminal, and its group is in the foreground, as the terminal tells it.
pub fn leads_session_on(t: &Trial, leader: &mut Actor, slave: i32) -> Judgement {
    t.equal("session of the terminal", leader.try_ioctl(slave, IoctlName::Tiocgsid, 0)?, Ok(i64::from(leader.pid())))?;
    has_foreground(t, leader, slave, leader.pid())
}

/// Whether a process group has a terminal, as the terminal tells a process that has it open.
pub fn has_foreground(t: &Trial, actor: &mut Actor, terminal: i32, group: i32) -> Judgement {
    t.equal("foreground process group", actor.try_ioctl(terminal, IoctlName::Tiocgpgrp, 0)?, Ok(i64::from(group)))
}

/// The device number of an open terminal.
pub fn device(actor: &mut Actor, terminal: i32) -> Result<i64, ProbeError> {
    actor.ioctl(terminal, IoctlName::Tiocgdev, 0)
}

/// From now on the process has no capability of the initial user namespace, which is what the kernel asks for before
/// it takes a terminal away from others. Root of another user namespace has none from the start. capabilities(7)
pub fn renounce_privilege(t: &Trial, actor: &mut Actor) -> Result<(), ProbeError> {
    if t.machine().root {
        actor.become_user(1000, 1000)?;
    }
    Ok(())
}
