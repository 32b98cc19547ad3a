//! Catching, counting and dying by signals.

use nix::errno::Errno as SysErrno;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, sigaction, sigprocmask};
use ptyproof_probe::{Errno, Signal};
use std::sync::atomic::{AtomicU64, Ordering};

/// Bit `n - 1` is set when signal `n` has arrived and was not yet taken.
static ARRIVED: AtomicU64 = AtomicU64::new(0);

extern "C" fn note_arrival(number: i32) {
    ARRIVED.fetch_or(1 << (number - 1), Ordering::SeqCst);
}

fn known(signal: Signal) -> Result<nix::sys::signal::Signal, Errno> {
    nix::sys::signal::Signal::try_from(signal.0).map_err(Errno::from)
}

/// Installs the handler that notes arrivals. System calls are not restarted, so that a blocked read ends.
pub fn catch(signals: &[Signal]) -> Result<(), Errno> {
    set(signals, SigHandler::Handler(note_arrival), SaFlags::empty())
}

/// As [`catch`], but system calls are restarted, as most programs have it. signal(7), sigaction(2).
pub fn catch_and_restart(signals: &[Signal]) -> Result<(), Errno> {
    let handler = SigHandler::Handler(note_arrival);
    set(signals, handler, SaFlags::SA_RESTART)
}

/// Ignores signals.
pub fn ignore(signals: &[Signal]) -> Result<(), Errno> {
    set(signals, SigHandler::SigIgn, SaFlags::empty())
}

/// Blocks these signals and no others. sigprocmask(2).
pub fn block(signals: &[Signal]) -> Result<(), Errno> {
    let mut mask = SigSet::empty();
    for &signal in signals {
        mask.add(known(signal)?);
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&mask), None)?;
    Ok(())
}

fn set(signals: &[Signal], handler: SigHandler, flags: SaFlags) -> Result<(), Errno> {
    let action = SigAction::new(handler, flags, SigSet::empty());
    for &signal in signals {
        // SAFETY: the handler only touches an atomic, which is async-signal-safe.
        unsafe { sigaction(known(signal)?, &action) }?;
    }
    Ok(())
}

/// Waits until a caught signal has arrived or the time is over, and takes all that have arrived.
pub fn take(milliseconds: u16) -> Result<Vec<Signal>, Errno> {
    let all = SigSet::all();
    let mut before = SigSet::empty();
    // With everything blocked between the look and the wait, an arrival cannot fall between the two.
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&all), Some(&mut before))?;
    if ARRIVED.load(Ordering::SeqCst) == 0 {
        let time = nix::sys::time::TimeSpec::from_duration(std::time::Duration::from_millis(milliseconds.into()));
        match nix::poll::ppoll(&mut [], Some(time), Some(before)) {
            Ok(_) | Err(SysErrno::EINTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    sigprocmask(SigmaskHow::SIG_SETMASK, Some(&before), None)?;
    let arrived = ARRIVED.swap(0, Ordering::SeqCst);
    Ok((1..=64).filter(|number| arrived & (1 << (number - 1)) != 0).map(Signal).collect())
}

/// Dies by a signal with its default disposition; returns only where the kernel protects the process.
pub fn die_by(signal: Signal) {
    let Ok(signal) = known(signal) else { return };
    let action = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
    // SAFETY: restoring the default disposition installs no code of ours.
    let _ = unsafe { sigaction(signal, &action) };
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
    let _ = nix::sys::signal::raise(signal);
}
