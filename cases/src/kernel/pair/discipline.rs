//! Line disciplines.

use crate::{kernel::setting::Setting, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/only-disciplines-that-exist-can-be-set",
        title: "type half a line, set the line discipline that is set, then numbers that none has",
        requirement: "the first succeeds and keeps the input, the others are EINVAL, and discipline 0 stays",
        why: "login(1) and agetty(8) set N_TTY to be sure, on terminals where a user may be typing already",
        references: &[manual("ioctl_tty(2)").at("TIOCSETD")],
        covers: &["PT-39"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.write(pty.master, b"ha")?;
            t.equal_bytes("the echo", &actor.read_count(pty.master, 2)?, b"ha")?;
            for (number, outcome) in [(0, Ok(0)), (-1, Err(Errno::EINVAL)), (1000, Err(Errno::EINVAL))] {
                let set = actor.try_ioctl(pty.slave, IoctlName::Tiocsetd, number)?;
                t.equal(&format!("TIOCSETD {number}"), set, outcome)?;
                t.equal("TIOCGETD", actor.ioctl(pty.slave, IoctlName::Tiocgetd, 0)?, 0)?;
            }
            actor.write(pty.master, b"lf\n")?;
            t.equal_bytes("the line", &actor.read(pty.slave)?, b"half\n")
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/users-cannot-have-discipline-modules-loaded-where-forbidden",
        title: "as a user and as root, set a line discipline that has no module, with dev.tty.ldisc_autoload 0 and 1",
        requirement: "with 0 the user gets EPERM and root EINVAL; with 1 both get EINVAL",
        why: "several disciplines had holes by which any user became root, only because the kernel loaded them on demand",
        level: Level::Security,
        references: &[
            manual("ioctl_tty(2)").at("TIOCSETD"),
            issue(
                "Linux 5.1, tty: ldisc: add sysctl to prevent autoloading of ldiscs",
                "https://git.kernel.org/linus/7c0cca7c847e",
            ),
        ],
        covers: &["PT-39"],
        needs: &[Need::MachineRoot, Need::Disturbs],
        body: |t| {
            let autoload = Setting::of("/proc/sys/dev/tty/ldisc_autoload")?;
            let mut root = t.actor()?;
            let mut user = t.actor()?;
            user.become_user(1000, 1000)?;
            for (allowed, of_user) in [(0, Errno::EPERM), (1, Errno::EINVAL)] {
                autoload.set(&mut root, allowed)?;
                for (who, actor, errno) in [("user", &mut user, of_user), ("root", &mut root, Errno::EINVAL)] {
                    let slave = actor.new_pty(0)?.slave;
                    let set = actor.try_ioctl(slave, IoctlName::Tiocsetd, WITHOUT_MODULE)?;
                    t.equal(&format!("TIOCSETD as {who}, ldisc_autoload {allowed}"), set, Err(errno))?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// N_DEVELOPMENT, which has no module: it is for trying out. Kernels have known at least 30 numbers for long.
const WITHOUT_MODULE: i64 = 29;
