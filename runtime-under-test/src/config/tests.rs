use super::*;
use serde_json::{Value, json};

/// A config that loads, as a value to change.
fn good() -> Value {
    json!({
        "ociVersion": "1.0.2",
        "process": {"args": ["true"], "cwd": "/"},
        "root": {"path": "rootfs"},
        "linux": {"namespaces": [{"type": "mount"}]}
    })
}

fn parse(value: &Value) -> Result<Config, ConfigError> {
    Config::parse(Path::new("b/config.json"), &serde_json::to_string_pretty(value).unwrap())
}

/// The config with `value` at the JSON pointer's place, which need not exist yet.
fn with(pointer: &str, value: Value) -> Value {
    let mut config = good();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let mut place = &mut config;
    for part in parent.split('/').skip(1) {
        place = place.as_object_mut().unwrap().entry(part).or_insert(json!({}));
    }
    place[key] = value;
    config
}

fn refused_field(config: &Value) -> String {
    match parse(config).unwrap_err() {
        ConfigError::Invalid { field, .. } => field,
        other => panic!("refused without a field: {other}"),
    }
}

#[test]
fn the_smallest_config_loads() {
    let config = parse(&good()).unwrap();
    assert_eq!(config.process.args, ["true"]);
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
}

#[test]
fn an_error_of_type_names_file_line_and_what_was_expected() {
    let text = "{\n \"ociVersion\": \"1.0.2\",\n \"root\": {\"path\": \"r\"},\n \"linux\": {},\n \
                \"process\": {\"cwd\": \"/\", \"args\": [1]}\n}";
    let error = Config::parse(Path::new("b/config.json"), text).unwrap_err().to_string();
    assert_eq!(error, "b/config.json:5:35: invalid type: integer `1`, expected a string");
}

#[test]
fn broken_json_names_line_and_column() {
    let error = Config::parse(Path::new("c"), "{\n  \"a\": }").unwrap_err().to_string();
    assert_eq!(error, "c:2:8: expected value");
}

#[test]
fn each_missing_field_is_named() {
    for field in fields::REQUIRED_OF_CONFIG {
        let mut config = good();
        let (parent, key) = field.rsplit_once('.').unwrap_or(("", field));
        let place = if parent.is_empty() { &mut config } else { &mut config[parent] };
        place.as_object_mut().unwrap().remove(key).unwrap();
        assert_eq!(refused_field(&config), *field);
    }
}

#[test]
fn each_bad_value_is_named() {
    let namespace = |kinds: &[&str]| Value::Array(kinds.iter().map(|kind| json!({"type": kind})).collect());
    for (pointer, value, field) in [
        ("/ociVersion", json!("2.0.0"), "ociVersion"),
        ("/process/args", json!([]), "process.args"),
        ("/process/args", json!([""]), "process.args"),
        ("/process/args", json!(["a", "b\0"]), "process.args[1]"),
        ("/process/cwd", json!("tmp"), "process.cwd"),
        ("/process/oomScoreAdj", json!(1001), "process.oomScoreAdj"),
        ("/linux/namespaces", namespace(&["mount", "pid", "mount"]), "linux.namespaces[2].type"),
        ("/linux/namespaces", namespace(&["pid"]), "linux.namespaces"),
        ("/linux/namespaces", namespace(&["mount", "user"]), "linux.uidMappings"),
        ("/linux/namespaces", json!([{"type": "mount", "path": "ns"}]), "linux.namespaces[0].path"),
        ("/linux/maskedPaths", json!(["/a", "b"]), "linux.maskedPaths[1]"),
        ("/linux/devices", json!([{"path": "/dev/x", "type": "c", "minor": 1}]), "linux.devices[0].major"),
        ("/linux/devices", json!([{"path": "/dev/x", "type": "b", "major": 1}]), "linux.devices[0].minor"),
        ("/linux/cgroupsPath", json!("/"), "linux.cgroupsPath"),
        ("/linux/cgroupsPath", json!("/../."), "linux.cgroupsPath"),
        ("/mounts", json!([{"destination": "/./", "type": "tmpfs"}]), "mounts[0].destination"),
        ("/hostname", json!("x"), "hostname"),
        ("/hooks/poststop", json!([{"path": "true"}]), "hooks.poststop[0].path"),
        ("/process/scheduler", json!({"policy": "SCHED_OTHER", "nice": 20}), "process.scheduler.nice"),
        ("/process/scheduler", json!({"policy": "SCHED_BATCH", "priority": 1}), "process.scheduler.priority"),
        ("/process/scheduler", json!({"policy": "SCHED_FIFO", "period": 1}), "process.scheduler.runtime"),
        ("/process/ioPriority", json!({"class": "IOPRIO_CLASS_BE", "priority": 8}), "process.ioPriority.priority"),
        ("/linux/timeOffsets", json!({"monotonic": {"secs": 1}}), "linux.timeOffsets"),
        ("/linux/personality", json!({"domain": "LINUX", "flags": ["X"]}), "linux.personality.flags"),
        ("/process/rlimits", json!([{"type": "RLIMIT_X", "soft": 1, "hard": 1}]), "process.rlimits[0].type"),
        ("/process/rlimits", json!([{"type": "RLIMIT_CPU", "soft": 2, "hard": 1}]), "process.rlimits[0].soft"),
    ] {
        assert_eq!(refused_field(&with(pointer, value.clone())), field, "{pointer} = {value}");
    }
}

