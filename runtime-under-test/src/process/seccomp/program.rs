//! The filter's program: a search for the call's number, and there the call's rules. bpf(2), seccomp(2)

use super::{condition, names::Abi, names::X32_BIT};
use crate::config::{Action, Architecture, Argument, Operator, Rule, Seccomp};
use nix::libc::{
    self, BPF_ABS, BPF_JA, BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JMP, BPF_K, BPF_LD, BPF_RET, BPF_W, sock_filter,
};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::offset_of;

pub(super) const EQUAL: u32 = BPF_JMP | BPF_JEQ | BPF_K;
pub(super) const GREATER: u32 = BPF_JMP | BPF_JGT | BPF_K;
pub(super) const GREATER_OR_EQUAL: u32 = BPF_JMP | BPF_JGE | BPF_K;

/// What the kernel calls the architectures (linux/audit.h).
const AUDIT_ARCH_X86_64: u32 = 0xc000_003e;
const AUDIT_ARCH_I386: u32 = 0x4000_0003;

/// What a filter returns for an action.
pub(super) fn returned(action: Action, errno: Option<u16>) -> u32 {
    let data = || u32::from(errno.unwrap_or(libc::EPERM as u16));
    match action {
        Action::Kill | Action::KillThread => libc::SECCOMP_RET_KILL_THREAD,
        Action::KillProcess => libc::SECCOMP_RET_KILL_PROCESS,
        Action::Trap => libc::SECCOMP_RET_TRAP,
        Action::Errno => libc::SECCOMP_RET_ERRNO | data(),
        Action::Trace => libc::SECCOMP_RET_TRACE | data(),
        Action::Log => libc::SECCOMP_RET_LOG,
        Action::Allow => libc::SECCOMP_RET_ALLOW,
        Action::Notify => libc::SECCOMP_RET_USER_NOTIF,
    }
}

/// What becomes of a call: what the first of its rules says whose conditions hold, else something in any case.
#[derive(Debug, Clone, Default, PartialEq)]
struct Decision {
    rules: Vec<(Vec<Argument>, u32)>,
    otherwise: Option<u32>,
}

/// Decisions by number, each for all numbers from its own to the next.
type Ranges = Vec<(u32, Decision)>;

/// The program, and the names that no kind of program here knows.
pub(super) fn write(profile: &Seccomp, default: u32) -> (Vec<sock_filter>, BTreeSet<&str>) {
    let listed = |architecture| profile.architectures.contains(&architecture);
    // The machine's own architecture needs no mention.
    let mut native = ranges(Abi::X86_64, profile, default, listed(Architecture::X86_64));
    // Without x32 its numbers are those of another architecture, but for -1, which a tracer sets to have a call skipped.
    let x32 = match listed(Architecture::X32) {
        true => ranges(Abi::X32, profile, default, true),
        false => {
            vec![(X32_BIT, Decision::always(libc::SECCOMP_RET_KILL_THREAD)), (u32::MAX, Decision::always(default))]
        }
    };
    native.retain(|(first, _)| *first < X32_BIT);
    native.extend(x32.into_iter().filter(|(first, _)| *first >= X32_BIT));
    let mut architectures = vec![(AUDIT_ARCH_X86_64, search(&native, Abi::X86_64, default))];
    if listed(Architecture::X86) {
        let ranges = ranges(Abi::X86, profile, default, true);
        architectures.push((AUDIT_ARCH_I386, search(&ranges, Abi::X86, default)));
    }
    let mut program = vec![load(offset_of!(libc::seccomp_data, arch))];
    for (architecture, search) in architectures {
        program.extend([instruction(EQUAL, architecture, 1, 0), skip(search.len() + 1)]);
        program.push(load(offset_of!(libc::seccomp_data, nr)));
        program.extend(search);
    }
    program.push(finish(libc::SECCOMP_RET_KILL_THREAD));
    let names = profile.syscalls.iter().flat_map(|rule| &rule.names).map(String::as_str);
    let known = |name: &&str| [Abi::X86_64, Abi::X86].iter().any(|abi| abi.knows(name));
    (program, names.filter(|name| !known(name)).collect())
}

impl Abi {
    fn knows(self, name: &str) -> bool {
        self.number(name).is_some() || self.through(name).is_some()
    }

    /// Where its numbers begin.
    fn first(self) -> u32 {
        if self == Abi::X32 { X32_BIT } else { 0 }
    }
}

impl Decision {
    fn always(returned: u32) -> Decision {
        Decision { rules: Vec::new(), otherwise: Some(returned) }
    }

