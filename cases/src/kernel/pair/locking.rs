//! The lock that keeps a slave from being opened.

use super::{new_master, path_of_slave};
use crate::kernel::events::{WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/a-new-pty-is-locked",
        title: "open a master, and at once its slave, by its path and with TIOCGPTPEER",
        requirement: "TIOCGPTLCK says 1, and both ways to the slave fail with EIO",
        why: "between its making and grantpt(3) nobody else may get hold of the slave",
        references: &[manual("ioctl_tty(2)").at("TIOCGPTLCK"), manual("unlockpt(3)")],
        covers: &["PT-01"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = new_master(&mut actor)?;
            let path = path_of_slave(&mut actor, master)?;
            t.equal("TIOCGPTLCK of a new master", actor.ioctl(master, IoctlName::Tiocgptlck, 0)?, 1)?;
            t.equal("opening the slave by its path", actor.open_terminal(&path)?.map(|_| ()), Err(Errno::EIO))?;
            t.equal("TIOCGPTPEER", actor.try_open_peer(master, O_RDWR | O_NOCTTY)?.map(|_| ()), Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/unlocks-and-locks",
        title: "unlock a master twice, lock it with 7, and hand TIOCSPTLCK a null pointer",
        requirement: "TIOCGPTLCK says 0, 0 and 1; the null pointer is EFAULT and changes nothing",
        why: "unlockpt(3) is called by libraries and by programs for the same pty, and must not undo itself",
        references: &[manual("ioctl_tty(2)").at("TIOCSPTLCK")],
        covers: &["PT-02"],
        body: |t| {
            let mut actor = t.actor()?;
            let master = new_master(&mut actor)?;
            for (argument, locked) in [(0, 0), (0, 0), (7, 1)] {
                t.equal("TIOCSPTLCK", actor.try_ioctl(master, IoctlName::Tiocsptlck, argument)?, Ok(0))?;
                let seen = actor.ioctl(master, IoctlName::Tiocgptlck, 0)?;
                t.equal(&format!("TIOCGPTLCK after TIOCSPTLCK {argument}"), seen, locked)?;
            }
            let null = actor.try_ioctl_with_null(master, IoctlName::Tiocsptlck)?;
            t.equal("TIOCSPTLCK of a null pointer", null, Err(Errno::EFAULT))?;
            t.equal("TIOCGPTLCK after that", actor.ioctl(master, IoctlName::Tiocgptlck, 0)?, 1)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/an-open-that-the-lock-refuses-spoils-the-open-slave",
        title: "lock a pty again whose slave is open, try to open the slave once more, unlock, and open it in the end",
        requirement: "after the refused open the slave that was open reads and writes EIO, though poll(2) and tcgetattr(3) \
                      see nothing of it; unlocking does not heal it, the next open that succeeds does",
        why: "a program that has done nothing wrong loses its terminal: whoever imitates the kernel, or debugs such a \
              failure, has to know that it comes from a lock elsewhere",
        references: &[manual("ioctl_tty(2)").at("TIOCSPTLCK"), manual("unlockpt(3)")],
        covers: &["PT-03"],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(nix::libc::O_NONBLOCK)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            actor.ioctl(pty.master, IoctlName::Tiocsptlck, 1)?;
            t.equal("a write to the slave that is open", actor.try_write(pty.slave, b"locked\n")?, Ok(7))?;

            t.equal("another open while locked", actor.open_terminal(&path)?.map(|_| ()), Err(Errno::EIO))?;
            t.equal("tcgetattr of the open slave", actor.try_termios(pty.slave)?.map(|_| ()), Ok(()))?;
            for lock in ["locked", "unlocked again"] {
                t.equal(&format!("a read, {lock}"), actor.try_read(pty.slave)?, Err(Errno::EIO))?;
                t.equal(&format!("a write, {lock}"), actor.try_write(pty.slave, b"lost\n")?, Err(Errno::EIO))?;
                t.equal(&format!("poll, {lock}"), events(&mut actor, pty.slave)?, WRITABLE)?;
                actor.ioctl(pty.master, IoctlName::Tiocsptlck, 0)?;
            }

            actor.open(&path, O_RDWR | O_NOCTTY)?;
            t.equal("a read after an open", actor.try_read(pty.slave)?, Err(Errno::EAGAIN))?;
            t.equal("a write after an open", actor.try_write(pty.slave, b"healed\n")?, Ok(7))?;
            actor.set_nonblocking(pty.master, false)?;
            t.equal_bytes("what the master reads", &actor.read_count(pty.master, 16)?, b"locked\r\nhealed\r\n")
        },
        ..Case::KERNEL
    },
];
