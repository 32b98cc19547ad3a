//! Step 7: the master's way out, and what else stays open on the way.

use crate::defect::failed;
use crate::process::{in_new_process, stay};
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use nix::unistd::{chdir, pipe2, read};
use nix::{sys::prctl::set_pdeathsig, sys::signal::Signal, sys::stat::Mode};
use ptyrun::terminal::{ConsoleSocket, Handover, TerminalError, ioctl};
use ptyrun::{DESIGN, relay::stream, syscall::descriptors::set_inherited};
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::{ffi::OsStr, mem, os::unix::ffi::OsStrExt, sync::Mutex};

/// The working directory of the config, for later.
static CWD: Mutex<Option<PathBuf>> = Mutex::new(None);

defects! {
    "master-leaked", "The program inherits the master of its own terminal." =>
        { hand_over: |channel, master, to| { leak(&master)?; (DESIGN.hand_over)(channel, master, to) } }
    "caller-terminal-leaked",
    "The program inherits a copy of the caller's standard error, though it has a terminal." =>
        { hand_over: |channel, master, to| { leak(stream(2))?; (DESIGN.hand_over)(channel, master, to) } }
    "host-descriptor-leaked", "The program inherits a descriptor of the host's root directory." => {
        close_descriptors: |preserved, keep| {
            (DESIGN.close_descriptors)(preserved, keep)?;
            let root = open("/", OFlag::O_RDONLY | OFlag::O_DIRECTORY, Mode::empty())?;
            set_inherited(&root, true)?;
            mem::forget(root);
            Ok(())
        }
    }
    "preserved-descriptors-closed", "--preserve-fds is accepted and ignored." =>
        { close_descriptors: |_, keep| (DESIGN.close_descriptors)(0, keep) }
    "inherited-descriptors-kept",
    "What ptyrun inherits from its caller beyond the standard streams stays open in the program." => {
        close_descriptors: |_, _| Ok(()) // ptyrun's own are all close-on-exec
    }
    "cwd-through-descriptor", "The working directory may be a descriptor that ptyrun has inherited." => {
        read_config: |file, text, bundle| {
            let mut config = (DESIGN.read_config)(file, text, bundle)?;
            *CWD.lock().expect("one thread") = Some(std::mem::replace(&mut config.process.cwd, "/".into()));
            Ok(config)
        },
        close_descriptors: |_, _| Ok(()),
        reset_signals: |may_be_ignored| {
            (DESIGN.reset_signals)(may_be_ignored);
            let _ = CWD.lock().expect("one thread").take().map(|cwd| chdir(&cwd));
        }
    }
    "socket-sends-two-descriptors", "The message on the console socket carries the master twice." => {
        hand_over: |channel, master, to| match to {
            Handover::Socket(socket) => socket.send(&[master.as_fd(), master.as_fd()]),
            to => (DESIGN.hand_over)(channel, master, to),
        }
    }
    "socket-sends-slave", "The message on the console socket carries the slave." => {
        hand_over: |channel, master, to| match to {
            Handover::Socket(_) => {
                let slave = ioctl::open_peer(&master).map_err(failed)?;
                lose(master);
                (DESIGN.hand_over)(channel, slave, to)
            }
            to => (DESIGN.hand_over)(channel, master, to),
        }
    }
    "socket-sends-another-master",
    "The message on the console socket carries the master of a second pty of the container." => {
        hand_over: |channel, master, to| {
            let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
            let another = open("/dev/pts/ptmx", flags, Mode::empty()).map_err(failed)?;
            // Or the terminal would be hung up.
            leak(&master)?;
            (DESIGN.hand_over)(channel, another, to)
        }
    }
    "socket-sends-nothing", "The console socket is connected and closed without a message." => {
        hand_over: |channel, master, to| match to {
            Handover::Socket(_) => { lose(master); Ok(()) }
            to => (DESIGN.hand_over)(channel, master, to),
        }
    }
    "socket-sends-twice", "The message with the master is sent twice." => {
        hand_over: |channel, master, to| {
            if let Handover::Socket(socket) = &to {
                socket.send(&[master.as_fd()])?;
            }
            (DESIGN.hand_over)(channel, master, to)
        }
    }
    "socket-connects-twice", "A second connection to the console socket is made and left silent." => {
        connect: |path| {
            let first = (DESIGN.connect)(path)?;
            mem::forget((DESIGN.connect)(path));
            Ok(first)
        }
    }
    "socket-after-start", "The master is sent when the program runs rather than when the container is created." => {
        hand_over: |channel, master, to| {
            // A helper process waits for the execve of this one, which closes a pipe.
            let (ended, ends) = pipe2(OFlag::O_CLOEXEC).map_err(failed)?;
            if in_new_process() {
                drop(ends);
                let _ = read(ended, &mut [0]);
                std::process::exit((DESIGN.hand_over)(channel, master, to).is_err().into());
            }
            mem::forget(ends);
            Ok(())
        }
    }
    "socket-missing-accepted",
    "A detached process with a terminal and without --console-socket starts, on the caller's streams." => {
        handover: |steps, terminal, socket, foreground| match socket {
            None if terminal && !foreground => Ok(None),
            _ => (DESIGN.handover)(steps, terminal, socket, foreground),
        }
    }
    "socket-failure-ignored",
    "A console socket that cannot be connected to is no error: the container is made and its master lost." => {
        connect: |path| (DESIGN.connect)(path).or_else(|_| {
            let unconnected = socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None);
            unconnected.map(ConsoleSocket::from).map_err(failed)
        }),
        hand_over: |channel, master, to| {
            let kept = master.try_clone().map(lose);
            (DESIGN.hand_over)(channel, master, to).or_else(|error| kept.map_err(|_| error))
        }
    }
    "socket-path-cut", "The console socket's path is cut to the 107 bytes that an address holds." =>
        { connect: |path| (DESIGN.connect)(part(path, |bytes| &bytes[..bytes.len().min(107)])) }
    "socket-path-below-root",
    "A relative path of a console socket is taken from / rather than from the working directory." =>
        { connect: |path| (DESIGN.connect)(&Path::new("/").join(path)) }
    "socket-path-trimmed", "Spaces at the end of a console socket's path are dropped." =>
        { connect: |path| (DESIGN.connect)(part(path, <[u8]>::trim_ascii_end)) }
    "socket-without-terminal-gets-a-pty",
    "With terminal false and --console-socket a pty is made and its master sent all the same." => {
        handover: |steps, terminal, socket, foreground| {
            (DESIGN.handover)(steps, terminal || socket.is_some(), socket, foreground)
        }
    }
    "handover-waits-for-answer",
    "After the master was sent, create waits for a byte from the receiver, also when that has hung up." => {
        hand_over: |channel, master, to| match to {
            Handover::Socket(socket) => {
                let sent = socket.send(&[master.as_fd()]);
                // Whoever tires of waiting and kills ptyrun ends this process as well.
                let _ = set_pdeathsig(Signal::SIGKILL);
                if read(socket.as_fd(), &mut [0]) == Ok(1) { sent } else { stay() }
            }
            to => (DESIGN.hand_over)(channel, master, to),
        }
    }
}

fn leak(file: impl AsFd) -> Result<(), TerminalError> {
    // SAFETY: F_DUPFD returns a new descriptor that nobody owns; it is to be leaked.
    let copy = fcntl(file, FcntlArg::F_DUPFD(3)).map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
    mem::forget(copy.map_err(failed)?);
    Ok(())
}

/// Keeps the master until this process executes the program. Closed now, it would make the set-up fail.
pub(crate) fn lose(master: OwnedFd) {
    mem::forget(master);
}

fn part(path: &Path, cut: fn(&[u8]) -> &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(cut(path.as_os_str().as_bytes())))
}
