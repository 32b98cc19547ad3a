//! The commands of a detached container's life, and that what fails leaves nothing.

use crate::bundle::Bundle;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll, ppoll};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
use nix::{cmsg_space, unistd::Pid};
use ptyrun::syscall::process::PidFd;
use serde_json::json;
use std::fs::{self, File};
use std::io::{IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

tests! {
    a_created_container_has_its_terminal_and_waits_for_start,
    a_terminal_without_anybody_to_hold_it_is_refused_before_anything_exists,
    a_console_socket_that_is_none_is_named_and_nothing_is_left,
    a_console_socket_may_have_a_path_longer_than_an_address,
    a_console_that_is_a_link_or_a_directory_is_refused,
    a_running_container_takes_more_processes_and_signals,
    a_process_whose_name_is_no_text_still_runs,
    a_failure_reaches_standard_error_and_the_log,
    what_cannot_be_granted_is_a_warning_in_the_log,
    each_hook_runs_at_its_time,
    a_process_that_is_killed_in_its_making_makes_create_fail,
    sockets_of_the_caller_are_announced_to_the_program,
    a_device_of_the_callers_stays_its_stream,
    a_broken_config_names_file_line_and_what_was_expected_and_leaves_nothing,
    what_is_no_config_and_no_program_is_named,
    device_rules_hold_on_cgroup_v2_too,
    signals_reach_whoever_is_there,
    a_container_that_shares_its_pids_is_killed_whole,
    a_paused_container_is_held_still_until_it_is_resumed_or_deleted,
    whatever_a_killed_ptyrun_leaves_is_removed_by_force,
    a_damaged_record_is_its_containers_problem_only,
}

/// How often ptyrun is killed for each verb, and within how many microseconds of its start.
const MOMENTS: u64 = 60_000;
const KILLS: u64 = 100;

/// Takes the one message that a console socket is sent: the payload and the master.
fn receive(listener: &UnixListener) -> (Vec<u8>, OwnedFd) {
    let (stream, _) = listener.accept().unwrap();
    let mut text = [0; 64];
    let mut control = cmsg_space!([RawFd; 8]);
    let mut buffer = [IoSliceMut::new(&mut text)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(stream.as_raw_fd(), &mut buffer, Some(&mut control), flags).unwrap();
    let length = message.bytes;
    let descriptors: Vec<RawFd> = message
        .cmsgs()
        .unwrap()
        .flat_map(|item| match item {
            ControlMessageOwned::ScmRights(fds) => fds,
            _ => Vec::new(),
        })
        .collect();
    let [master] = descriptors[..] else { panic!("{} descriptors", descriptors.len()) };
    // SAFETY: the kernel just installed it for us.
    (text[..length].to_vec(), unsafe { OwnedFd::from_raw_fd(master) })
}

/// All output up to the hang-up.
fn read_all(master: OwnedFd) -> String {
    let (mut master, mut text, mut buffer) = (File::from(master), Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = master.read(&mut buffer) {
        text.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8(text).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn a_created_container_has_its_terminal_and_waits_for_start() {
    let bundle = Bundle::new("tty; read line; echo got $line; test -t 2");
    let listener = UnixListener::bind(bundle.path("console")).unwrap();
    let created = bundle.run(&["create", "-b", ".", "--console-socket", "console", "--pid-file", "pid", "c"]);
    assert!(created.status.success(), "{}", stderr(&created));
    let (payload, master) = receive(&listener);
    assert_eq!(payload, b"/dev/ptmx");
    assert_eq!(bundle.status("c"), "created");
    assert!(fs::read_to_string(bundle.path("pid")).unwrap().parse::<u32>().is_ok());
    let mut terminal = File::from(master.try_clone().unwrap());
    terminal.write_all(b"hello\n").unwrap();
    let mut echo = [0; 7];
    terminal.read_exact(&mut echo).unwrap();
    assert_eq!(&echo, b"hello\r\n");
    assert!(bundle.run(&["start", "c"]).status.success());
    assert_eq!(read_all(master), "/dev/pts/0\r\ngot hello\r\n");
    assert!(!bundle.run(&["start", "c"]).status.success());
    assert!(bundle.run(&["delete", "-f", "c"]).status.success());
    assert_eq!(bundle.ids(), "");
}

fn a_terminal_without_anybody_to_hold_it_is_refused_before_anything_exists() {
    let mut bundle = Bundle::new("true");
    for arguments in [&["create", "c"][..], &["run", "-d", "c"]] {
        let output = bundle.run(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("--console-socket"), "{}", stderr(&output));
    }
    bundle.set("/process/terminal", json!(false));
    let _listener = UnixListener::bind(bundle.path("console")).unwrap();
    let output = bundle.run(&["create", "--console-socket", "console", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!bundle.path("state").exists());
}

fn a_console_socket_that_is_none_is_named_and_nothing_is_left() {
    let bundle = Bundle::new("true");
    fs::write(bundle.path("file"), "").unwrap();
    drop(UnixListener::bind(bundle.path("dead")).unwrap());
    for path in ["missing", "file", "dead"] {
        let output = bundle.run(&["create", "--console-socket", path, "c"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(&format!("console socket {path}")), "{}", stderr(&output));
        assert!(!bundle.path("state").join("c").exists());
    }
}

fn a_console_socket_may_have_a_path_longer_than_an_address() {
    let bundle = Bundle::new("true");
    let deep = bundle.path(&"d".repeat(120));
    fs::create_dir(&deep).unwrap();
    std::os::unix::fs::symlink(&deep, bundle.path("short")).unwrap();
    let listener = UnixListener::bind(bundle.path("short/s")).unwrap();
    let path = deep.join("s");
    let output = bundle.run(&["create", "--console-socket", path.to_str().unwrap(), "c"]);
    assert!(output.status.success(), "{}", stderr(&output));
    receive(&listener);
}

fn a_console_that_is_a_link_or_a_directory_is_refused() {
    let mut bundle = Bundle::new("true");
    let mounts: Vec<_> = ptyrun::spec::default_config()["mounts"].as_array().unwrap().clone();
    let kept = mounts.into_iter().filter(|mount| mount["destination"] != "/dev");
    let usr = json!({"destination": "/usr", "source": "/usr", "options": ["rbind", "rro"]});
    bundle.set("/mounts", kept.chain([usr]).collect());
    fs::write(bundle.path("rootfs/target"), "untouched").unwrap();
    fs::create_dir(bundle.path("rootfs/dev")).unwrap();
    let console = bundle.path("rootfs/dev/console");
    std::os::unix::fs::symlink("/target", &console).unwrap();
    let refused = |what: &str| {
        let output = bundle.run(&["run", "c"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(&format!("/dev/console is {what}")), "{}", stderr(&output));
    };
    refused("a symbolic link");
    assert_eq!(fs::read_to_string(bundle.path("rootfs/target")).unwrap(), "untouched");
    fs::remove_file(&console).unwrap();
    fs::create_dir(&console).unwrap();
    refused("a directory");
    assert_eq!(bundle.ids(), "");
}

fn a_running_container_takes_more_processes_and_signals() {
    let mut bundle = Bundle::new("exec sleep 60");
    bundle.set("/process/terminal", json!(false));
    // Not by pipes: the container would have them, and whoever reads them would wait for it.
    let mut command = bundle.command(&["run", "-d", "c"]);
    let ran = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(ran.unwrap().success());
    assert_eq!(bundle.status("c"), "running");
    let output = bundle.run(&["exec", "-e", "A=1", "-u", "7:8", "c", "sh", "-c", "echo $A $(id -u):$(id -g); exit 5"]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(5), &b"1 7:8\n"[..]));
    let output = bundle.run(&["exec", "-t", "c", "sh", "-c", "tty; kill -TERM $$"]);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(143), &b"/dev/pts/0\r\n"[..]));
    let output = bundle.run(&["exec", "c", "no-such-program"]);
    assert_eq!(output.status.code(), Some(255));
    assert!(stderr(&output).contains("no-such-program"));
    assert_eq!(bundle.run(&["delete", "c"]).status.code(), Some(1));
    assert!(bundle.run(&["kill", "c", "SIGKILL"]).status.success());
    assert!(bundle.run(&["delete", "-f", "c"]).status.success());
    assert!(bundle.run(&["delete", "-f", "c"]).status.success());
    assert_eq!(bundle.run(&["state", "c"]).status.code(), Some(1));
    // As if a ptyrun had been killed amid the removal.
    std::fs::create_dir(bundle.path("state/c")).unwrap();
    std::fs::write(bundle.path("state/c/config.json"), "{}").unwrap();
    assert!(bundle.run(&["delete", "-f", "c"]).status.success());
    assert!(!bundle.path("state/c").exists());
}

/// It chooses its name itself: bytes that are no UTF-8, and what looks like the state of a process that has ended.
fn a_process_whose_name_is_no_text_still_runs() {
    let mut bundle = Bundle::new("printf '\\377) Z 1' > /proc/self/comm; read forever <> /fifo");
    bundle.set("/process/terminal", json!(false));
    nix::unistd::mkfifo(&bundle.path("rootfs/fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let (status, told) = bundle.detach(&["run", "-d", "--pid-file", "pid", "c"]);
    assert!(status.success(), "{told}");
    let pid = fs::read_to_string(bundle.path("pid")).unwrap();
    let name = || fs::read(format!("/proc/{pid}/comm")).unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while name() != b"\xff) Z 1\n" && Instant::now() < deadline {
        std::thread::yield_now();
    }
    assert_eq!((name().escape_ascii().to_string(), bundle.status("c").as_str()), ("\\xff) Z 1\\n".into(), "running"));
    assert_eq!(bundle.run(&["delete", "c"]).status.code(), Some(1));
    assert!(bundle.run(&["delete", "-f", "c"]).status.success());
}

fn a_failure_reaches_standard_error_and_the_log() {
    let mut bundle = Bundle::new("true");
    bundle.set("/process/args", json!(["/no/such/program"]));
    let output = bundle.run(&["--log", "log", "--log-format", "json", "run", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/no/such/program"));
    let log = fs::read_to_string(bundle.path("log")).unwrap();
    let line: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(line["level"], "error");
    assert!(line["msg"].as_str().unwrap().contains("/no/such/program"));
    assert!(line["time"].as_str().unwrap().ends_with('Z'));
    assert_eq!(bundle.ids(), "");
}

fn what_cannot_be_granted_is_a_warning_in_the_log() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/capabilities", json!({"permitted": ["CAP_SYS_TIME"]}));
    let mut command = Command::new("setpriv");
    let arguments = ["--bounding-set=-sys_time", env!("CARGO_BIN_EXE_ptyrun"), "--root", "state", "--log", "log"];
    command.args(arguments).args(["--log-format", "json", "run", "c"]).current_dir(bundle.path(""));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let log = fs::read_to_string(bundle.path("log")).unwrap();
    let line: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(line["level"], "warning");
    assert!(line["msg"].as_str().unwrap().contains("CAP_SYS_TIME cannot be granted"), "{log}");
}

/// Each alone: where there are others, ptyrun waits for the process anyway.
fn each_hook_runs_at_its_time() {
    for (hook, status) in [
        ("prestart", "creating"),
        ("createRuntime", "creating"),
        ("createContainer", "creating"),
        ("startContainer", "created"),
        ("poststart", "running"),
        ("poststop", "stopped"),
    ] {
        let mut bundle = Bundle::without_terminal();
        bundle.set("/root/readonly", json!(false));
        let said = bundle.path("rootfs/said");
        // This one runs in the container's root.
        let path = if hook == "startContainer" { Path::new("/said") } else { &said };
        let script = format!("cat > {0}; pwd > {0}.pwd", path.display());
        bundle.set("/hooks", json!({hook: [{"path": "/bin/sh", "args": ["sh", "-c", script]}]}));
        let output = bundle.run(&["run", "c"]);
        assert!(output.status.success(), "{hook}: {}", stderr(&output));
        let text = fs::read_to_string(said).unwrap_or_else(|error| panic!("{hook}: {error}"));
        let state: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&state["id"], &state["status"]), (&json!("c"), &json!(status)), "{hook}");
        let directory = match hook {
            "createContainer" => bundle.path("rootfs").canonicalize().unwrap(),
            "startContainer" => Path::new("/").to_owned(),
            _ => bundle.path("").canonicalize().unwrap(),
        };
        let found = fs::read_to_string(bundle.path("rootfs/said.pwd")).unwrap();
        assert_eq!(found.trim(), directory.display().to_string(), "{hook}");
    }
}

fn a_process_that_is_killed_in_its_making_makes_create_fail() {
    let mut bundle = Bundle::without_terminal();
    // In a pid namespace of its own nobody inside could.
    let namespaces = bundle.config["linux"]["namespaces"].as_array().unwrap();
    let namespaces = namespaces.iter().filter(|namespace| namespace["type"] != "pid").cloned().collect();
    bundle.set("/linux/namespaces", namespaces);
    let hook = json!({"path": "/bin/sh", "args": ["sh", "-c", "kill -KILL $PPID"]});
    bundle.set("/hooks", json!({"createContainer": [hook]}));
    let output = bundle.run(&["create", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("signal 9"), "{}", stderr(&output));
    assert_eq!(bundle.ids(), "");
}

/// sd_listen_fds(3)
fn sockets_of_the_caller_are_announced_to_the_program() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["sh", "-c", "echo $$ $LISTEN_PID $LISTEN_FDS"]));
    for (announced, preserved, said) in [("2", "2", "1 1 2\n"), ("", "2", "1\n"), ("2", "0", "1\n")] {
        let script = "exec ${1:+env LISTEN_FDS=$1} $0 --root state run --preserve-fds $2 c 3</dev/null 4</dev/null";
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_ptyrun"), announced, preserved]);
        let output = command.env_remove("LISTEN_FDS").current_dir(bundle.path("")).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), said, "{}", stderr(&output));
    }
}

/// Only `/dev/null` becomes the container's own.
fn a_device_of_the_callers_stays_its_stream() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["sh", "-c", "head -c 3 | wc -c"]));
    let output = bundle.command(&["run", "c"]).stdin(File::open("/dev/zero").unwrap()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "3\n", "{}", stderr(&output));
}

