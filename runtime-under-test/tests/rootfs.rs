//! What a container finds in its root, and what an image cannot make the runtime do outside of it.
//!
//! The containers' programs are this machine's own, bound read-only. As root the default config is used, as an ordinary user
//! the rootless one; where the machine allows neither, each test says so and checks nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use nix::unistd::{getgid, getuid};
use serde_json::{Value, json};

/// A bundle, with `outside/` beside its root, and a state directory; removed when dropped.
struct Bundle {
    directory: tempfile::TempDir,
    config: Value,
}

impl Bundle {
    /// None, with the reason said, where containers cannot be made.
    fn new() -> Option<Self> {
        let root = getuid().is_root();
        if !root && !user_namespaces_work() {
            eprintln!("SKIPPED: neither root nor allowed to make user namespaces");
            return None;
        }
        let mut config = if root {
            ptyrun::spec::default_config()
        } else {
            ptyrun::spec::rootless_config(getuid().as_raw(), getgid().as_raw())
        };
        config["process"]["terminal"] = json!(false);
        let mounts = config["mounts"].as_array_mut().unwrap();
        for programs in ["/usr", "/bin", "/lib", "/lib64"] {
            if Path::new(programs).exists() {
                mounts.push(json!({"destination": programs, "source": programs, "options": ["rbind", "rro"]}));
            }
        }
        let directory = tempfile::tempdir().unwrap();
        for name in ["rootfs", "outside", "state"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        Some(Self { directory, config })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn mounts(&mut self) -> &mut Vec<Value> {
        self.config["mounts"].as_array_mut().unwrap()
    }

    /// Runs a script in the container.
    fn run(&mut self, script: &str) -> Output {
        self.config["process"]["args"] = json!(["sh", "-c", script]);
        fs::write(self.path("config.json"), self.config.to_string()).unwrap();
        Command::new(env!("CARGO_BIN_EXE_ptyrun"))
            .arg("--root")
            .arg(self.path("state"))
            .arg("run")
            .arg("--bundle")
            .arg(self.directory.path())
            .arg(
                format!("rootfs-{}-{}", std::process::id(), self.directory.path().file_name().unwrap().display())
                    .replace('.', ""),
            )
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a script that must succeed; its output.
    fn says(&mut self, script: &str) -> String {
        let output = self.run(script);
        assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Nothing came to be outside of the root, and no state is left.
    fn assert_untouched(&self) {
        for name in ["outside", "state"] {
            let found: Vec<_> =
                fs::read_dir(self.path(name)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }
}

fn user_namespaces_work() -> bool {
    Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether this is root of a namespace with more ids than its own.
fn has_every_id() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    let first = map.split_ascii_whitespace().nth(2).and_then(|count| count.parse::<u32>().ok());
    getuid().is_root() && first > Some(65_535)
}

#[test]
fn the_default_config_gives_devices_links_and_a_readonly_root() {
    let Some(mut bundle) = Bundle::new() else {
        return;
    };
    let said = bundle.says(
        r#"for d in null zero full random urandom tty; do stat -c "%n %F %t:%T %a" /dev/$d; done
           for l in fd stdin stdout stderr; do readlink /dev/$l; done
           touch /x 2>/dev/null || echo "root is read-only"
           touch /dev/x /dev/shm/x && echo "dev is writable"
           stat -f -c %T /dev/pts /proc /dev/shm"#,
    );
    assert_eq!(
        said,
        "/dev/null character special file 1:3 666\n/dev/zero character special file 1:5 666\n\
         /dev/full character special file 1:7 666\n/dev/random character special file 1:8 666\n\
         /dev/urandom character special file 1:9 666\n/dev/tty character special file 5:0 666\n\
         /proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\n\
         root is read-only\ndev is writable\ndevpts\nproc\ntmpfs\n"
    );
    bundle.assert_untouched();
}

#[test]
fn masked_paths_are_empty_and_readonly_paths_refuse_writing() {
    let Some(mut bundle) = Bundle::new() else {
        return;
    };
    let said = bundle.says(
        r#"for f in /proc/keys /proc/timer_list /proc/kcore; do [ ! -e $f ] || [ "$(stat -c %t:%T $f)" = 1:3 ] || echo $f; done
           for d in /proc/acpi /proc/scsi /sys/firmware; do [ ! -e $d ] || [ -z "$(ls -A $d)" ] || echo $d; done
           for d in /proc/sys /proc/irq /proc/bus; do grep -q " $d ro," /proc/self/mountinfo || [ ! -e $d ] || echo $d; done"#,
    );
    assert_eq!(said, "");
    bundle.assert_untouched();
}

#[test]
fn a_link_at_proc_is_refused() {
    let Some(mut bundle) = Bundle::new() else {
        return;
    };
    symlink("../outside", bundle.path("rootfs/proc")).unwrap();
    assert!(!bundle.run("true").status.success());
    bundle.assert_untouched();
}

#[test]
fn links_of_the_image_stay_in_the_root() {
    for place in ["dev", "dev/pts", "dev/shm", "mnt"] {
        let Some(mut bundle) = Bundle::new() else {
            return;
        };
        for target in [bundle.path("outside"), PathBuf::from("../../../../outside"), PathBuf::from("/outside")] {
            fs::remove_dir_all(bundle.path("rootfs")).unwrap();
            let link = bundle.path("rootfs").join(place);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(&target, &link).unwrap();
            bundle.mounts().retain(|mount| {
                mount["destination"] != "/mnt/deep/er" && (place == "dev" || mount["destination"] != "/dev")
            });
            bundle.mounts().push(json!({"destination": "/mnt/deep/er", "type": "tmpfs", "source": "tmpfs"}));
            assert_eq!(bundle.says("echo started"), "started\n", "{place} -> {}", target.display());
            bundle.assert_untouched();
        }
    }
}

#[test]
fn an_images_own_device_of_the_wrong_kind_is_covered() {
    let Some(mut bundle) = Bundle::new() else {
        return;
    };
    bundle.mounts().retain(|mount| mount["destination"] != "/dev");
    fs::create_dir(bundle.path("rootfs/dev")).unwrap();
    fs::write(bundle.path("rootfs/dev/null"), "not null").unwrap();
    symlink(bundle.path("outside"), bundle.path("rootfs/dev/zero")).unwrap();
    let said = bundle.says("cat /dev/null; stat -c %t:%T /dev/null /dev/zero; head -c 1 /dev/zero | od -An -tx1");
    assert_eq!(said, "1:3\n1:5\n 00\n");
    assert_eq!(fs::read_to_string(bundle.path("rootfs/dev/null")).unwrap(), "not null");
    bundle.assert_untouched();
}

#[test]
fn a_missing_mount_source_is_named_and_leaves_nothing() {
    let Some(mut bundle) = Bundle::new() else {
        return;
    };
    bundle.mounts().insert(0, json!({"destination": "/m", "source": "/nowhere/at/all", "options": ["bind"]}));
    let output = bundle.run("true");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("mounts[0] (/m): bind /nowhere/at/all: ENOENT"), "{said}");
    bundle.assert_untouched();
}

#[test]
fn credentials_are_those_of_the_config() {
    let Some(mut bundle) = Bundle::new() else {
        return;
    };
    let process = &mut bundle.config["process"];
    process["user"]["umask"] = json!(0o27);
    process["cwd"] = json!("/made/for/it");
    for set in ["bounding", "permitted", "effective", "inheritable", "ambient"] {
        process["capabilities"][set] = json!(["CAP_KILL"]);
    }
    let mut ids = "0";
    let ids_to_choose = has_every_id();
    if ids_to_choose {
        process["user"]["uid"] = json!(1000);
        process["user"]["gid"] = json!(1001);
        process["user"]["additionalGids"] = json!([7]);
        ids = "1000";
    }
    let said = bundle.says("umask; pwd; id -u; grep -E '^(Cap|NoNew)' /proc/self/status | tr '\\t' ' '");
    let set = "0000000000000020";
    assert_eq!(
        said,
        format!(
            "0027\n/made/for/it\n{ids}\n\
             CapInh: {set}\nCapPrm: {set}\nCapEff: {set}\nCapBnd: {set}\nCapAmb: {set}\nNoNewPrivs: 1\n"
        )
    );
    if ids_to_choose {
        assert_eq!(bundle.says("id -g; id -G"), "1001\n1001 7\n");
    }
    bundle.assert_untouched();
}
