//! `create` and `start`, for a caller that takes the master from the console socket.

use super::STEP;
use super::judge::{create, does_no_harm, each};
use crate::prelude::*;
use nix::errno::Errno::{
    EACCES, EAGAIN, EBADF, EBUSY, ECONNRESET, EINTR, EINVAL, EIO, ELOOP, EMFILE, ENFILE, ENOBUFS, ENODEV, ENOENT,
    ENOMEM, ENOSPC, ENOTCONN, ENOTDIR, ENOTTY, ENXIO, EPERM, EPIPE, EROFS, ETOOMANYREFS,
};
use ptyproof_harness::intervention::Call;

/// A chown that fails although nothing depends on it.
const CRUN_1841: Reference = issue("crun issue 1841", "https://github.com/containers/crun/issues/1841");

pub(super) const CASES: &[Case] = &[
    Case {
        id: "faults/create-opens-no-master",
        title: "create a container with a terminal where open of ptmx fails once, with each of its errors",
        references: &[manual("open(2)")],
        covers: &["M09"],
        caught_by: &[("the container exists after ENOSPC", &["failed-create-leaves-state"])],
        body: |t| each(t, create, Call::OpenMaster, &[ENOSPC, ENXIO, EMFILE, ENFILE, ENOMEM, EACCES, ENODEV, ELOOP]),
        ..STEP
    },
    Case {
        id: "faults/create-unlocks-no-slave",
        title: "create a container with a terminal where TIOCSPTLCK fails once, with each of its errors",
        references: &[manual("TIOCSPTLCK(2const)")],
        caught_by: &[("the container exists after EIO", &["failed-create-leaves-state"])],
        body: |t| each(t, create, Call::UnlockSlave, &[EIO, ENOTTY]),
        ..STEP
    },
    Case {
        id: "faults/create-opens-no-slave",
        title: "create a container with a terminal where TIOCGPTPEER, or open of the slave, fails once, with each of its errors",
        references: &[manual("TIOCGPTPEER(2const)"), manual("open(2)")],
        caught_by: &[("the container exists after EIO", &["failed-create-leaves-state"])],
        body: |t| each(t, create, Call::OpenSlave, &[EIO, EMFILE, ENFILE, ENOMEM, ENOTTY, EINVAL]),
        ..STEP
    },
    Case {
        id: "faults/create-sets-no-size",
        title: "create a container with a terminal and a size where TIOCSWINSZ fails once, with each of its errors",
        references: &[manual("TIOCSWINSZ(2const)")],
        caught_by: &[("what is missing after EIO", &["size-failure-ignored"])],
        body: |t| each(t, create, Call::SetSize, &[EIO, ENOTTY]),
        ..STEP
    },
    Case {
        id: "faults/create-mounts-no-console",
        title: "create a container with a terminal where the mount on /dev/console fails once, with each of its errors",
        references: &[manual("mount(2)"), manual("move_mount(2)")],
        covers: &["M09"],
        caught_by: &[("what is missing after EPERM", &["console-failure-ignored"])],
        body: |t| {
            each(t, create, Call::Mount("dev/console"), &[EPERM, EACCES, EBUSY, EINVAL, ELOOP, ENOENT, ENOMEM, ENOTDIR])
        },
        ..STEP
    },
    Case {
        id: "faults/create-sends-no-master",
        title: "create a container with a terminal where sending the master fails once, with each of its errors",
        references: &[manual("sendmsg(2)"), manual("unix(7)")],
        caught_by: &[("the console socket", &["handover-failure-ignored"])],
        body: |t| each(t, create, Call::HandOver, &[EPIPE, ECONNRESET, ENOBUFS, ENOMEM, ENOTCONN, ETOOMANYREFS]),
        ..STEP
    },
    Case {
        id: "faults/create-places-no-stream",
        title: "create a container with a terminal where dup of the slave fails once, with each of its errors",
        references: &[manual("dup(2)")],
        caught_by: &[("what is missing after EBADF", &["stream-failure-ignored"])],
        body: |t| each(t, create, Call::PlaceStream, &[EBADF, EBUSY, EMFILE, EINTR]),
        ..STEP
    },
    Case {
        id: "faults/create-acquires-no-terminal",
        title: "create a container with a terminal where TIOCSCTTY fails once, with each of its errors",
        references: &[manual("TIOCSCTTY(2const)")],
        covers: &["C07"],
        caught_by: &[("what is missing after EPERM", &["acquisition-failure-ignored"])],
        body: |t| each(t, create, Call::AcquireTerminal, &[EPERM, EIO, ENOTTY]),
        ..STEP
    },
    Case {
        id: "faults/create-starts-no-session",
        title: "create a container with a terminal where setsid fails once",
        references: &[manual("setsid(2)")],
        caught_by: &[("what is missing after EPERM", &["session-failure-ignored"])],
        body: |t| each(t, create, Call::StartSession, &[EPERM]),
        ..STEP
    },
    Case {
        id: "faults/create-changes-no-root",
        title: "create a container with a terminal where pivot_root or chroot fails once, with each of its errors",
        references: &[manual("pivot_root(2)")],
        covers: &["M09"],
        caught_by: &[("the container exists after EBUSY", &["failed-create-leaves-state"])],
        body: |t| each(t, create, Call::ChangeRoot, &[EBUSY, EINVAL, ENOTDIR, EPERM]),
        ..STEP
    },
    Case {
        id: "faults/create-forks-no-process",
        title: "create a container with a terminal where the first fork fails once, with each of its errors",
        references: &[manual("fork(2)"), manual("clone(2)")],
        covers: &["M09"],
        caught_by: &[("a message about EAGAIN", &["fork-failure-untold"])],
        body: |t| each(t, create, Call::Fork, &[EAGAIN, ENOMEM]),
        ..STEP
    },
    Case {
        id: "faults/an-owner-that-cannot-be-set-does-no-harm",
        title: "start a process of user 1000 with a terminal where chown of the slave fails once, with EPERM and with EROFS",
        requirement: "the container starts, and has all that a terminal takes but for the owner",
        why: "on a read-only or foreign devpts nobody can change owners; the process has its terminal open already",
        references: &[manual("chown(2)"), CRUN_1841],
        covers: &["E06"],
        needs: &[Need::Terminal, Need::ManyIds, Need::Interventions],
        caught_by: &[("create after EPERM", &["chown-failure-fatal"])],
        body: |t| each(t, does_no_harm, Call::SetOwner, &[EPERM, EROFS]),
        ..STEP
    },
    Case {
        id: "faults/an-interrupted-send-is-repeated",
        title: "start a process with a terminal where sending the master is interrupted once (EINTR)",
        requirement: "the container starts as if nothing had happened",
        why: "a socket with a time limit gives EINTR to a process that is stopped and goes on, also where it handles no \
              signal (signal(7)): ^Z and fg of an engine must not make a start fail",
        level: Level::Should,
        references: &[manual("sendmsg(2)"), manual("signal(7)")],
        needs: &[Need::Terminal, Need::ManyIds, Need::Interventions],
        caught_by: &[("create after EINTR", &["handover-not-repeated"])],
        body: |t| each(t, does_no_harm, Call::HandOver, &[EINTR]),
        ..STEP
    },
];
