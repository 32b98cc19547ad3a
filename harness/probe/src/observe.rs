//! Looking: descriptors, session, signals, directories, mounts.

use crate::terminal;
use nix::sys::stat::{FileStat, SFlag, fstat, lstat, stat};
use ptyproof_probe::{
    Descriptor, DeviceNumber, DirectoryEntry, Errno, Facts, FileKind, FileStatus, Identity, Mount, ProcessFacts,
    Signal, SignalSets,
};
use std::fs;
use std::os::fd::BorrowedFd;
use std::path::Path;

/// What only the first instructions of the process can see.
pub struct Start {
    signals: SignalSets,
}

impl Start {
    /// Looks before anything else of the probe runs.
    pub fn look() -> Self {
        Self { signals: signal_sets() }
    }
}

/// All facts of now, without the descriptors in `hidden`, which the probe opened for itself.
pub fn facts(start: &Start, hidden: &[i32]) -> Result<Facts, Errno> {
    Ok(Facts {
        process: process(start)?,
        descriptors: descriptors(hidden)?,
        shares_open_file_with_stdin: [same_open_file(0, 1), same_open_file(0, 2)],
        controlling_terminal: terminal::controlling(),
        dev: directory("/dev").unwrap_or_default(),
        pts: directory("/dev/pts").unwrap_or_default(),
        mounts: Mount::parse_all(&text("/proc/self/mountinfo")?),
        pts_filesystem: filesystem_type("/dev/pts"),
        environment: std::env::vars_os()
            .map(|(name, value)| format!("{}={}", name.display(), value.display()))
            .collect(),
    })
}

fn process(start: &Start) -> Result<ProcessFacts, Errno> {
    let line = text("/proc/self/stat")?;
    // The command's name stands in parentheses and may itself hold spaces and parentheses.
    let after_name = line.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let field = |index: usize| after_name.split(' ').nth(index).and_then(|word| word.parse::<i32>().ok()).unwrap_or(-1);
    Ok(ProcessFacts {
        pid: nix::unistd::getpid().as_raw(),
        session: field(3),
        group: field(2),
        terminal: DeviceNumber::of(field(4) as u32 as u64),
        foreground_group: field(5),
        identity: Identity {
            user: nix::unistd::geteuid().as_raw(),
            group: nix::unistd::getegid().as_raw(),
            groups: nix::unistd::getgroups()?.into_iter().map(|group| group.as_raw()).collect(),
        },
        signals: start.signals.clone(),
        directory: std::env::current_dir()?.display().to_string(),
    })
}

fn descriptors(hidden: &[i32]) -> Result<Vec<Descriptor>, Errno> {
    let mut found = Vec::new();
    for number in open_numbers(hidden)? {
        let path = format!("/proc/self/fd/{number}");
        let link = fs::read_link(&path)?.display().to_string();
        // SAFETY: the probe is single-threaded and the number was just listed as open; the borrow ends
        // with this turn of the loop, in which nothing is closed.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        let flags = nix::fcntl::fcntl(descriptor, nix::fcntl::FcntlArg::F_GETFL)?;
        found.push(Descriptor {
            number,
            status: status(&fstat(descriptor)?),
            link_status: stat(Path::new(&link)).map(|s| status(&s)).map_err(Errno::from),
            link,
            flags: flags & !nix::libc::O_LARGEFILE & !KERNEL_LARGEFILE,
            terminal: terminal::facts(descriptor),
        });
    }
    found.sort_by_key(|descriptor| descriptor.number);
    Ok(found)
}

/// The C library says that O_LARGEFILE is 0 on 64-bit machines; the kernel reports it all the same.
const KERNEL_LARGEFILE: i32 = 0o100_000;

fn open_numbers(hidden: &[i32]) -> Result<Vec<i32>, Errno> {
    let listing = nix::dir::Dir::open(
        "/proc/self/fd",
        nix::fcntl::OFlag::O_RDONLY | nix::fcntl::OFlag::O_CLOEXEC,
        nix::sys::stat::Mode::empty(),
    )?;
    let own = std::os::fd::AsRawFd::as_raw_fd(&listing);
    let mut numbers = Vec::new();
    for entry in listing {
        let entry = entry?;
        if let Some(number) = entry.file_name().to_str().ok().and_then(|name| name.parse().ok())
            && number != own
            && !hidden.contains(&number)
        {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// kcmp(2) with `KCMP_FILE`: 0 means that both numbers are one open file description.
fn same_open_file(one: i32, other: i32) -> Result<bool, Errno> {
    const KCMP_FILE: i32 = 0;
    let pid = nix::unistd::getpid().as_raw();
    // SAFETY: kcmp takes integers only and touches no memory of ours.
    let order = unsafe { nix::libc::syscall(nix::libc::SYS_kcmp, pid, pid, KCMP_FILE, one, other) };
    Ok(nix::errno::Errno::result(order)? == 0)
}

/// The entries of a directory in the order of their names.
pub fn directory(path: &str) -> Result<Vec<DirectoryEntry>, Errno> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        entries.push(DirectoryEntry {
            name: entry.file_name().display().to_string(),
            status: status(&lstat(&entry.path())?),
            target: fs::read_link(entry.path()).ok().map(|target| target.display().to_string()),
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// stat(2) or lstat(2) of a path.
pub fn path_status(path: &str, follow: bool) -> Result<FileStatus, Errno> {
    let found = if follow { stat(Path::new(path)) } else { lstat(Path::new(path)) };
    Ok(status(&found?))
}

/// The documented parts of `struct stat`.
pub fn status(found: &FileStat) -> FileStatus {
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
    FileStatus {
        kind,
        mode: found.st_mode & 0o7777,
        user: found.st_uid,
        group: found.st_gid,
        device: DeviceNumber::of(found.st_dev),
        inode: found.st_ino,
        links: links(found),
        node: DeviceNumber::of(found.st_rdev),
    }
}

#[allow(clippy::unnecessary_cast, reason = "the width of st_nlink differs by architecture")]
fn links(found: &FileStat) -> u64 {
    found.st_nlink as u64
}

/// statfs(2): `f_type`.
pub fn filesystem_type(path: &str) -> Result<i64, Errno> {
    #[allow(clippy::unnecessary_cast, reason = "the width of f_type differs by architecture")]
    Ok(nix::sys::statfs::statfs(path)?.filesystem_type().0 as i64)
}

fn text(path: &str) -> Result<String, Errno> {
    Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
}

fn signal_sets() -> SignalSets {
    let status = text("/proc/self/status").unwrap_or_default();
    let set = |name: &str| {
        let mask = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
            .unwrap_or(0);
        (1..=64).filter(|number| mask & (1 << (number - 1)) != 0).map(Signal).collect()
    };
    SignalSets { ignored: set("SigIgn:"), blocked: set("SigBlk:"), caught: set("SigCgt:") }
}
