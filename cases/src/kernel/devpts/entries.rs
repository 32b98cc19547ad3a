//! What can be done to the entries of a devpts directory, and what is told of them.

use super::octal;
use crate::{kernel::instance::Instance, prelude::*};
use nix::libc::{IN_CLOSE_WRITE, IN_CREATE, IN_DELETE, IN_OPEN, O_CREAT};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/nothing-can-be-made-or-removed",
        title: "make a directory, a FIFO, a file, links and an attribute in devpts, and rename and unlink a slave, as root",
        requirement: "EPERM each time; EACCES for the file",
        why: "the entries are the kernel's: who renamed or replaced one would make others type at the wrong terminal",
        references: &[DEVPTS],
        covers: &["DV-14"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            instance.new_pty(&mut actor)?;
            let new = instance.inside("new");
            let (slave, path) = (instance.slave(0), new.clone());
            let changes: [step::Request; 7] = [
                step::MakeDirectory { path: path.clone() }.into(),
                step::Symlink { target: "0".to_owned(), path }.into(),
                step::Link { from: slave.clone(), to: new.clone() }.into(),
                step::Rename { from: slave.clone(), to: new.clone() }.into(),
                step::Unlink { path: slave.clone() }.into(),
                step::Unlink { path: instance.ptmx() }.into(),
                step::SetAttribute { path: slave, name: "user.colour".to_owned(), value: b"blue"[..].into() }.into(),
            ];
            for change in changes {
                t.equal(&change.to_string(), actor.try_ask(step::Any(change))?, Err(Errno::EPERM))?;
            }
            t.equal("a FIFO", actor.try_make_node(&new, FileKind::Fifo, DeviceNumber::default())?, Err(Errno::EPERM))?;
            t.equal("a file", actor.try_open(&new, O_RDWR | O_CREAT)?.map(drop), Err(Errno::EACCES))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/modes-can-be-changed",
        title: "chmod a slave, ptmx and the directory of devpts",
        requirement: "each has its new mode",
        why: "mesg(1) and login change the mode of a terminal, and container engines that of ptmx",
        references: &[DEVPTS, manual("mesg(1)")],
        covers: &["DV-14"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            instance.new_pty(&mut actor)?;
            for (path, mode) in [(instance.slave(0), 0o622), (instance.ptmx(), 0o666), (instance.point(), 0o711)] {
                actor.set_mode(&path, mode)?;
                t.equal(&format!("mode of {path}"), octal(actor.stat(&path)?.mode), octal(mode))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/directory-tells-who-comes-and-goes",
        title: "watch a devpts directory with inotify(7) while a pty is opened, used and closed",
        requirement: "the slave is created when ptmx is opened and deleted when the master is closed; newer kernels tell \
                      nothing of ptmx itself",
        why: "loggers and screen savers follow terminals this way; an event for every use of ptmx, which everybody shares, \
              costs all who watch",
        references: &[manual("inotify(7)"), DEVPTS],
        covers: &["DV-37"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let watch = actor.watch_directory(&instance.point())?;
            let event = |mask| DirectoryEvent { mask, name: Some("0".to_owned()) };
            let flags = O_RDWR | O_NOCTTY;
            let master = actor.open(&instance.ptmx(), flags)?.descriptor;
            let seen = actor.events(watch)?;
            let told = DirectoryEvent { mask: IN_OPEN, name: Some("ptmx".to_owned()) };
            let known = [("new", vec![event(IN_CREATE)]), ("broken", vec![event(IN_CREATE), told])];
            t.shows("events of opening ptmx", seen, &known)?;
            actor.ioctl(master, IoctlName::Tiocsptlck, 0)?;
            let slave = actor.open_peer(master, flags)?.descriptor;
            actor.close(slave)?;
            let seen = actor.events(watch)?;
            let (opened, closed) = (event(IN_OPEN), event(IN_CLOSE_WRITE));
            let known = [("new", vec![opened, closed.clone()]), ("old", vec![closed])];
            t.shows("events of opening the slave by TIOCGPTPEER and closing it", seen, &known)?;
            actor.close(master)?;
            let seen = actor.events(watch)?;
            let of_the_slave: Vec<DirectoryEvent> =
                seen.into_iter().filter(|event| event.name.as_deref() == Some("0")).collect();
            t.equal("events of the slave at the close of the master", of_the_slave, vec![event(IN_DELETE)])
        },
        ..Case::KERNEL
    },
];
