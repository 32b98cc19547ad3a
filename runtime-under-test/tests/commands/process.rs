//! What a process is given beside its terminal: environment, directory, limits, scheduling, and what exec's options say.

use crate::bundle::Bundle;
use nix::cmsg_space;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
use serde_json::{Value, json};
use std::fs;
use std::io::IoSliceMut;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Output, Stdio};

tests! {
    home_is_what_the_image_says_where_the_config_says_nothing,
    a_directory_that_only_one_of_the_two_may_enter_is_entered,
    limits_hold_in_a_user_namespace,
    a_process_is_scheduled_as_the_config_says,
    a_process_of_exec_runs_where_it_is_to,
    what_the_caller_is_bound_to_is_not_for_the_container,
    a_32_bit_machine_is_imitated,
    labels_that_the_kernel_knows_nothing_of_are_refused,
    exec_adds_groups_and_capabilities,
    exec_enters_a_cgroup_below_the_containers,
    exec_into_a_paused_container_can_wait,
    a_process_is_held_by_a_socket_of_the_callers,
    a_container_can_be_kept,
    a_list_in_json_is_a_line_with_names,
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn home_is_what_the_image_says_where_the_config_says_nothing() {
    let mut bundle = Bundle::without_terminal();
    fs::create_dir(bundle.path("rootfs/etc")).unwrap();
    fs::write(bundle.path("rootfs/etc/passwd"), "root:x:0:0::/home/of/root:\nx:x:7:7::/home/of/x:\n").unwrap();
    for (user, env, home) in [
        (0, json!(["PATH=/usr/bin:/bin"]), "/home/of/root"),
        (7, json!(["PATH=/usr/bin:/bin", "HOME="]), "/home/of/x"),
        (8, json!(["PATH=/usr/bin:/bin"]), "/"),
        (7, json!(["PATH=/usr/bin:/bin", "HOME=/given"]), "/given"),
    ] {
        bundle.set("/process/user", json!({"uid": user, "gid": 0}));
        bundle.set("/process/env", env);
        assert_eq!(bundle.says("echo $HOME"), format!("{home}\n"), "{user}");
    }
    bundle.set("/process/env", json!(["PATH=/usr/bin:/bin"]));
    bundle.start("c");
    assert_eq!(stdout(&bundle.run(&["exec", "-u", "0", "c", "sh", "-c", "echo $HOME"])), "/home/of/root\n");
}

fn a_directory_that_only_one_of_the_two_may_enter_is_entered() {
    let mut bundle = Bundle::without_terminal();
    let closed = bundle.path("rootfs/closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    bundle.set("/process/cwd", json!("/closed"));
    bundle.set("/process/user", json!({"uid": 7, "gid": 7}));
    assert_eq!(bundle.says("pwd"), "/closed\n");
    // Root of this user namespace has no power over a directory whose owner it does not know.
    bundle.enter_user_namespace();
    std::os::unix::fs::chown(&closed, Some(100_007), Some(0)).unwrap();
    assert_eq!(bundle.says("pwd"), "/closed\n");
}

/// Root of the namespace has no privilege over `/proc/self/oom_score_adj`.
fn limits_hold_in_a_user_namespace() {
    let mut bundle = Bundle::without_terminal();
    bundle.enter_user_namespace();
    bundle.set("/process/rlimits", json!([{"type": "RLIMIT_MEMLOCK", "soft": 4096, "hard": 8192}]));
    bundle.set("/process/oomScoreAdj", json!(500));
    let said = bundle.says("cat /proc/self/oom_score_adj; grep locked /proc/self/limits | tr -s ' '");
    assert_eq!(said, "500\nMax locked memory 4096 8192 bytes \n");
}

fn a_process_is_scheduled_as_the_config_says() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/capabilities", json!({}));
    let asked = "chrt -p $$ | sed 's/.*: //'; ionice -p $$; nice";
    for (scheduler, priority, said) in [
        (
            json!({"policy": "SCHED_BATCH", "nice": 5}),
            json!({"class": "IOPRIO_CLASS_BE", "priority": 6}),
            "SCHED_BATCH\n0\nbest-effort: prio 6\n5\n",
        ),
        (
            json!({"policy": "SCHED_FIFO", "priority": 3, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}),
            json!({"class": "IOPRIO_CLASS_IDLE"}),
            "SCHED_FIFO|SCHED_RESET_ON_FORK\n3\nidle\n0\n",
        ),
    ] {
        bundle.set("/process/scheduler", scheduler);
        bundle.set("/process/ioPriority", priority);
        assert_eq!(bundle.says(asked), said);
        bundle.start("c");
        assert_eq!(stdout(&bundle.run(&["exec", "c", "sh", "-c", asked])), said);
        assert!(bundle.run(&["delete", "-f", "c"]).status.success());
    }
    bundle.set("/process/scheduler", json!({"policy": "SCHED_ISO"}));
    let output = bundle.run(&["run", "c"]);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("process.scheduler: invalid argument"), "{error}");
    assert_eq!(bundle.ids(), "");
}

