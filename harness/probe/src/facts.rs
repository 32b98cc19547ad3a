//! What the probe observes.

use crate::values::{DeviceNumber, Errno, FileKind, Signal, Size, TermiosFacts};
use crate::{answer::other_refusal, falsify::Falsify};
use nix::libc::O_NONBLOCK;
use nix::sys::stat::{FileStat, SFlag};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Everything that one look from inside the container finds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The observing process.
    pub process: ProcessFacts,
    /// Its open descriptors, without those that the probe opened for itself.
    pub descriptors: Vec<Descriptor>,
    /// Whether descriptor 1, and descriptor 2, is the same open file as descriptor 0. kcmp(2),
    /// `KCMP_FILE`; an error where the kernel or its policy lacks the call.
    pub shares_open_file_with_stdin: [Result<bool, Errno>; 2],
    /// `/dev/tty`, opened: the controlling terminal, or why there is none.
    pub controlling_terminal: Result<TerminalFacts, Errno>,
    /// `/dev`, entry by entry, links not followed.
    pub dev: Vec<DirectoryEntry>,
    /// `/dev/pts`, entry by entry, links not followed.
    pub pts: Vec<DirectoryEntry>,
    /// `/proc/self/mountinfo`. proc_pid_mountinfo(5).
    pub mounts: Vec<Mount>,
    /// `statfs("/dev/pts").f_type`. statfs(2); devpts is 0x1cd1.
    pub pts_filesystem: Result<i64, Errno>,
    /// The environment, as `NAME=value`.
    pub environment: Vec<String>,
}

impl Facts {
    /// An open descriptor by its number.
    pub fn descriptor(&self, number: i32) -> Option<&Descriptor> {
        self.descriptors.iter().find(|descriptor| descriptor.number == number)
    }

    /// An entry of `/dev` by its name.
    pub fn dev_entry(&self, name: &str) -> Option<&DirectoryEntry> {
        self.dev.iter().find(|entry| entry.name == name)
    }

    /// An entry of `/dev/pts` by its name.
    pub fn pts_entry(&self, name: &str) -> Option<&DirectoryEntry> {
        self.pts.iter().find(|entry| entry.name == name)
    }

    /// What is mounted on a path: the last mount there hides those before it.
    pub fn mount_at(&self, point: &str) -> Option<&Mount> {
        self.mounts.iter().rfind(|mount| mount.point == point)
    }
}

impl Falsify for Facts {
    fn falsify(&mut self) {
        self.process.session += 1;
        self.process.terminal.minor ^= 1;
        self.process.foreground_group ^= 1;
        self.process.identity.user ^= 1;
        for descriptor in &mut self.descriptors {
            descriptor.flags ^= O_NONBLOCK;
            descriptor.status.falsify();
        }
        self.controlling_terminal = match &self.controlling_terminal {
            Ok(_) => Err(Errno::EIO),
            Err(errno) => Err(other_refusal(*errno)),
        };
        self.mounts.clear();
    }
}

/// What could not be read, and so is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// Its path, or its name.
    pub what: String,
    /// What the kernel said.
    pub errno: Errno,
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be read: {}", self.what, self.errno)
    }
}

impl std::error::Error for Unread {}

/// Who the observing process is. credentials(7), proc_pid_stat(5).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessFacts {
    /// Process id in the container's PID namespace.
    pub pid: i32,
    /// Session id.
    pub session: i32,
    /// Process group id.
    pub group: i32,
    /// Device number of the controlling terminal (`tty_nr`), 0:0 for none.
    pub terminal: DeviceNumber,
    /// Foreground process group of the controlling terminal (`tpgid`), -1 for none.
    pub foreground_group: i32,
    /// User and group ids.
    pub identity: Identity,
    /// Signal sets at the first instruction of the process.
    pub signals: SignalSets,
    /// Current directory.
    pub directory: String,
}

/// User and group ids of a process. credentials(7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Effective user id.
    pub user: u32,
    /// Effective group id.
    pub group: u32,
    /// Supplementary groups.
    pub groups: Vec<u32>,
}

/// `SigIgn`, `SigBlk` and `SigCgt` of proc_pid_status(5).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalSets {
    /// Ignored signals.
    pub ignored: Vec<Signal>,
    /// Blocked signals.
    pub blocked: Vec<Signal>,
    /// Caught signals.
    pub caught: Vec<Signal>,
}

/// One open file descriptor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    /// The number.
    pub number: i32,
    /// `readlink /proc/self/fd/N`.
    pub link: String,
    /// fstat(2).
    pub status: FileStatus,
    /// `stat(link)`: what the link leads to inside the container.
    pub link_status: Result<FileStatus, Errno>,
    /// File status flags and access mode, fcntl(2) `F_GETFL`, without `O_LARGEFILE`.
    pub flags: i32,
    /// The terminal behind it, or why it is none (`ENOTTY`).
    pub terminal: Result<TerminalFacts, Errno>,
}

/// fstat(2) or lstat(2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStatus {
    /// Type of the file.
    pub kind: FileKind,
    /// Permission bits, set-id and sticky bits.
    pub mode: u32,
    /// Owner.
    pub user: u32,
    /// Group.
    pub group: u32,
    /// Device that holds the inode: one devpts instance has one.
    pub device: DeviceNumber,
    /// Inode number.
    pub inode: u64,
    /// Number of hard links.
    pub links: u64,
    /// For a device node, which device it is.
    pub node: DeviceNumber,
}

