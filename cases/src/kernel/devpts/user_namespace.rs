//! Devpts and terminals in user namespaces.

use crate::kernel::instance::{Instance, Mounted, carries};
use crate::prelude::*;
use nix::libc::{CLONE_NEWNS, CLONE_NEWUSER, MS_REMOUNT};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/mounting-needs-privilege",
        title: "mount devpts as user 1000",
        requirement: "EPERM",
        why: "a mount over /dev/pts would give other users' programs terminals of an attacker",
        level: Level::Security,
        references: &[manual("mount(2)").at("EPERM")],
        covers: &["DV-33"],
        needs: &[Need::ManyIds],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            let _mounted = Mounted::at(&point);
            let mut user = actor.fork(ChildGroup::Parents)?;
            user.become_user(1000, 1000)?;
            t.equal("mount by user 1000", user.try_mount("devpts", &point, 0, "")?, Err(Errno::EPERM))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/root-of-a-user-namespace-may-mount",
        title: "mount devpts in a user and mount namespace that knows one id: without options, with gid=0, with gid=5",
        requirement: "the first two are mounted, ptmx and a slave belong to 0:0, and bytes pass; gid=5 is EINVAL",
        why: "this is how a rootless container gets terminals, and why its config must not say gid=5",
        references: &[DEVPTS, USER_NAMESPACES],
        covers: &["DV-33"],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            let mut child = actor.fork(ChildGroup::Parents)?;
            enter(&mut child, CLONE_NEWNS, (0, 0))?;
            let refused = child.try_mount("devpts", &point, 0, "gid=5")?;
            t.equal("mount with a group that the namespace lacks", refused, Err(Errno::EINVAL))?;
            for options in ["", "gid=0"] {
                t.equal(&format!("mount with {options:?}"), child.try_mount("devpts", &point, 0, options)?, Ok(()))?;
                let ptmx = format!("{point}/ptmx");
                let pty = child.new_pty_of(&ptmx, 0)?;
                for path in [ptmx, format!("{point}/0")] {
                    t.equal(&format!("owner of {path}"), owner(&mut child, &path)?, (0, 0))?;
                }
                carries(t, &mut child, pty)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/owner-in-a-user-namespace-is-the-mounter",
        title: "mount devpts as user 1000 that is root of a user namespace, and look from inside and from outside",
        requirement: "ptmx and a slave belong to 0:0 inside and to 1000:1000 outside",
        why: "the container's root must own its terminals, and root of the machine must not",
        references: &[DEVPTS, USER_NAMESPACES],
        covers: &["DV-33", "DV-03"],
        needs: &[Need::ManyIds],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            let mut child = actor.fork(ChildGroup::Parents)?;
            child.become_user(1000, 1000)?;
            enter(&mut child, CLONE_NEWNS, (1000, 1000))?;
            child.mount("devpts", &point, "devpts", 0, "")?;
            child.new_pty_of(&format!("{point}/ptmx"), 0)?;
            for name in ["ptmx", "0"] {
                let path = format!("{point}/{name}");
                t.equal(&format!("owner of {name} inside"), owner(&mut child, &path)?, (0, 0))?;
                let found = owner(&mut actor, &format!("/proc/{}/root{path}", child.pid()))?;
                t.equal(&format!("owner of {name} outside"), found, (1000, 1000))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/options-are-those-of-the-mounters-namespace",
        title: "mount devpts in a user namespace that maps group 0 to 1000, with gid=0 and mode=600; remount it with gid=0 and \
                mode=640, and with gid=1000",
        requirement: "a new slave belongs to group 0 inside and 1000 outside, and has mode 0600, after the remount 0640; \
                      gid=1000, which the namespace lacks, is EINVAL and changes nothing",
        why: "options that are read as the machine's numbers refuse every container's gid=5, or give its terminals to a \
              group of the host",
        references: &[DEVPTS, USER_NAMESPACES],
        covers: &["P16", "DV-33"],
        needs: &[Need::ManyIds],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            let mut child = actor.fork(ChildGroup::Parents)?;
            child.become_user(1000, 1000)?;
            enter(&mut child, CLONE_NEWNS, (1000, 1000))?;
            let remount = MS_REMOUNT;
            for (number, flags, options, mode) in
                [(0, 0, "gid=0,mode=600", 0o600), (1, remount, "gid=0,mode=640", 0o640)]
            {
                let mounted = child.try_mount("devpts", &point, flags, options)?;
                t.equal(&format!("mount with {options}"), mounted, Ok(()))?;
                child.new_pty_of(&format!("{point}/ptmx"), 0)?;
                let path = format!("{point}/{number}");
                let slave = child.stat(&path)?;
                t.equal("group and mode of a new slave", (slave.group, slave.mode), (0, mode))?;
                let outside = owner(&mut actor, &format!("/proc/{}/root{path}", child.pid()))?;
                t.equal("its owner outside", outside, (1000, 1000))?;
            }
            let refused = child.try_mount("devpts", &point, remount, "gid=1000,mode=666")?;
            t.equal("remount with a group that the namespace lacks", refused, Err(Errno::EINVAL))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/mounted-for-a-user-who-is-not-root",
        title: "mount devpts in a user namespace whose one user is 1000; then in one whose one user is 0, and go on in a user \
                namespace in that, where the same user is 1000",
        requirement: "EINVAL on older kernels, and else it is mounted; then it is mounted on all; ptmx and a slave belong to \
                      user 1000, and bytes pass",
        why: "a sandbox whose programs are to keep their user id may have no 0 that ptmx could belong to: it mounts devpts in \
              between, and enters a second user namespace",
        references: &[
            DEVPTS,
            USER_NAMESPACES,
            Reference::document(
                "bubblewrap, bubblewrap.c",
                "https://github.com/containers/bubblewrap/blob/v0.8.0/bubblewrap.c",
            ),
        ],
        covers: &["N08"],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            let mut child = actor.fork(ChildGroup::Parents)?;
            enter_as(&mut child, CLONE_NEWNS, (1000, 1000), (0, 0))?;
            let mounted = child.try_mount("devpts", &point, 0, "")?;
            let known = [Ok(()), Err(Errno::EINVAL)];
            t.holds("mount where there is no user 0", "success or EINVAL", &mounted, |seen| known.contains(seen))?;
            if mounted.is_ok() {
                is_of_user_1000(t, &mut child, &point)?;
            }
            let mut child = actor.fork(ChildGroup::Parents)?;
            enter(&mut child, CLONE_NEWNS, (0, 0))?;
            t.equal("mount where there is one", child.try_mount("devpts", &point, 0, "")?, Ok(()))?;
            enter_as(&mut child, 0, (1000, 1000), (0, 0))?;
            is_of_user_1000(t, &mut child, &point)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/root-of-a-user-namespace-has-no-power-over-terminals",
        title: "as root of a user namespace, steal a terminal that is another session's, hang it up, and type into it with \
                TIOCSTI",
        requirement: "EPERM each time, or EIO for TIOCSTI where the machine has turned it off; the terminal carries bytes",
        why: "what a container's root may do to a terminal of the host it may do to who sits there",
        level: Level::Security,
        references: &[manual("ioctl_tty(2)"), USER_NAMESPACES],
        covers: &["DV-34"],
        body: |t| {
            let (mut owner, instance) = Instance::with_actor(t, "")?;
            let pty = instance.new_pty(&mut owner)?;
            owner.ioctl(pty.slave, IoctlName::Tiocsctty, 0)?;
            let mut thief = owner.fork(ChildGroup::OwnSession)?;
            enter(&mut thief, 0, (0, 0))?;
            for (name, argument) in [(IoctlName::Tiocsctty, 1), (IoctlName::Tiocvhangup, 0)] {
                let refused = thief.try_ioctl(pty.slave, name, argument)?;
                t.equal(&name.to_string(), refused, Err(Errno::EPERM))?;
            }
            let refused = thief.try_ioctl(pty.slave, IoctlName::Tiocsti, b'x'.into())?;
            let known = [("legacy TIOCSTI on", Err(Errno::EPERM)), ("legacy TIOCSTI off", Err(Errno::EIO))];
            t.shows("TIOCSTI", refused, &known)?;
            carries(t, &mut owner, pty)
        },
        ..Case::KERNEL
    },
];

