//! Every system call of a runtime, each time that it is made. A test of runtimes whose source is at hand and who start within
//! milliseconds: there are hundreds.

use super::STEP;
use super::judge::{Attempted, Fault, create, exec, run};
use crate::prelude::*;
use nix::errno::Errno as SysErrno;
use nix::libc;
use ptyproof_harness::intervention::Call;

/// What goes wrong, call by call; those of which a case says nothing.
fn every(t: &Trial, attempted: Attempted, number: libc::c_long, errnos: &[SysErrno]) -> Judgement {
    let call = Call::SystemCall(number);
    let mut wrong = Vec::new();
    // The harness makes one of the first itself, between the filter and the execve.
    for after in usize::from(number == libc::SYS_prctl).. {
        for errno in errnos.iter().map(|&errno| errno.into()) {
            match attempted(t, Fault { call, after, errno }) {
                Ok(()) => {}
                Err(Stop::Skip(_)) => return t.equal("what goes wrong", wrong, Vec::new()),
                Err(stop) => wrong.push(format!("call {after}, {errno}: {stop}")),
            }
        }
    }
    Ok(())
}

/// Cases for each system call and each of the three verbs.
macro_rules! every_call {
    ($($(#[$old:meta])? $call:ident: $($errno:ident)*;)*) => {
        /// Each system call, with errors that it has and that tell nothing of what is asked for.
        pub const EVERY_CALL: &[Case] = &[$(
            $(#[$old])?
            Case {
                id: concat!("every-call/create-", stringify!($call)),
                body: |t| every(t, create, libc::$call, &[$(SysErrno::$errno),*]),
                ..STEP
            },
            $(#[$old])?
            Case {
                id: concat!("every-call/run-", stringify!($call)),
                body: |t| every(t, run, libc::$call, &[$(SysErrno::$errno),*]),
                ..STEP
            },
            $(#[$old])?
            Case {
                id: concat!("every-call/exec-", stringify!($call)),
                body: |t| every(t, exec, libc::$call, &[$(SysErrno::$errno),*]),
                ..STEP
            },
        )*];
    };
}

every_call! {
    SYS_openat: EMFILE EIO;
    SYS_openat2: EMFILE EIO;
    #[cfg(target_arch = "x86_64")]
    SYS_open: EMFILE;
    SYS_mkdirat: ENOSPC;
    #[cfg(target_arch = "x86_64")]
    SYS_mkdir: ENOSPC;
    SYS_mknodat: ENOSPC;
    SYS_symlinkat: ENOSPC;
    SYS_unlinkat: EIO;
    #[cfg(target_arch = "x86_64")]
    SYS_unlink: EIO;
    #[cfg(target_arch = "x86_64")]
    SYS_rmdir: EIO;
    #[cfg(target_arch = "x86_64")]
    SYS_rename: EIO;
    SYS_renameat: EIO;
    #[cfg(target_arch = "x86_64")]
    SYS_readlink: EIO;
    SYS_readlinkat: EIO;
    SYS_newfstatat: EIO ENOMEM;
    SYS_fstat: EIO;
    SYS_statx: EIO;
    SYS_fstatfs: EIO;
    SYS_statfs: EIO;
    SYS_getdents64: EIO;
    SYS_getcwd: ENOMEM;
    #[cfg(target_arch = "x86_64")]
    SYS_access: EIO;
    SYS_fchmod: EIO;
    SYS_fchown: EIO;
    SYS_ftruncate: EIO;
    SYS_mount: EPERM ENOMEM;
    SYS_umount2: EPERM ENOMEM;
    SYS_open_tree: EMFILE EPERM;
    SYS_move_mount: EPERM ENOMEM;
    SYS_mount_setattr: EPERM;
    SYS_pivot_root: EPERM EBUSY;
    SYS_chroot: EPERM;
    SYS_chdir: EIO;
    SYS_fchdir: EIO;
    SYS_clone: EAGAIN ENOMEM;
    SYS_clone3: EAGAIN ENOMEM;
    #[cfg(target_arch = "x86_64")]
    SYS_fork: EAGAIN;
    SYS_execveat: ENOMEM EACCES;
    SYS_unshare: EPERM ENOMEM;
    SYS_setns: EPERM ENOMEM;
    SYS_pidfd_open: EMFILE;
    SYS_pidfd_send_signal: EPERM;
    SYS_waitid: EINTR;
    SYS_wait4: EINTR;
    SYS_setsid: EPERM;
    SYS_setresuid: EAGAIN;
    SYS_setresgid: EPERM;
    SYS_setgroups: EPERM;
    SYS_capset: EPERM;
    SYS_capget: EPERM;
    SYS_prctl: EINVAL;
    SYS_keyctl: EPERM EDQUOT;
    SYS_prlimit64: EPERM;
    SYS_sethostname: EPERM;
    SYS_memfd_create: EMFILE;
    SYS_close_range: EMFILE;
    SYS_dup: EMFILE;
    #[cfg(target_arch = "x86_64")]
    SYS_dup2: EBUSY;
    SYS_dup3: EBUSY;

    SYS_ioctl: EIO;
    SYS_socket: EMFILE;
    SYS_socketpair: EMFILE;
    SYS_setsockopt: ENOMEM;
    SYS_connect: ECONNREFUSED;
    SYS_bind: EADDRINUSE;
    SYS_listen: EADDRINUSE;
    SYS_accept4: EINTR;
    SYS_sendmsg: ENOBUFS EINTR;
    SYS_recvmsg: ENOMEM EINTR;
    SYS_signalfd4: EMFILE;
    #[cfg(target_arch = "x86_64")]
    SYS_poll: EINTR;
    SYS_ppoll: EINTR;
    SYS_read: EINTR;
    SYS_write: EINTR;
    SYS_pipe2: EMFILE;
    SYS_flock: ENOLCK EINTR;
}
