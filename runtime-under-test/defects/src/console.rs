//! Step 6: `/dev/console`.

use crate::defect::failed;
use nix::fcntl::{OFlag, open, openat};
use nix::sys::stat::{Mode, SFlag, fstat, makedev, minor, mknodat};
use nix::unistd::{UnlinkatFlags, symlinkat, unlinkat};
use ptyrun::DESIGN;
use ptyrun::rootfs::tree::{Depth, attach, clone_place};
use ptyrun::terminal::{DeviceDirectory, Slave, TerminalError};
use std::fs::{self, File, Permissions};
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

const MODE: Mode = Mode::from_bits_truncate(0o620);

defects! {
    "console-missing", "There is no /dev/console although process.terminal is true." => { bind_console: |_, _| Ok(()) }
    "console-plain-file", "/dev/console is an empty regular file, nothing is mounted on it." =>
        { bind_console: |dev, _| { make_file(dev); Ok(()) } }
    "console-is-hosts", "/dev/console is the host's, device 5:1." =>
        { bind_console: |dev, _| mknodat(dev, "console", SFlag::S_IFCHR, MODE, makedev(5, 1)).map_err(failed) }
    "console-is-symlink", "/dev/console is a symlink to the terminal rather than a bind mount of it." => {
        bind_console: |dev, slave| {
            let number = minor(fstat(slave).map_err(failed)?.st_rdev);
            symlinkat(format!("pts/{number}").as_str(), dev, "console").map_err(failed)
        }
    }
    "console-follows-symlink",
    "A symlink that the rootfs brings as /dev/console is followed and its target mounted over." =>
        { bind_console: bind_following }
    "console-removes-directory", "An empty directory that the rootfs brings as /dev/console is replaced." => {
        bind_console: |dev, slave| {
            let _ = unlinkat(dev, "console", UnlinkatFlags::RemoveDir);
            bind_following(dev, slave)
        }
    }
    "console-made-before-pivot",
    "The placeholder of /dev/console is created or truncated by its path on the host, links followed, before pivot_root." => {
        enter_root: |rootfs, config| {
            let flags = OFlag::O_CREAT | OFlag::O_TRUNC | OFlag::O_WRONLY | OFlag::O_CLOEXEC;
            let _ = open(&config.root.path.join("dev/console"), flags, MODE);
            (DESIGN.enter_root)(rootfs, config)
        }
    }
    "console-truncated", "A file that is at /dev/console is emptied before the terminal is mounted on it." => {
        bind_console: |dev, slave| {
            let _ = openat(dev, "console", OFlag::O_TRUNC | OFlag::O_WRONLY | OFlag::O_CLOEXEC, MODE);
            (DESIGN.bind_console)(dev, slave)
        }
    }
    "dev-made-before-pivot",
    "Links and nodes of /dev are made, or what stands there changed, by their paths on the host before pivot_root." => {
        prepare_root: |config, bundle, sources| {
            make_by_path(&config.root.path.join("dev"));
            (DESIGN.prepare_root)(config, bundle, sources)
        }
    }
    "console-without-terminal", "With terminal false there is a /dev/console, an empty file." =>
        { place_ptmx: |dev| { make_file(dev); (DESIGN.place_ptmx)(dev) } }
}

/// Links at `dev` and in it are followed.
fn make_by_path(dev: &Path) {
    let _ = symlink("pts/0", dev.join("fresh"));
    for name in ["null", "zero", "tty", "ptmx", "pts", "shm", "fd", "stdin"] {
        let _ = File::options().append(true).create(true).open(dev.join(name));
        let _ = fs::set_permissions(dev.join(name), Permissions::from_mode(0o755));
    }
}

fn make_file(dev: &DeviceDirectory) {
    let _ = mknodat(dev, "console", SFlag::S_IFREG, MODE, 0);
}

fn bind_following(dev: &DeviceDirectory, slave: &Slave) -> Result<(), TerminalError> {
    let flags = OFlag::O_CREAT | OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    let target = openat(dev, "console", flags, MODE).map_err(failed)?;
    let tree = clone_place(slave.as_fd(), Depth::One).map_err(failed)?;
    attach(tree, target).map_err(failed)
}
