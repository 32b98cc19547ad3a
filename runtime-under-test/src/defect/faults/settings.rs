use crate::defect::{Defect, active};
use crate::terminal::Slave;
use nix::sys::termios::SpecialCharacterIndices as Index;
use nix::sys::termios::{
    ControlFlags, InputFlags, LocalFlags, OutputFlags, SetArg, tcgetattr, tcsetattr,
};

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
    settings
        .local_flags
        .set(LocalFlags::TOSTOP, active(Defect::TostopOn));
    settings
        .output_flags
        .set(OutputFlags::ONLCR, !active(Defect::OnlcrCleared));
    settings
        .input_flags
        .set(InputFlags::IXON, !active(Defect::IxonOff));
    settings
        .input_flags
        .set(InputFlags::ICRNL, !active(Defect::IcrnlOff));
    settings
        .input_flags
        .set(InputFlags::IUTF8, active(Defect::Iutf8On));
    settings
        .control_flags
        .set(ControlFlags::CREAD, !active(Defect::CreadOff));
    let _ = tcsetattr(slave, SetArg::TCSANOW, &settings);
}
