//! Catching, ignoring, blocking and dying by signals, of which there are 64.

use crate::asking::{Ask, Probe, steps};
use crate::values::{Errno, Signal};
use nix::errno::Errno as SysErrno;
use nix::sys::signal::{SaFlags, SigSet};
use nix::{libc, sys::time::TimeSpec};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{mem::MaybeUninit, time::Duration};

steps! {
    /// Steps with signals.
    Signals;

    /// Catches signals from now on; system calls that one interrupts end.
    Catch { signals: Vec<Signal> } -> (): catch | try_catch,
        "catch {}", listed(signals) => { set(&signals, note_arrival as *const () as usize, SaFlags::empty()) }

    /// Catches signals from now on; system calls that one interrupts go on (`SA_RESTART`). signal(7), sigaction(2)
    CatchAndRestart { signals: Vec<Signal> } -> (): catch_and_restart | try_catch_and_restart,
        "catch {}, with SA_RESTART", listed(signals) => {
            set(&signals, note_arrival as *const () as usize, SaFlags::SA_RESTART)
        }

    /// Ignores signals from now on.
    Ignore { signals: Vec<Signal> } -> (): ignore | try_ignore,
        "ignore {}", listed(signals) => { set(&signals, libc::SIG_IGN, SaFlags::empty()) }

    /// Blocks these signals and no others. sigprocmask(2)
    Block { signals: Vec<Signal> } -> (): block | try_block,
        "block {}", listed(signals) => {
            let mut mask = SigSet::empty().as_ref().to_owned();
            for signal in signals {
                // SAFETY: the set is initialised, and sigaddset refuses numbers that are no signals.
                SysErrno::result(unsafe { libc::sigaddset(&raw mut mask, signal.0) })?;
            }
            set_mask(&mask).map(drop)
        }

    /// The caught signals that have arrived, in the order of their numbers, waiting so many milliseconds for the first.
    TakeSignals { milliseconds: u16 } -> Vec<Signal>: signals_within | try_signals_within,
        "take the signals that arrive within {milliseconds} ms" => {
            // With everything blocked between the look and the wait, an arrival cannot fall between the two.
            let before = set_mask(SigSet::all().as_ref())?;
            if ARRIVED.load(Ordering::SeqCst) == 0 {
                let time = TimeSpec::from_duration(Duration::from_millis(milliseconds.into()));
                // SAFETY: the set is one that sigprocmask has filled.
                let mask = unsafe { SigSet::from_sigset_t_unchecked(before) };
                match nix::poll::ppoll(&mut [], Some(time), Some(mask)) {
                    Ok(_) | Err(SysErrno::EINTR) => {}
                    Err(errno) => return Err(errno.into()),
                }
            }
            set_mask(&before)?;
            let arrived = ARRIVED.swap(0, Ordering::SeqCst);
            Ok((1..=64).filter(|number| arrived & (1 << (number - 1)) != 0).map(Signal).collect())
        }
}

impl<C: Ask> Probe<C> {
    /// The caught signals that have arrived; the first is waited for, but not as long as an answer. None means that
    /// none came.
    pub fn next_signals(&mut self) -> Result<Vec<Signal>, C::Error> {
        let wait = (self.0.patience() / 2).as_millis();
        self.signals_within(u16::try_from(wait).unwrap_or(u16::MAX))
    }
}

fn listed(signals: &[Signal]) -> String {
    let names: Vec<String> = signals.iter().map(Signal::to_string).collect();
    if names.is_empty() { "no signal".to_owned() } else { names.join(", ") }
}

/// Bit `n - 1` is set when signal `n` has arrived and was not yet taken.
static ARRIVED: AtomicU64 = AtomicU64::new(0);

extern "C" fn note_arrival(number: i32) {
    ARRIVED.fetch_or(1 << (number - 1), Ordering::SeqCst);
}

fn set(signals: &[Signal], handler: libc::sighandler_t, flags: SaFlags) -> Result<(), Errno> {
    for signal in signals {
        // SAFETY: all zeroes are a disposition: the default one, with no flags and an empty mask.
        let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
        action.sa_sigaction = handler;
        action.sa_flags = flags.bits();
        // SAFETY: the disposition is initialised, and the handler only touches an atomic, which is async-signal-safe.
        match SysErrno::result(unsafe { libc::sigaction(signal.0, &raw const action, std::ptr::null_mut()) }) {
            Err(SysErrno::EINVAL) => set_reserved(signal.0, &action)?,
            set => drop(set?),
        }
    }
    Ok(())
}

/// The same for a signal that the C library keeps for itself: it gets what the library makes of the disposition for another
/// signal, which is as before afterwards.
fn set_reserved(signal: i32, action: &libc::sigaction) -> Result<(), SysErrno> {
    /// The kernel's `struct sigaction`: handler, flags, restorer, mask.
    type Disposition = [u64; 4];
    let exchange = |signal: i32, new: Option<&Disposition>| {
        let mut old = Disposition::default();
        let new = new.map_or(std::ptr::null(), |new| new.as_ptr());
        // SAFETY: both are as large as the kernel's struct on every 64-bit architecture.
        let done = unsafe { libc::syscall(libc::SYS_rt_sigaction, signal, new, old.as_mut_ptr(), size_of::<u64>()) };
        SysErrno::result(done).map(|_| old)
    };
    const LENT: i32 = libc::SIGUSR2;
    let before = exchange(LENT, None)?;
    // SAFETY: as in `set`.
    SysErrno::result(unsafe { libc::sigaction(LENT, action, std::ptr::null_mut()) })?;
    exchange(signal, Some(&exchange(LENT, Some(&before))?)).map(drop)
}

/// Replaces the mask; what it was before.
fn set_mask(mask: &libc::sigset_t) -> Result<libc::sigset_t, Errno> {
    let mut before = MaybeUninit::uninit();
    // SAFETY: sigprocmask reads one set and, where it succeeds, fills the other, which only then is read.
    unsafe {
        SysErrno::result(libc::sigprocmask(libc::SIG_SETMASK, mask, before.as_mut_ptr()))?;
        Ok(before.assume_init())
    }
}

/// Dies by a signal with its default disposition; returns only where the kernel protects the process.
pub(super) fn die_by(signal: Signal) {
    let _ = set(&[signal], libc::SIG_DFL, SaFlags::empty());
    let _ = set_mask(SigSet::empty().as_ref());
    // SAFETY: raise takes an integer only.
    unsafe { libc::raise(signal.0) };
}
