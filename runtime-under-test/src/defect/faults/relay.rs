use crate::defect::{Defect, active};
use crate::relay;
use crate::terminal::raw_mode::RawMode;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::{Uid, fchown, isatty, read};
use std::mem;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};

/// [`Defect::WaitsForBackgroundChild`]: what is read meanwhile is lost.
pub fn read_until_hang_up(master: &OwnedFd) {
    let _ = fcntl(master, FcntlArg::F_SETFL(OFlag::O_RDWR));
    while read(master, &mut [0; 4096]).is_ok() {}
}

/// [`Defect::RelayBlocksOnInput`]: as if the write blocked.
pub fn await_room(master: BorrowedFd<'_>) {
    let mut set = [PollFd::new(master, PollFlags::POLLOUT)];
    let _ = poll(&mut set, PollTimeout::NONE);
}

/// [`Defect::RelayLosesAByte`]: how many of the next `length` bytes of output are lost.
pub fn lost(length: usize) -> usize {
    const KEPT: usize = 512 * 1024;
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    if !active(Defect::RelayLosesAByte) {
        return 0;
    }
    let before = SEEN.fetch_add(length, Ordering::Relaxed);
    (before < KEPT && before + length >= KEPT).into()
}

/// [`Defect::RawBeforeStart`].
pub fn leave_raw() {
    if active(Defect::RawBeforeStart) {
        mem::forget(RawMode::enter());
    }
}

/// The defects that change what the relay shares with its caller.
pub fn spoil_caller() {
    let stdin: BorrowedFd<'_> = relay::stream(0);
    if active(Defect::NonblockLeftOnStdin)
        && let Ok(flags) = fcntl(stdin, FcntlArg::F_GETFL)
    {
        let flags = OFlag::from_bits_retain(flags) | OFlag::O_NONBLOCK;
        let _ = fcntl(stdin, FcntlArg::F_SETFL(flags));
    }
    if active(Defect::CallerTtyChowned) && isatty(stdin).unwrap_or(false) {
        let _ = fchown(stdin, Some(Uid::from_raw(1000)), None);
    }
}
