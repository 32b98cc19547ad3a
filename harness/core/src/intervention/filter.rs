//! The seccomp program: which calls are stopped. seccomp(2), bpf(2)

use nix::errno::Errno;
use nix::libc::{
    self, BPF_ABS, BPF_JEQ, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO, c_long,
    c_ulong, sock_filter, sock_fprog,
};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Offsets in `struct seccomp_data`; of the arguments the lower halves.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16 + if cfg!(target_endian = "big") { 4 } else { 0 };

/// What numbers and arguments of this program's own kind of system calls are told by. linux/audit.h
const OWN: u32 = match () {
    () if cfg!(target_arch = "x86_64") => 0xc000_003e,
    () if cfg!(target_arch = "aarch64") => 0xc000_00b7,
    () if cfg!(target_arch = "riscv64") => 0xc000_00f3,
    () => 0,
};

/// A system call by its number, perhaps only with this in the lower half of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    pub number: c_long,
    pub argument: Option<(u32, u32)>,
}

/// Answers those calls with `action` and lets all others go on. Calls of another architecture are among these.
pub(super) fn program(patterns: &[Pattern], action: u32) -> Vec<sock_filter> {
    let allow = instruction(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
    let mut program = vec![load(ARCHITECTURE), instruction(BPF_JMP | BPF_JEQ | BPF_K, OWN, 1), allow];
    // Each comparison goes on to the next where it holds, and else to the next call.
    program[1] = sock_filter { jt: 1, jf: 0, ..program[1] };
    for Pattern { number, argument } in patterns {
        program.push(load(NUMBER));
        program.push(instruction(BPF_JMP | BPF_JEQ | BPF_K, *number as u32, if argument.is_some() { 3 } else { 1 }));
        if let Some((index, value)) = argument {
            program.extend([load(ARGUMENTS + 8 * index), instruction(BPF_JMP | BPF_JEQ | BPF_K, *value, 1)]);
        }
        program.push(instruction(BPF_RET | BPF_K, action, 0));
    }
    program.push(allow);
    program
}

fn load(offset: u32) -> sock_filter {
    instruction(BPF_LD | BPF_W | BPF_ABS, offset, 0)
}

fn instruction(code: u32, k: u32, jf: u8) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf, k }
}

/// Installs a program; what seccomp(2) answers. Nothing is allocated.
pub(super) fn install(program: &[sock_filter], flags: c_ulong) -> Result<i32, Errno> {
    let program = sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
    // SAFETY: the kernel reads the program, which outlives the call.
    let answer = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, &raw const program) };
    Errno::result(answer).map(|answer| answer as i32)
}

/// Makes the kernel refuse an ioctl to `command` and to everything that it starts, without anybody to ask.
pub fn refuse(command: &mut Command, request: u32, errno: i32) {
    refuse_all(command, &[Pattern { number: libc::SYS_ioctl, argument: Some((1, request)) }], errno);
}

/// The same of system calls, by their numbers.
pub fn refuse_calls(command: &mut Command, calls: &[libc::c_long], errno: i32) {
    let patterns: Vec<Pattern> = calls.iter().map(|&number| Pattern { number, argument: None }).collect();
    refuse_all(command, &patterns, errno);
}

fn refuse_all(command: &mut Command, patterns: &[Pattern], errno: i32) {
    let program = program(patterns, SECCOMP_RET_ERRNO | errno.cast_unsigned());
    // SAFETY: seccomp is async-signal-safe, and nothing is allocated.
    unsafe { command.pre_exec(move || install(&program, 0).map(drop).map_err(io::Error::from)) };
}
