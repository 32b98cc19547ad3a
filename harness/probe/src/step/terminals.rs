//! Terminals: their settings, their size, who owns them, and new ones.

use crate::answer::{New, falsify_either};
use crate::asking::{steps, values};
use crate::ioctl::{self, IoctlName};
use crate::step::files::{Opened, Poll, Read, access, opened};
use crate::tty::{self, Speeds, TermiosAction};
use crate::values::{Bytes, Errno, Signal, Size, TermiosFacts};
use crate::{facts::TerminalFacts, falsify::Falsify, performer::borrow, step::signals::TakeSignals};
use nix::libc::{O_CLOEXEC, O_NOCTTY, O_RDWR};
use nix::{fcntl::OFlag, sys::stat::Mode, unistd::Pid};
use serde::{Deserialize, Serialize};
use std::os::fd::{BorrowedFd, IntoRawFd};
use std::path::Path;

/// Where the machine's own instance of devpts is mounted.
const DEV_PTS: &str = "/dev/pts";

steps! {
    /// Steps with terminals.
    Terminals;

    /// What a descriptor says of itself as a terminal.
    Terminal { descriptor: i32 } -> TerminalFacts: terminal | try_terminal,
        "look at the terminal of descriptor {descriptor}" => { terminal_facts(borrow(descriptor)) }

    /// tcgetattr(3).
    GetTermios { descriptor: i32 } -> TermiosFacts: termios | try_termios [|_| IoctlName::Tcgets],
        "tcgetattr of descriptor {descriptor}" => { tty::termios(borrow(descriptor)) }

    /// tcsetattr(3).
    SetTermios { descriptor: i32, action: TermiosAction, termios: TermiosFacts } -> ()
        : set_termios_when | try_set_termios [|_| IoctlName::Tcsets],
        "tcsetattr of descriptor {descriptor}" => { tty::set_termios(borrow(descriptor), action, &termios) }
        also
        /// tcsetattr(3) with `TCSANOW`.
        set_termios | try_set_termios_now(descriptor: i32, termios: TermiosFacts) =
            SetTermios { descriptor, action: TermiosAction::Now, termios };

    /// TCGETS2: the speeds.
    GetSpeeds { descriptor: i32 } -> Speeds: speeds | try_speeds [|_| IoctlName::Tcgets2],
        "look at the speeds of descriptor {descriptor}" => { tty::speeds(borrow(descriptor)) }

    /// TCSETS2 with nothing but the speeds changed.
    SetSpeeds { descriptor: i32, speeds: Speeds } -> (): set_speeds | try_set_speeds [|_| IoctlName::Tcsets2],
        "set the speeds of descriptor {descriptor}" => { tty::set_speeds(borrow(descriptor), speeds) }

    /// TIOCGLCKTRMIOS: bits are set where settings are locked.
    LockedSettings { descriptor: i32 } -> TermiosFacts: locked_settings | try_locked_settings,
        "look at the locked settings of descriptor {descriptor}" => { tty::locked(borrow(descriptor)) }

    /// TIOCSLCKTRMIOS: locks the settings whose bits are set.
    LockSettings { descriptor: i32, bits: TermiosFacts } -> (): lock_settings | try_lock_settings,
        "lock settings of descriptor {descriptor}" => { tty::lock(borrow(descriptor), &bits) }

    /// TIOCGWINSZ.
    GetSize { descriptor: i32 } -> Size: size | try_size [|_| IoctlName::Tiocgwinsz],
        "look at the size of descriptor {descriptor}" => { tty::size(borrow(descriptor)) }

    /// TIOCSWINSZ.
    SetSize { descriptor: i32, size: Size } -> (): set_size | try_set_size [|_| IoctlName::Tiocswinsz],
        "set the size of descriptor {descriptor} to {} x {}", size.rows, size.columns => {
            tty::set_size(borrow(descriptor), size)
        }

    /// tcsetpgrp(3).
    SetForeground { descriptor: i32, group: i32 } -> (): set_foreground | try_set_foreground [|_| IoctlName::Tiocspgrp],
        "put group {group} into the foreground of descriptor {descriptor}" => {
            Ok(nix::unistd::tcsetpgrp(borrow(descriptor), Pid::from_raw(group))?)
        }

    /// TIOCGPTPEER with these flags of open(2) and no others: without `O_CLOEXEC`, unless it is asked for. Where the kernel has
    /// no such call, `or_by_name` has the slave opened by its name below `/dev/pts`.
    OpenPeer { master: i32, flags: i32, or_by_name: bool } -> Opened: open_the_slave | try_open_the_slave
        [|_| IoctlName::Tiocgptpeer],
        "open the slave of master {master} {}", access(*flags) => {
            let master = borrow(master);
            opened(if or_by_name { ioctl::open_slave(master, Path::new(DEV_PTS), flags) } else { ioctl::open_peer(master, flags) }?)
        }
        also
        /// TIOCGPTPEER with flags of open(2) and no others.
        open_peer_exactly | try_open_peer_exactly(master: i32, flags: i32)
            = OpenPeer { master, flags, or_by_name: false };
        also
        /// TIOCGPTPEER with flags of open(2) and `O_CLOEXEC`: opens the slave of a master.
        open_peer | try_open_peer(master: i32, flags: i32)
            = OpenPeer { master, flags: flags | O_CLOEXEC, or_by_name: false };
        also
        /// The slave of a master of `/dev/pts`, in whichever way the kernel has, with flags of open(2) and `O_CLOEXEC`.
        open_slave | try_open_slave(master: i32, flags: i32)
            = OpenPeer { master, flags: flags | O_CLOEXEC, or_by_name: true };

    /// A new pty of the devpts instance whose `ptmx` is given: open(2), TIOCSPTLCK and TIOCGPTPEER, or
    /// opening the slave by its name where the kernel has not that one. The flags of open(2) are added for both sides, and the
    /// slave never becomes the controlling terminal.
    NewPty { ptmx: String, flags: i32 } -> New<PtyDescriptors>: new_pty_of | try_new_pty_of,
        "make a pty of {ptmx}" => {
            let flags = flags | O_RDWR | O_NOCTTY | O_CLOEXEC;
            let master = nix::fcntl::open(Path::new(&ptmx), OFlag::from_bits_retain(flags), Mode::empty())?;
            ioctl::ioctl(&master, IoctlName::Tiocsptlck, 0)?;
            let instance = match Path::new(&ptmx).parent() {
                Some(directory) if directory != Path::new("/dev") => directory,
                _ => Path::new(DEV_PTS),
            };
            let slave = ioctl::open_slave(&master, instance, flags)?;
            Ok(New(PtyDescriptors { master: master.into_raw_fd(), slave: slave.into_raw_fd() }))
        }
        also
        /// A new pty, unlocked and with its slave open; `flags` of open(2) are added for both, and the slave never becomes
        /// the controlling terminal.
        new_pty | try_new_pty(flags: i32) = NewPty { ptmx: "/dev/ptmx".to_owned(), flags };

    /// A new pty with the C library's calls: posix_openpt(3), grantpt(3), unlockpt(3), ptsname(3), and opening the
    /// slave by that name, with each step's result.
    OpenPty {} -> PtyAllocation: open_pty | try_open_pty,
        "open a pty with the C library" => {
            let master = nix::pty::posix_openpt(OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC)?;
            let granted = nix::pty::grantpt(&master).map_err(Errno::from);
            let unlocked = nix::pty::unlockpt(&master).map_err(Errno::from);
            let name = nix::pty::ptsname_r(&master)?;
            let number = name.rsplit_once('/').and_then(|(_, number)| number.parse().ok()).ok_or(Errno::ENODEV)?;
            let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
            let slave = nix::fcntl::open(Path::new(&name), flags, Mode::empty()).map_err(Errno::from);
            let master = opened(master.into())?;
            Ok(PtyAllocation { master, number, name, granted, unlocked, slave: slave.and_then(opened) })
        }

    /// What a program can see of its terminal at one moment: the signals that have arrived, the events of poll(2), the
    /// count of FIONREAD, and what so many reads get.
    LookAtTerminal { descriptor: i32, poll: bool, unread: bool, reads: usize, most: usize } -> TerminalLook,
        "look at what there is at descriptor {descriptor}" => |performer| {
            let wanted = nix::libc::POLLIN | nix::libc::POLLOUT;
            let events = Poll { descriptor, events: wanted, milliseconds: 0 };
            Ok(TerminalLook {
                signals: TakeSignals { milliseconds: 0 }.perform(performer)?,
                events: poll.then(|| events.perform(performer)).transpose()?,
                unread: unread.then(|| ioctl::ioctl(borrow(descriptor), IoctlName::Fionread, 0)).transpose()?,
                reads: (0..reads).map(|_| Read { descriptor, most }.perform(performer)).collect(),
            })
        }
}

