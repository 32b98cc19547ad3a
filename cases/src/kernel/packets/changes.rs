//! Statuses of changed settings.

use super::{DO_STOP, IOCTL, NO_STOP, packet_pty};
use crate::references::manual;
use nix::libc::{ECHO, EXTPROC, IXON, VINTR, VSTART, VSTOP};
use ptyproof_harness::case::{Case, Judgement, Trial};
use ptyproof_harness::probe::{Actor, PtyDescriptors};
use ptyproof_probe::{Errno, TermiosFacts};

/// The cases of this file.
pub const CASES: &[Case] = &[FLOW_CONTROL, UNRELATED, EXTERNAL];

/// Sets settings through the slave, and compares the status that the master reads; `None` for no status.
fn change(
    t: &Trial,
    actor: &mut Actor,
    pty: PtyDescriptors,
    what: &str,
    wanted: TermiosFacts,
    status: Option<u8>,
) -> Judgement {
    actor.set_termios(pty.slave, wanted)?;
    let seen = actor.try_read(pty.master)?;
    let expected = status.map(|status| vec![status]).ok_or(Errno::EAGAIN);
    t.equal(&format!("the status after {what}"), seen, expected)
}

const FLOW_CONTROL: Case = Case {
    id: "kernel-packets/giving-flow-control-up-is-told",
    title: "clear IXON and set it; give VSTOP another key and its own back; the same with VSTART; then both at once",
    requirement: "the master reads 16 whenever ^S and ^Q cease to stop and start output, and 32 when they do again",
    why: "rlogin(1) handles ^S on the user's side, and must leave it to an editor that binds it",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
    covers: &["PK-06"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        let before = actor.termios(pty.slave)?;
        let mut without = before;
        without.input &= !IXON;
        let mut other_stop = before;
        other_stop.characters[VSTOP] = b'x';
        let mut other_start = before;
        other_start.characters[VSTART] = b'y';
        for (what, changed) in
            [("clearing IXON", without), ("another VSTOP", other_stop), ("another VSTART", other_start)]
        {
            change(t, &mut actor, pty, what, changed, Some(NO_STOP))?;
            let what = format!("undoing {what}");
            change(t, &mut actor, pty, &what, before, Some(DO_STOP))?;
        }
        let what = "another VSTOP";
        change(t, &mut actor, pty, what, other_stop, Some(NO_STOP))?;
        let what = "clearing IXON when it means nothing";
        change(t, &mut actor, pty, what, without, None)
    },
    ..Case::KERNEL
};

const UNRELATED: Case = Case {
    id: "kernel-packets/other-settings-are-not-told",
    title: "set the settings that are set, then change ECHO and VINTR",
    requirement: "there is no status to read",
    why: "every prompt for a password changes settings: each would cost a packet over the network",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
    covers: &["PK-06"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        let mut settings = actor.termios(pty.slave)?;
        change(t, &mut actor, pty, "no change", settings, None)?;
        settings.local &= !ECHO;
        change(t, &mut actor, pty, "clearing ECHO", settings, None)?;
        settings.characters[VINTR] = 0x07;
        change(t, &mut actor, pty, "another VINTR", settings, None)
    },
    ..Case::KERNEL
};

const EXTERNAL: Case = Case {
    id: "kernel-packets/every-change-is-told-with-extproc",
    title: "set EXTPROC, change ECHO, set the same again, clear IXON, and clear EXTPROC",
    requirement: "the master reads 64 each time, with 16 when IXON goes; and nothing for ECHO after that",
    why: "with LINEMODE of telnet the user's side edits lines, and has to follow what programs set",
    references: &[manual("ioctl_tty(2)").at("TIOCPKT"), manual("termios(3)").at("EXTPROC")],
    covers: &["PK-07"],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = packet_pty(&mut actor)?;
        let mut settings = actor.termios(pty.slave)?;
        settings.local |= EXTPROC;
        let told = Some(IOCTL);
        change(t, &mut actor, pty, "setting EXTPROC", settings, told)?;
        settings.local &= !ECHO;
        change(t, &mut actor, pty, "clearing ECHO", settings, told)?;
        change(t, &mut actor, pty, "no change", settings, told)?;
        settings.input &= !IXON;
        let both = Some(IOCTL | NO_STOP);
        change(t, &mut actor, pty, "clearing IXON", settings, both)?;
        settings.local &= !EXTPROC;
        change(t, &mut actor, pty, "clearing EXTPROC", settings, told)?;
        settings.local |= ECHO;
        change(t, &mut actor, pty, "setting ECHO after that", settings, None)
    },
    ..Case::KERNEL
};
