//! What the harness can ask of the probe, and what it answers.

use crate::facts::{DirectoryEntry, Facts, FileStatus, TerminalFacts};
use crate::file_call::{FileCall, FileTimes};
use crate::file_change::FileChange;
use crate::ioctl::IoctlName;
use crate::line_call::{LineCall, Speeds};
use crate::timed::Timed;
use crate::transfer::Transfer;
use crate::values::{Bytes, DeviceNumber, Errno, FileKind, Signal, Size, TermiosFacts};
use crate::watch::{DirectoryEvent, Watch};
use serde::{Deserialize, Serialize};

/// The first line that a probe sends: who connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Process id in the container's PID namespace.
    pub pid: i32,
}

/// One step for the probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Look at everything. Answer: [`Reply::Facts`].
    Observe,
    /// stat(2), or lstat(2) where links are not to be followed. Answer: [`Reply::Status`].
    Stat {
        /// Path inside the container.
        path: String,
        /// Whether a symbolic link at the end is followed.
        follow: bool,
    },
    /// The entries of a directory. Answer: [`Reply::Entries`].
    List {
        /// Path inside the container.
        path: String,
    },
    /// open(2) with `O_CLOEXEC`. Answer: [`Reply::Opened`].
    Open {
        /// Path inside the container.
        path: String,
        /// Flags of open(2), for example `O_RDWR | O_NOCTTY`.
        flags: i32,
    },
    /// close(2). Answer: [`Reply::Done`].
    Close {
        /// The descriptor.
        descriptor: i32,
    },
    /// One blocking read(2). Answer: [`Reply::Read`], or the errno.
    Read {
        /// The descriptor.
        descriptor: i32,
        /// At most so many bytes.
        most: usize,
    },
    /// write(2) until all bytes are written. Answer: [`Reply::Done`].
    Write {
        /// The descriptor.
        descriptor: i32,
        /// What to write.
        bytes: Bytes,
    },
    /// One write(2), whatever it takes. Answer: [`Reply::Number`], or the errno.
    WriteOnce {
        /// The descriptor.
        descriptor: i32,
        /// What to write.
        bytes: Bytes,
    },
    /// Reads until so many bytes have come, or end of file. Answer: [`Reply::Read`].
    ReadCount {
        /// The descriptor.
        descriptor: i32,
        /// How many bytes.
        count: usize,
    },
    /// Writes the first `count` bytes of [`Bytes::pattern`]. Answer: [`Reply::Done`].
    WritePattern {
        /// The descriptor.
        descriptor: i32,
        /// What kind of lines.
        lines: Lines,
        /// How many bytes.
        count: usize,
    },
    /// poll(2) for input. Answer: [`Reply::Readable`].
    PollInput {
        /// The descriptor.
        descriptor: i32,
        /// Longest wait in milliseconds.
        milliseconds: u16,
    },
    /// poll(2). Answer: [`Reply::Number`], the events that there are.
    Poll {
        /// The descriptor.
        descriptor: i32,
        /// The events to wait for; `POLLERR` and `POLLHUP` are always told.
        events: i16,
        /// Longest wait in milliseconds.
        milliseconds: u16,
    },
    /// Sets or clears `O_NONBLOCK` of the open file. Answer: [`Reply::Done`].
    SetNonblocking {
        /// The descriptor.
        descriptor: i32,
        /// Whether calls return instead of waiting.
        on: bool,
    },
    /// fstat(2). Answer: [`Reply::Status`].
    StatDescriptor {
        /// The descriptor.
        descriptor: i32,
    },
    /// readlink(2). Answer: [`Reply::Read`].
    ReadLink {
        /// Path of the link.
        path: String,
    },
    /// What a descriptor says of itself as a terminal. Answer: [`Reply::Terminal`], or the errno.
    Terminal {
        /// The descriptor.
        descriptor: i32,
    },
    /// Another descriptor of the same open file. Answer: [`Reply::Number`].
    Duplicate {
        /// The descriptor.
        descriptor: i32,
    },
    /// TIOCGPTPEER: opens the slave of a master. Answer: [`Reply::Opened`].
    OpenPeer {
        /// The master.
        master: i32,
        /// Flags of open(2); `O_CLOEXEC` is added.
        flags: i32,
    },
    /// A call on a file beyond those above. Answer: that of the call.
    File(FileCall),
    /// mount(2). Answer: [`Reply::Done`].
    Mount {
        /// Where it comes from.
        source: String,
        /// Where it goes.
        target: String,
        /// Type of the filesystem; empty for a bind mount, a remount or a change of propagation.
        kind: String,
        /// `MS_...`.
        flags: u64,
        /// Options of the filesystem.
        options: String,
    },
    /// umount2(2). Answer: [`Reply::Done`].
    Unmount {
        /// The mount point.
        target: String,
        /// `MNT_...`.
        flags: i32,
    },
    /// tcgetattr(3). Answer: [`Reply::Termios`].
    GetTermios {
        /// The descriptor.
        descriptor: i32,
    },
    /// tcsetattr(3). Answer: [`Reply::Done`].
    SetTermios {
        /// The descriptor.
        descriptor: i32,
        /// When the change takes effect.
        action: TermiosAction,
        /// The settings.
        termios: TermiosFacts,
    },
    /// A call on the settings of a terminal's line. Answer: that of the call.
    Line {
        /// The descriptor.
        descriptor: i32,
        /// The call.
        call: LineCall,
    },
    /// TIOCGWINSZ. Answer: [`Reply::Size`].
    GetSize {
        /// The descriptor.
        descriptor: i32,
    },
    /// TIOCSWINSZ. Answer: [`Reply::Done`].
    SetSize {
        /// The descriptor.
        descriptor: i32,
        /// The size.
        size: Size,
    },
    /// An ioctl(2) by name. Answer: [`Reply::Number`].
    Ioctl {
        /// The descriptor.
        descriptor: i32,
        /// Which.
        name: IoctlName,
        /// Its argument, for those that take an integer.
        argument: i64,
    },
    /// An ioctl(2) by name whose argument is a null pointer. Answer: [`Reply::Done`].
    IoctlWithNull {
        /// The descriptor.
        descriptor: i32,
        /// Which.
        name: IoctlName,
    },
    /// tcsetpgrp(3). Answer: [`Reply::Done`].
    SetForeground {
        /// The descriptor.
        descriptor: i32,
        /// The process group.
        group: i32,
    },
    /// posix_openpt(3), grantpt(3), unlockpt(3), ptsname(3) and opening the slave by that name, with each
    /// step's result. Answer: [`Reply::Pty`].
    OpenPty,
    /// Forks a child that serves a control socket of its own. Answer: [`Reply::Number`], its pid.
    Fork {
        /// Path of the child's control socket inside the container.
        control: String,
        /// Process group and session of the child.
        group: ChildGroup,
    },
    /// waitpid(2) for one child. Answer: [`Reply::Child`].
    Wait {
        /// The child.
        pid: i32,
        /// Whether a stop counts too (`WUNTRACED`).
        stopped: bool,
    },
    /// Installs a handler that counts. Answer: [`Reply::Done`].
    Catch {
        /// The signals to catch.
        signals: Vec<Signal>,
    },
    /// As [`Request::Catch`], and system calls that a signal interrupts go on (`SA_RESTART`). Answer: [`Reply::Done`].
    CatchAndRestart {
        /// The signals to catch.
        signals: Vec<Signal>,
    },
    /// Ignores signals. Answer: [`Reply::Done`].
    Ignore {
        /// The signals to ignore.
        signals: Vec<Signal>,
    },
    /// Blocks signals, replacing the mask. Answer: [`Reply::Done`].
    Block {
        /// The signals to block.
        signals: Vec<Signal>,
    },
    /// setpgid(2). Answer: [`Reply::Done`].
    SetGroup {
        /// The process; 0 is the probe itself.
        pid: i32,
        /// The process group; 0 is one of its own.
        group: i32,
    },
    /// Waits until a caught signal has arrived, and takes all that have. Answer: [`Reply::Signals`], in order
    /// of their numbers, empty where the time is over.
    TakeSignals {
        /// Longest wait in milliseconds.
        milliseconds: u16,
    },
    /// kill(2). Answer: [`Reply::Done`].
    Kill {
        /// The process, or a process group as a negative number.
        pid: i32,
        /// The signal.
        signal: Signal,
    },
    /// mknod(2), unlinking what was there. Answer: [`Reply::Done`].
    MakeNode {
        /// Path inside the container.
        path: String,
        /// Character device, FIFO or regular file.
        kind: FileKind,
        /// The device.
        node: DeviceNumber,
    },
    /// A change of the filesystem. Answer: [`Reply::Done`].
    Change(FileChange),
    /// Bytes or descriptors on their way between files and processes.
    Transfer(Transfer),
    /// What happens in a directory. inotify(7).
    Watch(Watch),
    /// statfs(2). Answer: [`Reply::Number`], the type of the filesystem.
    FilesystemType {
        /// A path on it.
        path: String,
    },
    /// dup2(2) onto 0, 1 and 2. Answer: [`Reply::Done`].
    UseAsStandardStreams {
        /// The descriptor.
        descriptor: i32,
    },
    /// unshare(2). Answer: [`Reply::Done`].
    Unshare {
        /// `CLONE_NEW...`.
        namespaces: i32,
    },
    /// setsid(2). Answer: [`Reply::Number`].
    NewSession,
    /// Becomes a user for good, as su does: setgroups(2) with none, setresgid(2), setresuid(2); and may look into
    /// its own `/proc/self`, as a program that su starts may (`PR_SET_DUMPABLE`). Answer: [`Reply::Done`].
    BecomeUser {
        /// Real, effective and saved user id.
        user: u32,
        /// Real, effective and saved group id.
        group: u32,
    },
    /// capset(2): keeps these capabilities, in every set, and gives all others up. Answer: [`Reply::Done`].
    KeepCapabilities {
        /// Their numbers. capabilities(7), `linux/capability.h`.
        numbers: Vec<u8>,
    },
    /// These steps one after another, without the harness in between; the first that fails ends it. Answer:
    /// that of the last step. The last may be [`Request::End`].
    InTurn(Vec<Request>),
    /// These steps one after another, whatever comes of each. Answer: [`Reply::Each`].
    Each(Vec<Request>),
    /// One step and its times. Answer: [`Reply::Timed`].
    Timed(Box<Request>),
    /// vhangup(2): hangs up the controlling terminal. Answer: [`Reply::Done`].
    HangUp,
    /// execve(2) of the probe's own program, which serves a new control socket. There is no answer but a
    /// failure.
    Execute {
        /// Path of the new control socket.
        control: String,
    },
    /// Ends the probe. There is no answer.
    End(Ending),
}

