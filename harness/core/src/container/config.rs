//! The config.json that cases start from. OCI runtime-spec, config.md and config-linux.md.

use serde_json::{Value, json};
use std::path::Path;

/// A config with a terminal and the mounts that terminals need. Every case states only its difference.
///
/// `gid=5` and `cgroupsPath` are left out where one id is mapped only: there is no group 5 then, and no cgroup
/// that the user may make.
pub fn default_config(
    arguments: &[String],
    probe: &Path,
    control: &Path,
    cgroup: Option<&str>,
    many_ids: bool,
) -> Value {
    let capabilities = json!([
        "CAP_AUDIT_WRITE",
        "CAP_CHOWN",
        "CAP_DAC_OVERRIDE",
        "CAP_FOWNER",
        "CAP_KILL",
        "CAP_MKNOD",
        "CAP_NET_BIND_SERVICE",
        "CAP_SETGID",
        "CAP_SETUID"
    ]);
    let mut devpts = vec!["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"];
    if many_ids {
        devpts.push("gid=5");
    }
    let mut config = json!({
        "ociVersion": "1.0.2",
        "process": {
            "terminal": true,
            "user": { "uid": 0, "gid": 0 },
            "args": arguments,
            "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"],
            "cwd": "/",
            "capabilities": {
                "bounding": capabilities,
                "effective": capabilities,
                "permitted": capabilities
            },
            "noNewPrivileges": true
        },
        "root": { "path": "rootfs", "readonly": false },
        "hostname": "ptyproof",
        "mounts": [
            { "destination": "/proc", "type": "proc", "source": "proc" },
            {
                "destination": ptyproof_probe::PROBE_PATH, "type": "bind", "source": probe,
                "options": ["bind"]
            },
            {
                "destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]
            },
            { "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": devpts },
            {
                "destination": ptyproof_probe::CONTROL_DIRECTORY, "type": "bind", "source": control,
                "options": ["bind", "rw"]
            }
        ],
        "linux": {
            "namespaces": [
                { "type": "pid" }, { "type": "ipc" }, { "type": "uts" }, { "type": "mount" }
            ],
            "maskedPaths": ["/proc/kcore", "/proc/keys"],
            "readonlyPaths": ["/proc/bus", "/proc/sysrq-trigger"]
        }
    });
    if let Some(cgroup) = cgroup {
        config["linux"]["cgroupsPath"] = json!(cgroup);
    }
    config
}
