//! What the mount options do.

use super::{octal, options_of, words};
use crate::kernel::instance::{Instance, Mounted};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/ptmxmode-is-the-mode-of-ptmx",
        title: "mount devpts with ptmxmode=07777, remount with ptmxmode=0640, remount without",
        requirement: "ptmx has mode 7777, then 0640, then 0000",
        why: "without ptmxmode a container's users cannot open a terminal, and a careless remount takes it away from them",
        references: &[DEVPTS],
        covers: &["DV-04"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "ptmxmode=07777")?;
            t.equal("mode of ptmx", mode(&mut actor, &instance.ptmx())?, octal(0o7777))?;
            for (options, expected) in [("ptmxmode=0640", 0o640), ("", 0)] {
                remount(t, &mut actor, &instance.point(), options)?;
                let found = mode(&mut actor, &instance.ptmx())?;
                t.equal(&format!("mode of ptmx after {options:?}"), found, octal(expected))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/mode-is-for-new-slaves",
        title: "open a pty before and after a remount with mode=0640",
        requirement: "the first slave has mode 0600 and keeps it, the second has 0640",
        why: "who may read a terminal is decided when it is made; a remount must not open those in use to others",
        references: &[DEVPTS],
        covers: &["DV-06"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            instance.new_pty(&mut actor)?;
            t.equal("mode of a slave", mode(&mut actor, &instance.slave(0))?, octal(0o600))?;
            remount(t, &mut actor, &instance.point(), "mode=0640")?;
            instance.new_pty(&mut actor)?;
            t.equal("mode of a later slave", mode(&mut actor, &instance.slave(1))?, octal(0o640))?;
            t.equal("mode of the earlier slave", mode(&mut actor, &instance.slave(0))?, octal(0o600))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/max-limits-the-instance",
        title: "open ptys of an instance with max=3 until it is refused, then one of another instance",
        requirement: "numbers 0 to 2, then ENOSPC; the other instance still gives one; a closed one can be had again",
        why: "max= is the only thing that keeps one container from using up the terminals of the whole machine",
        references: &[DEVPTS, manual("ptmx(4)")],
        covers: &["DV-08"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "max=3")?;
            let other = Instance::mount(t, &mut actor, "max=3")?;
            let last = instance.new_pty(&mut actor)?;
            t.equal("further ptys", open_all(&mut actor, &instance.ptmx(), 5)?, (vec![1, 2], Some(Errno::ENOSPC)))?;
            t.equal("ptys of the other instance", open_all(&mut actor, &other.ptmx(), 1)?, (vec![0], None))?;
            actor.close(last.slave)?;
            actor.close(last.master)?;
            let opened = open_all(&mut actor, &instance.ptmx(), 5)?;
            t.equal("ptys after the first was closed", opened, (vec![0], Some(Errno::ENOSPC)))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/max-out-of-range-is-refused",
        title: "mount devpts with max=-1 and max=1048577",
        requirement: "EINVAL",
        why: "a limit that is silently taken for another one limits nothing",
        references: &[DEVPTS],
        covers: &["DV-09"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "max=1048576")?;
            let shown = options_of(&mut actor, &instance.point())?;
            t.equal("options shown for max=1048576", shown, words(&["mode=600", "ptmxmode=000"]))?;
            let point = instance.beside("refused");
            actor.make_directory(&point)?;
            let _mounted = Mounted::at(&point);
            for options in ["max=-1", "max=1048577"] {
                let refused = actor.try_mount("devpts", &point, 0, options)?;
                t.equal(&format!("mount with {options}"), refused, Err(Errno::EINVAL))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/max-of-zero",
        title: "mount devpts with max=0 and open three ptys",
        requirement: "it is shown as max=0, and does not limit at all; older kernels refuse the first with ENOSPC",
        why: "whoever wants no terminals at all in a container writes this, and gets the opposite on most kernels",
        references: &[DEVPTS],
        covers: &["DV-10"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "max=0")?;
            let shown = options_of(&mut actor, &instance.point())?;
            t.equal("options", shown, words(&["mode=600", "ptmxmode=000", "max=0"]))?;
            let opened = open_all(&mut actor, &instance.ptmx(), 3)?;
            let known = [("new", (vec![0, 1, 2], None)), ("old", (vec![], Some(Errno::ENOSPC)))];
            t.shows("ptys with max=0, and the refusal", opened, &known)
        },
        ..Case::KERNEL
    },
];

/// Permission bits of a file.
pub(super) fn mode(probe: &mut Probe, path: &str) -> Result<String, Stop> {
    Ok(octal(probe.stat(path)?.mode))
}

/// Gives an instance other options, which must be accepted.
pub(super) fn remount(t: &Trial, actor: &mut Actor, point: &str, options: &str) -> Judgement {
    t.equal(&format!("remount with {options:?}"), actor.try_remount(point, options)?, Ok(()))
}

/// Opens `ptmx` until it is refused, but not more than `most` times: the numbers, and the refusal.
pub(super) fn open_all(actor: &mut Actor, ptmx: &str, most: usize) -> Result<(Vec<i64>, Option<Errno>), Stop> {
    let mut numbers = Vec::new();
    while numbers.len() < most {
        match actor.open_terminal(ptmx)? {
            Ok(master) => numbers.push(actor.ioctl(master.descriptor, IoctlName::Tiocgptn, 0)?),
            Err(errno) => return Ok((numbers, Some(errno))),
        }
    }
    Ok((numbers, None))
}
