//! Rules about device nodes on a v2 hierarchy: a program that the kernel runs at each use of a device by a process of the
//! cgroup, BPF_PROG_TYPE_CGROUP_DEVICE (Documentation/admin-guide/cgroup-v2.rst, "Device controller").

use super::CgroupError;
use crate::config::DeviceRule;
use nix::{errno::Errno, libc};
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

/// An instruction: code, registers, offset of a jump, and constant (Documentation/bpf/standardization/instruction-set.rst).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
struct Instruction {
    code: u8,
    registers: u8,
    offset: i16,
    constant: i32,
}

const LOAD_WORD: u8 = 0x61;
const COPY: u8 = 0xbf;
const SET: u8 = 0xb7;
const AND: u8 = 0x57;
const SHIFT_RIGHT: u8 = 0x77;
const JUMP_IF_EQUAL: u8 = 0x15;
const JUMP_UNLESS_EQUAL: u8 = 0x55;
const EXIT: u8 = 0x95;

/// Registers: the answer; the context, later for in between; and what is asked for.
const ANSWER: u8 = 0;
const CONTEXT: u8 = 1;
const KIND: u8 = 2;
const ACCESS: u8 = 3;
const MAJOR: u8 = 4;
const MINOR: u8 = 5;

/// linux/bpf.h: BPF_DEVCG_DEV_*, BPF_DEVCG_ACC_*.
const BLOCK: i32 = 1;
const CHARACTER: i32 = 2;
const ACCESSES: [(char, i32); 3] = [('m', 1), ('r', 2), ('w', 4)];

/// Makes the kernel ask `rules`, of which for each kind of access the last that knows the device decides. In a cgroup that is
/// `reused` the programs of earlier containers go.
pub(super) fn attach(directory: &Path, rules: &[DeviceRule], reused: bool) -> Result<(), CgroupError> {
    let failed = |source| CgroupError::new("restrict devices (linux.resources.devices) in", directory, source);
    let cgroup = File::open(directory).map_err(failed)?;
    let replace = || {
        let earlier = if reused { attached(&cgroup)? } else { Vec::new() };
        attach_to(&cgroup, &load(&program(rules))?)?;
        earlier.into_iter().try_for_each(|id| detach(&cgroup, id))
    };
    replace().map_err(|errno| failed(errno.into()))
}

fn program(rules: &[DeviceRule]) -> Vec<Instruction> {
    let with = |code, register, constant| Instruction { code, registers: register, offset: 0, constant };
    let load = |register: u8, offset| Instruction { offset, ..with(LOAD_WORD, CONTEXT << 4 | register, 0) };
    // struct bpf_cgroup_dev_ctx: access << 16 | kind, major, minor.
    let mut program = vec![load(KIND, 0), with(COPY, KIND << 4 | ACCESS, 0), with(AND, KIND, 0xffff)];
    program.extend([with(SHIFT_RIGHT, ACCESS, 16), load(MAJOR, 4), load(MINOR, 8)]);
    let answer = |allowed: bool| [with(SET, ANSWER, allowed.into()), with(EXIT, 0, 0)];
    for rule in rules.iter().rev() {
        let access = access(rule);
        let decision = match rule.allow {
            // What it permits need not be asked of the others; where nothing else was asked for, that is all.
            true => vec![with(AND, ACCESS, !access), jump(JUMP_UNLESS_EQUAL, ACCESS, 0, 2)],
            false => {
                let both = with(COPY, ACCESS << 4 | CONTEXT, 0);
                vec![both, with(AND, CONTEXT, access), jump(JUMP_IF_EQUAL, CONTEXT, 0, 2)]
            }
        };
        let conditions: Vec<_> = conditions(rule).collect();
        let after = decision.len() + 2;
        for (place, (register, value)) in conditions.iter().enumerate() {
            program.push(jump(JUMP_UNLESS_EQUAL, *register, *value, conditions.len() - 1 - place + after));
        }
        program.extend(decision);
        program.extend(answer(rule.allow));
    }
    program.extend(answer(true));
    program
}

fn jump(code: u8, register: u8, constant: i32, over: usize) -> Instruction {
    Instruction { code, registers: register, offset: over as i16, constant }
}

/// What tells the devices that the rule is about.
fn conditions(rule: &DeviceRule) -> impl Iterator<Item = (u8, i32)> {
    let kind = match rule.kind.as_deref() {
        Some("b") => Some(BLOCK),
        Some("c" | "u") => Some(CHARACTER),
        _ => None,
    };
    let number = |value: Option<i64>| value.filter(|n| *n >= 0).map(|n| i32::try_from(n).unwrap_or(i32::MAX));
    let values = [(KIND, kind), (MAJOR, number(rule.major)), (MINOR, number(rule.minor))];
    values.into_iter().filter_map(|(register, value)| Some((register, value?)))
}

fn access(rule: &DeviceRule) -> i32 {
    let letters = rule.access.as_deref().filter(|access| !access.is_empty()).unwrap_or("rwm");
    ACCESSES.iter().filter(|(letter, _)| letters.contains(*letter)).map(|(_, bit)| bit).sum()
}

