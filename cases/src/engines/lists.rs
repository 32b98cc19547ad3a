//! What podman 4.3 and docker 20.10 wrote into config.json for a container with volumes; their names are in the files beside.

use crate::prelude::*;
use serde_json::{Value, json};
use std::{fs, path::Path};

pub const CASES: &[Case] = &[
    Case {
        id: "engines/podmans-mounts-and-masks",
        title: "start a container with the mounts, namespaces, masked and read-only paths that podman writes, and exec in it",
        requirement: "each mount is there with its options, masked and read-only paths are, and both terminals work",
        why: "a runtime that stumbles over one entry of that list runs no container of that engine at all",
        level: Level::Convention,
        references: &[SPEC_CONFIG.at("#mounts"), SPEC_LINUX.at("#masked-paths"), SPEC_LINUX.at("#readonly-paths")],
        covers: &["J01", "A01"],
        needs: &[Need::Terminal, Need::Exec, Need::ManyIds],
        caught_by: &[
            ("create of the runtime", &["propagation-of-files-refused"]),
            ("what is masked", &["masked-paths-ignored"]),
        ],
        body: |t| is_as_written(t, include_str!("podman.json")),
    },
    Case {
        id: "engines/dockers-mounts-and-devices",
        title: "start a container with the mounts, devices, masked and read-only paths that docker writes, and exec in it",
        requirement: "each mount is there with its options, masked and read-only paths are, and both terminals work",
        why: "`docker run --privileged` lists the devices of the host, /dev/ptmx among them: taken at its word that would be a \
              way to the host's terminals",
        level: Level::Convention,
        references: &[SPEC_CONFIG.at("#mounts"), SPEC_LINUX.at("#devices"), SPEC_LINUX.at("#default-devices")],
        covers: &["J01", "A01"],
        needs: &[Need::Terminal, Need::Exec, Need::ManyIds],
        caught_by: &[
            ("create of the runtime", &["propagation-of-files-refused"]),
            ("what is masked", &["masked-paths-ignored"]),
            ("device and inode of what was opened as /dev/ptmx", &["ptmx-is-mknod-node"]),
        ],
        body: |t| is_as_written(t, include_str!("docker.json")),
    },
];

fn is_as_written(t: &Trial, written: &str) -> Judgement {
    let harness = |error: &dyn std::fmt::Display| Stop::Error(format!("an engine's config: {error}"));
    let files = t.directory()?;
    for name in ["hosts", "hostname", "resolv.conf", "containerenv", "file"] {
        fs::write(files.join(name), name).map_err(|error| harness(&error))?;
    }
    for name in ["shm", "volume"] {
        fs::create_dir(files.join(name)).map_err(|error| harness(&error))?;
    }
    let written = written.replace("FILES", &files.display().to_string());
    let written: Value = serde_json::from_str(&written).map_err(|error| harness(&error))?;
    let mut c = t.container()?.configured(|config| takes_over(config, &written)).start()?;
    let seen = c.probe.observe()?;
    for mount in listed(&written["mounts"]) {
        is_mounted(t, &seen, mount)?;
    }
    for path in listed(&written["linux"]["maskedPaths"]).filter_map(Value::as_str) {
        let masked = match c.probe.try_stat(path)? {
            Err(Errno(nix::libc::ENOENT)) => true,
            Ok(status) if status.kind == FileKind::Directory => c.probe.try_list(path)? == Ok(Vec::new()),
            status => status.is_ok_and(|status| status.node == DeviceNumber { major: 1, minor: 3 }),
        };
        t.equal("what is masked", (path, masked), (path, true))?;
    }
    for path in listed(&written["linux"]["readonlyPaths"]).filter_map(Value::as_str) {
        let readonly = match c.probe.try_stat(path)? {
            Err(Errno(nix::libc::ENOENT)) => true,
            _ => seen.mount_at(path).is_some_and(|mount| mount.options.iter().any(|option| option == "ro")),
        };
        t.equal("what is read-only", (path, readonly), (path, true))?;
    }
    let pty = c.probe.open_pty()?;
    let own = c.probe.stat("/dev/pts/ptmx")?.file();
    t.equal("device and inode of what was opened as /dev/ptmx", pty.master.status.file(), own)?;
    c.types("a line\n")?;
    c.reads("a line\n")?;
    c.receives("a line\r\n")?;
    let mut exec = c.exec()?.start()?;
    exec.probe.write(1, b"output")?;
    exec.terminal()?.receives("output").map_err(Stop::from)
}

fn listed(values: &Value) -> impl Iterator<Item = &Value> {
    values.as_array().into_iter().flatten()
}

/// The engine's config in place of the suite's, but for the binds that the probe lives on.
fn takes_over(config: &mut Value, written: &Value) {
    let mut mounts = written["mounts"].as_array().cloned().unwrap_or_default();
    mounts.extend(listed(&config["mounts"]).filter(|mount| mount["type"] == "bind").cloned());
    config["mounts"] = json!(mounts);
    for (key, value) in written["linux"].as_object().into_iter().flatten() {
        config["linux"][key] = value.clone();
    }
}

/// It is there, of its type, with its flags, and shares no events with anybody.
fn is_mounted(t: &Trial, seen: &Facts, mount: &Value) -> Judgement {
    let place = mount["destination"].as_str().unwrap_or_default();
    let what = |what: &str| format!("{what} of the mount on {place}");
    let found = seen.mount_at(place).filter(|_| Path::new(place).is_absolute());
    let Some(found) = found else { return t.equal(&what("presence"), false, true) };
    let flags = ["ro", "nosuid", "nodev", "noexec"];
    let asked = listed(&mount["options"]).filter_map(Value::as_str).filter(|option| flags.contains(option));
    let missing: Vec<&str> = asked.filter(|asked| !found.options.iter().any(|option| option == asked)).collect();
    t.equal(&what("missing options"), missing, Vec::new())?;
    let shared: Vec<_> = found.propagation.iter().filter(|field| field.starts_with("shared")).cloned().collect();
    t.equal(&what("peers"), shared, Vec::new())?;
    let kind = mount["type"].as_str().filter(|kind| !["bind", "cgroup"].contains(kind)).unwrap_or(&found.filesystem);
    t.equal(&what("type"), found.filesystem.as_str(), kind)
}
