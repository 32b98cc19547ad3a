//! The caller's terminal in raw mode, and back on every way out.

use nix::errno::Errno;
use nix::sys::termios::{SetArg, Termios, cfmakeraw, tcgetattr, tcsetattr};
use std::{cell::RefCell, os::fd::BorrowedFd, panic, sync::Once};

thread_local! {
    /// What to put back: here and not only in the guard, for the panic hook. ptyrun has one thread.
    static SAVED: RefCell<Option<Termios>> = const { RefCell::new(None) };
}

/// While this lives, the caller's terminal passes every byte through: the container's terminal does the line discipline,
/// and a second one before it would echo twice, translate twice and take ^C for itself.
///
/// Dropping it restores what was before. So does a panic, also where that aborts. Signals that would end the process are
/// read from a signalfd in the meantime (see [`crate::relay`]), so they pass through the drop as well.
#[derive(Debug)]
pub struct RawMode(());

impl RawMode {
    /// Switches the terminal on descriptor 0. Type-ahead is kept: TCSANOW, never TCSAFLUSH.
    pub fn enter() -> Result<RawMode, Errno> {
        let saved = tcgetattr(stdin())?;
        let mut raw = saved.clone();
        cfmakeraw(&mut raw);
        restore_on_panic();
        SAVED.with_borrow_mut(|slot| *slot = Some(saved));
        let guard = RawMode(());
        tcsetattr(stdin(), SetArg::TCSANOW, &raw)?;
        Ok(guard)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        restore();
    }
}

fn restore() {
    let saved = SAVED.with(|slot| slot.try_borrow_mut().ok().and_then(|mut slot| slot.take()));
    if let Some(saved) = saved {
        let _ = tcsetattr(stdin(), SetArg::TCSANOW, &saved);
    }
}

fn restore_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            restore();
            report(info);
        }));
    });
}

fn stdin() -> BorrowedFd<'static> {
    // SAFETY: std opens descriptor 0 before main, and the foreground process never closes it.
    unsafe { BorrowedFd::borrow_raw(0) }
}
