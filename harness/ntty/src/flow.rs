//! Flow control: output that is stopped and started.
//!
//! Output is stopped by the stop character (`^S`, with `IXON`) or by `tcflow(TCOOFF)`. While it is, programs write
//! nothing, and echo waits. What `tcflow` stopped, only `tcflow(TCOON)` starts again (LF-01); what `^S` stopped, any of
//! these does:
//!
//! - the start character, with `IXON`. If both are the same character, it starts and never stops (LI-10);
//! - any other character, with `IXON` and `IXANY`, which then means what it means (LI-07);
//! - a signal character, with `IXON`, even with `NOFLSH` (LS-06);
//! - `IXON` going off (LI-08), and `tcflow(TCOON)` only after a `TCOOFF`.
//!
//! All but `TCOON` carry out the echo that waits. After `TCOON` it waits for the next typed byte or write.
//!
//! `tcflow(TCIOFF)` and `TCION` ask the *other* side to stop and start: on the slave they send the stop or start
//! character to the master, past output processing and past waiting echo, even while `^S` holds output (output then
//! restarts for this one byte), but not while `TCOOFF` does (LF-02). With the character switched off they do nothing.
//!
//! On the master all this is mirrored: `TCOOFF` makes the master's own writes fail, `TCIOFF` types a `^S`, which stops
//! the slave if `IXON` is set (LF-03, LF-04). The master's characters are always `^S` and `^Q`.

use crate::flags::cc::{VSTART, VSTOP};
use crate::flags::iflag::{IXANY, IXON};
use crate::pty::{Side, Tty};
use crate::{mutant::Mutant, packet::Status, waiting::HandOver};

/// `^S`.
const USUAL_STOP: u8 = 0x13;
/// `^Q`.
const USUAL_START: u8 = 0x11;

/// What `tcflow` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// `TCOOFF`: stop output of this side.
    OutputOff,
    /// `TCOON`: start it again.
    OutputOn,
    /// `TCIOFF`: ask the other side to stop.
    InputOff,
    /// `TCION`: ask it to start again.
    InputOn,
}

/// Whether one side's output is stopped.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Valve {
    stopped: bool,
    by_ioctl: bool,
}

impl Valve {
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Stops, and gives whether that changed anything.
    fn stop(&mut self) -> bool {
        !std::mem::replace(&mut self.stopped, true)
    }

    /// Starts, unless `tcflow` holds it, and gives whether that changed anything.
    fn start(&mut self) -> bool {
        !self.by_ioctl && std::mem::replace(&mut self.stopped, false)
    }

    /// `TCOOFF` or `TCOON`, and gives whether that changed anything.
    fn switch(&mut self, off: bool) -> bool {
        if std::mem::replace(&mut self.by_ioctl, off) == off {
            return false;
        }
        if off { self.stop() } else { self.start() }
    }
}

impl Tty {
    /// Starts the slave's output, unless `tcflow` holds it, and gives whether that changed anything.
    pub(crate) fn start_output(&mut self) -> bool {
        if self.breaks(Mutant::StartUndoesOutputOff) {
            self.flow.by_ioctl = false;
        }
        let changed = self.flow.start();
        if changed {
            self.packet.tell(Status::STARTED);
        }
        changed
    }

    fn stop_output(&mut self) {
        if self.flow.stop() {
            self.packet.tell(Status::STOPPED);
        }
    }

    /// The start and stop characters, with `IXON`. Gives whether `c` is one. One that was already
    /// [looked at](crate::waiting) while it waited does nothing more.
    pub(crate) fn receive_flow_control(&mut self, c: u8, looked_at: bool) -> bool {
        if !self.termios.input(IXON) && !self.breaks(Mutant::FlowControlWithoutIxon) {
            return false;
        }
        let stop = self.termios.is(VSTOP, c);
        let start = self.termios.is(VSTART, c) && !(stop && self.breaks(Mutant::StopBeforeStart));
        if looked_at && !self.breaks(Mutant::LookAheadRepeated) {
            return start || stop;
        }
        if start {
            self.start_output();
            if !self.breaks(Mutant::StartKeepsEcho) {
                self.release_echo();
            }
        } else if stop {
            self.stop_output();
        }
        (start || stop) && !self.breaks(Mutant::FlowCharacterRead)
    }

    /// `IXANY`: a character restarts output.
    pub(crate) fn restart_by_any(&mut self) {
        let any = self.termios.input(IXON) && self.termios.input(IXANY);
        if any && !self.breaks(Mutant::IxanyIgnored) && self.start_output() {
            self.release_echo();
        }
    }

    /// `tcflow` through either side.
    pub fn flow(&mut self, side: Side, flow: Flow) {
        match side {
            Side::Slave => self.slave_flow(flow),
            Side::Master => self.master_flow(flow),
        }
        self.output.wire.settle();
    }

    fn slave_flow(&mut self, flow: Flow) {
        match flow {
            Flow::OutputOff => {
                if self.flow.switch(true) || self.breaks(Mutant::StoppedToldAgain) {
                    self.tell_of_switch(Status::STOPPED);
                }
            }
            Flow::OutputOn => {
                if !self.breaks(Mutant::OutputOnIgnored) && self.flow.switch(false) {
                    self.tell_of_switch(Status::STARTED);
                    if self.breaks(Mutant::OutputOnReleasesEcho) {
                        self.release_echo();
                    }
                }
            }
            Flow::InputOff => {
                self.send_past_everything(self.character_for(VSTOP));
                if self.breaks(Mutant::InputOffStopsOutput) {
                    self.stop_output();
                }
            }
            Flow::InputOn => self.send_past_everything(self.character_for(VSTART)),
        }
    }

    fn tell_of_switch(&mut self, status: Status) {
        if !self.breaks(Mutant::OutputSwitchUntold) {
            self.packet.tell(status);
        }
    }

    /// What asks the other side to stop or to start: the character that is set, with `IXON` or without.
    fn character_for(&self, index: usize) -> u8 {
        match index {
            _ if !self.termios.input(IXON) && self.breaks(Mutant::InputOffNeedsIxon) => 0,
            VSTOP if self.breaks(Mutant::UsualCharactersSent) => USUAL_STOP,
            VSTART if self.breaks(Mutant::UsualCharactersSent) => USUAL_START,
            set => self.termios.cc[set],
        }
    }

    fn send_past_everything(&mut self, c: u8) {
        if c == 0 && !self.breaks(Mutant::DisabledCharacterSent) {
            return;
        }
        let stopped = self.flow.stopped();
        if !self.breaks(Mutant::InputOffHeld) {
            self.start_output();
        }
        if !self.flow.stopped() || self.breaks(Mutant::InputOffDespiteOutputOff) {
            self.output.send(&[c]);
        }
        if stopped {
            self.stop_output();
        }
    }

    /// Whether the master's writes fail.
    pub(crate) fn master_stopped(&self) -> bool {
        self.master_flow.stopped() && !self.breaks(Mutant::MasterOutputOffIgnored)
    }

    fn master_flow(&mut self, flow: Flow) {
        match flow {
            Flow::OutputOff | Flow::OutputOn => {
                self.master_flow.switch(flow == Flow::OutputOff);
            }
            Flow::InputOff => self.type_past_everything(USUAL_STOP),
            Flow::InputOn => self.type_past_everything(USUAL_START),
        }
    }

    fn type_past_everything(&mut self, c: u8) {
        if !self.master_stopped() && !self.breaks(Mutant::MasterInputOffIgnored) {
            self.take_typed(&[c], HandOver::LastPiece);
        }
    }
}
