//! A fresh mount of devpts.

use super::{octal, options_of, words};
use crate::kernel::instance::{Instance, Mounted, names};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/every-mount-is-an-instance",
        title: "mount devpts twice without options, and open two ptys of one and one of the other",
        requirement: "the mounts have different devices, each numbers its ptys from 0 and lists only its own",
        why: "a container that mounts devpts expects terminals of its own; if the mount gave the host's instance, both \
              would open each other's terminals by number",
        references: &[DEVPTS],
        covers: &["DV-01"],
        body: |t| {
            let mut actor = t.actor()?;
            let one = Instance::mount(t, &mut actor, "")?;
            let other = Instance::mount(t, &mut actor, "")?;
            let device = actor.stat(&one.point())?.device;
            t.holds(
                "device of the second mount",
                &format!("another than {}", device.evidence()),
                &actor.stat(&other.point())?.device,
                |&second| second != device,
            )?;
            let mut numbers = Vec::new();
            for instance in [&one, &one, &other] {
                let pty = instance.new_pty(&mut actor)?;
                numbers.push(actor.ioctl(pty.master, IoctlName::Tiocgptn, 0)?);
            }
            t.equal("numbers of the ptys", numbers, vec![0, 1, 0])?;
            t.equal("the first instance", names(&mut actor, &one.point())?, words(&["0", "1", "ptmx"]))?;
            t.equal("the second instance", names(&mut actor, &other.point())?, words(&["0", "ptmx"]))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/newinstance-is-ignored",
        title: "mount devpts with newinstance, and with newinstance=1",
        requirement: "the first is accepted and not shown among the options, the second is EINVAL",
        why: "runtimes still pass newinstance for kernels before 4.7; if it is refused, no container gets a terminal",
        references: &[DEVPTS],
        covers: &["DV-02"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "newinstance,ptmxmode=0666")?;
            t.equal("options", options_of(&mut actor, &instance.point())?, words(&["mode=600", "ptmxmode=666"]))?;
            let point = instance.beside("other");
            actor.make_directory(&point)?;
            let refused = actor.try_mount("devpts", &point, 0, "newinstance=1")?;
            let _mounted = Mounted::at(&point);
            t.equal("mount with newinstance=1", refused, Err(Errno::EINVAL))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/fresh-mount-holds-only-ptmx",
        title: "mount devpts with mode=0711 and look at its directory",
        requirement: "inode 1, mode 0755 whatever mode= says; in it only ptmx, 5:2, inode 2, mode 0000, of the mounter",
        why: "runtimes tell the real ptmx from a fake by these numbers; and as its mode is 0000, a mount without ptmxmode \
              gives terminals to nobody but root",
        references: &[DEVPTS, manual("pts(4)")],
        covers: &["DV-03"],
        body: |t| {
            let mut actor = t.actor()?;
            let mounter = actor.observe()?.process.identity;
            let owner = (mounter.user, mounter.group);
            let instance = Instance::mount(t, &mut actor, "mode=0711")?;
            let directory = actor.stat(&instance.point())?;
            t.equal(
                "kind, inode, mode and owner of the directory",
                (directory.kind, directory.inode, octal(directory.mode), (directory.user, directory.group)),
                (FileKind::Directory, 1, octal(0o755), owner),
            )?;
            let entries = actor.list(&instance.point())?;
            let entries: Vec<_> = entries
                .into_iter()
                .map(|entry| {
                    let status = entry.status;
                    let owner = (status.user, status.group);
                    (entry.name, status.kind, status.node, status.inode, octal(status.mode), owner)
                })
                .collect();
            let expected = vec![("ptmx".to_owned(), FileKind::CharacterDevice, DeviceNumber::PTMX, 2, octal(0), owner)];
            t.equal("name, kind, device, inode, mode and owner of its entries", entries, expected)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/shows-its-options",
        title: "mount devpts with and without mode=, ptmxmode= and max=, and read mountinfo",
        requirement: "mode and ptmxmode are always shown, in three octal digits; max only where it is below 1048576",
        why: "whoever checks how a container's terminals are protected reads it here",
        references: &[DEVPTS, PROC_MOUNTS],
        covers: &["DV-13"],
        body: |t| {
            let mut actor = t.actor()?;
            for (given, expected) in [
                ("", &["mode=600", "ptmxmode=000"][..]),
                ("max=7,ptmxmode=0666,mode=0620", &["mode=620", "ptmxmode=666", "max=7"]),
                ("max=1048575", &["mode=600", "ptmxmode=000", "max=1048575"]),
                ("max=1048576", &["mode=600", "ptmxmode=000"]),
            ] {
                let instance = Instance::mount(t, &mut actor, given)?;
                let shown = options_of(&mut actor, &instance.point())?;
                t.equal(&format!("options shown for {given:?}"), shown, words(expected))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/shows-the-owner-it-was-given",
        title: "mount devpts with uid= and gid=, and read mountinfo",
        requirement: "those that were given are shown, before the modes",
        why: "gid=5 is what lets write(1) and mesg(1) work; whether it is in effect can only be read here",
        references: &[DEVPTS, PROC_MOUNTS],
        covers: &["DV-13"],
        // The ids are shown as those of the first user namespace, which only its root can foretell.
        needs: &[Need::MachineRoot],
        body: |t| {
            let mut actor = t.actor()?;
            for (given, expected) in [
                ("gid=5", &["gid=5", "mode=600", "ptmxmode=000"][..]),
                ("uid=0,gid=0", &["uid=0", "gid=0", "mode=600", "ptmxmode=000"]),
                ("mode=0640,uid=1000", &["uid=1000", "mode=640", "ptmxmode=000"]),
            ] {
                let instance = Instance::mount(t, &mut actor, given)?;
                let shown = options_of(&mut actor, &instance.point())?;
                t.equal(&format!("options shown for {given:?}"), shown, words(expected))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/has-its-magic",
        title: "statfs a mount of devpts, its ptmx and a slave in it",
        requirement: "f_type is 0x1cd1 each time",
        why: "C libraries and runtimes ask it to tell a real terminal from a file that a hostile image put in its place",
        references: &[manual("statfs(2)")],
        covers: &["DV-38"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            instance.new_pty(&mut actor)?;
            for path in [instance.point(), instance.ptmx(), instance.slave(0)] {
                let kind = actor.filesystem_type(&path)?;
                t.equal(&format!("f_type of {path}"), format!("{kind:#x}"), "0x1cd1".to_owned())?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

const PROC_MOUNTS: Reference = manual("proc_pid_mountinfo(5)");
