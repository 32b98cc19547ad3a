//! Unmounting an instance that is in use.

use super::ptmx::link_of;
use crate::kernel::instance::{Instance, Mounted, NAMELESS, carries, make_file};
use crate::prelude::*;
use nix::libc::MNT_DETACH;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/busy-while-opened-through-the-mount",
        title: "unmount an instance while a master is open through its ptmx; while a slave is; while a master is open \
                through a bind of ptmx elsewhere; and when all are closed",
        requirement: "EBUSY, EBUSY, success: what counts is whether the mount itself is in use",
        why: "a runtime that takes a container's mounts apart must know whether EBUSY means an open terminal",
        references: &[DEVPTS, manual("umount(2)")],
        covers: &["DV-24"],
        body: |t| {
            let flags = O_RDWR | O_NOCTTY;
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let point = instance.point();
            let bind = instance.beside("ptmx");
            make_file(&bind)?;
            let _bind = Mounted::bind(&mut actor, &instance.ptmx(), &bind)?;

            let through_mount = actor.open(&instance.ptmx(), flags)?.descriptor;
            t.equal("with a master of the mount", actor.try_unmount(&point, 0)?, Err(Errno::EBUSY))?;
            actor.close(through_mount)?;

            let through_bind = actor.open(&bind, flags)?.descriptor;
            actor.ioctl(through_bind, IoctlName::Tiocsptlck, 0)?;
            let slave = actor.open(&instance.slave(0), flags)?.descriptor;
            t.equal("with a slave of the mount", actor.try_unmount(&point, 0)?, Err(Errno::EBUSY))?;
            actor.close(slave)?;

            t.equal("with a master of the bind only", actor.try_unmount(&point, 0)?, Ok(()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/lazy-unmount-keeps-open-ptys",
        title: "unmount an instance with MNT_DETACH while a pty of it is open, and use the pty",
        requirement: "bytes pass, TIOCGPTPEER opens the slave again; its descriptor is called /0 and it has no name",
        why: "a container's mounts go before its last process has read what is left on its terminal",
        references: &[DEVPTS, manual("umount(2)").at("MNT_DETACH"), manual("ttyname(3)")],
        covers: &["DV-25"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let pty = instance.new_pty(&mut actor)?;
            actor.unmount(&instance.point(), MNT_DETACH)?;
            carries(t, &mut actor, pty)?;
            let again = actor.open_peer(pty.master, O_RDWR | O_NOCTTY)?.descriptor;
            for slave in [pty.slave, again] {
                t.equal("name of the descriptor", link_of(&mut actor, slave)?, "/0".to_owned())?;
                t.shows("ttyname", actor.terminal(slave)?.name, NAMELESS)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];
