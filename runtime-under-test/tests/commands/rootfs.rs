//! What a container finds in its root, and what an image cannot make the runtime do outside of it.
//!
//! As root the default config is used, as an ordinary user the rootless one.

use crate::bundle::Bundle;
use nix::unistd::getuid;
use serde_json::json;
use std::{fs, os::unix::fs::symlink, path::PathBuf};

tests! {
    the_default_config_gives_devices_links_and_a_readonly_root,
    masked_paths_are_empty_and_readonly_paths_refuse_writing,
    a_link_at_proc_is_refused,
    links_of_the_image_stay_in_the_root,
    an_images_own_device_of_the_wrong_kind_is_covered,
    a_missing_mount_source_is_named_and_leaves_nothing,
    credentials_are_those_of_the_config,
}

/// Whether this is root of a namespace with more ids than its own.
fn has_every_id() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    let first = map.split_ascii_whitespace().nth(2).and_then(|count| count.parse::<u32>().ok());
    getuid().is_root() && first > Some(65_535)
}

fn the_default_config_gives_devices_links_and_a_readonly_root() {
    let mut bundle = Bundle::without_terminal();
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

fn masked_paths_are_empty_and_readonly_paths_refuse_writing() {
    let mut bundle = Bundle::without_terminal();
    let said = bundle.says(
        r#"for f in /proc/keys /proc/timer_list /proc/kcore; do [ ! -e $f ] || [ "$(stat -c %t:%T $f)" = 1:3 ] || echo $f; done
           for d in /proc/acpi /proc/scsi /sys/firmware; do [ ! -e $d ] || [ -z "$(ls -A $d)" ] || echo $d; done
           for d in /proc/sys /proc/irq /proc/bus; do grep -q " $d ro," /proc/self/mountinfo || [ ! -e $d ] || echo $d; done"#,
    );
    assert_eq!(said, "");
    bundle.set("/linux/maskedPaths", json!(["/usr/include", "/usr/share", "/proc/keys"]));
    let said = bundle
        .says("stat -c %d /usr/include /usr/share | uniq | wc -l; touch /usr/share/x 2> /dev/null || echo refused");
    assert_eq!(said, "1\nrefused\n", "one tmpfs for all");
    bundle.assert_untouched();
}

fn a_link_at_proc_is_refused() {
    let mut bundle = Bundle::without_terminal();
    symlink("../outside", bundle.path("rootfs/proc")).unwrap();
    assert!(!bundle.run_script("true").status.success());
    bundle.assert_untouched();
}

fn links_of_the_image_stay_in_the_root() {
    for place in ["dev", "dev/pts", "dev/shm", "mnt"] {
        let mut bundle = Bundle::without_terminal();
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

fn an_images_own_device_of_the_wrong_kind_is_covered() {
    let mut bundle = Bundle::without_terminal();
    bundle.mounts().retain(|mount| mount["destination"] != "/dev");
    fs::create_dir(bundle.path("rootfs/dev")).unwrap();
    fs::write(bundle.path("rootfs/dev/null"), "not null").unwrap();
    symlink(bundle.path("outside"), bundle.path("rootfs/dev/zero")).unwrap();
    let said = bundle.says("cat /dev/null; stat -c %t:%T /dev/null /dev/zero; head -c 1 /dev/zero | od -An -tx1");
    assert_eq!(said, "1:3\n1:5\n 00\n");
    assert_eq!(fs::read_to_string(bundle.path("rootfs/dev/null")).unwrap(), "not null");
    bundle.assert_untouched();
}

fn a_missing_mount_source_is_named_and_leaves_nothing() {
    let mut bundle = Bundle::without_terminal();
    bundle.mounts().insert(0, json!({"destination": "/m", "source": "/nowhere/at/all", "options": ["bind"]}));
    let output = bundle.run_script("true");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("mounts[0] (/m): bind /nowhere/at/all: no such file or directory"), "{said}");
    bundle.assert_untouched();
}

fn credentials_are_those_of_the_config() {
    let mut bundle = Bundle::without_terminal();
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
