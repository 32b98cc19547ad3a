//! Programs that are no good runtimes. Each is a name of this very binary.

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use nix::unistd::{ForkResult, fork};
use std::fs::{self, File};
use std::io::{self, IoSlice, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// What a bad runtime does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fake {
    /// Exits 0 and does nothing.
    DoesNothing,
    /// The same, and does not even tell a version.
    Silent,
    /// Exits 1 and does nothing.
    Refuses,
    /// Puts itself into the container's cgroup, says so at the FIFO `started`, and never ends.
    Hangs,
    /// Never ends, not even when asked for its version.
    HangsAtVersion,
    /// Prints 100 MB to each stream.
    Floods,
    /// Leaves a child with a pty in a session of its own, which holds its output open, when asked for its version, too.
    LeavesAChild,
    /// Sends a message without a descriptor.
    SendsNone,
    /// Sends a message with two pty masters.
    SendsTwo,
    /// Sends a file that is no pty master.
    SendsNoMaster,
    /// Sends a message with 250 pty masters.
    SendsMany,
    /// Sends messages for ever.
    FloodsTheSocket,
    /// Writes something else than a process id.
    WritesNoPid,
    /// Writes the process id -1.
    WritesMinusOne,
    /// Fails, and says by which name it was called.
    ShowsItsName,
    /// Fails, and says which signals are blocked and which descriptors are open.
    ShowsInheritance,
}

impl Fake {
    const ALL: [(Self, &str); 16] = [
        (Self::DoesNothing, "does-nothing"),
        (Self::Silent, "silent"),
        (Self::Refuses, "refuses"),
        (Self::Hangs, "hangs"),
        (Self::HangsAtVersion, "hangs-at-version"),
        (Self::Floods, "floods"),
        (Self::LeavesAChild, "leaves-a-child"),
        (Self::SendsNone, "sends-none"),
        (Self::SendsTwo, "sends-two"),
        (Self::SendsNoMaster, "sends-no-master"),
        (Self::SendsMany, "sends-many"),
        (Self::FloodsTheSocket, "floods-the-socket"),
        (Self::WritesNoPid, "writes-no-pid"),
        (Self::WritesMinusOne, "writes-minus-one"),
        (Self::ShowsItsName, "shows-its-name"),
        (Self::ShowsInheritance, "shows-inheritance"),
    ];

    /// The one that this process is called as.
    pub fn of_this_process() -> Option<Self> {
        let program = std::env::args_os().next()?;
        let name = Path::new(&program).file_name()?.to_str()?;
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(fake, _)| *fake)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(fake, _)| *fake == self).map_or("unnamed", |(_, name)| name)
    }

    /// Puts it into `directory`. A hard link, not a copy: no descriptor is ever open for writing on it, which
    /// would make it impossible to execute.
    pub fn install(self, directory: &Path) -> PathBuf {
        let path = directory.join(self.name());
        let own = std::env::current_exe().expect("this binary has a path");
        fs::hard_link(own, &path).expect("the directory is on the same filesystem");
        path
    }

    /// Does what it does; the exit status.
    pub fn act(self) -> i32 {
        let version = std::env::args().any(|argument| argument == "--version");
        let verb = if version { "version" } else { verb() };
        let done = match (self, verb) {
            (Self::HangsAtVersion, _) => hang(),
            (Self::LeavesAChild, _) => leave_a_child(),
            (Self::Silent, _) => Ok(()),
            (_, "version") => writeln!(io::stdout(), "fake 1.0"),
            (Self::Hangs, "create") => enter_cgroup().and_then(|()| tell()).and_then(|()| hang()),
            (Self::Floods, "create") => flood(),
            (Self::SendsNone, "create") => send(&[]),
            (Self::SendsTwo, "create") => send(&[&master(), &master()]),
            (Self::SendsNoMaster, "create") => File::open("/dev/null").and_then(|null| send(&[&OwnedFd::from(null)])),
            (Self::SendsMany, "create") => send(&[&master(); 250]),
            (Self::FloodsTheSocket, "create") => flood_the_socket(),
            (Self::WritesNoPid, "create") => tell_pid("\x1b[2Jnot a number\n"),
            (Self::WritesMinusOne, "create") => tell_pid("-1"),
            (Self::Refuses, _) => Err(io::Error::other("no")),
            (Self::ShowsItsName, "create") => Err(io::Error::other(std::env::args().next().unwrap_or_default())),
            (Self::ShowsInheritance, "create") => show_inheritance(),
            _ => Ok(()),
        };
        match done {
            Ok(()) => 0,
            Err(error) => {
                eprintln!("{}: {error}", self.name());
                1
            }
        }
    }
}