fn load(program: &[Instruction]) -> Result<OwnedFd, Errno> {
    #[repr(C)]
    struct Attributes {
        kind: u32,
        count: u32,
        instructions: u64,
        license: u64,
        log: [u64; 2],
        kernel_version: u32,
        flags: u32,
    }
    const BPF_PROG_LOAD: libc::c_int = 5;
    const BPF_PROG_TYPE_CGROUP_DEVICE: u32 = 15;
    let mut attributes = Attributes {
        kind: BPF_PROG_TYPE_CGROUP_DEVICE,
        count: program.len() as u32,
        instructions: program.as_ptr() as u64,
        license: c"MIT".as_ptr() as u64,
        log: [0; 2],
        kernel_version: 0,
        flags: 0,
    };
    let fd = bpf(BPF_PROG_LOAD, &mut attributes)?;
    // SAFETY: the kernel just made this descriptor, nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

const BPF_CGROUP_DEVICE: u32 = 6;

fn attach_to(cgroup: &File, program: &OwnedFd) -> Result<(), Errno> {
    const BPF_PROG_ATTACH: libc::c_int = 8;
    const BPF_F_ALLOW_MULTI: u32 = 2; // beside the programs of others: each has to permit it
    let mut attributes = [cgroup.as_raw_fd() as u32, program.as_raw_fd() as u32, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI];
    bpf(BPF_PROG_ATTACH, &mut attributes).map(drop)
}

/// The ids of the programs that are attached to this very cgroup.
fn attached(cgroup: &File) -> Result<Vec<u32>, Errno> {
    #[repr(C)]
    struct Attributes {
        cgroup: u32,
        kind: u32,
        flags: [u32; 2],
        ids: u64,
        count: u32,
        rest: [u32; 9],
    }
    const BPF_PROG_QUERY: libc::c_int = 16;
    let mut ids = vec![0; 64]; // as many as a cgroup can have, BPF_CGROUP_MAX_PROGS
    let mut attributes = Attributes {
        cgroup: cgroup.as_raw_fd() as u32,
        kind: BPF_CGROUP_DEVICE,
        flags: [0; 2],
        ids: ids.as_mut_ptr() as u64,
        count: ids.len() as u32,
        rest: [0; 9],
    };
    bpf(BPF_PROG_QUERY, &mut attributes)?;
    ids.truncate(attributes.count as usize);
    Ok(ids)
}

fn detach(cgroup: &File, id: u32) -> Result<(), Errno> {
    const BPF_PROG_GET_FD_BY_ID: libc::c_int = 13;
    const BPF_PROG_DETACH: libc::c_int = 9;
    let fd = bpf(BPF_PROG_GET_FD_BY_ID, &mut [id, 0, 0])?;
    // SAFETY: the kernel just made this descriptor, nobody else owns it.
    let program = unsafe { OwnedFd::from_raw_fd(fd) };
    bpf(BPF_PROG_DETACH, &mut [cgroup.as_raw_fd() as u32, program.as_raw_fd() as u32, BPF_CGROUP_DEVICE, 0]).map(drop)
}

/// bpf(2). What the attributes point to must outlive the call.
fn bpf<T>(command: libc::c_int, attributes: &mut T) -> Result<i32, Errno> {
    // SAFETY: the kernel reads and writes the attributes, whose size is passed, and what they point to, of the size that they
    // say.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command, std::ptr::from_mut(attributes), size_of::<T>()) };
    Errno::result(result).map(|result| result as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(allow: bool, kind: &str, major: Option<i64>, minor: Option<i64>, access: &str) -> DeviceRule {
        DeviceRule { allow, kind: Some(kind.to_owned()), major, minor, access: Some(access.to_owned()) }
    }

    /// What the kernel would make of it.
    fn run(program: &[Instruction], kind: i32, access: i32, major: i32, minor: i32) -> bool {
        let context = [access << 16 | kind, major, minor];
        let (mut registers, mut next) = ([0_i64; 6], 0);
        loop {
            let Instruction { code, registers: pair, offset, constant } = program[next];
            let (to, from) = (usize::from(pair & 15), usize::from(pair >> 4));
            next += 1;
            match code {
                LOAD_WORD => registers[to] = context[offset as usize / 4].into(),
                COPY => registers[to] = registers[from],
                SET => registers[to] = constant.into(),
                AND => registers[to] &= i64::from(constant),
                SHIFT_RIGHT => registers[to] >>= constant,
                JUMP_IF_EQUAL if registers[to] == i64::from(constant) => next += offset as usize,
                JUMP_UNLESS_EQUAL if registers[to] != i64::from(constant) => next += offset as usize,
                JUMP_IF_EQUAL | JUMP_UNLESS_EQUAL => {}
                EXIT => return registers[0] == 1,
                other => panic!("{other:#x}"),
            }
        }
    }

    #[test]
    fn for_each_kind_of_access_the_last_rule_that_knows_the_device_decides() {
        let rules = [
            rule(false, "a", None, None, "rwm"),
            rule(true, "c", Some(1), None, "rm"),
            rule(true, "c", Some(1), Some(3), "w"),
            rule(false, "c", Some(1), Some(5), "r"),
            rule(true, "b", Some(-1), Some(7), ""),
        ];
        let program = program(&rules);
        let (make, read, write) = (1, 2, 4);
        for (kind, access, major, minor, allowed) in [
            (CHARACTER, read, 1, 3, true),
            (CHARACTER, read | write, 1, 3, true),
            (CHARACTER, write, 1, 4, false),
            (CHARACTER, read | write, 1, 4, false),
            (CHARACTER, read, 1, 5, false),
            (CHARACTER, make, 1, 5, true),
            (CHARACTER, make | read, 1, 5, false),
            (CHARACTER, read, 2, 3, false),
            (BLOCK, read, 1, 3, false),
            (BLOCK, read | write | make, 8, 7, true),
        ] {
            assert_eq!(run(&program, kind, access, major, minor), allowed, "{kind} {access} {major}:{minor}");
        }
        assert!(run(&super::program(&[]), BLOCK, read, 8, 0));
    }
}
