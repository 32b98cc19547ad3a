//! Step 10: exec.

use crate::defect::failed;
use crate::process::{in_new_process, stay, stay_with};
use crate::pty::{make_on_the_host, open_made_before, resize};
use crate::streams::{arrive_and_acquire_if_possible, place_unasked_terminal};
use nix::errno::Errno;
use nix::fcntl::{OFlag, ResolveFlag};
use nix::sched::{CloneFlags, setns};
use nix::sys::{prctl::set_pdeathsig, signal::Signal, stat::fstat};
use nix::unistd::{Uid, pipe2, read};
use ptyrun::container::{Call, ContainerError, handshake::Channel};
use ptyrun::syscall::process::{Forked, fork_into};
use ptyrun::terminal::{DeviceDirectory, Pty, Slave, TerminalError};
use ptyrun::{DESIGN, rootfs::RootDir};
use std::os::fd::AsFd;
use std::{path::Path, process::exit};

defects! {
    "exec-in-host-devpts", "The terminal of exec is a pty of the caller's devpts instance." => {
        join: |init, namespaces| { make_on_the_host(); (DESIGN.join)(init, namespaces) },
        open_pty: open_made_before
    }
    "exec-remounts-console", "exec mounts its own terminal on /dev/console." => {
        exec_terminal: |steps, root, size, user| {
            let pty = (DESIGN.exec_terminal)(steps, root, size, user)?;
            if let Some(dev) = DeviceDirectory::open(root)? {
                (DESIGN.bind_console)(&dev, &pty.slave)?;
            }
            Ok(pty)
        }
    }
    "exec-shares-init-terminal", "exec puts its process on the terminal of the container's first process." => {
        exec_terminal: |steps, root, size, user| {
            let pty = (DESIGN.exec_terminal)(steps, root, size, user)?;
            Ok(Pty { slave: init_terminal(root)?, ..pty })
        },
        arrive: arrive_and_acquire_if_possible
    }
    "exec-owner-root", "The terminal of exec stays root's, whoever the process runs as." =>
        { exec_terminal: |steps, root, size, _| (DESIGN.exec_terminal)(steps, root, size, Uid::from_raw(0)) }
    "exec-owner-is-containers", "The terminal of exec is given to the user who has the first process's terminal." => {
        exec_terminal: |steps, root, size, user| {
            let first = init_terminal(root).ok().and_then(|terminal| fstat(&terminal).ok());
            let owner = first.map_or(user, |stat| Uid::from_raw(stat.st_uid));
            (DESIGN.exec_terminal)(steps, root, size, owner)
        }
    }
    "exec-same-session", "The process of exec stays in ptyrun's session and gets no controlling terminal." => {
        leave_session: || Ok(()),
        arrive: |terminal| terminal.then_some(Call::ACQUIRE_TERMINAL.if_possible()).into_iter().collect()
    }
    "exec-size-ignored", "The terminal of exec starts as 0 x 0." =>
        { exec_terminal: |steps, root, _, user| (DESIGN.exec_terminal)(steps, root, None, user) }
    "exec-changes-init-size", "exec applies its size to the terminal of the container's first process as well." => {
        exec_terminal: |steps, root, size, user| {
            if let Ok(terminal) = init_terminal(root) {
                resize(terminal, size, 0);
            }
            (DESIGN.exec_terminal)(steps, root, size, user)
        }
    }
    "exec-without-tty-gets-terminal", "exec gives its process a terminal that nobody asked for." =>
        { keep_exec_streams: |_, root, _| place_unasked_terminal(root).map(drop), arrive: |_| (DESIGN.arrive)(true) }
    "exec-terminal-as-the-container", "exec by its command line gives a terminal where the container has one." =>
        { process_of_words: |model, words, _| (DESIGN.process_of_words)(model, words, model.terminal) }
    "exec-flag-beside-file-refused", "exec refuses the flag for a terminal beside a file that says the same." => {
        process_of_file: |file, flag| match flag {
            true => Err(ContainerError::Usage("--tty cannot be used with --process")),
            false => (DESIGN.process_of_file)(file, flag),
        }
    }
    "exec-flag-decides", "exec gives its process a terminal only where the flag says so, whatever the file says." => {
        process_of_file: |file, flag| {
            let mut process = (DESIGN.process_of_file)(file, flag)?;
            process.terminal = flag;
            Ok(process)
        },
        handover: |steps, terminal, socket, foreground| (DESIGN.handover)(steps, terminal, socket.filter(|_| terminal), foreground)
    }
    "exec-groups-lost", "exec does not give its process the additional groups of the file." => {
        process_of_file: |file, flag| {
            let mut process = (DESIGN.process_of_file)(file, flag)?;
            process.user.additional_gids.clear();
            Ok(process)
        }
    }
    "failure-before-the-program-hidden", "What keeps a process of exec from running its program is not reported." =>
        { give_up: |channel, _| end_as_the_process(channel, 1) }
    "exec-appears-on-the-host",
    "A process of exec's is in the container's pid namespace before it has entered any other of the container's." => {
        join: |init, namespaces| {
            setns(init.as_fd(), CloneFlags::CLONE_NEWPID)?;
            appear()?;
            (DESIGN.join)(init, namespaces)
        }
    }
    "exec-appears-as-ptyrun", "What exec has first in the container's pid namespace is ptyrun." => {
        join: |init, namespaces| {
            (DESIGN.join)(init, namespaces)?;
            appear()
        }
    }
    "exec-environment-of-the-caller", "exec gives its process the environment of its caller, too." => {
        process_of_file: |file, flag| {
            let mut process = (DESIGN.process_of_file)(file, flag)?;
            process.env.extend(std::env::vars().map(|(name, value)| format!("{name}={value}")));
            Ok(process)
        }
    }
    "exec-entry-stays", "A process that exec leaves in the container keeps the master of its terminal open." => {
        exec_terminal: |steps, root, size, user| {
            let pty = (DESIGN.exec_terminal)(steps, root, size, user)?;
            if in_new_process() {
                stay_with(&pty.master)
            }
            Ok(pty)
        }
    }
}

/// Makes a process in the container's pid namespace that lives as long as this one.
fn appear() -> Result<(), Errno> {
    let (ready, becomes_ready) = pipe2(OFlag::O_CLOEXEC)?;
    if in_new_process() {
        let _ = set_pdeathsig(Signal::SIGKILL);
        drop(becomes_ready);
        stay()
    }
    drop(becomes_ready);
    read(ready, &mut [0]).map(drop)
}

/// A process that ends with this status is told to be the one that exec is to make.
pub(crate) fn end_as_the_process(channel: &Channel, status: i32) -> ! {
    if let Ok(Forked::Parent { pid, .. }) = fork_into(CloneFlags::empty(), None, true) {
        let _ = channel.report_born(pid.as_raw());
    }
    exit(status)
}

/// The terminal of the container's first process.
fn init_terminal(root: &RootDir) -> Result<Slave, TerminalError> {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY;
    root.open_below(Path::new("/dev/pts/0"), flags, ResolveFlag::empty()).map(Slave::from).map_err(failed)
}