fn a_broken_config_names_file_line_and_what_was_expected_and_leaves_nothing() {
    let mut bundle = Bundle::new("true");
    bundle.set("/process/terminal", json!("yes"));
    let output = bundle.run(&["create", "c"]);
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    let path = bundle.path("config.json").canonicalize().unwrap();
    assert!(error.contains(&format!("{}:1:", path.display())), "{error}");
    assert!(error.contains("expected a boolean"), "{error}");
    assert_eq!(bundle.ids(), "");
}

fn what_is_no_config_and_no_program_is_named() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/process/args", json!(["/proc/self/exe"]));
    let output = bundle.run(&["run", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/proc/self/exe"), "{}", stderr(&output));
    fs::remove_file(bundle.path("config.json")).unwrap();
    nix::unistd::mkfifo(&bundle.path("config.json"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let output = bundle.run(&["run", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("config.json: it is not a regular file"), "{}", stderr(&output));
    assert_eq!(bundle.ids(), "");
}

/// A machine whose only hierarchy is of version 2.
fn device_rules_hold_on_cgroup_v2_too() {
    let mut bundle = Bundle::new("cat /dev/probe; head -c 1 /dev/zero | wc -c; echo >/dev/null");
    bundle.set("/process/terminal", json!(false));
    bundle.set("/linux/devices", json!([{"path": "/dev/probe", "type": "c", "major": 1, "minor": 10}]));
    let mut said = |rules: serde_json::Value| {
        bundle.set("/linux/resources/devices", rules);
        let ptyrun = bundle.command(&["run", "c"]);
        let mut command = std::process::Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c"]);
        command.arg("mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\" 2>&1").arg("sh").arg(ptyrun.get_program());
        let output = command.args(ptyrun.get_args()).current_dir(bundle.path("")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    // There is no such device, as whoever may open it is told.
    let denied = json!({"allow": false, "access": "rwm"});
    let allowed = json!({"allow": true, "type": "c", "major": 1, "minor": 10, "access": "r"});
    assert_eq!(said(json!([denied])), "cat: /dev/probe: Operation not permitted\n1\n");
    assert_eq!(said(json!([denied, allowed])), "cat: /dev/probe: No such device or address\n1\n");
}

fn signals_reach_whoever_is_there() {
    // Without a pid namespace of its own: its first process ends, and another stays.
    let mut bundle = Bundle::new("exec 3>&1; sleep 1000 & while :; do sleep 0.05; done");
    bundle.set("/process/terminal", json!(false));
    bundle.set("/linux/cgroupsPath", json!(format!("/ptyrun-kill-{}", std::process::id())));
    let mut namespaces = bundle.config["linux"]["namespaces"].as_array().unwrap().clone();
    namespaces.retain(|namespace| namespace["type"] != "pid");
    bundle.set("/linux/namespaces", namespaces.into());
    let (mut lives, end) = std::io::pipe().unwrap();
    let mut command = bundle.command(&["run", "-d", "c"]);
    assert!(command.stdout(end).stderr(Stdio::null()).status().unwrap().success());
    drop(command);
    assert_eq!(bundle.run(&["kill", "c", "0"]).status.code(), Some(0));
    assert_eq!(bundle.run(&["kill", "c", "TERM"]).status.code(), Some(0));
    while bundle.status("c") != "stopped" {}
    assert_eq!(bundle.run(&["kill", "c", "0"]).status.code(), Some(1));
    let killed = bundle.run(&["kill", "--all", "c", "KILL"]);
    assert!(killed.status.success(), "{}", stderr(&killed));
    assert_eq!(lives.read(&mut [0]).unwrap(), 0);
    for flag in ["-v", "-V", "--version"] {
        assert!(bundle.run(&[flag]).stdout.starts_with(b"ptyrun "), "{flag}");
    }
}

/// runc's kill means the container where it is to be ended, and ps asks of any.
fn a_container_that_shares_its_pids_is_killed_whole() {
    for init_is_gone in [false, true] {
        let mut bundle = Bundle::new("exec 3>&1; sleep 1000 & while :; do sleep 0.05; done");
        bundle.set("/process/terminal", json!(false));
        bundle.set("/linux/cgroupsPath", json!(format!("/ptyrun-kill-whole-{}", std::process::id())));
        let namespaces = bundle.config["linux"]["namespaces"].as_array_mut().unwrap();
        namespaces.retain(|namespace| namespace["type"] != "pid");
        bundle.set("/hooks", json!({}));
        let (mut lives, end) = std::io::pipe().unwrap();
        let mut command = bundle.command(&["run", "-d", "--pid-file", "pid", "c"]);
        assert!(command.stdout(end).stderr(Stdio::null()).status().unwrap().success());
        drop(command);
        if init_is_gone {
            let pid = fs::read_to_string(bundle.path("pid")).unwrap().parse().unwrap();
            PidFd::open(Pid::from_raw(pid)).unwrap().kill();
            while bundle.status("c") != "stopped" {}
        }
        let killed = bundle.run(&["kill", "c", "KILL"]);
        assert!(killed.status.success(), "{}", stderr(&killed));
        assert_eq!(lives.read(&mut [0]).unwrap(), 0);
        while bundle.status("c") != "stopped" {}
        // A process leaves its cgroup a moment after it has closed its files.
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let listed = bundle.run(&["ps", "c"]);
            assert_eq!((listed.status.code(), stderr(&listed).as_str()), (Some(0), ""));
            let table = String::from_utf8_lossy(&listed.stdout).into_owned();
            if table.lines().count() == 1 {
                break;
            }
            assert!(Instant::now() < deadline, "{table}");
        }
    }
}

fn a_paused_container_is_held_still_until_it_is_resumed_or_deleted() {
    let mut bundle = Bundle::new("sleep 1000 & while :; do echo >> /dev/shm/alive; sleep 0.01; done");
    bundle.set("/process/terminal", json!(false));
    bundle.set("/linux/cgroupsPath", json!(format!("/ptyrun-pause-{}", std::process::id())));
    let mut command = bundle.command(&["run", "-d", "c"]);
    assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    let look = || String::from_utf8(bundle.run(&["ps", "c", "-o", "pid,args"]).stdout).unwrap();
    // The shell has only just begun when run returns.
    let (begun, mut table) = (Instant::now(), look());
    while !table.contains("sleep 1000") && begun.elapsed() < Duration::from_secs(10) {
        table = look();
    }
    let numbers = bundle.run(&["ps", "-f", "json", "c"]);
    let numbers: Vec<i32> = serde_json::from_slice(&numbers.stdout).unwrap();
    assert!(numbers.len() >= 2 && table.contains("sleep 1000") && !table.contains("ptyrun"), "{numbers:?} {table}");
    let alive = format!("/proc/{}/root/dev/shm/alive", numbers[0]);
    let length = || fs::metadata(&alive).map_or(0, |seen| seen.len());
    assert!(!bundle.run(&["resume", "c"]).status.success());
    assert!(bundle.run(&["pause", "c"]).status.success());
    assert_eq!(bundle.status("c"), "paused");
    let before = length();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(length(), before);
    assert!(!bundle.run(&["pause", "c"]).status.success());
    assert!(!bundle.run(&["exec", "c", "true"]).status.success());
    assert!(bundle.run(&["resume", "c"]).status.success());
    assert_eq!(bundle.status("c"), "running");
    while length() == before {}
    assert!(bundle.run(&["pause", "c"]).status.success());
    let deleted = bundle.run(&["delete", "-f", "c"]);
    assert!(deleted.status.success(), "{}", stderr(&deleted));
    assert!(!bundle.path("state/c").exists());
}

fn whatever_a_killed_ptyrun_leaves_is_removed_by_force() {
    let mut bundle = Bundle::new("exec sleep 1000");
    bundle.set("/process/terminal", json!(false));
    let name = format!("ptyrun-killed-{}", std::process::id());
    bundle.set("/linux/cgroupsPath", json!(format!("/{name}/c")));
    for step in 0..KILLS {
        for verb in ["run", "create"] {
            // Whatever lives of it has the other end of this pipe.
            let (mut lives, end) = std::io::pipe().unwrap();
            let mut command = bundle.command(&[verb, "c"]);
            command.stdout(end);
            let mut ptyrun = command.spawn().unwrap();
            drop(command);
            let process = PidFd::open(Pid::from_raw(ptyrun.id().cast_signed())).unwrap();
            // Up to where nothing more happens: a kill some microseconds later each time.
            let moment = Duration::from_micros(MOMENTS * step / KILLS);
            ppoll(&mut [PollFd::new(process.as_fd(), PollFlags::POLLIN)], Some(moment.into()), None).unwrap();
            process.kill();
            ptyrun.wait().unwrap();
            let deleted = bundle.run(&["delete", "-f", "c"]);
            assert!(deleted.status.success(), "{verb} {moment:?}: {}", stderr(&deleted));
            assert!(!bundle.path("state/c").exists(), "{verb} {moment:?}");
            let hierarchies = fs::read_dir("/sys/fs/cgroup").unwrap().map(|entry| entry.unwrap().path());
            let left: Vec<_> = hierarchies.filter(|path| path.ends_with(&name) || path.join(&name).exists()).collect();
            assert!(left.is_empty(), "{verb} {moment:?}: {left:?}");
            let ready =
                poll(&mut [PollFd::new(lives.as_fd(), PollFlags::POLLIN)], PollTimeout::from(10_000_u16)).unwrap();
            assert!(ready == 1 && lives.read(&mut [0]).unwrap() == 0, "{verb} {moment:?}: a process is left");
        }
    }
}

fn a_damaged_record_is_its_containers_problem_only() {
    let mut bundle = Bundle::new("exec sleep 1000");
    bundle.set("/process/terminal", json!(false));
    let mut lives = Vec::new();
    for id in ["a", "b"] {
        let (from, end) = std::io::pipe().unwrap();
        let mut command = bundle.command(&["run", "-d", id]);
        assert!(command.stdout(end).stderr(Stdio::null()).status().unwrap().success());
        lives.push(from);
    }
    let record = bundle.path("state/a/state.json");
    let whole = fs::read(&record).unwrap();
    for damaged in [&whole[..whole.len() / 2], b"", b"{}", b"\xff"] {
        fs::write(&record, damaged).unwrap();
        let listed = bundle.run(&["list", "-q"]);
        assert_eq!((listed.status.code(), &listed.stdout[..]), (Some(0), &b"b\n"[..]), "{}", stderr(&listed));
        assert!(stderr(&listed).contains("a/state.json"), "{}", stderr(&listed));
        assert_eq!(bundle.run(&["delete", "a"]).status.code(), Some(1));
    }
    let deleted = bundle.run(&["delete", "-f", "a"]);
    assert!(deleted.status.success(), "{}", stderr(&deleted));
    assert!(!bundle.path("state/a").exists());
    assert_eq!(lives[0].read(&mut [0]).unwrap(), 0);
    assert_eq!(bundle.status("b"), "running");
}
