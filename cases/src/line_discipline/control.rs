//! Characters that stop and start output.

use crate::prelude::*;
use nix::fcntl::OFlag;

pub const CASES: &[Case] = &[Case {
    id: "line-discipline/stop-holds-output-and-start-releases-it",
    title: "type the stop character (^S), let the process write, and type the start character (^Q)",
    requirement: "while output is stopped a write that must not block gets EAGAIN, and after ^Q everything comes, \
                      complete and once",
    why: "^S and ^Q hold a scrolling screen; output that is lost or never released looks like a hang",
    level: Level::Kernel,
    references: &[POSIX_TERMINALS, manual("termios(3)")],
    covers: &["H09"],
    needs: &[Need::Terminal],
    caught_by: &[("bytes on the terminal", &["ixon-off"])],
    body: |t| {
        let mut container = t.container()?.start()?;
        let settings = container.probe.termios(0)?;
        // Echo is output, too, and would mix with what the process writes.
        container.probe.set_termios(0, settings.without_echo())?;
        let flags = OFlag::O_WRONLY | OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
        let impatient = container.probe.open("/proc/self/fd/1", flags.bits())?.descriptor;
        container.types("\x13after\n")?;
        // Input is taken in order: the line is there, so the stop character was seen before.
        container.reads("after\n")?;
        let refused = container.probe.try_write_all(impatient, b"too early")?;
        let refused = refused.map_err(|errno| errno.to_string());
        t.equal("a write while output is stopped", refused, Err("EAGAIN".to_owned()))?;
        let mut terminal = container.take_terminal()?;
        // This write blocks, and its answer does not come, until the output is released.
        let held = container.probe.begin(step::Write { descriptor: 1, bytes: Bytes(b"held back\n".to_vec()) })?;
        terminal.types("\x11")?;
        terminal.receives("held back\r\n")?;
        held.finish()?;
        container.probe.write(1, b"[nothing before this]")?;
        Ok(terminal.receives("[nothing before this]")?)
    },
}];