impl FileStatus {
    /// What makes two names the same file: the device that holds it and its inode.
    pub fn file(&self) -> (DeviceNumber, u64) {
        (self.device, self.inode)
    }

    /// The documented parts of `struct stat`.
    pub(crate) fn of(found: &FileStat) -> Self {
        let kind = match SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT {
            SFlag::S_IFREG => FileKind::Regular,
            SFlag::S_IFDIR => FileKind::Directory,
            SFlag::S_IFLNK => FileKind::Symlink,
            SFlag::S_IFCHR => FileKind::CharacterDevice,
            SFlag::S_IFBLK => FileKind::BlockDevice,
            SFlag::S_IFIFO => FileKind::Fifo,
            SFlag::S_IFSOCK => FileKind::Socket,
            _ => FileKind::Other,
        };
        #[allow(clippy::unnecessary_cast, reason = "the width of st_nlink differs by architecture")]
        Self {
            kind,
            mode: found.st_mode & 0o7777,
            user: found.st_uid,
            group: found.st_gid,
            device: DeviceNumber::of(found.st_dev),
            inode: found.st_ino,
            links: found.st_nlink as u64,
            node: DeviceNumber::of(found.st_rdev),
        }
    }
}

impl Falsify for FileStatus {
    fn falsify(&mut self) {
        self.mode ^= 0o111;
        self.inode += 1;
        self.links += 1;
        self.user ^= 1;
        self.group ^= 1;
        self.node.minor ^= 1;
        // Not that of a neighbour, which would be no falsehood where two devices are only told apart.
        self.device.minor ^= 1 << 16;
    }
}

/// What a terminal says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerminalFacts {
    /// ttyname(3).
    pub name: Result<String, Errno>,
    /// Window size.
    pub size: Size,
    /// Settings.
    pub termios: TermiosFacts,
    /// tcgetsid(3).
    pub session: Result<i32, Errno>,
    /// tcgetpgrp(3).
    pub foreground_group: Result<i32, Errno>,
}

/// An entry of a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// The name.
    pub name: String,
    /// lstat(2).
    pub status: FileStatus,
    /// Where it points, for a symbolic link.
    pub target: Option<String>,
}

/// A line of `/proc/self/mountinfo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// Path inside its filesystem that is the root of this mount.
    pub root: String,
    /// Where it is mounted, seen from the process's root.
    pub point: String,
    /// Per-mount options.
    pub options: Vec<String>,
    /// Optional fields, for example `shared:5`.
    pub propagation: Vec<String>,
    /// Filesystem type.
    pub filesystem: String,
    /// Per-superblock options.
    pub super_options: Vec<String>,
    /// Device of the filesystem (`st_dev`).
    pub device: DeviceNumber,
}

impl Mount {
    /// Parses a line of `/proc/PID/mountinfo`; none where it does not have the documented shape.
    pub fn parse(line: &str) -> Option<Self> {
        let (left, right) = line.split_once(" - ")?;
        let left: Vec<&str> = left.split(' ').collect();
        let right: Vec<&str> = right.splitn(3, ' ').collect();
        let [_id, _parent, device, root, point, options, propagation @ ..] = left.as_slice() else {
            return None;
        };
        let [filesystem, _source, super_options] = right.as_slice() else {
            return None;
        };
        let (major, minor) = device.split_once(':')?;
        let list = |text: &str| text.split(',').map(str::to_owned).collect();
        Some(Self {
            root: unescape(root),
            point: unescape(point),
            options: list(options),
            propagation: propagation.iter().map(|&field| field.to_owned()).collect(),
            filesystem: (*filesystem).to_owned(),
            super_options: list(super_options),
            device: DeviceNumber { major: major.parse().ok()?, minor: minor.parse().ok()? },
        })
    }
}

/// The kernel writes space, tab, newline and backslash in paths as octal escapes.
fn unescape(field: &str) -> String {
    field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_devpts_entry_bound_on_the_console_is_read_in_full() {
        let line = "731 720 0:52 /0 /dev/console rw,nosuid,noexec,relatime shared:3 - devpts devpts rw,gid=5,mode=620,ptmxmode=666\n";
        let expected = Mount {
            root: "/0".into(),
            point: "/dev/console".into(),
            options: ["rw", "nosuid", "noexec", "relatime"].map(String::from).to_vec(),
            propagation: vec!["shared:3".into()],
            filesystem: "devpts".into(),
            super_options: ["rw", "gid=5", "mode=620", "ptmxmode=666"].map(String::from).to_vec(),
            device: DeviceNumber { major: 0, minor: 52 },
        };
        assert_eq!(Mount::parse(line.trim_end()), Some(expected));
    }

    #[test]
    fn a_space_in_a_mount_point_is_unescaped() {
        let line = "1 2 0:3 / /a\\040b rw - tmpfs tmpfs rw";
        assert_eq!(Mount::parse(line).expect("a mount").point, "/a b");
    }

    #[test]
    fn a_line_of_another_shape_is_none() {
        assert_eq!(["no mount at all", "1 2 3 - x y z"].map(Mount::parse), [None, None]);
    }
}