/// How the probe ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// exit(2) with a status.
    Exit(i32),
    /// By a signal with its default disposition. PID 1 of a PID namespace cannot kill itself so.
    Signal(Signal),
}

/// What separates the lines of [`Bytes::pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lines {
    /// A newline, which a terminal may translate.
    Broken,
    /// A full stop: no terminal translates any byte of it, whatever its settings.
    Unbroken,
}

/// When a change of termios takes effect. tcsetattr(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TermiosAction {
    /// At once, `TCSANOW`.
    Now,
    /// After the output is sent, `TCSADRAIN`.
    Drain,
    /// After the output is sent, and unread input is discarded, `TCSAFLUSH`.
    Flush,
}

impl std::fmt::Display for TermiosAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Now => "TCSANOW",
            Self::Drain => "TCSADRAIN",
            Self::Flush => "TCSAFLUSH",
        })
    }
}

/// Process group and session of a forked child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChildGroup {
    /// The parent's process group.
    Parents,
    /// A process group of its own in the parent's session.
    Own,
    /// A session of its own.
    OwnSession,
}

/// What the probe answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The step is done.
    Done,
    /// The step failed in the kernel.
    Failed(Errno),
    /// All facts.
    Facts(Box<Facts>),
    /// A file's status.
    Status(FileStatus),
    /// A directory.
    Entries(Vec<DirectoryEntry>),
    /// A descriptor.
    Opened(Opened),
    /// Bytes that were read; none is end of file.
    Read(Bytes),
    /// What each of several buffers got.
    Parts(Vec<Bytes>),
    /// When a file was read and written.
    Times(FileTimes),
    /// Speeds of a terminal's line.
    Speeds(Speeds),
    /// Whether input (or a hang-up) is there.
    Readable(bool),
    /// Settings of a terminal.
    Termios(TermiosFacts),
    /// Size of a terminal.
    Size(Size),
    /// What a terminal says of itself.
    Terminal(Box<TerminalFacts>),
    /// A number.
    Number(i64),
    /// A new pty.
    Pty(PtyAllocation),
    /// What became of a child.
    Child(ChildStatus),
    /// Signals that arrived.
    Signals(Vec<Signal>),
    /// What came of several steps.
    Each(Vec<Reply>),
    /// What happened in a directory, in order.
    Events(Vec<DirectoryEvent>),
    /// Two new descriptors: where a pipe is read and where it is written, or the two ends of a pair of sockets.
    Descriptors([i32; 2]),
    /// A step with its times.
    Timed(Timed),
}