#[test]
fn console_size_needs_both_dimensions_in_range() {
    for (size, field) in [
        (json!({"width": 80}), "process.consoleSize.height"),
        (json!({"height": 25}), "process.consoleSize.width"),
        (json!({"height": 65536, "width": 80}), "process.consoleSize.height"),
        (json!({"height": 25, "width": -1}), "process.consoleSize.width"),
    ] {
        let mut config = with("/process/consoleSize", size.clone());
        config["process"]["terminal"] = json!(true);
        assert_eq!(refused_field(&config), field, "{size}");
        config["process"]["terminal"] = json!(false);
        assert_eq!(parse(&config).unwrap().process.window(), None, "the spec has it ignored without a terminal");
    }
    let mut config = with("/process/consoleSize", json!({"height": 65535, "width": 0}));
    config["process"]["terminal"] = json!(true);
    assert_eq!(parse(&config).unwrap().process.window(), Some(ConsoleSize { height: 65535, width: 0 }));
}

#[test]
fn every_refused_field_is_refused_when_it_is_set_and_only_then() {
    for (field, fate) in fields::FIELDS {
        let Some((pointer, in_list)) = pointer_of(field) else {
            continue;
        };
        let put = |value: Value| {
            let value = if in_list {
                json!([{"destination": "/m", (field.rsplit_once('.').unwrap().1): value}])
            } else {
                value
            };
            with(&pointer, value)
        };
        match fate {
            fields::Fate::Honoured => {}
            fields::Fate::Refused => {
                assert_eq!(refused_field(&put(json!({"x": 1}))), *field);
                parse(&put(json!({}))).unwrap_or_else(|error| panic!("empty {field}: {error}"));
            }
        }
    }
}

/// Where to put a value for `field`; whether it goes into a list's element.
fn pointer_of(field: &str) -> Option<(String, bool)> {
    match field.split_once("[].") {
        Some((list, _)) => Some((format!("/{list}"), true)),
        None => Some((format!("/{}", field.replace('.', "/")), false)),
    }
}

#[test]
fn a_refused_field_is_found_by_any_spelling_of_its_name() {
    let spelled = good().to_string().replacen("\"linux\":{", "\"linux\":{\"net\\u0044evices\":{\"eth0\":{}},", 1);
    let error = Config::parse(Path::new("config.json"), &spelled).unwrap_err().to_string();
    assert!(error.contains("linux.netDevices"), "{error}");
    let error = Config::parse(Path::new("config.json"), &format!("[{spelled}]")).unwrap_err().to_string();
    assert!(error.contains("expected a JSON object"), "{error}");
}

#[test]
fn all_that_is_not_supported_is_named_at_once() {
    let mut config = with("/linux/intelRdt", json!({"closID": "x"}));
    config["linux"]["namespaces"] = json!([{"type": "space"}]);
    config["process"]["user"] = json!({"username": "x"});
    let all = "process.user.username, linux.intelRdt, linux.namespaces[0].type \"space\"";
    assert_eq!(refused_field(&config), all);
}

#[test]
fn a_config_without_the_part_for_linux_is_not_supported() {
    let mut config = good();
    config.as_object_mut().unwrap().remove("linux");
    let error = parse(&config).unwrap_err().to_string();
    assert!(error.contains("linux: it is absent") && error.contains("not supported"), "{error}");
}

#[test]
fn unknown_fields_are_ignored() {
    let mut config = with("/process/sparkle", json!({"a": 1}));
    config["x-vendor"] = json!([1]);
    parse(&config).unwrap();
}

