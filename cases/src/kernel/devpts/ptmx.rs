//! Ways to an instance's own `ptmx`: links and binds.

use super::words;
use crate::kernel::instance::{Instance, Mounted, make_file, names};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/links-and-binds-of-ptmx-lead-to-its-instance",
        title: "open a pty through a relative and an absolute link to an instance's ptmx, and through a bind of it, from \
                directories with and without another instance at pts",
        requirement: "each pty is of the instance whose ptmx it is",
        why: "/dev/ptmx of a container is one or the other; programs that open it must get the container's terminals",
        references: &[DEVPTS],
        covers: &["DV-21"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let other = Instance::mount(t, &mut actor, "")?;
            let bare = t.directory()?.display().to_string();
            let relative = instance.beside("ptmx");
            actor.symlink("pts/ptmx", &relative)?;
            let absolute = other.beside("link");
            actor.symlink(&instance.ptmx(), &absolute)?;
            let bind = other.beside("bind");
            let _bind = bind_ptmx(&mut actor, &instance, &bind)?;
            let alone = format!("{bare}/ptmx");
            let _alone = bind_ptmx(&mut actor, &instance, &alone)?;
            let device = actor.stat(&instance.point())?.device;
            for (number, path) in [relative, absolute, bind, alone].iter().enumerate() {
                let master = actor.open(path, O_RDWR | O_NOCTTY)?;
                let found = actor.ioctl(master.descriptor, IoctlName::Tiocgptn, 0)?;
                let seen = (found, master.status.device);
                t.equal(&format!("number and instance of a pty opened through {path}"), seen, (number as i64, device))?;
            }
            let listed = names(&mut actor, &instance.point())?;
            t.equal("entries of the instance", listed, words(&["0", "1", "2", "3", "ptmx"]))?;
            t.equal("entries of the other instance", names(&mut actor, &other.point())?, words(&["ptmx"]))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/peer-through-a-bind-needs-pts-beside-it",
        title: "open a bind of an instance's ptmx and ask for the slave with TIOCGPTPEER: beside the instance's mount, \
                beside nothing, beside another instance",
        requirement: "the slave has its path below the mount beside the bind; without one ENOENT, beside another instance \
                      ENODEV",
        why: "a container whose /dev/ptmx is a bind mount gets the right name for its terminals only this way",
        references: &[DEVPTS, manual("ioctl_tty(2)").at("TIOCGPTPEER")],
        covers: &["DV-22"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let bind = instance.beside("ptmx");
            let _bind = bind_ptmx(&mut actor, &instance, &bind)?;
            t.equal("peer beside the mount", peer_of(&mut actor, &bind)?, Ok(instance.slave(0)))?;
            let bare = t.directory()?.display().to_string();
            let alone = format!("{bare}/ptmx");
            let _alone = bind_ptmx(&mut actor, &instance, &alone)?;
            t.equal("peer beside nothing", peer_of(&mut actor, &alone)?, Err(Errno::ENOENT))?;
            actor.make_directory(&format!("{bare}/pts"))?;
            t.equal("peer beside an empty directory", peer_of(&mut actor, &alone)?, Err(Errno::ENODEV))?;
            let astray = Instance::mount(t, &mut actor, "")?.beside("ptmx");
            let _astray = bind_ptmx(&mut actor, &instance, &astray)?;
            t.equal("peer beside another instance", peer_of(&mut actor, &astray)?, Err(Errno::ENODEV))
        },
        ..Case::KERNEL
    },
];

/// Opens a `ptmx`, unlocks the pty, and opens its slave by TIOCGPTPEER: what the slave's descriptor is called.
pub(super) fn peer_of(probe: &mut Probe, ptmx: &str) -> Result<Result<String, Errno>, Stop> {
    let flags = O_RDWR | O_NOCTTY;
    let master = probe.open(ptmx, flags)?.descriptor;
    probe.ioctl(master, IoctlName::Tiocsptlck, 0)?;
    let opened = probe.try_open_peer(master, flags)?;
    Ok(match opened {
        Ok(peer) => Ok(link_of(probe, peer.descriptor)?),
        Err(errno) => Err(errno),
    })
}

/// What a descriptor is called, `/proc/self/fd/N`.
pub(super) fn link_of(probe: &mut Probe, descriptor: i32) -> Result<String, Stop> {
    Ok(String::from_utf8_lossy(&probe.read_link(&format!("/proc/self/fd/{descriptor}"))?).into_owned())
}

/// Binds an instance's `ptmx` on a new file.
fn bind_ptmx(actor: &mut Actor, instance: &Instance, point: &str) -> Result<Mounted, Stop> {
    make_file(point)?;
    Mounted::bind(actor, &instance.ptmx(), point)
}
