//! Terminals that no path leads to, or the wrong one.

use crate::kernel::instance::{Instance, Mounted, NAMELESS, carries};
use crate::prelude::*;
use nix::libc::MNT_DETACH;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-console/slave-of-an-instance-that-is-not-mounted-has-no-name",
        title: "ask for the name of a slave whose instance is not mounted in the mount namespace any more",
        requirement: "/proc/self/fd says /N, which is no path; ttyname(3) fails, also where /dev/pts/N exists",
        why: "a process with the host's terminal in a container must not be told the name of the container's",
        references: &[manual("ttyname(3)").at("ENODEV"), DEVPTS],
        covers: &["CN-09"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            instance.new_pty(&mut actor)?;
            let pty = instance.new_pty(&mut actor)?;
            actor.unmount(&instance.point(), MNT_DETACH)?;
            let link = actor.read_link(&format!("/proc/self/fd/{}", pty.slave))?;
            t.equal_bytes("what the descriptor is called", &link, b"/1")?;
            t.shows("ttyname", actor.terminal(pty.slave)?.name, NAMELESS)?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/slave-of-a-covered-instance-has-no-name",
        title: "mount an instance over another, open slave 0 of each, and ask both for their names",
        requirement: "both descriptors are called by the same path, with equal st_rdev and inode; ttyname(3) gives it only \
                      for the upper one, as the other's st_dev differs",
        why: "a C library that compares only st_rdev and st_ino names another user's terminal",
        references: &[manual("ttyname(3)"), DEVPTS],
        covers: &["CN-10", "DV-16"],
        body: |t| {
            let mut actor = t.actor()?;
            let lower = Instance::mount(t, &mut actor, "")?;
            let covered = lower.new_pty(&mut actor)?;
            let _upper = Mounted::devpts(&mut actor, &lower.point(), "")?;
            let upper = lower.new_pty(&mut actor)?;
            let path = lower.slave(0);
            let mut seen = Vec::new();
            for slave in [covered.slave, upper.slave] {
                let link = actor.read_link(&format!("/proc/self/fd/{slave}"))?;
                t.equal_bytes("what the descriptor is called", &link, path.as_bytes())?;
                seen.push(actor.stat_descriptor(slave)?);
            }
            let number = |index: usize| (seen[index].node, seen[index].inode);
            t.equal("st_rdev and st_ino of both", number(0), number(1))?;
            let upper_device = seen[1].device;
            t.holds(
                "st_dev of the covered one",
                &format!("another than {}", upper_device.evidence()),
                &seen[0].device,
                |&device| device != upper_device,
            )?;
            t.equal("ttyname of the upper one", actor.terminal(upper.slave)?.name, Ok(path))?;
            t.equal("ttyname of the covered one", actor.terminal(covered.slave)?.name, Err(Errno::ENODEV))
        },
        ..Case::KERNEL
    },
];
