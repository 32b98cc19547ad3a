//! A worker's own `/dev`, which stands for the machine's: what a runtime does to it, it would have done to that.

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sys::stat::{FileStat, Mode, SFlag, lstat, major, minor, mknod};
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::{collections::BTreeMap, io};

/// Where it lies.
const DEV: &str = "/dev";

/// The nodes that are there, as far as the machine has them: what every program may count on, and what runtimes and
/// engines ask for.
const NODES: [&str; 12] =
    ["null", "zero", "full", "random", "urandom", "tty", "ptmx", "console", "kmsg", "kvm", "fuse", "net/tun"];

/// The links that are there, and where they lead.
const LINKS: [(&str, &str); 4] = [
    ("fd", "/proc/self/fd"),
    ("stdin", "/proc/self/fd/0"),
    ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"),
];

/// Makes one and mounts it on `/dev`, with a devpts instance of its own. `place` is an empty directory; `group` is the
/// group of new terminals, where it can be used.
pub fn mount_own(place: &Path, group: Option<u32>) -> io::Result<()> {
    let none: Option<&str> = None;
    let own = |flags, kind, point: &Path, options: &str| mount(Some(kind), point, Some(kind), flags, Some(options));
    own(MsFlags::MS_NOSUID, "tmpfs", place, "mode=755,size=16m")?;
    for directory in ["pts", "shm", "mqueue", "net"] {
        fs::create_dir(place.join(directory))?;
    }
    fs::set_permissions(place.join("shm"), Permissions::from_mode(0o1777))?;
    let group = group.map(|group| format!(",gid={group}")).unwrap_or_default();
    let options = format!("newinstance,ptmxmode=0666,mode=0620{group}");
    own(MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC, "devpts", &place.join("pts"), &options)?;
    for name in NODES {
        let (machines, own) = (Path::new(DEV).join(name), place.join(name));
        match lstat(&machines) {
            Ok(status) => make(&machines, &own, &status)?,
            Err(Errno::ENOENT) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    for (name, target) in LINKS {
        symlink(target, place.join(name))?;
    }
    match mount(Some(place), DEV, none, MsFlags::MS_MOVE, none) {
        // A kernel that cannot move a mount shows it in both places; in the first, something else is mounted next.
        Err(Errno::EINVAL) => Ok(mount(Some(place), DEV, none, MsFlags::MS_BIND | MsFlags::MS_REC, none)?),
        moved => Ok(moved?),
    }
}

/// A node like the machine's, but root's, whatever another runtime may have made of that one. Where none can be made,
/// the machine's own, whose owner cannot be changed there either.
fn make(machines: &Path, own: &Path, status: &FileStat) -> io::Result<()> {
    let none: Option<&str> = None;
    let kind = SFlag::from_bits_truncate(status.st_mode & SFlag::S_IFMT.bits());
    if kind == SFlag::S_IFLNK {
        // In containers, and on kernels that have no node of that number, ptmx leads to that of devpts.
        return symlink(fs::read_link(machines)?, own);
    }
    match mknod(own, kind, Mode::empty(), status.st_rdev) {
        // An ordinary user's instance of devpts has a node that may be opened.
        Err(Errno::EPERM) if machines.ends_with("ptmx") => symlink("pts/ptmx", own),
        Err(Errno::EPERM) => {
            File::create(own)?;
            Ok(mount(Some(machines), own, none, MsFlags::MS_BIND, none)?)
        }
        made => fs::set_permissions(own, Permissions::from_mode(made.map(|()| status.st_mode & 0o7777)?)),
    }
}

/// What is in `/dev` at one moment, but for ptys.
pub struct DeviceDirectory(BTreeMap<PathBuf, FileStat>);

impl DeviceDirectory {
    /// Looks at it.
    pub fn look() -> io::Result<Self> {
        let mut seen = BTreeMap::new();
        look_into(Path::new(DEV), &mut seen)?;
        Ok(Self(seen))
    }

    /// A sentence for each file that has come, gone or changed since.
    pub fn changes(&self) -> io::Result<Vec<String>> {
        let now = Self::look()?;
        let was = self.0.iter().filter_map(|(path, old)| match now.0.get(path) {
            None => Some(format!("the machine's {} is gone", shown(path))),
            Some(new) if described(old) == described(new) => None,
            Some(new) => {
                Some(format!("the machine's {} was {} and became {}", shown(path), described(old), described(new)))
            }
        });
        let new = now.0.iter().filter(|(path, _)| !self.0.contains_key(*path));
        Ok(was
            .chain(new.map(|(path, file)| format!("new on the machine: {}, {}", shown(path), described(file))))
            .collect())
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn look_into(directory: &Path, seen: &mut BTreeMap<PathBuf, FileStat>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = entry.path();
        let status = match lstat(&path) {
            // It has gone meanwhile.
            Err(Errno::ENOENT) => continue,
            status => status?,
        };
        if status.st_mode & SFlag::S_IFMT.bits() == SFlag::S_IFDIR.bits() && path != Path::new("/dev/pts") {
            look_into(&path, seen)?;
        }
        seen.insert(path, status);
    }
    Ok(())
}

/// What may be known of a file in words: its kind, device, mode and owner.
fn described(file: &FileStat) -> String {
    let kind = SFlag::from_bits_truncate(file.st_mode & SFlag::S_IFMT.bits());
    let device = || format!("{}:{}", major(file.st_rdev), minor(file.st_rdev));
    let kind = match kind {
        SFlag::S_IFCHR => format!("the character device {}", device()),
        SFlag::S_IFBLK => format!("the block device {}", device()),
        SFlag::S_IFDIR => "a directory".to_owned(),
        SFlag::S_IFLNK => "a symbolic link".to_owned(),
        SFlag::S_IFREG => "a file".to_owned(),
        _ => "a fifo or socket".to_owned(),
    };
    format!("{kind} with mode {:04o}, user {}, group {}", file.st_mode & 0o7777, file.st_uid, file.st_gid)
}
