//! What a profile comes to: asked of an interpreter of the program, and of the kernel.

use super::Filter;
use nix::libc::{self, sock_filter};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, fork};
use proptest::prelude::*;
use serde_json::{Value, json};

const X86_64: u32 = 0xc000_003e;
const I386: u32 = 0x4000_0003;
const AARCH64: u32 = 0xc000_00b7;
const X32_BIT: u32 = 0x4000_0000;

const ALLOW: u32 = libc::SECCOMP_RET_ALLOW;
const KILL: u32 = libc::SECCOMP_RET_KILL_THREAD;

fn errno(number: i32) -> u32 {
    libc::SECCOMP_RET_ERRNO | number as u32
}

fn filter(profile: &Value) -> Filter {
    Filter::new(&serde_json::from_value(profile.clone()).unwrap()).unwrap().unwrap()
}

/// Runs the program as the kernel does (Linux, Documentation/networking/filter.rst); panics where the kernel would refuse it.
fn ask(program: &[sock_filter], architecture: u32, number: u32, arguments: [u64; 6]) -> u32 {
    let mut data = [number, architecture, 0, 0].to_vec();
    data.extend(arguments.iter().flat_map(|argument| [*argument as u32, (*argument >> 32) as u32]));
    let (mut at, mut accumulator) = (0, 0);
    loop {
        let sock_filter { code, jt, jf, k } = program[at];
        at += 1;
        let jump = |holds: bool| usize::from(if holds { jt } else { jf });
        match u32::from(code) {
            0x20 => accumulator = data[(k / 4) as usize], // ld [k]
            0x54 => accumulator &= k,                     // and #k
            0x05 => at += k as usize,                     // ja
            0x15 => at += jump(accumulator == k),         // jeq #k
            0x25 => at += jump(accumulator > k),          // jgt #k
            0x35 => at += jump(accumulator >= k),         // jge #k
            0x06 => return k,                             // ret #k
            other => panic!("instruction {other:#x}"),
        }
    }
}

fn native(filter: &Filter, number: libc::c_long, arguments: &[u64]) -> u32 {
    let mut all = [0; 6];
    all[..arguments.len()].copy_from_slice(arguments);
    ask(&filter.program, X86_64, number as u32, all)
}

#[test]
fn a_profile_that_asks_for_nothing_is_no_filter() {
    for profile in [json!({}), json!({"syscalls": null, "architectures": [], "flags": null})] {
        assert!(Filter::new(&serde_json::from_value(profile).unwrap()).unwrap().is_none());
    }
}

#[test]
fn every_action_is_the_kernels() {
    for (action, errno_ret, expected) in [
        ("SCMP_ACT_KILL", None, 0),
        ("SCMP_ACT_KILL_THREAD", None, 0),
        ("SCMP_ACT_KILL_PROCESS", None, 0x8000_0000),
        ("SCMP_ACT_TRAP", None, 0x0003_0000),
        ("SCMP_ACT_ERRNO", None, 0x0005_0001),
        ("SCMP_ACT_ERRNO", Some(38), 0x0005_0026),
        ("SCMP_ACT_TRACE", Some(7), 0x7ff0_0007),
        ("SCMP_ACT_LOG", None, 0x7ffc_0000),
        ("SCMP_ACT_ALLOW", Some(5), 0x7fff_0000),
    ] {
        let rule = json!({"names": ["mkdir"], "action": action, "errnoRet": errno_ret});
        let one = filter(&json!({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 99, "syscalls": [rule]}));
        assert_eq!(native(&one, libc::SYS_mkdir, &[]), expected, "{action}");
        assert_eq!(native(&one, libc::SYS_rmdir, &[]), errno(99));
        let default = filter(&json!({"defaultAction": action, "defaultErrnoRet": errno_ret}));
        assert_eq!(native(&default, libc::SYS_rmdir, &[]), expected, "{action}");
    }
}

