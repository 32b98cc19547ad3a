//! Mounts: whose files they show, what they cover, and what they may not cover.

use crate::bundle::Bundle;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

tests! {
    files_of_an_idmapped_mount_have_other_owners,
    the_containers_user_namespace_maps_a_mount_that_has_no_mappings,
    a_mount_that_cannot_be_mapped_is_named,
    attributes_reach_the_mounts_below,
    a_tmpfs_begins_like_the_directory_that_it_covers,
    a_dangling_link_is_followed_to_a_place_in_the_root,
    a_source_in_the_root_is_what_was_mounted_there,
    proc_is_not_hidden,
    the_root_propagates_as_the_config_says,
    a_root_is_moved_where_pivot_root_is_not_to_be,
}

/// Adds an entry of `mounts`, the last.
fn mount(bundle: &mut Bundle, entry: Value) {
    bundle.mounts().push(entry);
    bundle.set("/hooks", json!({})); // which writes it
}

fn error(bundle: &Bundle) -> String {
    let output = bundle.run(&["run", "c"]);
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

/// A directory `outside/of` with a file of each of these users.
fn files(bundle: &Bundle, users: &[u32]) {
    for user in users {
        let file = bundle.path("outside").join(format!("{user}"));
        fs::write(&file, "").unwrap();
        chown(&file, Some(*user), Some(*user)).unwrap();
    }
}

fn one(container: u32, host: u32) -> Value {
    json!([{"containerID": container, "hostID": host, "size": 1000}])
}

const OWNERS: &str = "stat -c '%n %u:%g' /m/*";

fn files_of_an_idmapped_mount_have_other_owners() {
    let mut bundle = Bundle::without_terminal();
    files(&bundle, &[0, 7]);
    let source = bundle.path("outside");
    // The mappings alone, and with the options that ask for them.
    for options in [json!(["bind"]), json!(["bind", "idmap"]), json!(["rbind", "ridmap", "ro"])] {
        let mut bundle = Bundle::without_terminal();
        let entry = json!({
            "destination": "/m", "source": source, "options": options,
            "uidMappings": one(0, 5000), "gidMappings": one(0, 6000),
        });
        mount(&mut bundle, entry);
        assert_eq!(bundle.says(OWNERS), "/m/0 5000:6000\n/m/7 5007:6007\n", "{options}");
        // The container's user 100000 is 0 of the files, as is user 0 of the container.
        bundle.enter_user_namespace();
        let mut entry = bundle.mounts().pop().unwrap();
        for ids in ["uidMappings", "gidMappings"] {
            entry[ids] = one(0, 100_000);
        }
        mount(&mut bundle, entry);
        assert_eq!(bundle.says(OWNERS), "/m/0 0:0\n/m/7 7:7\n", "{options}");
    }
    bundle.set("/process/args", json!(["true"]));
}

fn the_containers_user_namespace_maps_a_mount_that_has_no_mappings() {
    let mut bundle = Bundle::without_terminal();
    bundle.enter_user_namespace();
    files(&bundle, &[3]);
    let source = bundle.path("outside");
    mount(&mut bundle, json!({"destination": "/m", "source": source, "options": ["bind", "idmap"]}));
    // Who writes there writes as that user of the disk's.
    assert_eq!(bundle.says(&format!("touch /m/new && {OWNERS}")), "/m/3 3:3\n/m/new 0:0\n");
    let made = Command::new("stat").args(["-c", "%u:%g"]).arg(source.join("new")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&made.stdout), "0:0\n");
}

fn a_mount_that_cannot_be_mapped_is_named() {
    for (entry, expected) in [
        (json!({"type": "tmpfs", "options": ["idmap"]}), "mounts[0].uidMappings"),
        (json!({"source": "/", "options": ["bind", "idmap"]}), "mounts[0].options: asks for idmap"),
        (json!({"source": "/", "options": ["bind"], "uidMappings": one(0, 1)}), "mounts[0].gidMappings"),
        (
            json!({"source": "/proc", "options": ["bind"], "uidMappings": one(0, 1), "gidMappings": one(0, 1)}),
            "mounts[0] (/m): map the owners of its files: invalid argument; the filesystem must support that",
        ),
        (
            json!({"source": "/no/where", "options": ["bind"], "uidMappings": one(0, 1), "gidMappings": one(0, 1)}),
            "mounts[0] (/m): open the source: no such file or directory",
        ),
    ] {
        let mut bundle = Bundle::without_terminal();
        let mut entry = entry;
        entry["destination"] = json!("/m");
        bundle.set("/mounts", json!([entry]));
        let error = error(&bundle);
        assert!(error.contains(expected), "{error}");
        assert_eq!(bundle.ids(), "");
    }
}

