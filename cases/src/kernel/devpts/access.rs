//! Instances mounted with restrictions.

use crate::kernel::instance::{Mounted, carries};
use crate::prelude::*;
use nix::mount::MsFlags;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/nodev-mount-opens-no-terminal",
        title: "mount devpts with MS_NODEV and open its ptmx",
        requirement: "EACCES, also for root",
        why: "`nodev`, good practice everywhere else, leaves a container without terminals",
        references: &[DEVPTS, manual("mount(2)").at("MS_NODEV")],
        covers: &["DV-28"],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            actor.mount("devpts", &point, "devpts", MsFlags::MS_NODEV.bits(), "")?;
            let _mounted = Mounted::at(&point);
            let opened = actor.open_terminal(&format!("{point}/ptmx"))?.map(drop);
            t.equal("ptmx of a nodev mount", opened, Err(Errno::EACCES))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/read-only-mount-opens-terminals",
        title: "mount devpts with MS_RDONLY, and open a pty of it",
        requirement: "the mount is read-only; master and slave open for reading and writing, and bytes pass",
        why: "a container with a read-only root filesystem, its /dev/pts included, still has working terminals",
        references: &[DEVPTS, manual("mount(2)").at("MS_RDONLY")],
        covers: &["DV-28"],
        body: |t| {
            let mut actor = t.actor()?;
            let point = format!("{}/pts", t.directory()?.display());
            actor.make_directory(&point)?;
            actor.mount("devpts", &point, "devpts", MsFlags::MS_RDONLY.bits(), "")?;
            let _mounted = Mounted::at(&point);
            let seen = actor.observe()?;
            let first = |options: &[String]| options.first().cloned();
            let flags = seen.mount_at(&point).map(|mount| (first(&mount.options), first(&mount.super_options)));
            let read_only = Some("ro".to_owned());
            t.equal("flags of mount and filesystem", flags, Some((read_only.clone(), read_only)))?;
            let pty = actor.new_pty_of(&format!("{point}/ptmx"), 0)?;
            carries(t, &mut actor, pty)
        },
        ..Case::KERNEL
    },
];
