//! What the caller sends, closes and freezes.

use nix::libc;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::signal::Signal;
use ptyrun::relay::Signals;
use ptyrun::relay::hangup::HungUp;
use ptyrun::syscall::signals::SignalNumbers;
use ptyrun::{DESIGN, cgroup::Freezer, terminal::raw_mode::RawMode};
use std::sync::OnceLock;

defects! {
    "interrupt-not-forwarded", "SIGINT does not reach the process." => {
        forward: |process, signal| if signal != libc::SIGINT { (DESIGN.forward)(process, signal) }
    }
    "other-signals-kill", "Signals that ptyrun does not list end it, the real-time ones among them." => {
        catch_signals: || {
            use Signal::{SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
            let listed = [SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH];
            Signals::only(SignalNumbers::of(&listed))
        }
    }
    "hang-up-ends-ptyrun", "The hang-up of the caller's terminal ends ptyrun, whatever becomes of the process." =>
        { catch_signals: || all_but(&[Signal::SIGHUP]) }
    "resize-ends-ptyrun", "SIGWINCH ends ptyrun." => {
        catch_signals: || {
            on_arrival(Signal::SIGWINCH, end as *const () as libc::sighandler_t);
            all_but(&[Signal::SIGWINCH])
        }
    }
    "message-aborts", "ptyrun aborts where its message cannot be written." => {
        complain: |message| {
            use std::io::Write;
            if writeln!(std::io::stderr(), "ptyrun: {message}").is_err() {
                std::process::abort()
            }
        }
    }
    "broken-output-ignored", "Where nobody reads ptyrun's standard output it goes on, and drops what comes." =>
        { break_output: |_| Ok(()) }
    "terminal-touched-in-background", "ptyrun makes the caller's terminal raw for a moment, in its background, too." => {
        borrow_streams: || {
            let _ = RawMode::enter();
            Ok(())
        }
    }
    "foreground-not-noticed", "A ptyrun that is brought to the foreground leaves the caller's terminal as it is." =>
        { catch_signals: || all_but(&[Signal::SIGCONT]) }
    "frozen-not-seen", "ptyrun waits for a process that is born into a frozen cgroup." =>
        { freezer: |_| Freezer::default() }
    "frozen-and-deaf", "The same, and no signal of the caller ends the wait." => {
        freezer: |_| Freezer::default(),
        catch_signals: || {
            let deaf = [Signal::SIGINT, Signal::SIGTERM];
            deaf.iter().for_each(|signal| on_arrival(*signal, libc::SIG_IGN));
            all_but(&deaf)
        }
    }
    "delete-asks-only", "delete sends the container's process SIGTERM and no SIGKILL, and waits for its end." => {
        end_process: |process| {
            let _ = process.send(libc::SIGTERM);
        }
    }
    "kill-asks-only", "kill sends SIGTERM where SIGKILL is asked for." => {
        send: |process, signal| {
            (DESIGN.send)(process, if signal == libc::SIGKILL { libc::SIGTERM } else { signal })
        }
    }
    "relay-spins", "After a hang-up of the terminal the relay asks it again and again, without waiting." => {
        hang_up: |_| {
            static READY: OnceLock<EventFd> = OnceLock::new();
            let make = || EventFd::from_value_and_flags(1, EfdFlags::EFD_CLOEXEC).expect("there is room");
            HungUp::watch(std::os::fd::AsFd::as_fd(READY.get_or_init(make)))
        }
    }
}

fn all_but(signals: &[Signal]) -> Result<Signals, nix::errno::Errno> {
    let own = [Signal::SIGCHLD, Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU];
    Signals::only(SignalNumbers::ALL.without(SignalNumbers::of(&own)).without(SignalNumbers::of(signals)))
}

fn on_arrival(signal: Signal, handler: libc::sighandler_t) {
    // SAFETY: the handler is async-signal-safe, or none.
    unsafe { libc::signal(signal as i32, handler) };
}

extern "C" fn end(_: i32) {
    // SAFETY: async-signal-safe, and takes no pointers.
    unsafe { libc::_exit(1) }
}
