//! The settings of a pty, which both sides share.

use crate::prelude::*;
use nix::libc;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/settings-of-a-new-pty",
        title: "ask both sides of a new pty for its settings and speeds",
        requirement: "ICRNL IXON, OPOST ONLCR, CS8 CREAD, ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN, the usual \
                      control characters, 38400 bits per second, discipline 0, and no IUTF8",
        why: "whoever opens a terminal gets these: programs that save and restore settings, and `stty sane`, start here",
        references: &[manual("termios(3)"), POSIX_TERMINALS],
        covers: &["PT-07"],
        body: |t| {
            let expected = TermiosFacts {
                input: libc::ICRNL | libc::IXON,
                output: libc::OPOST | libc::ONLCR,
                control: libc::CS8 | libc::CREAD,
                local: libc::ISIG
                    | libc::ICANON
                    | libc::ECHO
                    | libc::ECHOE
                    | libc::ECHOK
                    | libc::ECHOCTL
                    | libc::ECHOKE
                    | libc::IEXTEN,
                line: 0,
                characters: CHARACTERS,
                speeds: (libc::B38400, libc::B38400),
            };
            let speeds = Speeds { code: libc::B38400, input: 38400, output: 38400 };
            let (mut actor, pty) = t.actor_with_pty(0)?;
            for (side, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                t.equal(&format!("speeds at the {side}"), actor.speeds(descriptor)?, speeds)?;
                let seen = TermiosFacts {
                    // C libraries put speeds in different ways; TCGETS2 has told what the kernel says.
                    speeds: expected.speeds,
                    ..actor.termios(descriptor)?
                };
                t.equal(&format!("settings at the {side}"), seen, expected)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/the-master-holds-the-slaves-settings",
        title: "change settings through the master and through the slave, and read them on the other side",
        requirement: "both sides always tell the same, and input and output follow",
        why: "expect(1), sshd(8) and runtimes set a terminal up through the master, before any program has the slave",
        references: &[manual("pty(7)"), manual("termios(3)")],
        covers: &["PT-08"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let defaults = actor.termios(pty.slave)?;
            actor.set_termios(pty.master, defaults.raw())?;
            t.equal("at the slave, set at the master", actor.termios(pty.slave)?, defaults.raw())?;
            actor.write(pty.master, b"\r")?;
            t.equal_bytes("what the slave reads in raw mode", &actor.read(pty.slave)?, b"\r")?;
            actor.write(pty.slave, b"\n")?;
            t.equal_bytes("what the master reads in raw mode", &actor.read(pty.master)?, b"\n")?;

            actor.set_termios(pty.slave, defaults.without_echo())?;
            t.equal("at the master, set at the slave", actor.termios(pty.master)?, defaults.without_echo())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/characters-stay-whole-whatever-cflag-says",
        title: "ask for 7 bits with parity, no receiver, two stop bits and CLOCAL, and hang up with B0",
        requirement: "8 bits without parity and CREAD stay; CSTOPB, CLOCAL and B0 are stored, and bytes pass all the same",
        why: "old programs set up a terminal as if it were a serial line; on a pty no byte may be lost by that",
        references: &[manual("termios(3)").at("c_cflag"), POSIX_TERMINALS],
        covers: &["PT-09"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let mut wanted = actor.termios(pty.slave)?.without_echo();
            wanted.control = libc::CS7 | libc::PARENB | libc::PARODD | libc::CSTOPB | libc::CLOCAL;
            actor.set_termios(pty.slave, wanted)?;
            let seen = actor.termios(pty.slave)?.control & !libc::PARODD;
            t.equal("c_cflag without PARODD", seen, libc::CS8 | libc::CREAD | libc::CSTOPB | libc::CLOCAL)?;
            let hung_up = Speeds { code: libc::B0, input: 0, output: 0 };
            actor.set_speeds(pty.slave, hung_up)?;
            t.equal("speeds", actor.speeds(pty.slave)?, hung_up)?;
            actor.write(pty.master, b"\xff\xe9\n")?;
            t.equal_bytes("what the slave reads", &actor.read(pty.slave)?, b"\xff\xe9\n")?;
            actor.write(pty.slave, b"\xff\xe9\n")?;
            t.equal_bytes("what the master reads", &actor.read_count(pty.master, 4)?, b"\xff\xe9\r\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/c-line-does-not-switch-the-discipline",
        title: "set c_line to 5 with tcsetattr(3), and type a line",
        requirement: "tcgetattr(3) tells 5, TIOCGETD tells 0, and the line is read as ever",
        why: "programs restore settings with whatever c_line holds; that must not take the line discipline away",
        references: &[manual("ioctl_tty(2)").at("TIOCGETD")],
        covers: &["PT-10"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let wanted = actor.change_termios(pty.slave, |settings| TermiosFacts { line: 5, ..settings })?;
            t.equal("settings", actor.termios(pty.slave)?, wanted)?;
            actor.write(pty.master, b"ab\x7f\n")?;
            t.equal_bytes("the line that is read", &actor.read(pty.slave)?, b"a\n")?;
            t.equal("TIOCGETD", actor.ioctl(pty.slave, IoctlName::Tiocgetd, 0)?, 0)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/any-speed-is-stored-and-means-nothing",
        title: "set one bit per second with BOTHER through the master, and pass 1000 bytes each way",
        requirement: "TCGETS2 tells this speed on both sides, and the bytes arrive, which would take hours at that speed",
        why: "serial programs are tested against ptys: they must read back what they have set, and nobody wants to wait",
        references: &[manual("ioctl_tty(2)").at("TCSETS2")],
        covers: &["PT-11"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.change_termios(pty.slave, TermiosFacts::raw)?;
            let slow = Speeds { code: libc::BOTHER, input: 1, output: 1 };
            actor.set_speeds(pty.master, slow)?;
            t.equal("speeds at the master", actor.speeds(pty.master)?, slow)?;
            t.equal("speeds at the slave", actor.speeds(pty.slave)?, slow)?;
            let bytes = Bytes::pattern(Lines::Broken, 1000).0;
            for (from, to) in [(pty.master, pty.slave), (pty.slave, pty.master)] {
                actor.write(from, &bytes)?;
                t.equal_bytes("what arrives", &actor.read_count(to, bytes.len())?, &bytes)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// Control characters of a new terminal, in the order of `c_cc`: `^C ^\ ^? ^U ^D`, TIME, MIN, none for VSWTC,
/// `^Q ^S ^Z`, none for VEOL, `^R ^O ^W ^V`, none for VEOL2, and two that are not used.
const CHARACTERS: [u8; 19] =
    [0x03, 0x1c, 0x7f, 0x15, 0x04, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0x0f, 0x17, 0x16, 0, 0, 0];
