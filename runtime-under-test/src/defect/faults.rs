//! What the defects do where it takes more than leaving something out. Dead code in a normal build.

use super::{Defect, active};
use crate::relay;
use crate::terminal::{DeviceDirectory, Slave, TerminalError};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open, openat};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};
use nix::sys::stat::{Mode, SFlag, makedev, mknodat};
use nix::sys::termios::{
    InputFlags, LocalFlags, OutputFlags, SetArg, SpecialCharacterIndices, tcgetattr, tcsetattr,
};
use nix::unistd::{Uid, fchown, isatty, read};
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

fn failed(errno: Errno) -> TerminalError {
    TerminalError::Ioctl {
        action: "being defective",
        errno,
    }
}

/// [`Defect::PtmxIsNode`].
pub fn ptmx_node(dev: &DeviceDirectory) -> Result<(), TerminalError> {
    let mode = Mode::from_bits_truncate(0o666);
    mknodat(dev, "ptmx", SFlag::S_IFCHR, mode, makedev(5, 2)).map_err(failed)
}

/// [`Defect::ConsoleFollowsSymlink`].
pub fn open_following(dev: &DeviceDirectory) -> Result<OwnedFd, TerminalError> {
    let flags = OFlag::O_CREAT | OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    openat(dev, "console", flags, Mode::from_bits_truncate(0o620)).map_err(failed)
}

/// [`Defect::StdinDevNull`].
pub fn dev_null() -> Result<OwnedFd, TerminalError> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty()).map_err(failed)
}

/// [`Defect::TtyOpensSeparately`].
pub fn opened_again(slave: &Slave) -> Result<Slave, TerminalError> {
    let link = format!("/proc/self/fd/{}", slave.as_fd().as_raw_fd());
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    open(link.as_str(), flags, Mode::empty())
        .map(Slave::from)
        .map_err(failed)
}

/// The defects of the line discipline's settings, on a fresh terminal.
pub fn spoil_settings(slave: &Slave) {
    let Ok(mut settings) = tcgetattr(slave) else {
        return;
    };
    let local = [
        (Defect::EchoOff, LocalFlags::ECHO),
        (Defect::IsigOff, LocalFlags::ISIG),
        (Defect::IcanonOff, LocalFlags::ICANON),
        (Defect::EchoctlOff, LocalFlags::ECHOCTL),
    ];
    for (_, flag) in local.iter().filter(|(defect, _)| active(*defect)) {
        settings.local_flags.remove(*flag);
    }
    settings
        .output_flags
        .set(OutputFlags::ONLCR, !active(Defect::OnlcrCleared));
    settings
        .input_flags
        .set(InputFlags::IXON, !active(Defect::IxonOff));
    settings
        .input_flags
        .set(InputFlags::ICRNL, !active(Defect::IcrnlOff));
    if active(Defect::VeofWrong) {
        settings.control_chars[SpecialCharacterIndices::VEOF as usize] = 5;
    }
    if active(Defect::VeraseWrong) {
        settings.control_chars[SpecialCharacterIndices::VERASE as usize] = 8;
    }
    let _ = tcsetattr(slave, SetArg::TCSANOW, &settings);
}

/// The defects of the terminal's open file.
pub fn spoil_open_file(slave: &Slave) {
    if active(Defect::TtyNonblock) {
        let _ = fcntl(slave, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
    }
}

/// [`Defect::SocketConnectsTwice`]. The connection lives as long as the process.
pub fn connect_once_more(address: &UnixAddr) {
    if let Ok(stream) = socket(
        AddressFamily::Unix,
        SockType::Stream,
        SockFlag::SOCK_CLOEXEC,
        None,
    ) {
        let _ = connect(stream.as_raw_fd(), address);
        mem::forget(stream);
    }
}

/// [`Defect::WaitsForBackgroundChild`]: what is read meanwhile is lost.
pub fn read_until_hang_up(master: &OwnedFd) {
    let _ = fcntl(master, FcntlArg::F_SETFL(OFlag::O_RDWR));
    while read(master, &mut [0; 4096]).is_ok() {}
}

/// The defects that change what the relay shares with its caller.
pub fn spoil_caller() {
    let stdin: BorrowedFd<'_> = relay::stream(0);
    if active(Defect::NonblockLeftOnStdin) {
        if let Ok(flags) = fcntl(stdin, FcntlArg::F_GETFL) {
            let _ = fcntl(
                stdin,
                FcntlArg::F_SETFL(OFlag::from_bits_retain(flags) | OFlag::O_NONBLOCK),
            );
        }
    }
    if active(Defect::CallerTtyChowned) && isatty(stdin).unwrap_or(false) {
        let _ = fchown(stdin, Some(Uid::from_raw(1000)), None);
    }
}
