//! The size of a terminal's window.

use crate::references::manual;
use ptyproof_harness::case::{Case, Level};
use ptyproof_probe::Size;

/// All of them.
pub const CASES: &[Case] = &[STARTS_WITHOUT_A_SIZE];

const STARTS_WITHOUT_A_SIZE: Case = Case {
    id: "kernel-size/starts-without-a-size",
    title: "ask both sides of a new pty for the size",
    requirement: "0 rows, 0 columns, no pixels",
    why: "a program takes 0 for unknown and falls back to its own default; anything else would be a lie",
    level: Level::Kernel,
    references: &[manual("ioctl_tty(2)").at("TIOCGWINSZ")],
    covers: &["WS-01"],
    needs: &[],
    body: |t| {
        let mut actor = t.actor()?;
        let pty = actor.new_pty(0)?;
        t.equal(
            "size at the master",
            actor.size(pty.master)?,
            Size::default(),
        )?;
        t.equal("size at the slave", actor.size(pty.slave)?, Size::default())
    },
};
