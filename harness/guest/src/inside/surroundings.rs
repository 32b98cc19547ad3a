//! The filesystems of a guest.

use super::{Obstacle, refused};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::unistd::{chdir, chroot};
use std::{fs, path::Path};

const NONE: Option<&str> = None;

/// What belongs on every machine, on a root that containers can leave.
pub fn prepare() -> Result<(), Obstacle> {
    leave_the_first_root()?;
    prepare_machine()
}

/// Processes, devices, places for temporary files.
pub fn prepare_machine() -> Result<(), Obstacle> {
    place("/proc", "proc", "")?;
    place("/sys", "sysfs", "")?;
    place("/dev", "devtmpfs", "mode=755")?;
    place("/tmp", "tmpfs", "mode=1777")?;
    place("/run", "tmpfs", "mode=755")
}

/// What the suite is about.
pub fn prepare_terminals() -> Result<(), Obstacle> {
    match place("/dev/pts", "devpts", "ptmxmode=0666,mode=0620,gid=5") {
        Err(_) if !knows("devpts") => {
            Err(Obstacle::Refused("the kernel has no devpts: it was built without CONFIG_UNIX98_PTYS".to_owned()))
        }
        done => done,
    }?;
    place("/sys/fs/cgroup", "cgroup2", "")
}

/// pivot_root(2) refuses to move the filesystem that a kernel starts with, and every container's runtime calls it.
/// The same filesystem mounted once more on top of itself is not that one.
fn leave_the_first_root() -> Result<(), Obstacle> {
    let again = "/ptyproof/root";
    let bind = |flags| mount(Some("/"), again, NONE, MsFlags::MS_BIND | flags, NONE);
    bind(MsFlags::empty()).map_err(refused("mounting / once more"))?;
    chdir(again).map_err(refused(again))?;
    mount(Some("."), "/", NONE, MsFlags::MS_MOVE, NONE).map_err(refused("moving the new root to /"))?;
    chroot(".").and_then(|()| chdir("/")).map_err(refused("entering the new root"))
}

fn place(point: &str, kind: &str, options: &str) -> Result<(), Obstacle> {
    fs::create_dir_all(point).map_err(refused(format!("making {point}")))?;
    let flags = MsFlags::MS_NOSUID;
    match mount(Some(kind), point, Some(kind), flags, Some(options)) {
        // A kernel may mount devtmpfs by itself. CONFIG_DEVTMPFS_MOUNT
        Err(Errno::EBUSY) => Ok(()),
        done => done.map_err(refused(format!("mounting {kind} on {point}"))),
    }
}

/// Whether the kernel knows a kind of filesystem. proc_filesystems(5)
fn knows(kind: &str) -> bool {
    let known = fs::read_to_string(Path::new("/proc/filesystems")).unwrap_or_default();
    known.lines().any(|line| line.split_whitespace().last() == Some(kind))
}
