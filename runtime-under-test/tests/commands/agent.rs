//! `SCMP_ACT_NOTIFY`: an agent answers for the program's calls.

use crate::bundle::Bundle;
use crate::process::receive;
use nix::libc;
use serde_json::{Value, json};
use std::mem::zeroed;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::process::Stdio;

tests! {
    an_agent_is_told_of_the_container_and_answers_for_its_calls,
    an_agent_answers_for_a_process_of_exec,
    an_agent_that_is_not_there_ends_the_container,
}

/// Forbids `mkdir` as the agent, with a number that nobody else would choose, and lets `others` happen, until the program ends.
fn answer(listener: &OwnedFd) {
    loop {
        // SAFETY: plain data, for which all zeroes is a value; the kernel wants it so.
        let mut question: libc::seccomp_notif = unsafe { zeroed() };
        // SAFETY: the kernel writes a whole seccomp_notif there.
        let asked = unsafe { libc::ioctl(listener.as_raw_fd(), SECCOMP_IOCTL_NOTIF_RECV, &raw mut question) };
        if asked != 0 {
            return;
        }
        let made = [libc::SYS_mkdir, libc::SYS_mkdirat].contains(&question.data.nr.into());
        let answer = libc::seccomp_notif_resp {
            id: question.id,
            val: 0,
            error: if made { -libc::ENOMEDIUM } else { 0 },
            flags: if made { 0 } else { libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32 },
        };
        // SAFETY: the kernel reads a whole seccomp_notif_resp there.
        unsafe { libc::ioctl(listener.as_raw_fd(), SECCOMP_IOCTL_NOTIF_SEND, &raw const answer) };
    }
}

/// From linux/seccomp.h: _IOWR('!', 0, struct seccomp_notif) and _IOWR('!', 1, struct seccomp_notif_resp).
const SECCOMP_IOCTL_NOTIF_RECV: libc::c_ulong = 0xc050_2100;
const SECCOMP_IOCTL_NOTIF_SEND: libc::c_ulong = 0xc018_2101;

fn bundle(no_new_privileges: bool, calls: &[&str]) -> Bundle {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/noNewPrivileges", json!(no_new_privileges));
    let profile = json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "listenerPath": bundle.path("agent"),
        "listenerMetadata": "words of the caller's",
        "syscalls": [{"names": calls, "action": "SCMP_ACT_NOTIFY"}],
    });
    bundle.set("/linux/seccomp", profile);
    bundle
}

const SCRIPT: &str = "mkdir /dev/shm/d";
const ANSWERED: &str = "No medium found";

fn an_agent_is_told_of_the_container_and_answers_for_its_calls() {
    for no_new_privileges in [true, false] {
        for calls in [&["mkdir", "mkdirat"][..], &["mkdir", "mkdirat", "execve", "openat", "open", "read", "close"]] {
            let mut bundle = bundle(no_new_privileges, calls);
            bundle.set("/process/args", json!(["sh", "-c", SCRIPT]));
            let listener = UnixListener::bind(bundle.path("agent")).unwrap();
            let run = bundle.command(&["run", "c"]).stderr(Stdio::piped()).spawn().unwrap();
            let (told, questions) = receive(&listener);
            let told: Value = serde_json::from_str(&told).unwrap();
            assert_eq!((&told["fds"], &told["metadata"]), (&json!(["seccompFd"]), &json!("words of the caller's")));
            assert_eq!((&told["state"]["id"], &told["state"]["status"]), (&json!("c"), &json!("creating")));
            assert!(told["pid"].as_i64() > Some(1) && told["pid"] == told["state"]["pid"], "{told}");
            let agent = std::thread::spawn(move || answer(&questions));
            let output = run.wait_with_output().unwrap();
            assert!(String::from_utf8_lossy(&output.stderr).contains(ANSWERED), "{calls:?}: {output:?}");
            agent.join().unwrap();
        }
    }
}

fn an_agent_answers_for_a_process_of_exec() {
    for no_new_privileges in [true, false] {
        let mut bundle = bundle(no_new_privileges, &["mkdir", "mkdirat"]);
        let listener = UnixListener::bind(bundle.path("agent")).unwrap();
        bundle.start("c");
        let _first = receive(&listener);
        let words = ["exec", "--pid-file", "pid", "c", "sh", "-c", SCRIPT];
        let exec = bundle.command(&words).stderr(Stdio::piped()).spawn().unwrap();
        let (told, questions) = receive(&listener);
        let told: Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["state"]["status"], "running");
        assert_ne!(told["pid"], told["state"]["pid"]);
        let agent = std::thread::spawn(move || answer(&questions));
        let output = exec.wait_with_output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains(ANSWERED), "{output:?}");
        let pid = std::fs::read_to_string(bundle.path("pid")).unwrap();
        assert_eq!(told["pid"].to_string(), pid);
        agent.join().unwrap();
    }
}

fn an_agent_that_is_not_there_ends_the_container() {
    for no_new_privileges in [true, false] {
        let mut bundle = bundle(no_new_privileges, &["mkdir"]);
        bundle.set("/process/args", json!(["true"]));
        let output = bundle.run(&["run", "c"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(1) && error.contains("linux.seccomp.listenerPath: no such file"),
            "{error}"
        );
        assert_eq!(bundle.ids(), "");
    }
}
