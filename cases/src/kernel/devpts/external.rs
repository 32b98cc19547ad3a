//! Device nodes outside of devpts: a `ptmx` finds its instance beside itself, a slave finds nothing.

use super::ptmx::{link_of, peer_of};
use super::words;
use crate::kernel::instance::{Instance, Mounted, carries, names};
use crate::prelude::*;

/// Device nodes can only be made by root of the machine.
pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/external-ptmx-finds-the-instance-beside-it",
        title: "open a device node 5:2 beside a mount of devpts, directly and through a link beside another instance",
        requirement: "both ptys are of the instance beside the node; the one beside the link stays empty",
        why: "on hosts where /dev/ptmx is a node of devtmpfs, this is how it finds /dev/pts; and a container with such a \
              node must not reach the host's",
        references: &[DEVPTS],
        covers: &["DV-19"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let node = instance.beside("ptmx");
            make_ptmx(&mut actor, &node)?;
            let other = Instance::mount(t, &mut actor, "")?;
            let link = other.beside("ptmx");
            actor.symlink(&node, &link)?;
            for (path, slave) in [(&node, instance.slave(0)), (&link, instance.slave(1))] {
                t.equal(&format!("slave of a pty opened through {path}"), peer_of(&mut actor, path)?, Ok(slave))?;
            }
            t.equal("entries of the instance", names(&mut actor, &instance.point())?, words(&["0", "1", "ptmx"]))?;
            t.equal("entries beside the link", names(&mut actor, &other.point())?, words(&["ptmx"]))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/external-ptmx-needs-a-mount-beside-it",
        title: "open a device node 5:2 beside no pts, beside a plain directory pts, and beside a link pts to a mount",
        requirement: "ENOENT, ENODEV, ENODEV",
        why: "a node in an image must not find a terminal where the image's author wants it to look",
        references: &[DEVPTS],
        covers: &["DV-20"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let bare = t.directory()?.display().to_string();
            let node = format!("{bare}/ptmx");
            make_ptmx(&mut actor, &node)?;
            t.equal("beside no pts", actor.open_terminal(&node)?.map(drop), Err(Errno::ENOENT))?;
            actor.make_directory(&format!("{bare}/pts"))?;
            t.equal("beside a plain directory", actor.open_terminal(&node)?.map(drop), Err(Errno::ENODEV))?;
            let linked = t.directory()?.display().to_string();
            actor.symlink(&instance.point(), &format!("{linked}/pts"))?;
            let node = format!("{linked}/ptmx");
            make_ptmx(&mut actor, &node)?;
            t.equal("beside a link to a mount", actor.open_terminal(&node)?.map(drop), Err(Errno::ENODEV))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/external-ptmx-takes-a-bind-beside-it",
        title: "open a device node 5:2 beside a bind mount of an instance mounted elsewhere",
        requirement: "the pty is of that instance, its slave has its path below the bind, and bytes pass",
        why: "this is a container whose /dev/pts was bound from outside",
        references: &[DEVPTS],
        covers: &["DV-20"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let bare = t.directory()?.display().to_string();
            let (node, point) = (format!("{bare}/ptmx"), format!("{bare}/pts"));
            make_ptmx(&mut actor, &node)?;
            actor.make_directory(&point)?;
            let _bind = Mounted::bind(&mut actor, &instance.point(), &point)?;
            let pty = actor.new_pty_of(&node, 0)?;
            t.equal("path of the slave", link_of(&mut actor, pty.slave)?, format!("{point}/0"))?;
            t.equal("entries of the instance", names(&mut actor, &instance.point())?, words(&["0", "ptmx"]))?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/peer-of-an-external-master-needs-the-mount",
        title: "open a device node 5:2 beside an instance, unmount the instance, and ask for the slave with TIOCGPTPEER; \
                again with another instance mounted there; again with the first",
        requirement: "the unmount succeeds; ENODEV, ENODEV, and then the slave, which carries bytes",
        why: "the slave is looked up from the node; a runtime that moves mounts about between the two steps loses it",
        references: &[DEVPTS, manual("ioctl_tty(2)").at("TIOCGPTPEER")],
        covers: &["DV-23", "DV-24"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let flags = O_RDWR | O_NOCTTY;
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let elsewhere = instance.beside("elsewhere");
            actor.make_directory(&elsewhere)?;
            let _elsewhere = Mounted::bind(&mut actor, &instance.point(), &elsewhere)?;
            let node = instance.beside("ptmx");
            make_ptmx(&mut actor, &node)?;
            let master = actor.open(&node, flags)?.descriptor;
            actor.ioctl(master, IoctlName::Tiocsptlck, 0)?;

            t.equal("unmounting with only this master open", actor.try_unmount(&instance.point(), 0)?, Ok(()))?;
            t.equal("peer without a mount", actor.try_open_peer(master, flags)?.map(drop), Err(Errno::ENODEV))?;

            let other = Mounted::devpts(&mut actor, &instance.point(), "")?;
            let opened = actor.try_open_peer(master, flags)?.map(drop);
            t.equal("peer with another instance there", opened, Err(Errno::ENODEV))?;

            drop(other);
            let _again = Mounted::bind(&mut actor, &elsewhere, &instance.point())?;
            let slave = actor.open_peer(master, flags)?.descriptor;
            t.equal("path of the slave", link_of(&mut actor, slave)?, instance.slave(0))?;
            carries(t, &mut actor, PtyDescriptors { master, slave })
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/slave-nodes-outside-devpts-are-dead",
        title: "open device nodes 136:0 and 128:0 made with mknod while a pty 0 exists",
        requirement: "EIO, and the pty still carries bytes",
        why: "who may make device nodes in a container must not reach a terminal of the host by its number",
        level: Level::Security,
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["DV-29"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let pty = instance.new_pty(&mut actor)?;
            for major in [136, 128] {
                let node = instance.beside(&major.to_string());
                let device = DeviceNumber { major, minor: 0 };
                actor.make_node(&node, FileKind::CharacterDevice, device)?;
                t.equal(&format!("a node {major}:0"), actor.open_terminal(&node)?.map(drop), Err(Errno::EIO))?;
            }
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
];

fn make_ptmx(probe: &mut Probe, path: &str) -> Judgement {
    Ok(probe.make_node(path, FileKind::CharacterDevice, DeviceNumber::PTMX)?)
}