/// A descriptor that the probe opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// Its number in the probe.
    pub descriptor: i32,
    /// fstat(2).
    pub status: FileStatus,
}

/// A pty that the probe allocated, step by step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PtyAllocation {
    /// The master.
    pub master: Opened,
    /// TIOCGPTN.
    pub number: u32,
    /// ptsname(3).
    pub name: String,
    /// grantpt(3).
    pub granted: Result<(), Errno>,
    /// unlockpt(3).
    pub unlocked: Result<(), Errno>,
    /// The slave, opened by its name.
    pub slave: Result<Opened, Errno>,
}

/// What waitpid(2) said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChildStatus {
    /// It exited with a status.
    Exited(i32),
    /// A signal killed it.
    Killed(Signal),
    /// A signal stopped it.
    Stopped(Signal),
}

impl Bytes {
    /// A pattern of printable lines with numbers, in which loss, repetition and disorder show.
    ///
    /// Each line is `NNNNNNN` and filling, 63 characters and what separates it from the next.
    pub fn pattern(lines: Lines, count: usize) -> Self {
        let end = match lines {
            Lines::Broken => b'\n',
            Lines::Unbroken => b'.',
        };
        let mut bytes = Vec::with_capacity(count + 64);
        for line in 0..count.div_ceil(64) {
            let filling = b'a' + (line % 26) as u8;
            bytes.extend_from_slice(format!("{line:07}").as_bytes());
            bytes.resize(bytes.len() + 56, filling);
            bytes.push(end);
        }
        bytes.truncate(count);
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_the_asked_length_and_numbered_lines() {
        let pattern = Bytes::pattern(Lines::Broken, 130).0;
        assert_eq!(pattern.len(), 130);
        assert_eq!(&pattern[..9], b"0000000aa");
        assert_eq!(&pattern[63..73], b"\n0000001bb");
        assert_eq!(&pattern[128..], b"00");
    }

    #[test]
    fn an_unbroken_pattern_has_no_byte_that_a_terminal_translates() {
        let pattern = Bytes::pattern(Lines::Unbroken, 64 * 30).0;
        assert_eq!(&pattern[62..66], b"a.00");
        assert!(pattern.iter().all(|byte| (b'.'..=b'z').contains(byte)));
    }

    #[test]
    fn a_request_survives_its_line_of_json() {
        let request = Request::Write { descriptor: 1, bytes: Bytes(vec![0, 0xff, b'\n']) };
        let line = serde_json::to_string(&request).expect("a request is JSON");
        assert_eq!(line, r#"{"write":{"descriptor":1,"bytes":"00ff0a"}}"#);
        assert_eq!(serde_json::from_str::<Request>(&line).expect("it reads back"), request);
    }
}
