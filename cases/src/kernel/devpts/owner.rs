//! Who owns what in devpts, and who may open it.

use super::octal;
use crate::{kernel::instance::Instance, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/ptmx-of-mode-zero-is-for-root",
        title: "open the ptmx of an instance without ptmxmode, as root and as user 1000",
        requirement: "root gets a pty, the user EACCES",
        why: "this is how a container looks whose runtime forgot ptmxmode=0666: everything works, but only for root",
        references: &[DEVPTS],
        covers: &["DV-05"],
        needs: &[Need::ManyIds],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let mut user = actor.fork(ChildGroup::Parents)?;
            user.become_user(1000, 1000)?;
            t.equal("ptmx opened by user 1000", user.open_terminal(&instance.ptmx())?.map(drop), Err(Errno::EACCES))?;
            t.equal("ptmx opened by root", actor.open_terminal(&instance.ptmx())?.map(drop), Ok(()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/owner-is-who-opened-ptmx",
        title: "let root and user 1000 open a pty each",
        requirement: "root's slave belongs to 0:0, the user's to 1000:1000",
        why: "who opened ptmx must be able to open the slave; that is why grantpt(3) has nothing to do any more",
        references: &[DEVPTS, manual("grantpt(3)")],
        covers: &["DV-07"],
        needs: &[Need::ManyIds],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "ptmxmode=0666")?;
            instance.new_pty(&mut actor)?;
            let mut user = actor.fork(ChildGroup::Parents)?;
            user.become_user(1000, 1000)?;
            instance.new_pty(&mut user)?;
            t.equal("owner of root's", owner(&mut actor, &instance.slave(0))?, (0, 0))?;
            t.equal("owner of the user's", owner(&mut actor, &instance.slave(1))?, (1000, 1000))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/uid-and-gid-fix-the-owner",
        title: "open ptys of instances with gid=5, and with uid=1000 and gid=5",
        requirement: "the slaves belong to 0:5 and 1000:5, whoever opened ptmx; ptmx stays the mounter's",
        why: "with gid=5 (tty) and mode 0620 write(1) can write to a terminal and nobody else can read it",
        references: &[DEVPTS, manual("write(1)")],
        covers: &["DV-07"],
        needs: &[Need::ManyIds],
        body: |t| {
            let mut actor = t.actor()?;
            for (options, expected) in [("gid=5", (0, 5)), ("uid=1000,gid=5", (1000, 5))] {
                let instance = Instance::mount(t, &mut actor, options)?;
                instance.new_pty(&mut actor)?;
                t.equal(&format!("owner with {options}"), owner(&mut actor, &instance.slave(0))?, expected)?;
                t.equal(&format!("owner of ptmx with {options}"), owner(&mut actor, &instance.ptmx())?, (0, 0))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/remount-forgets-the-owner",
        title: "remount an instance that has uid=1000 and gid=5 without them, and open a pty before and after",
        requirement: "the first slave belongs to 1000:5 and keeps that, the second to 0:0 who opened it",
        why: "after a remount for another reason write(1) no longer reaches new terminals",
        references: &[DEVPTS],
        covers: &["DV-11"],
        needs: &[Need::ManyIds],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "uid=1000,gid=5")?;
            instance.new_pty(&mut actor)?;
            t.equal("remount", actor.try_remount(&instance.point(), "mode=0620")?, Ok(()))?;
            instance.new_pty(&mut actor)?;
            t.equal("owner of the first slave", owner(&mut actor, &instance.slave(0))?, (1000, 5))?;
            t.equal("owner of the second slave", owner(&mut actor, &instance.slave(1))?, (0, 0))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/owner-can-be-changed",
        title: "chown a slave, ptmx and the directory of devpts to 1000:5",
        requirement: "each belongs to 1000:5",
        why: "a runtime gives the terminal to the container's user this way",
        references: &[DEVPTS, manual("chown(2)")],
        covers: &["DV-14"],
        needs: &[Need::ManyIds],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            instance.new_pty(&mut actor)?;
            for path in [instance.slave(0), instance.ptmx(), instance.point()] {
                actor.set_owner(&path, 1000, 5)?;
                t.equal(&format!("owner of {path}"), owner(&mut actor, &path)?, (1000, 5))?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/peer-needs-no-permission",
        title: "let user 1000 hold the master of a pty of root, and open the slave by TIOCGPTPEER and by path",
        requirement: "TIOCGPTPEER opens it although it belongs to 0:0 with mode 0600; the path is EACCES",
        why: "who holds the master already has all that is typed and printed; who only knows the name must not",
        references: &[manual("ioctl_tty(2)").at("TIOCGPTPEER")],
        covers: &["DV-35"],
        needs: &[Need::ManyIds],
        body: |t| {
            let flags = O_RDWR | O_NOCTTY;
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let master = actor.open(&instance.ptmx(), flags)?.descriptor;
            actor.ioctl(master, IoctlName::Tiocsptlck, 0)?;
            let mut user = actor.fork(ChildGroup::Parents)?;
            user.become_user(1000, 1000)?;
            let look =
                |status: ptyproof_probe::FileStatus| (octal(status.mode), status.user, status.group, status.inode);
            let peer = user.try_open_peer(master, flags)?;
            let expected = (octal(0o600), 0, 0, 3);
            t.equal("mode, owner and inode of the peer", peer.map(|peer| look(peer.status)), Ok(expected))?;
            let opened = user.open_terminal(&instance.slave(0))?;
            t.equal("the slave opened by path", opened.map(|slave| look(slave.status)), Err(Errno::EACCES))
        },
        ..Case::KERNEL
    },
];

fn owner(probe: &mut Probe, path: &str) -> Result<(u32, u32), Stop> {
    let status = probe.stat(path)?;
    Ok((status.user, status.group))
}