    fn add(&mut self, conditions: Vec<Argument>, returned: u32) {
        match conditions.is_empty() {
            true => self.otherwise = self.otherwise.or(Some(returned)),
            false => self.rules.push((conditions, returned)),
        }
    }

    /// A rule without conditions leaves nothing to the others.
    fn settled(self, default: u32) -> Decision {
        self.otherwise.map_or(Decision { otherwise: Some(default), ..self }, Decision::always)
    }
}

/// What becomes of all calls of a kind of program. `listed` is whether the profile names it, and so knew its calls.
fn ranges(abi: Abi, profile: &Seccomp, default: u32, listed: bool) -> Ranges {
    let mut decisions = BTreeMap::<u32, Decision>::new();
    let mut newest = None;
    for rule in &profile.syscalls {
        let returned = returned(rule.action, rule.errno_ret);
        for name in &rule.names {
            let number = abi.number(name);
            newest = newest.max(number);
            if returned == default {
                continue; // it says nothing, not even against other rules for the call
            }
            for conditions in alternatives(rule) {
                if let Some((number, which)) = abi.through(name) {
                    let which = Argument { index: 0, value: which, value_two: 0, op: Operator::Equal };
                    let others = conditions.iter().filter(|condition| condition.index != 0).copied();
                    decisions.entry(number).or_default().add([which].into_iter().chain(others).collect(), returned);
                }
                if let Some(number) = number {
                    decisions.entry(number).or_default().add(conditions, returned);
                }
            }
        }
    }
    let permissive = [Action::Allow, Action::Log, Action::Trace];
    let permissive = profile.default_action.is_some_and(|action| permissive.contains(&action));
    let mut ranges = vec![(abi.first(), Decision::always(default))];
    for (number, decision) in decisions {
        put(&mut ranges, number, decision.settled(default));
        put(&mut ranges, number + 1, Decision::always(default));
    }
    if let Some(newest) = newest.filter(|_| listed && !permissive) {
        put(&mut ranges, newest + 1, Decision::always(libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32));
    }
    ranges
}

/// Lets a decision begin at a number that is not below the last one.
fn put(ranges: &mut Ranges, number: u32, decision: Decision) {
    if ranges.last().is_some_and(|(first, _)| *first == number) {
        ranges.pop();
    }
    if ranges.last().is_none_or(|(_, last)| *last != decision) {
        ranges.push((number, decision));
    }
}

/// The conditions of a rule; several where two are about the same argument.
fn alternatives(rule: &Rule) -> Vec<Vec<Argument>> {
    let twice = |at: usize| rule.args[..at].iter().any(|earlier| earlier.index == rule.args[at].index);
    match (0..rule.args.len()).any(twice) {
        true => rule.args.iter().map(|condition| vec![*condition]).collect(),
        false => vec![rule.args.clone()],
    }
}

/// Finds the number, which has been loaded, by halves.
fn search(ranges: &[(u32, Decision)], abi: Abi, default: u32) -> Vec<sock_filter> {
    if let [(first, decision)] = ranges {
        let abi = if abi == Abi::X86_64 && *first >= X32_BIT { Abi::X32 } else { abi };
        return decide(decision, abi, default);
    }
    let (lower, upper) = ranges.split_at(ranges.len() / 2);
    let found = search(lower, abi, default);
    let mut program = match u8::try_from(found.len()) {
        Ok(distance) => vec![instruction(GREATER_OR_EQUAL, upper[0].0, distance, 0)],
        Err(_) => vec![instruction(GREATER_OR_EQUAL, upper[0].0, 0, 1), skip(found.len())],
    };
    program.extend(found);
    program.extend(search(upper, abi, default));
    program
}

fn decide(decision: &Decision, abi: Abi, default: u32) -> Vec<sock_filter> {
    let mut program = Vec::new();
    for (conditions, returned) in &decision.rules {
        let mut rule = vec![finish(*returned)];
        for one in conditions.iter().rev() {
            let compared = condition::write(one, abi.is_32_bit(), rule.len());
            rule.splice(..0, compared);
        }
        program.extend(rule);
    }
    program.push(finish(decision.otherwise.unwrap_or(default)));
    program
}

/// Loads a field of the call's seccomp_data.
pub(super) fn load(offset: usize) -> sock_filter {
    instruction(BPF_LD | BPF_W | BPF_ABS, offset as u32, 0, 0)
}

fn skip(distance: usize) -> sock_filter {
    instruction(BPF_JMP | BPF_JA, distance as u32, 0, 0)
}

fn finish(returned: u32) -> sock_filter {
    instruction(BPF_RET | BPF_K, returned, 0, 0)
}

fn instruction(code: u32, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code: code as u16, jt, jf, k }
}
