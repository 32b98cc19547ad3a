//! Steps 2 and 3: `/dev/pts`, `/dev/ptmx`, and what lies beside them.

use crate::defect::failed;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::stat::{FchmodatFlags, Mode, SFlag, fchmodat, fstatat, makedev, mknodat};
use nix::unistd::{UnlinkatFlags, symlinkat, unlinkat};
use ptyrun::rootfs::tree::{Depth, attach, clone_place};
use ptyrun::terminal::{DeviceDirectory, TerminalError};
use ptyrun::{DESIGN, config::Device};
use std::{os::fd::AsFd, path::Path, sync::Mutex};

/// The config's own entry for `/dev/ptmx`.
static ENTRY: Mutex<Option<Device>> = Mutex::new(None);

defects! {
    "pts-directory-mode", "The directory /dev/pts has mode 0620, which belongs to its entries." => {
        place_ptmx: |dev| {
            (DESIGN.place_ptmx)(dev)?;
            fchmodat(dev, "pts", Mode::from_bits_truncate(0o620), FchmodatFlags::FollowSymlink).map_err(failed)
        }
    }
    "pts-hidden-by-tmpfs", "Once the terminal is made, an empty tmpfs is mounted over /dev/pts." => {
        bind_console: |dev, slave| {
            (DESIGN.bind_console)(dev, slave)?;
            let tmpfs = Some("tmpfs");
            mount(tmpfs, "/dev/pts", tmpfs, MsFlags::empty(), None::<&str>).map_err(failed)
        }
    }
    "ptmx-symlink-absolute", "/dev/ptmx is a symlink to /dev/pts/ptmx rather than pts/ptmx." => {
        place_ptmx: |dev| {
            (DESIGN.place_ptmx)(dev)?;
            unlinkat(dev, "ptmx", UnlinkatFlags::NoRemoveDir).map_err(failed)?;
            symlinkat("/dev/pts/ptmx", dev, "ptmx").map_err(failed)
        }
    }
    "ptmx-is-mknod-node", "/dev/ptmx is a device node 5:2 made with mknod rather than a symlink or bind mount." =>
        { place_ptmx: |dev| make_ptmx(dev, 0o666, (5, 2)) }
    "ptmx-is-null", "/dev/ptmx is a bind mount of /dev/null." => {
        place_ptmx: |dev| {
            make_ptmx(dev, 0o666, (5, 2))?;
            let open = |name| openat(dev, name, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty());
            let tree = clone_place(open("null").map_err(failed)?.as_fd(), Depth::One).map_err(failed)?;
            attach(tree, open("ptmx").map_err(failed)?).map_err(failed)
        }
    }
    "ptmx-device-entry-made", "A linux.devices entry for /dev/ptmx is made as a node in place of the link." => {
        read_config: |file, text, bundle| {
            let config = (DESIGN.read_config)(file, text, bundle)?;
            let entry = config.linux.devices.iter().find(|device| device.path == Path::new("/dev/ptmx"));
            *ENTRY.lock().expect("one thread") = entry.cloned();
            Ok(config)
        },
        place_ptmx: |dev| {
            (DESIGN.place_ptmx)(dev)?;
            let Some(entry) = ENTRY.lock().expect("one thread").take() else { return Ok(()) };
            make_ptmx(dev, entry.file_mode.unwrap_or(0o666), (entry.major.unwrap_or_default().into(), entry.minor.unwrap_or_default().into()))
        }
    }
    "stale-ptmx-kept", "A /dev/ptmx that the rootfs brings is left as it is." => { place_ptmx: keep_ptmx }
    "ptmx-opened-to-look", "What stands at /dev/ptmx is opened before it is replaced." => {
        place_ptmx: |dev| {
            let _ = openat(dev, "ptmx", OFlag::O_RDONLY | OFlag::O_NOCTTY | OFlag::O_NOFOLLOW, Mode::empty());
            (DESIGN.place_ptmx)(dev)
        }
    }
    "ptmx-replaced-in-a-bound-dev", "A /dev of the host's that the config binds gets the link ptmx, too." =>
        { bind_console: |dev, slave| { (DESIGN.place_ptmx)(dev)?; (DESIGN.bind_console)(dev, slave) } }
    "dev-read-only-too-early", "A read-only root or /dev is so before the nodes of the terminal are placed." => {
        enter_root: |rootfs, config| {
            (DESIGN.enter_root)(rootfs, config)?;
            let read_only = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
            let dev = if config.root.readonly { "/" } else { "/dev" };
            let wanted = config.root.readonly || config.mounts.iter().any(|mount| mount.options.iter().any(|o| o == "ro"));
            if wanted {
                let _ = mount(None::<&str>, dev, None::<&str>, read_only, None::<&str>);
            }
            Ok(())
        }
    }
    "dev-fd-links-missing", "/dev/fd, /dev/stdin, /dev/stdout and /dev/stderr do not exist." =>
        { place_ptmx: |dev| place_without(dev, &["fd", "stdin", "stdout", "stderr"]) }
    "dev-tty-missing", "/dev/tty does not exist." => { place_ptmx: |dev| place_without(dev, &["tty"]) }
}

/// Leaves a `/dev/ptmx` that is there.
pub(crate) fn keep_ptmx(dev: &DeviceDirectory) -> Result<(), TerminalError> {
    match fstatat(dev, "ptmx", AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(_) => Ok(()),
        Err(_) => (DESIGN.place_ptmx)(dev),
    }
}

fn make_ptmx(dev: &DeviceDirectory, mode: u32, (major, minor): (u64, u64)) -> Result<(), TerminalError> {
    let mode = Mode::from_bits_truncate(mode);
    let _ = unlinkat(dev, "ptmx", UnlinkatFlags::NoRemoveDir);
    mknodat(dev, "ptmx", SFlag::S_IFCHR, mode, makedev(major, minor)).map_err(failed)?;
    fchmodat(dev, "ptmx", mode, FchmodatFlags::FollowSymlink).map_err(failed)
}

fn place_without(dev: &DeviceDirectory, names: &[&str]) -> Result<(), TerminalError> {
    for name in names {
        // Where devices cannot be made, they are mounts.
        let _ = umount2(&Path::new("/dev").join(name), MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW);
        let _ = unlinkat(dev, *name, UnlinkatFlags::NoRemoveDir);
    }
    (DESIGN.place_ptmx)(dev)
}
