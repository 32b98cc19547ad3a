//! How ptys are numbered, and what tells those of the same number apart.

use super::words;
use crate::kernel::instance::{Instance, carries, names};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/lowest-free-number-is-taken",
        title: "open ptys 0 to 2, close the master of 1, open one, close the slave of 1, open one more",
        requirement: "the first new pty gets 3 and the second 1: a number is free when both ends are closed, and the \
            lowest free one is taken",
        why: "a number given out while somebody still has the old slave open would name two terminals at once",
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["DV-17"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let mut ptys = Vec::new();
            for _ in 0..3 {
                ptys.push(instance.new_pty(&mut actor)?);
            }
            actor.close(ptys[1].master)?;
            t.equal("entries without master 1", names(&mut actor, &instance.point())?, words(&["0", "2", "ptmx"]))?;
            let next = instance.new_pty(&mut actor)?;
            t.equal("number while slave 1 is open", actor.ioctl(next.master, IoctlName::Tiocgptn, 0)?, 3)?;
            actor.close(ptys[1].slave)?;
            let next = instance.new_pty(&mut actor)?;
            t.equal("number when slave 1 is closed", actor.ioctl(next.master, IoctlName::Tiocgptn, 0)?, 1)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/slave-node-tells-its-number",
        title: "stat the slaves of three ptys",
        requirement: "character devices 136:N with inode N+3 and one link",
        why: "tools that hold a descriptor but no path find the terminal by these numbers",
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["DV-15"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            for number in 0..3 {
                instance.new_pty(&mut actor)?;
                let slave = actor.stat(&instance.slave(number))?;
                let number = u64::from(number);
                let expected = (FileKind::CharacterDevice, slave_device(number), number + 3, 1);
                t.equal("kind, device, inode and links", (slave.kind, slave.node, slave.inode, slave.links), expected)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/same-number-has-the-same-device-everywhere",
        title: "compare the slaves 0 of two instances, each the controlling terminal of a session",
        requirement: "st_rdev, TIOCGDEV and the terminal in /proc/PID/stat are equal; only st_dev differs",
        why: "whoever tells terminals apart by st_rdev alone takes a container's for the host's: compare st_dev, too",
        references: &[DEVPTS, manual("proc_pid_stat(5)"), manual("ttyname(3)")],
        covers: &["DV-16"],
        body: |t| {
            let mut one = t.actor()?;
            let mut other = one.fork(ChildGroup::OwnSession)?;
            let mut seen = Vec::new();
            let mut instances = Vec::new();
            for actor in [&mut one, &mut other] {
                let instance = Instance::mount(t, actor, "")?;
                let pty = instance.new_pty(actor)?;
                actor.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
                let status = actor.stat_descriptor(pty.slave)?;
                let own = actor.ioctl(pty.slave, IoctlName::Tiocgdev, 0)?;
                seen.push((status.node, own, actor.observe()?.process.terminal));
                instances.push((status.device, instance));
            }
            t.equal("st_rdev, TIOCGDEV and tty_nr of both", seen, vec![(slave_device(0), 0x8800, slave_device(0)); 2])?;
            let first = instances[0].0;
            t.holds("st_dev of the second", &format!("another than {}", first.evidence()), &instances[1].0, |&second| {
                second != first
            })
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/data-stays-in-its-instance",
        title: "use ptys of the same number in two instances at once, and open a number that only the other has",
        requirement: "every byte comes out at its own pty; the number that the instance lacks is ENOENT",
        why: "a byte that crosses is a password shown in another container",
        references: &[DEVPTS, manual("pty(7)")],
        covers: &["DV-18"],
        body: |t| {
            let mut actor = t.actor()?;
            let one = Instance::mount(t, &mut actor, "")?;
            let other = Instance::mount(t, &mut actor, "")?;
            let first = one.new_pty(&mut actor)?;
            let second = other.new_pty(&mut actor)?;
            for (pty, bytes) in [(first, b"to one"), (second, b"to two")] {
                actor.write(pty.slave, bytes)?;
            }
            for (pty, bytes) in [(first, b"to one"), (second, b"to two")] {
                t.equal_bytes("what a master reads", &actor.read_count(pty.master, bytes.len())?, bytes)?;
            }
            // Both must be empty for this to hold.
            carries(t, &mut actor, first)?;
            carries(t, &mut actor, second)?;
            one.new_pty(&mut actor)?;
            let absent = actor.open_terminal(&other.slave(1))?.map(|slave| slave.status);
            t.equal("slave 1 of the second instance", absent, Err(Errno::ENOENT))
        },
        ..Case::KERNEL
    },
];

/// The slave of a small number. Linux, admin-guide/devices.txt: majors 136 to 143.
fn slave_device(number: u64) -> DeviceNumber {
    DeviceNumber { major: 136, minor: number }
}
