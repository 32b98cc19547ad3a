//! Keys that send signals, and whom they reach.

use crate::kernel::login::{Login, TERMINAL_SIGNALS};
use crate::prelude::*;

pub const CASES: &[Case] = &[
    Case {
        id: "kernel-jobs/keys-signal-the-whole-foreground-alone",
        title: "type ^C, ^\\ and ^Z while a group of two processes has the terminal, and another is in the background",
        requirement: "both get SIGINT, SIGQUIT and SIGTSTP; the background job and the leader get nothing",
        why: "^C must end all of a pipeline, and nothing else",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("ISIG")],
        covers: &["JC-09"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut background = login.leader.fork(ChildGroup::Own)?;
            let mut job = login.leader.fork(ChildGroup::Own)?;
            let mut mate = login.mate_of(&job)?;
            login.bring_forward(job.pid())?;
            let keys: [(&[u8], &[u8], _); 3] =
                [(b"\x03", b"^C", Signal::INT), (b"\x1c", b"^\\", Signal::QUIT), (b"\x1a", b"^Z", Signal::TSTP)];
            for (key, echo, signal) in keys {
                t.equal_bytes("echo", &login.types(key, echo)?, echo)?;
                let everybody = [
                    ("one process of the job", &mut job, vec![signal]),
                    ("the other one", &mut mate, vec![signal]),
                    ("the background job", &mut background, vec![]),
                    ("the leader", &mut login.leader, vec![]),
                ];
                for (who, actor, expected) in everybody {
                    t.equal(&format!("signals of {who}"), actor.signals_within(0)?, expected)?;
                }
            }
            Ok(())
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/keys-without-a-session-only-flush",
        title: "type half a line, ^C, and another line at a terminal that is nobody's controlling terminal",
        requirement: "^C is echoed, the half line is gone, and the process that reads gets no signal",
        why: "a program that was not given its own session cannot be interrupted: this is what its user sees",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("ISIG")],
        covers: &["JC-12"],
        body: |t| {
            let mut actor = t.actor()?;
            actor.catch(TERMINAL_SIGNALS)?;
            let pty = actor.new_pty(0)?;
            let steps: [(&[u8], &[u8]); 3] = [(b"ab", b"ab"), (b"\x03", b"^C"), (b"c\n", b"c\r\n")];
            for (keys, echo) in steps {
                actor.write(pty.master, keys)?;
                t.equal_bytes("echo", &actor.read_count(pty.master, echo.len())?, echo)?;
            }
            t.equal_bytes("what is read", &actor.read(pty.slave)?, b"c\n")?;
            t.equal("signals", actor.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
    Case {
        id: "kernel-jobs/keys-after-the-job-signal-nobody",
        title: "type half a line, ^C, and another line while the group that has the terminal has ended",
        requirement: "^C is echoed, the half line is gone, and the leader gets no signal",
        why: "between the end of a job and the shell's next prompt, ^C must not hit the shell",
        references: &[POSIX_TERMINALS, manual("termios(3)").at("ISIG")],
        covers: &["JC-12"],
        body: |t| {
            let mut login = Login::begin(t)?;
            login.leader.catch(TERMINAL_SIGNALS)?;
            let mut job = login.foreground_job()?;
            job.end(Ending::Exit(0))?;
            login.leader.wait_for_end(job.pid())?;
            let steps: [(&[u8], &[u8]); 3] = [(b"ab", b"ab"), (b"\x03", b"^C"), (b"c\n", b"c\r\n")];
            for (keys, echo) in steps {
                t.equal_bytes("echo", &login.types(keys, echo)?, echo)?;
            }
            // The leader is in the background, so somebody to whom job control does not apply reads.
            let emulator = &mut login.emulator;
            let slave = emulator.open_slave(login.master, O_RDWR | O_NOCTTY)?.descriptor;
            t.equal_bytes("what is read", &emulator.read(slave)?, b"c\n")?;
            t.equal("signals of the leader", login.leader.signals_within(0)?, vec![])
        },
        ..Case::KERNEL
    },
];
