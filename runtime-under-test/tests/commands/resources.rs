//! Limits, `update` and `events`, on whatever hierarchies this machine has, and with a v2 hierarchy alone.

use crate::bundle::Bundle;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

tests! {
    limits_are_written_before_the_program_runs,
    a_limit_that_cannot_be_set_is_named_and_nothing_is_left,
    a_limit_without_a_controller_is_named,
    limits_hold_on_cgroup_v2_alone,
    a_cgroup_that_is_in_use_is_refused,
    a_cgroup_of_v2_that_is_used_again_has_the_rules_of_the_last_container_only,
    a_cgroup_that_others_have_made_need_not_be_ready,
    update_changes_limits_up_and_down,
    update_takes_limits_as_json,
    an_update_that_fails_changes_nothing,
    systemds_driver_says_why_it_cannot_be,
    events_print_what_a_container_uses,
    events_tell_when_memory_runs_out_and_end_with_the_container,
}

const MIB: u64 = 1 << 20;

/// A bundle whose container has a cgroup, by name, and sleeps.
fn sleeper(name: &str) -> (Bundle, String) {
    let mut bundle = Bundle::new("exec sleep 1000");
    bundle.set("/process/terminal", json!(false));
    let cgroup = format!("ptyrun-test-{name}-{}", std::process::id());
    bundle.set("/linux/cgroupsPath", json!(format!("/{cgroup}")));
    (bundle, cgroup)
}

fn start(bundle: &Bundle) {
    made(bundle, &["run", "-d", "c"]);
}

fn made(bundle: &Bundle, arguments: &[&str]) {
    // Not by pipes: the container would have them, and whoever reads them would wait for it.
    let made = bundle.command(arguments).stdout(Stdio::null()).stderr(Stdio::inherit()).status();
    assert!(made.unwrap().success());
}

/// Where the cgroup is in the hierarchy with this controller of v1, or in that of v2.
fn directory(cgroup: &str, controller: &str) -> PathBuf {
    let root = Path::new("/sys/fs/cgroup");
    let candidates = [root.join(controller).join(cgroup), root.join("unified").join(cgroup), root.join(cgroup)];
    candidates.into_iter().find(|candidate| candidate.exists()).unwrap_or_else(|| panic!("no cgroup {cgroup}"))
}

/// What the file of v1 or of v2 holds.
fn value(cgroup: &str, controller: &str, files: [&str; 2]) -> String {
    let directory = directory(cgroup, controller);
    let file = files.map(|file| directory.join(file)).into_iter().find(|file| file.exists());
    fs::read_to_string(file.unwrap_or_else(|| panic!("{files:?} in {}", directory.display())))
        .unwrap()
        .trim()
        .to_owned()
}

fn memory(cgroup: &str) -> String {
    value(cgroup, "memory", ["memory.limit_in_bytes", "memory.max"])
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeeds(output: &Output) {
    assert!(output.status.success(), "{}", said(output));
}

/// The command on a machine whose only hierarchy is of version 2.
fn on_v2_alone(bundle: &Bundle, arguments: &[&str], before: &str) -> Output {
    let ptyrun = bundle.command(arguments);
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "sh", "-c"]);
    command.arg(format!("mount -t cgroup2 none /sys/fs/cgroup && {before} && exec \"$@\""));
    command.arg("sh").arg(ptyrun.get_program()).args(ptyrun.get_args());
    command.current_dir(bundle.path("")).output().unwrap()
}