fn verb() -> &'static str {
    let known = ["create", "start", "state", "kill", "delete", "run", "exec"];
    let arguments: Vec<String> = std::env::args().collect();
    let found = known.iter().find(|verb| arguments.iter().any(|word| word == **verb));
    found.copied().unwrap_or("nothing")
}

fn flag(name: &str) -> PathBuf {
    let mut arguments = std::env::args_os().skip_while(|word| word != name);
    arguments.nth(1).unwrap_or_default().into()
}

fn hang() -> io::Result<()> {
    loop {
        nix::unistd::pause();
    }
}

/// Makes the cgroup that config.json names, as a runtime does.
fn enter_cgroup() -> io::Result<()> {
    let config = fs::read(flag("--bundle").join("config.json"))?;
    let config: serde_json::Value = serde_json::from_slice(&config)?;
    let path = config["linux"]["cgroupsPath"].as_str().unwrap_or_default();
    let cgroup = Path::new("/sys/fs/cgroup").join(path.trim_start_matches('/'));
    fs::create_dir_all(&cgroup)?;
    fs::write(cgroup.join("cgroup.procs"), "0")
}

/// Somebody may wait at a FIFO beside this program.
fn tell() -> io::Result<()> {
    let own = std::env::args_os().next().unwrap_or_default();
    match File::options().write(true).open(Path::new(&own).with_file_name("started")) {
        Ok(mut fifo) => fifo.write_all(b"."),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn show_inheritance() -> io::Result<()> {
    let blocked = nix::sys::signal::SigSet::thread_get_mask()?;
    let blocked: Vec<_> = blocked.iter().map(|signal| signal.as_str()).collect();
    let mut open: Vec<_> = fs::read_dir("/proc/self/fd")?
        .flatten()
        // The directory that is being read is one of them.
        .filter(|entry| fs::read_link(entry.path()).is_ok_and(|link| !link.starts_with("/proc")))
        .map(|entry| entry.file_name().into_string().unwrap_or_default())
        .collect();
    open.sort();
    Err(io::Error::other(format!("blocked {blocked:?}, open {open:?}")))
}

fn flood() -> io::Result<()> {
    let block = [b'\x1b'; 100_000];
    for _ in 0..1000 {
        io::stdout().write_all(&block)?;
        io::stderr().write_all(&block)?;
    }
    Ok(())
}

fn tell_pid(content: &str) -> io::Result<()> {
    send(&[&master()])?;
    fs::write(flag("--pid-file"), content)
}

/// Until nobody takes them any more.
fn flood_the_socket() -> io::Result<()> {
    let mut socket = UnixStream::connect(flag("--console-socket"))?;
    while socket.write_all(&[b'x'; 4096]).is_ok() {}
    Ok(())
}

fn leave_a_child() -> io::Result<()> {
    let _held = master();
    // SAFETY: this process has one thread.
    match unsafe { fork() }? {
        ForkResult::Parent { .. } => Ok(()),
        ForkResult::Child => {
            nix::unistd::setsid()?;
            hang()
        }
    }
}

fn master() -> OwnedFd {
    let flags = nix::fcntl::OFlag::O_RDWR | nix::fcntl::OFlag::O_NOCTTY;
    nix::pty::posix_openpt(flags).expect("a pty is free").into()
}

fn send(descriptors: &[&OwnedFd]) -> io::Result<()> {
    let socket = UnixStream::connect(flag("--console-socket"))?;
    let numbers: Vec<RawFd> = descriptors.iter().map(|fd| fd.as_raw_fd()).collect();
    let rights = [ControlMessage::ScmRights(&numbers)];
    let rights = if numbers.is_empty() { &[][..] } else { &rights };
    sendmsg::<()>(socket.as_raw_fd(), &[IoSlice::new(b"/dev/ptmx")], rights, MsgFlags::empty(), None)?;
    Ok(())
}
