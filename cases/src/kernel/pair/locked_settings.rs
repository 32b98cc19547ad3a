//! Settings that are locked against change.

use crate::prelude::*;
use nix::libc::{ICRNL, ONLCR, VINTR};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-pair/locked-settings-keep-their-values",
        title: "lock ECHO and VINTR with TIOCSLCKTRMIOS, change these and others with tcsetattr(3), unlock, and change again",
        requirement: "TIOCGLCKTRMIOS tells the lock; tcsetattr(3) succeeds and changes all but these two, and after \
                      unlocking these as well",
        why: "an administrator of a public terminal fixes settings so that no program spoils them for the next user",
        references: &[manual("ioctl_tty(2)").at("TIOCSLCKTRMIOS")],
        covers: &["PT-40"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            let before = actor.termios(pty.slave)?;
            let mut wanted = before;
            wanted.local &= !ECHO;
            wanted.input &= !ICRNL;
            wanted.output &= !ONLCR;
            wanted.characters[VINTR] = 0x07;
            let mut kept = wanted;
            kept.local |= ECHO;
            kept.characters[VINTR] = before.characters[VINTR];
            for (bits, expected) in [(ECHO_AND_INTERRUPT, kept), (NOTHING, wanted)] {
                t.equal("TIOCSLCKTRMIOS", actor.try_lock_settings(pty.slave, bits)?, Ok(()))?;
                t.equal("TIOCGLCKTRMIOS", actor.locked_settings(pty.slave)?, bits)?;
                actor.set_termios(pty.slave, wanted)?;
                t.equal("settings", actor.termios(pty.slave)?, expected)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/users-cannot-lock-settings",
        title: "as an ordinary user, lock ECHO and VINTR of a pty of one's own",
        requirement: "EPERM, and nothing is locked",
        why: "a program could leave its user a terminal without echo that not even stty(1) repairs",
        references: &[manual("ioctl_tty(2)").at("TIOCSLCKTRMIOS")],
        covers: &["PT-40"],
        body: |t| {
            let mut actor = t.actor()?;
            // Root of a user namespace is an ordinary user for this.
            if t.machine().root {
                actor.become_user(1000, 1000)?;
            }
            let pty = actor.new_pty(0)?;
            t.equal("TIOCSLCKTRMIOS", actor.try_lock_settings(pty.slave, ECHO_AND_INTERRUPT)?, Err(Errno::EPERM))?;
            t.equal("TIOCGLCKTRMIOS", actor.locked_settings(pty.slave)?, NOTHING)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-pair/locking-settings-to-restore-a-checkpoint",
        title: "lock settings as a process of root that has kept only CAP_CHECKPOINT_RESTORE",
        requirement: "it succeeds since Linux 6.8, and is EPERM before",
        why: "CRIU restores terminals of containers without being root of the machine",
        references: &[
            manual("capabilities(7)").at("CAP_CHECKPOINT_RESTORE"),
            issue(
                "Linux 6.8, tty: allow TIOCSLCKTRMIOS with CAP_CHECKPOINT_RESTORE",
                "https://git.kernel.org/linus/e0f25b899234",
            ),
        ],
        covers: &["PT-40"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let (mut actor, pty) = t.actor_with_pty(0)?;
            actor.keep_capabilities(&[CHECKPOINT_RESTORE])?;
            let locked = actor.try_lock_settings(pty.slave, ECHO_AND_INTERRUPT)?;
            t.shows("TIOCSLCKTRMIOS", locked, &[("new", Ok(())), ("old", Err(Errno::EPERM))])
        },
        ..Case::KERNEL
    },
];

/// CAP_CHECKPOINT_RESTORE. capabilities(7)
const CHECKPOINT_RESTORE: u8 = 40;

const NOTHING: TermiosFacts =
    TermiosFacts { input: 0, output: 0, control: 0, local: 0, line: 0, characters: [0; 19], speeds: (0, 0) };

const ECHO_AND_INTERRUPT: TermiosFacts = {
    let mut bits = NOTHING;
    bits.local = ECHO;
    bits.characters[VINTR] = 1;
    bits
};
