//! Instances and mount namespaces.

use super::words;
use crate::kernel::instance::{carries, names};
use crate::prelude::*;
use nix::{libc::CLONE_NEWNS, mount::MsFlags};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/pty-outlives-its-mount-namespace",
        title: "open a pty in a mount namespace of its own, hand it out with SCM_RIGHTS, and end the namespace",
        requirement: "the pty still has its number and carries bytes",
        why: "a container ends while its master is still with the engine, which reads the rest of its output; kernels \
              before 4.4 crashed",
        references: &[DEVPTS, manual(MOUNT_NAMESPACES), manual("unix(7)").at("SCM_RIGHTS")],
        covers: &["DV-26"],
        body: |t| {
            let mut actor = t.actor()?;
            let sockets = actor.socket_pair()?;
            let (mut child, point) = apart(t, &mut actor)?;
            let pty = hand_over(&mut child, &mut actor, sockets, &format!("{point}/ptmx"))?;
            works(t, &mut actor, pty)?;
            child.end(Ending::Exit(0))?;
            actor.wait_for_end(child.pid())?;
            works(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/ptmx-of-another-namespace-makes-the-pty-there",
        title: "open the ptmx of a process in another mount namespace through /proc/PID/root",
        requirement: "the pty is listed there and not here, and carries bytes",
        why: "a debugger or engine that opens a terminal for a container from outside gets one the container can name",
        references: &[DEVPTS, manual(MOUNT_NAMESPACES), manual("proc_pid_root(5)")],
        covers: &["DV-27"],
        body: |t| {
            let mut actor = t.actor()?;
            let (mut child, point) = apart(t, &mut actor)?;
            let pty = actor.new_pty_of(&format!("/proc/{}/root{point}/ptmx", child.pid()), 0)?;
            t.equal("entries there", names(&mut child, &point)?, words(&["0", "ptmx"]))?;
            t.equal("entries here", names(&mut actor, &point)?, words(&[]))?;
            let opened = actor.open_terminal(&format!("{point}/0"))?.map(drop);
            t.equal("the slave by its path there, opened here", opened, Err(Errno::ENOENT))?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
];

const MOUNT_NAMESPACES: &str = "mount_namespaces(7)";

/// A process in a mount namespace of its own, where an instance is mounted on `point`, which is an empty directory
/// everywhere else.
fn apart(t: &Trial, actor: &mut Actor) -> Result<(Actor, String), Stop> {
    let point = format!("{}/pts", t.directory()?.display());
    actor.make_directory(&point)?;
    let mut child = actor.fork(ChildGroup::Parents)?;
    t.equal("unshare", child.try_unshare(CLONE_NEWNS)?, Ok(()))?;
    // Otherwise the mount would come back here.
    child.mount("", "/", "", (MsFlags::MS_REC | MsFlags::MS_PRIVATE).bits(), "")?;
    child.mount("devpts", &point, "devpts", 0, "")?;
    Ok((child, point))
}

/// The child hands over both ends of a new pty, and keeps none.
fn hand_over(child: &mut Actor, actor: &mut Actor, sockets: [i32; 2], ptmx: &str) -> Result<PtyDescriptors, Stop> {
    let pty = child.new_pty_of(ptmx, 0)?;
    let mut received = [0; 2];
    for (descriptor, received) in [pty.master, pty.slave].into_iter().zip(&mut received) {
        child.send_descriptor(sockets[0], descriptor)?;
        child.close(descriptor)?;
        *received = actor.receive_descriptor(sockets[1])?.descriptor;
    }
    let [master, slave] = received;
    Ok(PtyDescriptors { master, slave })
}

/// The pty still has its number and carries bytes.
fn works(t: &Trial, actor: &mut Actor, pty: PtyDescriptors) -> Judgement {
    t.equal("number", actor.ioctl(pty.master, IoctlName::Tiocgptn, 0)?, 0)?;
    carries(t, actor, pty)
}
