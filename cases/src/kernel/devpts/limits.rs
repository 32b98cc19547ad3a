//! How many ptys the machine has.

use crate::kernel::instance::{Instance, carries};
use crate::kernel::setting::{ROUNDS, Setting, number};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-devpts/nr-counts-the-ptys-of-all-instances",
        title: "read kernel.pty.nr before, while and after a pty is open in each of two instances, and open it for writing",
        requirement: "two more while they are open, and as many as before when they are closed; EACCES",
        why: "this number is how administrators find out who uses the machine's terminals up",
        references: &[DEVPTS],
        covers: &["DV-30"],
        needs: &[Need::Alone],
        body: |t| {
            let mut actor = t.actor()?;
            let instances = [Instance::mount(t, &mut actor, "")?, Instance::mount(t, &mut actor, "")?];
            t.equal("kernel.pty.nr opened for writing", actor.try_open(NR, O_WRONLY)?.map(drop), Err(Errno::EACCES))?;
            let mut seen = Vec::new();
            // Other programs may open or close a terminal meanwhile, which spoils a round or two.
            for _ in 0..ROUNDS {
                let before = number(&mut actor, NR)?;
                let mut open = Vec::new();
                for instance in &instances {
                    let pty = instance.new_pty(&mut actor)?;
                    open.extend([pty.master, pty.slave]);
                }
                let more = number(&mut actor, NR)? - before;
                for descriptor in open {
                    actor.close(descriptor)?;
                }
                seen.push((more, number(&mut actor, NR)? - before));
                if seen.ends_with(&[(2, 0)]) {
                    return Ok(());
                }
            }
            // What others do to the number differs from round to round, what the kernel does is always the same.
            if seen.iter().any(|round| *round != seen[0]) {
                return Err(Stop::Skip(DISTURBED.to_owned()));
            }
            Err(Stop::fail(
                "growth of kernel.pty.nr while the ptys are open, and when they are closed",
                format!("[2, 0] in one of {ROUNDS} rounds"),
                seen.evidence(),
            ))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-devpts/kernel-pty-max-is-for-the-machine",
        title: "lower kernel.pty.max to nothing while a pty is open, and to 3 more than there are",
        requirement: "the open pty carries bytes and a new one is ENOSPC; then 2 more are given (3 on older kernels)",
        why: "a limit that ended terminals in use would throw everybody out",
        references: &[DEVPTS],
        covers: &["DV-31"],
        needs: &[Need::MachineRoot, Need::Disturbs],
        body: |t| {
            let (mut actor, instance) = Instance::with_actor(t, "")?;
            let pty = instance.new_pty(&mut actor)?;
            let (max, reserve) = (Setting::of(MAX)?, Setting::of(RESERVE)?);
            reserve.set(&mut actor, 0)?;
            max.set(&mut actor, 0)?;
            let opened = actor.open_terminal(&instance.ptmx())?.map(drop);
            t.equal("a new pty with kernel.pty.max 0", opened, Err(Errno::ENOSPC))?;
            carries(t, &mut actor, pty)?;
            for _ in 0..ROUNDS {
                let now = number(&mut actor, NR)?;
                max.set(&mut actor, now + 3)?;
                let (opened, more, refusal) = open_and_close(&mut actor, &instance, 5)?;
                if opened == more && number(&mut actor, NR)? == now {
                    t.equal("the refusal", refusal, Some(Errno::ENOSPC))?;
                    let known = [("new", 2), ("old", 3)];
                    return t.shows("ptys given with kernel.pty.max 3 more than there are", opened, &known);
                }
            }
            Err(Stop::Skip(DISTURBED.to_owned()))
        },
        ..Case::KERNEL
    },
];

/// The ptys that there are.
pub(super) const NR: &str = "/proc/sys/kernel/pty/nr";
/// How many there may be.
pub(super) const MAX: &str = "/proc/sys/kernel/pty/max";
/// How many of them are kept for the first mount namespace.
pub(super) const RESERVE: &str = "/proc/sys/kernel/pty/reserve";

/// Opens masters of an instance until it is refused, but not more than `most`; closes them again. Their number, how
/// many more ptys the machine had meanwhile, and the refusal.
pub(super) fn open_and_close(
    actor: &mut Actor,
    instance: &Instance,
    most: usize,
) -> Result<(i64, i64, Option<Errno>), Stop> {
    let before = number(actor, NR)?;
    let mut masters = Vec::new();
    let mut refusal = None;
    while masters.len() < most && refusal.is_none() {
        match actor.open_terminal(&instance.ptmx())? {
            Ok(master) => masters.push(master.descriptor),
            Err(errno) => refusal = Some(errno),
        }
    }
    let more = number(actor, NR)? - before;
    for &master in &masters {
        actor.close(master)?;
    }
    Ok((masters.len() as i64, more, refusal))
}

/// Why nothing can be said of a number of the whole machine.
pub(super) const DISTURBED: &str = "other programs open and close terminals all the time";