const USER_NAMESPACES: Reference = manual("user_namespaces(7)");

/// Makes the process root of a user namespace that knows one user and one group, those of `outside`; a reason to skip
/// where the machine gives no user namespaces.
fn enter(actor: &mut Actor, namespaces: i32, outside: (u32, u32)) -> Judgement {
    enter_as(actor, namespaces, (0, 0), outside)
}

/// The same, with the user and group that it is inside.
fn enter_as(actor: &mut Actor, namespaces: i32, inside: (u32, u32), outside: (u32, u32)) -> Judgement {
    if let Err(errno) = actor.try_unshare(CLONE_NEWUSER | namespaces)? {
        return Err(Stop::Skip(format!("no user namespace is to be had here: {errno}")));
    }
    for (file, text) in [
        ("setgroups", "deny".to_owned()),
        ("uid_map", format!("{} {} 1", inside.0, outside.0)),
        ("gid_map", format!("{} {} 1", inside.1, outside.1)),
    ] {
        let file = actor.open(&format!("/proc/self/{file}"), O_WRONLY)?.descriptor;
        actor.write(file, text.as_bytes())?;
        actor.close(file)?;
    }
    Ok(())
}

fn owner(probe: &mut Probe, path: &str) -> Result<(u32, u32), Stop> {
    let status = probe.stat(path)?;
    Ok((status.user, status.group))
}

/// ptmx and a new slave of the devpts that is mounted there belong to user and group 1000, and the pty works.
fn is_of_user_1000(t: &Trial, probe: &mut Probe, point: &str) -> Judgement {
    let ptmx = format!("{point}/ptmx");
    let pty = probe.new_pty_of(&ptmx, 0)?;
    for path in [ptmx, format!("{point}/0")] {
        t.equal(&format!("owner of {path}"), owner(probe, &path)?, (1000, 1000))?;
    }
    carries(t, probe, pty)
}
