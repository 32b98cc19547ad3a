//! Ioctls that do little or nothing on a pty, and TIOCSIG.

use crate::kernel::events::{WRITABLE, events};
use crate::prelude::*;
use nix::libc::{SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGTSTP, SIGWINCH};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-break-does-nothing",
        title: "send breaks on both sides with TCSBRK, TCSBRKP, TIOCSBRK and TIOCCBRK",
        requirement: "all succeed, and the other side sees nothing of it",
        why: "a modem program that runs on a pty must neither fail nor type a byte",
        references: &[manual("ioctl_tty(2)").at("TCSBRK"), manual("tcsendbreak(3)")],
        covers: &["PT-29"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            for (side, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                for (name, argument) in [
                    (IoctlName::Tcsbrk, 0),
                    (IoctlName::Tcsbrk, 1),
                    (IoctlName::Tcsbrkp, 1),
                    (IoctlName::Tiocsbrk, 0),
                    (IoctlName::Tioccbrk, 0),
                ] {
                    t.equal(&format!("{name} of the {side}"), actor.try_ioctl(descriptor, name, argument)?, Ok(0))?;
                }
            }
            for (side, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                t.equal(&format!("poll of the {side}"), events(&mut actor, descriptor)?, WRITABLE)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-pty-is-no-serial-line",
        title: "ask both sides for modem lines, serial settings and interrupt counts, and with a number that no terminal knows",
        requirement: "ENOTTY; older kernels say EINVAL for the counts",
        why: "programs tell a serial line from a pty by this",
        references: &[manual("ioctl_tty(2)").at("TIOCMGET"), manual("ioctl(2)").at("ENOTTY")],
        covers: &["PT-30"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            for (side, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                let counts = actor.try_ioctl(descriptor, IoctlName::Tiocgicount, 0)?;
                let known = [("new", Err(Errno::ENOTTY)), ("old", Err(Errno::EINVAL))];
                t.shows(&format!("TIOCGICOUNT of the {side}"), counts, &known)?;
                for name in [IoctlName::Tiocmget, IoctlName::Tiocmset, IoctlName::Tiocgserial, IoctlName::Unknown] {
                    let refused = actor.try_ioctl(descriptor, name, 0)?;
                    t.equal(&format!("{name} of the {side}"), refused, Err(Errno::ENOTTY))?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-bad-pointer-changes-nothing",
        title: "set and get settings, size, packet mode and foreground group with a null pointer",
        requirement: "EFAULT; settings, size and packet mode stay as they were",
        why: "a program's mistake must not leave its user's terminal half changed",
        references: &[manual("ioctl(2)").at("EFAULT")],
        covers: &["PT-30"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let settings = actor.termios(pty.slave)?.raw();
            let size = Size::new(12, 34);
            actor.set_termios(pty.slave, settings)?;
            actor.set_size(pty.slave, size)?;
            for (side, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                for name in [
                    IoctlName::Tcgets,
                    IoctlName::Tcsets,
                    IoctlName::Tiocgwinsz,
                    IoctlName::Tiocswinsz,
                    IoctlName::Fionread,
                ] {
                    let refused = actor.try_ioctl_with_null(descriptor, name)?;
                    t.equal(&format!("{name} of the {side}"), refused, Err(Errno::EFAULT))?;
                }
            }
            t.equal("TIOCPKT", actor.try_ioctl_with_null(pty.master, IoctlName::Tiocpkt)?, Err(Errno::EFAULT))?;
            t.equal("packet mode", actor.ioctl(pty.master, IoctlName::Tiocgpkt, 0)?, 0)?;
            t.equal("size", actor.size(pty.slave)?, size)?;
            t.equal("settings", actor.termios(pty.slave)?, settings)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/tiocsig-signals-the-foreground-and-nothing-else",
        title: "type a line and a half, then send SIGINT, SIGQUIT and SIGTSTP with TIOCSIG",
        requirement: "the foreground process group gets each; nothing more is echoed, and all input is still there",
        why: "telnetd(8) and rlogind(8) pass the user's interrupts on this way, with settings of their own",
        references: &[manual("ioctl_tty(2)")],
        covers: &["PT-31"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            actor.catch(&[Signal::INT, Signal::QUIT, Signal::TSTP])?;
            actor.write(pty.master, b"one\ntw")?;
            t.equal_bytes("the echo before", &actor.read_count(pty.master, 7)?, b"one\r\ntw")?;
            for (number, signal) in [(SIGINT, Signal::INT), (SIGQUIT, Signal::QUIT), (SIGTSTP, Signal::TSTP)] {
                let sent = actor.try_ioctl(pty.master, IoctlName::Tiocsig, number.into())?;
                t.equal(&format!("TIOCSIG {signal}"), sent, Ok(0))?;
                t.equal("what arrives", actor.next_signals()?, vec![signal])?;
            }
            t.equal("poll of the master", events(&mut actor, pty.master)?, WRITABLE)?;
            actor.write(pty.master, b"o\n")?;
            t.equal_bytes("the lines that are read", &actor.read_count(pty.slave, 8)?, b"one\ntwo\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/tiocsig-sends-only-what-keys-can",
        title: "ask TIOCSIG for SIGHUP, SIGTERM, SIGKILL, SIGWINCH, 0 and -1",
        requirement: "EINVAL, and no signal arrives",
        why: "whoever holds a master may not kill the processes of another user on its slave",
        level: Level::Security,
        references: &[manual("ioctl_tty(2)")],
        covers: &["PT-31"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            actor.catch(&[Signal::HUP, Signal::TERM, Signal::WINCH, Signal::INT])?;
            for number in [SIGHUP, SIGTERM, SIGKILL, SIGWINCH, 0, -1] {
                let refused = actor.try_ioctl(pty.master, IoctlName::Tiocsig, number.into())?;
                t.equal(&format!("TIOCSIG {number}"), refused, Err(Errno::EINVAL))?;
            }
            // One that is sent: what was sent before it would have come, too.
            actor.ioctl(pty.master, IoctlName::Tiocsig, SIGINT.into())?;
            t.equal("what arrives", actor.next_signals()?, vec![Signal::INT])
        },
        ..Case::KERNEL
    },
];
