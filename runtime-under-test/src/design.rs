//! What ptyrun does at each step of the terminal design.

use crate::cgroup::Freezer;
use crate::relay::{self, RelayError, Signals, hangup::HungUp};
use crate::syscall::keyring::join_session_keyring;
use crate::syscall::process::{PidFd, join_namespaces};
use crate::syscall::signals::reset_signals;
use crate::terminal::{ConsoleSocket, Instance, Pty, acquire, bind_console, keep_streams, place_ptmx, place_streams};
use crate::{
    config::Config, config::Process, container::Call, container::console, container::ended::Ended,
    container::handshake::Channel, container::launched::Launched, exec, rootfs::Rootfs, rootfs::Sources, steps::Steps,
    syscall::descriptors::close_from_except, terminal::raw_mode::RawMode,
};
use nix::unistd::{read, setsid, write};
use std::io::{self, Write};

/// The design: every step as `README.md` explains it.
pub const DESIGN: Steps = Steps {
    complain: |message| {
        let _ = writeln!(io::stderr(), "ptyrun: {message}"); // nobody may be there to read it
    },
    read_config: |file, text, bundle| Ok(Config::from_text(file, text, bundle)?),
    handover: console::handover,
    connect: ConsoleSocket::connect,
    open_sources: Sources::open,
    first_size: console::first_size,
    catch_signals: Signals::catch,
    freezer: Freezer::of,
    see_through: Launched::see_through,

    start_session: |_| setsid().map(drop),
    join_keyring: join_session_keyring,
    close_descriptors: |preserved, keep| close_from_except(3 + preserved.cast_signed(), keep),
    prepare_root: Rootfs::prepare,
    enter_root: Rootfs::enter,
    place_ptmx,
    open_pty: |root| Pty::open(&Instance::open(root)?),
    set_size: Pty::set_size,
    set_owner: Pty::set_owner,
    bind_console,
    hand_over: Channel::hand_over,
    place_streams,
    acquire,
    keep_streams,
    reset_signals,
    give_up: |channel, error| {
        channel.report_failure(&error.to_string());
        std::process::exit(1)
    },

    borrow_streams: || Ok(()),
    enter_raw: RawMode::enter,
    write_input: |master, bytes| write(master, bytes),
    end_input: |_| {}, // a pipe that ends is not a person who ends a line: no ^D, which in raw mode would be a stray byte
    read_output: |master, buffer| read(master, buffer),
    read_tail: |master, buffer| read(master, buffer),
    awaits_reader: || true,
    break_output: |errno| Err(RelayError::Output(errno)),
    hang_up: HungUp::watch,
    copy_size: relay::copy_size,
    forward: |process, signal| {
        let _ = process.send(signal); // it may have ended just now
    },
    send: PidFd::send,
    end_process: PidFd::kill,
    exit_code: Ended::exit_code,

    process_of_file: |file, _| Ok(Process::load(file)?), // conmon gives the flag, containerd does not: the file decides
    process_of_words: Process::derive,
    leave_session: || setsid().map(drop),
    join: join_namespaces,
    exec_terminal: exec::make_terminal,
    keep_exec_streams: |steps, root, user| (steps.keep_streams)(root, user),
    arrive: |terminal| match terminal {
        true => vec![Call::START_SESSION, Call::ACQUIRE_TERMINAL],
        false => vec![Call::START_SESSION],
    },
};
