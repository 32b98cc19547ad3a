//! Looking at everything at once: descriptors, session, signals, directories, mounts.

use crate::asking::{Ask, Probe, steps};
use crate::facts::{
    Descriptor, DirectoryEntry, Facts, FileStatus, Identity, Mount, ProcessFacts, SignalSets, TerminalFacts, Unread,
};
use crate::performer::{Performer, borrow};
use crate::values::{DeviceNumber, Errno, FileKind, Signal};
use crate::{answer::Answer, falsify::Falsify, step::terminals::terminal_facts};
use nix::libc;
use nix::sys::stat::{fstat, lstat, stat};
use std::{fs, io::ErrorKind, os::fd::AsFd, os::unix::fs::OpenOptionsExt, path::Path, ptr};

steps! {
    /// Steps that look.
    Looks;

    /// Everything that one look from inside finds, or what could not be read.
    Observe {} -> Result<Facts, Unread>,
        "look at everything" => |performer| { Ok(facts(performer)) }

    /// fstat(2).
    StatDescriptor { descriptor: i32 } -> FileStatus: stat_descriptor | try_stat_descriptor,
        "look at descriptor {descriptor}" => { Ok(FileStatus::of(&fstat(borrow(descriptor))?)) }
}

impl<C: Ask<Error: From<Unread>>> Probe<C> {
    /// Everything that one look from inside finds.
    pub fn observe(&mut self) -> Result<Facts, C::Error> {
        Ok(self.ask(Observe {})??)
    }
}

impl Answer for Result<Facts, Unread> {
    type Told = Self;

    fn told(self) -> Self {
        self
    }

    fn falsified(&self) -> Option<Result<Self, Errno>> {
        let mut facts = self.clone().ok()?;
        facts.falsify();
        Some(Ok(Ok(facts)))
    }
}

/// Names what could not be read.
fn reading<T, E: Into<Errno>>(what: &str, found: Result<T, E>) -> Result<T, Unread> {
    found.map_err(|errno| Unread { what: what.to_owned(), errno: errno.into() })
}

/// All facts of now, without the descriptor of the conversation, which the probe opened for itself.
fn facts(performer: &Performer) -> Result<Facts, Unread> {
    Ok(Facts {
        process: process(&performer.signals)?,
        descriptors: reading("/proc/self/fd", descriptors(performer.conversation))?,
        shares_open_file_with_stdin: [same_open_file(0, 1), same_open_file(0, 2)],
        controlling_terminal: controlling_terminal(),
        dev: entries_if_there("/dev")?,
        pts: entries_if_there("/dev/pts")?,
        mounts: mounts()?,
        pts_filesystem: filesystem_type("/dev/pts"),
        environment: std::env::vars_os()
            .map(|(name, value)| format!("{}={}", name.display(), value.display()))
            .collect(),
    })
}

fn process(signals: &Result<SignalSets, Unread>) -> Result<ProcessFacts, Unread> {
    let line = text("/proc/self/stat")?;
    // The command's name stands in parentheses and may itself hold spaces and parentheses.
    let after_name = line.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let field = |index: usize| {
        let word = after_name.split(' ').nth(index).and_then(|word| word.parse::<i32>().ok());
        reading("/proc/self/stat", word.ok_or(Errno::EINVAL))
    };
    Ok(ProcessFacts {
        pid: nix::unistd::getpid().as_raw(),
        session: field(3)?,
        group: field(2)?,
        terminal: DeviceNumber::of(field(4)? as u32 as u64),
        foreground_group: field(5)?,
        identity: Identity {
            user: nix::unistd::geteuid().as_raw(),
            group: nix::unistd::getegid().as_raw(),
            groups: reading("the groups", nix::unistd::getgroups())?.into_iter().map(|group| group.as_raw()).collect(),
        },
        signals: signals.clone()?,
        directory: reading("the current directory", std::env::current_dir())?.display().to_string(),
    })
}

fn mounts() -> Result<Vec<Mount>, Unread> {
    const PATH: &str = "/proc/self/mountinfo";
    let parsed = |line| reading(&format!("'{line}' in {PATH}"), Mount::parse(line).ok_or(Errno::EINVAL));
    text(PATH)?.lines().map(parsed).collect()
}

fn descriptors(conversation: Option<i32>) -> Result<Vec<Descriptor>, Errno> {
    let mut found = Vec::new();
    for number in open_numbers()? {
        if Some(number) == conversation {
            continue;
        }
        let link = fs::read_link(format!("/proc/self/fd/{number}"))?.display().to_string();
        let descriptor = borrow(number);
        let flags = nix::fcntl::fcntl(descriptor, nix::fcntl::FcntlArg::F_GETFL)?;
        found.push(Descriptor {
            number,
            status: FileStatus::of(&fstat(descriptor)?),
            link_status: stat(Path::new(&link)).map(|s| FileStatus::of(&s)).map_err(Errno::from),
            link,
            flags: flags & !libc::O_LARGEFILE & !KERNEL_LARGEFILE,
            terminal: terminal_facts(descriptor),
        });
    }
    found.sort_by_key(|descriptor| descriptor.number);
    Ok(found)
}

/// The C library says that O_LARGEFILE is 0 on 64-bit machines; the kernel reports it all the same.
const KERNEL_LARGEFILE: i32 = 0o100_000;

fn open_numbers() -> Result<Vec<i32>, Errno> {
    let listing = nix::dir::Dir::open(
        "/proc/self/fd",
        nix::fcntl::OFlag::O_RDONLY | nix::fcntl::OFlag::O_CLOEXEC,
        nix::sys::stat::Mode::empty(),
    )?;
    let own = std::os::fd::AsRawFd::as_raw_fd(&listing);
    let mut numbers = Vec::new();
    for entry in listing {
        let number: Option<i32> = entry?.file_name().to_str().ok().and_then(|name| name.parse().ok());
        numbers.extend(number.filter(|&number| number != own));
    }
    Ok(numbers)
}

