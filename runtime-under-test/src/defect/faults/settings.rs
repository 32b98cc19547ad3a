use crate::config::ConsoleSize;
use crate::defect::{Defect, active};
use crate::terminal::Slave;
use nix::libc;
use nix::sys::termios::SpecialCharacterIndices as Index;
use nix::sys::termios::{ControlFlags, InputFlags, LocalFlags, OutputFlags, SetArg, tcgetattr, tcsetattr};
use nix::unistd::{Gid, Uid};
use std::os::fd::{AsFd, AsRawFd};

const LOCAL_OFF: [(Defect, LocalFlags); 7] = [
    (Defect::EchoOff, LocalFlags::ECHO),
    (Defect::IsigOff, LocalFlags::ISIG),
    (Defect::IcanonOff, LocalFlags::ICANON),
    (Defect::EchoctlOff, LocalFlags::ECHOCTL),
    (Defect::EchoeOff, LocalFlags::ECHOE),
    (Defect::EchokeOff, LocalFlags::ECHOKE),
    (Defect::IextenOff, LocalFlags::IEXTEN),
];

const CHARACTERS: [(Defect, Index, u8); 5] = [
    (Defect::VeofWrong, Index::VEOF, 5),
    (Defect::VeraseWrong, Index::VERASE, 8),
    (Defect::VintrWrong, Index::VINTR, 24),
    (Defect::VkillWrong, Index::VKILL, 2),
    (Defect::VminZero, Index::VMIN, 0),
];

/// [`Defect::SlaveLocked`].
pub fn lock(master: impl AsFd) {
    if active(Defect::SlaveLocked) {
        let locked: libc::c_int = 1;
        // SAFETY: the kernel reads one int.
        unsafe { libc::ioctl(master.as_fd().as_raw_fd(), libc::TIOCSPTLCK, &raw const locked) };
    }
}

/// The user and group to give a terminal to that is to be `uid`'s: with a defect, others.
pub fn spoil_owner(uid: Uid) -> (Uid, Option<Gid>) {
    match () {
        () if active(Defect::SlaveOwner1000) => (Uid::from_raw(1000), None),
        () if active(Defect::SlaveGroupIsUsers) => (uid, Some(Gid::from_raw(uid.as_raw()))),
        () if active(Defect::SlaveGroup5Forced) => (uid, Some(Gid::from_raw(5))),
        () => (uid, None),
    }
}

/// [`Defect::SizeDefaultInvented`].
pub fn invented_size(foreground: bool) -> Option<ConsoleSize> {
    let size = ConsoleSize { height: 24, width: 80 };
    (active(Defect::SizeDefaultInvented) && !foreground).then_some(size)
}

/// The defects of the line discipline's settings, on a fresh terminal.
pub fn spoil_settings(slave: &Slave) {
    let Ok(mut settings) = tcgetattr(slave) else {
        return;
    };
    for (_, flag) in LOCAL_OFF.iter().filter(|(defect, _)| active(*defect)) {
        settings.local_flags.remove(*flag);
    }
    for (_, index, value) in CHARACTERS.iter().filter(|(defect, ..)| active(*defect)) {
        settings.control_chars[*index as usize] = *value;
    }
    settings.local_flags.set(LocalFlags::TOSTOP, active(Defect::TostopOn));
    settings.output_flags.set(OutputFlags::ONLCR, !active(Defect::OnlcrCleared));
    settings.input_flags.set(InputFlags::IXON, !active(Defect::IxonOff));
    settings.input_flags.set(InputFlags::ICRNL, !active(Defect::IcrnlOff));
    settings.input_flags.set(InputFlags::IUTF8, active(Defect::Iutf8On));
    settings.control_flags.set(ControlFlags::HUPCL, active(Defect::HupclOn));
    let _ = tcsetattr(slave, SetArg::TCSANOW, &settings);
}