fn attributes_reach_the_mounts_below() {
    let mut bundle = Bundle::without_terminal();
    let options = json!(["rbind", "rro", "rnoexec", "rnosuid", "rnodev", "rnoatime", "rnosymfollow"]);
    mount(&mut bundle, json!({"destination": "/m", "source": "/dev", "options": options}));
    let said = bundle.says("grep -E ' /m(/[a-z]+)? ' /proc/self/mountinfo | cut -d ' ' -f 5,6");
    assert!(said.lines().count() > 1, "{said}");
    assert!(said.lines().all(|line| line.ends_with(" ro,nosuid,nodev,noexec,noatime,nosymfollow")), "{said}");
}

fn a_tmpfs_begins_like_the_directory_that_it_covers() {
    let mut bundle = Bundle::without_terminal();
    let covered = bundle.path("rootfs/covered");
    fs::create_dir(&covered).unwrap();
    fs::set_permissions(&covered, fs::Permissions::from_mode(0o1750)).unwrap();
    fs::create_dir_all(covered.join("d/e")).unwrap();
    fs::write(covered.join("d/file"), "content").unwrap();
    fs::set_permissions(covered.join("d/file"), fs::Permissions::from_mode(0o4755)).unwrap();
    chown(covered.join("d/file"), Some(7), Some(8)).unwrap();
    fs::set_permissions(covered.join("d/file"), fs::Permissions::from_mode(0o4755)).unwrap();
    symlink("/etc/shadow", covered.join("link")).unwrap();
    nix::unistd::mkfifo(&covered.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let look =
        "cd /covered; stat -c %a .; find . -mindepth 1 -printf '%p %y %#m %U:%G %l\\n' | sort; cat d/file 2> /dev/null";
    for (options, said) in [
        (json!([]), "1750\n"),
        (json!(["mode=700"]), "700\n"),
        (
            json!(["tmpcopyup", "ro"]),
            "1750\n./d d 0755 0:0 \n./d/e d 0755 0:0 \n./d/file f 04755 7:8 \n./fifo p 0700 0:0 \n\
             ./link l 0777 0:0 /etc/shadow\ncontent",
        ),
    ] {
        let mut other = Bundle::without_terminal();
        let root = bundle.path("rootfs");
        other.set("/root/path", json!(root));
        mount(&mut other, json!({"destination": "/covered", "type": "tmpfs", "source": "tmpfs", "options": options}));
        assert_eq!(other.says(&format!("{look} || true")), said, "{options}");
    }
    bundle.set("/process/args", json!(["true"]));
    mount(&mut bundle, json!({"destination": "/new", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup"]}));
    assert_eq!(bundle.says("stat -c %a /new"), "1777\n");
}

fn a_dangling_link_is_followed_to_a_place_in_the_root() {
    let mut bundle = Bundle::without_terminal();
    bundle.set("/root/readonly", json!(false));
    for (link, target) in [("file", "/run/there/file"), ("directory", "../../run/d"), ("volume", "run/v")] {
        symlink(target, bundle.path("rootfs").join(link)).unwrap();
    }
    fs::write(bundle.path("outside/f"), "bound").unwrap();
    let (file, directory) = (bundle.path("outside/f"), bundle.path("outside"));
    mount(&mut bundle, json!({"destination": "/file", "source": file, "options": ["bind"]}));
    mount(&mut bundle, json!({"destination": "/directory", "source": directory, "options": ["bind"]}));
    mount(&mut bundle, json!({"destination": "volume", "type": "tmpfs", "source": "tmpfs"}));
    let look = "cat /file /run/there/file /directory/f; stat -f -c %T /run/v; readlink /file /directory /volume";
    assert_eq!(bundle.says(look), "boundboundboundtmpfs\n/run/there/file\n../../run/d\nrun/v\n");
    assert!(bundle.path("rootfs/file").is_symlink() && bundle.path("rootfs/run/there/file").exists());
}

fn a_source_in_the_root_is_what_was_mounted_there() {
    for in_user_namespace in [false, true] {
        let mut bundle = Bundle::without_terminal();
        if in_user_namespace {
            bundle.enter_user_namespace();
        }
        let root = bundle.path("rootfs");
        fs::write(bundle.path("outside/f"), "mounted before").unwrap();
        symlink(bundle.path("outside"), root.join("leads-out")).unwrap();
        let outside = bundle.path("outside");
        for (destination, source) in [("/first", &outside), ("/second", &root.join("first")), ("/all", &root)] {
            mount(&mut bundle, json!({"destination": destination, "source": source, "options": ["rbind"]}));
        }
        let said = bundle.says("cat /second/f /all/first/f; ls -d /all/all/* 2> /dev/null | wc -l");
        assert_eq!(said, "mounted beforemounted before0\n", "{in_user_namespace}");
        // Where an image's link leads is looked up in the image, where there is no such directory.
        mount(&mut bundle, json!({"destination": "/third", "source": root.join("leads-out"), "options": ["bind"]}));
        let error = error(&bundle);
        assert!(error.contains("/leads-out: no such file or directory"), "{error}");
    }
}

fn proc_is_not_hidden() {
    let source = |bundle: &Bundle, name: &str| bundle.path("outside").join(name);
    for (destination, kind, refused) in [
        ("/proc", "bind", true),
        ("/proc", "tmpfs", true),
        ("/proc/self/attr", "bind", true),
        ("/hidden", "bind", true),
        ("/proc/sys/../cpuinfo", "bind", false),
        ("/proc/meminfo", "bind", false),
        ("/proc/net/dev", "bind", true), // it is reached by a link, /proc/self
    ] {
        let mut bundle = Bundle::without_terminal();
        symlink("proc/sys", bundle.path("rootfs/hidden")).unwrap();
        fs::write(source(&bundle, "file"), "not true").unwrap();
        let file =
            source(&bundle, if destination.contains("info") || destination.contains("dev") { "file" } else { "" });
        mount(&mut bundle, json!({"destination": destination, "type": kind, "source": file, "options": []}));
        bundle.set("/process/args", json!(["cat", destination]));
        if refused {
            let error = error(&bundle);
            assert!(error.contains(&format!("({destination}): refused")), "{error}");
        } else {
            let output = bundle.run(&["run", "c"]);
            assert_eq!(String::from_utf8_lossy(&output.stdout), "not true", "{output:?}");
        }
    }
    let mut bundle = Bundle::without_terminal();
    mount(&mut bundle, json!({"destination": "/proc", "source": "/proc", "options": ["rbind"]}));
    assert_eq!(bundle.says("test -e /proc/self/stat && echo there"), "there\n");
}

fn the_root_propagates_as_the_config_says() {
    for (propagation, seen) in [
        ("private", ""),
        ("rprivate", ""),
        ("slave", "master"),
        ("rslave", "master"),
        ("shared", "shared"),
        ("rshared", "shared"),
        ("unbindable", "unbindable"),
    ] {
        let mut bundle = Bundle::without_terminal();
        bundle.set("/linux/rootfsPropagation", json!(propagation));
        let script = "grep ' / / ' /proc/self/mountinfo | sed 's/ - .*//' | cut -d ' ' -f 7- | sed 's/:[0-9]*//g'";
        let script = script.replace("' / / '", "'^[0-9]* [0-9]* [^ ]* [^ ]* / '");
        bundle.set("/process/args", json!(["sh", "-c", script]));
        // A host whose mounts are shared, as systemd makes them.
        let ptyrun = bundle.command(&["run", "c"]);
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "shared"]).arg(ptyrun.get_program()).args(ptyrun.get_args());
        let output = command.current_dir(bundle.path("")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        assert_eq!(said, seen, "{propagation}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn a_root_is_moved_where_pivot_root_is_not_to_be() {
    let mut bundle = Bundle::without_terminal();
    let script = "pwd; ls -d /usr /proc/self; ls /outside 2> /dev/null; grep -c ' - proc ' /proc/self/mountinfo";
    bundle.set("/process/args", json!(["sh", "-c", script]));
    let output = bundle.run(&["run", "--no-pivot", "c"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let mounts: usize = said.lines().last().unwrap_or_default().parse().unwrap_or_default();
    assert!(said.starts_with("/\n/proc/self\n/usr\n"), "{said} {}", String::from_utf8_lossy(&output.stderr));
    assert!(!Path::new(&said).exists() && mounts >= 1);
}
