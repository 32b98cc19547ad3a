//! What a probe can be asked, a method each. A refusal of the kernel is an error; see `attempts` where it is an answer.

use super::control::{ControlSocket, Probe, ProbeError};
use ptyproof_probe::{
    Bytes, ChildGroup, ChildStatus, DeviceNumber, DirectoryEntry, DirectoryEvent, Ending, Errno, Facts, FileCall,
    FileChange, FileKind, FileStatus, FileTimes, IoctlName, LineCall, Opened, PtyAllocation, Reply, Request, Signal,
    Size, Speeds, TerminalFacts, TermiosAction, TermiosFacts, Timed, Transfer, Watch,
};

/// Makes one method for each request: it asks, and takes the one kind of answer that belongs to it.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) -> $answer:ty =
        $request:expr => $pattern:pat => $value:expr;)*) => {
        impl Probe {
            $($(#[$doc])*
            pub fn $name(&mut self, $($argument: $type),*) -> Result<$answer, ProbeError> {
                match self.ask(&$request)? {
                    $pattern => Ok($value),
                    other => Err(ProbeError::Protocol(format!("{other:?}"))),
                }
            })*
        }
    };
}

requests! {
    /// Everything that one look from inside finds.
    observe() -> Facts = Request::Observe => Reply::Facts(facts) => *facts;
    /// stat(2), following links.
    stat(path: &str) -> FileStatus =
        Request::Stat { path: path.to_owned(), follow: true } => Reply::Status(status) => status;
    /// lstat(2).
    lstat(path: &str) -> FileStatus =
        Request::Stat { path: path.to_owned(), follow: false } => Reply::Status(status) => status;
    /// The entries of a directory, in the order of their names.
    list(path: &str) -> Vec<DirectoryEntry> =
        Request::List { path: path.to_owned() } => Reply::Entries(entries) => entries;
    /// open(2) with flags of fcntl.h.
    open(path: &str, flags: i32) -> Opened =
        Request::Open { path: path.to_owned(), flags } => Reply::Opened(opened) => opened;
    /// close(2).
    close(descriptor: i32) -> () = Request::Close { descriptor } => Reply::Done => ();
    /// One blocking read(2) of at most 4096 bytes; none is end of file.
    read(descriptor: i32) -> Vec<u8> =
        Request::Read { descriptor, most: 4096 } => Reply::Read(bytes) => bytes.0;
    /// read(2) until so many bytes have come, or end of file.
    read_count(descriptor: i32, count: usize) -> Vec<u8> =
        Request::ReadCount { descriptor, count } => Reply::Read(bytes) => bytes.0;
    /// write(2) until all is written.
    write(descriptor: i32, bytes: &[u8]) -> () =
        Request::Write { descriptor, bytes: Bytes::from(bytes) } => Reply::Done => ();
    /// Whether input is there within so many milliseconds.
    readable_within(descriptor: i32, milliseconds: u16) -> bool =
        Request::PollInput { descriptor, milliseconds } => Reply::Readable(readable) => readable;
    /// tcgetattr(3).
    termios(descriptor: i32) -> TermiosFacts =
        Request::GetTermios { descriptor } => Reply::Termios(termios) => termios;
    /// tcsetattr(3) with `TCSANOW`.
    set_termios(descriptor: i32, termios: TermiosFacts) -> () =
        Request::SetTermios { descriptor, action: TermiosAction::Now, termios } => Reply::Done => ();
    /// TIOCGWINSZ.
    size(descriptor: i32) -> Size = Request::GetSize { descriptor } => Reply::Size(size) => size;
    /// TIOCSWINSZ.
    set_size(descriptor: i32, size: Size) -> () =
        Request::SetSize { descriptor, size } => Reply::Done => ();
    /// An ioctl(2).
    ioctl(descriptor: i32, name: IoctlName, argument: i64) -> i64 =
        Request::Ioctl { descriptor, name, argument } => Reply::Number(number) => number;
    /// tcsetpgrp(3).
    set_foreground(descriptor: i32, group: i32) -> () =
        Request::SetForeground { descriptor, group } => Reply::Done => ();
    /// Allocates a pty with the C library's calls.
    open_pty() -> PtyAllocation = Request::OpenPty => Reply::Pty(pty) => pty;
    /// waitpid(2) for a child's end.
    wait_for_end(pid: i32) -> ChildStatus =
        Request::Wait { pid, stopped: false } => Reply::Child(status) => status;
    /// waitpid(2) with `WUNTRACED`.
    wait_for_stop(pid: i32) -> ChildStatus =
        Request::Wait { pid, stopped: true } => Reply::Child(status) => status;
    /// Catches signals from now on.
    catch(signals: &[Signal]) -> () =
        Request::Catch { signals: signals.to_vec() } => Reply::Done => ();
    /// Catches signals from now on, with `SA_RESTART`.
    catch_and_restart(signals: &[Signal]) -> () =
        Request::CatchAndRestart { signals: signals.to_vec() } => Reply::Done => ();
    /// Ignores signals from now on.
    ignore(signals: &[Signal]) -> () =
        Request::Ignore { signals: signals.to_vec() } => Reply::Done => ();
    /// The caught signals that have arrived, waiting so many milliseconds for the first.
    signals_within(milliseconds: u16) -> Vec<Signal> =
        Request::TakeSignals { milliseconds } => Reply::Signals(signals) => signals;
    /// kill(2).
    kill(pid: i32, signal: Signal) -> () = Request::Kill { pid, signal } => Reply::Done => ();
    /// Becomes a user for good, as su does.
    become_user(user: u32, group: u32) -> () =
        Request::BecomeUser { user, group } => Reply::Done => ();
    /// Keeps the capabilities of these numbers and gives all others up.
    keep_capabilities(numbers: &[u8]) -> () =
        Request::KeepCapabilities { numbers: numbers.to_vec() } => Reply::Done => ();
    /// setsid(2).
    new_session() -> i64 = Request::NewSession => Reply::Number(session) => session;
    /// Ends the process.
    end(ending: Ending) -> () = Request::End(ending) => Reply::Done => ();
    /// One write(2); how many bytes were taken.
    write_once(descriptor: i32, bytes: &[u8]) -> i64 =
        Request::WriteOnce { descriptor, bytes: Bytes::from(bytes) } => Reply::Number(count) => count;
    /// The events of poll(2) that there are now, as `POLL...` bits.
    poll_now(descriptor: i32, events: i16) -> i16 =
        Request::Poll { descriptor, events, milliseconds: 0 } => Reply::Number(seen) => seen as i16;
    /// The same, waiting so many milliseconds for the first.
    poll_within(descriptor: i32, events: i16, milliseconds: u16) -> i16 =
        Request::Poll { descriptor, events, milliseconds } => Reply::Number(seen) => seen as i16;
    /// Sets or clears `O_NONBLOCK` of the open file.
    set_nonblocking(descriptor: i32, on: bool) -> () =
        Request::SetNonblocking { descriptor, on } => Reply::Done => ();
    /// fstat(2).
    stat_descriptor(descriptor: i32) -> FileStatus =
        Request::StatDescriptor { descriptor } => Reply::Status(status) => status;
    /// readlink(2).
    read_link(path: &str) -> Vec<u8> =
        Request::ReadLink { path: path.to_owned() } => Reply::Read(bytes) => bytes.0;
    /// What a descriptor says of itself as a terminal.
    terminal(descriptor: i32) -> TerminalFacts =
        Request::Terminal { descriptor } => Reply::Terminal(facts) => *facts;
    /// dup(2).
    duplicate(descriptor: i32) -> i32 =
        Request::Duplicate { descriptor } => Reply::Number(copy) => copy as i32;
    /// TIOCGPTPEER with flags of open(2).
    open_peer(master: i32, flags: i32) -> Opened =
        Request::OpenPeer { master, flags } => Reply::Opened(opened) => opened;
    /// open(2) with these flags and no others: without `O_CLOEXEC`, unless it is asked for.
    open_exactly(path: &str, flags: i32) -> Opened =
        Request::File(FileCall::Open { path: path.to_owned(), flags }) => Reply::Opened(opened) => opened;
    /// TIOCGPTPEER with these flags and no others: without `O_CLOEXEC`, unless it is asked for.
    open_peer_exactly(master: i32, flags: i32) -> Opened =
        Request::File(FileCall::OpenPeer { master, flags }) => Reply::Opened(opened) => opened;
    /// The flags of open(2) that an open file has.
    flags(descriptor: i32) -> i32 =
        Request::File(FileCall::Flags { descriptor }) => Reply::Number(flags) => flags as i32;
    /// readv(2): what each buffer got.
    read_parts(descriptor: i32, lengths: &[usize]) -> Vec<Bytes> =
        Request::File(FileCall::ReadParts { descriptor, lengths: lengths.to_vec() })
            => Reply::Parts(parts) => parts;
    /// writev(2): how many bytes were taken.
    write_parts(descriptor: i32, parts: &[&[u8]]) -> i64 =
        Request::File(FileCall::WriteParts { descriptor, parts: parts.iter().map(|&part| part.into()).collect() })
            => Reply::Number(count) => count;
    /// When a file was read and written.
    times(path: &str) -> FileTimes =
        Request::File(FileCall::Times { path: path.to_owned() }) => Reply::Times(times) => times;
    /// utimensat(2).
    set_times(path: &str, times: FileTimes) -> () =
        Request::File(FileCall::SetTimes { path: path.to_owned(), times }) => Reply::Done => ();
    /// TCGETS2: the speeds.
    speeds(descriptor: i32) -> Speeds =
        Request::Line { descriptor, call: LineCall::Speeds } => Reply::Speeds(speeds) => speeds;
    /// TCSETS2: other speeds.
    set_speeds(descriptor: i32, speeds: Speeds) -> () =
        Request::Line { descriptor, call: LineCall::SetSpeeds(speeds) } => Reply::Done => ();
    /// TIOCGLCKTRMIOS: bits are set where settings are locked.
    locked_settings(descriptor: i32) -> TermiosFacts =
        Request::Line { descriptor, call: LineCall::Locked } => Reply::Termios(bits) => bits;
    /// mount(2): a new filesystem, or with flags and no `kind` a change of what is mounted.
    mount(source: &str, target: &str, kind: &str, flags: u64, options: &str) -> () = Request::Mount {
        source: source.to_owned(),
        target: target.to_owned(),
        kind: kind.to_owned(),
        flags,
        options: options.to_owned(),
    } => Reply::Done => ();
    /// umount2(2).
    unmount(target: &str, flags: i32) -> () =
        Request::Unmount { target: target.to_owned(), flags } => Reply::Done => ();
    /// Blocks these signals and no others.
    block(signals: &[Signal]) -> () =
        Request::Block { signals: signals.to_vec() } => Reply::Done => ();
    /// A change of the filesystem.
    change(change: FileChange) -> () = Request::Change(change) => Reply::Done => ();
    /// statfs(2): the type of the filesystem.
    filesystem_type(path: &str) -> i64 =
        Request::FilesystemType { path: path.to_owned() } => Reply::Number(number) => number;
    /// dup2(2) onto descriptors 0, 1 and 2.
    use_as_standard_streams(descriptor: i32) -> () =
        Request::UseAsStandardStreams { descriptor } => Reply::Done => ();
    /// Makes a device node, replacing what was there. mknod(2)
    make_node(path: &str, kind: FileKind, node: DeviceNumber) -> () =
        Request::MakeNode { path: path.to_owned(), kind, node } => Reply::Done => ();
    /// pipe(2): where it is read and where it is written.
    pipe() -> [i32; 2] =
        Request::Transfer(Transfer::Pipe) => Reply::Descriptors(pair) => pair;
    /// socketpair(2): two Unix stream sockets.
    socket_pair() -> [i32; 2] =
        Request::Transfer(Transfer::SocketPair) => Reply::Descriptors(pair) => pair;
    /// Sends a descriptor over a Unix socket.
    send_descriptor(socket: i32, descriptor: i32) -> () =
        Request::Transfer(Transfer::SendDescriptor { socket, descriptor }) => Reply::Done => ();
    /// Receives a descriptor over a Unix socket, waiting for it.
    receive_descriptor(socket: i32) -> Opened =
        Request::Transfer(Transfer::ReceiveDescriptor { socket }) => Reply::Opened(opened) => opened;
    /// Watches a directory; the answer is what [`events`](Self::events) takes.
    watch_directory(path: &str) -> i32 =
        Request::Watch(Watch::Begin { path: path.to_owned() }) => Reply::Number(number) => number as i32;
    /// What has happened in a watched directory since last asked: a look, not a wait.
    events(descriptor: i32) -> Vec<DirectoryEvent> =
        Request::Watch(Watch::Take { descriptor }) => Reply::Events(events) => events;
    /// A step with its times.
    timed(step: &Request) -> Timed =
        Request::Timed(Box::new(step.clone())) => Reply::Timed(timed) => timed;
    /// unshare(2): the next child is the first process of a new PID namespace.
    new_pid_namespace() -> () =
        Request::Unshare { namespaces: nix::libc::CLONE_NEWPID } => Reply::Done => ();
    /// Writes, and ends at once.
    write_and_end(descriptor: i32, bytes: &[u8], ending: Ending) -> () = Request::InTurn(vec![
        Request::Write { descriptor, bytes: Bytes::from(bytes) },
        Request::End(ending),
    ]) => Reply::Done => ();
    /// setpgid(2).
    set_group(pid: i32, group: i32) -> () = Request::SetGroup { pid, group } => Reply::Done => ();
}

