//! `linux.seccomp`: which processes of a container are under the filter, and from when on.

use crate::bundle::Bundle;
use serde_json::{Value, json};
use std::fs;
use std::process::{Output, Stdio};

tests! {
    a_call_is_forbidden_to_the_program_and_to_what_is_executed_beside_it,
    with_no_new_privileges_nothing_of_ptyruns_comes_after_the_filter,
    without_them_the_user_is_changed_before_the_filter_is_loaded,
    a_hook_of_the_containers_is_under_the_filter,
    what_a_filter_cannot_do_is_in_the_log_or_an_error,
}

/// The profile of engines needs a file of theirs.
pub const PROFILE_TESTS: &[crate::Test] =
    &[("a_container_lives_under_the_profile_of_engines", a_container_lives_under_the_profile_of_engines)];

/// Where containers-common has it.
pub const ENGINES_PROFILE: &str = "/usr/share/containers/seccomp.json";

/// Forbids these calls; they end the process.
fn forbidding(names: &[&str]) -> Value {
    json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64"],
        "syscalls": [{"names": names, "action": "SCMP_ACT_KILL_PROCESS"}],
    })
}

/// A bundle whose process does nothing, without a terminal.
fn bundle(profile: &Value, no_new_privileges: bool) -> Bundle {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["true"]));
    bundle.set("/process/noNewPrivileges", json!(no_new_privileges));
    bundle.set("/linux/seccomp", profile.clone());
    bundle
}

fn assert_runs(output: &Output) {
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
}

/// Starts the container with a program that stays.
fn start_in_the_background(bundle: &mut Bundle) {
    bundle.set("/process/args", json!(["sleep", "60"]));
    // Not by pipes: the container would have them, and whoever reads them would wait for it.
    let mut command = bundle.command(&["run", "-d", "c"]);
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
}

