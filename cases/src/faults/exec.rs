//! `exec` in the foreground, with a terminal of its own.

use super::STEP;
use super::judge::{each, exec};
use super::run::NOT_EXECUTED;
use crate::prelude::*;
use nix::errno::Errno::{
    EACCES, EAGAIN, EBADF, EBUSY, ECONNRESET, EINTR, EINVAL, EIO, ELOOP, EMFILE, ENFILE, ENOBUFS, ENODEV, ENOMEM,
    ENOSPC, ENOTCONN, ENOTTY, ENXIO, EPERM, EPIPE, ETOOMANYREFS,
};
use ptyproof_harness::intervention::Call;

/// These join a container that runs.
const JOINING: Case = Case { needs: &[Need::Foreground, Need::Exec, Need::Interventions], ..STEP };

pub(super) const CASES: &[Case] = &[
    Case {
        id: "faults/exec-opens-no-master",
        title: "exec a process with a terminal where open of ptmx fails once, with each of its errors",
        references: &[manual("open(2)")],
        covers: &["J08"],
        caught_by: &[("exit status of the runtime after ENOSPC", &["failure-untold"])],
        body: |t| each(t, exec, Call::OpenMaster, &[ENOSPC, ENXIO, EMFILE, ENFILE, ENOMEM, EACCES, ENODEV, ELOOP]),
        ..JOINING
    },
    Case {
        id: "faults/exec-unlocks-no-slave",
        title: "exec a process with a terminal where TIOCSPTLCK fails once, with each of its errors",
        references: &[manual("TIOCSPTLCK(2const)")],
        caught_by: &[("exit status of the runtime after EIO", &["failure-untold"])],
        body: |t| each(t, exec, Call::UnlockSlave, &[EIO, ENOTTY]),
        ..JOINING
    },
    Case {
        id: "faults/exec-opens-no-slave",
        title: "exec a process with a terminal where TIOCGPTPEER, or open of the slave, fails once, with each of its errors",
        references: &[manual("TIOCGPTPEER(2const)"), manual("open(2)")],
        caught_by: &[("exit status of the runtime after EIO", &["failure-untold"])],
        body: |t| each(t, exec, Call::OpenSlave, &[EIO, EMFILE, ENFILE, ENOMEM, ENOTTY, EINVAL]),
        ..JOINING
    },
    Case {
        id: "faults/exec-sets-no-size",
        title: "exec a process with a terminal and a size where TIOCSWINSZ fails once, with each of its errors",
        references: &[manual("TIOCSWINSZ(2const)")],
        caught_by: &[("what is missing after EIO", &["size-failure-ignored"])],
        body: |t| each(t, exec, Call::SetSize, &[EIO, ENOTTY]),
        ..JOINING
    },
    Case {
        id: "faults/exec-sends-no-master",
        title: "exec a process with a terminal where sending the master fails once, with each of its errors",
        references: &[manual("sendmsg(2)"), manual("unix(7)")],
        caught_by: &[("exit status of the runtime after EPIPE", &["failure-untold"])],
        body: |t| each(t, exec, Call::HandOver, &[EPIPE, ECONNRESET, ENOBUFS, ENOMEM, ENOTCONN, ETOOMANYREFS]),
        ..JOINING
    },
    Case {
        id: "faults/exec-places-no-stream",
        title: "exec a process with a terminal where dup of the slave fails once, with each of its errors",
        references: &[manual("dup(2)")],
        caught_by: &[("exit status of the runtime after EBADF", &["failure-untold"])],
        body: |t| each(t, exec, Call::PlaceStream, &[EBADF, EBUSY, EMFILE, EINTR]),
        ..JOINING
    },
    Case {
        id: "faults/exec-acquires-no-terminal",
        title: "exec a process with a terminal where TIOCSCTTY fails once, with each of its errors",
        references: &[manual("TIOCSCTTY(2const)")],
        covers: &["C07"],
        caught_by: &[("what is missing after EPERM", &["acquisition-failure-ignored"])],
        body: |t| each(t, exec, Call::AcquireTerminal, &[EPERM, EIO, ENOTTY]),
        ..JOINING
    },
    Case {
        id: "faults/exec-starts-no-session",
        title: "exec a process with a terminal where setsid fails once",
        references: &[manual("setsid(2)")],
        caught_by: &[("what is missing after EPERM", &["session-failure-ignored"])],
        body: |t| each(t, exec, Call::StartSession, &[EPERM]),
        ..JOINING
    },
    Case {
        id: "faults/exec-executes-no-program",
        title: "exec a process with a terminal where execve of its program fails once, with each of its errors",
        references: &[manual("execve(2)")],
        caught_by: &[("a message about E2BIG", &["execve-failure-untold"])],
        body: |t| each(t, exec, Call::Execute("probe"), NOT_EXECUTED),
        ..JOINING
    },
    Case {
        id: "faults/exec-forks-no-process",
        title: "exec a process with a terminal where the first fork fails once, with each of its errors",
        references: &[manual("fork(2)"), manual("clone(2)")],
        covers: &["J08"],
        caught_by: &[("a message about EAGAIN", &["fork-failure-untold"])],
        body: |t| each(t, exec, Call::Fork, &[EAGAIN, ENOMEM]),
        ..JOINING
    },
    Case {
        id: "faults/exec-changes-no-settings",
        title: "exec a process with a terminal in the foreground where the first TCSETS fails once, with each of its errors",
        references: &[manual("TCSETS(2const)"), manual("termios(3)")],
        caught_by: &[("exit status of the runtime after EIO", &["raw-mode-failure-untold"])],
        body: |t| each(t, exec, Call::ChangeSettings, &[EIO]),
        ..JOINING
    },
];
