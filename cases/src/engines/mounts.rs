//! Bind mounts of files as well as of directories: how they propagate, what a remount changes, and who opens their source.

use crate::prelude::*;
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};

pub const CASES: &[Case] = &[
    Case {
        id: "engines/propagation-of-binds",
        title: "bind a file and a directory with each of private, rprivate, slave, rslave, shared, rshared and unbindable",
        requirement: "each is there, and /proc says of it what its option says",
        why: "every engine binds /etc/hosts and /etc/resolv.conf so; a runtime that can do it for directories only runs nothing",
        level: Level::Must,
        references: &[SPEC_CONFIG.at("#linux-mount-options"), manual("mount_namespaces(7)")],
        covers: &["A01"],
        needs: &[Need::Terminal],
        caught_by: &[
            ("create of the runtime", &["propagation-of-files-refused"]),
            ("propagation of a file that is shared", &["propagation-of-mounts-ignored"]),
        ],
        body: |t| {
            let sources = sources(t)?;
            let options = ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable"];
            let places = options.into_iter().flat_map(|option| KINDS.map(|kind| (option, kind)));
            let binds = places.clone().map(|(option, kind)| {
                bind(&sources.join(kind), &format!("/mounted/{option}-{kind}"), &["rbind", option])
            });
            let mut c = t.container()?.configured(|config| adds(config, binds)).start()?;
            let seen = c.probe.observe()?;
            for (option, kind) in places {
                let mount = seen.mount_at(&format!("/mounted/{option}-{kind}"));
                // But for a private mount, it may follow the host's mount as well, where that shares its events.
                let follows = |field: &&str| !option.ends_with("private") && *field == "master";
                let fields = mount.map(|mount| mount.propagation.iter().map(|field| without_number(field)));
                let found = fields.map(|fields| fields.filter(|field| !follows(field)).collect::<Vec<_>>());
                let expected: &[&str] = match option {
                    "shared" | "rshared" => &["shared"],
                    "unbindable" => &["unbindable"],
                    _ => &[],
                };
                t.equal(&format!("propagation of a {kind} that is {option}"), found, Some(expected.to_vec()))?;
            }
            Ok(())
        },
    },
    Case {
        id: "engines/remount-of-binds",
        title: "bind a file and a directory, and let a second entry with remount, bind and ro change each",
        requirement: "both are read-only, and what is beside them is not",
        why: "it is how a mount that is there is made read-only; for a file it must do what it does for a directory",
        level: Level::Must,
        references: &[SPEC_CONFIG.at("#linux-mount-options"), manual("mount(2)")],
        covers: &["A01"],
        needs: &[Need::Terminal],
        caught_by: &[("options of a file", &["remounts-ignored"])],
        body: |t| {
            let sources = sources(t)?;
            let binds = KINDS.into_iter().flat_map(|kind| {
                let place = format!("/mounted/{kind}");
                [&["bind"][..], &["remount", "bind", "ro"]].map(|options| bind(&sources.join(kind), &place, options))
            });
            let mut c = t.container()?.configured(|config| adds(config, binds)).start()?;
            let seen = c.probe.observe()?;
            for kind in KINDS {
                let mount = seen.mount_at(&format!("/mounted/{kind}"));
                let readonly = mount.map(|mount| mount.options.iter().any(|option| option == "ro"));
                t.equal(&format!("options of a {kind}"), readonly, Some(true))?;
            }
            t.equal("making a directory beside them", c.probe.try_make_directory("/mounted/beside")?, Ok(()))
        },
    },
    Case {
        id: "engines/source-only-the-caller-can-reach",
        title: "in a container with a user namespace of its own, bind a file and a directory below a directory of mode 0700 that \
                belongs to the caller",
        requirement: "both are there: the caller opens them, and the mounts share no events with the host's",
        why: "engines keep secrets, volumes and /etc/hosts where nobody but themselves can look",
        level: Level::Convention,
        references: &[manual("user_namespaces(7)"), manual("open_tree(2)"), SPEC_CONFIG.at("#mounts")],
        covers: &["A01"],
        needs: &[Need::Terminal, Need::ManyIds],
        caught_by: &[("create of the runtime", &["bind-sources-opened-in-the-container"])],
        body: |t| {
            let sources = sources(t)?;
            fs::set_permissions(&sources, PermissionsExt::from_mode(0o700)).map_err(harness)?;
            let binds =
                KINDS.map(|kind| bind(&sources.join(kind), &format!("/mounted/{kind}"), &["rbind", "rprivate"]));
            let plan = t.container()?.rootfs(|rootfs| {
                // The container's root owns nothing here, and can make no place to mount on.
                rootfs.file("mounted/file", b"", 0o644).directory("mounted/directory", 0o755);
            });
            let plan = plan.configured(|config| {
                adds(config, binds);
                if let Some(namespaces) = config["linux"]["namespaces"].as_array_mut() {
                    namespaces.push(json!({ "type": "user" }));
                }
                for map in ["uidMappings", "gidMappings"] {
                    config["linux"][map] = json!([{ "containerID": 0, "hostID": 1000, "size": 1000 }]);
                }
            });
            // Runtimes give what they have as standard input to the container's user: the machine's /dev/null is not for that.
            let (stdin, _open) = std::io::pipe().map_err(harness)?;
            let mut c = plan.stream(0, stdin).start()?;
            let file = c.probe.open("/mounted/file", O_RDONLY)?;
            t.equal_bytes("content of the file", &c.probe.read(file.descriptor)?, b"content")?;
            t.equal("entries of the directory", c.probe.list("/mounted/directory")?.len(), 0)?;
            let seen = c.probe.observe()?;
            let propagation =
                KINDS.map(|kind| seen.mount_at(&format!("/mounted/{kind}")).map(|mount| mount.propagation.clone()));
            t.equal("propagation of both", propagation, [Some(Vec::new()), Some(Vec::new())])
        },
    },
];

const KINDS: [&str; 2] = ["file", "directory"];

fn harness(error: std::io::Error) -> Stop {
    Stop::Error(format!("a source of bind mounts: {error}"))
}

/// A directory with one of each of [`KINDS`].
fn sources(t: &Trial) -> Result<PathBuf, Stop> {
    let path = t.directory()?;
    fs::write(path.join("file"), "content").and_then(|()| fs::create_dir(path.join("directory"))).map_err(harness)?;
    Ok(path)
}

fn bind(source: &std::path::Path, destination: &str, options: &[&str]) -> Value {
    json!({ "destination": destination, "type": "bind", "source": source, "options": options })
}

fn adds(config: &mut Value, mounts: impl IntoIterator<Item = Value>) {
    if let Some(all) = config["mounts"].as_array_mut() {
        all.extend(mounts);
    }
}

/// `shared` of `shared:7`: which group of peers it is nobody cares.
fn without_number(field: &str) -> &str {
    field.split_once(':').map_or(field, |(name, _)| name)
}
