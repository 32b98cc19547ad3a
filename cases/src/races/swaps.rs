//! Files of the image's `/dev` that are swapped for links while the runtime works. Whoever shares the directory can do that:
//! a second container with the same volume or root file system.

use crate::console::image::{look, with_dev_of_the_image};
use crate::prelude::*;
use ptyproof_harness::intervention::{Call, Hits, World};
use ptyproof_probe::ioctl::{IoctlName, ioctl};
use serde_json::json;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

const SECRET: &[u8] = b"sensitive\n";

/// A container with the image's own `/dev`, whose path on the host comes along, and a file that nobody is to touch.
fn shared(t: &Trial) -> Result<(Plan, PathBuf), Stop> {
    let plan = with_dev_of_the_image(t, |rootfs| {
        rootfs.file("etc/secret", SECRET, 0o640).directory("other", 0o755);
    })?;
    let dev = plan.directory().join("rootfs/dev");
    Ok((plan, dev))
}

/// `/dev/pts` becomes another directory, where each terminal is a link.
fn swap_terminals(dev: &Path, target: &str) -> io::Result<()> {
    // It is a mount point, but not here.
    fs::rename(dev.join("pts"), dev.join("real"))?;
    fs::create_dir(dev.join("pts"))?;
    symlink(target, dev.join("pts/0"))
}

/// The attacker has been quick, and is so again before anybody looks.
fn swap_back(dev: &Path) -> io::Result<()> {
    if dev.join("real").exists() {
        fs::remove_dir_all(dev.join("pts"))?;
        fs::rename(dev.join("real"), dev.join("pts"))?;
    }
    Ok(())
}

fn swap(path: PathBuf, target: &str) -> io::Result<()> {
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => symlink(target, path),
    }
}

/// Either nothing was made, or a container that `is_right`; the file is as it was.
fn judge(
    t: &Trial,
    (plan, call, dev): (Plan, Call, &Path),
    is_right: impl FnOnce(&Trial, &mut Container) -> Judgement,
) -> Judgement {
    let (hits, before): (Hits, _) = (plan.hits(), t.mounts()?);
    let attempt = t.attempt(plan)?;
    hits.taken(call, 0)?;
    if attempt.finished.status.success() {
        let mut container = attempt.created.start()?;
        is_right(t, &mut container)?;
        let covering = container.probe.observe()?.mounts.into_iter().filter(|mount| mount.point == "/etc/secret");
        t.equal("mounts on /etc/secret", covering.collect(), vec![])?;
    } else {
        t.equal("the refused container exists", attempt.created.lifecycle.is_known()?, false)?;
    }
    t.mounts_are_as(&before)?;
    let untouched = ("100640".to_owned(), DeviceNumber::default(), Bytes::from(SECRET));
    t.equal("/etc/secret of the image", look(&dev.join("../etc/secret"))?, Some(untouched))
}

fn console_is_the_terminal(t: &Trial, container: &mut Container) -> Judgement {
    let (console, stdin) = (container.probe.stat("/dev/console")?, container.probe.stat("/proc/self/fd/0")?);
    t.equal("/dev/console", console.file(), stdin.file())
}

fn is_the_callers(t: &Trial, container: &mut Container) -> Judgement {
    let master = container.terminal()?.facts()?;
    let stdin = container.probe.stat("/proc/self/fd/0")?;
    t.equal("the terminal on descriptor 0", (stdin.node.minor, stdin.device), (master.number.into(), master.device))
}

const WHY: &str = "who shares a directory with a container that starts, by a volume or a second container of the same image, \
                   needs one quick moment to have another file bound at the console, or another terminal for the program";

