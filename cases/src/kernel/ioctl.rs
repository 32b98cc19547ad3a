//! Ioctls that both ends of a pty know, and one that neither does.

use crate::{kernel::instance::carries, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-ioctl/both-ends-answer",
        title: "read and set again line discipline, settings, size and exclusive mode at both ends of a new pty, send \
                breaks, stop and start output, discard queues and count what is queued",
        requirement: "each call succeeds at both ends and gives what was set; settings and size are as before, and the pty \
                      carries bytes",
        why: "relays save and restore the settings of a terminal through whichever end they hold",
        references: &[manual("ioctl_tty(2)")],
        covers: &["MS-06"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let size = Size::new(24, 80);
            actor.set_size(pty.master, size)?;
            for (end, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                for (name, argument, answer) in ANSWERS {
                    let found = actor.try_ioctl(descriptor, name, argument)?;
                    t.equal(&format!("{name} {argument} at the {end}"), found, Ok(answer))?;
                }
                let termios = actor.termios(descriptor)?;
                for action in [TermiosAction::Now, TermiosAction::Drain, TermiosAction::Flush] {
                    let done = actor.try_set_termios(descriptor, action, termios)?;
                    t.equal(&format!("tcsetattr {action} at the {end}"), done, Ok(()))?;
                }
                t.equal(&format!("settings at the {end}"), actor.termios(descriptor)?, termios)?;
                t.equal(&format!("TIOCSWINSZ at the {end}"), actor.try_set_size(descriptor, size)?, Ok(()))?;
                t.equal(&format!("size at the {end}"), actor.size(descriptor)?, size)?;
            }
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-ioctl/pty-is-no-virtual-console",
        title: "ask both ends of a pty for a function of the virtual console, TIOCLINUX",
        requirement: "ENOTTY",
        why: "on a virtual console it pastes into its user's input; a container's terminal must not be a way to that",
        level: Level::Security,
        references: &[manual("ioctl_console(2)").at("TIOCLINUX")],
        covers: &["MS-09"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            // 6: which virtual console is in front; 3: paste the selection.
            for function in [6, 3] {
                for (end, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                    let refused = actor.try_ioctl(descriptor, IoctlName::Tioclinux, function)?;
                    t.equal(&format!("TIOCLINUX {function} at the {end}"), refused, Err(Errno::ENOTTY))?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// What a new pty answers at either end, one call after the other: the argument, and the answer.
const ANSWERS: [(IoctlName, i64, i64); 21] = [
    (IoctlName::Tiocgetd, 0, 0),
    (IoctlName::Tiocsetd, 0, 0),
    (IoctlName::Tiocgetd, 0, 0),
    (IoctlName::Fionread, 0, 0),
    (IoctlName::Tiocoutq, 0, 0),
    (IoctlName::Tiocgexcl, 0, 0),
    (IoctlName::Tiocexcl, 0, 0),
    (IoctlName::Tiocgexcl, 0, 1),
    (IoctlName::Tiocnxcl, 0, 0),
    (IoctlName::Tiocgexcl, 0, 0),
    (IoctlName::Tcsbrk, 0, 0),
    (IoctlName::Tcsbrk, 1, 0),
    (IoctlName::Tcsbrkp, 0, 0),
    (IoctlName::Tiocsbrk, 0, 0),
    (IoctlName::Tioccbrk, 0, 0),
    (IoctlName::Tcxonc, TCOOFF as i64, 0),
    (IoctlName::Tcxonc, TCOON as i64, 0),
    (IoctlName::Tcflsh, TCIFLUSH as i64, 0),
    (IoctlName::Tcflsh, TCIOFLUSH as i64, 0),
    (IoctlName::Fionread, 0, 0),
    (IoctlName::Tiocoutq, 0, 0),
];
