//! What a remount does to the options of an instance.

use super::options::{mode, open_all, remount};
use super::{octal, options_of, words};
use crate::kernel::instance::{Instance, Mounted};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/remount-starts-from-defaults",
        title: "mount devpts with mode, ptmxmode and max, and remount it with only mode",
        requirement: "ptmxmode and max are back at their defaults: nothing of the first mount is kept",
        why: "`mount -o remount,ro /dev/pts` and the like take the terminals from all users of a container",
        references: &[DEVPTS],
        covers: &["DV-11"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "mode=0640,ptmxmode=0666,max=1")?;
            t.equal("ptys with max=1", open_all(&mut actor, &instance.ptmx(), 3)?, (vec![0], Some(Errno::ENOSPC)))?;
            for (options, expected) in [("mode=0620", ["mode=620", "ptmxmode=000"]), ("", ["mode=600", "ptmxmode=000"])]
            {
                remount(t, &mut actor, &instance.point(), options)?;
                let shown = options_of(&mut actor, &instance.point())?;
                t.equal(&format!("options after {options:?}"), shown, words(&expected))?;
            }
            t.equal("ptys after the remount", open_all(&mut actor, &instance.ptmx(), 1)?, (vec![1], None))?;
            t.equal("mode of its slave", mode(&mut actor, &instance.slave(1))?, octal(0o600))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/unknown-option-is-refused",
        title: "mount devpts with an unknown option, and remount an instance with a known and an unknown one",
        requirement: "EINVAL both times; the instance keeps its options, or on older kernels takes the known one and loses \
                      the others",
        why: "a typing error in a remount must not change who may open terminals",
        references: &[DEVPTS],
        covers: &["DV-12"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "mode=0640,ptmxmode=0666")?;
            let point = instance.beside("refused");
            actor.make_directory(&point)?;
            let _mounted = Mounted::at(&point);
            let refused = actor.try_mount("devpts", &point, 0, "mode=0644,bogus=1")?;
            t.equal("mount with an unknown option", refused, Err(Errno::EINVAL))?;
            let refused = actor.try_remount(&instance.point(), "mode=0644,bogus=1")?;
            t.equal("remount with an unknown option", refused, Err(Errno::EINVAL))?;
            let shown = options_of(&mut actor, &instance.point())?;
            let known = [("new", words(&["mode=640", "ptmxmode=666"])), ("old", words(&["mode=644", "ptmxmode=000"]))];
            t.shows("options after the refused remount", shown, &known)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/remount-through-a-bind-is-for-the-instance",
        title: "bind an instance elsewhere, and remount the bind with ptmxmode=0666 and mode=0640",
        requirement: "the original mount shows the new options, ptmx has the new mode, and a new slave too",
        why: "options belong to the instance: whoever may remount a bind of the host's instance changes the host's",
        references: &[DEVPTS, manual("mount(2)").at("MS_REMOUNT")],
        covers: &["DV-36"],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let bind = instance.beside("bind");
            actor.make_directory(&bind)?;
            let _bind = Mounted::bind(&mut actor, &instance.point(), &bind)?;
            remount(t, &mut actor, &bind, "ptmxmode=0666,mode=0640")?;
            t.equal("options", options_of(&mut actor, &instance.point())?, words(&["mode=640", "ptmxmode=666"]))?;
            t.equal("mode of ptmx", mode(&mut actor, &instance.ptmx())?, octal(0o666))?;
            instance.new_pty(&mut actor)?;
            t.equal("mode of a slave", mode(&mut actor, &instance.slave(0))?, octal(0o640))
        },
        ..Case::KERNEL
    },
];
