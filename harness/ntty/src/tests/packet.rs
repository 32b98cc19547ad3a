use super::check::{Terminal, terminal};
use crate::Side::{Master, Slave};
use crate::cc::VSTOP;
use crate::iflag::IXON;
use crate::lflag::{EXTPROC, NOFLSH};
use crate::{Action, Flow, Piece, Queue};

fn packets() -> Terminal {
    terminal().packet_mode(true)
}

impl Terminal {
    /// One status, and then data.
    #[track_caller]
    fn tells(self, status: u8, data: &str) -> Terminal {
        let mut pieces = vec![Piece::Status(status)];
        if !data.is_empty() {
            pieces.push(Piece::Certain(data.into()));
        }
        self.master_reads(pieces)
    }
}

#[test]
fn data_is_data() {
    packets().types("a\n").echoes("a\r\n").reads("a\n");
    terminal().writes("a").packet_mode(true).writes("b").echoes("ab");
}

#[test]
fn flushes() {
    packets().flushes(Slave, Queue::Input).tells(1, "").echoes("");
    packets().flushes(Slave, Queue::Output).tells(2, "");
    packets().flushes(Slave, Queue::Both).tells(3, "");
    packets().sets(Action::Flush, |_| {}).tells(1, "");
    packets().flushes(Master, Queue::Both).echoes("");
    packets().types("\x03").tells(3, "^C");
    packets().with_lflag(NOFLSH).types("\x03").echoes("^C");
    terminal().flushes(Slave, Queue::Both).packet_mode(true).echoes("");
}

#[test]
fn stop_and_start() {
    packets().types("\x13").tells(4, "").types("\x11").tells(8, "");
    packets().types("\x13").types("\x11").tells(8, "");
    packets().types("\x13\x11\x13").tells(4, "");
    packets().types("\x11").echoes("");
    packets().flow(Slave, Flow::OutputOff).tells(4, "").flow(Slave, Flow::OutputOn).tells(8, "");
    packets().types("\x13").tells(4, "").flow(Slave, Flow::OutputOff).echoes("");
    packets().types("\x13").tells(4, "").flow(Slave, Flow::InputOff).tells(4, "\x13");
    packets().types("\x13").tells(4, "").types("\x03").tells(11, "^C");
}

#[test]
fn flow_control_by_the_usual_characters() {
    packets().without_iflag(IXON).tells(16, "").with_iflag(IXON).tells(32, "");
    packets().with_cc(VSTOP, b'!').tells(16, "").with_cc(VSTOP, 0x13).tells(32, "");
    packets().without_iflag(IXON).with_iflag(IXON).tells(32, "");
    packets().with_lflag(NOFLSH).echoes("");
    packets().types("\x13").without_iflag(IXON).tells(24, "");
}

#[test]
fn settings_with_extproc() {
    packets().with_lflag(EXTPROC).tells(64, "").with_lflag(0).tells(64, "");
    packets().with_lflag(EXTPROC).without_lflag(EXTPROC).tells(64, "").with_lflag(0).echoes("");
}

#[test]
fn statuses_of_another_time() {
    let hidden = packets().types("\x13").packet_mode(false).echoes("");
    hidden.packet_mode(true).echoes("");
    packets().types("\x13").packet_mode(true).tells(4, "");
}