#[test]
fn unknown_namespaces_and_capabilities() {
    let namespaces = with("/linux/namespaces", json!([{"type": "mount"}, {"type": "space"}]));
    assert_eq!(refused_field(&namespaces), "linux.namespaces[1].type \"space\"");
    let config = parse(&with("/process/capabilities/bounding", json!(["CAP_KILL", "CAP_FLY"]))).unwrap();
    assert_eq!(capability_names(config.process.capabilities.bounding.known), ["CAP_KILL"]);
    assert_eq!(config.warnings, ["process.capabilities.bounding: unknown capability CAP_FLY is left out"]);
}

#[test]
fn id_ranges_are_checked() {
    let map = |c: u32, h: u32, size: u32| json!({"containerID": c, "hostID": h, "size": size});
    let config = |uids: Value| {
        let mut config = with("/linux/uidMappings", uids);
        config["linux"]["gidMappings"] = json!([map(0, 0, 1)]);
        config["linux"]["namespaces"] = json!([{"type": "mount"}, {"type": "user"}]);
        config
    };
    parse(&config(json!([map(0, 1000, 1), map(1, 100_000, 65535)]))).unwrap();
    for (uids, field) in [
        (json!([map(0, 0, 0)]), "linux.uidMappings[0].size"),
        (json!([map(u32::MAX, 0, 2)]), "linux.uidMappings[0].containerID"),
        (json!([map(0, u32::MAX, 2)]), "linux.uidMappings[0].hostID"),
        (json!([map(0, 0, 10), map(9, 100, 1)]), "linux.uidMappings[1].containerID"),
    ] {
        assert_eq!(refused_field(&config(uids.clone())), field, "{uids}");
    }
}

#[test]
fn null_is_like_absent() {
    let mut config = good();
    for (part, field) in [
        ("process", "env"),
        ("process", "rlimits"),
        ("process", "capabilities"),
        ("process", "terminal"),
        ("process", "user"),
        ("linux", "devices"),
        ("linux", "resources"),
        ("linux", "seccomp"),
        ("linux", "sysctl"),
        ("root", "readonly"),
    ] {
        config[part][field] = Value::Null;
    }
    for field in ["mounts", "hooks", "annotations", "hostname"] {
        config[field] = Value::Null;
    }
    parse(&config).unwrap();
}

#[test]
fn ambient_capabilities_that_cannot_be_raised_are_warned_about() {
    let mut config = with("/process/capabilities/ambient", json!(["CAP_KILL", "CAP_CHOWN"]));
    config["process"]["capabilities"]["permitted"] = json!(["CAP_KILL", "CAP_CHOWN"]);
    config["process"]["capabilities"]["inheritable"] = json!(["CAP_KILL"]);
    assert_eq!(
        parse(&config).unwrap().warnings,
        ["process.capabilities.ambient: left out, as they are not both permitted and inheritable: CAP_CHOWN"]
    );
}

#[test]
fn what_a_seccomp_profile_cannot_have_is_named() {
    let profile = |default: &str, rule: Value| json!({"defaultAction": default, "syscalls": [rule]});
    let rule = |action: &str, index: u32| json!({"names": ["a"], "action": action, "args": [{"index": index, "value": 1, "op": "SCMP_CMP_EQ"}]});
    let (allow, errno, notify) = ("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_NOTIFY");
    parse(&with("/linux/seccomp", profile(allow, rule(errno, 5)))).unwrap();
    for (profile, field) in [
        (profile(notify, rule(errno, 0)), "defaultAction"),
        (profile(allow, rule(notify, 0)), "listenerPath"),
        (profile(allow, json!({"names": ["mkdir", "write"], "action": notify})), "syscalls[0].action"),
        (profile(allow, rule(errno, 6)), "syscalls[0].args[0].index"),
        (json!({"syscalls": [rule(errno, 0)]}), "defaultAction"),
    ] {
        assert_eq!(refused_field(&with("/linux/seccomp", profile)), format!("linux.seccomp.{field}"));
    }
    for (field, value) in [
        ("architectures", json!(["SCMP_ARCH_PDP11"])),
        ("flags", json!(["SECCOMP_FILTER_FLAG_NEW"])),
        ("defaultErrnoRet", json!(65536)),
    ] {
        let mut profile = json!({"defaultAction": allow});
        profile[field] = value.clone();
        let error = parse(&with("/linux/seccomp", profile)).unwrap_err();
        let ConfigError::Syntax(_, _, _, reason) = error else { panic!("{error}") };
        let value = value.to_string();
        assert!(reason.contains(value.trim_matches(['[', ']', '"'])), "{reason}");
    }
}
