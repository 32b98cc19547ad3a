//! The numbers of system calls by their names, for every kind of program that an x86_64 machine runs.

use std::str::FromStr;
use syscalls::{x86, x86_64};

/// What tells the number of an x32 program's call from the same of an x86_64 program (asm/unistd.h).
pub(super) const X32_BIT: u32 = 0x4000_0000;

/// The kinds of programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abi {
    X86_64,
    X32,
    X86,
}

/// x32's own numbers, from 512 on, for calls whose arguments are laid out in another way than x86_64's
/// (Linux, arch/x86/entry/syscalls/syscall_64.tbl).
const X32_ONLY: [&str; 36] = [
    "rt_sigaction",
    "rt_sigreturn",
    "ioctl",
    "readv",
    "writev",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "execve",
    "ptrace",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigqueueinfo",
    "sigaltstack",
    "timer_create",
    "mq_notify",
    "kexec_load",
    "waitid",
    "set_robust_list",
    "get_robust_list",
    "vmsplice",
    "move_pages",
    "preadv",
    "pwritev",
    "rt_tgsigqueueinfo",
    "recvmmsg",
    "sendmmsg",
    "process_vm_readv",
    "process_vm_writev",
    "setsockopt",
    "getsockopt",
    "io_setup",
    "io_submit",
    "execveat",
    "preadv2",
    "pwritev2",
];

/// Those of x86_64 that x32 does not have at all (the same table, "64").
const NOT_X32: [&str; 11] = [
    "uselib",
    "_sysctl",
    "create_module",
    "get_kernel_syms",
    "query_module",
    "nfsservctl",
    "set_thread_area",
    "get_thread_area",
    "epoll_ctl_old",
    "epoll_wait_old",
    "vserver",
];

/// The first argument of socketcall(2) for each of its calls, from 1 on (linux/net.h).
const SOCKETCALLS: [&str; 20] = [
    "socket",
    "bind",
    "connect",
    "listen",
    "accept",
    "getsockname",
    "getpeername",
    "socketpair",
    "send",
    "recv",
    "sendto",
    "recvfrom",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendmsg",
    "recvmsg",
    "accept4",
    "recvmmsg",
    "sendmmsg",
];

/// The same for ipc(2) (linux/ipc.h).
const IPC_CALLS: [(&str, u64); 12] = [
    ("semop", 1),
    ("semget", 2),
    ("semctl", 3),
    ("semtimedop", 4),
    ("msgsnd", 11),
    ("msgrcv", 12),
    ("msgget", 13),
    ("msgctl", 14),
    ("shmat", 21),
    ("shmdt", 22),
    ("shmget", 23),
    ("shmctl", 24),
];

impl Abi {
    /// The number of the call of that name, if there is one.
    pub(super) fn number(self, name: &str) -> Option<u32> {
        match self {
            Abi::X86 => x86::Sysno::from_str(name).ok().map(|call| call as u32),
            Abi::X86_64 => x86_64::Sysno::from_str(name).ok().map(|call| call as u32),
            Abi::X32 => {
                let own = X32_ONLY.iter().position(|own| *own == name).map(|place| 512 + place as u32);
                let shared = || Abi::X86_64.number(name).filter(|_| !NOT_X32.contains(&name));
                own.or_else(shared).map(|number| X32_BIT | number)
            }
        }
    }

    /// By which call, and which value of its first argument, the call of that name can be made as well.
    pub(super) fn through(self, name: &str) -> Option<(u32, u64)> {
        if self != Abi::X86 {
            return None;
        }
        let socket = SOCKETCALLS.iter().position(|call| *call == name);
        let socket = socket.map(|place| (x86::Sysno::socketcall as u32, place as u64 + 1));
        let ipc = || IPC_CALLS.iter().find(|(call, _)| *call == name);
        socket.or_else(|| ipc().map(|(_, which)| (x86::Sysno::ipc as u32, *which)))
    }

    /// Whether only the lower halves of arguments count.
    pub(super) fn is_32_bit(self) -> bool {
        self != Abi::X86_64
    }
}
