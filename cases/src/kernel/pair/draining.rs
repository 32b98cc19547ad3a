//! Waiting until output is sent, which on a pty it always is.

use crate::{kernel::full::fill, prelude::*};
use nix::libc::OPOST;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/draining-never-waits",
        title: "write to both sides until nothing more is taken, read nothing, then ask TIOCOUTQ, drain with TCSBRK, and \
            set settings with TCSADRAIN",
        requirement: "TIOCOUTQ is 0 on both sides, and the others succeed at once",
        why: "programs call tcdrain(3) before they end: with a terminal emulator that is stopped they would hang, and on a \
              kernel that counts otherwise they do",
        references: &[manual("ioctl_tty(2)").at("TIOCOUTQ"), manual("tcdrain(3)")],
        covers: &["PT-28"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let settings = actor.change_termios(pty.slave, TermiosFacts::raw)?;
            fill(&mut actor, pty.slave)?;
            fill(&mut actor, pty.master)?;
            for (side, descriptor) in [("slave", pty.slave), ("master", pty.master)] {
                t.equal(&format!("TIOCOUTQ of the {side}"), actor.ioctl(descriptor, IoctlName::Tiocoutq, 0)?, 0)?;
                t.equal(&format!("draining the {side}"), actor.try_ioctl(descriptor, IoctlName::Tcsbrk, 1)?, Ok(0))?;
                let set = actor.try_set_termios(descriptor, TermiosAction::Drain, settings)?;
                t.equal(&format!("TCSADRAIN of the {side}"), set, Ok(()))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/settings-with-tcsadrain-and-another-writer",
        title: "let a process write 64 KiB of lines without a reader until it waits, end output processing in another \
                with TCSADRAIN, and read everything",
        requirement: "since Linux 6.4 tcsetattr(3) waits for the write, and all of it is translated as before; before, it \
                      takes effect at once, in the middle of the write. No byte is lost either way",
        why: "the screen of a program that changes settings while its child still prints ends in a staircase",
        references: &[
            manual("tcsetattr(3)").at("TCSADRAIN"),
            issue(
                "Linux 6.4, tty: Prevent writing chars during tcsetattr TCSADRAIN/FLUSH",
                "https://git.kernel.org/linus/094fb49a2d0d",
            ),
        ],
        covers: &["PT-28"],
        body: |t| {
            let written = Bytes::pattern(Lines::Broken, 64 * 1024);
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut settings = actor.termios(pty.slave)?;
            settings.output &= !OPOST;
            let mut writer = actor.fork(ChildGroup::Parents)?;
            let mut setter = actor.fork(ChildGroup::Parents)?;
            let writing = writer.begin(step::WriteOnce { descriptor: pty.slave, bytes: written.clone() })?;
            t.equal("the write waits", writing.sleeps()?, true)?;
            let (action, termios) = (TermiosAction::Drain, settings);
            let setting = setter.begin(step::SetTermios { descriptor: pty.slave, action, termios })?;
            let waits = setting.sleeps()?;

            let (mut returns, mut lines) = (0, Vec::new());
            while lines.len() < written.0.len() {
                for byte in actor.read(pty.master)? {
                    match byte {
                        b'\r' => returns += 1,
                        byte => lines.push(byte),
                    }
                }
            }
            t.equal_bytes("what is read, without carriage returns", &lines, &written.0)?;
            let all = written.0.len() as i64;
            t.equal("the write", writing.answer()?, Ok(all))?;
            t.equal("tcsetattr", setting.answer()?, Ok(()))?;
            let translated = returns == written.0.len() / 64;
            let known = [("new", (true, true)), ("old", (false, false))];
            t.shows("whether tcsetattr waits, and whether all lines are translated", (waits, translated), &known)
        },
        ..Case::KERNEL
    },
];
