//! A call that is held, and what it is about: its arguments and what they point to.

use super::Call;
use super::call::{CHOWNING, DUPLICATING, OPENING};
use nix::libc::{self, c_long, seccomp_data};
use nix::sys::stat::{major, minor};
use ptyproof_report::printable;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Component, PathBuf};

/// One stop of a process at a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The step.
    pub call: Call,
    /// The system call's number.
    pub number: c_long,
    /// The process's id, as seen from here.
    pub pid: i32,
    /// The arguments, as they are.
    pub arguments: [u64; 6],
    /// The file that it is about, as the process names it, a directory descriptor resolved; of a mount, where it is put.
    pub path: PathBuf,
    /// With which flags it is opened, or a process made, where it is.
    pub flags: Option<u64>,
}

impl Hit {
    /// The system call by its number, its arguments, and what it is about.
    pub(super) fn in_words(&self) -> String {
        let arguments = self.arguments.map(|argument| format!("{argument:#x}")).join(", ");
        let path = if self.path.as_os_str().is_empty() {
            String::new()
        } else {
            format!(" on {}", printable(&self.path.to_string_lossy()))
        };
        format!("system call {}({arguments}){path}", self.number)
    }
}

/// What is known of a call that is held.
pub(super) struct Held {
    pub pid: i32,
    pub data: seccomp_data,
    pub path: PathBuf,
    pub flags: Option<u64>,
    pub sends_master: bool,
}

/// `/dev/ptmx`, the one of a devpts or any other.
const MASTER: (u64, u64) = (5, 2);

impl Held {
    /// Looks at the process's memory and descriptors. It may end meanwhile: whoever asks checks that it is still held.
    pub fn look(pid: i32, data: seccomp_data) -> io::Result<Self> {
        let mut held = Self { pid, data, path: PathBuf::new(), flags: None, sends_master: false };
        let number = c_long::from(data.nr);
        let at = |directory: usize, path: usize| held.path_at(Some(held.data.args[directory]), path);
        held.path = match number {
            libc::SYS_openat | libc::SYS_openat2 | libc::SYS_fchownat | libc::SYS_execveat => at(0, 1)?,
            libc::SYS_move_mount => at(2, 3)?,
            libc::SYS_mount => held.path_at(None, 1)?,
            libc::SYS_execve => held.path_at(None, 0)?,
            libc::SYS_fchown | libc::SYS_ioctl | libc::SYS_fcntl => held.descriptor(data.args[0])?,
            _ if DUPLICATING.contains(&number) => held.descriptor(data.args[0])?,
            _ if OPENING.contains(&number) || CHOWNING.contains(&number) => held.path_at(None, 0)?,
            _ => PathBuf::new(),
        };
        held.flags = match number {
            libc::SYS_openat2 => Some(held.number(data.args[2])?),
            libc::SYS_clone3 => Some(held.number(data.args[0])?),
            libc::SYS_clone => Some(data.args[0]),
            libc::SYS_openat => Some(data.args[2]),
            _ if OPENING.contains(&number) => Some(data.args[1]),
            _ => None,
        };
        if matches!(number, libc::SYS_sendmsg | libc::SYS_sendmmsg) {
            held.sends_master = held.sent()?.into_iter().any(|sent| held.is_master(sent));
        }
        Ok(held)
    }

    /// What is told of it.
    pub fn hit(&self, call: Call) -> Hit {
        let (number, arguments) = (self.data.nr.into(), self.data.args);
        Hit { call, number, pid: self.pid, arguments, path: self.path.clone(), flags: self.flags }
    }

    /// Whether the file that it is about is the slave of a pty, by its name.
    pub fn is_slave(&self) -> bool {
        let mut names = self.path.components().rev();
        let is_number = |name: &OsStr| !name.is_empty() && name.as_bytes().iter().all(u8::is_ascii_digit);
        matches!(names.next(), Some(Component::Normal(name)) if is_number(name))
            && names.next() == Some(Component::Normal(OsStr::new("pts")))
    }

    /// Whether the process runs `program`, a file by its device and inode.
    pub fn runs(pid: i32, program: (u64, u64)) -> bool {
        fs::metadata(format!("/proc/{pid}/exe")).is_ok_and(|file| (file.dev(), file.ino()) == program)
    }

    fn is_master(&self, descriptor: i32) -> bool {
        let file = fs::metadata(format!("/proc/{}/fd/{descriptor}", self.pid));
        file.is_ok_and(|file| (major(file.rdev()), minor(file.rdev())) == MASTER)
    }

    /// What a descriptor is open on; nothing where it is not open.
    fn descriptor(&self, number: u64) -> io::Result<PathBuf> {
        match fs::read_link(format!("/proc/{}/fd/{}", self.pid, number as i32)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(PathBuf::new()),
            path => path,
        }
    }

    /// The path in an argument, of which `directory` is the start where it is relative, and all where it is empty.
    fn path_at(&self, directory: Option<u64>, index: usize) -> io::Result<PathBuf> {
        let name = self.text(self.data.args[index])?;
        let path = match directory {
            _ if name.is_absolute() => name,
            Some(directory) if directory as i32 != libc::AT_FDCWD => self.descriptor(directory)?.join(name),
            _ => fs::read_link(format!("/proc/{}/cwd", self.pid))?.join(name),
        };
        // What a link such as /proc/self/fd/7 leads to is the descriptor's file; that directory has more names than one.
        let number = path.file_name().and_then(OsStr::to_str).and_then(|number| number.parse().ok());
        match number.filter(|_| path.parent().is_some_and(|directory| directory.ends_with("fd"))) {
            Some(number) => self.descriptor(number),
            None => Ok(path.components().collect()),
        }
    }

    fn text(&self, address: u64) -> io::Result<PathBuf> {
        let mut text = self.memory(address, libc::PATH_MAX as usize)?;
        text.truncate(text.iter().position(|&byte| byte == 0).unwrap_or(text.len()));
        Ok(PathBuf::from(OsStr::from_bytes(&text)))
    }

    fn number(&self, address: u64) -> io::Result<u64> {
        let bytes = self.memory(address, 8)?;
        let bytes = bytes.try_into().map_err(|_| io::Error::from_raw_os_error(libc::EFAULT))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// What is there, or as much of it as is mapped.
    fn memory(&self, address: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let count = if address == 0 {
            0
        } else {
            File::open(format!("/proc/{}/mem", self.pid))?.read_at(&mut bytes, address)?
        };
        bytes.truncate(count);
        Ok(bytes)
    }

    /// The descriptors in the first message, `SCM_RIGHTS`. `struct msghdr` and `struct cmsghdr` of a 64-bit machine.
    fn sent(&self) -> io::Result<Vec<i32>> {
        let header = self.data.args[1];
        let (control, length) = (self.number(header + 32)?, self.number(header + 40)?);
        let control = self.memory(control, length.min(4096) as usize)?;
        let word = |at: usize| control.get(at..at + 4).and_then(|word| word.try_into().ok()).map(i32::from_ne_bytes);
        if (word(8), word(12)) != (Some(libc::SOL_SOCKET), Some(libc::SCM_RIGHTS)) {
            return Ok(Vec::new());
        }
        let end = word(0).unwrap_or(0).unsigned_abs() as usize;
        Ok((16..end).step_by(4).filter_map(word).collect())
    }
}
