//! The foreground process group has died, and nobody has taken the terminal back yet.

use crate::{kernel::login::Login, prelude::*};

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/dead-foreground-still-stops-the-background",
        title: "end the only process of the foreground group; then read, and call tcsetattr, in background jobs that handle \
                nothing",
        requirement: "SIGTTIN stops the reader and SIGTTOU the other, as if the group lived; in the foreground both go on",
        why: "the moment between a job's end and the shell's prompt is open for nobody else",
        references: &[POSIX_TERMINALS, manual("signal(7)").at("SIGTTIN")],
        covers: &["JC-14"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let (mut reader, mut setter) = jobs_without_foreground(&mut login)?;
            let termios = login.emulator.termios(login.master)?.without_echo();
            let (reader_pid, setter_pid) = (reader.pid(), setter.pid());
            let reading = reader.begin(step::Read { descriptor: login.slave, most: 100 })?;
            let action = TermiosAction::Now;
            let setting = setter.begin(step::SetTermios { descriptor: login.slave, action, termios })?;
            for (pid, signal) in [(reader_pid, Signal::TTIN), (setter_pid, Signal::TTOU)] {
                t.equal("the job", login.leader.wait_for_stop(pid)?, ChildStatus::Stopped(signal))?;
            }
            login.bring_forward(setter_pid)?;
            login.leader.kill(-setter_pid, Signal::CONT)?;
            t.equal("tcsetattr", setting.answer()?, Ok(()))?;
            t.equal("the settings", login.emulator.termios(login.master)?, termios)?;
            login.bring_forward(reader_pid)?;
            login.leader.kill(-reader_pid, Signal::CONT)?;
            login.emulator.write(login.master, b"typed\n")?;
            t.equal("the read", reading.answer()?, Ok(b"typed\n".to_vec()))
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/dead-foreground-is-no-leave-to-read",
        title: "end the only process of the foreground group; then read, and call tcsetattr, in a background job that ignores \
                SIGTTIN and SIGTTOU, and in the leader, whose group is orphaned",
        requirement: "each read is EIO; tcsetattr succeeds",
        why: "a shell has to take the terminal back before it reads: one that does not ends at once with its first job",
        references: &[POSIX_TERMINALS, manual("read(2)").at("EIO")],
        covers: &["JC-14"],
        body: |t| {
            let mut login = Login::begin(t)?;
            let (mut job, _) = jobs_without_foreground(&mut login)?;
            job.ignore(&[Signal::TTIN, Signal::TTOU])?;
            let mut termios = login.emulator.termios(login.master)?;
            for (who, actor) in [("job", &mut job), ("leader", &mut login.leader)] {
                t.equal(&format!("the {who}'s read"), actor.try_read(login.slave)?, Err(Errno::EIO))?;
                termios.local ^= ECHO;
                let set = actor.try_set_termios(login.slave, TermiosAction::Now, termios)?;
                t.equal(&format!("the {who}'s tcsetattr"), set, Ok(()))?;
                t.equal("the settings", login.emulator.termios(login.master)?, termios)?;
            }
            Ok(())
        },
        ..Case::KERNEL
    },
];

/// Two jobs in the background of a terminal whose foreground process group has died.
fn jobs_without_foreground(login: &mut Login) -> Result<(Actor, Actor), ProbeError> {
    let jobs = (login.leader.fork(ChildGroup::Own)?, login.leader.fork(ChildGroup::Own)?);
    let mut dead = login.foreground_job()?;
    dead.end(Ending::Exit(0))?;
    login.leader.wait_for_end(dead.pid())?;
    Ok(jobs)
}