#[test]
fn alternatives_are_tried_in_order_and_a_rule_without_conditions_decides_alone() {
    let condition = |index: u32, value: u64| json!([{"index": index, "value": value, "op": "SCMP_CMP_EQ"}]);
    let mut rules = json!([
        {"names": ["kill", "tkill"], "action": "SCMP_ACT_ERRNO", "errnoRet": 2, "args": condition(0, 1)},
        {"names": ["kill"], "action": "SCMP_ACT_ERRNO", "errnoRet": 3, "args": condition(1, 9)},
    ]);
    let both = filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules}));
    assert_eq!(native(&both, libc::SYS_kill, &[1, 9]), errno(2));
    assert_eq!(native(&both, libc::SYS_kill, &[2, 9]), errno(3));
    assert_eq!(native(&both, libc::SYS_kill, &[2, 8]), ALLOW);
    assert_eq!(native(&both, libc::SYS_tkill, &[2, 9]), ALLOW);
    rules.as_array_mut().unwrap().extend([
        json!({"names": ["kill"], "action": "SCMP_ACT_ALLOW"}), // says nothing: it is the default action
        json!({"names": ["kill"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4}),
        json!({"names": ["kill"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5}),
    ]);
    let alone = filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": rules}));
    assert_eq!(native(&alone, libc::SYS_kill, &[1, 9]), errno(4));
    assert_eq!(native(&alone, libc::SYS_tkill, &[1, 9]), errno(2));
}

#[test]
fn conditions_of_a_rule_hold_together_unless_two_are_about_one_argument() {
    let equal = |index: u32, value: u64| json!({"index": index, "value": value, "op": "SCMP_CMP_EQ"});
    let rule = |args: Value| json!([{"names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": args}]);
    let both = rule(json!([equal(0, 1), equal(1, 9), equal(5, u64::MAX)]));
    let both = filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": both}));
    let any = rule(json!([equal(0, 1), equal(0, 2), equal(1, 9)]));
    let any = filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": any}));
    for (arguments, by_both, by_any) in [
        ([1, 9, 0, 0, 0, u64::MAX], errno(1), errno(1)),
        ([1, 9, 0, 0, 0, 1], ALLOW, errno(1)),
        ([2, 8, 0, 0, 0, u64::MAX], ALLOW, errno(1)),
        ([3, 9, 0, 0, 0, u64::MAX], ALLOW, errno(1)),
        ([3, 8, 0, 0, 0, u64::MAX], ALLOW, ALLOW),
    ] {
        assert_eq!(native(&both, libc::SYS_kill, &arguments), by_both, "{arguments:?}");
        assert_eq!(native(&any, libc::SYS_kill, &arguments), by_any, "{arguments:?}");
    }
}

/// Values around those where a comparison changes its mind, in either half.
fn values() -> impl Strategy<Value = u64> {
    let half = || prop_oneof![Just(0), Just(1), Just(2), Just(u32::MAX - 1), Just(u32::MAX), any::<u32>()];
    (half(), half()).prop_map(|(upper, lower)| u64::from(upper) << 32 | u64::from(lower))
}

proptest! {
    #[test]
    fn operators_compare_all_64_bits_of_native_calls_and_32_of_others(
        argument in values(),
        value in values(),
        value_two in values(),
        index in 0_usize..6,
    ) {
        let low = |value: u64| value & u64::from(u32::MAX);
        let holds = |op: &str, argument: u64, value: u64, value_two: u64| match op {
            "SCMP_CMP_NE" => argument != value,
            "SCMP_CMP_LT" => argument < value,
            "SCMP_CMP_LE" => argument <= value,
            "SCMP_CMP_EQ" => argument == value,
            "SCMP_CMP_GE" => argument >= value,
            "SCMP_CMP_GT" => argument > value,
            _ => argument & value == value_two & value,
        };
        for op in ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"].map(|op| format!("SCMP_CMP_{op}")) {
            let condition = json!({"index": index, "value": value, "valueTwo": value_two, "op": op});
            // Two conditions, so that each has something behind it.
            let second = json!({"index": (index + 1) % 6, "value": 7, "op": "SCMP_CMP_EQ"});
            let filter = filter(&json!({
                "defaultAction": "SCMP_ACT_ALLOW",
                "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
                "syscalls": [{"names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": [condition, second]}],
            }));
            let mut arguments = [0; 6];
            arguments[index] = argument;
            for other in [7, 8] {
                arguments[(index + 1) % 6] = other;
                let expected = |held: bool| if held && other == 7 { errno(1) } else { ALLOW };
                let whole = expected(holds(&op, argument, value, value_two));
                let lower = expected(holds(&op, low(argument), low(value), low(value_two)));
                prop_assert_eq!(ask(&filter.program, X86_64, 62, arguments), whole, "{}", op);
                prop_assert_eq!(ask(&filter.program, X86_64, X32_BIT | 62, arguments), lower, "{} x32", op);
                prop_assert_eq!(ask(&filter.program, I386, 37, arguments), lower, "{} x86", op);
            }
        }
    }

    #[test]
    fn any_set_of_calls_is_found_among_the_others(picked in proptest::collection::btree_set(0_u32..330, 0..200)) {
        let name = |number: &u32| syscalls::x86_64::Sysno::new(*number as usize).unwrap().name();
        let names: Vec<_> = picked.iter().map(name).collect();
        // An argument, so that each has instructions of its own and the jumps are long.
        let args = json!([{"index": 0, "value": 5, "op": "SCMP_CMP_GE"}, {"index": 1, "value": 5, "op": "SCMP_CMP_NE"}]);
        let rule = json!({"names": names, "action": "SCMP_ACT_ERRNO", "args": args});
        let filter = filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]}));
        for number in 0..400 {
            let expected = if picked.contains(&number) { errno(1) } else { ALLOW };
            prop_assert_eq!(native(&filter, number.into(), &[6, 6]), expected, "{}", number);
            prop_assert_eq!(native(&filter, number.into(), &[4, 6]), ALLOW, "{}", number);
        }
    }
}

