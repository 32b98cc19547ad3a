//! Programs that are called qemu, and are not. Each is this very binary, in a directory that has its name.

use nix::sys::signal::{Signal, raise};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{os::fd::FromRawFd, os::unix::process::CommandExt};

/// What all of them are called.
pub const QEMU: &str = "qemu-system-x86_64";

/// Where the real one is looked for.
pub const REAL: &str = "REAL_PATH";

/// It does not return where all goes well.
type Deed = fn() -> io::Error;

/// What the directories are called, and what the programs do in the place of qemu.
const FAKES: [(&str, Deed); 9] = [
    ("dies", refuse),
    // For an image that is called `refused`; for any other it is the real one.
    ("dies-once", || match is_refused() {
        true => refuse(),
        false => Command::new(std::env::var_os(REAL).unwrap_or_default()).args(std::env::args_os().skip(1)).exec(),
    }),
    ("is-killed", || {
        raise(Signal::SIGKILL).expect("it is a signal");
        hang()
    }),
    // More than any pipe holds, to both streams.
    ("floods", || {
        let block = [b'x'; 100_000];
        for _ in 0..200 {
            let streams: [&mut dyn Write; 2] = [&mut io::stdout(), &mut io::stderr()];
            streams.into_iter().for_each(|stream| stream.write_all(&block).expect("it is read"));
        }
        io::Error::other("the end")
    }),
    ("floods-console", || {
        let mut console = channel("console");
        let block = "[    1.0] watchdog: BUG: soft lockup\r\n".repeat(1000);
        loop {
            if let Err(error) = console.write_all(block.as_bytes()) {
                return error;
            }
        }
    }),
    // Before anything else.
    ("panics", panic),
    // The same for an image that is called `refused`; any other is turned off when it has said hello.
    ("panics-once", || match is_refused() {
        true => panic(),
        false => {
            say("messages", "{\"hello\": {\"taint\": 0}}\n");
            say("monitor", "{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-shutdown\"}}\n");
            std::process::exit(0)
        }
    }),
    // What is no message.
    ("babbles", || {
        say("messages", "\x1b[2J{}\n");
        hang()
    }),
    ("hangs", || hang()),
];

/// Puts a fake into a directory of its own below this one. A hard link, not a copy: no descriptor is ever open for
/// writing on it, which would make it impossible to execute.
pub fn install(fake: &str, below: &Path) -> PathBuf {
    assert!(FAKES.iter().any(|(known, _)| *known == fake), "no fake is called {fake}");
    let directory = below.join(fake);
    let own = std::env::current_exe().expect("this binary has a path");
    fs::create_dir(&directory).expect("it is the only one");
    fs::hard_link(own, directory.join(QEMU)).expect("the filesystem is the same");
    directory
}

/// Does what the fake does that this process is called as, if it is called as one.
pub fn act() -> Option<ExitCode> {
    let program = PathBuf::from(std::env::args_os().next()?);
    let name = program.parent()?.file_name()?;
    let (_, deed) = FAKES.iter().find(|(known, _)| name == *known && program.ends_with(QEMU))?;
    eprintln!("{QEMU}: {}", deed());
    Some(ExitCode::FAILURE)
}

fn refuse() -> io::Error {
    io::Error::other("-accel tcg: \x1b[31mnot today\x1b[m")
}

fn panic() -> io::Error {
    say("console", "[    1.0] Kernel panic - not syncing: fake\r\n");
    io::Error::other("the end")
}

fn is_refused() -> bool {
    let mut arguments = std::env::args().skip_while(|word| word != "-kernel");
    arguments.nth(1).is_some_and(|image| image.ends_with("/refused"))
}

fn say(name: &str, what: &str) {
    channel(name).write_all(what.as_bytes()).expect("somebody listens");
}

fn hang() -> ! {
    loop {
        nix::unistd::pause();
    }
}

/// The guest's end of a channel: `-chardev socket,id=NAME,fd=NUMBER`.
fn channel(name: &str) -> File {
    let beginning = format!("socket,id={name},fd=");
    let number = std::env::args().find_map(|word| word.strip_prefix(&beginning)?.parse().ok());
    let number = number.expect("each channel is an argument");
    // SAFETY: who has started this process has left it open for that, and nothing else here uses it.
    unsafe { File::from_raw_fd(number) }
}