fn a_process_of_exec_runs_where_it_is_to() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/execCPUAffinity", json!({"initial": "0", "final": "0"}));
    bundle.start("c");
    let asked = ["exec", "c", "grep", "Cpus_allowed_list", "/proc/self/status"];
    assert_eq!(stdout(&bundle.run(&asked)), "Cpus_allowed_list:\t0\n");
    bundle.run(&["delete", "-f", "c"]);
    bundle.set("/process/execCPUAffinity", json!({"final": "1000"}));
    bundle.start("c");
    let output = bundle.run(&asked);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(255) && error.contains("process.execCPUAffinity.final"), "{error}");
}

fn what_the_caller_is_bound_to_is_not_for_the_container() {
    let mut bundle = Bundle::without_terminal();
    let look = ["grep", "Cpus_allowed_list", "/proc/self/status"];
    let bound = |bundle: &Bundle, arguments: &[&str]| {
        let ptyrun = bundle.command(arguments);
        let mut command = std::process::Command::new("taskset");
        command.args(["-c", "0"]).arg(ptyrun.get_program()).args(ptyrun.get_args());
        stdout(&command.current_dir(bundle.path("")).output().unwrap())
    };
    let all = fs::read_to_string("/sys/devices/system/cpu/online").unwrap();
    let expected = format!("Cpus_allowed_list:\t{all}");
    bundle.set("/process/args", json!(look));
    assert_eq!(bound(&bundle, &["run", "d"]), expected);
    bundle.start("c");
    assert_eq!(bound(&bundle, &[&["exec", "c"], &look[..]].concat()), expected);
}

fn a_32_bit_machine_is_imitated() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/linux/personality", json!({"domain": "LINUX32"}));
    assert_eq!(bundle.says("uname -m"), "i686\n");
    bundle.start("c");
    assert_eq!(stdout(&bundle.run(&["exec", "c", "uname", "-m"])), "i686\n");
}

fn labels_that_the_kernel_knows_nothing_of_are_refused() {
    // A machine that runs one of the modules refuses a label that it does not know, in its own words.
    let mut bundle = Bundle::without_terminal();
    for field in ["apparmorProfile", "selinuxLabel"] {
        bundle.set(&format!("/process/{field}"), json!("x"));
        let output = bundle.run(&["run", "c"]);
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(&format!("process.{field}")), "{error}");
        bundle.set(&format!("/process/{field}"), json!(""));
    }
    bundle.start("c");
    for (option, field) in [("--apparmor", "apparmorProfile"), ("--process-label", "selinuxLabel")] {
        let output = bundle.run(&["exec", option, "x", "c", "true"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(255) && error.contains(&format!("process.{field}")), "{error}");
    }
}

fn exec_adds_groups_and_capabilities() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/noNewPrivileges", json!(false));
    bundle.set("/process/user", json!({"uid": 1, "gid": 2, "additionalGids": [3]}));
    bundle.start("c");
    let groups =
        stdout(&bundle.run(&["exec", "-u", "5", "-g", "6", "--additional-gids", "7", "c", "sh", "-c", "id -u; id -G"]));
    assert_eq!(groups, "5\n2 3 6 7\n");
    let status = ["c", "grep", "-E", "^(CapEff|CapBnd|NoNewPrivs)", "/proc/self/status"];
    let of = |options: &[&str]| stdout(&bundle.run(&[&["exec", "-u", "0"], options, &status].concat()));
    let bits = |text: &str, field: &str| {
        let line = text.lines().find(|line| line.starts_with(field)).unwrap();
        u64::from_str_radix(line.split_whitespace().last().unwrap(), 16).unwrap()
    };
    let (plain, more) = (of(&[]), of(&["--cap", "CAP_SYS_TIME", "--no-new-privs"]));
    for field in ["CapEff", "CapBnd"] {
        assert_eq!(bits(&more, field), bits(&plain, field) | 1 << 25, "{field}");
    }
    assert_eq!((bits(&plain, "NoNewPrivs"), bits(&more, "NoNewPrivs")), (0, 1));
}