const SWAP: Case = Case {
    why: WHY,
    level: Level::Security,
    references: &[ADVISORY_CONSOLE, manual("path_resolution(7)")],
    needs: &[Need::Terminal, Need::Interventions],
    ..Case::TERMINAL
};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "races/slave-swapped-before-the-console-is-mounted",
        title: "swap /dev/pts/0 for a link to a file of the image while the runtime is at the mount on /dev/console, and back",
        requirement: "/dev/console is the terminal, or create fails; the file is neither changed nor mounted",
        covers: &["B13"],
        caught_by: &[("/dev/console", &["console-bound-by-path"])],
        body: |t| {
            let (plan, dev) = shared(t)?;
            let (call, shared, again) = (Call::Mount("dev/console"), dev.clone(), dev.clone());
            let plan = plan.when(call).waits_while(move |_| swap_terminals(&shared, "/etc/secret"));
            // Who opens the slave by its path afterwards finds it.
            let plan = plan.when(Call::OpenSlave).waits_while(move |_| swap_back(&again));
            judge(t, (plan, call, &dev), console_is_the_terminal)
        },
        ..SWAP
    },
    Case {
        id: "races/console-swapped-before-it-is-mounted",
        title: "swap /dev/console for a link to a file of the image while the runtime is at the mount on it",
        requirement: "/dev/console is the terminal, or create fails; the file is neither changed nor covered",
        covers: &["B13", "B09"],
        caught_by: &[("mounts on /etc/secret", &["console-bound-by-path"])],
        body: |t| {
            let (plan, dev) = shared(t)?;
            let (call, console) = (Call::Mount("dev/console"), dev.join("console"));
            let plan = plan.when(call).waits_while(move |_| swap(console, "/etc/secret"));
            judge(t, (plan, call, &dev), |_, _| Ok(()))
        },
        ..SWAP
    },
    Case {
        id: "races/slave-swapped-before-it-is-opened",
        title: "swap /dev/pts/0 for a link to another terminal while the runtime is at the opening of the slave",
        requirement: "the program has the terminal whose master the caller got, or create fails",
        covers: &["L08"],
        caught_by: &[("the terminal on descriptor 0", &["slave-opened-by-path"])],
        body: |t| {
            let (plan, dev) = shared(t)?;
            let (shared, (keep, _kept)) = (dev.clone(), mpsc::channel());
            let plan = plan.when(Call::OpenSlave).waits_while(move |world: &World| {
                // Another terminal of that instance, which its maker can open.
                let path = world.path("/dev/pts/ptmx");
                let master = File::options().read(true).write(true).custom_flags(O_NOCTTY).open(path)?;
                let ask = |name| ioctl(&master, name, 0).map_err(|errno| io::Error::from_raw_os_error(errno.0));
                ask(IoctlName::Tiocsptlck)?;
                let number = ask(IoctlName::Tiocgptn)?;
                keep.send(master).map_err(io::Error::other)?;
                swap_terminals(&shared, &format!("../real/{number}"))
            });
            judge(t, (plan, Call::OpenSlave, &dev), is_the_callers)
        },
        ..SWAP
    },
    Case {
        id: "races/ptmx-swapped-before-it-is-opened",
        title: "swap /dev/ptmx for a link to the ptmx of a second devpts while the runtime is at the opening of the master",
        requirement: "the terminal is one of the devpts at /dev/pts, or create fails",
        covers: &["A16", "L07"],
        caught_by: &[("device of the terminal", &["ptmx-opened-by-path"])],
        body: |t| {
            let (plan, dev) = shared(t)?;
            let ptmx = dev.join("ptmx");
            let second = json!({ "destination": "/other", "type": "devpts", "source": "devpts",
                "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"] });
            let plan = plan.configured(|config| {
                if let Some(mounts) = config["mounts"].as_array_mut() {
                    mounts.push(second);
                }
            });
            let plan = plan.when(Call::OpenMaster).waits_while(move |_| swap(ptmx, "/other/ptmx"));
            judge(t, (plan, Call::OpenMaster, &dev), |t, container| {
                let (pts, stdin) = (container.probe.stat("/dev/pts")?, container.probe.stat("/proc/self/fd/0")?);
                t.equal("device of the terminal", stdin.device, pts.device)
            })
        },
        ..SWAP
    },
    Case {
        id: "races/null-swapped-before-it-masks",
        title: "swap /dev/null for a link to a file of the image while the runtime is at the mount on a masked path",
        requirement: "the masked path is the null device, or create fails; the file is neither changed nor mounted",
        why: "a file that the attacker chose, bound where a file of /proc is to be hidden, can be read and written there; \
              with one of /proc the container takes the machine over",
        references: &[ADVISORY_MASKED, manual("path_resolution(7)")],
        covers: &["L07"],
        caught_by: &[("device of /proc/keys", &["null-bound-by-path"])],
        body: |t| {
            let (plan, dev) = shared(t)?;
            let (call, null) = (Call::Mount("proc/keys"), dev.join("null"));
            let plan = plan.when(call).waits_while(move |_| swap(null, "/etc/secret"));
            judge(t, (plan, call, &dev), |t, container| {
                let masked = container.probe.stat("/proc/keys")?.node;
                t.equal("device of /proc/keys", masked, DeviceNumber { major: 1, minor: 3 })
            })
        },
        ..SWAP
    },
];