values! { Speeds TermiosAction }

/// What [`LookAtTerminal`] finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerminalLook {
    /// The caught signals that have arrived.
    pub signals: Vec<Signal>,
    /// `POLLIN` and `POLLOUT`, where that was asked.
    pub events: Option<i16>,
    /// FIONREAD, where that was asked.
    pub unread: Option<i64>,
    /// What each read got.
    pub reads: Vec<Result<Bytes, Errno>>,
}

impl Falsify for TerminalLook {
    fn falsify(&mut self) {
        self.signals.falsify();
        self.events = self.events.map(|events| events ^ nix::libc::POLLIN);
        self.unread = self.unread.map(|count| count ^ 1);
        self.reads.pop();
    }
}

/// A pty that the probe allocated, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PtyAllocation {
    /// The master.
    pub master: Opened,
    /// TIOCGPTN.
    pub number: u32,
    /// ptsname(3).
    pub name: String,
    /// grantpt(3).
    pub granted: Result<(), Errno>,
    /// unlockpt(3).
    pub unlocked: Result<(), Errno>,
    /// The slave, opened by its name.
    pub slave: Result<Opened, Errno>,
}

impl Falsify for PtyAllocation {
    fn falsify(&mut self) {
        self.number += 1;
        self.name.push('?');
        self.master.falsify();
    }
}

/// What a terminal says of itself, or `ENOTTY`.
pub(super) fn terminal_facts(descriptor: BorrowedFd<'_>) -> Result<TerminalFacts, Errno> {
    Ok(TerminalFacts {
        termios: tty::termios(descriptor)?,
        size: tty::size(descriptor)?,
        name: nix::unistd::ttyname(descriptor).map(|name| name.display().to_string()).map_err(Errno::from),
        session: nix::sys::termios::tcgetsid(descriptor).map(|session| session.as_raw()).map_err(Errno::from),
        foreground_group: nix::unistd::tcgetpgrp(descriptor).map(|group| group.as_raw()).map_err(Errno::from),
    })
}

impl Falsify for TerminalFacts {
    fn falsify(&mut self) {
        self.name = Ok(self.name.clone().unwrap_or_default() + "?");
        falsify_either(&mut self.session);
        falsify_either(&mut self.foreground_group);
        self.size.falsify();
    }
}

/// Descriptors of a pty in a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PtyDescriptors {
    /// The master.
    pub master: i32,
    /// The slave.
    pub slave: i32,
}
