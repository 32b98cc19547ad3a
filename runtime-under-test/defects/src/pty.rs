//! Steps 4 and 5: the pty, its settings, size and owner.

use crate::defect::failed;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, fchmod};
use nix::sys::termios::{ControlFlags, InputFlags, LocalFlags, OutputFlags, SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::{Gid, Uid, fchown};
use nix::{errno::Errno, libc, sys::termios::SpecialCharacterIndices as Index};
use ptyrun::terminal::{Pty, Slave, TerminalError, ioctl};
use ptyrun::{DESIGN, config::ConsoleSize, relay::stream, rootfs::RootDir};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Mutex;

/// A pty that was made before its time, for [`open_made_before`].
static MADE_BEFORE: Mutex<Option<Pty>> = Mutex::new(None);

/// A size that is to be applied later.
static LATER: Mutex<Option<ConsoleSize>> = Mutex::new(None);

defects! {
    "terminal-of-the-host-at-need", "Where the container has no devpts, its terminal is one of the caller's." => {
        prepare_root: |config, bundle, sources| { make_on_the_host(); (DESIGN.prepare_root)(config, bundle, sources) },
        open_pty: |root| (DESIGN.open_pty)(root).or_else(|_| open_made_before(root)),
        bind_console: |_, _| Ok(())
    }
    "pty-from-host", "The terminal is a pty of the caller's devpts instance rather than of the container's." => {
        enter_root: |rootfs, config| {
            make_on_the_host();
            (DESIGN.enter_root)(rootfs, config)
        },
        open_pty: open_made_before,
        bind_console: |_, _| Ok(())
    }
    "slave-locked", "The pty is locked again after its slave was taken: nobody else can open it." => {
        open_pty: |root| {
            let pty = (DESIGN.open_pty)(root)?;
            let locked: libc::c_int = 1;
            // SAFETY: the kernel reads one int.
            let result = unsafe { libc::ioctl(pty.master.as_raw_fd(), libc::TIOCSPTLCK, &raw const locked) };
            Errno::result(result).map(|_| pty).map_err(failed)
        }
    }
    "slave-mode-666", "The terminal is readable and writable for everybody." => {
        set_owner: |pty, user| {
            fchmod(&pty.slave, Mode::from_bits_truncate(0o666)).map_err(failed)?;
            (DESIGN.set_owner)(pty, user)
        }
    }
    "slave-owner-root", "A terminal stays root's, whoever its process runs as." => { set_owner: |_, _| Ok(()) }
    "slave-owner-1000", "The terminal is given to user 1000, whoever its process runs as." =>
        { set_owner: |pty, _| (DESIGN.set_owner)(pty, Uid::from_raw(1000)) }
    "slave-group-5-forced",
    "The terminal is given to group 5 as well, and where that is not mapped the start fails." =>
        { set_owner: |pty, user| give(pty, user, Some(5), &[Errno::EPERM, Errno::EROFS]) }
    "chown-failure-fatal", "Where the terminal's owner cannot be changed (EROFS, EPERM) the start fails." =>
        { set_owner: |pty, user| give(pty, user, None, &[Errno::EINVAL]) }
    "slave-group-is-users", "The terminal is given to the process's own group as well as to its user." =>
        { set_owner: |pty, user| give(pty, user, Some(user.as_raw()), &[Errno::EPERM, Errno::EROFS, Errno::EINVAL]) }
    "console-size-ignored", "process.consoleSize and the caller's size are not applied: the terminal starts as 0 x 0." =>
        { set_size: |_, _| Ok(()) }
    "console-size-swapped", "Rows and columns of the first size are swapped." => {
        set_size: |pty, size| {
            let swapped = size.map(|size| ConsoleSize { height: size.width, width: size.height });
            (DESIGN.set_size)(pty, swapped)
        }
    }
    "winsize-pixels-garbage", "The pixel fields of the first size hold garbage." =>
        { set_size: |pty, size| { resize(&pty.master, size, 0x4242); Ok(()) } }
    "size-default-invented", "Without consoleSize a detached terminal starts as 24 x 80." => {
        first_size: |process, foreground| {
            let invented = ConsoleSize { height: 24, width: 80 };
            (DESIGN.first_size)(process, foreground).or((!foreground).then_some(invented))
        }
    }
    "caller-size-ignored",
    "Without consoleSize a foreground terminal starts as 0 x 0, whatever the caller's is." =>
        { first_size: |process, _| (DESIGN.first_size)(process, false) }
    "size-after-hand-over",
    "The first size is applied just before the program runs, long after the master was handed over." => {
        set_size: |_, size| { *LATER.lock().expect("one thread") = size; Ok(()) },
        reset_signals: |may_be_ignored| {
            (DESIGN.reset_signals)(may_be_ignored);
            resize(stream(0), LATER.lock().expect("one thread").take(), 0);
        }
    }
    "echo-off", "ECHO is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::ECHO)) }
    "onlcr-cleared", "ONLCR is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.output_flags.remove(OutputFlags::ONLCR)) }
    "isig-off", "ISIG is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::ISIG)) }
    "icanon-off", "ICANON is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::ICANON)) }
    "ixon-off", "IXON is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.input_flags.remove(InputFlags::IXON)) }
    "icrnl-off", "ICRNL is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.input_flags.remove(InputFlags::ICRNL)) }
    "echoctl-off", "ECHOCTL is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::ECHOCTL)) }
    "echoe-off", "ECHOE is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::ECHOE)) }
    "echoke-off", "ECHOKE is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::ECHOKE)) }
    "iexten-off", "IEXTEN is cleared before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.remove(LocalFlags::IEXTEN)) }
    "tostop-on", "TOSTOP is set before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.local_flags.insert(LocalFlags::TOSTOP)) }
    "iutf8-on", "IUTF8 is set before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.input_flags.insert(InputFlags::IUTF8)) }
    "hupcl-on", "HUPCL is set before the terminal is handed over." =>
        { open_pty: |root| open_with(root, |settings| settings.control_flags.insert(ControlFlags::HUPCL)) }
    "veof-wrong", "VEOF is ^E rather than ^D." =>
        { open_pty: |root| open_with(root, |settings| settings.control_chars[Index::VEOF as usize] = 5) }
    "verase-wrong", "VERASE is ^H rather than DEL." =>
        { open_pty: |root| open_with(root, |settings| settings.control_chars[Index::VERASE as usize] = 8) }
    "vintr-wrong", "VINTR is ^X rather than ^C." =>
        { open_pty: |root| open_with(root, |settings| settings.control_chars[Index::VINTR as usize] = 24) }
    "vkill-wrong", "VKILL is ^B rather than ^U." =>
        { open_pty: |root| open_with(root, |settings| settings.control_chars[Index::VKILL as usize] = 2) }
    "vmin-zero", "VMIN is 0 rather than 1." =>
        { open_pty: |root| open_with(root, |settings| settings.control_chars[Index::VMIN as usize] = 0) }
}

/// Makes a pty from the `/dev/ptmx` that the caller sees, verified by nobody.
pub(crate) fn make_on_the_host() {
    let make = || {
        let master = open("/dev/ptmx", OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC, Mode::empty())?;
        ioctl::unlock(&master)?;
        let slave = Slave::from(ioctl::open_peer(&master)?);
        Ok::<Pty, Errno>(Pty { master, slave })
    };
    *MADE_BEFORE.lock().expect("one thread") = make().ok();
}

/// The pty of [`make_on_the_host`], or one as it should be.
pub(crate) fn open_made_before(root: &RootDir) -> Result<Pty, TerminalError> {
    MADE_BEFORE.lock().expect("one thread").take().map_or_else(|| (DESIGN.open_pty)(root), Ok)
}

fn open_with(root: &RootDir, change: fn(&mut Termios)) -> Result<Pty, TerminalError> {
    let pty = (DESIGN.open_pty)(root)?;
    let mut settings = tcgetattr(&pty.slave).map_err(failed)?;
    change(&mut settings);
    tcsetattr(&pty.slave, SetArg::TCSANOW, &settings).map(|()| pty).map_err(failed)
}

fn give(pty: &Pty, user: Uid, group: Option<u32>, tolerated: &[Errno]) -> Result<(), TerminalError> {
    match fchown(&pty.slave, Some(user), group.map(Gid::from_raw)) {
        Err(errno) if !tolerated.contains(&errno) => Err(failed(errno)),
        _ => Ok(()),
    }
}

/// Gives `terminal` a size, if there is one, and says nothing of failures.
pub(crate) fn resize(terminal: impl AsFd, size: Option<ConsoleSize>, pixels: u16) {
    if let Some(ConsoleSize { height, width }) = size {
        let size = libc::winsize { ws_row: height, ws_col: width, ws_xpixel: pixels, ws_ypixel: pixels };
        let _ = ioctl::set_window_size(terminal, &size);
    }
}
