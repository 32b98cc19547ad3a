//! Standard streams on a terminal.

use super::Bound;
use crate::{kernel::instance::Instance, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-console/duplicates-share-o-nonblock",
        title: "open a slave twice, duplicate the first and inherit it in a child, and set O_NONBLOCK on the first",
        requirement: "the duplicate and the child's have it too, their reads are EAGAIN; one opened separately has not",
        why: "a program that sets O_NONBLOCK on its standard input breaks all others that share the terminal with it, the \
              caller's shell included",
        references: &[manual("dup(2)"), manual("fcntl(2)").at("O_NONBLOCK")],
        covers: &["CN-07"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let first = instance.new_pty(&mut actor)?.slave;
            let copy = actor.duplicate(first)?;
            let separate = actor.open(&instance.slave(0), O_RDWR | O_NOCTTY)?.descriptor;
            let mut child = actor.fork(ChildGroup::Parents)?;
            let all = [first, copy, separate];
            let none = [Some(false); 3];
            t.equal("O_NONBLOCK before", nonblocking(&mut actor, all)?, none)?;
            actor.set_nonblocking(first, true)?;
            let shared = [Some(true), Some(true), Some(false)];
            t.equal("O_NONBLOCK after", nonblocking(&mut actor, all)?, shared)?;
            t.equal("O_NONBLOCK in the child", nonblocking(&mut child, all)?, shared)?;
            t.equal("reading the duplicate", actor.try_read(copy)?, Err(Errno::EAGAIN))?;
            t.equal("reading in the child", child.try_read(first)?, Err(Errno::EAGAIN))?;
            child.set_nonblocking(copy, false)?;
            t.equal("O_NONBLOCK cleared by the child", nonblocking(&mut actor, all)?, none)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/standard-streams-are-the-bound-slave",
        title: "open a bound slave once, make it descriptors 0, 1 and 2, and look at them and the file it is bound on",
        requirement: "all have the st_dev and st_rdev of the file, are terminals, and have its name",
        why: "init systems and login compare their standard input with /dev/console to see whether they are on the console",
        references: &[manual("isatty(3)"), manual("ttyname(3)")],
        covers: &["CN-08"],
        body: |t| {
            let mut actor = t.actor()?;
            let bound = Bound::make(t, &mut actor)?;
            let opened = actor.open(&bound.console, O_RDWR | O_NOCTTY)?.descriptor;
            let file = actor.stat(&bound.console)?;
            let mut child = actor.fork(ChildGroup::OwnSession)?;
            child.use_as_standard_streams(opened)?;
            let seen = child.observe()?;
            for number in 0..3 {
                let descriptor = seen.descriptor(number);
                let found = descriptor.map(|descriptor| {
                    let name = match &descriptor.terminal {
                        Ok(terminal) => terminal.name.clone(),
                        Err(errno) => Err(*errno),
                    };
                    (descriptor.status.device, descriptor.status.node, name)
                });
                let expected = Some((file.device, file.node, Ok(bound.console.clone())));
                t.equal(&format!("st_dev, st_rdev and ttyname of descriptor {number}"), found, expected)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// Whether descriptors have `O_NONBLOCK` set.
fn nonblocking<const N: usize>(probe: &mut Probe, descriptors: [i32; N]) -> Result<[Option<bool>; N], Stop> {
    let seen = probe.observe()?;
    Ok(descriptors.map(|number| Some(seen.descriptor(number)?.flags & O_NONBLOCK != 0)))
}
