//! How many ptys are kept for the first mount namespace.

use super::limits::{DISTURBED, MAX, NR, RESERVE, open_and_close};
use crate::kernel::instance::{Instance, carries};
use crate::kernel::setting::{ROUNDS, Setting, number};
use crate::prelude::*;

pub const CASES: &[Case] = &[Case {
    id: "kernel-devpts/kernel-pty-reserve-is-not-for-containers",
    title: "set kernel.pty.reserve to kernel.pty.max, to 3 less than what is left, to 4 less, and to 0, and open ptys \
                of an instance that was mounted in a mount namespace of its own",
    requirement: "none (ENOSPC), 2, 3, as many as asked for; a pty that is open carries bytes throughout",
    why: "the reserve is what lets an administrator log in when containers have taken all other terminals",
    references: &[DEVPTS],
    covers: &["DV-32"],
    needs: &[Need::MachineRoot, Need::Disturbs],
    body: |t| {
        let (mut actor, instance) = Instance::with_actor(t, "")?;
        let pty = instance.new_pty(&mut actor)?;
        let (max, reserve) = (Setting::of(MAX)?, Setting::of(RESERVE)?);
        let most = max.get(&mut actor)?;

        reserve.set(&mut actor, most)?;
        let opened = actor.open_terminal(&instance.ptmx())?.map(drop);
        t.equal("a new pty when all are reserved", opened, Err(Errno::ENOSPC))?;
        carries(t, &mut actor, pty)?;

        reserve.set(&mut actor, 0)?;
        let (opened, _, refusal) = open_and_close(&mut actor, &instance, 5)?;
        t.equal("new ptys when none are reserved", (opened, refusal), (5, None))?;

        for _ in 0..ROUNDS {
            let now = number(&mut actor, NR)?;
            let mut seen = Vec::new();
            let mut disturbed = false;
            for left in [3, 4] {
                reserve.set(&mut actor, most - now - left)?;
                let (opened, more, refusal) = open_and_close(&mut actor, &instance, 6)?;
                disturbed |= opened != more;
                seen.push((opened, refusal));
            }
            if !disturbed && number(&mut actor, NR)? == now {
                let refusal = Some(Errno::ENOSPC);
                return t.equal(
                    "new ptys, and the refusal, when all but 3, and all but 4, of those left are reserved",
                    seen,
                    vec![(2, refusal), (3, refusal)],
                );
            }
        }
        Err(Stop::Skip(DISTURBED.to_owned()))
    },
    ..Case::KERNEL
}];