/// Descriptors of a pty in a probe.
#[derive(Clone, Copy, Debug)]
pub struct PtyDescriptors {
    /// The master.
    pub master: i32,
    /// The slave.
    pub slave: i32,
}

impl Probe {
    /// A new pty, unlocked and with its slave open; `flags` of open(2) are added for both, and the slave never becomes
    /// the controlling terminal.
    pub fn new_pty(&mut self, flags: i32) -> Result<PtyDescriptors, ProbeError> {
        self.new_pty_of("/dev/ptmx", flags)
    }

    /// A new pty of the devpts instance whose `ptmx` is given.
    pub fn new_pty_of(&mut self, ptmx: &str, flags: i32) -> Result<PtyDescriptors, ProbeError> {
        let flags = flags | nix::libc::O_RDWR | nix::libc::O_NOCTTY;
        let master = self.open(ptmx, flags)?.descriptor;
        self.ioctl(master, IoctlName::Tiocsptlck, 0)?;
        let slave = self.open_peer(master, flags)?.descriptor;
        Ok(PtyDescriptors { master, slave })
    }

    /// open(2) of a terminal the way programs do it, with `O_RDWR | O_NOCTTY`; a refusal of the kernel is an
    /// answer.
    pub fn open_terminal(&mut self, path: &str) -> Result<Result<Opened, Errno>, ProbeError> {
        let flags = nix::libc::O_RDWR | nix::libc::O_NOCTTY;
        let path = path.to_owned();
        match self.attempt(&Request::Open { path, flags })? {
            Ok(Reply::Opened(opened)) => Ok(Ok(opened)),
            Ok(other) => Err(ProbeError::Protocol(format!("{other:?}"))),
            Err(errno) => Ok(Err(errno)),
        }
    }

    /// The caught signals that have arrived; the first is waited for, but not as long as an answer. None means
    /// that none came.
    pub fn next_signals(&mut self) -> Result<Vec<Signal>, ProbeError> {
        let wait = (self.patience() / 2).as_millis();
        self.signals_within(u16::try_from(wait).unwrap_or(u16::MAX))
    }

    /// Forks a child of the probe that reports at `socket`, which lies beside the probe's own.
    pub fn fork(&mut self, socket: ControlSocket, group: ChildGroup) -> Result<Self, ProbeError> {
        self.ask(&Request::Fork { control: socket.inside().to_owned(), group })?;
        socket.accept(&[])
    }
}
