//! What is done to a terminal, step by step, and what is looked at.

use crate::change::Change;
use ntty::{Flow, Queue, Side, Size};

/// What is done to a new terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// How its settings differ from the kernel's default when it begins.
    pub termios: Change,
    /// One after another; the terminal is quiet before each.
    pub steps: Vec<Step>,
}

/// One thing that is done, and what is looked at afterwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What is done; nothing where the step only looks.
    pub action: Option<Action>,
    /// What is looked at, once the terminal is quiet.
    pub look: Look,
}

/// One thing that can be done to a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each says above what its fields are")]
pub enum Action {
    /// One write(2) to the master.
    Type(Vec<u8>),
    /// One non-blocking write(2) of the program to the slave.
    Write(Vec<u8>),
    /// tcsetattr(3): how the new settings differ from those of the moment, when they take effect, and through which end.
    Set { change: Change, when: ntty::Action, on: Side },
    /// tcflush(3): what is discarded, and through which end.
    Flush { queue: Queue, on: Side },
    /// tcflow(3): what is stopped or goes on, and through which end.
    Flow { flow: Flow, on: Side },
    /// TIOCPKT of the master. ioctl_tty(2).
    PacketMode(bool),
    /// TIOCSWINSZ of the master. ioctl_tty(2).
    Resize(Size),
}

/// What is looked at after an action, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether the master does not read: what has reached it stays there. Where it does read, it reads everything,
    /// before all else is looked at. The signals that were sent are looked at always.
    pub hold: bool,
    /// Whether poll(2) says that the slave can be read.
    pub readable: bool,
    /// Whether poll(2) says that the slave can be written.
    pub writable: bool,
    /// How much FIONREAD says that can be read from the slave.
    pub unread: bool,
    /// How many times the slave is read. The first read that would block is the last.
    pub reads: usize,
    /// At most so many bytes in each read.
    pub most: usize,
}

/// What a read asks for where nothing else is said: more than a terminal keeps.
pub const MOST: usize = 4096;

impl Default for Look {
    fn default() -> Self {
        Self { hold: false, readable: false, writable: false, unread: false, reads: 0, most: MOST }
    }
}