#[test]
fn other_architectures_are_killed_unless_they_are_named() {
    let rules = json!([{"names": ["ioctl", "mkdir", "set_thread_area"], "action": "SCMP_ACT_ERRNO"}]);
    let with = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| format!("SCMP_ARCH_{name}")).collect();
        filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "architectures": names, "syscalls": rules}))
    };
    let ask = |filter: &Filter, architecture, number| ask(&filter.program, architecture, number, [0; 6]);
    let (own, all) = (with(&[]), with(&["X86", "X32", "AARCH64", "ARM"]));
    for filter in [&own, &all] {
        assert_eq!(ask(filter, X86_64, 16), errno(1));
        assert_eq!(ask(filter, X86_64, 83), errno(1));
        assert_eq!(ask(filter, X86_64, 205), errno(1));
        assert_eq!(ask(filter, X86_64, 39), ALLOW);
        assert_eq!(ask(filter, X86_64, u32::MAX), ALLOW, "a call that a tracer has skipped");
        assert_eq!(ask(filter, AARCH64, 39), KILL);
    }
    for (architecture, number, expected) in [
        (I386, 54, errno(1)),              // ioctl
        (I386, 39, errno(1)),              // mkdir
        (I386, 243, errno(1)),             // set_thread_area
        (I386, 20, ALLOW),                 // getpid
        (X86_64, X32_BIT | 514, errno(1)), // ioctl of x32
        (X86_64, X32_BIT | 83, errno(1)),  // mkdir, which is x86_64's own
        (X86_64, X32_BIT | 16, ALLOW),     // not ioctl of x32
        (X86_64, X32_BIT | 205, ALLOW),    // set_thread_area, which x32 lacks
        (X86_64, X32_BIT, ALLOW),
    ] {
        assert_eq!(ask(&own, architecture, number), KILL, "{number:#x}");
        assert_eq!(ask(&all, architecture, number), expected, "{number:#x}");
    }
}

#[test]
fn calls_that_the_profile_is_too_old_to_know_do_not_exist() {
    let profile = |default: &str, architectures: &[&str]| {
        let rules = json!([{"names": ["mkdir", "openat2", "gettid", "no_such_call"], "action": "SCMP_ACT_ALLOW"}]);
        filter(&json!({"defaultAction": default, "architectures": architectures, "syscalls": rules}))
    };
    let old = profile("SCMP_ACT_ERRNO", &["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"]);
    assert_eq!(native(&old, libc::SYS_openat2, &[]), ALLOW); // 437, the highest
    assert_eq!(native(&old, libc::SYS_openat2 - 1, &[]), errno(libc::EPERM));
    assert_eq!(native(&old, libc::SYS_openat2 + 1, &[]), errno(libc::ENOSYS));
    assert_eq!(ask(&old.program, X86_64, X32_BIT | 437, [0; 6]), ALLOW);
    assert_eq!(ask(&old.program, X86_64, X32_BIT | 438, [0; 6]), errno(libc::ENOSYS));
    assert_eq!(ask(&old.program, X86_64, X32_BIT | 16, [0; 6]), errno(libc::EPERM));
    let killing = profile("SCMP_ACT_KILL_PROCESS", &["SCMP_ARCH_X86_64"]);
    assert_eq!(native(&killing, libc::SYS_openat2 + 1, &[]), errno(libc::ENOSYS));
    assert_eq!(ask(&killing.program, X86_64, X32_BIT | 438, [0; 6]), KILL);
    // Not where the profile does not say which architecture it knows, or lets unknown calls go on.
    let unnamed = profile("SCMP_ACT_ERRNO", &[]);
    assert_eq!(native(&unnamed, libc::SYS_openat2 + 1, &[]), errno(libc::EPERM));
    let logging = profile("SCMP_ACT_LOG", &["SCMP_ARCH_X86_64"]);
    assert_eq!(native(&logging, libc::SYS_openat2 + 1, &[]), libc::SECCOMP_RET_LOG);
}

