//! Programs that are no good runtimes. Each is a name of this very binary.

use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use nix::unistd::{ForkResult, fork};
use std::fs::{self, File};
use std::io::{self, IoSlice, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

/// When a bad runtime does what it does. Otherwise it exits 0, and tells a version where it is asked for one.
#[derive(PartialEq, Eq)]
enum When {
    /// Whenever it is called, asked for its version, too.
    Always,
    /// Whenever it is to do something.
    AtWork,
    /// When it is to make a container.
    AtCreate,
}
use When::{Always, AtCreate, AtWork};

type Deed = fn() -> io::Result<()>;

/// What a bad runtime is called, and what it does.
const FAKES: [(&str, When, Deed); 16] = [
    ("does-nothing", AtWork, || Ok(())),
    // It does not even tell a version.
    ("silent", Always, || Ok(())),
    ("refuses", AtWork, || Err(io::Error::other("no"))),
    // In the container's cgroup, and it says so at the FIFO `started`.
    ("hangs", AtCreate, || enter_cgroup().and_then(|()| tell()).and_then(|()| hang())),
    ("hangs-at-version", Always, hang),
    // 100 MB to each stream.
    ("floods", AtCreate, flood),
    // With a pty, in a session of its own; it holds the output open.
    ("leaves-a-child", Always, leave_a_child),
    // No descriptor.
    ("sends-none", AtCreate, || send(&[])),
    ("sends-two", AtCreate, || send(&[&master(), &master()])),
    ("sends-no-master", AtCreate, || File::open("/dev/null").and_then(|null| send(&[&OwnedFd::from(null)]))),
    ("sends-many", AtCreate, || send(&[&master(); 250])),
    ("floods-the-socket", AtCreate, flood_the_socket),
    ("writes-no-pid", AtCreate, || tell_pid("\x1b[2Jnot a number\n")),
    ("writes-minus-one", AtCreate, || tell_pid("-1")),
    ("shows-its-name", AtCreate, || Err(io::Error::other(std::env::args().next().unwrap_or_default()))),
    // Which signals are blocked, and which descriptors are open.
    ("shows-inheritance", AtCreate, show_inheritance),
];

/// Puts the fake of that name into `directory`. A hard link, not a copy: no descriptor is ever open for writing on it,
/// which would make it impossible to execute.
pub fn install(name: &str, directory: &Path) -> PathBuf {
    assert!(FAKES.iter().any(|(known, ..)| *known == name), "no fake is called {name}");
    let path = directory.join(name);
    let own = std::env::current_exe().expect("this binary has a path");
    fs::hard_link(own, &path).expect("the directory is on the same filesystem");
    path
}

/// Does what the fake does that this process is called as, if it is called as one; the exit status.
pub fn act() -> Option<i32> {
    let program = PathBuf::from(std::env::args_os().next()?);
    let (name, when, does) = FAKES.iter().find(|(name, ..)| program.file_name().is_some_and(|own| own == *name))?;
    let called = |word: &str| std::env::args().any(|argument| argument == word);
    let done = match when {
        Always => does(),
        _ if called("--version") => writeln!(io::stdout(), "fake 1.0"),
        AtCreate if !called("create") => Ok(()),
        AtWork | AtCreate => does(),
    };
    Some(done.map_or_else(
        |error| {
            eprintln!("{name}: {error}");
            1
        },
        |()| 0,
    ))
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