/// kcmp(2) with `KCMP_FILE`: 0 means that both numbers are one open file description.
fn same_open_file(one: i32, other: i32) -> Result<bool, Errno> {
    const KCMP_FILE: i32 = 0;
    let pid = nix::unistd::getpid().as_raw();
    // SAFETY: kcmp takes integers only and touches no memory of ours.
    let order = unsafe { libc::syscall(libc::SYS_kcmp, pid, pid, KCMP_FILE, one, other) };
    Ok(nix::errno::Errno::result(order)? == 0)
}

/// The controlling terminal through `/dev/tty`. tty(4).
fn controlling_terminal() -> Result<TerminalFacts, Errno> {
    let mut options = fs::File::options();
    let tty = options.read(true).write(true).custom_flags(libc::O_NOCTTY | libc::O_CLOEXEC).open("/dev/tty")?;
    terminal_facts(tty.as_fd())
}

/// The entries of a directory; none where it does not exist.
fn entries_if_there(path: &str) -> Result<Vec<DirectoryEntry>, Unread> {
    match directory(path) {
        Err(Errno::ENOENT) => Ok(Vec::new()),
        entries => reading(path, entries),
    }
}

/// The entries of a directory in the order of their names. What goes away meanwhile is none.
pub(super) fn directory(path: &str) -> Result<Vec<DirectoryEntry>, Errno> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let status = match lstat(&entry.path()) {
            Err(nix::errno::Errno::ENOENT) => continue,
            found => FileStatus::of(&found?),
        };
        let target = match status.kind {
            FileKind::Symlink => match fs::read_link(entry.path()) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                target => Some(target?.display().to_string()),
            },
            _ => None,
        };
        entries.push(DirectoryEntry { name: entry.file_name().display().to_string(), status, target });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(entries)
}

/// statfs(2): `f_type`.
pub(super) fn filesystem_type(path: &str) -> Result<i64, Errno> {
    #[allow(clippy::unnecessary_cast, reason = "the width of f_type differs by architecture")]
    Ok(nix::sys::statfs::statfs(path)?.filesystem_type().0 as i64)
}

fn text(path: &str) -> Result<String, Unread> {
    Ok(String::from_utf8_lossy(&reading(path, fs::read(path))?).into_owned())
}

/// The signal sets of now, of all 64 signals: from proc_pid_status(5), and where the kernel does not tell them there, asked for
/// one by one.
pub fn signal_sets() -> Result<SignalSets, Unread> {
    const PATH: &str = "/proc/self/status";
    let status = text(PATH)?;
    if !status.contains("\nSigIgn:") {
        return reading("the signals of this process", asked_sets());
    }
    let set = |name: &str| {
        let mask = status.lines().find_map(|line| line.strip_prefix(name));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        Ok(signals(reading(&format!("{name} in {PATH}"), mask.ok_or(Errno::EINVAL))?))
    };
    Ok(SignalSets { ignored: set("SigIgn:")?, blocked: set("SigBlk:")?, caught: set("SigCgt:")? })
}

fn signals(mask: u64) -> Vec<Signal> {
    (1..=64).filter(|number| mask & (1 << (number - 1)) != 0).map(Signal).collect()
}

/// sigaction(2) and sigprocmask(2) of the kernel itself: the C library keeps two signals to itself.
fn asked_sets() -> Result<SignalSets, Errno> {
    let (mut blocked, mut ignored, mut caught) = (0_u64, 0_u64, 0_u64);
    const SIZE: usize = size_of::<u64>();
    // SAFETY: the kernel writes 8 bytes, and reads none.
    let done =
        unsafe { libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_BLOCK, ptr::null::<u64>(), &raw mut blocked, SIZE) };
    nix::errno::Errno::result(done)?;
    for number in 1..=64 {
        // Handler, flags, restorer and mask: `struct sigaction` of the kernel.
        let mut action = [0_u64; 4];
        // SAFETY: the kernel writes the structure, and reads none.
        let done =
            unsafe { libc::syscall(libc::SYS_rt_sigaction, number, ptr::null::<u64>(), action.as_mut_ptr(), SIZE) };
        nix::errno::Errno::result(done)?;
        match usize::try_from(action[0]).unwrap_or(usize::MAX) {
            libc::SIG_DFL => {}
            libc::SIG_IGN => ignored |= 1 << (number - 1),
            _ => caught |= 1 << (number - 1),
        }
    }
    Ok(SignalSets { ignored: signals(ignored), blocked: signals(blocked), caught: signals(caught) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_empty_and_what_cannot_be_read_is_named() {
        assert_eq!(entries_if_there("/proc/self/no-such-directory"), Ok(Vec::new()));
        let unread = entries_if_there("/proc/self/stat").expect_err("a file has no entries");
        assert_eq!(unread.to_string(), "/proc/self/stat cannot be read: ENOTDIR");
    }

    #[test]
    fn what_is_asked_for_is_what_the_kernel_tells_in_proc() {
        let blocked: nix::sys::signal::SigSet = [nix::sys::signal::Signal::SIGUSR1].into_iter().collect();
        blocked.thread_block().expect("it can be blocked");
        let (asked, told) = (asked_sets().expect("the kernel answers"), signal_sets().expect("procfs tells them"));
        // What procfs tells is blocked in the first thread, and this is another.
        assert_eq!((asked.ignored, asked.caught), (told.ignored, told.caught));
        assert!(asked.blocked.contains(&Signal::USR1) && !asked.blocked.contains(&Signal::KILL), "{:?}", asked.blocked);
    }
}