fn exec_enters_a_cgroup_below_the_containers() {
    let mut bundle = Bundle::without_terminal();
    let name = format!("ptyrun-exec-{}", std::process::id());
    bundle.set("/linux/cgroupsPath", json!(format!("/{name}")));
    // That it is seen from above.
    let mut namespaces = bundle.config["linux"]["namespaces"].as_array().unwrap().clone();
    namespaces.retain(|namespace| namespace["type"] != "cgroup");
    bundle.set("/linux/namespaces", namespaces.into());
    bundle.start("c");
    let directory = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"].map(|top| std::path::Path::new(top).join(&name));
    let directory = directory.into_iter().find(|directory| directory.exists()).unwrap();
    fs::create_dir(directory.join("part")).unwrap();
    let version_1 = directory.starts_with("/sys/fs/cgroup/pids");
    let part = if version_1 { "pids:part" } else { "part" };
    let said = stdout(&bundle.run(&["exec", "--cgroup", part, "c", "cat", "/proc/self/cgroup"]));
    assert!(said.lines().any(|line| line.ends_with(&format!("/{name}/part"))), "{said}");
    let refused = bundle.run(&["exec", "--cgroup", "levity:part", "c", "true"]);
    assert_eq!(refused.status.code(), Some(255));
    let lost = bundle.run(&["exec", "--cgroup", "nowhere", "c", "true"]);
    assert!(String::from_utf8_lossy(&lost.stderr).contains("nowhere"), "{lost:?}");
    fs::remove_dir(directory.join("part")).unwrap();
}

fn exec_into_a_paused_container_can_wait() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/linux/cgroupsPath", json!(format!("/ptyrun-ignore-paused-{}", std::process::id())));
    bundle.start("c");
    assert!(bundle.run(&["pause", "c"]).status.success());
    assert_eq!(bundle.run(&["exec", "c", "true"]).status.code(), Some(255));
    let mut command = bundle.command(&["exec", "--ignore-paused", "c", "true"]);
    let mut waiting = command.stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(waiting.try_wait().unwrap(), None);
    assert!(bundle.run(&["resume", "c"]).status.success());
    assert!(waiting.wait().unwrap().success());
}

/// Takes the one message that a socket is sent: its text and its descriptor.
pub fn receive(listener: &UnixListener) -> (String, OwnedFd) {
    let (stream, _) = listener.accept().unwrap();
    let mut text = [0; 65536];
    let mut control = cmsg_space!([RawFd; 4]);
    let mut buffer = [IoSliceMut::new(&mut text)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(stream.as_raw_fd(), &mut buffer, Some(&mut control), flags).unwrap();
    let length = message.bytes;
    let rights = message.cmsgs().unwrap().find_map(|item| match item {
        ControlMessageOwned::ScmRights(fds) => Some(fds),
        _ => None,
    });
    let Some([descriptor]) = rights.as_deref() else { panic!("{rights:?}") };
    // SAFETY: the kernel just installed it for us.
    let descriptor = unsafe { OwnedFd::from_raw_fd(*descriptor) };
    (String::from_utf8(text[..length].to_vec()).unwrap(), descriptor)
}

fn a_process_is_held_by_a_socket_of_the_callers() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["sleep", "1000"]));
    let listener = UnixListener::bind(bundle.path("socket")).unwrap();
    // Who holds the process: `Pid` of the descriptor's information.
    let held = |descriptor: &OwnedFd| {
        let information = fs::read_to_string(format!("/proc/self/fdinfo/{}", descriptor.as_raw_fd())).unwrap();
        information.lines().find_map(|line| line.strip_prefix("Pid:\t")).unwrap().to_owned()
    };
    let (created, told) = bundle.detach(&["create", "--pidfd-socket", "socket", "--pid-file", "pid", "c"]);
    assert!(created.success(), "{told}");
    let (kind, process) = receive(&listener);
    assert_eq!((kind.as_str(), held(&process)), ("standard", fs::read_to_string(bundle.path("pid")).unwrap()));
    assert!(bundle.run(&["start", "c"]).status.success());
    let mut command =
        bundle.command(&["exec", "-d", "--pidfd-socket", "socket", "--pid-file", "pid", "c", "sleep", "1000"]);
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    let (kind, process) = receive(&listener);
    assert_eq!((kind.as_str(), held(&process)), ("setns", fs::read_to_string(bundle.path("pid")).unwrap()));
    let missing = bundle.run(&["create", "--pidfd-socket", "missing", "d"]);
    assert_eq!(missing.status.code(), Some(1));
    assert_eq!(bundle.ids(), "c\n");
}

fn a_container_can_be_kept() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["sh", "-c", "exit 7"]));
    assert_eq!(bundle.run(&["run", "--keep", "c"]).status.code(), Some(7));
    assert_eq!(bundle.status("c"), "stopped");
    assert!(bundle.run(&["delete", "c"]).status.success());
    assert_eq!(stdout(&bundle.run(&["list", "-f", "json"])), "[]\n");
}

/// Go takes no number for a name.
fn a_list_in_json_is_a_line_with_names() {
    let mut bundle = Bundle::without_terminal();
    bundle.start("c");
    let listed = stdout(&bundle.run(&["list", "-f", "json"]));
    let state: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!((listed.lines().count(), &state[0]["owner"], &state[0]["id"]), (1, &json!("root"), &json!("c")));
    assert_eq!(stdout(&bundle.run(&["ps", "-f", "json", "c"])), format!("[{}]\n", state[0]["pid"]));
}
