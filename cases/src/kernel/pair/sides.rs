//! What tells the two sides of a pty apart.

use super::path_of_slave;
use crate::prelude::*;
use nix::libc::O_TRUNC;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/the-slave-refuses-what-is-for-the-master",
        title: "ask the slave for its number, its lock, packet mode, TIOCSIG and TIOCGPTPEER",
        requirement: "ENOTTY, and of TIOCGPTPEER EIO",
        why: "a program in a container that holds the slave must not unlock, signal or open as if it held the master; and \
              ptsname(3) tells a master from a slave by this",
        references: &[manual("ioctl_tty(2)"), manual("ptsname(3)").at("ENOTTY")],
        covers: &["PT-04"],
        body: |t| {
            let mut actor = t.actor()?;
            let slave = actor.new_pty(0)?.slave;
            for (name, argument) in [
                (IoctlName::Tiocgptn, 0),
                (IoctlName::Tiocgptlck, 0),
                (IoctlName::Tiocsptlck, 0),
                (IoctlName::Tiocpkt, 1),
                (IoctlName::Tiocgpkt, 0),
                (IoctlName::Tiocsig, i64::from(nix::libc::SIGINT)),
            ] {
                t.equal(&format!("{name} of the slave"), actor.try_ioctl(slave, name, argument)?, Err(Errno::ENOTTY))?;
            }
            let peer = actor.try_open_peer(slave, O_RDWR | O_NOCTTY)?;
            t.equal("TIOCGPTPEER of the slave", peer.map(|_| ()), Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/opening-a-master-anew-makes-another-pty",
        title: "open /proc/self/fd/N of a master",
        requirement: "it is the master of another pty, with a number of its own and locked",
        why: "a master cannot be had through /proc: whoever tries gets a terminal that nobody uses, instead of an error",
        references: &[manual("pts(4)"), manual("proc_pid_fd(5)")],
        covers: &["PT-05"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let other = actor.open(&format!("/proc/self/fd/{}", pty.master), O_RDWR | O_NOCTTY)?.descriptor;
            let numbers =
                (actor.ioctl(pty.master, IoctlName::Tiocgptn, 0)?, actor.ioctl(other, IoctlName::Tiocgptn, 0)?);
            t.holds("the numbers of the two", "two different ones", &numbers, |(one, other)| one != other)?;
            t.equal("the lock of the new one", actor.ioctl(other, IoctlName::Tiocgptlck, 0)?, 1)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/opening-a-slave-anew-is-the-same-terminal",
        title: "open /proc/self/fd/N of a slave, and once more when the master is closed",
        requirement: "it is the same terminal, and later EIO",
        why: "`/dev/stdout` is this: a program that writes there reaches its terminal, also where the terminal's path is \
              not in its namespace",
        references: &[manual("pts(4)"), manual("proc_pid_fd(5)")],
        covers: &["PT-06"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let path = format!("/proc/self/fd/{}", pty.slave);
            let again = actor.open_terminal(&path)?.map(|opened| opened.descriptor);
            let Ok(again) = again else {
                return t.equal("opening the slave anew", again.map(|_| ()), Ok(()));
            };
            actor.write(again, b"from the second\n")?;
            t.equal_bytes("what the master reads", &actor.read_count(pty.master, 17)?, b"from the second\r\n")?;
            actor.close(pty.master)?;
            t.equal("once the master is closed", actor.open_terminal(&path)?.map(|_| ()), Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/each-side-says-what-it-is",
        title: "look at both sides: fstat(2), fdinfo, readlink(2) and tcgetattr(3)",
        requirement: "the master is the character device 5:2 and has its number in fdinfo, the slave is 136:N; the links \
                      are the paths that were opened, and both are terminals",
        why: "this is how lsof(8), ttyname(3), CRIU and container runtimes find out which terminal a descriptor is",
        references: &[manual("pts(4)"), manual("proc_pid_fdinfo(5)"), manual("isatty(3)")],
        covers: &["PT-12"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = actor.open("/dev/ptmx", O_RDWR | O_NOCTTY)?;
            t.equal("device of the master", master.status.node, DeviceNumber::PTMX)?;
            let master = master.descriptor;
            actor.ioctl(master, IoctlName::Tiocsptlck, 0)?;
            let number = actor.ioctl(master, IoctlName::Tiocgptn, 0)?;
            let path = format!("/dev/pts/{number}");
            let slave = actor.open(&path, O_RDWR | O_NOCTTY)?;
            let expected = DeviceNumber { major: 136, minor: number.unsigned_abs() };
            let seen = (slave.status.kind, slave.status.node);
            t.equal("what the slave is", seen, (FileKind::CharacterDevice, expected))?;
            let slave = slave.descriptor;
            let link = actor.read_link(&format!("/proc/self/fd/{slave}"))?;
            t.equal_bytes("the link of the slave", &link, path.as_bytes())?;
            let link = actor.read_link(&format!("/proc/self/fd/{master}"))?;
            t.holds(
                "the link of the master",
                "/dev/ptmx, or /dev/pts/ptmx where that is a symbolic link to it",
                &link.escape_ascii().to_string(),
                |_| link == b"/dev/ptmx" || link == b"/dev/pts/ptmx",
            )?;
            for (side, descriptor) in [("master", master), ("slave", slave)] {
                t.equal(&format!("tcgetattr of the {side}"), actor.try_termios(descriptor)?.map(|_| ()), Ok(()))?;
            }
            let file = actor.open(&format!("/proc/self/fdinfo/{master}"), O_RDONLY)?;
            let text = actor.read(file.descriptor)?;
            let index = String::from_utf8_lossy(&text)
                .lines()
                .find_map(|line| Some(line.strip_prefix("tty-index:")?.trim().to_owned()));
            t.equal("tty-index in fdinfo", index, Some(number.to_string()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/a-terminal-has-no-positions-and-no-length",
        title: "on both sides: lseek(2), pread(2), ftruncate(2), truncate(2), fsync(2) and an open with O_TRUNC",
        requirement: "ESPIPE for positions, EINVAL for lengths and fsync(2); O_TRUNC does nothing",
        why: "`>` of a shell opens with O_TRUNC and must work on a terminal; programs find out by ESPIPE that they cannot \
              seek",
        references: &[
            manual("lseek(2)").at("ESPIPE"),
            manual("truncate(2)").at("EINVAL"),
            manual("fsync(2)").at("EINVAL"),
            DEVPTS,
        ],
        covers: &["PT-13"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(O_NONBLOCK)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            for (side, descriptor) in [("master", pty.master), ("slave", pty.slave)] {
                t.equal(&format!("lseek of the {side}"), actor.try_seek(descriptor, 0)?, Err(Errno::ESPIPE))?;
                t.equal(&format!("pread of the {side}"), actor.try_read_at(descriptor, 1, 0)?, Err(Errno::ESPIPE))?;
                t.equal(&format!("ftruncate of the {side}"), actor.try_set_length(descriptor, 0)?, Err(Errno::EINVAL))?;
                t.equal(&format!("fsync of the {side}"), actor.try_sync(descriptor)?, Err(Errno::EINVAL))?;
            }
            for path in ["/dev/ptmx", path.as_str()] {
                t.equal(&format!("truncate of {path}"), actor.try_set_length_of(path, 0)?, Err(Errno::EINVAL))?;
            }
            actor.write(pty.master, b"kept\n")?;
            let flags = O_RDWR | O_NOCTTY | O_TRUNC;
            t.equal("opening /dev/ptmx with O_TRUNC", actor.try_open("/dev/ptmx", flags)?.map(|_| ()), Ok(()))?;
            t.equal("opening the slave with O_TRUNC", actor.try_open(&path, flags)?.map(|_| ()), Ok(()))?;
            t.equal("the input that was there", actor.try_read(pty.slave)?, Ok(b"kept\n".to_vec()))
        },
        ..Case::KERNEL
    },
];