fn a_call_is_forbidden_to_the_program_and_to_what_is_executed_beside_it() {
    let script = "mkdir /dev/shm/d$$ 2> /dev/null; echo $?; grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status";
    let rule = json!({"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 99});
    let profile = json!({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [rule]});
    for no_new_privileges in [true, false] {
        for user in [0, 7] {
            let mut bundle = bundle(&profile, no_new_privileges);
            bundle.set("/process/user", json!({"uid": user, "gid": user}));
            let bit = i32::from(no_new_privileges);
            let expected = format!("1\nNoNewPrivs:\t{bit}\nSeccomp:\t2\n");
            assert_eq!(bundle.says(script), expected);
            start_in_the_background(&mut bundle);
            for options in [&[][..], &["-u", "9:9"]] {
                let output = bundle.run(&[&["exec"], options, &["c", "sh", "-c", script]].concat());
                assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{options:?}");
            }
        }
        let mut free = bundle(&json!(null), no_new_privileges);
        assert_eq!(free.says(script), format!("0\nNoNewPrivs:\t{}\nSeccomp:\t0\n", i32::from(no_new_privileges)));
    }
}

fn with_no_new_privileges_nothing_of_ptyruns_comes_after_the_filter() {
    let profile = forbidding(&[
        "accept",
        "accept4",
        "capget",
        "capset",
        "chdir",
        "clone",
        "clone3",
        "close_range",
        "connect",
        "execveat",
        "fchdir",
        "fchown",
        "fork",
        "getcwd",
        "memfd_create",
        "mount",
        "prctl",
        "pivot_root",
        "recvmsg",
        "seccomp",
        "sendmsg",
        "setgroups",
        "setresgid",
        "setresuid",
        "setsid",
        "vfork",
        "write",
    ]);
    let mut bundle = bundle(&profile, true);
    assert_runs(&bundle.run(&["run", "c"]));
    bundle.set("/process/terminal", json!(true));
    assert_runs(&bundle.run(&["run", "c"]));
    bundle.set("/process/terminal", json!(false));
    start_in_the_background(&mut bundle);
    assert_runs(&bundle.run(&["exec", "c", "true"]));
    assert_runs(&bundle.run(&["exec", "-t", "c", "true"]));
    // The profile is one that ends processes: echo writes.
    assert_eq!(bundle.run(&["exec", "c", "echo"]).status.code(), Some(128 + 31));
}

fn without_them_the_user_is_changed_before_the_filter_is_loaded() {
    let profile = forbidding(&["setgroups", "setresgid", "setresuid", "setsid", "mount", "pivot_root", "seccomp"]);
    let mut bundle = bundle(&profile, false);
    bundle.set("/process/user", json!({"uid": 7, "gid": 7}));
    assert_runs(&bundle.run(&["run", "c"]));
    bundle.set("/process/user", json!({"uid": 0, "gid": 0}));
    start_in_the_background(&mut bundle);
    assert_eq!(bundle.status("c"), "running");
}

fn a_hook_of_the_containers_is_under_the_filter() {
    let note = |file: &str| {
        let script = format!("grep Seccomp: /proc/self/status > /dev/shm/{file}");
        json!([{"path": "/bin/sh", "args": ["sh", "-c", script], "env": ["PATH=/usr/bin:/bin"]}])
    };
    for no_new_privileges in [true, false] {
        let mut bundle = bundle(&forbidding(&["mkdir"]), no_new_privileges);
        bundle.set("/hooks", json!({"startContainer": note("hook")}));
        assert_eq!(bundle.says("cat /dev/shm/hook"), "Seccomp:\t2\n");
        let killed = json!([{"path": "/bin/mkdir", "args": ["mkdir", "/dev/shm/d"]}]);
        bundle.set("/hooks", json!({"startContainer": killed}));
        assert_eq!(bundle.run(&["run", "c"]).status.code(), Some(1));
        assert_eq!(bundle.ids(), "");
    }
}

fn what_a_filter_cannot_do_is_in_the_log_or_an_error() {
    let mut unknown = bundle(&forbidding(&["mkdir", "levitate"]), true);
    assert_runs(&unknown.run(&["--log", "log", "--log-format", "json", "run", "c"]));
    let log = fs::read_to_string(unknown.path("log")).unwrap();
    let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(line["level"], "warning");
    assert_eq!(line["msg"], "linux.seccomp.syscalls: left out, as unknown here: levitate");
    unknown.set("/linux/seccomp", json!({"defaultAction": "SCMP_ACT_NOTIFY"}));
    let output = unknown.run(&["run", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("linux.seccomp.defaultAction"));
    assert_eq!(unknown.ids(), "");
}

/// The engines' profile with the capabilities that `spec` gives, as engines hand it on.
fn engines_profile() -> Value {
    let mut profile: Value = serde_json::from_str(&fs::read_to_string(ENGINES_PROFILE).unwrap()).unwrap();
    let capabilities = ptyrun::spec::default_config()["process"]["capabilities"]["bounding"].clone();
    let all = |list: &Value, holds: &dyn Fn(&Value) -> bool| list.as_array().is_none_or(|list| list.iter().all(holds));
    let any = |list: &Value, holds: &dyn Fn(&Value) -> bool| list.as_array().is_some_and(|list| list.iter().any(holds));
    let granted = |name: &Value| capabilities.as_array().unwrap().contains(name);
    let own = |name: &Value| ["amd64", "x86", "x32"].map(Value::from).contains(name);
    let mut rules = profile["syscalls"].take();
    rules.as_array_mut().unwrap().retain(|rule| {
        let (includes, excludes) = (&rule["includes"], &rule["excludes"]);
        let included =
            all(&includes["caps"], &granted) && (includes["arches"].is_null() || any(&includes["arches"], &own));
        included && !any(&excludes["caps"], &granted) && !any(&excludes["arches"], &own)
    });
    json!({
        "defaultAction": profile["defaultAction"],
        "defaultErrnoRet": profile["defaultErrnoRet"],
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": rules,
    })
}

fn a_container_lives_under_the_profile_of_engines() {
    let profile = engines_profile();
    for no_new_privileges in [true, false] {
        let mut bundle = bundle(&profile, no_new_privileges);
        let script = "grep Seccomp: /proc/self/status; seq 3 | sort -r | head -n 1; mkdir /dev/shm/d && rmdir /dev/shm/d; \
                      unshare --mount true 2> /dev/null || echo refused";
        assert_eq!(bundle.says(script), "Seccomp:\t2\n3\nrefused\n");
        start_in_the_background(&mut bundle);
        let output = bundle.run(&["exec", "-t", "c", "sh", "-c", script]);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "Seccomp:\t2\r\n3\r\nrefused\r\n");
    }
}
