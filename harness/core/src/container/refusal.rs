//! A kernel that refuses one call: how a runtime takes a failure that no bundle can bring about. seccomp(2).

use nix::errno::Errno;
use nix::libc::{
    BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, EPERM, PR_SET_SECCOMP, SECCOMP_MODE_FILTER,
    SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, SYS_ioctl, TIOCPKT, TIOCSCTTY, prctl, sock_filter, sock_fprog,
};
use std::{io, os::unix::process::CommandExt, process::Command};

/// What is answered with `EPERM`, to a command and to everything that it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `TIOCSCTTY`, whatever its argument.
    AcquiringTerminals,
    /// `TIOCSCTTY` with an argument other than 0, which takes a terminal away from another session.
    StealingTerminals,
    /// `TIOCPKT`.
    PacketMode,
}

/// Offsets in `struct seccomp_data`; of the arguments the lower halves, which is where the kernel looks, too.
const NUMBER: u32 = 0;
const REQUEST: u32 = 24 + LOWER_HALF;
const ARGUMENT: u32 = 32 + LOWER_HALF;
const LOWER_HALF: u32 = if cfg!(target_endian = "big") { 4 } else { 0 };

impl Refusal {
    /// Makes the kernel refuse it to `command`. That takes CAP_SYS_ADMIN, which workers have.
    pub fn impose_on(self, command: &mut Command) {
        let program = self.program();
        // SAFETY: prctl is async-signal-safe, the program lives in the closure, and nothing is allocated.
        unsafe {
            command.pre_exec(move || {
                let program = sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
                let answer = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &raw const program);
                Errno::result(answer).map(drop).map_err(io::Error::from)
            });
        }
    }

    /// Each comparison goes on where it holds, and else to the last instruction, which allows.
    fn program(self) -> Vec<sock_filter> {
        let request = if self == Self::PacketMode { TIOCPKT } else { TIOCSCTTY };
        let mut comparisons = vec![(NUMBER, SYS_ioctl as u32), (REQUEST, request as u32)];
        let stealing_only = self == Self::StealingTerminals;
        if stealing_only {
            comparisons.push((ARGUMENT, 0));
        }
        let count = comparisons.len();
        let mut program = Vec::new();
        for (index, (offset, value)) in comparisons.into_iter().enumerate() {
            program.push(instruction(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0));
            let allow = (2 * (count - index) - 1) as u8;
            let (equal, other) = if stealing_only && index == count - 1 { (allow, 0) } else { (0, allow) };
            program.push(instruction(BPF_JMP | BPF_JEQ | BPF_K, value, equal, other));
        }
        let refuse = SECCOMP_RET_ERRNO | EPERM.cast_unsigned();
        program.push(instruction(BPF_RET | BPF_K, refuse, 0, 0));
        program.push(instruction(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0));
        program
    }
}

fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: code as u16, jt, jf, k }
}
