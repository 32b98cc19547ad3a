//! A cgroup hierarchy of a nursery's own: its workers, and the runtimes that they call, see no other. cgroup_namespaces(7)

use crate::cgroup::{self, HIERARCHY};
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The cgroup of the harness's own processes. A cgroup that has cgroups with controllers has no processes itself.
pub const HARNESS: &str = "harness";

/// A cgroup that is the root for all who are born in this process. It is removed with this.
pub struct CgroupNamespace {
    /// The cgroup in which it lies.
    above: File,
    /// The way out of it.
    exit: File,
    name: String,
}

impl CgroupNamespace {
    /// Moves this process into a new cgroup called `name`, in a mount namespace of its own; nothing where the machine
    /// has no cgroup2 hierarchy that root of it could use.
    ///
    /// Once for all workers of a nursery: a move waits until every processor has passed a quiescent state.
    pub fn enter(name: &str) -> io::Result<Option<Self>> {
        let none: Option<&str> = None;
        unshare(CloneFlags::CLONE_NEWNS)?;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        if !mount_hierarchy() {
            return Ok(None);
        }
        let (above, exit) = (File::open(HIERARCHY)?, Path::new(HIERARCHY).join("cgroup.procs"));
        let exit = File::options().write(true).open(exit)?;
        let entered = Self { above, exit, name: name.to_owned() };
        let (cgroup, leaf) = (entered.path(), entered.path().join(HARNESS));
        match fs::create_dir(&cgroup) {
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => return Ok(None),
            made => made?,
        }
        let move_to = |cgroup: &Path| fs::write(cgroup.join("cgroup.procs"), "0");
        fs::create_dir(&leaf)?;
        move_to(&cgroup)?;
        unshare(CloneFlags::CLONE_NEWCGROUP)?;
        move_to(&leaf)?;
        // The same filesystem twice at one place is refused.
        umount2(HIERARCHY, MntFlags::MNT_DETACH)?;
        mount_cgroup2()?;
        Ok(Some(entered))
    }

    /// Its directory, which nothing is mounted for any more.
    fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.above.as_raw_fd())).join(&self.name)
    }
}

impl Drop for CgroupNamespace {
    fn drop(&mut self) {
        // What cannot be removed, the end of the run tries again, and then the next run.
        let _ = self.exit.write_all(b"0");
        cgroup::remove(&self.path());
    }
}

/// Whether this process was born in such a namespace.
pub fn is_entered() -> io::Result<bool> {
    let text = fs::read_to_string("/proc/self/cgroup")?;
    Ok(text.lines().any(|line| line.strip_prefix("0::/") == Some(HARNESS)))
}

/// Some runtimes refuse the hybrid layout of cgroups. One cgroup2 filesystem over all of it, in this mount
/// namespace only, suits every runtime; where it cannot be mounted, the layout stays as it is. Whether it is there.
pub fn mount_hierarchy() -> bool {
    if Path::new(HIERARCHY).join("cgroup.controllers").exists() {
        return true;
    }
    let mounted = mount_cgroup2().is_ok();
    if !mounted {
        // Without it, at least the half that makes the layout hybrid can go.
        let _ = umount2(&Path::new(HIERARCHY).join("unified"), MntFlags::MNT_DETACH);
    }
    mounted
}

fn mount_cgroup2() -> Result<(), Errno> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("cgroup2"), HIERARCHY, Some("cgroup2"), flags, None::<&str>)
}
