//! Failures of a step that are taken for nothing, or that nobody is told of.

use crate::defect::failed;
use crate::exec::end_as_the_process;
use crate::handover::lose;
use crate::streams::acquire_if_possible;
use nix::sched::CloneFlags;
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use ptyrun::syscall::process::{Forked, fork_into};
use ptyrun::terminal::Handover;
use ptyrun::{DESIGN, container::Call};
use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Whether this process prepares one of exec.
static IN_EXEC: AtomicBool = AtomicBool::new(false);

defects! {
    "size-failure-ignored", "Where the terminal's first size cannot be set the start goes on." =>
        { set_size: |pty, size| { let _ = (DESIGN.set_size)(pty, size); Ok(()) } }
    "console-failure-ignored", "Where nothing can be mounted at /dev/console the start goes on." =>
        { bind_console: |dev, slave| { let _ = (DESIGN.bind_console)(dev, slave); Ok(()) } }
    "handover-failure-ignored", "Where the master cannot be sent the start goes on." => {
        hand_over: |channel, master, to| {
            let kept = master.try_clone().map(lose);
            (DESIGN.hand_over)(channel, master, to).or_else(|error| kept.map_err(|_| error))
        }
    }
    "handover-not-repeated", "Where the sending of the master to the console socket is interrupted, the start fails." => {
        hand_over: |channel, master, to| match to {
            Handover::Socket(socket) => {
                let rights = [master.as_raw_fd()];
                let (socket, control) = (socket.as_fd().as_raw_fd(), [ControlMessage::ScmRights(&rights)]);
                let payload = [IoSlice::new(b"/dev/ptmx")];
                sendmsg::<()>(socket, &payload, &control, MsgFlags::empty(), None).map(drop).map_err(failed)
            }
            to => (DESIGN.hand_over)(channel, master, to),
        }
    }
    "fork-failure-untold", "Where no process can be made ptyrun ends without a word." => {
        first_size: |process, foreground| {
            match fork_into(CloneFlags::empty(), None, false) {
                Ok(Forked::Child) => std::process::exit(0),
                Ok(Forked::Parent { .. }) => (DESIGN.first_size)(process, foreground),
                Err(_) => std::process::exit(1),
            }
        }
    }
    "stream-failure-ignored", "Where the terminal cannot become a standard stream the start goes on." =>
        { place_streams: |slave| { let _ = (DESIGN.place_streams)(slave); Ok(()) } }
    "session-failure-ignored", "Where no session can be started the start goes on." => {
        start_session: |terminal| { let _ = (DESIGN.start_session)(terminal); Ok(()) },
        leave_session: || Ok(()), // or the process would have at least this session
        acquire: acquire_if_possible,
        arrive: |terminal| [Call::START_SESSION, Call::ACQUIRE_TERMINAL][..1 + usize::from(terminal)]
            .iter().map(|call| call.if_possible()).collect()
    }
    "failure-untold", "A process that cannot go on ends as if it had done its work." =>
        {
            leave_session: || { IN_EXEC.store(true, Relaxed); (DESIGN.leave_session)() },
            give_up: |channel, _| match IN_EXEC.load(Relaxed) {
                true => end_as_the_process(channel, 0),
                false => std::process::exit(0),
            }
        }
    "execve-failure-untold", "What the kernel says to a failed execve of the program reaches nobody." =>
        { complain: |message| if !message.contains("executing the program") { (DESIGN.complain)(message) } }
    "raw-mode-failure-untold", "Where the caller's terminal cannot be made raw ptyrun leaves the container alone, and says nothing." =>
        { enter_raw: || (DESIGN.enter_raw)().inspect_err(|_| std::process::exit(0)) }
}
