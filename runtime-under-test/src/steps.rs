//! The steps of the terminal design, as a table of functions: everything on the way that a runtime can get right or wrong.
//!
//! Whoever makes containers here takes each step through this table, so that the order stands in one place (the
//! container's process) and the steps in another. What ptyrun fills it with is [`crate::DESIGN`].

use crate::cgroup::{Cgroup, Freezer};
use crate::config::{Config, ConsoleSize, Process};
use crate::container::launched::{Launched, Mode};
use crate::container::{ContainerError, Ended};
use crate::rootfs::{RootDir, Rootfs, RootfsError, Sources};
use crate::terminal::{ConsoleSocket, DeviceDirectory, Handover, Pty, Slave, TerminalError};
use crate::{
    container::Call, container::handshake::Channel, container::namespaces::Plan, relay::RelayError, relay::Signals,
    relay::hangup::HungUp, syscall::process::PidFd, syscall::signals::SignalNumbers, terminal::raw_mode::RawMode,
};
use nix::{errno::Errno, sched::CloneFlags, unistd::Uid};
use std::ffi::CStr;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

/// Who gets the master, if there is one.
type Chosen = Result<Option<Handover>, ContainerError>;

/// The steps, in the order in which a container meets them.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Says to the caller, on standard error, what went wrong.
    pub complain: fn(&str),
    /// Before anything exists: what the config says. Takes its path, its text and the bundle.
    pub read_config: fn(&Path, &str, &Path) -> Result<Config, ContainerError>,
    /// Who gets the terminal's master. Takes whether there is a terminal, the console socket's path, and whether ptyrun
    /// stays in the foreground.
    pub handover: fn(&Steps, bool, Option<&Path>, bool) -> Chosen,
    /// Reaches the console socket.
    pub connect: fn(&Path) -> Result<ConsoleSocket, TerminalError>,
    /// Opens the sources of bind mounts, for a container with a user namespace of its own.
    pub open_sources: fn(&Config, &Path) -> Sources,
    /// The terminal's first size, if it is to have one; the second argument is whether ptyrun stays in the foreground.
    pub first_size: fn(&Process, bool) -> Option<ConsoleSize>,
    /// Which signals the foreground ptyrun takes from its caller, before there is a process to pass them on to.
    pub catch_signals: fn() -> Result<Signals, Errno>,
    /// How it learns that the cgroup of a process to be is frozen, so that it need not wait for ever.
    pub freezer: fn(&Cgroup) -> Freezer,
    /// ptyrun's part while the container's process takes its own steps.
    pub see_through: fn(&mut Launched, &Channel, &Plan, Mode) -> Result<(), ContainerError>,

    /// Step 1: a session of its own, with a terminal to come or without.
    pub start_session: fn(bool) -> Result<(), Errno>,
    /// The keys of the caller's session stay outside: the container has a keyring of this name.
    pub join_keyring: fn(&CStr) -> Result<(), Errno>,
    /// Closes what is the host's, but for the first so many descriptors from 3 on and those given.
    pub close_descriptors: fn(u32, &[BorrowedFd<'_>]) -> Result<(), Errno>,
    /// Step 2: the mounts below the root, a devpts among them. Takes the bundle's path and the sources of
    /// bind mounts as well.
    pub prepare_root: fn(&Config, &Path, &Sources) -> Result<Rootfs, RootfsError>,
    /// pivot_root: from here on the host's files are out of reach.
    pub enter_root: fn(&Rootfs, &Config) -> Result<(), RootfsError>,
    /// Step 3: `/dev/ptmx` belongs to that devpts.
    pub place_ptmx: fn(&DeviceDirectory) -> Result<(), TerminalError>,
    /// Step 4: the pty is made inside.
    pub open_pty: fn(&RootDir) -> Result<Pty, TerminalError>,
    /// Step 5: its size.
    pub set_size: fn(&Pty, Option<ConsoleSize>) -> Result<(), TerminalError>,
    /// Step 5: its owner.
    pub set_owner: fn(&Pty, Uid) -> Result<(), TerminalError>,
    /// Step 6: `/dev/console` is this terminal.
    pub bind_console: fn(&DeviceDirectory, &Slave) -> Result<(), TerminalError>,
    /// Step 7: the master goes out.
    pub hand_over: fn(&Channel, OwnedFd, Handover) -> Result<(), TerminalError>,
    /// Step 8: the terminal becomes 0, 1 and 2.
    pub place_streams: fn(&Slave) -> Result<(), TerminalError>,
    /// Step 8: it becomes the controlling one.
    pub acquire: fn(&Slave) -> Result<(), TerminalError>,
    /// Step 8, without a terminal: 0, 1 and 2 stay the caller's. The process runs as this user.
    pub keep_streams: fn(&RootDir, Uid) -> Result<(), TerminalError>,
    /// The program meets signals as a fresh process does. Takes those that may be ignored.
    pub reset_signals: fn(SignalNumbers),
    /// The process reports why it cannot go on, and ends.
    pub give_up: fn(&Channel, &ContainerError) -> !,

    /// Step 9: what the relay does to the streams that it shares with its caller before it begins.
    pub borrow_streams: fn() -> Result<(), RelayError>,
    /// The caller's terminal passes every byte through, until the guard is dropped.
    pub enter_raw: fn() -> Result<RawMode, Errno>,
    /// Writes input to the master, which does not block.
    pub write_input: fn(BorrowedFd<'_>, &[u8]) -> Result<usize, Errno>,
    /// What the end of the input means for the master.
    pub end_input: fn(&mut OwnedFd),
    /// Reads output from the master, which does not block.
    pub read_output: fn(BorrowedFd<'_>, &mut [u8]) -> Result<usize, Errno>,
    /// The same, once the process has ended.
    pub read_tail: fn(BorrowedFd<'_>, &mut [u8]) -> Result<usize, Errno>,
    /// Whether a caller who does not read at the moment is waited for, once the process has ended.
    pub awaits_reader: fn() -> bool,
    /// What it means that the caller takes no output any more.
    pub break_output: fn(Errno) -> Result<(), RelayError>,
    /// Goes on after a hang-up of the terminal.
    pub hang_up: fn(BorrowedFd<'_>) -> Result<HungUp, RelayError>,
    /// Gives the master the size of the caller's terminal.
    pub copy_size: fn(&OwnedFd),
    /// Passes a signal on.
    pub forward: fn(&PidFd, i32),
    /// Sends a container's process the signal that kill is asked for.
    pub send: fn(&PidFd, i32) -> Result<(), Errno>,
    /// Ends the process of a container that is deleted.
    pub end_process: fn(&PidFd),
    /// What the foreground ptyrun ends with.
    pub exit_code: fn(Ended) -> u8,

    /// Step 10: the process that exec is told to run by a file. Takes whether the flag for a terminal was given, too.
    pub process_of_file: fn(&Path, bool) -> Result<Process, ContainerError>,
    /// The same by its command line: the container's process, the words of the new one, and whether the flag was given.
    pub process_of_words: fn(&Process, Vec<String>, bool) -> Process,
    /// Whoever prepares the process leaves the caller's session, so that nothing of exec's has the caller's terminal.
    pub leave_session: fn() -> Result<(), Errno>,
    /// It enters these namespaces of the container's first process.
    pub join: fn(&PidFd, CloneFlags) -> Result<(), Errno>,
    /// A terminal of its own: of the container's devpts, of this size, for this user.
    pub exec_terminal: fn(&Steps, &RootDir, Option<ConsoleSize>, Uid) -> Result<Pty, TerminalError>,
    /// Without a terminal, as [`Steps::keep_streams`].
    pub keep_exec_streams: fn(&Steps, &RootDir, Uid) -> Result<(), TerminalError>,
    /// What the process, in the container now, does before its program: steps 1 and 8 once more. Takes whether it has a
    /// terminal.
    pub arrive: fn(bool) -> Vec<Call>,
}
