//! Exclusive mode.

use super::path_of_slave;
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/exclusive-mode-refuses-users",
        title: "as an ordinary user, set TIOCEXCL on a slave, try to open it again by its path and by TIOCGPTPEER, and end it",
        requirement: "TIOCGEXCL tells the mode; both opens are EBUSY, and work once TIOCNXCL has ended it",
        why: "programs for serial lines, such as pppd(8) and screen(1), keep others out by this",
        references: &[manual("ioctl_tty(2)").at("TIOCEXCL")],
        covers: &["PT-26"],
        body: |t| {
            let mut actor = t.actor()?;
            // Root of a user namespace is an ordinary user for this.
            if t.machine().root {
                actor.become_user(1000, 1000)?;
            }
            let pty = actor.new_pty(0)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            let flags = O_RDWR | O_NOCTTY;
            for (exclusive, ioctl, opens) in
                [(1, IoctlName::Tiocexcl, Err(Errno::EBUSY)), (0, IoctlName::Tiocnxcl, Ok(()))]
            {
                actor.ioctl(pty.slave, ioctl, 0)?;
                let mode = actor.ioctl(pty.slave, IoctlName::Tiocgexcl, 0)?;
                t.equal(&format!("TIOCGEXCL after {ioctl}"), mode, exclusive)?;
                t.equal(&format!("an open after {ioctl}"), actor.try_open(&path, flags)?.map(|_| ()), opens)?;
                let opened = actor.try_open_peer(pty.master, flags)?.map(|_| ());
                t.equal(&format!("TIOCGPTPEER after {ioctl}"), opened, opens)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/exclusive-mode-admits-root",
        title: "as root, set TIOCEXCL on a slave, and open it again by its path and by TIOCGPTPEER",
        requirement: "both work",
        why: "an administrator must be able to look at a line that a program has for itself",
        references: &[manual("ioctl_tty(2)").at("TIOCEXCL")],
        covers: &["PT-26"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let path = path_of_slave(&mut actor, pty.master)?;
            actor.ioctl(pty.slave, IoctlName::Tiocexcl, 0)?;
            let itself = actor.stat_descriptor(pty.slave)?.node;
            let opened = actor.try_open(&path, O_RDWR | O_NOCTTY)?;
            t.equal("an open", opened.map(|opened| opened.status.node), Ok(itself))?;
            let opened = actor.try_open_peer(pty.master, O_RDWR | O_NOCTTY)?;
            t.equal("TIOCGPTPEER", opened.map(|opened| opened.status.node), Ok(itself))
        },
        ..Case::KERNEL
    },
];
