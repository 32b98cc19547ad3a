//! TIOCVHANGUP and vhangup(2): a hang-up by order.

use crate::kernel::login::{Login, TERMINAL_SIGNALS, controlling_terminal, renounce_privilege};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-hangup/ioctl-hangs-up",
        title: "TIOCVHANGUP by root, of another session's slave, while a job has the terminal",
        requirement: "the leader gets SIGHUP and SIGCONT, the job nothing; old descriptors are dead, the master lives",
        why: "login makes sure in this way that nobody of the last session still listens on the terminal",
        references: &[manual("ioctl_tty(2)").at("TIOCVHANGUP"), manual("vhangup(2)")],
        covers: &["HU-05"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut job = login.foreground_job()?;
            let flags = O_RDWR | O_NOCTTY;
            let slave = login.emulator.open_slave(login.master, flags)?.descriptor;
            t.equal("TIOCVHANGUP", login.emulator.try_ioctl(slave, IoctlName::Tiocvhangup, 0)?, Ok(0))?;
            as_when_the_master_closes(t, &mut login.leader, &mut job)?;
            t.equal("write at an old descriptor", job.try_write(login.slave, b"x")?, Err(Errno::EIO))?;
            let again = login.emulator.try_open_peer(login.master, flags)?;
            let again = again.map(|opened| opened.status.node.is_pty_slave());
            t.equal("the slave can be opened again", again, Ok(true))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/vhangup-hangs-up",
        title: "vhangup(2) by root, the leader, while a job has the terminal",
        requirement: "the leader gets SIGHUP and SIGCONT, the job nothing, and neither has a terminal any more",
        why: "getty makes sure in this way that nobody of the last session still listens on the terminal",
        references: &[manual("vhangup(2)")],
        covers: &["HU-05"],
        needs: &[Need::MachineRoot],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut job = login.foreground_job()?;
            t.equal("vhangup", login.leader.try_hang_up()?, Ok(()))?;
            as_when_the_master_closes(t, &mut login.leader, &mut job)
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-hangup/nobody-hangs-up-without-privilege",
        title: "TIOCVHANGUP and vhangup(2) by a job without privilege",
        requirement: "EPERM for both, no signal for the leader, and the terminal works",
        why: "otherwise every command could end the shell that started it, and everything else on the terminal",
        level: Level::Security,
        references: &[manual("vhangup(2)").at("EPERM")],
        covers: &["HU-05"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            renounce_privilege(t, &mut job)?;
            t.equal("TIOCVHANGUP", job.try_ioctl(login.slave, IoctlName::Tiocvhangup, 0)?, Err(Errno::EPERM))?;
            t.equal("vhangup", job.try_hang_up()?, Err(Errno::EPERM))?;
            t.equal("signals of the leader", login.leader.signals_within(0)?, vec![])?;
            t.equal("write", job.try_write(login.slave, b"x")?, Ok(1))
        },
        ..Case::KERNEL
    },
];

/// The leader was told, the job not, and neither has a terminal.
fn as_when_the_master_closes(t: &Trial, leader: &mut Actor, job: &mut Actor) -> Judgement {
    let everybody = [("leader", leader, vec![Signal::HUP, Signal::CONT]), ("foreground job", job, vec![])];
    for (who, actor, signals) in everybody {
        // Signals are sent before the call returns, so they have arrived.
        t.equal(&format!("signals of the {who}"), actor.signals_within(0)?, signals)?;
        t.equal(&format!("terminal of the {who}"), controlling_terminal(actor)?, Err(Errno::ENXIO))?;
    }
    Ok(())
}
