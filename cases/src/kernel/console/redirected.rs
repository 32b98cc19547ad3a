//! The output of the machine's console redirected to a terminal, `TIOCCONS`.

use super::open_real_console;
use crate::kernel::instance::{Instance, carries};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-console/redirecting-needs-privilege",
        title: "redirect the console as user 1000, with TIOCCONS on its own slave and on the master",
        requirement: "EPERM, EINVAL",
        why: "who redirects the console reads what the system tells its administrator",
        level: Level::Security,
        references: &[TIOCCONS],
        covers: &["CN-06"],
        needs: &[Need::ManyIds],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "ptmxmode=0666")?;
            actor.become_user(1000, 1000)?;
            let pty = instance.new_pty(&mut actor)?;
            t.equal("TIOCCONS on the slave", actor.try_ioctl(pty.slave, IoctlName::Tioccons, 0)?, Err(Errno::EPERM))?;
            let refused = actor.try_ioctl(pty.master, IoctlName::Tioccons, 0)?;
            t.equal("TIOCCONS on the master", refused, Err(Errno::EINVAL))?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/redirecting-with-a-passed-descriptor",
        title: "let root open a slave and user 1000, who inherits it, redirect the console with TIOCCONS on it",
        requirement: "EPERM: who calls counts; a kernel may instead count who opened the descriptor",
        why: "a service that runs as a user with a terminal from root must not get the console with it",
        references: &[TIOCCONS],
        covers: &["CN-06"],
        needs: &[Need::MachineRoot, Need::ManyIds, Need::Disturbs],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let pty = instance.new_pty(&mut actor)?;
            let mut user = actor.fork(ChildGroup::Parents)?;
            user.become_user(1000, 1000)?;
            let redirected = user.try_ioctl(pty.slave, IoctlName::Tioccons, 0)?;
            // The end of the pty ends the redirection.
            let known = [("who calls", Err(Errno::EPERM)), ("who opened it", Ok(0))];
            t.shows("TIOCCONS by user 1000 on root's slave", redirected, &known)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-console/redirecting-is-for-one-terminal",
        title: "redirect the console to a slave, then to another, write to the console, and undo it with TIOCCONS on the \
                console; then redirect it to the other and close that",
        requirement: "the second is EBUSY; what is written comes out at the first master; undone or closed, it can be \
                      redirected again",
        why: "a desktop's console window shows what daemons print, and must give the console back when it ends",
        references: &[TIOCCONS],
        covers: &["CN-06"],
        needs: &[Need::MachineRoot, Need::Disturbs],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let [one, other] = [instance.new_pty(&mut actor)?, instance.new_pty(&mut actor)?];
            let console = open_real_console(t, &mut actor, O_WRONLY | O_NOCTTY | O_NONBLOCK)?;
            match actor.try_ioctl(one.slave, IoctlName::Tioccons, 0)? {
                Err(Errno::EBUSY) => {
                    let why = "the console is redirected already".to_owned();
                    return Err(Stop::Skip(why));
                }
                redirected => t.equal("TIOCCONS on a slave", redirected, Ok(0))?,
            }
            let refused = actor.try_ioctl(other.slave, IoctlName::Tioccons, 0)?;
            t.equal("TIOCCONS on another slave", refused, Err(Errno::EBUSY))?;
            actor.write(console, b"to the console")?;
            t.equal_bytes("what the master reads", &actor.read_count(one.master, 14)?, b"to the console")?;
            t.equal("TIOCCONS on the console", actor.try_ioctl(console, IoctlName::Tioccons, 0)?, Ok(0))?;
            for pty in [other, one] {
                t.equal("TIOCCONS on a slave again", actor.try_ioctl(pty.slave, IoctlName::Tioccons, 0)?, Ok(0))?;
                actor.close(pty.master)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

const TIOCCONS: Reference = manual("ioctl_console(2)").at("TIOCCONS");
