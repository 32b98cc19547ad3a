//! Packet mode and the end of a pty.

use super::packet_pty;
use crate::kernel::events::{READABLE, WRITABLE, events};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-packets/the-hang-up-is-no-packet",
        title: "in packet mode write on the slave and close it",
        requirement: "the master reads one packet of data; then poll(2) says HUP and a read is EIO",
        why: "the last output of a program must arrive, and its end be seen, with packets as without",
        references: &[manual("ioctl_tty(2)").at("TIOCPKT")],
        covers: &["PK-10"],
        body: |t| {
            let mut actor = t.actor()?;
            let pty = packet_pty(&mut actor)?;
            actor.write(pty.slave, b"last")?;
            actor.close(pty.slave)?;
            let seen = events(&mut actor, pty.master)?;
            let hung_up = WRITABLE | PollFlags::POLLHUP;
            t.equal("poll with data", seen, hung_up | READABLE)?;
            t.equal("the packet", actor.try_read(pty.master)?.map(Bytes), Ok(b"\0last"[..].into()))?;
            t.equal("poll after it", events(&mut actor, pty.master)?, hung_up)?;
            t.equal("a read after it", actor.try_read(pty.master)?, Err(Errno::EIO))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-packets/packet-mode-ends-with-its-master",
        title: "in a devpts of one's own, close a master in packet mode, and open one anew, which gets the same number",
        requirement: "the new one is not in packet mode",
        why: "the next user of the number would find a zero byte before all output",
        references: &[manual("ioctl_tty(2)").at("TIOCGPKT")],
        covers: &["PK-11"],
        body: |t| {
            let mut actor = t.actor()?;
            let directory = t.directory()?.display().to_string();
            t.equal("mounting a devpts", actor.try_mount("devpts", &directory, 0, "ptmxmode=666")?, Ok(()))?;
            let ptmx = format!("{directory}/ptmx");
            for mode in [1, 0] {
                let master = actor.open(&ptmx, O_RDWR | O_NOCTTY)?.descriptor;
                t.equal("the number of the pty", actor.ioctl(master, IoctlName::Tiocgptn, 0)?, 0)?;
                t.equal("TIOCGPKT of a new master", actor.ioctl(master, IoctlName::Tiocgpkt, 0)?, 0)?;
                actor.ioctl(master, IoctlName::Tiocpkt, mode)?;
                actor.close(master)?;
            }
            t.equal("unmounting it", actor.try_unmount(&directory, 0)?, Ok(()))
        },
        ..Case::KERNEL
    },
];