/// What a cgroup of v2 can have here.
fn controllers_of_v2() -> String {
    let script = "mount -t cgroup2 none /sys/fs/cgroup && cat /sys/fs/cgroup/cgroup.controllers";
    let output = Command::new("unshare").args(["--mount", "--propagation", "private", "sh", "-c", script]).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

fn limits_are_written_before_the_program_runs() {
    let (mut bundle, cgroup) = sleeper("limits");
    let resources = json!({
        "devices": [{"allow": false, "access": "rwm"}],
        "memory": {"limit": 64 * MIB, "reservation": 32 * MIB, "swap": 64 * MIB},
        "cpu": {"shares": 2, "quota": 20_000, "period": 50_000, "cpus": "0"},
        "pids": {"limit": 7},
    });
    bundle.set("/linux/resources", resources);
    made(&bundle, &["create", "c"]);
    assert_eq!(memory(&cgroup), (64 * MIB).to_string());
    assert_eq!(value(&cgroup, "memory", ["memory.soft_limit_in_bytes", "memory.low"]), (32 * MIB).to_string());
    let swap = value(&cgroup, "memory", ["memory.memsw.limit_in_bytes", "memory.swap.max"]);
    assert!([(64 * MIB).to_string(), "0".to_owned()].contains(&swap), "{swap}");
    assert!(["2", "1"].contains(&&*value(&cgroup, "cpu", ["cpu.shares", "cpu.weight"])));
    assert!(["20000", "20000 50000"].contains(&&*value(&cgroup, "cpu", ["cpu.cfs_quota_us", "cpu.max"])));
    assert_eq!(value(&cgroup, "cpuset", ["cpuset.cpus", "cpuset.cpus"]), "0");
    assert_eq!(value(&cgroup, "pids", ["pids.max", "pids.max"]), "7");
}

fn a_limit_that_cannot_be_set_is_named_and_nothing_is_left() {
    let (mut bundle, cgroup) = sleeper("refused");
    bundle.set("/linux/resources", json!({"cpu": {"cpus": "4000"}}));
    let output = bundle.run(&["create", "c"]);
    assert_eq!(output.status.code(), Some(1));
    let error = said(&output);
    assert!(error.contains("linux.resources.cpu.cpus: ") && error.contains("/cpuset.cpus: "), "{error}");
    assert!(!Path::new("/sys/fs/cgroup").join("cpuset").join(&cgroup).exists());
    assert_eq!(bundle.ids(), "");
}

fn a_limit_without_a_controller_is_named() {
    let (mut bundle, _) = sleeper("missing");
    bundle.set("/linux/resources", json!({"rdma": {"mlx5_9": {"hcaHandles": 1}}}));
    let output = bundle.run(&["create", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("linux.resources.rdma: "), "{}", said(&output));
    bundle.set("/linux/resources", json!({"blockIO": {"leafWeight": 100}}));
    assert!(said(&bundle.run(&["create", "c"])).contains("linux.resources.blockIO.leafWeight: "));
    assert_eq!(bundle.ids(), "");
}

fn limits_hold_on_cgroup_v2_alone() {
    let (mut bundle, cgroup) = sleeper("v2");
    bundle.set("/process/args", json!(["true"]));
    bundle.set("/linux/cgroupsPath", json!(format!("/{cgroup}/deep/er")));
    // The kernel keeps a controller where a v1 hierarchy has it.
    if controllers_of_v2().contains("hugetlb") {
        let resources = json!({"hugepageLimits": [{"pageSize": "2MB", "limit": 4 * MIB}], "unified": {"hugetlb.1GB.max": "1073741824"}});
        bundle.set("/linux/resources", resources);
        let seen = bundle.path("seen");
        let show = format!("cat /sys/fs/cgroup/*/deep/er/hugetlb.{{2MB,2MB.rsvd,1GB}}.max >{}", seen.display());
        let hook = json!({"path": "/bin/bash", "args": ["bash", "-c", show]});
        bundle.set("/hooks", json!({"createRuntime": [hook]}));
        succeeds(&on_v2_alone(&bundle, &["run", "c"], "true"));
        assert_eq!(fs::read_to_string(seen).unwrap(), "4194304\n4194304\n1073741824\n");
    }
    bundle.set("/hooks", json!({}));
    for (resources, field) in [
        (json!({"unified": {"nothing.max": "1"}}), "linux.resources.unified[\"nothing.max\"]: "),
        (json!({"network": {"classID": 5}}), "linux.resources.network.classID: "),
    ] {
        bundle.set("/linux/resources", resources);
        let output = on_v2_alone(&bundle, &["run", "c"], "true");
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(field), "{}", said(&output));
    }
    let left = format!("! [ -e /sys/fs/cgroup/{cgroup} ]");
    succeeds(&on_v2_alone(&bundle, &["list"], &left));
}

fn a_cgroup_that_is_in_use_is_refused() {
    let (first, _) = sleeper("used");
    start(&first);
    let (second, cgroup) = sleeper("used");
    let output = second.run(&["create", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains(&format!("{cgroup} is in use: 1 process")), "{}", said(&output));
    assert_eq!(first.status("c"), "running");
    succeeds(&first.run(&["delete", "-f", "c"]));
    made(&second, &["create", "c"]);
}

fn a_cgroup_of_v2_that_is_used_again_has_the_rules_of_the_last_container_only() {
    let (mut bundle, cgroup) = sleeper("again");
    bundle.set("/process/args", json!(["cat", "/dev/probe"]));
    bundle.set("/linux/devices", json!([{"path": "/dev/probe", "type": "c", "major": 1, "minor": 10}]));
    let directory = format!("/sys/fs/cgroup/{cgroup}");
    let run = |bundle: &Bundle| said(&on_v2_alone(bundle, &["run", "c"], &format!("mkdir -p {directory}")));
    bundle.set("/linux/resources/devices", json!([{"allow": false, "access": "rwm"}]));
    assert_eq!(run(&bundle), "cat: /dev/probe: Operation not permitted\n");
    // There is no such device, as whoever may open it is told.
    bundle.set("/linux/resources/devices", json!([{"allow": true, "access": "rwm"}]));
    assert_eq!(run(&bundle), "cat: /dev/probe: No such device or address\n");
    succeeds(&on_v2_alone(&bundle, &["list"], &format!("rmdir {directory}")));
}

/// A new cpuset of v1 holds no processor, so that no process can be in it.
fn a_cgroup_that_others_have_made_need_not_be_ready() {
    let (mut bundle, pod) = sleeper("pod");
    bundle.set("/process/args", json!(["true"]));
    bundle.set("/linux/cgroupsPath", json!(format!("/{pod}/deep/c")));
    let cpusets = Path::new("/sys/fs/cgroup/cpuset");
    let made_before = [cpusets.join(&pod).join("deep"), cpusets.join(&pod)];
    if cpusets.exists() {
        fs::create_dir_all(&made_before[0]).unwrap();
    }
    made(&bundle, &["run", "c"]);
    if cpusets.exists() {
        assert_eq!(fs::read(made_before[0].join("cpuset.cpus")).ok(), fs::read(cpusets.join("cpuset.cpus")).ok());
        made_before.iter().for_each(|directory| fs::remove_dir(directory).unwrap());
    }
}

fn update_changes_limits_up_and_down() {
    let (mut bundle, cgroup) = sleeper("update");
    bundle.set("/linux/resources/memory", json!({"limit": 64 * MIB, "swap": 64 * MIB}));
    start(&bundle);
    let update = |arguments: &[&str]| succeeds(&bundle.run(&[&["update"], arguments, &["c"]].concat()));
    for size in [128, 32] {
        let size = format!("{size}M");
        update(&["--memory", &size, "--memory-swap", &size]);
        let bytes: u64 = size.trim_end_matches('M').parse::<u64>().unwrap() * MIB;
        assert_eq!(memory(&cgroup), bytes.to_string());
    }
    for (period, quota) in [("1000", "1000"), ("1000000", "500000"), ("20000", "10000")] {
        update(&["--cpu-period", period, "--cpu-quota", quota]);
        let max = format!("{quota} {period}");
        assert!([quota, &max].contains(&&*value(&cgroup, "cpu", ["cpu.cfs_quota_us", "cpu.max"])));
    }
    update(&["--pids-limit", "20", "--cpu-share", "1024", "--cpuset-cpus", "0"]);
    assert_eq!(value(&cgroup, "pids", ["pids.max", "pids.max"]), "20");
    assert!(["1024", "39"].contains(&&*value(&cgroup, "cpu", ["cpu.shares", "cpu.weight"])));
    update(&["--pids-limit", "-1", "--memory", "-1", "--cpu-quota", "-1"]);
    assert_eq!(value(&cgroup, "pids", ["pids.max", "pids.max"]), "max");
    assert!(memory(&cgroup) == "max" || memory(&cgroup).parse::<u64>().unwrap() > 1 << 60);
    succeeds(&bundle.run(&["kill", "c", "KILL"]));
    let mut patience = 1000;
    while bundle.status("c") != "stopped" && patience > 0 {
        patience -= 1;
    }
    let output = bundle.run(&["update", "--pids-limit", "5", "c"]);
    assert!(said(&output).contains("it is stopped"), "{}", said(&output));
}

fn update_takes_limits_as_json() {
    let (bundle, cgroup) = sleeper("json");
    start(&bundle);
    let text = json!({"memory": {"limit": 96 * MIB}, "pids": {"limit": 11}, "blockIO": {"weight": 0}}).to_string();
    fs::write(bundle.path("limits"), &text).unwrap();
    succeeds(&bundle.run(&["update", "--resources", "limits", "c"]));
    assert_eq!((memory(&cgroup), value(&cgroup, "pids", ["pids.max", ""])), ((96 * MIB).to_string(), "11".to_owned()));
    let mut child = bundle.command(&["update", "-r", "-", "c"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.replace("11", "12").as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(value(&cgroup, "pids", ["pids.max", ""]), "12");
    fs::write(bundle.path("limits"), r#"{"pids": "many"}"#).unwrap();
    assert!(said(&bundle.run(&["update", "-r", "limits", "c"])).contains("limits:1:"));
}

fn an_update_that_fails_changes_nothing() {
    let (mut bundle, cgroup) = sleeper("undone");
    bundle.set("/linux/resources/pids", json!({"limit": 30}));
    start(&bundle);
    let before = memory(&cgroup);
    let text = json!({"memory": {"limit": 96 * MIB}, "cpu": {"cpus": "4000"}, "pids": {"limit": 31}}).to_string();
    fs::write(bundle.path("limits"), text).unwrap();
    let output = bundle.run(&["update", "-r", "limits", "c"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("linux.resources.cpu.cpus: "), "{}", said(&output));
    assert_eq!((memory(&cgroup), value(&cgroup, "pids", ["pids.max", ""])), (before, "30".to_owned()));
}

/// `ci/guest` shows it at work.
fn systemds_driver_says_why_it_cannot_be() {
    let (bundle, _) = sleeper("systemd");
    let output = bundle.run(&["--systemd-cgroup", "create", "c"]);
    assert_eq!(output.status.code(), Some(1));
    let reason = match Path::new("/run/systemd/system").exists() {
        true => "is no name of a scope, expected SLICE:PREFIX:NAME",
        false => "this machine does not run systemd",
    };
    assert!(said(&output).contains(reason), "{}", said(&output));
    assert_eq!(bundle.ids(), "");
}

fn events_print_what_a_container_uses() {
    let (mut bundle, _) = sleeper("stats");
    bundle.set("/linux/resources", json!({"memory": {"limit": 64 * MIB}, "pids": {"limit": 9}}));
    assert!(said(&bundle.run(&["events", "--stats", "c"])).contains("container c does not exist"));
    start(&bundle);
    let output = bundle.run(&["events", "--stats", "c"]);
    succeeds(&output);
    let event: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&event["type"], &event["id"]), (&json!("stats"), &json!("c")));
    let data = &event["data"];
    assert_eq!(data["pids"], json!({"current": 1, "limit": 9}));
    assert_eq!(data["memory"]["usage"]["limit"], 64 * MIB);
    assert!(data["memory"]["usage"]["usage"].as_u64().unwrap() > 0);
    assert!(data["memory"]["raw"].as_object().unwrap().contains_key("pgfault"));
    assert!(data["cpu"]["usage"]["total"].as_u64().unwrap() > 0);
    for part in ["blkio", "hugetlb", "intel_rdt", "cpuset"] {
        assert!(data[part].is_object(), "{part}: {data}");
    }
}

fn events_tell_when_memory_runs_out_and_end_with_the_container() {
    let (mut bundle, _) = sleeper("oom");
    // The shell lives on when its tail is killed for what it holds, and ends when it is told.
    let script = "read line; tail /dev/zero; read line";
    bundle.set("/process/args", json!(["sh", "-c", script]));
    bundle.set("/linux/resources", json!({"memory": {"limit": 24 * MIB, "swap": 24 * MIB}}));
    let (input, mut told) = std::io::pipe().unwrap();
    let mut command = bundle.command(&["run", "-d", "c"]);
    let started = command.stdin(input).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(started.unwrap().success());
    drop(command);
    let mut events = bundle.command(&["events", "--interval", "100ms", "c"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(events.stdout.take().unwrap())
        .lines()
        .map(|line| -> Value { serde_json::from_str(&line.unwrap()).unwrap() });
    assert_eq!(lines.next().unwrap()["type"], "stats");
    told.write_all(b"go\n").unwrap();
    let oom = lines.find(|event| event["type"] == "oom").unwrap();
    assert_eq!(oom, json!({"type": "oom", "id": "c"}));
    told.write_all(b"end\n").unwrap();
    assert!(lines.all(|event| event["id"] == "c"));
    assert!(events.wait().unwrap().success());
}