#[test]
fn a_32_bit_program_meets_the_rules_through_socketcall_and_ipc_too() {
    let family = json!([
        {"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}, {"index": 2, "value": 9, "op": "SCMP_CMP_EQ"}
    ]);
    let filter = filter(&json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86"],
        "syscalls": [
            {"names": ["connect", "accept", "semop", "shmctl"], "action": "SCMP_ACT_ERRNO"},
            {"names": ["socket"], "action": "SCMP_ACT_ERRNO", "args": family},
        ],
    }));
    let ask = |number, arguments: [u64; 3]| {
        let [a, b, c] = arguments;
        ask(&filter.program, I386, number, [a, b, c, 0, 0, 0])
    };
    let (socketcall, ipc) = (102, 117);
    assert_eq!(ask(362, [0; 3]), errno(1)); // connect
    assert_eq!(ask(socketcall, [3, 0, 0]), errno(1)); // connect
    assert_eq!(ask(socketcall, [5, 0, 0]), errno(1)); // accept, which has no number
    assert_eq!(ask(socketcall, [4, 0, 0]), ALLOW); // listen
    assert_eq!(ask(359, [40, 0, 9]), errno(1)); // socket
    assert_eq!(ask(359, [41, 0, 9]), ALLOW);
    assert_eq!(ask(socketcall, [1, 0, 9]), errno(1)); // its first argument is out of sight, the others are compared
    assert_eq!(ask(socketcall, [1, 0, 8]), ALLOW);
    assert_eq!(ask(ipc, [1, 0, 0]), errno(1)); // semop
    assert_eq!(ask(ipc, [24, 0, 0]), errno(1)); // shmctl
    assert_eq!(ask(396, [0; 3]), errno(1)); // shmctl
    assert_eq!(ask(ipc, [2, 0, 0]), ALLOW);
    assert_eq!(filter.warnings, [""; 0]);
}

#[test]
fn flags_and_names_that_make_no_difference() {
    let with = |flags: Value| {
        let rule = json!({"names": ["mkdir", "fly", "swim", "fly"], "action": "SCMP_ACT_ERRNO"});
        filter(&json!({"defaultAction": "SCMP_ACT_ALLOW", "flags": flags, "syscalls": [rule]}))
    };
    assert_eq!(with(json!(null)).flags, 4);
    assert_eq!(with(json!([])).flags, 0);
    assert_eq!(with(json!(["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"])).flags, 2);
    assert_eq!(with(json!(["SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])).flags, 4);
    assert_eq!(with(json!([])).warnings, ["linux.seccomp.syscalls: left out, as unknown here: fly, swim"]);
}

#[test]
fn a_program_that_the_kernel_would_refuse_is_an_error() {
    // Every other, or they would share their instructions.
    let args = json!([{"index": 0, "value": 5, "op": "SCMP_CMP_GE"}]);
    let names: Vec<_> = (0..330).step_by(2).map(|call| syscalls::x86_64::Sysno::new(call).unwrap().name()).collect();
    let rule = json!({"names": names, "action": "SCMP_ACT_ERRNO", "args": args});
    let profile = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": vec![rule; 5]});
    let error = Filter::new(&serde_json::from_value(profile).unwrap()).unwrap_err().to_string();
    assert!(error.ends_with("instructions, the kernel takes 4096"), "{error}");
}

#[test]
fn the_kernel_means_the_same() {
    // Half of all numbers: every kind of jump of a long program, and each flag.
    let args = json!([{"index": 2, "value": 0x5_0000_0007_u64, "op": "SCMP_CMP_EQ"}]);
    let names: Vec<_> = (0..330).step_by(2).map(|call| syscalls::x86_64::Sysno::new(call).unwrap().name()).collect();
    let filter = filter(&json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "flags": ["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_LOG"],
        "syscalls": [
            {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": 77, "args": args},
            {"names": ["getppid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 78},
        ],
    }));
    let call = |number: libc::c_long, third: u64| {
        // SAFETY: neither call has arguments, so they do nothing but reach the filter.
        let result = unsafe { libc::syscall(number, 0, 0, third) };
        if result == -1 { nix::errno::Errno::last_raw() } else { 0 }
    };
    // SAFETY: the child makes system calls only, and ends.
    let ForkResult::Parent { child } = (unsafe { fork() }).unwrap() else {
        let loaded = nix::sys::prctl::set_no_new_privs().and_then(|()| filter.load().map(drop));
        let said = [
            call(libc::SYS_getuid, 0x5_0000_0007),
            call(libc::SYS_getuid, 0x7),
            call(libc::SYS_getuid, 0x5_0000_0006),
            call(libc::SYS_getppid, 0),
        ];
        let code = if loaded.is_err() { 1 } else { i32::from(said != [77, 0, 0, 78]) * 2 };
        // SAFETY: the test's threads are not in this process, so nothing of theirs may run.
        unsafe { libc::_exit(code) }
    };
    assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
}
