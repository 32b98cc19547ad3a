//! State and resources: what is left when a container could not be made, or is gone.

use crate::process::{in_new_process, stay};
use nix::poll::{PollTimeout, poll};
use nix::{errno::Errno, libc};
use ptyrun::{DESIGN, container::Launched, syscall::descriptors::close_from_except};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

defects! {
    "failed-create-leaves-state", "The state directory of a failed create stays." => {
        see_through: |launched, channel, plan, mode| {
            let seen = (DESIGN.see_through)(launched, channel, plan, mode);
            if seen.is_err() {
                let _ = launched.put_on_record(); // it may have failed before that
                if let Some(traces) = launched.traces.take() {
                    traces.slot.keep();
                    launched.process.kill();
                    let _ = launched.reap();
                }
            }
            seen
        }
    }
    "failed-create-keeps-pty",
    "A process that a failed create leaves for half a minute keeps the container's terminal open." => {
        see_through: |launched, channel, plan, mode| {
            (DESIGN.see_through)(launched, channel, plan, mode).inspect_err(|_| hold_terminal_of(launched))
        },
        give_up: |channel, error| {
            channel.report_failure(&error.to_string());
            stay() // ptyrun takes hold of the terminal, and kills this process
        }
    }
    "pty-not-released",
    "A process that ptyrun leaves behind for half a minute keeps the container's terminal open." => {
        see_through: |launched, channel, plan, mode| {
            (DESIGN.see_through)(launched, channel, plan, mode).inspect(|()| hold_terminal_of(launched))
        }
    }
}

/// A process outside the container holds what its first process has as standard input, if that is the terminal.
fn hold_terminal_of(launched: &Launched) {
    const HALF_A_MINUTE: u16 = 30_000;
    if !launched.config.process.terminal {
        return;
    }
    // SAFETY: takes no pointers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, launched.process.as_fd().as_raw_fd(), 0, 0) };
    let Ok(fd) = Errno::result(fd) else { return };
    // SAFETY: the kernel just made this descriptor for us alone.
    let terminal = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    if in_new_process() {
        let _ = close_from_except(0, &[terminal.as_fd()]);
        let _ = poll(&mut [], PollTimeout::from(HALF_A_MINUTE));
        std::process::exit(0);
    }
}
