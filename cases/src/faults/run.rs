//! `run` in the foreground, where the runtime relays.

use super::STEP;
use super::judge::{each, run};
use crate::prelude::*;
use nix::errno::Errno::{
    self, E2BIG, EACCES, EAGAIN, EINVAL, EIO, EISDIR, ELIBBAD, ELOOP, EMFILE, ENAMETOOLONG, ENFILE, ENOBUFS, ENOENT,
    ENOEXEC, ENOMEM, ENOTDIR, ENOTTY, EPERM, EPIPE, ETOOMANYREFS, ETXTBSY,
};
use ptyproof_harness::intervention::Call;

/// Of execve(2).
pub(super) const NOT_EXECUTED: &[Errno] = &[
    E2BIG,
    EACCES,
    EAGAIN,
    EINVAL,
    EIO,
    EISDIR,
    ELIBBAD,
    ELOOP,
    EMFILE,
    ENAMETOOLONG,
    ENFILE,
    ENOENT,
    ENOEXEC,
    ENOMEM,
    ENOTDIR,
    EPERM,
    ETXTBSY,
];

/// These are in the foreground.
const RELAYED: Case = Case { needs: &[Need::Foreground, Need::Interventions], ..STEP };

pub(super) const CASES: &[Case] = &[
    Case {
        id: "faults/run-sends-no-master",
        title: "run a container in the foreground where sending the master fails once, with each of its errors",
        references: &[manual("sendmsg(2)"), manual("unix(7)")],
        caught_by: &[("exit status of the runtime after EPIPE", &["failure-untold"])],
        body: |t| each(t, run, Call::HandOver, &[EPIPE, ENOBUFS, ENOMEM, ETOOMANYREFS]),
        ..RELAYED
    },
    Case {
        id: "faults/run-executes-no-program",
        title: "run a container in the foreground where execve of its program fails once, with each of its errors",
        references: &[manual("execve(2)")],
        covers: &["I16"],
        caught_by: &[("a message about E2BIG", &["execve-failure-untold"])],
        body: |t| each(t, run, Call::Execute("probe"), NOT_EXECUTED),
        ..RELAYED
    },
    Case {
        id: "faults/run-acquires-no-terminal",
        title: "run a container in the foreground where TIOCSCTTY fails once, with each of its errors",
        references: &[manual("TIOCSCTTY(2const)")],
        covers: &["C07"],
        caught_by: &[
            ("what is missing after EPERM", &["acquisition-failure-ignored"]),
            ("exit status of the runtime after EPERM", &["failure-untold"]),
        ],
        body: |t| each(t, run, Call::AcquireTerminal, &[EPERM, EIO, ENOTTY]),
        ..RELAYED
    },
];
