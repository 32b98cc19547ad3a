//! Calls that a kernel other than Linux may not know, each judged once. Where one is unknown, the other cases that make it say
//! nothing, and are skipped.

use super::login::Login;
use crate::prelude::*;
use nix::libc::B38400;

/// Declares the cases: the call, its argument, whom it asks, and for `covers` the behaviour.
macro_rules! calls {
    ($($name:ident($argument:expr) of $asked:ident, $covers:literal: $id:literal, $title:literal;)*) => {
        pub const CASES: &[Case] = &[$(Case {
            id: $id,
            title: $title,
            requirement: "the kernel knows the call, and answers as for a new terminal",
            why: "programs take it for granted, and kernels that imitate Linux may have left it out",
            references: &[manual("ioctl_tty(2)")],
            covers: &[$covers],
            body: |t| Asked::$asked.judge(t, IoctlName::$name, $argument),
            ..Case::KERNEL
        }),*];
    };
}

calls! {
    Tiocgptpeer(0) of Master, "PT-14":
        "kernel-ioctl/takes-tiocgptpeer", "open the slave of a new pty through its master (TIOCGPTPEER)";
    Tiocgptlck(0) of Master, "MS-06":
        "kernel-ioctl/takes-tiocgptlck", "ask the master of a new pty whether the slave is locked (TIOCGPTLCK)";
    Tiocpkt(0) of Master, "MS-06":
        "kernel-ioctl/takes-tiocpkt", "set packet mode of the master of a new pty (TIOCPKT)";
    Tiocgpkt(0) of Master, "MS-06":
        "kernel-ioctl/takes-tiocgpkt", "ask the master of a new pty for its packet mode (TIOCGPKT)";
    Tiocgdev(0) of Slave, "MS-06":
        "kernel-ioctl/takes-tiocgdev", "ask a new pty which device it is (TIOCGDEV)";
    Tiocgetd(0) of Slave, "MS-06":
        "kernel-ioctl/takes-tiocgetd", "ask a new pty for its line discipline (TIOCGETD)";
    Tiocexcl(0) of Slave, "MS-06":
        "kernel-ioctl/takes-tiocexcl", "make a new pty exclusive (TIOCEXCL)";
    Tiocoutq(0) of Slave, "MS-06":
        "kernel-ioctl/takes-tiocoutq", "ask a new pty how much output is not sent yet (TIOCOUTQ)";
    Fionread(0) of Slave, "MS-06":
        "kernel-ioctl/takes-fionread", "ask a new pty how much input is unread (FIONREAD)";
    Tcflsh(TCIOFLUSH.into()) of Slave, "MS-06":
        "kernel-ioctl/takes-tcflsh", "discard what is queued on a new pty (TCFLSH)";
    Tcxonc(TCOON.into()) of Slave, "MS-06":
        "kernel-ioctl/takes-tcxonc", "let the output of a new pty go on (TCXONC)";
    Tcsbrk(1) of Slave, "MS-06":
        "kernel-ioctl/takes-tcsbrk", "wait until the output of a new pty is sent (TCSBRK)";
    Tcgets2(0) of Slave, "MS-06":
        "kernel-ioctl/takes-tcgets2", "ask a new pty for its settings and speeds (TCGETS2)";
    Tcsets2(0) of Slave, "MS-06":
        "kernel-ioctl/takes-tcsets2", "set settings and speeds of a new pty to what they are (TCSETS2)";
    Tiocgsid(0) of Leader, "MS-06":
        "kernel-ioctl/takes-tiocgsid", "ask a session's terminal for the session (TIOCGSID)";
    Tiocgpgrp(0) of Leader, "MS-06":
        "kernel-ioctl/takes-tiocgpgrp", "ask a session's terminal for the foreground process group (TIOCGPGRP)";
}

/// Which terminal is asked.
enum Asked {
    /// The master of a new pty.
    Master,
    /// Its slave, which is nobody's controlling terminal.
    Slave,
    /// The slave, by the leader of the session that it is the controlling terminal of, who is in the foreground.
    Leader,
}

impl Asked {
    fn judge(self, t: &Trial, name: IoctlName, argument: i64) -> Judgement {
        if let Self::Leader = self {
            let mut login = Login::begin(t)?;
            let answer = login.leader.try_ioctl(login.slave, name, argument)?;
            return t.equal(&name.to_string(), answer, Ok(i64::from(login.leader.pid())));
        }
        let (mut actor, pty) = t.actor_with_pty(0)?;
        let descriptor = if let Self::Master = self { pty.master } else { pty.slave };
        let standard = Speeds { code: B38400, input: 38400, output: 38400 };
        let call = name.to_string();
        match name {
            IoctlName::Tiocgptpeer => {
                let opened = actor.try_open_peer(descriptor, O_RDWR | O_NOCTTY)?;
                let slave = opened.as_ref().map_or(-1, |opened| opened.descriptor);
                t.equal(&call, opened.map(drop), Ok(()))?;
                actor.write(slave, b"x")?;
                t.equal_bytes("what the master reads", &actor.read(descriptor)?, b"x")
            }
            IoctlName::Tcgets2 => t.equal(&call, actor.try_speeds(descriptor)?, Ok(standard)),
            IoctlName::Tcsets2 => t.equal(&call, actor.try_set_speeds(descriptor, standard)?, Ok(())),
            IoctlName::Tiocgdev => {
                let answer = actor.try_ioctl(descriptor, name, argument)?;
                // As the kernel tells a device's number to programs. linux/kdev_t.h
                let DeviceNumber { major, minor } = actor.stat_descriptor(descriptor)?.node;
                let number = minor & 0xff | major << 8 | (minor & !0xff) << 12;
                t.equal(&call, answer, Ok(number.cast_signed()))
            }
            // Nothing is queued, locked or set, and the line discipline is number 0.
            _ => t.equal(&call, actor.try_ioctl(descriptor, name, argument)?, Ok(0)),
        }
    }
}
