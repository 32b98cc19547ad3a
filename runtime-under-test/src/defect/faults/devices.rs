use super::failed;
use crate::config::Config;
use crate::defect::{Defect, active};
use crate::rootfs::tree::{Depth, attach, clone_place};
use crate::terminal::{DeviceDirectory, Slave, TerminalError};
use nix::fcntl::{OFlag, open, openat};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::stat::{FchmodatFlags, Mode, SFlag, fchmodat, fstat, makedev, minor, mknodat};
use nix::unistd::{UnlinkatFlags, symlinkat, unlinkat};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// [`Defect::PtmxIsNode`] and [`Defect::PtmxIsNull`]: whatever else `/dev/ptmx` could be.
pub fn node(dev: &DeviceDirectory) -> Result<(), TerminalError> {
    let _ = unlinkat(dev, "ptmx", UnlinkatFlags::NoRemoveDir);
    let mode = Mode::from_bits_truncate(0o666);
    mknodat(dev, "ptmx", SFlag::S_IFCHR, mode, makedev(5, 2)).map_err(failed)?;
    let _ = fchmodat(dev, "ptmx", mode, FchmodatFlags::FollowSymlink);
    if active(Defect::PtmxIsNull) {
        let open = |name| openat(dev, name, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty());
        let tree = clone_place(open("null").map_err(failed)?.as_fd(), Depth::One).map_err(failed)?;
        attach(tree, open("ptmx").map_err(failed)?).map_err(failed)?;
    }
    Ok(())
}

/// The defects of `/dev` that nothing else depends on.
pub fn spoil_devices(dev: &DeviceDirectory, config: &Config) {
    if active(Defect::PtmxDeviceEntryMade) {
        make_ptmx_of(config, dev);
    }
    if active(Defect::PtsDirectoryMode) {
        let mode = Mode::from_bits_truncate(0o620);
        let _ = fchmodat(dev, "pts", mode, FchmodatFlags::FollowSymlink);
    }
    let doomed: &[&str] = match () {
        () if active(Defect::DevFdLinksMissing) => &["fd", "stdin", "stdout", "stderr"],
        () if active(Defect::DevTtyMissing) => &["tty"],
        () => &[],
    };
    for name in doomed {
        // Where devices cannot be made, they are mounts.
        let flags = MntFlags::MNT_DETACH | MntFlags::UMOUNT_NOFOLLOW;
        let _ = umount2(&Path::new("/dev").join(name), flags);
        let _ = unlinkat(dev, *name, UnlinkatFlags::NoRemoveDir);
    }
}

fn make_ptmx_of(config: &Config, dev: &DeviceDirectory) {
    let mut entries = config.linux.devices.iter();
    let Some(entry) = entries.find(|device| device.path == Path::new("/dev/ptmx")) else {
        return;
    };
    let mode = Mode::from_bits_truncate(entry.file_mode.unwrap_or(0o666));
    let device = makedev(entry.major.into(), entry.minor.into());
    let _ = unlinkat(dev, "ptmx", UnlinkatFlags::NoRemoveDir);
    let _ = mknodat(dev, "ptmx", SFlag::S_IFCHR, mode, device);
    let _ = fchmodat(dev, "ptmx", mode, FchmodatFlags::FollowSymlink);
}

/// [`Defect::PtsHidden`], in the container's root.
pub fn hide_pts() {
    if active(Defect::PtsHidden) {
        let (none, tmpfs) = (None::<&str>, Some("tmpfs"));
        let _ = mount(tmpfs, "/dev/pts", tmpfs, MsFlags::empty(), none);
    }
}

/// [`Defect::ConsoleMadeBeforePivot`], below the host's path of the container's root.
pub fn make_console_on_the_host(root: &Path) {
    if active(Defect::ConsoleMadeBeforePivot) {
        let flags = OFlag::O_CREAT | OFlag::O_TRUNC | OFlag::O_WRONLY | OFlag::O_CLOEXEC;
        let mode = Mode::from_bits_truncate(0o620);
        let _ = open(&root.join("dev/console"), flags, mode);
    }
}

/// [`Defect::ConsoleFollowsSymlink`] and [`Defect::ConsoleRemovesDirectory`].
pub fn open_following(dev: &DeviceDirectory) -> Result<OwnedFd, TerminalError> {
    if active(Defect::ConsoleRemovesDirectory) {
        let _ = unlinkat(dev, "console", UnlinkatFlags::RemoveDir);
    }
    let flags = OFlag::O_CREAT | OFlag::O_RDONLY | OFlag::O_CLOEXEC;
    openat(dev, "console", flags, Mode::from_bits_truncate(0o620)).map_err(failed)
}

/// [`Defect::ConsoleIsHosts`].
pub fn console_node(dev: &DeviceDirectory) -> Result<(), TerminalError> {
    let mode = Mode::from_bits_truncate(0o620);
    mknodat(dev, "console", SFlag::S_IFCHR, mode, makedev(5, 1)).map_err(failed)
}

/// [`Defect::ConsoleIsSymlink`].
pub fn console_symlink(dev: &DeviceDirectory, slave: &Slave) -> Result<(), TerminalError> {
    let number = minor(fstat(slave).map_err(failed)?.st_rdev);
    symlinkat(format!("pts/{number}").as_str(), dev, "console").map_err(failed)
}

/// [`Defect::ConsoleWithoutTerminal`].
pub fn console_file(dev: &DeviceDirectory) {
    let _ = mknodat(dev, "console", SFlag::S_IFREG, Mode::from_bits_truncate(0o620), 0);
}
